"""What infinitely many points make of a kernel density loop, generation after generation."""

import dataclasses
import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...models import Particles
from ...stages import AbstractStage, Smooth
from .ages import PROMINENT, Ages, Column

_LONGEST, _STILL = 4000, 150
"""How far a density is followed until its modes have merged: alone, and with real data."""


class Generation(NamedTuple):
    """The density that is fitted in a generation, and the result of the generation."""

    fit: Ages
    end: Ages


@dataclasses.dataclass(frozen=True)
class Population:
    """A loop of `Draw`, `Smooth` and `Mix` on one column of its real data, without noise.

    The bandwidth stays that of the loop's number of points.
    """

    stages: tuple[AbstractStage, ...]
    real: Particles
    place: int

    @property
    def column(self) -> Column:
        """The column of the real data."""
        points = np.asarray(self.real.points)[:, self.place]
        return Column.of(points, np.asarray(self.real.masses))

    def generations(self) -> Iterator[Generation]:
        """One after the other, without an end.

        Raises `ValueError` where the loop has no such population.
        """
        unit = float(np.asarray(self.real.covariance)[self.place, self.place])
        ages = Ages.young(float(self.real.size), self.real.dimension, unit)
        while True:
            fit = None
            for stage in self.stages:
                ages = ages.after(stage, self.real)
                fit = ages if fit is None and isinstance(stage, Smooth) else fit
            yield Generation(ages if fit is None else fit, ages)

    def merging(self) -> float | None:
        """The first generation whose density has one mode; infinite for never, `None` for late.

        Of densities with real data it is never where modes still stand when all is at rest.
        """
        column = self.column
        for number, (fit, end) in enumerate(self.generations(), 1):
            if fit.modes(column) == 1:
                return float(number)
            if len(end.weights) > _STILL:
                return math.inf
            if number == _LONGEST:
                return None
        return None

    def shape(self, generations: int) -> dict[str, list[float]]:
        """Variance, skewness, excess kurtosis and prominent modes by generation."""
        names = ("variance_kept", "skewness", "excess_kurtosis", "modes")
        column, found = self.column, {name: [] for name in names}
        for _, (fit, end) in zip(range(generations), self.generations(), strict=False):
            shape = end.standardised_cumulants(column)
            row = end.variance, *shape, float(fit.modes(column, PROMINENT))
            for name, value in zip(names, row, strict=True):
                found[name].append(value)
        return found


def populations(stage: AbstractStage, real: Particles) -> list[Population]:
    """That of every column; none where the loop has stages that are not known."""
    stages = getattr(stage, "stages", (stage,))
    found = [Population(stages, real, place) for place in range(real.dimension)]
    try:
        next(found[0].generations())
    except ValueError:
        return []
    return found
