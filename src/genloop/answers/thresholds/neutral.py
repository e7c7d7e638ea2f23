"""At temperature one: what finite samples lose, and what a goal needs at other temperatures."""

from typing import NamedTuple

import numpy as np

from ...analysis import ThresholdStatus
from ...laws import expected_outcomes
from ...loops.temperature import thresholds
from ...models import Categorical
from ..goals import THRESHOLD_OF

_GENERATIONS = 100
_TEMPERATURES = (0.7, 0.8, 0.9, 1.1)


class DistinctLeft(NamedTuple):
    """The expected number of distinct outcomes that are left with a share of real data."""

    real_fraction: float
    expected: float


class AtTemperature(NamedTuple):
    """The threshold of the goal at another temperature; fields as in `Threshold`."""

    temperature: float
    value: float | None
    bracket: tuple[float, float] | None
    uncertainty: float | None
    residual: float | None
    status: ThresholdStatus
    reason: str | None


class Neutral(NamedTuple):
    """The tokens left after `generations` of `samples`, and the `goal` at other temperatures.

    `distinct_left` is empty where the real data do not say how many samples a generation has.
    """

    samples: int | None
    generations: int
    distinct_left: tuple[DistinctLeft, ...]
    goal: str
    temperatures: tuple[AtTemperature, ...]


def neutral(
    real: Categorical, temperature: float, real_fraction: float, levels: dict[str, float], goal: str
) -> Neutral | None:
    """Nothing unless the temperature is one, where with infinite data nothing changes.

    `levels` are those of `thresholds`, by the names that they have there.
    """
    if temperature != 1:
        return None
    found = {
        other: thresholds(real, temperature=other, **levels)[THRESHOLD_OF[goal]]
        for other in _TEMPERATURES
    }
    samples = None if real.origin is None else real.origin.size
    shares = (0.0, real_fraction) if real_fraction > 0 else (0.0,)
    left = () if samples is None else (_left(real, samples, share) for share in shares)
    others = tuple(AtTemperature(other, **vars(one)) for other, one in found.items())
    return Neutral(samples, _GENERATIONS, tuple(left), goal, others)


def _left(real, samples, real_fraction) -> DistinctLeft:
    probabilities, times = np.asarray(real.probabilities), np.array([_GENERATIONS])
    expected = expected_outcomes(samples, probabilities, times, real_fraction=real_fraction)
    return DistinctLeft(real_fraction, float(expected[0]))
