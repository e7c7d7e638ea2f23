"""Whole branches through a fold, 256 at once, beside the only other batched continuation in JAX."""

import functools

import jax
import jax.numpy as jnp
from timing import Row, compare

import genloop as gl

BRANCHES, STEPS = 256, 64
REAL = (0.55, 0.45)
START = (0.2, 0.8)
LOWER, UPPER = 0.5, 1.2


def loop(real_fraction, temperature):
    """The temperature loop of two outcomes, by genloop."""
    return gl.Temper(temperature) >> gl.Mix(gl.Categorical(jnp.array(REAL)), real_fraction)


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


def rows() -> list[Row]:
    """Cost of one branch of at most 64 steps, after compilation."""
    fractions = jnp.linspace(0.06, 0.14, BRANCHES)
    task = f"{BRANCHES} branches through a fold, K = 2"
    jobs = {"genloop": branches, **others()}
    contenders = {name: functools.partial(job, fractions) for name, job in jobs.items()}
    return compare(task, contenders, work=BRANCHES, unit="us per branch")
