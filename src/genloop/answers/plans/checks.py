"""What a question about a schedule must be, and what is meant where it does not say."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...errors import InputError, shown
from ...language import Expression, Scheduled, parse_number, uses
from ...language.schedules import GENERATION
from ..composed import chosen
from ..goals import UPPER
from .problem import Problem
from .readings import DIVERSITY, OUTCOMES, TABLE, InfiniteData, Reading, close
from .search import MOST_POINTS

LONGEST, LONGEST_SEARCH, USUAL = 10_000, 200, 20
"""The most generations that are followed, that a schedule is found for, and what is usual."""
_LARGEST = 1e12


def moments_close(loop: Scheduled, generations: int, goals: Mapping[str, float] | None) -> bool:
    """Whether outcomes are read by their expected moments: they close, and no goal says else."""
    if goals and not set(goals) <= set(DIVERSITY):
        return False
    if close(loop, generations):
        return True
    if goals:
        raise InputError(
            "E142",
            "the goal diversity is for loops at temperature 1 that draw samples and cut nothing; "
            "use tv=0.1 here, which is for infinite data.",
        )
    return False


def check_complete(loop: Scheduled, unknown: str | None) -> None:
    """Raises `InputError` E136 for an unknown that is none, and for others without a number."""
    if unknown is not None and unknown not in loop.free:
        known = unknown in loop.pipeline.parameters
        what = "has numbers already" if known else "is no parameter of this loop"
        raise InputError("E136", f"{shown(unknown)} {what}; find one of its free parameters.")
    for name in loop.free:
        if name != unknown:
            raise InputError("E136", f"{uses.unset(loop.pipeline, name)}, or give its schedule.")


def length_of(schedule: Mapping[str, Any]) -> int:
    """The generations that are meant where none are given: as many as the shortest table has."""
    return min((len(x) for x in schedule.values() if np.ndim(x) == 1), default=USUAL)


def check_length(loop: Scheduled, generations: int, searched: bool) -> None:
    """Raises `InputError` E142 for more generations than can be followed or searched."""
    most = LONGEST_SEARCH if searched else LONGEST
    if generations > most:
        what = "a schedule is found for" if searched else "are followed"
        raise InputError("E142", f"at most {most:,} generations {what}, got {generations:,}.")
    loop.columns(generations)


def check_loop(loop: Scheduled, real, first: Mapping[str, float], unknown: str | None) -> None:
    """Whether the loop acts on the data, at its first numbers."""
    if unknown is not None:
        first = {**first, unknown: uses.fitting(loop.pipeline, unknown)}
    chosen(loop.pipeline, real, values=first, findable=False)


def levels_of(
    reading: Reading, goals: Mapping[str, float] | None, *, required: bool
) -> dict[str, float]:
    """The levels of the goals; the first known one where a plan needs one and none is given."""
    known = OUTCOMES if isinstance(reading, InfiniteData) else TABLE
    if not isinstance(reading, InfiniteData) and hasattr(reading.real, "outcomes"):
        known = DIVERSITY
    if not goals:
        return dict([next(iter(known.items()))]) if required else {}
    if not isinstance(goals, Mapping):
        name = next(iter(known))
        raise InputError(
            "E142",
            f"goals have a level each, got {shown(goals)}; write {{{name!r}: {known[name]}}}.",
        )
    return {name: _level(name, level, known) for name, level in goals.items()}


def _level(name: str, level: Any, known: Mapping[str, float]) -> float:
    if name not in known:
        raise InputError("E142", f"{shown(name)} is no goal here; give one of {', '.join(known)}.")
    number = np.asarray(level)
    if number.ndim or number.dtype.kind not in "iuf" or not 0 < number < UPPER[name]:
        most = UPPER[name]
        wanted = f"lie between 0 and {most:g}" if most < math.inf else "be a positive number"
        raise InputError("E142", f"the goal {name} must {wanted}, got {level!r}.")
    return float(number)


def ends_of(
    loop: Scheduled, real, name: str, interval: Sequence[float] | None
) -> tuple[float, float]:
    """Between which numbers the unknown may lie: what the stages of the first generation accept."""
    accepts = lambda value: _check_end(loop, real, name, value)
    if interval is not None:
        ends = _interval(name, interval)
        for end in ends:
            accepts(min(end, MOST_POINTS))
        return ends
    if uses.is_share(loop.pipeline, name):
        return 0.0, 1.0
    if uses.is_count(loop.pipeline, name):
        return _least_count(accepts), _LARGEST
    raise InputError("E136", f"{name} has no natural interval; give one, for example {name}=0.5:2.")


def _interval(name: str, interval: Any) -> tuple[float, float]:
    try:
        lower, upper = map(float, interval)
    except (TypeError, ValueError):
        lower = upper = math.nan
    if not -math.inf < lower < upper < math.inf:
        raise InputError("E136", f"the interval of {name} needs two numbers, the lower one first.")
    return lower, upper


def _least_count(accepts: Callable[[float], None]) -> float:
    """The smallest of the least counts that stages may want: none, one or two points."""
    for count in (0.0, 1.0):
        try:
            accepts(count)
        except InputError:
            continue
        return count
    accepts(2.0)
    return 2.0


def _check_end(loop: Scheduled, real, name: str, value: float) -> None:
    """Raises `InputError` E136 for a number of the unknown that a stage refuses."""
    number = int(value) if uses.is_count(loop.pipeline, name) and value % 1 == 0 else value
    try:
        chosen(loop.pipeline, real, values={**loop.numbers(0), name: number}, findable=False)
    except InputError as failure:
        told = failure.message.rstrip(".")
        raise InputError(
            "E136", f"{name} cannot be {value:g}: {told}; give an interval without it."
        ) from None


def cost_of(text: str, loop: Scheduled, unknown: str) -> Expression:
    """The cost of a generation. Raises `InputError` E143 where the unknown is not in it."""
    found = parse_number(text)
    for name in found.parameters:
        if name not in (*loop.pipeline.parameters, GENERATION):
            raise InputError(
                "E143", f"the cost needs {shown(name)}, which is no parameter of the loop."
            )
    if unknown not in found.parameters:
        raise InputError(
            "E143", f"the cost {shown(text)} does not depend on {unknown}, which is to be found."
        )
    return found


def check_prices(problem: Problem) -> None:
    """Raises `InputError` E143 for a cost that is not finite, or falls where the unknown grows."""
    last = min(problem.upper, MOST_POINTS)
    levels = np.linspace(problem.lower, last, 9)
    prices = [problem.cost_of_each(np.full(problem.generations, x)) for x in levels]
    text, steps = shown(problem.cost.text), np.diff(np.asarray(prices), axis=0)
    if not np.isfinite(prices).all():
        raise InputError(
            "E143",
            f"the cost {text} is not finite for every {problem.unknown} from {levels[0]:g} to "
            f"{last:g}; change it.",
        )
    if (steps < 0).any():
        raise InputError(
            "E143",
            f"the cost {text} falls while {problem.unknown} grows; write one that grows with it.",
        )
