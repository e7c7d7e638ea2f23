"""How many real points a loop on a table needs, or how many synthetic ones it bears."""

import dataclasses
import math
from collections.abc import Callable, Mapping

from ...analysis import Threshold
from ...laws import PooledMoments
from ...loops import gaussian
from ..composed import ChosenLoop, PooledLoop, pooled_loop
from ..goals import percent
from .table import TableThresholds, table_threshold

_MOST = 10**9


def points_threshold(
    asked: ChosenLoop, points: str, at: float | None, goals: Mapping[str, float] | None
) -> TableThresholds:
    """The least real or the most synthetic points with which a pooled loop keeps to its goals.

    `points` says which of them the unknown counts. Without `at` the long run is that at the
    number which the goal needs, or at as many points as there are of the other kind.
    """
    loop_of = lambda count: pooled_loop(asked.pipeline, {**asked.values, asked.unknown: count})
    real = points == "real_samples"
    least = 2 if not real else 1
    level = _answer(asked, loop_of(least), goals).goals["variance"].level
    tests: dict[str, Callable[[PooledLoop], bool]] = {
        "variance": lambda loop: level <= _kept(loop) <= 1 / level
    }
    if real or loop_of(least).real_samples:
        tests["mean"] = lambda loop: _recursion(loop).spectral_radius < 1
        tests["mean_square"] = lambda loop: _recursion(loop).fourth_moment_radius < 1
    found = {
        name: _search(lambda count, test=test: test(loop_of(count)), least, real)
        for name, test in tests.items()
    }
    value = found["variance"].value
    shown = at if at is not None else value if value is not None else _other(loop_of(least), real)
    answer = _answer(asked, loop_of(int(shown)), goals)
    side = "from" if real else "up to"
    questions = {
        "variance": f"expected variance within {percent(level)}, {side}",
        "mean": f"bounded expected covariance, {side}",
        "mean_square": f"bounded mean square of it, {side}",
    }
    return dataclasses.replace(
        answer,
        loop=asked.text,
        unknown=asked.unknown,
        unknown_points=points,
        asked_at=at,
        thresholds=found,
        questions={name: questions[name] for name in found},
    )


def _answer(asked: ChosenLoop, loop: PooledLoop, goals) -> TableThresholds:
    return table_threshold(
        asked.real,
        temperature=loop.temperature,
        samples=loop.samples,
        real_samples=loop.real_samples,
        fixed_real_data=loop.fixed,
        unbiased=loop.unbiased,
        goals=goals,
    )


def _other(loop: PooledLoop, real: bool) -> int:
    return max(2, loop.samples if real else loop.real_samples)


def _recursion(loop: PooledLoop) -> PooledMoments:
    return PooledMoments(loop.samples, loop.real_samples, loop.temperature, loop.unbiased)


def _kept(loop: PooledLoop) -> float:
    """The expected variance in the end, infinite where it grows, none without real data."""
    if not loop.real_samples:
        return 0.0
    limits = gaussian.fixed_data_moments if loop.fixed else gaussian.stationary_moments
    options = {"temperature": loop.temperature, "unbiased": loop.unbiased}
    kept = float(limits(loop.samples, loop.real_samples, **options)[1])
    return math.inf if math.isnan(kept) else kept


def _search(holds: Callable[[int], bool], least: int, more_is_better: bool) -> Threshold:
    """The whole number at which a condition begins to hold with more points, or ends to."""
    if holds(least) == more_is_better:
        if more_is_better:
            return Threshold.absent("every number of real points is enough", "not needed")
        return Threshold.absent("no number of synthetic points keeps to it", "not reachable")
    before, after = least, 2 * least
    while holds(after) == holds(least):
        before, after = after, 2 * after
        if after > _MOST:
            if more_is_better:
                return Threshold.absent(f"not met by {_MOST:,} real points", "not reachable")
            return Threshold.absent("kept by every number of synthetic points", "not needed")
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if holds(middle) == holds(least) else (before, middle)
    value = after if more_is_better else before
    return Threshold(float(value), (float(before), float(after)), residual=0.0)
