r"""Folds and crossings on the branches of the temperature loop, refined to rounding.

The branch of the most probable outcome turns where `branch_balance` is zero, and `branch_point`
gives the real fraction there; every other outcome has one fold, `winners.fold`.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from ... import numeric as xp
from ...analysis import Threshold, find_root
from ...printing import readable
from . import winners
from .branches import BranchPoint, ProbabilityClasses, branch_balance, point_and_slope

LOGITS = 40.0
_ROUNDING = 2e-14

_TENTHS = np.linspace(0.0, 1.0, 11)


def middle_logit(temperature: float) -> float:
    r"""The logit of $q = T$, from which on the outcome that is singled out is a winner."""
    return float(np.log(temperature) - np.log1p(-temperature))


def healthy_end(classes: ProbabilityClasses, temperature: float) -> float:
    """The logit at the end of the mode's branch: with ties where they would win together."""
    tied = temperature < 1 and float(classes.counts[0]) > 1
    return middle_logit(temperature) if tied else LOGITS


def far_end(classes: ProbabilityClasses, temperature: float, real_fraction: float) -> float:
    """`healthy_end`, or further where so small a real fraction lies beyond it."""
    end = healthy_end(classes, temperature)
    tiny = np.log(max(real_fraction, 1e-300) * float(classes.values[0]))
    return end if end < LOGITS else max(end, LOGITS - float(tiny) - 30)


def fold_at(classes: ProbabilityClasses, temperature: float, index: int, logit: float) -> Threshold:
    """The real fraction at a turning point of a branch, as a threshold."""
    value = real_fraction_at(classes, temperature, index, logit)
    slope = abs(_slope(classes, temperature, index, logit))
    # The branch is flat here: a logit that is off by its rounding moves the value by this much.
    return around(value, slope * 1e-6, slope * value)


def around(value: float, relative: float, residual: float) -> Threshold:
    """A threshold whose relative error is that of its place and the rounding of the sums."""
    return Threshold(value, uncertainty=value * (relative + _ROUNDING), residual=residual)


@readable
class Peak(NamedTuple):
    """The place at which the balance of the most probable outcome is largest, and both ends.

    In the logarithm of the distance from the logit `first` at which that outcome begins to win:
    beside it another outcome may be close.
    """

    first: Float[Array, ""]
    start: Float[Array, ""]
    place: Float[Array, ""]
    end: Float[Array, ""]


def place_balance(classes: ProbabilityClasses, temperature, first, place) -> Float[Array, "*n"]:
    """`branch_balance` at a place of `Peak`."""
    return branch_balance(classes, temperature, first + xp.exp(place))


def balance_peak(classes: ProbabilityClasses, temperature) -> Peak:
    """The one maximum of `branch_balance` [HD-9], for two classes or more and $T < 1$."""
    # With the classes all that follows is one of JAX.
    temperature = temperature + 0 * classes.values[0]
    first = xp.log(temperature) - xp.log1p(-temperature)
    start = xp.log(xp.maximum(1e-12, 1e-14 * xp.abs(first)))
    end = xp.log(LOGITS + xp.maximum(0, -first))
    balance = lambda place: place_balance(classes, temperature, first, place)
    along = lambda places: xp.each(balance, places, width=classes.values.size)
    # From the best of a few places, since far from it the balance is nearly straight.
    grid = start + (end - start) * np.linspace(0.0, 1.0, 60)
    best = xp.argmax(along(grid))

    def shrink(_, bounds):
        low, high = bounds
        places = low + (high - low) * _TENTHS
        best = 1 + xp.argmax(along(places[1:-1]))
        return xp.take(places, best - 1), xp.take(places, best + 1)

    around = [xp.take(grid, xp.clip(best + side, 0, 59)) for side in (-1, 1)]
    low, high = xp.fori_loop(0, 14, shrink, tuple(around))
    return Peak(first, start, 0.5 * (low + high), end)


