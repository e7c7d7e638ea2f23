"""The question about a schedule: checked, followed exactly, and optimised."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...arguments import check_at_least, checked
from ...errors import InputError, shown
from ...language import Pipeline, Scheduled, uses
from ...language.schedules import GENERATION
from ...models import Categorical, Gaussian
from ..real_data import check_no_points, check_real_data, described
from .answer import Plan, Spending
from .checks import (
    check_complete,
    check_length,
    check_loop,
    check_prices,
    cost_of,
    ends_of,
    length_of,
    levels_of,
    moments_close,
)
from .limits import limit_of
from .problem import ROUNDING, Problem
from .readings import InfiniteData, Reading, reading_of
from .search import MOST_POINTS, search

EVERY, END = "every", "end"


@checked
def plan(
    real: Categorical | Gaussian,
    *,
    loop: str | Pipeline,
    values: Mapping[str, float] | None = None,
    schedule: Mapping[str, Any] | None = None,
    generations: int | None = None,
    goals: Mapping[str, float] | None = None,
    when: str = EVERY,
    unknown: str | None = None,
    interval: tuple[float, float] | None = None,
    cost: str | None = None,
) -> Plan:
    r"""A loop whose numbers change with the generation $t = 0, 1, \dots$, and the cheapest way.

    `values` are numbers that stay; `schedule` has a formula in `t` (`"0.5 / (t + 1)"`), a function
    or an array for each parameter that changes; there are as many `generations` as the shortest
    array has numbers, or 20. All known: the exact expected moments of every generation, whether the
    `goals` are kept, and what becomes of the error for ever, by a proved criterion. With an
    `unknown` its cheapest schedule that keeps the `goals` in `when` "every" generation, or at the
    "end": the least sum of `cost`, a formula in the parameters and `t` (the unknown itself unless
    given), by gradients through the recursion; beside the best constant and other simple schedules.
    Each is verified by the exact recursion; the optimum is a local one.

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
    check_real_data(real)
    check_no_points(real, "plans")
    if generations is None:
        generations = length_of(schedule or {})
    check_at_least("generations", generations, 1)
    if when not in (EVERY, END):
        raise InputError("E142", f"when is {shown(when)}; write every or end.")
    scheduled = Scheduled.of(loop, dict(schedule or {}), values)
    check_complete(scheduled, unknown)
    check_length(scheduled, generations, unknown is not None)
    check_loop(scheduled, real, scheduled.numbers(0), unknown)
    closed = not table and moments_close(scheduled, generations, goals)
    reading = reading_of(scheduled, real, moments=closed)
    levels = levels_of(reading, goals, required=unknown is not None)
    common = {"generations": generations, "goals": levels, "when": when, "model": real}
    common |= {"input": described(real), "reading": _name(reading)}
    common |= {"rewards": scheduled.pipeline.rewards}
    if unknown is None:
        return _followed(scheduled, reading, real, common)
    ends = ends_of(scheduled, real, unknown, interval)
    price = cost_of(cost or unknown, scheduled, unknown)
    return _planned(_problem(scheduled, reading, unknown, ends, price, common), common)


def _problem(loop: Scheduled, reading: Reading, unknown: str, ends, cost, common) -> Problem:
    """What is to be found, checked as far as can be before the search."""
    problem = Problem(
        loop,
        reading,
        unknown,
        common["generations"],
        common["goals"],
        common["when"] == EVERY,
        cost,
        *ends,
        uses.is_count(loop.pipeline, unknown),
    )
    check_prices(problem)
    problem.check_traced()
    return problem


def _name(reading: Reading) -> str:
    return "infinite data" if isinstance(reading, InfiniteData) else "expected moments"


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
    state, rows, margins = reading.start(loop.pipeline, loop.numbers(0)), [], []
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
    return np.full(problem.generations, min(problem.upper, MOST_POINTS))


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
    return {name: _list(x) for name, x in columns.items() if name != GENERATION}
