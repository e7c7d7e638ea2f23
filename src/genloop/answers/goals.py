"""The meanings of "enough": the goals that a threshold is asked for."""

import math
from collections.abc import Mapping
from typing import NamedTuple

OUTCOMES = {"tv": 0.1, "kl": 0.05, "vocabulary": 0.9}
"""Total variation at most, divergence at most in nats, effective vocabulary within a share."""
CURATED = {"kept": 0.5, "grown": 2.0}
"""Of outcomes that are chosen: the least share of its real share that one keeps, the largest growth
of one."""
TABLE = {"variance": 0.9}
"""Expected variance within a share of the real one."""
UPPER = {"tv": 1.0, "kl": math.inf, "vocabulary": 1.0, "variance": 1.0}
UPPER |= {"kept": 1.0, "grown": math.inf}
UPPER |= {"diversity": 1.0, "mean": math.inf, "w2": math.inf}
THRESHOLD_OF = {
    "tv": "fidelity",
    "kl": "fidelity_divergence",
    "vocabulary": "fidelity_vocabulary",
    "kept": "fidelity_kept",
    "grown": "fidelity_grown",
    "variance": "variance",
}
"""The name of the threshold that belongs to a goal."""
LIMIT = "_limit"
"""Behind that name: where a goal is lost on the side on which it should be kept."""


class Goal(NamedTuple):
    """The level of a goal, and whether it was asked for or is told beside."""

    level: float
    asked: bool


def goals_of(asked: Mapping[str, float] | None, known: Mapping[str, float]) -> dict[str, Goal]:
    """All known goals; where none is asked for, the first is.

    Raises `ValueError` for a name that is not known and a level out of its range.
    """
    first = dict([next(iter(known.items()))])
    asked = first if asked is None or asked == {} else asked
    if not isinstance(asked, Mapping):
        raise ValueError(f"goals are levels by name, got {asked!r}; write for example {first}.")
    for name, level in asked.items():
        if name not in known:
            raise ValueError(f"{name!r} is no goal here; give one of {', '.join(known)}.")
        if isinstance(level, str) or not 0 < level < UPPER[name]:
            raise ValueError(
                f"the goal {name} must lie between 0 and {UPPER[name]:g}, got {level!r}."
            )
    return {name: Goal(float(asked.get(name, known[name])), name in asked) for name in known}


def percent(share: float) -> str:
    """A share in per cent to three digits: 0.0057 is `0.57 %`."""
    return f"{100 * share:.3g} %"
