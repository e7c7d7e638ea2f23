r"""The real fraction up to which a loop can stay collapsed to an outcome ($T < 1$).

Losing diversity and getting it back have different thresholds (hysteresis): a loop that is healthy
stays so down to `local` or a fidelity goal, a loop that has collapsed to one outcome recovers only
above the fold of that outcome's branch, and from any collapse only above `unique`, the largest of
these folds [HD-9]. The collapsed states themselves are those of `stable_states`.
"""

import numpy as np

from ...analysis import Threshold
from ...arguments import checked
from ...models import Categorical
from .branches import ProbabilityClasses
from .folds import collapse_fold
from .thresholds import local_threshold
from .universal import COLDEST


@checked
def collapse_threshold(real: Categorical, outcome: int, *, temperature: float) -> Threshold:
    """The real fraction above which no loop stays collapsed to `outcome`: the fold of its branch.

    Where two most probable outcomes tie and the healthy state splits without a fold it is the
    branch point, `local`. Raises `ValueError` for an outcome that is not there, and for real
    probabilities of zero.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.loops.temperature.collapse_threshold(real, 1, temperature=0.5).value  # 0.360471
    ```
    """
    if not 0 <= outcome < real.outcomes:
        raise ValueError(f"there is no outcome {outcome}; they are numbered from 0.")
    if temperature >= 1:
        return Threshold.absent("from temperature one on no outcome takes all", "not needed")
    classes, index = ProbabilityClasses.of(real), _class_of(real, outcome)
    if index == 0 and classes.counts[0] == 1:
        reason = "its collapse lies on the branch of the healthy state"
        return Threshold.absent(reason, "does not apply")
    fold = collapse_fold(classes, max(temperature, COLDEST), index)
    if fold is not None:
        return fold[1]
    return local_threshold(real, temperature=temperature)


def _class_of(real: Categorical, outcome: int) -> int:
    """The place of an outcome's probability among the distinct ones, the largest first."""
    probabilities = np.asarray(real.probabilities)
    return int(np.unique(probabilities[probabilities > probabilities[outcome]]).size)
