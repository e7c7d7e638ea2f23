"""The answer of `genloop threshold` for a table, in words: the Gaussian loop."""

import math
from typing import TYPE_CHECKING

from ....answers.goals import LIMIT
from ... import inputs
from ...terminal import counted, label, number, percent, percent_above, table
from ..thresholds import answer_of, evidence
from .long_runs import bounded, lines as long_run_lines, typical

if TYPE_CHECKING:
    from ....answers import TableThresholds

_MEANINGS = {
    "variance": "a real fraction: enough for the goal from here on",
    "mean": "a temperature: below, the mean over runs shrinks",
    "almost_sure": "a temperature: below, every run loses all variance",
    "mean_square": "a temperature: above, the spread over runs has no bound",
    "real_fraction": "a real fraction: below, the mean over runs grows",
}
_OF_TEMPERATURE = {
    "variance": "a temperature: below, more of the variance is lost",
    f"variance{LIMIT}": "a temperature: above, the variance is larger",
}
_LISTED = 8


def lines(answer: "TableThresholds", verbose: bool = False):
    """Input, table and plain sentences."""
    about, at = answer.input, answer.at
    yield from inputs.lines(about, inputs.size_of(about))
    kind = "real point, used for ever" if answer.fixed_real_data else "new real point"
    fresh = f"{_points(answer.real_samples, kind)} ({percent(at.real_fraction)})"
    sampled = f"{counted(answer.samples, 'point')} sampled at temperature {answer.temperature:g}"
    yield f"loop        {sampled} and {fresh} a generation"
    yield from _goal_sentences(answer)
    yield bounded(answer)
    yield from _fate(answer)
    yield from long_run_lines(answer)
    columns = ("question", "answer", "what it means")
    columns = (*columns, "bracket or ±", "residual") if verbose else columns
    yield table("", columns, _rows(answer, verbose))
    yield from answer.notes


def _points(count: int, kind: str) -> str:
    name, comma, more = kind.partition(",")
    return f"{counted(count, name)}{comma}{more}"


def _rows(answer: "TableThresholds", verbose: bool):
    found = answer.thresholds
    meanings = _MEANINGS | (_OF_TEMPERATURE if answer.unknown else {})
    if answer.unknown_points is not None:
        kind = "synthetic" if answer.unknown_points == "samples" else "real"
        meanings = dict.fromkeys(found, f"a number of {kind} points a generation")
    goals = [name for name in found if name.startswith("variance")]
    for name in (*goals, *(name for name in found if name not in goals)):
        what = found[name].reason or meanings[name]
        cells = answer.questions[name], answer_of(found[name]), what
        yield (*cells, *evidence(found[name])) if verbose else cells


def _goal_sentences(answer: "TableThresholds"):
    found, level = answer.thresholds["variance"], percent(answer.goals["variance"].level)
    goal = f"the expected variance within {level} of the real one"
    if answer.unknown_points is not None:
        yield _points_needed(answer, goal)
    elif answer.unknown is not None:
        yield _temperatures(answer, goal)
    elif found.value is not None:
        yield f"To keep {goal} the loop needs at least {percent_above(found.value)} real data."
    elif answer.temperature == 1 and not answer.fixed_real_data:
        yield (
            f"To keep {goal} at temperature 1 any positive share of real data is enough where "
            "samples are many; without any, single runs lose more and more of it."
        )
    else:
        yield f"To keep {goal}: {found.status}: {found.reason}."
    if answer.met is not None:
        given = f"{counted(answer.real_samples, 'real point')} a generation"
        if answer.unknown_points == "samples":
            given = f"{counted(answer.samples, 'synthetic point')} a generation"
        elif answer.unknown is not None and answer.unknown_points is None:
            given = f"temperature {answer.temperature:g}"
        yield f"With {given} this goal is {'met' if answer.met else 'not met'}."


def _points_needed(answer: "TableThresholds", goal: str) -> str:
    found = answer.thresholds["variance"]
    if found.value is None:
        return f"To keep {goal}: {found.status}: {found.reason}."
    if answer.unknown_points == "samples":
        return f"To keep {goal} the loop bears at most {found.value:,.0f} synthetic points."
    return f"To keep {goal} the loop needs at least {found.value:,.0f} real points a generation."


def _temperatures(answer: "TableThresholds", goal: str) -> str:
    least, most = (answer.thresholds[name] for name in ("variance", f"variance{LIMIT}"))
    if least.value is None and most.value is None:
        return f"To keep {goal}: {least.status}: {least.reason}."
    ends = [f"of at least {number(least.value)}"] if least.value is not None else []
    ends += [f"of at most {number(most.value)}"] if most.value is not None else []
    return f"To keep {goal} the loop needs a temperature {' and '.join(ends)}."


def _fate(answer: "TableThresholds"):
    if answer.real_samples:
        yield from _fate_with_real_data(answer)
        return
    growth = answer.at.typical_growth
    if growth == -math.inf:
        yield "Without real data so few samples lose whole directions at once."
        return
    yield typical(growth)


def _fate_with_real_data(answer: "TableThresholds"):
    at = answer.at
    if not math.isfinite(at.variance_kept):
        yield "With so little real data the expected variance grows without limit."
        return
    sought_heat = answer.unknown is not None and answer.unknown_points is None
    at_heat = f" at temperature {answer.temperature:g}" if sought_heat else ""
    yield (
        f"With {percent(at.real_fraction)} real data the expected variance settles{at_heat} at "
        f"{percent(at.variance_kept)} of the real one; the mean wanders about the real mean "
        f"with {percent(at.mean_error)} of the real variance."
    )
    for name, column in list(at.columns.items())[:_LISTED]:
        variances = f"{column.variance:.4g} now, {column.long_run:.4g} in the long run"
        yield f"  variance of {label(name)}: {variances}"
    if len(at.columns) > _LISTED:
        yield f"  and {counted(len(at.columns) - _LISTED, 'more column')}"
