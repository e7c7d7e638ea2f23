"""Exact binomial numbers for any count and probability."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from .elementary import log, uniform
from .words import words, words_at

_REJECTION_MEAN = 10.0
_INVERSION_STEPS = 120
_TABULATED = 16
# Stream 0 belongs to the inversion.
_REJECTION_STREAM = 1
# log k! - (k log k - k), exactly where Stirling's series is not yet accurate.
_FACTORIAL_REST = np.array(
    [math.lgamma(k + 1) - (k * math.log(k) - k if k else 0) for k in range(_TABULATED)]
)


@jax.jit
def binomial(
    key: PRNGKeyArray, samples: int | Float[Array, "*shape"], probability: Float[Array, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Independent numbers of successes $k \sim \mathrm{Bin}(n, p)$, as floats.

    Where $n \min(p, 1 - p) < 10$ the distribution function is inverted by summing; elsewhere
    transformed rejection [Hörmann 1993] compares with the exact probability in deviance form, so
    the law is right to rounding up to $n = 10^9$. $p = 0$ and $p = 1$ give
    exactly 0 and $n$; a probability outside [0, 1], and a number of samples that is negative, not
    whole or above $2^{53}$, gives NaN. `samples` and `probability`
    broadcast to the shape of the result.

    ```python
    gl.sampling.binomial(jax.random.key(0), 10, jnp.array([0.2, 0.5])).shape  # [2]
    ```
    """
    samples, probability = jnp.broadcast_arrays(
        # In single precision the numbers would lose units from 2^24 on.
        *(jnp.asarray(x, jnp.result_type(float)) for x in (samples, probability))
    )
    countable = (samples >= 0) & (samples <= 2.0**53) & (samples == jnp.floor(samples))
    samples = jnp.where(countable, samples, 0.0)
    rarer = jnp.minimum(probability, 1.0 - probability)
    rejects = samples * rarer >= _REJECTION_MEAN
    successes = jnp.where(
        rejects,
        _rejection(key, samples, jnp.where(rejects, rarer, 0.5), rejects),
        _inversion(key, samples, jnp.where(rejects, 0.0, rarer)),
    )
    successes = jnp.where(probability > 0.5, samples - successes, successes)
    proper = countable & (probability >= 0) & (probability <= 1)
    return jnp.where(proper, successes, jnp.nan)


def _inversion(key, samples, probability):
    r"""The first $k$ with $\sum_{j \le k} \Pr(j) > u$, for $n p < 10$."""
    odds = probability / (1.0 - probability)
    start = (
        jnp.zeros_like(samples),
        uniform(words(key, 1, samples.shape)[0]),
        jnp.exp(samples * jnp.log1p(-probability)),
    )

    def pending(state):
        successes, rest, mass = state
        return (rest >= mass) & (successes < jnp.minimum(samples, _INVERSION_STEPS))

    def advance(state):
        successes, rest, mass = state
        more = pending(state)
        following = mass * odds * (samples - successes) / (successes + 1.0)
        return (
            jnp.where(more, successes + 1.0, successes),
            jnp.where(more, rest - mass, rest),
            jnp.where(more, following, mass),
        )

    return lax.while_loop(lambda state: pending(state).any(), advance, start)[0]


