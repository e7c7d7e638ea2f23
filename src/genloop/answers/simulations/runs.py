"""Runs of a loop, summarised in every generation, with the theory of the same statistics."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax.scipy.linalg import solve_triangular

from ...analysis import orbits
from ...loops.temperature import multinomial_loop
from ...models import Categorical, Gaussian, Particles
from ...papers import alemohammad2023
from ...printing import readable
from ...stages import Loop
from ..answer import tuples
from ..composed import fit_of
from .summaries import Summary, runs_kept

_NUMBERS, _REPLICATES, _PATHS = 2**22, 2**14, 2**25
"""The most numbers (32 MiB) and runs in the states that are advanced together, and the most numbers
(256 MiB) in their statistics."""
_COPIES = 12
"""Arrays of the size of the states that a step of the loop holds at once."""
_MOMENTS = 5
"""Statistics of runs of points: two moments, two of their shape, and the modes."""
_OPERATIONS = 100
"""Elementary operations that a number of the state costs a generation."""

_ROUNDING = {"total_variation": 1e-14, "mean_error": 1e-28}
"""Distances from the real data, and a squared one, that are rounding in numbers of order one."""


@readable
@dataclasses.dataclass(frozen=True)
class Statistic:
    """A statistic of many runs, a number for every generation.

    `mean` of the runs with its `standard_error`; 5 % of them are below `low`, half below `middle`,
    95 % below `high`. `map` is its value with infinite data, `exact` its expected value, `None`
    where that is not known.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    entropy = gl.answers.simulation(real, samples=50).statistics["effective_vocabulary"].mean
    ```
    """

    mean: tuple[float, ...]
    standard_error: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    map: tuple[float, ...]
    exact: tuple[float, ...] | None


class Plan(NamedTuple):
    """The needs of runs: how many are advanced together, of how many the quantiles are, the cost.

    `numbers` are those in one state, `size` the bytes that are held at once, `steps` the numbers
    that are computed.
    """

    together: int
    kept: int
    numbers: int
    size: int
    steps: int


def plan(
    real: Categorical | Gaussian | Particles,
    *,
    generations: int,
    replicates: int,
    start: Any = None,
) -> Plan:
    """The plan for so many runs of a loop on these data for so many generations.

    `start` is the state in which they begin, the real data themselves unless given.
    """
    size = sum(leaf.size for leaf in jax.tree.leaves(real if start is None else start))
    statistics = _MOMENTS
    if not isinstance(real, Particles):
        statistics = len(jax.eval_shape(_observer(real), real))
    most = max(1, min(_REPLICATES, _NUMBERS // size, _PATHS // (generations * statistics)))
    together = math.ceil(replicates / math.ceil(replicates / most))
    kept = runs_kept(replicates, generations, statistics)
    held = _COPIES * together * size + (2 * kept + 3 * together) * generations * statistics
    return Plan(together, kept, size, 8 * held, _OPERATIONS * replicates * generations * size)


def loop_of(real, temperature, real_fraction, samples, real_samples) -> Loop:
    """The multinomial loop for outcomes; for a table the pooled Gaussian loop of `samples` and
    `real_samples` new real points."""
    if isinstance(real, Categorical):
        return multinomial_loop(
            temperature=temperature, real_fraction=real_fraction, real=real, samples=samples
        )
    options = {"samples": samples, "temperature": temperature}
    if real_samples == 0:
        return alemohammad2023.fully_synthetic(**options)
    return alemohammad2023.fresh_data(real, real_samples=real_samples, **options)


def simulated(
    loop: Loop,
    real: Categorical | Gaussian,
    *,
    generations: int,
    replicates: int,
    seed: int,
    points: int | None,
    start: Any = None,
    progress: Callable[[float, str], None] | None,
) -> dict[str, Statistic]:
    """The statistics of runs from `start`, a fit to the real data, or from these themselves.

    `points` is the number of points that a generation of a table is fitted to.
    """
    start = real if start is None else start
    observe = lambda state: _observer(real)(fit_of(state))
    singular = isinstance(real, Gaussian) and points is not None and points <= real.dimension
    together, kept, *_ = plan(real, generations=generations, replicates=replicates, start=start)
    found = {name: Summary(kept) for name in jax.eval_shape(observe, start)}
    for index, done in enumerate(range(0, replicates, together)):
        # One compiled shape serves all chunks; the last few runs may be left over.
        paths = orbits(
            loop.step,
            jr.fold_in(jr.key(seed), index),
            start,
            generations=generations,
            replicates=together,
            observe=observe,
        )
        for name, runs in paths.items():
            # Points fit a covariance of one rank less: what factors hold beyond it is rounding.
            resolved = 0.0 if name == "typical_variance" and singular else 1.0
            found[name].add(resolved * _cleaned(name, runs)[: replicates - done])
        if progress is not None:
            progress(100 * min(done + together, replicates) / replicates, "simulating")
    mapped = _mapped(loop, start, observe, generations)
    exact = _exact(loop, real, start, generations)
    if singular:
        exact = exact | {"typical_variance": np.zeros(generations)}
    return {
        name: Statistic(
            **{key: tuples(numbers) for key, numbers in summary.numbers().items()},
            map=tuples(_cleaned(name, mapped[name])),
            exact=tuples(exact[name]) if name in exact else None,
        )
        for name, summary in found.items()
    }


def _cleaned(name: str, numbers) -> np.ndarray:
    """Distances that are rounding are zero."""
    numbers = np.asarray(numbers)
    return np.where(numbers < _ROUNDING.get(name, 0.0), 0.0, numbers)


def _observer(real):
    """The statistics of a batch of states, relative to the real distribution."""
    if isinstance(real, Gaussian):
        return lambda state: _gaussian_statistics(state, real)
    reference = jnp.asarray(real.probabilities)

    def outcomes(state):
        p = state.probabilities
        return {
            "effective_vocabulary": state.effective_vocabulary(),
            "outcomes_left": (p > 0).sum(axis=-1).astype(float),
            "total_variation": 0.5 * jnp.abs(p - jnp.broadcast_to(reference, p.shape)).sum(-1),
            "largest_probability": p.max(axis=-1),
            "heterozygosity": 1 - (p**2).sum(axis=-1),
        }

    return outcomes


def _gaussian_statistics(state, real):
    """Variance and squared error of the mean in units of the real covariance, per direction."""
    whiten = lambda matrix: jnp.vectorize(
        lambda right: solve_triangular(real.factor, right, lower=True), signature="(d,m)->(d,m)"
    )(matrix)
    factor = whiten(state.factor)
    gap = whiten((state.mean - jnp.broadcast_to(real.mean, state.mean.shape))[..., None])
    diagonal = jnp.diagonal(factor, axis1=-2, axis2=-1)
    return {
        "variance_kept": (factor**2).sum(axis=(-2, -1)) / real.dimension,
        "typical_variance": jnp.exp(2 * jnp.log(diagonal).mean(axis=-1)),
        "mean_error": (gap**2).sum(axis=(-2, -1)) / real.dimension,
    }


def _mapped(loop, start, observe, generations):
    """The statistics along the orbit of the map."""

    def advance(state, _):
        state = loop(state)
        return state, observe(state)

    _, path = jax.lax.scan(advance, jax.tree.map(jnp.asarray, start), length=generations)
    return jax.tree.map(np.asarray, path)


def _exact(loop, real, start, generations) -> dict[str, np.ndarray]:
    """Exact expectations of the statistics whose moments close; empty where none do."""
    try:
        moments, path = start.moments(), []
        for _ in range(generations):
            moments = loop.moments(moments)
            # Those of a training set that is kept are those of the fit to it, and its size.
            path.append(getattr(moments, "moments", moments))
    except (ValueError, AttributeError):
        return {}
    if isinstance(real, Categorical):
        return {"heterozygosity": np.array([1 - float(m.square) for m in path])}
    per_direction = lambda matrix: float(
        np.trace(np.linalg.solve(np.asarray(real.covariance), np.asarray(matrix))) / real.dimension
    )
    return {
        "variance_kept": np.array([per_direction(m.covariance) for m in path]),
        "mean_error": np.array([per_direction(m.error(real.mean)) for m in path]),
    }
