"""`genloop threshold --certify`: proofs of the named thresholds."""

from .screen import label
from .threshold_outcomes import name_of

_ALL, _FIRST = 12, 4


def solve(real, temperature: str, goals: dict[str, str], digits: int) -> dict:
    """Certificates by name: named thresholds, folds by winner, fidelity goals.

    Of more than a dozen different real probabilities the folds of the largest four and of the
    smallest are proved, as in the list of collapsed states.
    """
    from ..papers.marchi2024 import certified

    loop = certified.ExactLoop.of(real, temperature)
    size = len(loop.levels)
    levels = range(size) if size <= _ALL else [*range(_FIRST), size - 1]
    levels = levels if loop.cold else []
    found = certified.certify_thresholds(loop, digits=digits, folds=levels)
    kinds = {"tv": "total variation", "kl": "divergence", "vocabulary": "vocabulary"}
    for goal, measure in kinds.items():
        name = "fidelity" if goal == "tv" else f"fidelity_{measure}"
        found[name] = certified.certify_fidelity(loop, measure, goals[goal], digits=digits)
    return found


def titles(real, questions: dict[str, str]) -> dict[str, str]:
    """What the rows are called: the questions, and the winners of folds."""
    import numpy as np

    probabilities = -np.asarray(real.probabilities)
    _, first, counts = np.unique(probabilities, return_index=True, return_counts=True)
    named = dict(questions)
    for level in range(min(first.size, 10**4)):
        equals = f" (and {counts[level] - 1:,} as likely)" if counts[level] > 1 else ""
        winner = label(name_of(real, int(first[level])))
        named[f"fold {level + 1}"] = f"{winner}{equals} can win up to"
    return named
