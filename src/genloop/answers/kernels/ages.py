"""The density of a kernel density loop with infinitely many points: real data, smoothed by age."""

import dataclasses
import math
from typing import Any, Self

import numpy as np

from ...models import Particles
from ...stages import AbstractStage, Draw, Mix, Smooth

_CELLS, _REACH = 2**13, 6.0
"""Cells of a grid, and how many widths of a kernel it reaches beyond the data."""
PROMINENT = 0.02
"""A mode rises by this share of the highest peak above the valleys beside it."""
_ROUNDING = 1e-9


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of real data in units of its deviation about its mean, cell by cell.

    `points` with `masses` that sum to one; `cumulants` are the third and the fourth.
    """

    points: np.ndarray
    masses: np.ndarray

    @classmethod
    def of(cls, values: Any, masses: Any) -> Self:
        """The column of data that vary."""
        values, masses = np.asarray(values, dtype=float), np.asarray(masses, dtype=float)
        centred = values - masses @ values
        return cls(centred / math.sqrt(masses @ centred**2), masses)

    def moment(self, order: int) -> float:
        """The central moment of standardised data."""
        return float(self.masses @ self.points**order)


@dataclasses.dataclass(frozen=True)
class Ages:
    r"""$\sum_j w_j\,[s_j x + \tau_j \varepsilon]$ of standardised real data $x$, one term an age.

    It answers to stages as moments do: what is real joins as a new age, kernels widen every age by
    $\tau_j^2$, a shrink scales them. Finite samples move nothing but the bandwidth, whose rule
    takes `size` points in `dimension` dimensions; `unit` is the variance of the real data.
    """

    weights: np.ndarray
    scales: np.ndarray
    widths: np.ndarray
    size: float
    dimension: int
    unit: float

    @classmethod
    def young(cls, size: float, dimension: int, unit: float) -> Self:
        """The real data themselves, `size` points."""
        return cls(np.ones(1), np.ones(1), np.zeros(1), size, dimension, unit)

    @property
    def variance(self) -> float:
        """In units of the real variance."""
        return float(self.weights @ (self.scales**2 + self.widths))

    def after(self, stage: AbstractStage, real: Particles) -> Self:
        """The density behind one of the stages `Draw`, `Mix` with these real data, and `Smooth`.

        Raises `ValueError` for other stages, and where a shrunk length mixes columns.
        """
        match stage:
            case Draw(samples=samples):
                return dataclasses.replace(self, size=float(samples))
            case Mix(real_fraction=fraction, samples=samples) if stage.real is real:
                return self._joined(float(fraction), samples or float(real.size))
            case Smooth():
                return self._smoothed(stage)
        raise ValueError(f"the population behind {stage} is not known.")

    def _joined(self, fraction: float, points: float) -> Self:
        """Real data as a new age; a sample knows its number of points by its masses."""
        size = 1 / ((1 - fraction) ** 2 / self.size + fraction**2 / points)
        weights = np.append((1 - fraction) * self.weights, fraction)
        scales, widths = np.append(self.scales, 1.0), np.append(self.widths, 0.0)
        return dataclasses.replace(self, weights=weights, scales=scales, widths=widths, size=size)

    def _smoothed(self, stage: Smooth) -> Self:
        number = float(stage.number(self.size, self.dimension))
        added = number**2 * self.variance if stage.is_relative else number**2 / self.unit
        if not stage.shrink:
            return dataclasses.replace(self, widths=self.widths + added)
        if not stage.is_relative and self.dimension > 1:
            raise ValueError("a length that is shrunk mixes columns.")
        kept = self.variance / (self.variance + added)
        scales, widths = kept**0.5 * self.scales, kept * (self.widths + added)
        return dataclasses.replace(self, scales=scales, widths=widths)

    def standardised_cumulants(self, column: Column) -> tuple[float, float]:
        """Skewness and excess kurtosis."""
        third = self.weights @ self.scales**3 * column.moment(3)
        inner = self.scales**4 * column.moment(4) + 3 * self.widths**2
        fourth = self.weights @ (inner + 6 * self.scales**2 * self.widths)
        return float(third / self.variance**1.5), float(fourth / self.variance**2 - 3)

    def density(self, column: Column) -> np.ndarray:
        """On a grid of cells that holds the data and their kernels, up to a factor."""
        reach = self.scales.max() * np.abs(column.points).max()
        reach = 1.05 * (reach + _REACH * math.sqrt(self.widths.max()))
        frequency = 2 * np.pi * np.fft.rfftfreq(_CELLS, d=2 * reach / _CELLS)
        whole = np.zeros(len(frequency), dtype=complex)
        for scale in np.unique(self.scales):
            same = self.scales == scale
            kernels = np.exp(-0.5 * self.widths[same][:, None] * frequency**2)
            cells = binned(scale * column.points, column.masses, reach, _CELLS)
            whole += np.fft.rfft(cells) * (self.weights[same] @ kernels)
        return np.fft.irfft(whole, _CELLS)

    def modes(self, column: Column, prominent: float = _ROUNDING) -> int:
        """The number of peaks of the density, those that are `prominent`."""
        return modes_of(self.density(column), prominent)


def binned(points: np.ndarray, masses: np.ndarray, reach: float, cells: int) -> np.ndarray:
    """The masses on the cells of a grid from `-reach` to `reach`, shared by the two that are next.

    What lies beyond goes to the ends.
    """
    place = np.clip((points + reach) / (2 * reach) * cells, 0.0, cells - 1.0)
    left = np.minimum(np.floor(place).astype(int), cells - 2)
    share = place - left
    found = np.bincount(left, masses * (1 - share), cells)
    return found + np.bincount(left + 1, masses * share, cells)


def modes_of(density: np.ndarray, prominent: float) -> int:
    """The number of peaks that rise by so large a share of the highest above their valleys."""
    from scipy.signal import find_peaks

    padded = np.concatenate([[0.0], density / density.max(), [0.0]])
    return len(find_peaks(padded, prominence=prominent)[0])
