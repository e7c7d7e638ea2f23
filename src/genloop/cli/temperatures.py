"""What `genloop threshold` adds at temperature one: finite samples, and other temperatures."""

from .goals import THRESHOLD_OF
from .terminal import counted, percent, percent_above, table

_GENERATIONS = 100
_TEMPERATURES = (0.7, 0.8, 0.9, 1.1)


def solve(real, temperature: float, real_fraction: float, goals: dict, name: str) -> dict | None:
    """The tokens that are left with finite samples, and the goal at a few other temperatures.

    Nothing unless the temperature is one, where infinite data answer that nothing changes.
    """
    if temperature != 1:
        return None
    import numpy as np

    from ..laws import expected_outcomes
    from ..papers import marchi2024
    from .threshold_outcomes import record

    goals = {
        "total_variation_goal": goals["tv"],
        "divergence_goal": goals["kl"],
        "vocabulary_goal": goals["vocabulary"],
    }
    found = {
        other: marchi2024.thresholds(real, temperature=other, **goals)[THRESHOLD_OF[name]]
        for other in _TEMPERATURES
    }
    samples = None if real.origin is None else real.origin.size
    left = {}
    if samples is not None:
        for share in (0.0, real_fraction) if real_fraction > 0 else (0.0,):
            probabilities, times = np.asarray(real.probabilities), np.array([_GENERATIONS])
            left[share] = float(
                expected_outcomes(samples, probabilities, times, real_fraction=share)[0]
            )
    return {
        "samples": samples,
        "generations": _GENERATIONS,
        "distinct_left": [{"real_fraction": a, "expected": x} for a, x in left.items()],
        "goal": name,
        "temperatures": [{"temperature": t, **record(one)} for t, one in found.items()],
    }


def lines(answer: dict):
    """Both in words."""
    found = answer["neutral"]
    if found is None:
        return
    if found["distinct_left"]:
        yield _losses(found, answer["input"]["outcomes"])
    question = answer["questions"][THRESHOLD_OF[found["goal"]]]
    rows = [(f"{one['temperature']:g}", _cell(one)) for one in found["temperatures"]]
    yield table(f"Other temperatures: {question}", ("temperature", "needs real data"), rows)


def _losses(found: dict, outcomes: int) -> str:
    lost = " and ".join(
        f"{percent(max(0.0, 1 - one['expected'] / outcomes))} with "
        f"{percent(one['real_fraction'])} real data"
        for one in found["distinct_left"]
    )
    return (
        f"Finite samples do change it: with {counted(found['samples'], 'token')} a generation "
        f"the share of the vocabulary that is missing from generation {found['generations']} is "
        f"{lost} on average (see genloop extinction)."
    )


def _cell(found: dict) -> str:
    return found["status"] if found["value"] is None else percent_above(found["value"])
