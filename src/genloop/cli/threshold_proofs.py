"""`genloop threshold --certify`: proofs of the named thresholds."""

from . import proofs
from .terminal import label
from .threshold_outcomes import name_of

_MOST, _LARGEST, _SHOWN = 200, 11, 12


def solve(real, temperature: str, goals: dict[str, str], digits: int, real_fraction=None) -> dict:
    """Certificates by name: named thresholds, folds by winner, fidelity goals.

    Of more than `_MOST` different real probabilities the folds of the largest and of the smallest
    are proved, and the others are `NOT PROVED` with that reason.
    """
    from ..certificates.certificate import not_proved
    from ..loops.temperature.proofs import thresholds

    loop = thresholds.ExactLoop.of(real, temperature)
    size = len(loop.levels)
    levels = range(size) if size <= _MOST else [*range(_LARGEST), size - 1]
    levels = levels if loop.cold else []
    found = thresholds.certify_thresholds(loop, digits=digits, folds=levels)
    if loop.cold and size > _MOST:
        found["other folds"] = not_proved(
            f"{size:,} different real probabilities, proved are the folds of at most {_MOST}; the "
            f"others lie between those of the rows above [HD-9]; gl.papers.marchi2024.certify_fold "
            "proves any of them"
        )
    kinds = {"tv": "total variation", "kl": "divergence", "vocabulary": "vocabulary"}
    for goal, measure in kinds.items():
        name = "fidelity" if goal == "tv" else f"fidelity_{measure}"
        found[name] = thresholds.certify_fidelity(loop, measure, goals[goal], digits=digits)
    if real_fraction is not None and float(real_fraction) > 0:
        found["one end"] = thresholds.certify_one_attractor(loop, real_fraction=real_fraction)
    elif real_fraction is not None:
        found["one end"] = not_proved("without real data the end depends on the first model")
    return found


def solve_table(samples: int, real_samples: int, temperature: str, goal: str, digits: int) -> dict:
    """Certificates of the thresholds of a Gaussian loop, by name."""
    from ..certificates.program import exact
    from ..papers import alemohammad2023

    # The goal is a floor where sampling sharpens, a ceiling where it flattens.
    above = exact(temperature) > 1
    return alemohammad2023.certify_thresholds(
        samples=samples,
        real_samples=real_samples,
        temperature=temperature,
        variance_goal=1 / exact(goal) if above else goal,
        digits=digits,
    )


def titles(real, questions: dict[str, str], real_fraction: float | None) -> dict[str, str]:
    """What the rows are called: the questions, and the winners of folds."""
    import numpy as np

    probabilities = -np.asarray(real.probabilities)
    _, first, counts = np.unique(probabilities, return_index=True, return_counts=True)
    end = f"one end from a = {real_fraction} on"
    named = {**questions, "other folds": "all other folds", "one end": end}
    for level in range(min(first.size, 10**4)):
        equals = f" (and {counts[level] - 1:,} as likely)" if counts[level] > 1 else ""
        winner = label(name_of(real, int(first[level])))
        # A single leader wins all along the branch of the healthy state.
        alone = level == 0 and counts[0] == 1
        named[f"fold {level + 1}"] = (
            f"fold of the branch of {winner}" if alone else f"{winner}{equals} can win up to"
        )
    return named


def lines(real, found: dict, named: dict[str, str], path: str | None, truncated: bool):
    """The table of proofs; of many folds the first and the last, and how the others came out."""
    from ..loops.temperature.proofs.thresholds import whole_counts

    folds = [name for name in found if name.startswith("fold ")]
    hidden = folds[_SHOWN - 1 : -1] if len(folds) > _SHOWN else []
    if truncated:
        yield "These proofs are about the loop without top-k, nucleus or min-p sampling:"
    yield from proofs.lines(found, named, path, hidden=hidden)
    if hasattr(real, "probabilities") and whole_counts(real) is None:
        yield "The counts are not whole: the proofs are about probabilities as rounded to doubles."
