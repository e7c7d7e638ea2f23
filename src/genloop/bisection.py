"""Bisection that can be traced: one loop for every search between two ends."""

from collections.abc import Callable
from typing import Any

import jax
from jaxtyping import Array, ArrayLike, Bool, Float

from . import numeric


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
