"""The question about a schedule: checked, followed exactly, and optimised."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...arguments import check_at_least, check_one, checked
from ...errors import InputError, shown
from ...language import Expression, Pipeline, Scheduled, parse_number, uses
from ...language.schedules import GENERATION
from ...models import Categorical, Gaussian
from ...stages.accumulate import AbstractCollection
from ..composed import chosen
from ..goals import UPPER
from ..real_data import described
from .answer import Plan, Spending
from .limits import limit_of
from .problem import ROUNDING, Problem
from .readings import DIVERSITY, OUTCOMES, TABLE, InfiniteData, Reading, close, reading_of
from .search import OPTIMUM, search

LONGEST, LONGEST_SEARCH = 10_000, 200
"""The most generations that are followed, and that a schedule is found for."""
EVERY, END = "every", "end"
_LARGEST = 1e12


@checked
def plan(
    real: Categorical | Gaussian,
    *,
    loop: str | Pipeline,
    values: Mapping[str, float] | None = None,
    schedule: Mapping[str, Any] | None = None,
    generations: int = 20,
    goals: Mapping[str, float] | None = None,
    when: str = EVERY,
    unknown: str | None = None,
    interval: tuple[float, float] | None = None,
    cost: str | None = None,
) -> Plan:
    r"""A loop whose numbers change with the generation $t = 0, 1, \dots$, and the cheapest way.

    `values` are numbers that stay; `schedule` has a formula in `t` (`"0.5 / (t + 1)"`), a function
    or an array for each parameter that changes. All known: the exact expected moments of every
    generation, whether the `goals` are kept, and what becomes of the error for ever, by a proved
    criterion. With an `unknown` its cheapest schedule that keeps the `goals` in `when` "every"
    generation, or at the "end": the least sum of `cost`, a formula in the parameters and `t` (the
    unknown itself unless given), by gradients through the recursion; beside the best constant and
    other simple schedules. Each is verified by the exact recursion; the optimum is a local one.

    Goals of a table: `variance` (share kept), `mean` and `w2` (errors in real standard deviations
    at most); of outcomes at temperature one `diversity` (expected heterozygosity, share kept), of
    their infinite-data map `tv`, `kl` and `vocabulary`. Raises `InputError` E141 to E143 for
    schedules, goals and costs that cannot be, E136 for names and numbers that are missing.

    ```python
    real, loop = genloop.Gaussian.of(0.0, 1.0), "Temper(0.9) >> Mix(real, a)"
    asked = {"generations": 4, "goals": {"variance": 0.8}}
    genloop.answers.plan(real, loop=loop, unknown="a", **asked).plans["optimum"].numbers
    ```
    """
    table = isinstance(real, Gaussian)
    check_one("real", real, Gaussian if table else Categorical)
    check_at_least("generations", generations, 1)
    if when not in (EVERY, END):
        raise InputError("E142", f"when is {shown(when)}; write every or end.")
    scheduled = Scheduled.of(loop, dict(schedule or {}), values)
    _check_complete(scheduled, unknown)
    _check_length(scheduled, generations, unknown is not None)
    first = scheduled.numbers(0)
    _check_loop(scheduled, real, first, unknown)
    moments = not table and _of_moments(scheduled, generations, goals)
    reading = reading_of(scheduled, real, moments=moments)
    levels = _levels(reading, goals, required=unknown is not None)
    common = {"generations": generations, "goals": levels, "when": when, "model": real}
    common |= {"input": described(real), "reading": _name(reading)}
    if unknown is None:
        return _followed(scheduled, reading, real, common)
    lower, upper = _ends(scheduled.pipeline, unknown, interval)
    problem = Problem(
        scheduled,
        reading,
        unknown,
        generations,
        levels,
        when == EVERY,
        _cost(cost or unknown, scheduled, unknown),
        lower,
        upper,
        uses.is_count(scheduled.pipeline, unknown),
    )
    return _planned(problem, common)


def _of_moments(loop: Scheduled, generations: int, goals: Mapping[str, float] | None) -> bool:
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


def _name(reading: Reading) -> str:
    return "infinite data" if isinstance(reading, InfiniteData) else "expected moments"


def _check_complete(loop: Scheduled, unknown: str | None) -> None:
    if unknown is not None and unknown not in loop.free:
        known = unknown in loop.pipeline.parameters
        what = "has numbers already" if known else "is no parameter of this loop"
        raise InputError("E136", f"{shown(unknown)} {what}; find one of its free parameters.")
    for name in loop.free:
        if name != unknown:
            raise InputError("E136", f"{uses.unset(loop.pipeline, name)}, or give its schedule.")


def _check_length(loop: Scheduled, generations: int, searched: bool) -> None:
    most = LONGEST_SEARCH if searched else LONGEST
    if generations > most:
        what = "a schedule is found for" if searched else "are followed"
        raise InputError("E142", f"at most {most:,} generations {what}, got {generations:,}.")
    loop.columns(generations)


def _check_loop(loop: Scheduled, real, first: Mapping[str, float], unknown: str | None) -> None:
    """Whether the loop acts on the data and replaces them, at its first numbers."""
    if unknown is not None:
        first = {**first, unknown: uses.fitting(loop.pipeline, unknown)}
    asked = chosen(loop.pipeline, real, values=first, findable=False)
    if isinstance(asked.stage(), AbstractCollection):
        raise InputError(
            "E142",
            "this loop keeps its data, and schedules here are of loops that replace them; leave "
            "Accumulate or Window out.",
        )


def _levels(
    reading: Reading, goals: Mapping[str, float] | None, *, required: bool
) -> dict[str, float]:
    """The levels of the goals; the first known one where a plan needs one and none is given."""
    known = OUTCOMES if isinstance(reading, InfiniteData) else TABLE
    if not isinstance(reading, InfiniteData) and hasattr(reading.real, "outcomes"):
        known = DIVERSITY
    if not goals:
        return dict([next(iter(known.items()))]) if required else {}
    for name, level in goals.items():
        if name not in known:
            raise InputError(
                "E142", f"{shown(name)} is no goal here; give one of {', '.join(known)}."
            )
        if isinstance(level, str) or not 0 < level < UPPER[name]:
            raise InputError(
                "E142", f"the goal {name} must lie between 0 and {UPPER[name]:g}, got {level!r}."
            )
    return {name: float(level) for name, level in goals.items()}


def _ends(pipeline: Pipeline, name: str, interval: Sequence[float] | None) -> tuple[float, float]:
    """Between which numbers the unknown may lie."""
    if interval is None:
        if uses.is_share(pipeline, name):
            return 0.0, 1.0
        if uses.is_count(pipeline, name):
            return 0.0, _LARGEST
        raise InputError(
            "E136", f"{name} has no natural interval; give one, for example {name}=0:2."
        )
    lower, upper = map(float, interval)
    if not -math.inf < lower < upper < math.inf:
        raise InputError("E136", f"the interval of {name} needs two numbers, the lower one first.")
    return lower, upper


def _cost(text: str, loop: Scheduled, unknown: str) -> Expression:
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


def _followed(loop: Scheduled, reading: Reading, real, common: dict[str, Any]) -> Plan:
    generations, goals = common["generations"], common["goals"]
    statistics, margins = exact(loop, reading, goals, generations)
    missed = _missed(margins, every=common["when"] == EVERY)
    columns = loop.columns(generations)
    return Plan(
        **common,
        loop=loop.pipeline.with_values(loop.values).text,
        unknown=None,
        cost=None,
        met=missed is None if goals else None,
        missed=missed,
        schedule=_tuples(columns),
        statistics=statistics,
        plans={},
        reason=None,
        limit=limit_of(loop, real),
    )


def _planned(problem: Problem, common: dict[str, Any]) -> Plan:
    found = [one for one in search(problem) if _kept(problem, one.numbers)]
    best = found[0].numbers if found else _most(problem)
    loop, every = problem.complete(best), problem.every
    numbers = exact(loop, problem.reading, problem.goals, problem.generations)
    missed = _missed(numbers[1], every=every)
    return Plan(
        **common,
        loop=problem.loop.pipeline.with_values(problem.loop.values).text,
        unknown=problem.unknown,
        cost=problem.cost.text,
        met=bool(found),
        missed=missed,
        schedule=_tuples(loop.columns(problem.generations)),
        statistics=numbers[0],
        plans={one.name: Spending(_list(one.numbers), _sum(one), one.cost) for one in found},
        reason=None if found else _reason(problem, missed, numbers[0]),
        limit=None,
    )


def exact(
    loop: Scheduled, reading: Reading, goals: Mapping[str, float], generations: int
) -> tuple[dict[str, tuple[float, ...]], np.ndarray]:
    """Statistics of every generation and the margins of the goals, by stages built for each."""
    state, rows, margins = reading.begin(), [], []
    for t in range(generations):
        try:
            stage = loop.pipeline.build(loop.numbers(t), real=reading.real)
            state = reading.advance(stage, state)
        except InputError as failure:
            told = failure.message.rstrip(".")
            raise InputError(failure.code, f"generation {t}: {told}.") from None
        rows.append({name: float(x) for name, x in reading.statistics(state).items()})
        margins.append([float(x) for x in reading.margins(state, goals)])
    return {name: tuple(row[name] for row in rows) for name in rows[0]}, np.array(margins)


def _kept(problem: Problem, numbers: np.ndarray) -> bool:
    margins = exact(problem.complete(numbers), problem.reading, problem.goals, problem.generations)[
        1
    ]
    return _missed(margins, every=problem.every) is None


def _missed(margins: np.ndarray, *, every: bool) -> int | None:
    """The first generation in which a goal is missed by more than rounding."""
    lost = ~(margins >= -ROUNDING).all(axis=1)
    if not every:
        return len(lost) - 1 if lost[-1] else None
    return int(np.argmax(lost)) if lost.any() else None


def _most(problem: Problem) -> np.ndarray:
    """As much of the unknown as was tried, in every generation."""
    return np.full(problem.generations, min(problem.upper, 2.0**40))


def _reason(problem: Problem, missed: int | None, statistics) -> str:
    most = _most(problem)[0]
    what = f"even {problem.unknown} = {most:g} in every generation"
    if missed is None:
        return (
            f"no schedule that was tried keeps the goals, though {what} does at last: loosen a goal"
        )
    reached = ", ".join(
        f"{name.replace('_', ' ')} {numbers[missed]:.6g}" for name, numbers in statistics.items()
    )
    return f"{what} misses the goals in generation {missed}: {reached}"


def _sum(found) -> float:
    return float(np.sum(found.numbers))


def _list(numbers: np.ndarray) -> tuple[float, ...]:
    return tuple(float(x) + 0.0 for x in numbers)


def _tuples(columns: Mapping[str, np.ndarray]) -> dict[str, tuple[float, ...]]:
    return {name: _list(numbers) for name, numbers in columns.items()}


__all__ = ["LONGEST", "LONGEST_SEARCH", "OPTIMUM", "plan"]
