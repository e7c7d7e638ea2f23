"""The noise of finite samples about a fixed point of a loop."""

import dataclasses

import numpy as np

from ...analysis import FixedPoint, fixed_point, fluctuations
from ...models import Gaussian
from ...stages.accumulate import AbstractCollection
from .chosen import ChosenLoop

_MOST = 150
"""The most numbers of a state whose covariance is computed."""


@dataclasses.dataclass(frozen=True)
class Noise:
    r"""Fluctuations about the end of infinite data, to the leading order in one over the samples.

    `deviation` is the expected total variation between a run and that end (of a table: the
    root-mean-square error of the mean, over all directions, in real standard deviations);
    `correlation_time` the generations in which a fluctuation falls to $1/e$.
    """

    deviation: float
    correlation_time: float


def noise_of(loop: ChosenLoop, value: float | None, point: FixedPoint) -> Noise | None:
    """The noise at an end; `None` without draws, and where it is not known or too large."""
    stage = loop.stage(value)
    if isinstance(stage, AbstractCollection) or point.state.mean_parameters().size > _MOST:
        return None
    try:
        # Corrections of a bias move the mean of finite samples off the end of infinite data.
        center = fixed_point(stage.expectation, point.state, continued=False)
        found = fluctuations(stage, center)
    except ValueError:
        return None
    variances = np.clip(np.diag(np.asarray(found.covariance)), 0.0, None)
    if not np.isfinite(variances).all():
        return None
    time = float(found.correlation_time)
    return Noise(_deviation(loop.real, variances), time)


def _deviation(real, variances: np.ndarray) -> float:
    if isinstance(real, Gaussian):
        means = variances[: real.dimension] / np.diag(np.asarray(real.covariance))
        return float(np.sqrt(means.mean()))
    # E |X| of a normal number is its deviation times the root of 2/pi.
    return float(0.5 * np.sqrt(2 * variances / np.pi).sum())
