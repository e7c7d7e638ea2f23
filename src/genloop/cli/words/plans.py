"""The words of `genloop plan`."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .. import inputs
from ..terminal import counted, number, percent, table

if TYPE_CHECKING:
    from ...answers import Limit, Plan

_ROWS = 12
_GOALS = {
    "variance": "variance within {percent} of the real one",
    "mean": "error of the mean at most {level:g} real standard deviations",
    "w2": "Wasserstein distance at most {level:g} real standard deviations",
    "diversity": "diversity at least {percent} of the real one",
    "tv": "total variation at most {level:g}",
    "kl": "divergence at most {level:g} nats",
    "vocabulary": "effective vocabulary within {percent} of the real one",
}
_VERDICTS = {
    "vanishes": "the error vanishes: the loop is consistent",
    "bounded": "the error stays bounded, and does not vanish",
    "collapses": "everything is lost: the loop collapses",
    "grows": "the error grows without limit",
    "undecided": "undecided",
}


def lines(answer: "Plan") -> Iterator[Any]:
    """The answer in words: a sentence, the plans, the schedule, and what to do."""
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    reads = " (infinite data: nothing is drawn)" if answer.reading == "infinite data" else ""
    yield f"loop        {answer.loop}, {counted(answer.generations, 'generation')}{reads}"
    yield _sentence(answer)
    if answer.plans:
        yield _plans(answer)
    yield _schedule(answer)
    if answer.limit is not None:
        yield _limit(answer.limit)
    yield from _advice(answer)


def _sentence(answer: "Plan") -> str:
    wanted = " and ".join(
        _GOALS[name].format(percent=percent(level), level=level)
        for name, level in answer.goals.items()
    )
    when = "in every generation" if answer.when == "every" else "at the end"
    if answer.unknown is None:
        return _followed(answer, wanted, when)
    if not answer.plans:
        return f"No schedule of {answer.unknown} keeps {wanted} {when}: {answer.reason}."
    best, constant = answer.plans["optimum"], answer.plans.get("constant")
    text = (
        f"The cheapest schedule that was found costs {_cost(best.cost)} and keeps {wanted} {when}"
    )
    if constant is None:
        return f"{text}; no constant {answer.unknown} does."
    each = number(constant.numbers[0])
    if best.cost >= constant.cost * (1 - 1e-9):
        return f"{text}: {each} in every generation, nothing is cheaper."
    saved = percent(1 - best.cost / constant.cost)
    return f"{text}, {saved} less than the best constant ({each} in every generation)."


def _followed(answer: "Plan", wanted: str, when: str) -> str:
    after = f"After {counted(answer.generations, 'generation')}"
    reached = ", ".join(
        f"{_title(name)} {_statistic(values[-1])}" for name, values in answer.statistics.items()
    )
    if answer.met is None:
        return f"{after}: {reached}."
    if answer.met:
        return f"The goal is kept {when}: {wanted}. {after}: {reached}."
    return f"The goal is missed in generation {answer.missed}: {wanted}. {after}: {reached}."


def _title(name: str) -> str:
    said = {"w2": "Wasserstein distance", "error_of_mean": "error of the mean"}
    return said.get(name, name.replace("_", " "))


def _cost(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 and value == round(value) else f"{value:,.6g}"


def _plans(answer: "Plan"):
    best = answer.plans["optimum"].cost
    rows = [
        (
            name,
            _cost(one.total),
            _cost(one.cost),
            "" if one.cost <= best else f"+ {percent(one.cost / best - 1) if best else 'all'}",
        )
        for name, one in answer.plans.items()
    ]
    columns = ("schedule", f"sum of {answer.unknown}", f"cost ({answer.cost})", "dearer by")
    return table("Schedules that keep the goal", columns, rows)


def _schedule(answer: "Plan"):
    changing = {
        name: x for name, x in answer.schedule.items() if len(set(x)) > 1 or name == answer.unknown
    }
    together = changing or answer.statistics
    columns = ("generation", *changing, *map(_title, answer.statistics))
    rows = [
        (
            str(first) if first == last else f"{first} to {last}",
            *(f"{values[last]:,.6g}" for values in changing.values()),
            *(_statistic(values[last]) for values in answer.statistics.values()),
        )
        for first, last in _stretches(together, answer.generations)
    ]
    title = "The schedule and what it leads to"
    if answer.unknown is not None and not answer.plans:
        title = "The most that was tried"
    return table(title, columns, rows)


def _statistic(value: float) -> str:
    return f"{value:.5g}" if math.isfinite(value) else "infinite"


def _stretches(changing: Mapping[str, Any], generations: int) -> list[tuple[int, int]]:
    """Generations with the same numbers together, at most a dozen rows."""
    shown = [tuple(f"{values[t]:.4g}" for values in changing.values()) for t in range(generations)]
    found: list[tuple[int, int]] = []
    for t in range(generations):
        if found and shown[t] == shown[t - 1]:
            found[-1] = found[-1][0], t
        else:
            found.append((t, t))
    if len(found) <= _ROWS:
        return found
    step = -(-generations // _ROWS)
    return [(t, t) for t in sorted({*range(0, generations, step), generations - 1})]


def _limit(limit: "Limit") -> str:
    text = f"If the schedule goes on for ever: {_VERDICTS[limit.verdict]}"
    numbers = []
    if limit.verdict == "bounded" and limit.kept is not None:
        lost = 1 - limit.kept
        numbers.append(f"{percent(lost)} is lost" if lost > 0 else f"{percent(limit.kept)} is kept")
    if limit.verdict == "bounded" and limit.error_of_mean is not None:
        numbers.append(f"error of the mean {limit.error_of_mean:.4g}")
    text += f" ({', '.join(numbers)})" if numbers else ""
    proof = "" if limit.theorem is None else f" [{limit.theorem}]"
    return f"{text}; {limit.reason}{proof}."


def _advice(answer: "Plan") -> Iterator[str]:
    if answer.unknown is None:
        return
    if not answer.plans:
        yield "Loosen the goal, ask for it at the end only (--when end), or draw more samples."
        return
    numbers = answer.plans["optimum"].numbers
    first = next((t for t, x in enumerate(numbers) if x > 0), None)
    if first is None:
        yield f"Nothing of {answer.unknown} is needed in these generations."
    elif first > 0:
        yield f"Begin with {answer.unknown} in generation {first}: the ones before need none."
    yield (
        "Every schedule here is verified by the exact recursion; the optimum is the best of "
        "several descents, and no proof that nothing is cheaper."
    )
