"""The answer of `genloop threshold` for a table: the Gaussian loop."""

import math

from . import inputs
from .exits import DONE, NOT_MET
from .terminal import counted, label, percent, percent_above, table
from .threshold_outcomes import record
from .words.outcomes import answer_of, evidence

_QUESTIONS = {
    "mean": "expected covariance bounded below T",
    "almost_sure": "every run collapses below T",
    "mean_square": "its second moment bounded below T",
    "real_fraction": "expected covariance bounded above a",
}
_MEANINGS = {
    "variance": "a real fraction: enough for the goal from here on",
    "mean": "a temperature: below, the mean over runs shrinks",
    "almost_sure": "a temperature: below, every run loses all variance",
    "mean_square": "a temperature: above, the spread over runs has no bound",
    "real_fraction": "a real fraction: below, the mean over runs grows",
}
_LISTED = 8


def solve(real, temperature: float, samples: int, real_samples: int | None, asked: dict) -> dict:
    """All named thresholds of the loop with fresh real data, and where it ends."""
    from ..papers import alemohammad2023

    goal = asked["variance"]
    named = alemohammad2023.thresholds(
        samples=samples,
        real_samples=real_samples or 0,
        temperature=temperature,
        # The goal is two-sided: a floor where sampling sharpens, a ceiling where it flattens.
        variance_goal=goal if temperature <= 1 else 1 / goal,
    )
    pool = samples + (real_samples or 0)
    return {
        "input": inputs.described(real),
        "temperature": temperature,
        "samples": samples,
        "real_samples": real_samples or 0,
        "goals": {"variance": {"level": goal, "asked": True}},
        "thresholds": {name: record(found) for name, found in named.items()},
        "questions": _QUESTIONS | {"variance": f"expected variance within {percent(goal)}"},
        "at": _state_at(real, temperature, samples, real_samples or 0, goal)
        | {"real_fraction": (real_samples or 0) / pool},
        "asked_at": None if real_samples is None else real_samples / pool,
    }


def _state_at(real, temperature: float, samples: int, real_samples: int, goal: float) -> dict:
    """The long run: moments with fresh real data, without any the growth of a typical run."""
    import numpy as np

    from ..papers import alemohammad2023

    variances = np.diag(np.asarray(real.covariance))
    if real_samples:
        error, kept = map(
            float,
            alemohammad2023.stationary_moments(samples, real_samples, temperature=temperature),
        )
        exponent = None
    else:
        exponent = _typical_growth(samples, real.dimension, temperature)
        error, kept = math.inf, 0.0 if exponent < 0 else math.inf
    return {
        "variance_kept": kept,
        "mean_error": error,
        "typical_growth": exponent,
        "columns": {
            name: {"variance": float(variance), "long_run": float(variance * kept)}
            for name, variance in zip(real.labels, variances, strict=True)
        },
        "meets": {"variance": goal <= kept <= 1 / goal},
    }


def _typical_growth(samples: int, dimension: int, temperature: float) -> float:
    """The largest Lyapunov exponent of the covariance: what a single run does."""
    from ..papers import alemohammad2023

    if samples <= dimension:
        return -math.inf
    exponents = alemohammad2023.lyapunov_exponents(samples, dimension, temperature=temperature)
    return float(exponents[0])


def exit_code(answer: dict) -> int:
    """0 if the goal is met, or no amount of real data was named; 1 if it is not met."""
    met = answer["asked_at"] is None or answer["at"]["meets"]["variance"]
    return DONE if met else NOT_MET


def lines(answer: dict, verbose: bool = False):
    """Input, table and plain sentences."""
    about, at = answer["input"], answer["at"]
    size = f"{counted(about['observations'], 'row')}, {counted(about['dimensions'], 'column')}"
    yield from inputs.lines(about, f", {size}")
    fresh = f"{counted(answer['real_samples'], 'new real point')} ({percent(at['real_fraction'])})"
    sampled = (
        f"{counted(answer['samples'], 'point')} sampled at temperature {answer['temperature']:g}"
    )
    yield f"loop        {sampled} and {fresh} a generation"
    yield from _goal_sentences(answer)
    yield from _fate(answer)
    columns = ("question", "answer", "what it means")
    columns = (*columns, "bracket", "residual") if verbose else columns
    yield table("", columns, _rows(answer, verbose))


def _rows(answer: dict, verbose: bool):
    found = answer["thresholds"]
    for name in ("variance", *(name for name in found if name != "variance")):
        what = found[name]["reason"] or _MEANINGS[name]
        cells = answer["questions"][name], answer_of(found[name]), what
        yield (*cells, *evidence(found[name])) if verbose else cells


def _goal_sentences(answer: dict):
    found, level = answer["thresholds"]["variance"], percent(answer["goals"]["variance"]["level"])
    goal = f"the expected variance within {level} of the real one"
    if found["value"] is not None:
        yield f"To keep {goal} the loop needs at least {percent_above(found['value'])} real data."
    elif answer["temperature"] == 1:
        yield (
            f"To keep {goal} at temperature 1 any positive share of real data is enough; without "
            "any, single runs lose more and more of it."
        )
    else:
        yield f"To keep {goal}: {found['status']}: {found['reason']}."
    if answer["asked_at"] is not None:
        met = answer["at"]["meets"]["variance"]
        points = counted(answer["real_samples"], "real point")
        yield f"With {points} a generation this goal is {'met' if met else 'not met'}."


def _fate(answer: dict):
    at = answer["at"]
    if answer["real_samples"]:
        yield from _fate_with_real_data(at)
        return
    growth = at["typical_growth"]
    if growth == -math.inf:
        yield "Without real data so few samples lose whole directions at once."
        return
    change = "halves" if growth < 0 else "doubles"
    yield (
        f"Without real data the variance of a typical run {change} every "
        f"{math.log(2) / max(abs(growth), 1e-300):,.3g} generations, in its most durable "
        "direction; the expected variance hides this, because a few runs carry it."
    )


def _fate_with_real_data(at: dict):
    if not math.isfinite(at["variance_kept"]):
        yield "With so little real data the expected variance grows without limit."
        return
    yield (
        f"With {percent(at['real_fraction'])} real data the expected variance settles at "
        f"{percent(at['variance_kept'])} of the real one; the mean wanders about the real mean "
        f"with {percent(at['mean_error'])} of the real variance."
    )
    for name, column in list(at["columns"].items())[:_LISTED]:
        variances = f"{column['variance']:.4g} now, {column['long_run']:.4g} in the long run"
        yield f"  variance of {label(name)}: {variances}"