def _rejection(
    key: PRNGKeyArray, samples: Array, probability: Array, wanted: Bool[Array, "*shape"]
) -> Array:
    """Numbers by transformed rejection where `wanted`; the other places hold any number.

    All places propose once. The few that were rejected are gathered and propose until they are
    accepted: a quarter of the places at a time, which nearly always is enough for all.
    """
    shape = samples.shape
    samples, probability = samples.reshape(-1), probability.reshape(-1)
    count, gathered = samples.size, -(-samples.size // 4)
    first = uniform(words(key, 2, (count,), first=_REJECTION_STREAM))
    successes, accepted = _proposal(_hat(samples, probability), *first)

    def settle(state):
        successes, pending = state
        places = jnp.nonzero(pending, size=gathered, fill_value=count)[0]
        settled = _until_accepted(key, samples, probability, places)
        return (
            successes.at[places].set(settled, mode="drop"),
            pending.at[places].set(False, mode="drop"),
        )

    start = (successes, wanted.reshape(-1) & ~accepted)
    return lax.while_loop(lambda state: state[1].any(), settle, start)[0].reshape(shape)


def _until_accepted(
    key: PRNGKeyArray, samples: Array, probability: Array, places: Int[Array, " n"]
) -> Float[Array, " n"]:
    """Accepted numbers at some places, with the words of these; beyond the last there are none."""
    inside = jnp.minimum(places, samples.size - 1)
    hat = _hat(samples[inside], probability[inside])
    counters = places.astype(jnp.uint32)

    def advance(state):
        stream, successes, pending = state
        numbers = uniform(words_at(key, 2, counters, first=stream))
        candidate, accepted = _proposal(hat, *numbers)
        return stream + 2, jnp.where(pending, candidate, successes), pending & ~accepted

    stream = jnp.uint32(_REJECTION_STREAM + 2)
    start = (stream, jnp.zeros_like(hat.samples), places < samples.size)
    return lax.while_loop(lambda state: state[2].any(), advance, start)[1]


class _Hat(NamedTuple):
    """The constants of Hörmann's table-mountain hat for one (n, p)."""

    samples: Array
    probability: Array
    center: Array
    slope: Array
    curvature: Array
    height: Array
    mode: Array


def _hat(samples, probability):
    deviation = jnp.sqrt(samples * probability * (1.0 - probability))
    slope = 1.15 + 2.53 * deviation
    mode = jnp.floor((samples + 1.0) * probability)
    return _Hat(
        samples=samples,
        probability=probability,
        center=samples * probability + 0.5,
        slope=slope,
        curvature=-0.0873 + 0.0248 * slope + 0.01 * probability,
        height=jnp.log((2.83 + 5.1 / slope) * deviation),
        mode=_log_probability(samples, probability, mode),
    )


def _proposal(hat, position, level):
    """A candidate under the hat and whether it is accepted."""
    position = position - 0.5
    distance = 0.5 - jnp.abs(position)
    # The left end of the grid is the one place where the hat is infinite.
    distance = jnp.maximum(distance, 2.0**-53)
    candidate = jnp.floor((2.0 * hat.curvature / distance + hat.slope) * position + hat.center)
    inside = (candidate >= 0.0) & (candidate <= hat.samples)
    density = hat.curvature / (distance * distance) + hat.slope
    excess = _log_probability(hat.samples, hat.probability, candidate) - hat.mode
    return candidate, inside & (log((1.0 - level) / density) + hat.height <= excess)


def _log_probability(samples, probability, successes):
    r"""$\log \Pr(k)$ up to a term in $n$, without cancellation.

    $-n p\, \varphi(k / n p) - n q\, \varphi((n - k) / n q) - r(k) - r(n - k)$ with the deviance
    $\varphi(x) = x \log x - x + 1$ and $r(k) = \log k! - k \log k + k$ [Loader 2000].
    """
    mean, other_mean = samples * probability, samples * (1.0 - probability)
    failures = samples - successes
    return (
        -mean * _deviance(successes / mean)
        - other_mean * _deviance(failures / other_mean)
        - _factorial_rest(successes)
        - _factorial_rest(failures)
    )


def _deviance(x):
    return x * log(x) - (x - 1.0)


def _factorial_rest(k):
    r"""$\tfrac12 \log 2\pi k + \tfrac1{12 k} - \tfrac1{360 k^3} + \dots$, from a table below 16."""
    safe = jnp.maximum(k, float(_TABULATED))
    inverse = 1.0 / safe
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    small = jnp.asarray(_FACTORIAL_REST)[jnp.clip(k, 0, _TABULATED - 1).astype(jnp.int32)]
    return jnp.where(k < _TABULATED, small, 0.5 * log(math.tau * safe) + series)
