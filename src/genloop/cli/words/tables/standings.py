"""The answer of `genloop threshold` for a loop on a table in which nothing is unknown, in words."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ... import inputs
from ...terminal import label, percent, table
from .long_runs import typical

if TYPE_CHECKING:
    from ....answers import TableStanding

_LISTED = 8
_VARIANCE = {
    "settles": "the expected variance settles at {limit} of the real one",
    "vanishes": "all of the expected variance is lost",
    "grows": "the expected variance grows without limit",
    "unknown": "what the expected variance does is not resolved",
}
_MEAN = {
    "settles": "the mean wanders about the real mean with {limit} of the real variance",
    "vanishes": "the mean comes back to the real mean",
    "grows": "the mean wanders away without limit",
    "unknown": "what the mean does is not resolved",
}


def lines(answer: "TableStanding") -> Iterator[Any]:
    """The long run in a sentence, the table, and what follows from it."""
    at = answer.at
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    yield f"loop        {answer.loop}"
    yield (
        f"In the long run {_of(_VARIANCE[at.fates['variance']], at.variance_kept)}, and "
        f"{_of(_MEAN[at.fates['mean_error']], at.mean_error)}."
    )
    yield from _verdict(answer)
    if at.typical_growth is not None:
        yield typical(at.typical_growth)
    yield table("", ("question", "answer", "what it means"), list(_rows(answer)))
    yield _advice(answer)
    yield from answer.notes


def _of(words: str, limit: float | None) -> str:
    return words if limit is None else words.format(limit=percent(limit))


def _verdict(answer: "TableStanding") -> Iterator[str]:
    if answer.asked:
        met = {True: "met", False: "not met", None: "not known to be met"}[answer.met]
        level = percent(answer.goals["variance"].level)
        yield f"The goal, an expected variance within {level} of the real one, is {met}."


def _rows(answer: "TableStanding") -> Iterator[tuple[str, str, str]]:
    at, why = answer.at, answer.at.reasons
    worth, runs = at.effective_samples, at.halving.runs
    yield "expected variance", _share(at.variance_kept), "in the end, of the real one"
    for name, column in list(at.columns.items())[:_LISTED]:
        if column.long_run is not None and math.isfinite(column.long_run):
            yield f"- of {label(name)}", f"{column.long_run:.4g}", f"{column.variance:.4g} now"
    error = "in the end, in units of the real variance"
    yield "squared error of the mean", _share(at.mean_error), error
    noise = why.get("variance_deviation", "standard deviation over runs, a direction")
    yield "noise of the variance", _share(at.variance_deviation), noise
    distance = why.get("wasserstein", "squared, from the real data, of the real variance")
    yield "Wasserstein distance", _share(at.wasserstein), distance
    lost = "and it loses all its variance" if (at.typical_growth or 0.0) < 0 else ""
    for sense, question in _SENSES.items():
        verdict = {True: "yes", False: "no", None: "not known"}[at.bounded[sense]]
        yield f"bounded {question}", verdict, why.get(sense, lost if sense == "almost_sure" else "")
    alone = "so many real points alone have as good a mean"
    yield "effective sample size", _number(worth["mean"]), alone
    if worth["wasserstein"] is not None:
        alone = "so many real points alone are as near to the real data"
        yield "effective size, whole", _number(worth["wasserstein"]), alone
    admissible = at.admissible_samples
    yield "largest admissible size", admissible.status, admissible.reason or ""
    mean = why.get("halving.mean", "the generation in which half of the expected variance is lost")
    yield "half of it lost, on average", _generation(at.halving.mean), mean
    if runs is None:
        yield "half of it lost, in runs", "not known", why["halving.runs"]
    for share, generation in (runs or {}).items():
        said = percent(float(share))
        what = f"by then {said} of the runs have lost half in a direction, exactly"
        yield f"half of it lost, {said}", _generation(generation), what
    if at.relaxation is not None:
        what = "generations in which moments come nearer to their limits by e = 2.718"
        yield "memory", f"{at.relaxation:,.3g}", what


_SENSES = {
    "almost_sure": "in almost every run",
    "mean": "on average",
    "mean_square": "in mean square",
}


def _share(share: float | None) -> str:
    if share is None:
        return "not known"
    return percent(share) if math.isfinite(share) else "no limit"


def _number(number: float | None) -> str:
    if number is None:
        return "not known"
    if not math.isfinite(number):
        return "no limit"
    return f"{number:,.0f}" if number == round(number) else f"{number:,.3g}"


def _generation(time: float | None) -> str:
    return "never" if time == math.inf else _number(time)


def _advice(answer: "TableStanding") -> str:
    fates = answer.at.fates
    if fates["variance"] in ("vanishes", "grows") or fates["mean_error"] == "grows":
        return (
            "What bounds it is real data in every generation: >> Mix(real, a) at the end, and the "
            "share that is needed is found; or real=real, real_samples=m in data that are kept."
        )
    return (
        "To find what a goal needs leave out one of the numbers, for example a share; genloop "
        "profile tells which definitions of collapse the loop meets, genloop simulate follows runs."
    )
