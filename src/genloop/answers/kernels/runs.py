"""Runs of kernel density loops: their moments, and the modes of what they fit."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np

from ...models import Particles
from ...stages import AbstractStage, Loop, Smooth
from .ages import PROMINENT, binned, modes_of

_TOGETHER, _CELLS, _REACH = 2**22, 2**11, 6.0
"""The most numbers that are advanced together; cells of the grid on which modes are counted, and
how many widths of a kernel it reaches beyond the points."""


@dataclasses.dataclass(frozen=True)
class Runs:
    """Independent runs of a loop from the rows of a table, each statistic `(runs, generations)`.

    Of the column `place` are the skewness, the excess kurtosis and, of the first `counted` runs,
    the modes of the density that is fitted in a generation, those that are prominent.
    """

    stage: AbstractStage
    real: Particles
    place: int
    counted: int

    def statistics(
        self,
        *,
        generations: int,
        replicates: int,
        seed: int,
        progress: Callable[[float, str], None] | None = None,
    ) -> dict[str, np.ndarray]:
        """All of them by name."""
        together = max(1, min(replicates, _TOGETHER // self._numbers))
        parts, done = [], 0
        for chunk, begin in enumerate(range(0, replicates, together)):
            state, rows = self.real.broadcast((together,)), []
            for generation in range(generations):
                key = jr.fold_in(jr.fold_in(jr.key(seed), chunk), generation)
                state, fit, seen = _generation(self._halves, key, state, self._units, self.place)
                seen = {name: np.asarray(values) for name, values in seen.items()}
                rows.append(seen | {"modes": self._modes(fit, max(0, self.counted - begin))})
                done += 1
                if progress is not None:
                    share = done / (generations * -(-replicates // together))
                    progress(100 * share, "simulating")
            left = replicates - begin
            names = rows[0]
            parts.append({n: np.stack([row[n][:left] for row in rows], 1) for n in names})
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    @functools.cached_property
    def _halves(self) -> tuple[AbstractStage | None, AbstractStage | None]:
        """The stages to the first kernels, and those behind them."""
        stages = getattr(self.stage, "stages", (self.stage,))
        kinds = [isinstance(stage, Smooth) for stage in stages]
        first = kinds.index(True) + 1 if True in kinds else len(stages)
        return Loop(stages[:first]), Loop(stages[first:]) if stages[first:] else None

    @property
    def _units(self) -> tuple[Any, Any]:
        return jnp.asarray(self.real.mean), jnp.diagonal(jnp.asarray(self.real.covariance))

    @property
    def _numbers(self) -> int:
        """Those in the largest state of a generation."""
        first, rest = self._halves
        key = jr.key(0)
        fit = eqx.filter_eval_shape(first.step, key, self.real)
        end = fit if rest is None else eqx.filter_eval_shape(rest.step, key, fit)
        size = lambda state: sum(leaf.size for leaf in jax.tree.leaves(state))
        return max(size(fit), size(end), 1)

    def _modes(self, fit: Any, most: int) -> np.ndarray:
        points, masses, variances = (np.asarray(one)[:most] for one in fit)
        return np.array([_modes(*one) for one in zip(points, masses, variances, strict=True)])


def _modes(points: np.ndarray, masses: np.ndarray, variances: np.ndarray) -> float:
    """The prominent modes of one density, group by group of points with one kernel."""
    reach = np.abs(points - points.mean()).max() + _REACH * variances.max() ** 0.5
    frequency = 2 * np.pi * np.fft.rfftfreq(_CELLS, d=2 * reach / _CELLS)
    whole = np.zeros(len(frequency), dtype=complex)
    for variance in np.unique(variances):
        same = variances == variance
        cells = binned(points[same] - points.mean(), masses[same], reach, _CELLS)
        whole += np.fft.rfft(cells) * np.exp(-0.5 * variance * frequency**2)
    return float(modes_of(np.fft.irfft(whole, _CELLS), PROMINENT))


@eqx.filter_jit
def _generation(halves, key, state, units, place):
    """The state a generation later, a column of what it has fitted, and the statistics."""
    first, rest = halves
    early, late = jr.split(key)
    fit = first.step(early, state)
    end = fit if rest is None else rest.step(late, fit)
    return end, _column(fit, place), _observed(end, units, place)


def _column(state: Particles, place: int):
    """Points, masses and variances of kernels of a column."""
    points = state.points[..., place]
    kernels = state.kernels
    spread = jnp.zeros((*state.batch_shape, len(state.groups)))
    if kernels is not None:
        spread = spread + (kernels[..., place, :] ** 2).sum(-1)
    groups = np.repeat(np.arange(len(state.groups)), state.groups)
    masses = jnp.broadcast_to(state.masses, points.shape)
    return (
        points,
        masses,
        jnp.broadcast_to(spread, (*points.shape[:-1], len(state.groups)))[..., groups],
    )


def _observed(state: Particles, units, place: int):
    real_mean, real = units
    error = (((state.mean - real_mean[None, :]) ** 2) / real[None, :]).mean(-1)
    variances = jnp.diagonal(state.covariance, axis1=-2, axis2=-1)
    points, masses, spread = _column(state, place)
    centre = points - (masses * points).sum(-1, keepdims=True)
    moment = lambda values: (masses * values).sum(-1)
    second = moment(centre**2 + spread)
    third = moment(centre**3 + 3 * centre * spread)
    fourth = moment(centre**4 + 6 * centre**2 * spread + 3 * spread**2)
    return {
        "variance_kept": (variances / real[None, :]).mean(-1),
        "mean_error": error,
        "skewness": third / second**1.5,
        "excess_kurtosis": fourth / second**2 - 3,
    }
