"""What a Gaussian loop does in the long run, in words: bounds, noise, samples, times."""

import math
from typing import TYPE_CHECKING

from ...terminal import counted, number, percent

if TYPE_CHECKING:
    from ....answers import TableThresholds

_SENSES = {
    "almost_sure": "in almost every run",
    "mean": "on average over runs",
    "mean_square": "in mean square",
}


def bounded(answer: "TableThresholds") -> str:
    """In which senses the loop stays bounded."""
    found, words = answer.at.bounded, dict(_SENSES)
    if not answer.real_samples and found["almost_sure"]:
        words["almost_sure"] += ", which loses all its variance"
    parts = []
    for verdict, said in _VERDICTS.items():
        senses = [words[sense] for sense, one in found.items() if one is verdict]
        if senses:
            parts.append(f"{said} {_and(senses)}")
    bars = "" if found["mean_square"] else " (averages over runs then have no error bars)"
    return f"The loop is {'; '.join(parts)}{bars}."


_VERDICTS = {True: "bounded", False: "not bounded", None: "perhaps bounded, which is not known,"}


def lines(answer: "TableThresholds"):
    """Noise, effective and admissible samples, and generations."""
    at = answer.at
    if at.wasserstein is not None and math.isfinite(at.wasserstein):
        yield _noise(answer)
    if answer.real_samples and math.isfinite(at.mean_error):
        yield _worth(answer)
    yield from _times(answer)


def _noise(answer: "TableThresholds") -> str:
    at = answer.at
    rough = " (a rough number for so few points)" if _is_rough(answer) else ""
    return (
        f"Noise: the variance of a run differs from its mean by {percent(at.variance_deviation)} "
        f"of the real one (standard deviation, a direction); the squared Wasserstein distance from "
        f"the real data is {percent(at.wasserstein)} of the real variance{rough}."
    )


def _is_rough(answer: "TableThresholds") -> bool:
    return answer.real_samples < 10 * answer.input.dimensions


def _worth(answer: "TableThresholds") -> str:
    at, points = answer.at, counted(answer.real_samples, "real point")
    worth = f"about {at.effective_samples['mean']:,.3g} real points alone for the mean"
    if at.effective_samples["wasserstein"]:
        worth += f", {at.effective_samples['wasserstein']:,.3g} for the whole distribution"
    said = f"Effective sample size: a generation is worth {worth}. "
    found = at.admissible_samples
    if found.value is not None:
        return said + (
            f"Beside {points} at most {number(math.floor(found.value))} synthetic points do no "
            "harm (largest admissible size)."
        )
    return said + f"Largest admissible number of synthetic points: {found.status}: {found.reason}."


def _times(answer: "TableThresholds"):
    at, halving = answer.at, answer.at.halving
    if halving.runs is not None:
        times = [_generations(halving.runs[share]) for share in ("0.1", "0.5", "0.9")]
        yield (
            f"Half of the variance in a direction is gone in 10 % of the runs by generation "
            f"{times[0]}, in 50 % by {times[1]}, in 90 % by {times[2]} (exact); of the expected "
            f"variance {_by(halving.mean)}."
        )
    elif math.isfinite(halving.mean):
        yield f"Half of the expected variance is gone by generation {_generations(halving.mean)}."
    if at.relaxation is not None:
        yield (
            f"Expected moments come nearer to their limits by a factor e = 2.718 in "
            f"{at.relaxation:,.3g} generations."
        )


def typical(growth: float) -> str:
    """What a typical run does without real data, by the exponent of its variance."""
    change = "halves" if growth < 0 else "doubles"
    return (
        f"Without real data the variance of a typical run {change} every "
        f"{math.log(2) / max(abs(growth), 1e-300):,.3g} generations, in the direction "
        "that lasts longest; the expected variance hides this, because a few runs carry it."
    )


def _generations(time: float) -> str:
    return f"{time:,.0f}" if math.isfinite(time) else "never"


def _by(time: float) -> str:
    return f"by generation {time:,.0f}" if math.isfinite(time) else "never"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
