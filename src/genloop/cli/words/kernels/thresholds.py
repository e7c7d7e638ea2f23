"""The answer of `genloop threshold` for a kernel density loop, in words."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ....answers.goals import LIMIT
from ... import inputs
from ...terminal import label, number, percent, percent_above, table
from ..thresholds import answer_of, evidence
from .shares import of_real, share

if TYPE_CHECKING:
    from ....answers import KernelThresholds

_LISTED = 8


def lines(answer: "KernelThresholds", verbose: bool = False) -> Iterator[Any]:
    """The answer in a sentence, the table, and what to do."""
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    yield f"loop        {answer.loop}"
    if answer.unknown is not None and answer.interval is not None:
        lower, upper = answer.interval
        yield f"unknown     {answer.unknown} from {lower:g} to {upper:g}"
        yield _need(answer)
    yield from _verdict(answer)
    yield fate(answer)
    if answer.thresholds:
        columns = ("question", answer.unknown, "what it means")
        more = ("bracket", "residual") if verbose else ()
        yield table("", (*columns, *more), list(_thresholds(answer, verbose)))
    yield table("", ("question", "answer", "what it means"), list(_rows(answer)))
    yield _advice(answer)
    yield from answer.notes


def _need(answer: "KernelThresholds") -> str:
    found, name = answer.thresholds["mean"], answer.unknown
    if found.value is None:
        return {
            "not needed": f"The variance stays bounded at every {name} of the interval.",
            "not reachable": f"No {name} of the interval keeps the variance bounded.",
        }[found.status]
    grows = _times(answer.at.growth_alone)
    if answer.side == "above":
        return (
            f"At least {percent_above(found.value)} of real data ({name} = {number(found.value)}) "
            f"keep the variance bounded; without any it {grows} each generation."
        )
    return f"The variance stays bounded for {name} up to {number(found.value)}."


def _times(factor: float) -> str:
    return f"multiplies by {factor:.6g}"


def _verdict(answer: "KernelThresholds") -> Iterator[str]:
    if answer.met is None:
        return
    level = percent(answer.goals["variance"].level)
    met = "is met" if answer.met else "is not met"
    where = "" if answer.asked_at is None else f" with {answer.unknown} = {answer.asked_at:g}"
    yield f"The goal, an expected variance within {level} of the real one, {met}{where}."


def fate(answer: "KernelThresholds") -> str:
    """What becomes of the variance and the mean."""
    at = answer.at
    where = "" if at.value is None else f"With {answer.unknown} = {at.value:g} "
    if not at.bounded["variance"]:
        said = "the expected variance grows without limit"
        if at.doubling is not None:
            said += f": it {_times(2 ** (1 / at.doubling))} each generation"
            said += f" and doubles in {at.doubling:.3g} generations"
        return _sentence(f"{where}{said}. Runs do not shrink: they become Gaussian and wide.")
    kept = f"the expected variance settles at {of_real(at.variance_kept)}"
    if at.bounded["mean"]:
        mean = f"the mean is off by {percent(math.sqrt(at.mean_error))} of the real deviation"
    else:
        mean = "the mean wanders away without limit, as no real data draw it back"
    return _sentence(f"{where}{kept}, and {mean}.")


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def _thresholds(answer: "KernelThresholds", verbose: bool):
    beyond = "below" if answer.side == "above" else "above"
    other = "above" if answer.side == "above" else "below"
    meanings = {
        "mean": f"{beyond}, the variance blows up: exact, by expected moments",
        "population": "infinitely many points, the bandwidth as it is: 1 - 1/c for a share",
        "variance": "from here on the goal is met" if answer.side == "above" else "up to here",
        f"variance{LIMIT}": f"{other}, it is lost again",
    }
    for name, found in answer.thresholds.items():
        title = answer.questions[name.removesuffix(LIMIT)]
        title += ", limit" if name.endswith(LIMIT) else ""
        meaning = meanings[name] if found.value is not None else found.reason
        cells = title, answer_of(found), meaning
        yield (*cells, *evidence(found)) if verbose else cells


def _rows(answer: "KernelThresholds"):
    at = answer.at
    yield "variance without real data", f"times {at.growth_alone:.6g}", "each generation"
    if at.real_fraction > 0:
        yield "largest multiplier", f"{at.growth:.6g}", "below 1 the moments settle"
    yield "expected variance", share(at.variance_kept), "in the end, of the real one"
    for name, column in list(at.columns.items())[:_LISTED]:
        if column.long_run is not None and math.isfinite(column.long_run):
            yield f"- of {label(name)}", f"{column.long_run:.6g}", f"{column.variance:.4g} now"
    error = "in the end, in units of the real variance"
    yield "squared error of the mean", share(at.mean_error), error
    if at.relaxation is not None:
        what = "generations in which the variance comes nearer to its end by e = 2.718"
        yield "memory", f"{at.relaxation:,.3g}", what


def _advice(answer: "KernelThresholds") -> str:
    at = answer.at
    if answer.unknown is not None:
        return (
            f"genloop simulate --set {answer.unknown}=X follows runs, and tells when modes merge; "
            "genloop fixed-points lists the end, with its multipliers and residual."
        )
    if not all(at.bounded.values()):
        return (
            "What bounds it is fresh real data: >> Mix(real, a) at the end, and the share that is "
            "needed is found. shrink=True keeps the variance, and neither the mean nor the modes."
        )
    return "genloop simulate follows runs of it, and tells when modes merge."
