"""The answer of `genloop threshold` for a table, in words: the Gaussian loop."""

import math
from typing import TYPE_CHECKING

from .. import inputs
from ..terminal import counted, label, percent, percent_above, table
from .thresholds import answer_of, evidence

if TYPE_CHECKING:
    from ...answers import TableThresholds
    from ...answers.thresholds.table import LongRun

_MEANINGS = {
    "variance": "a real fraction: enough for the goal from here on",
    "mean": "a temperature: below, the mean over runs shrinks",
    "almost_sure": "a temperature: below, every run loses all variance",
    "mean_square": "a temperature: above, the spread over runs has no bound",
    "real_fraction": "a real fraction: below, the mean over runs grows",
}
_LISTED = 8


def lines(answer: "TableThresholds", verbose: bool = False):
    """Input, table and plain sentences."""
    about, at = answer.input, answer.at
    yield from inputs.lines(about, inputs.size_of(about))
    fresh = f"{counted(answer.real_samples, 'new real point')} ({percent(at.real_fraction)})"
    sampled = f"{counted(answer.samples, 'point')} sampled at temperature {answer.temperature:g}"
    yield f"loop        {sampled} and {fresh} a generation"
    yield from _goal_sentences(answer)
    yield from _fate(answer)
    columns = ("question", "answer", "what it means")
    columns = (*columns, "bracket or ±", "residual") if verbose else columns
    yield table("", columns, _rows(answer, verbose))


def _rows(answer: "TableThresholds", verbose: bool):
    found = answer.thresholds
    for name in ("variance", *(name for name in found if name != "variance")):
        what = found[name].reason or _MEANINGS[name]
        cells = answer.questions[name], answer_of(found[name]), what
        yield (*cells, *evidence(found[name])) if verbose else cells


def _goal_sentences(answer: "TableThresholds"):
    found, level = answer.thresholds["variance"], percent(answer.goals["variance"].level)
    goal = f"the expected variance within {level} of the real one"
    if found.value is not None:
        yield f"To keep {goal} the loop needs at least {percent_above(found.value)} real data."
    elif answer.temperature == 1:
        yield (
            f"To keep {goal} at temperature 1 any positive share of real data is enough; without "
            "any, single runs lose more and more of it."
        )
    else:
        yield f"To keep {goal}: {found.status}: {found.reason}."
    if answer.met is not None:
        points = counted(answer.real_samples, "real point")
        yield f"With {points} a generation this goal is {'met' if answer.met else 'not met'}."


def _fate(answer: "TableThresholds"):
    if answer.real_samples:
        yield from _fate_with_real_data(answer.at)
        return
    growth = answer.at.typical_growth
    if growth == -math.inf:
        yield "Without real data so few samples lose whole directions at once."
        return
    change = "halves" if growth < 0 else "doubles"
    yield (
        f"Without real data the variance of a typical run {change} every "
        f"{math.log(2) / max(abs(growth), 1e-300):,.3g} generations, in its most durable "
        "direction; the expected variance hides this, because a few runs carry it."
    )


def _fate_with_real_data(at: "LongRun"):
    if not math.isfinite(at.variance_kept):
        yield "With so little real data the expected variance grows without limit."
        return
    yield (
        f"With {percent(at.real_fraction)} real data the expected variance settles at "
        f"{percent(at.variance_kept)} of the real one; the mean wanders about the real mean "
        f"with {percent(at.mean_error)} of the real variance."
    )
    for name, column in list(at.columns.items())[:_LISTED]:
        variances = f"{column.variance:.4g} now, {column.long_run:.4g} in the long run"
        yield f"  variance of {label(name)}: {variances}"
