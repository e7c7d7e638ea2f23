"""Counts of small mean by summing their probabilities."""

from collections.abc import Callable

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray

from .elementary import uniform
from .words import words

INVERSION_STREAMS = 1
LARGEST_MEAN = 10.0
"""Below this mean the distribution function is summed; beyond, rejection is quicker."""
_STEPS = 120


def inverted(
    key: PRNGKeyArray,
    first: Float[Array, "*shape"],
    ratio: Callable[[Float[Array, "*shape"]], Float[Array, "*shape"]],
    largest: float | Float[Array, "*shape"] = float("inf"),
) -> Float[Array, "*shape"]:
    r"""The first $k$ with $\sum_{j \le k} \Pr(j) > u$, at most `largest`.

    `first` is $\Pr(0)$ and `ratio(k)` is $\Pr(k + 1)/\Pr(k)$; for means below ten.
    """
    start = (jnp.zeros_like(first), uniform(words(key, INVERSION_STREAMS, first.shape)[0]), first)

    def pending(state):
        count, rest, mass = state
        return (rest >= mass) & (count < jnp.minimum(largest, _STEPS))

    def advance(state):
        count, rest, mass = state
        more = pending(state)
        return (
            jnp.where(more, count + 1.0, count),
            jnp.where(more, rest - mass, rest),
            jnp.where(more, mass * ratio(count), mass),
        )

    return lax.while_loop(lambda state: pending(state).any(), advance, start)[0]
