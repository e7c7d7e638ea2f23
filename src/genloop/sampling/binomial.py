"""Exact binomial numbers for any count and probability."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .deviance import deviance, factorial_rest
from .inversion import LARGEST_MEAN, inverted
from .rejection import Hat, Proposals, rejection, transformed


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
    rejects = samples * rarer >= LARGEST_MEAN
    successes = jnp.where(
        rejects,
        rejection(key, _PROPOSALS, (samples, jnp.where(rejects, rarer, 0.5)), rejects),
        _inversion(key, samples, jnp.where(rejects, 0.0, rarer)),
    )
    successes = jnp.where(probability > 0.5, samples - successes, successes)
    proper = countable & (probability >= 0) & (probability <= 1)
    return jnp.where(proper, successes, jnp.nan)


def _inversion(key, samples, probability):
    odds = probability / (1.0 - probability)
    first = jnp.exp(samples * jnp.log1p(-probability))
    return inverted(key, first, lambda k: odds * (samples - k) / (k + 1.0), samples)


class _Prepared(NamedTuple):
    """The numbers of a place with the hat over its probabilities, relative to the largest."""

    samples: Array
    probability: Array
    hat: Hat
    mode: Array


def _prepare(samples, probability):
    deviation = jnp.sqrt(samples * probability * (1.0 - probability))
    slope = 1.15 + 2.53 * deviation
    mode = jnp.floor((samples + 1.0) * probability)
    hat = Hat(
        center=samples * probability + 0.5,
        slope=slope,
        curvature=-0.0873 + 0.0248 * slope + 0.01 * probability,
        height=jnp.log((2.83 + 5.1 / slope) * deviation),
    )
    return _Prepared(samples, probability, hat, _log_probability(samples, probability, mode))


def _propose(prepared, streams):
    samples, probability, hat, mode = prepared

    def relative(count):
        inside = (count >= 0.0) & (count <= samples)
        return jnp.where(inside, _log_probability(samples, probability, count) - mode, -jnp.inf)

    return transformed(hat, relative, streams)


_PROPOSALS = Proposals(2, _prepare, _propose)


def _log_probability(samples, probability, successes):
    r"""$\log \Pr(k)$ up to a term in $n$, without cancellation.

    $-n p\, \varphi(k / n p) - n q\, \varphi((n - k) / n q) - r(k) - r(n - k)$ with the deviance
    $\varphi(x) = x \log x - x + 1$ and $r(k) = \log k! - k \log k + k$ [Loader 2000].
    """
    mean, other_mean = samples * probability, samples * (1.0 - probability)
    failures = samples - successes
    return (
        -mean * deviance(successes / mean)
        - other_mean * deviance(failures / other_mean)
        - factorial_rest(successes)
        - factorial_rest(failures)
    )
