"""Realisations of a kernel: whole trajectories or streaming statistics."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import PRNGKeyArray, PyTree

from ...arguments import check_at_least
from ...printing import readable
from ..state_checks import check_step, checked_state

_REPLICATES, _NUMBERS = 2**14, 2**17
"""Most replicates, and numbers in their states, that advance together: enough for vector units and
few enough for the cache."""


@readable
class OrbitStatistics(eqx.Module):
    """Per generation: the mean over replicates and the variance of one replicate (ddof = 1).

    Leaves have shape `(generations, ...)` as the observed quantities; `replicates` is their number.

    ```python
    step, model = gl.Draw(50).step, gl.Categorical.of([5, 3, 2])
    seen = gl.orbit_statistics(step, jax.random.key(0), model, generations=3, replicates=8)
    seen.mean.probabilities.shape  # [3, 3]
    ```
    """

    mean: PyTree
    variance: PyTree
    replicates: int = eqx.field(static=True)

    @property
    def standard_error(self) -> PyTree:
        r"""$\sqrt{s^2/R}$: the standard error of `mean`."""
        return jax.tree.map(lambda v: jnp.sqrt(v / self.replicates), self.variance)


def orbits(
    step: Callable[[PRNGKeyArray, PyTree], PyTree],
    key: PRNGKeyArray,
    state: PyTree,
    *,
    generations: int,
    replicates: int,
    observe: Callable[[PyTree], PyTree] = lambda state: state,
) -> PyTree:
    r"""Independent runs of a loop with finite data, `replicates` of them, all from one state.

    A generation is one draw of the kernel, $x_{t+1} \sim \kappa(x_t)$, such as `loop.step`. Returns
    `observe(state)` of generations $1, \dots, G$ with leading axes `(replicates, generations)`.
    Memory grows with both; `orbit_statistics` keeps it flat. A step that belongs to a stage or loop
    with `batched = True` advances all replicates with one key a generation; any other step is
    mapped over replicates with a key each. Raises `ValueError` for fewer than one replicate or
    generation.

    ```python
    loop, model = gl.Draw(50), gl.Categorical.of([5, 3, 2])
    paths = gl.orbits(loop.step, jax.random.key(0), model, generations=3, replicates=8)
    paths.probabilities.shape  # [8, 3, 3]
    ```
    """
    state = _checked(step, key, state, generations, replicates)
    pieces = [
        _trajectories(step, jr.fold_in(key, chunk), state, generations, count, observe)
        for chunk, count in enumerate(_chunks(state, replicates))
    ]
    return jax.tree.map(lambda *leaves: jnp.concatenate(leaves), *pieces)


def orbit_statistics(
    step: Callable[[PRNGKeyArray, PyTree], PyTree],
    key: PRNGKeyArray,
    state: PyTree,
    *,
    generations: int,
    replicates: int,
    observe: Callable[[PyTree], PyTree] = lambda state: state,
) -> OrbitStatistics:
    """Mean and variance over replicates of `observe(state)` in every generation.

    The same realisations as `orbits`, streamed: memory does not grow with `replicates`. Raises
    `ValueError` as `orbits` does.

    ```python
    loop, model = gl.Draw(50), gl.Categorical.of([5, 3, 2])
    gl.orbit_statistics(loop.step, jax.random.key(0), model, generations=3, replicates=8).replicates
    ```
    """
    state = _checked(step, key, state, generations, replicates)
    total: Any = None
    for chunk, count in enumerate(_chunks(state, replicates)):
        part = _streamed(step, jr.fold_in(key, chunk), state, generations, count, observe)
        part = (count, *part)
        total = part if total is None else _combined(total, part)
    count, mean, square = total
    variance = jax.tree.map(lambda s: s / max(count - 1, 1), square)
    return OrbitStatistics(mean, variance, count)


@eqx.filter_jit
def _trajectories(step, key, state, generations, replicates, observe):
    path = _scan(step, key, state, generations, replicates, observe)
    return jax.tree.map(lambda leaf: jnp.swapaxes(leaf, 0, 1), path)


@eqx.filter_jit
def _streamed(step, key, state, generations, replicates, observe):
    def summary(states):
        # Replicates last: sums over an axis with nothing behind it are vectorised.
        seen = jax.tree.map(lambda x: jnp.moveaxis(x, 0, -1), observe(states))
        mean = jax.tree.map(lambda x: x.mean(axis=-1), seen)
        square = jax.tree.map(lambda x, m: ((x - m[..., None]) ** 2).sum(axis=-1), seen, mean)
        return mean, square

    return _scan(step, key, state, generations, replicates, summary)


def _scan(step, key, state, generations, replicates, observe):
    advance = replicated(step, replicates)

    def generation(states, t):
        states = advance(jr.fold_in(key, t), states)
        return states, observe(states)

    repeat = lambda leaf: jnp.broadcast_to(leaf, (replicates, *jnp.shape(leaf)))
    states = jax.tree.map(repeat, state)
    if not getattr(state, "resizes", False):
        return jax.lax.scan(generation, states, jnp.arange(generations))[1]
    # The first generation may have another number of points than the start, all others have its.
    states, first = generation(states, 0)
    rest = jax.lax.scan(generation, states, jnp.arange(1, generations))[1]
    return jax.tree.map(lambda one, others: jnp.concatenate([one[None], others]), first, rest)


def replicated(step, replicates):
    """A kernel that advances all replicates with one key."""
    if getattr(getattr(step, "__self__", None), "batched", False):
        return step
    return lambda key, states: jax.vmap(step)(jr.split(key, replicates), states)


def _chunks(state, replicates):
    size = sum(jnp.size(leaf) for leaf in jax.tree.leaves(state))
    together = max(1, min(_REPLICATES, _NUMBERS // max(size, 1)))
    whole, rest = divmod(replicates, together)
    return [together] * whole + [rest] * bool(rest)


def _combined(left, right):
    """Count, mean and centred sum of squares of two groups together, by Chan's formula."""
    count_left, mean_left, square_left = left
    count_right, mean_right, square_right = right
    count = count_left + count_right
    gap = jax.tree.map(jnp.subtract, mean_right, mean_left)
    mean = jax.tree.map(lambda m, g: m + g * (count_right / count), mean_left, gap)
    square = jax.tree.map(
        lambda a, b, g: a + b + g**2 * (count_left * count_right / count),
        square_left,
        square_right,
        gap,
    )
    return count, mean, square


def _checked(step, key, state, generations, replicates):
    check_at_least("generations", generations, 1)
    check_at_least("replicates", replicates, 1)
    longest = getattr(getattr(step, "__self__", None), "longest", None)
    if longest is not None and generations > longest:
        raise ValueError(
            f"this loop has room for the points of {longest} generations, not of {generations}; "
            f"write generations={generations} in it, or follow fewer."
        )
    state = checked_state(state)
    check_step(step, key, state)
    return state
