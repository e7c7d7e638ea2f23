"""Bisection that can be traced: one loop for every search between two ends."""

from collections.abc import Callable
from typing import Any

import jax
from jaxtyping import Array, ArrayLike, Bool, Float

from . import numeric

_MOST = 200


def bisected(
    examine: Callable[[Any, Any], tuple[Any, Bool[Array, ""]]], first: Any, last: Any, *, steps: int
) -> tuple[Any, Any]:
    """The two ends around a place after `steps` steps, each of which replaces one end.

    `examine(before, after)` returns a point between the two, as a rule the middle, and whether the
    place lies beyond it, seen from `first`. A point is an array or any pytree of arrays.
    """

    def replace(_, ends):
        before, after = ends
        point, beyond = examine(before, after)
        choose = lambda new, old: numeric.where(beyond, new, old)
        return jax.tree.map(choose, point, before), jax.tree.map(choose, after, point)

    return numeric.fori_loop(0, steps, replace, (first, last))


def last_where(
    holds: Callable[[Array], Bool[Array, ""]],
    first: Float[ArrayLike, "*shape"],
    last: Float[ArrayLike, "*shape"],
    *,
    steps: int = 50,
) -> Float[Array, "*shape"]:
    """The end of the stretch from `first` towards `last` on which a condition holds."""

    def examine(before, after):
        middle = 0.5 * (before + after)
        return middle, holds(middle)

    ends = (numeric.asarray(end, dtype=float) for end in (first, last))
    return bisected(examine, *ends, steps=steps)[0]


def zero_between(quantity: Callable[[float], float], first: float, last: float) -> float:
    """The zero of a function of a number, to rounding, by Chandrupatla's method.

    Inverse quadratic interpolation where the last three points allow it, else bisection [T. R.
    Chandrupatla, Advances in Engineering Software 28 (1997)]. Raises `ValueError` unless the
    function changes its sign from one end to the other.
    """
    # The newest point, the one across the zero, and the point before them.
    a, b, c = last, first, last
    at_a, at_b = float(quantity(a)), float(quantity(b))
    at_c, share = at_a, 0.5
    if not (at_a <= 0 <= at_b or at_b <= 0 <= at_a):
        raise ValueError(f"the function has {at_b} at {first} and {at_a} at {last}: no zero.")
    for _ in range(_MOST):
        best = a if abs(at_a) < abs(at_b) else b
        tolerance = 1e-15 * (1 + abs(best))
        if min(abs(at_a), abs(at_b)) == 0 or abs(b - a) <= 2 * tolerance:
            return best
        least = tolerance / abs(b - a)
        middle = a + min(max(share, least), 1 - least) * (b - a)
        height = float(quantity(middle))
        if height != height:
            raise ValueError(f"the function has no value (NaN) at {middle}.")
        if (height > 0) == (at_a > 0):
            c, at_c = a, at_a
        else:
            c, at_c, b, at_b = b, at_b, a, at_a
        a, at_a = middle, height
        share = _interpolated(a, b, c, at_a, at_b, at_c)
    return a if abs(at_a) < abs(at_b) else b


def _interpolated(a: float, b: float, c: float, at_a: float, at_b: float, at_c: float) -> float:
    """The place of the zero between `a` (0) and `b` (1) by three points, or the middle."""
    place, level = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
    if not (level**2 < place and (1 - level) ** 2 < 1 - place):
        return 0.5
    near = at_a / (at_b - at_a) * at_c / (at_b - at_c)
    return near + (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
