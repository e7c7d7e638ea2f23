"""When a Gaussian that is fitted to its own samples has lost a share of its variance."""

import math

import numpy as np

from ...laws import FirstPassage, LogVariance

_SURE = 5.0
"""Deviations of a step that the drift must have so that a run never turns back: within 1e-6."""
_NEVER = 40.0
"""The logarithm of a chance that is none."""
_LATEST = 2.0**50


def passage_quantiles(
    probabilities, samples: int, *, level=0.5, temperature=1.0, unbiased=True
) -> list[float]:
    r"""The first generation by which such a share of the runs has been below a level.

    Of the variance in any fixed direction, in any dimension, without real data: the quantiles of
    $\tau = \min\{t : \sigma_t^2 \le \ell \sigma_0^2\}$, infinite where fewer ever are [CA-A4].
    Exact, except that a run which goes down by its drift alone is taken never to turn back.

    ```python
    gl.loops.gaussian.passage_quantiles([0.1, 0.5, 0.9], 100)  # [9, 35, 186]
    ```
    """
    divisor = (samples - float(unbiased)) / temperature
    step, depth = LogVariance(samples, 1, divisor), -math.log(level)
    if 2 * step.exponent * depth > _NEVER * step.variance:
        return [math.inf for _ in probabilities]
    if -step.exponent > _SURE * step.variance**0.5:
        return [_monotone(probability, step, depth) for probability in probabilities]
    found = FirstPassage(samples, level, divisor).quantile(np.asarray(probabilities, dtype=float))
    return np.asarray(found).tolist()


def _monotone(probability: float, step: LogVariance, depth: float) -> float:
    """The first generation in which so many runs are below the level, where none comes back."""
    below = lambda t: LogVariance(step.samples, t, step.divisor).cdf(-depth) >= probability
    last = 1
    while not below(last):
        last *= 2
        if last > _LATEST:
            return math.inf
    first = last // 2
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (first, middle) if below(middle) else (middle, last)
    return float(last)
