r"""Which outcome wins in each collapsed state, and up to which real fraction it can ($T < 1$).

Losing diversity and getting it back have different thresholds (hysteresis): a loop that is healthy
stays so down to `local` or a fidelity goal, a loop that has collapsed to one outcome recovers only
above the fold of that outcome's branch, and from any collapse only above `unique`, the largest of
these folds [HD-9].
"""

from typing import NamedTuple

import numpy as np

from ...analysis import Threshold, find_root
from ...models import Categorical
from ...precision import in_double
from .branches import Levels
from .folds import LOGITS, collapse_fold, point_at, real_fraction_at
from .thresholds import leading_logits


class Collapse(NamedTuple):
    """One collapsed state: `outcome` has won, `leading` is its probability there.

    `leading` is `None` where the outcome cannot win at this real fraction; `survives` is the real
    fraction up to which it can, or a reason why there is no such number.
    """

    outcome: int
    leading: float | None
    survives: Threshold


@in_double
def collapse_threshold(real: Categorical, outcome: int, *, temperature: float) -> Threshold:
    """The real fraction above which no loop stays collapsed to `outcome`: the fold of its branch.

    Raises `ValueError` for an outcome that is not there, and for real probabilities of zero.
    """
    return _fold(real, outcome, temperature)[1]


@in_double
def collapse(
    real: Categorical, outcome: int, *, temperature: float, real_fraction: float
) -> Collapse:
    r"""The stable state that `outcome` has won at a real fraction in $(0, 1)$, and its fold.

    For a single most probable outcome the state in which a loop ends that has collapsed to it,
    which may be the healthy one. Raises `ValueError` as `collapse_threshold`.
    """
    turn, survives = _fold(real, outcome, temperature)
    levels, index = Levels.of(real), level_of(real, outcome)
    if temperature >= 1:
        return Collapse(outcome, None, survives)
    if turn is None:
        logits = list(leading_logits(levels, temperature, real_fraction))[-1:]
    elif survives.value > real_fraction:
        # Beyond its fold the real fraction of a branch falls to zero.
        excess = lambda x: real_fraction_at(levels, temperature, index, x) - real_fraction
        logits = [find_root(excess, turn, turn + LOGITS).value]
    else:
        logits = []
    states = [point_at(levels, temperature, index, logit) for logit in logits]
    leading = float(states[0].probabilities[-1]) if states else None
    return Collapse(outcome, leading, survives)


@in_double
def number_of_collapses(real: Categorical, *, temperature: float, real_fraction: float) -> int:
    """How many outcomes other than a single most probable one can have won at a real fraction.

    Folds are ordered like the real probabilities, so that halving finds the rarest winner [HD-9].
    """
    levels = Levels.of(real)
    if temperature >= 1:
        return 0
    first = int(levels.counts[0] == 1)
    possible, impossible = first - 1, levels.values.size
    while impossible - possible > 1:
        middle = (possible + impossible) // 2
        fold = collapse_fold(levels, temperature, middle)
        if fold is not None and fold[1].value > real_fraction:
            possible = middle
        else:
            impossible = middle
    return int(levels.counts[first : possible + 1].sum())


def level_of(real: Categorical, outcome: int) -> int:
    """The place of an outcome's probability among the distinct ones, the largest first."""
    probabilities = np.asarray(real.probabilities)
    return int(np.unique(probabilities[probabilities > probabilities[outcome]]).size)


def _fold(real, outcome, temperature) -> tuple[float | None, Threshold]:
    """Where the branch of an outcome turns; `None` where it has no branch of its own."""
    if not 0 <= outcome < real.outcomes:
        raise ValueError(f"there is no outcome {outcome}; they are numbered from 0.")
    if temperature >= 1:
        return None, Threshold.absent("from temperature one on no outcome takes all")
    levels, index = Levels.of(real), level_of(real, outcome)
    if index == 0 and levels.counts[0] == 1:
        return None, Threshold.absent("its collapse lies on the branch of the healthy state")
    fold = collapse_fold(levels, temperature, index)
    if fold is None:
        raise ValueError("the fold lies too close to the beginning of the branch to be resolved.")
    return fold