def mode_turns(classes: ProbabilityClasses, temperature: float) -> list[tuple[float, int]]:
    """The logits at which the real fraction turns on the branch of the most probable outcome.

    None, or a minimum (+1) and then a maximum (-1). The branch rises where `branch_balance` is
    positive, which has one maximum [HD-9]: so no pair is missed, however near to each other.
    """
    if temperature >= 1 or float(classes.counts[0]) > 1 or classes.values.size == 1:
        return []
    first, start, peak, end = map(float, balance_peak(classes, float(temperature)))
    balance = lambda place: float(place_balance(classes, temperature, first, place))
    if not balance(peak) > 0:
        return []
    found = []
    for side, sign in ((start, 1), (end, -1)):
        place = find_root(balance, *sorted((side, peak))).value if balance(side) < 0 else side
        found.append((first + float(np.exp(place)), sign))
    return found


def first_of(end: float) -> float:
    """The first logit of the branch that is followed to `end`: the real data, to rounding."""
    return min(-LOGITS, end - 2 * LOGITS)


def own_branch(classes: ProbabilityClasses, temperature: float) -> np.ndarray:
    r"""Points along the branch of one winner of several most probable outcomes.

    At its very beginning two roots merge and rounding hides the slope.
    """
    first = middle_logit(temperature)
    return first + np.geomspace(1e-3, max(LOGITS, LOGITS - first), _grid_size(classes))


def collapse_fold(
    classes: ProbabilityClasses, temperature: float, index: int
) -> tuple[float, Threshold] | None:
    """The logit at which the branch of one winner turns, and the largest real fraction, there.

    `index` is a class other than a single most probable outcome, which has no branch of its own.
    `None` for the most probable ones where the branch begins with its largest real fraction.
    """
    if index > 0:
        return _rival_fold(classes, temperature, index)
    turns = turning_points(classes, temperature, index, own_branch(classes, temperature))
    logits = [logit for logit, sign in turns if sign < 0]
    folds = [(logit, fold_at(classes, temperature, index, logit)) for logit in logits]
    return max(folds, key=lambda fold: fold[1].value, default=None)


def _rival_fold(
    classes: ProbabilityClasses, temperature: float, index: int
) -> tuple[float, Threshold]:
    """The largest real fraction of a winner that is not among the most probable outcomes."""
    found = winners.fold(classes, float(temperature), float(classes.values[index]))
    value, logit, residual, off = map(float, found)
    return logit, around(value, off, residual)


def _grid_size(classes: ProbabilityClasses) -> int:
    return int(np.clip(1_000_000 // classes.values.size, 161, 1601))


def turning_points(
    classes: ProbabilityClasses, temperature: float, index: int, logits: np.ndarray
) -> list[tuple[float, int]]:
    """Turning points of the real fraction: the logit, and +1 for a minimum, -1 for a maximum."""
    pieces = points_along(classes, temperature, index, logits)
    slopes, found = np.concatenate([slope for _, slope in pieces]), []
    for i in np.nonzero(slopes[:-1] * slopes[1:] < 0)[0]:
        slope = lambda logit: _slope(classes, temperature, index, logit)
        root = find_root(slope, logits[i], logits[i + 1])
        found.append((root.value, int(np.sign(slopes[i + 1]))))
    return found


def points_along(
    classes: ProbabilityClasses, temperature: float, index: int, logits: np.ndarray
) -> Iterator[tuple[BranchPoint, np.ndarray]]:
    """`point_and_slope` at many logits, in pieces that do not fill the memory."""
    for piece in xp.pieces(logits.size, classes.values.size):
        yield point_and_slope(classes, temperature, index, logits[piece])


def point_at(
    classes: ProbabilityClasses, temperature: float, index: int, logit: float
) -> BranchPoint:
    """`branch_point` at numbers."""
    return point_and_slope(classes, float(temperature), index, float(logit))[0]


def _slope(classes: ProbabilityClasses, temperature: float, index: int, logit: float) -> float:
    return float(point_and_slope(classes, float(temperature), index, float(logit))[1])


def real_fraction_at(
    classes: ProbabilityClasses, temperature: float, index: int, logit: float
) -> float:
    """The real fraction for which a point of a branch is a fixed point."""
    return float(point_at(classes, temperature, index, logit).real_fraction)
