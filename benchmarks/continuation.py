"""Whole branches through a fold, 256 at once, beside the only other batched continuation in JAX."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from timing import Row, compare

import genloop as gl

BRANCHES, STEPS = 256, 64
REAL = (0.55, 0.45)
START = (0.2, 0.8)
LOWER, UPPER = 0.5, 1.2
ZIPF = gl.Categorical.of(1 / np.arange(1.0, 50_001.0))


def loop(real_fraction, temperature, *, real=None):
    """The temperature loop, of two outcomes if nothing else is said, by genloop."""
    real = gl.Categorical(jnp.array(REAL)) if real is None else real
    return gl.Temper(temperature) >> gl.Mix(real, real_fraction)


def plain(state, temperature, real_fraction):
    """The same loop minus the identity, on bare arrays."""
    tempered = jax.nn.softmax(jnp.log(state) / temperature)
    return real_fraction * jnp.array(REAL) + (1 - real_fraction) * tempered - state


@jax.jit
@jax.vmap
def branches(real_fraction):
    """Branch, multipliers and located events at one real fraction."""
    family = functools.partial(loop, real_fraction)
    start = gl.Categorical(jnp.array(START))
    found = gl.branch(family, start, LOWER, UPPER, steps=STEPS, capacity=2)
    return found.parameter, found.spectral_radius, found.events.parameter


def others():
    """The same branches by jaxcont where it is installed; its events do not run under vmap."""
    try:
        import jaxcont
    except ImportError:
        return {}
    settings = jaxcont.ContinuationPar(
        ds=0.02, ds_max=0.05, newton_tol=1e-12, max_steps=STEPS, compute_stability=True
    )

    @jax.jit
    @jax.vmap
    def run(real_fraction):
        problem = jaxcont.bif_problem(plain, jnp.array(START), LOWER, args=real_fraction)
        found = jaxcont.continuation(problem, p_span=(LOWER, UPPER), settings=settings)
        return found.branch.params, found.branch.eigenvalues

    return {"jaxcont, without events": run}


@jax.jit
def vocabulary_branch(start):
    """The collapsed state of one of 50,000 tokens, from low temperature through its fold."""
    found = gl.branch(functools.partial(loop, 0.1, real=ZIPF), start, 0.7, 1.1, steps=STEPS)
    return found.spectral_radius, found.events.parameter


def rows() -> list[Row]:
    """Cost of one branch of at most 64 steps, after compilation."""
    fractions = jnp.linspace(0.06, 0.14, BRANCHES)
    task = f"{BRANCHES} branches through a fold, K = 2"
    jobs = {"genloop": branches, **others()}
    contenders = {name: functools.partial(job, fractions) for name, job in jobs.items()}
    table = compare(task, contenders, work=BRANCHES, unit="us per branch")
    won = 0.1 * np.asarray(ZIPF.probabilities)
    won[10] += 0.9
    start = gl.Categorical(won)
    task = f"one branch through its fold, K = {ZIPF.outcomes:,}"
    contenders = {"genloop": lambda: vocabulary_branch(start)}
    return table + compare(task, contenders, work=1, unit="s", repeats=3)
