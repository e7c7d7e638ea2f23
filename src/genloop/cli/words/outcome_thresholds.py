"""The answer of `genloop threshold` for tokens, in words: what it needs, the table, what to do."""

from typing import TYPE_CHECKING

from ...answers.goals import THRESHOLD_OF
from .. import inputs
from ..terminal import label, number, percent, percent_above, table
from . import collapses, neutral, truncation
from .thresholds import answer_of, evidence

if TYPE_CHECKING:
    from ...answers import OutcomeThresholds, Threshold
    from ...answers.thresholds.outcomes import HealthyEnd

_GOALS = ("fidelity", "fidelity_divergence", "fidelity_vocabulary")


def lines(answer: "OutcomeThresholds", verbose: bool = False):
    """The answer in a sentence, the table and what follows from it."""
    about = answer.input
    yield from inputs.lines(about, inputs.size_of(about))
    yield f"loop        {_loop(answer)}"
    if answer.truncation is not None:
        yield from truncation.lines(answer)
        yield from _verdicts(answer)
        return
    yield from (_need(name, answer) for name in answer.asked)
    yield from _verdicts(answer)
    yield _fate(answer.at, answer.temperature)
    if answer.at.noise is not None:
        deviation = number(answer.at.noise.deviation)
        yield f"Finite samples keep a run about {deviation} (total variation) from there."
    yield from answer.notes
    yield from neutral.lines(answer)
    yield table("", _columns(verbose), _rows(answer, verbose))
    if verbose:
        yield (
            "Values, brackets (where there is none, ± the uncertainty) and residuals are of a "
            "floating-point search; --certify encloses them with a proof."
        )
    yield from collapses.lines(answer)


def _loop(answer: "OutcomeThresholds") -> str:
    temperature, truncated = answer.temperature, answer.truncation
    if answer.notes:
        return answer.loop
    if truncated is None:
        return f"p' = a r + (1 - a) p^(1/T)/Z with T = {temperature:g}: r real, p the model"
    steps = truncation.sampled(truncated.rule, temperature, truncated.temperature_first)
    return f"p' = a r + (1 - a) s(p): r real, p the model; s samples with {steps}"


def _verdicts(answer: "OutcomeThresholds"):
    if answer.met is not None:
        yield from (_verdict(name, answer) for name in answer.asked)


def _columns(verbose: bool) -> tuple[str, ...]:
    names = ("question", "real fraction", "what it means")
    return (*names, "bracket or ±", "residual") if verbose else names


def _rows(answer: "OutcomeThresholds", verbose: bool):
    """The goals first: they are what the user asked for."""
    found = answer.thresholds
    for name in (*_GOALS, *(name for name in found if name not in _GOALS)):
        cells = answer.questions[name], answer_of(found[name]), _meaning(name, found[name])
        yield (*cells, *evidence(found[name])) if verbose else cells


def _meaning(name: str, found: "Threshold") -> str:
    if found.value is None:
        return found.reason
    if name in _GOALS:
        return "the healthy state keeps to this goal from here on"
    return {
        "local": "below, small errors grow",
        "unique": "below, a collapsed model stays collapsed",
        "unique_any": "the sharp theorem for every input of this size",
        "contraction": "a theorem; enough for one end, not for the goals",
    }.get(name, "a theorem; enough for one end if training is exact")


def _fate(at: "HealthyEnd", temperature: float) -> str:
    share, top = percent(at.real_fraction), at.top
    if not at.converged:
        return f"With {share} real data no fixed point was found: undecided."
    if temperature == 1:
        return "At temperature 1 sampling is neutral: with infinite data nothing changes."
    if at.stable is None:
        return (
            f"With {_only(at)}{share} real data it is undecided whether the state that starts at "
            f"the real data lasts: {at.reason}."
        )
    if not at.stable:
        return (
            f"With {_only(at)}{share} real data the state that starts at the real data is unstable "
            f"(spectral radius {at.spectral_radius:.3g}): the smallest disturbance leads away."
        )
    mode, kept = label(top.label), at.vocabulary_kept
    now, before = percent(top.probability), percent(top.real_probability)
    if abs(kept - 1) < 1e-6:
        return f"With {share} real data the loop stays at the real data."
    if kept > 1:
        return (
            f"With {_only(at)}{share} real data the loop flattens: {mode} goes from {before} to "
            f"{now}, and the effective vocabulary grows {kept:.3g} times, to "
            f"{at.effective_vocabulary:,.4g}."
        )
    return (
        f"With {_only(at)}{share} real data the token {mode} ends with {now} of the mass (in the "
        f"real data: {before}), and the effective vocabulary shrinks to "
        f"{at.effective_vocabulary:,.4g}, {percent(kept)} of the real one."
    )


def _only(at: "HealthyEnd") -> str:
    return "only " if at.real_fraction < 0.5 else ""


def _need(name: str, answer: "OutcomeThresholds") -> str:
    threshold = THRESHOLD_OF[name]
    question, found = answer.questions[threshold], answer.thresholds[threshold]
    if found.value is not None:
        return f"The goal '{question}' needs at least {percent_above(found.value)} real data."
    if answer.temperature == 1:
        return (
            f"The goal '{question}': with infinite data any positive share of real data meets it; "
            "without any, finite samples lose more and more."
        )
    return f"The goal '{question}': {found.status}: {found.reason}."


def _verdict(name: str, answer: "OutcomeThresholds") -> str:
    question = answer.questions[THRESHOLD_OF[name]]
    verdict = "meets" if answer.at.meets[name] else "does not meet"
    return f"A real fraction of {percent(answer.asked_at)} {verdict} '{question}'."
