"""Typed loops of sampled and real points on a table: solved, also where a temperature is sought."""

import dataclasses
from collections.abc import Mapping

from ...analysis import Threshold, find_root
from ...loops.gaussian.closed_forms import correction
from ..composed import ChosenLoop, PooledLoop, pooled_loop, sought_points
from ..goals import LIMIT, percent
from .points import points_threshold
from .table import TableThresholds, table_threshold


def pooled_threshold(
    asked: ChosenLoop, at: float | None, goals: Mapping[str, float] | None
) -> TableThresholds | None:
    """The answer for a pooled loop with numbers, or with its temperature unknown; `None` if not."""
    if asked.unknown is not None and (
        points := sought_points(asked.pipeline, asked.values, asked.unknown)
    ):
        return points_threshold(asked, points, at, goals)
    loop = pooled_loop(asked.pipeline, asked.values)
    if loop is None or (asked.unknown is not None and loop.temperature != asked.unknown):
        return None
    sought = asked.unknown is not None
    heat = (1.0 if at is None else at) if sought else loop.temperature
    found = table_threshold(
        asked.real,
        temperature=heat,
        samples=loop.samples,
        real_samples=loop.real_samples,
        fixed_real_data=loop.fixed,
        unbiased=loop.unbiased,
        goals=goals,
    )
    named = {"loop": asked.text, "notes": _notes(loop)}
    if not sought:
        share = found.asked_at if loop.real_samples else None
        return dataclasses.replace(found, **named, asked_at=share)
    level = found.goals["variance"].level
    thresholds = {name: one for name, one in found.thresholds.items() if name in _OF_TEMPERATURE}
    thresholds |= _temperatures(loop, level)
    goal = f"expected variance within {percent(level)}"
    questions = {name: found.questions[name] for name in _OF_TEMPERATURE}
    questions |= {"variance": f"{goal} from", f"variance{LIMIT}": f"{goal} up to"}
    return dataclasses.replace(
        found,
        **named,
        unknown=asked.unknown,
        asked_at=at,
        thresholds=thresholds,
        questions=questions,
    )


_OF_TEMPERATURE = ("mean", "almost_sure", "mean_square")


def _notes(loop: PooledLoop) -> tuple[str, ...]:
    if not loop.fixed:
        return ()
    return (
        "The numbers are averages over real sets, each drawn once and used for ever; those of one "
        "set differ.",
    )


def _temperatures(loop: PooledLoop, level: float) -> dict[str, Threshold]:
    r"""The temperatures at which the expected variance is the level and one over it.

    Between them it is within the goal, because $\frac{x}{1 - q T k}$ grows with $T$ [ST-B3, ST-B4].
    """
    names = "variance", f"variance{LIMIT}"
    if not loop.real_samples:
        reason = "without real data the variance of a run is lost or grows at every temperature"
        return dict.fromkeys(names, Threshold.absent(reason, "not reachable"))
    pool = loop.samples + loop.real_samples
    share = loop.real_samples / pool
    k = float(correction(share, pool, unbiased=loop.unbiased))
    joins = share * k
    if loop.fixed:
        joins = (loop.real_samples - 1) / (pool - int(loop.unbiased))
    excess = lambda goal: lambda heat: joins - goal * (1 - (1 - share) * heat * k)
    largest = 1 / ((1 - share) * k)
    if excess(level)(0.0) >= 0:
        reason = "the real points alone keep so much of the variance at every temperature"
        least = Threshold.absent(reason, "not needed")
    else:
        least = find_root(excess(level), 0.0, largest)
    if not joins or excess(1 / level)(0.0) >= 0:
        most = Threshold.absent("there is no such temperature", "not reachable")
    else:
        most = find_root(excess(1 / level), 0.0, largest)
    return dict(zip(names, (least, most), strict=True))
