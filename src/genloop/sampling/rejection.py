"""Random numbers by rejection: all places propose once, the few that fail are gathered."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray, UInt64

from .elementary import log, uniform
from .words import words, words_at

# Stream 0 belongs to what is inverted.
FIRST_STREAM = 1


class Proposals(NamedTuple):
    """How numbers are proposed: `propose(prepare(*parameters), words)` from so many `streams`.

    It returns candidates and whether they are accepted.
    """

    streams: int
    prepare: Callable[..., Any]
    propose: Callable[[Any, UInt64[Array, "s n"]], tuple[Array, Array]]


def rejection(
    key: PRNGKeyArray,
    proposals: Proposals,
    parameters: tuple[Float[Array, "*shape"], ...],
    wanted: Bool[Array, "*shape"] | bool = True,
) -> Float[Array, "*shape"]:
    """Accepted numbers where `wanted`; the other places hold any number.

    All places propose once. The few that were rejected are gathered and propose until they are
    accepted: a quarter of the places at a time, which nearly always is enough for all.
    """
    shape = parameters[0].shape
    flat = tuple(parameter.reshape(-1) for parameter in parameters)
    count, gathered = flat[0].size, -(-flat[0].size // 4)
    first = words(key, proposals.streams, (count,), first=FIRST_STREAM)
    numbers, accepted = proposals.propose(proposals.prepare(*flat), first)

    def settle(state):
        numbers, pending = state
        places = jnp.nonzero(pending, size=gathered, fill_value=count)[0]
        settled = _until_accepted(key, proposals, flat, places)
        return (
            numbers.at[places].set(settled, mode="drop"),
            pending.at[places].set(False, mode="drop"),
        )

    start = (numbers, jnp.broadcast_to(wanted, shape).reshape(-1) & ~accepted)
    return lax.while_loop(lambda state: state[1].any(), settle, start)[0].reshape(shape)


def _until_accepted(
    key: PRNGKeyArray,
    proposals: Proposals,
    parameters: tuple[Float[Array, " m"], ...],
    places: Int[Array, " n"],
) -> Float[Array, " n"]:
    """Accepted numbers at some places, with the words of these; beyond the last there are none."""
    size, streams = parameters[0].size, proposals.streams
    inside = jnp.minimum(places, size - 1)
    prepared = proposals.prepare(*(parameter[inside] for parameter in parameters))
    counters = places.astype(jnp.uint32)

    def advance(state):
        stream, numbers, pending = state
        fresh = words_at(key, streams, counters, first=stream)
        candidate, accepted = proposals.propose(prepared, fresh)
        return stream + streams, jnp.where(pending, candidate, numbers), pending & ~accepted

    zeros = jax.tree.map(lambda parameter: jnp.zeros(places.shape, parameter.dtype), parameters[0])
    start = (jnp.uint32(FIRST_STREAM + streams), zeros, places < size)
    return lax.while_loop(lambda state: state[2].any(), advance, start)[1]


class Hat(NamedTuple):
    """The table-mountain hat over the probabilities of a count [Hörmann 1993]."""

    center: Array
    slope: Array
    curvature: Array
    height: Array
    """The logarithm of the constant that the hat is above the probabilities by."""


def transformed(
    hat: Hat, log_probability: Callable[[Array], Array], streams: UInt64[Array, "2 n"]
) -> tuple[Float[Array, " n"], Bool[Array, " n"]]:
    """A count under the hat and whether it is accepted.

    `log_probability` belongs to the height, and is minus infinity or anything else that is not
    accepted where there is no such count.
    """
    position, level = uniform(streams)
    position = position - 0.5
    # The left end of the grid is the one place where the hat is infinite.
    distance = jnp.maximum(0.5 - jnp.abs(position), 2.0**-53)
    candidate = jnp.floor((2.0 * hat.curvature / distance + hat.slope) * position + hat.center)
    density = hat.curvature / (distance * distance) + hat.slope
    bound = log((1.0 - level) / density) + hat.height
    return candidate, bound <= log_probability(candidate)
