"""The answer of `genloop threshold` for any loop, in words: what it needs, the table, the end."""

import math
from typing import TYPE_CHECKING

from ...answers.goals import LIMIT, THRESHOLD_OF
from .. import inputs
from ..terminal import counted, number, percent, table
from . import curation
from .thresholds import answer_of, evidence

if TYPE_CHECKING:
    from ...answers import LoopThresholds
    from ...answers.composed import Expected
    from ...answers.thresholds.composed import LoopEnd


def lines(answer: "LoopThresholds", verbose: bool = False):
    """The answer in a sentence, the table and what follows from it."""
    lower, upper = answer.interval
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    yield f"loop        {answer.loop}"
    yield f"unknown     {answer.unknown} from {lower:g} to {upper:g}"
    yield from (_need(name, answer) for name in answer.asked)
    if answer.asked_at is not None and answer.met is not None:
        yield from (_verdict(name, answer) for name in answer.asked)
    yield _fate(answer.at, answer)
    yield from curation.lines(answer.at.curation)
    if answer.at.expected is not None:
        yield _expected(answer.at.expected)
    columns = ("question", answer.unknown, "what it means")
    yield table(
        "", (*columns, "bracket", "residual") if verbose else columns, _rows(answer, verbose)
    )
    yield from answer.notes
    if not answer.first_models and answer.at.curation is not None:
        yield "This answer is the engine's: the one end of this loop is solved to rounding."
        return
    if not answer.first_models:
        yield "This answer is the engine's: the one end of an affine map is solved to rounding."
        return
    yield (
        f"This answer is the engine's: ends were sought from the real data and from "
        f"{counted(answer.first_models, 'other first model')}. What was found is solved to "
        "rounding; what was not found may exist."
    )


def _rows(answer: "LoopThresholds", verbose: bool):
    """The goals first: they are what the user asked for."""
    found = answer.thresholds
    goals = [one for one in found if one.partition(LIMIT)[0] in THRESHOLD_OF.values()]
    for name in (*goals, *(name for name in found if name not in goals)):
        cells = answer.questions[name], answer_of(found[name]), _meaning(name, answer)
        yield (*cells, *evidence(found[name])) if verbose else cells


def _meaning(name: str, answer: "LoopThresholds") -> str:
    found = answer.thresholds[name]
    above = answer.side == "above"
    beyond = "below" if above else "above"
    if found.value is None:
        return found.reason
    if name.endswith(LIMIT):
        return f"{'above' if above else 'below'}, it is lost again"
    return {
        "local": f"{beyond}, small errors grow, or the state is lost",
        "mean": f"{beyond}, the mean over runs grows without limit",
        "mean_square": f"{beyond}, averages over runs have no error bars",
        "takeover": f"{beyond}, they have a finite share, however rare they are in real data",
        "runaway": f"{beyond}, they grow without end",
        "unique": f"{beyond}, a collapsed model stays collapsed",
    }.get(name, f"the healthy state keeps to this goal {'from here on' if above else 'up to here'}")


def _need(name: str, answer: "LoopThresholds") -> str:
    threshold = THRESHOLD_OF[name]
    question, found = answer.questions[threshold], answer.thresholds[threshold]
    if found.value is None:
        return f"The goal '{question}': {found.status}: {found.reason}."
    least, most = ("at least", "at most") if answer.side == "above" else ("at most", "at least")
    limit = answer.thresholds.get(f"{threshold}{LIMIT}")
    and_not = ""
    if limit is not None and limit.value is not None:
        and_not = f" and {most} {_kept(limit.value, answer.side != 'above')}"
    value = _kept(found.value, answer.side == "above")
    return f"The goal '{question}' needs {answer.unknown} of {least} {value}{and_not}."


def _kept(value: float, above: bool) -> str:
    """Six digits, rounded to the side on which the goal is met."""
    digits = 5 - math.floor(math.log10(abs(value))) if value else 0
    # What is a round number to rounding errors is shown as such.
    scaled, slack = value * 10.0**digits, 1e-6
    nearest = math.ceil(scaled - slack) if above else math.floor(scaled + slack)
    return f"{nearest / 10.0**digits:.6g}"


def _verdict(name: str, answer: "LoopThresholds") -> str:
    question = answer.questions[THRESHOLD_OF[name]]
    verdict = "meets" if answer.at.meets[name] else "does not meet"
    return f"{answer.unknown} = {answer.asked_at:g} {verdict} '{question}'."


def _fate(at: "LoopEnd", answer: "LoopThresholds") -> str:
    where = f"With {answer.unknown} = {at.value:g}"
    where += " and infinite data" if at.expected is not None else ""
    away = answer.thresholds.get("runaway")
    if not at.converged and away is not None and away.value is not None and at.value < away.value:
        return f"{where} mean and variance grow without end."
    if not at.converged:
        return f"{where} no fixed point was found: undecided."
    if at.stable is None:
        return f"{where} it is undecided whether the end from the real data lasts: {at.reason}."
    if not at.stable:
        return (
            f"{where} the end from the real data is unstable (spectral radius "
            f"{at.spectral_radius:.3g}): the smallest disturbance leads away."
        )
    return f"{where} the loop {_ends(at.distances)}.{_noise(at)}"


def _expected(found: "Expected") -> str:
    """The long run of finite samples."""
    if not found.bounded["mean"]:
        return "With finite samples the expected moments grow without limit."
    said = (
        f"With finite samples runs have {percent(found.variance_kept)} of the real variance on "
        f"average, and a mean whose squared error is {percent(found.mean_error)} of it"
    )
    if found.bounded["mean_square"] is None:
        return f"{said}."
    if not found.bounded["mean_square"]:
        return f"{said}; averages over runs have no error bars (their mean square is unbounded)."
    return (
        f"{said}; the variance of a run differs by {percent(found.variance_deviation)} from that."
    )


def _ends(distances) -> str:
    if "variance_kept" in distances:
        kept, error = distances["variance_kept"], distances["mean_error"]
        return (
            f"ends with {percent(kept)} of the real variance and a mean that is off by "
            f"{number(error**0.5 if error > 1e-18 else 0.0)} real standard deviations"
        )
    moved, kept = distances["total_variation"], distances["vocabulary_kept"]
    return (
        f"ends at a total variation of {number(moved)} from the real data, with an effective "
        f"vocabulary of {distances['effective_vocabulary']:,.4g}, {percent(kept)} of the real one"
    )


def _noise(at: "LoopEnd") -> str:
    if at.noise is None:
        return ""
    table = "mean_error" in at.distances
    what = "real standard deviations of the mean" if table else "total variation"
    return f" Finite samples keep a run about {number(at.noise.deviation)} ({what}) from there."
