"""Bisection that can be traced: one loop for every search between two ends."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Bool, Float


def bisected(
    examine: Callable[[Array], tuple[Array, Bool[Array, ""]]],
    first: Float[ArrayLike, "*shape"],
    last: Float[ArrayLike, "*shape"],
    *,
    steps: int,
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """The two ends around a place after halving the way between them `steps` times.

    `examine(middle)` returns the point to go on with, which is the middle or near it, and whether
    the place lies beyond it, seen from `first`.
    """

    def halve(_, ends):
        before, after = ends
        point, beyond = examine(0.5 * (before + after))
        return jnp.where(beyond, point, before), jnp.where(beyond, after, point)

    ends = (jnp.asarray(first, float), jnp.asarray(last, float))
    return jax.lax.fori_loop(0, steps, halve, ends)


def last_where(
    holds: Callable[[Array], Bool[Array, ""]],
    first: Float[ArrayLike, "*shape"],
    last: Float[ArrayLike, "*shape"],
    *,
    steps: int = 50,
) -> Float[Array, "*shape"]:
    """The end of the stretch from `first` towards `last` on which a condition holds."""
    return bisected(lambda middle: (middle, holds(middle)), first, last, steps=steps)[0]
