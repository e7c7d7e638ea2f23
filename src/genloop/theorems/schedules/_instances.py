"""Schedules that several checks share, and the loops that they make."""

import numpy as np

from ...models import Categorical, Gaussian
from ...stages import Draw, Mix

SCHEDULES = {
    "growing": ([10, 20, 40, 80, 160], [0.5, 0.25, 0.2, 0.1, 0.05], [10, 7, 10, 8, 9]),
    "constant": ([30] * 5, [0.25] * 5, [10] * 5),
    "with a gap": ([5, 6, 7, 8, 9], [0.5, 0.0, 0.0, 0.9, 0.1], [3, 0, 0, 4, 2]),
}
"""Numbers of samples, real shares and real points of five generations."""


def line() -> Gaussian:
    """Real data in two dimensions."""
    return Gaussian.of([1.0, -2.0], [[2.0, 0.5], [0.5, 1.0]])


def outcomes() -> Categorical:
    """Real data of four outcomes."""
    return Categorical.of([5, 3, 1, 1])


def generations(real, schedule, *, draw_first=True):
    """The loop of every generation, stages that are built with its numbers."""
    for samples, share, points in zip(*schedule, strict=True):
        mix, draw = Mix(real, share, samples=points), Draw(samples)
        yield draw >> mix if draw_first else mix >> draw


def lost(real, moments) -> float:
    """The lost share of the variance, or of the diversity."""
    if isinstance(real, Gaussian):
        return 1 - float(np.trace(np.linalg.solve(real.covariance, moments.covariance))) / 2
    whole = 1 - float((real.probabilities**2).sum())
    return 1 - (1 - float(moments.square)) / whole
