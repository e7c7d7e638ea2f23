"""Exact Poisson numbers for any rate."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .deviance import deviance, factorial_rest
from .inversion import LARGEST_MEAN, inverted
from .rejection import Hat, Proposals, rejection, transformed


@jax.jit
def poisson(key: PRNGKeyArray, rate: float | Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""Independent Poisson numbers $k$ with $\Pr(k) = e^{-\lambda} \lambda^k/k!$, as floats.

    Where $\lambda < 10$ the distribution function is inverted by summing; elsewhere transformed
    rejection [Hörmann 1993] compares with the exact probability in deviance form, so the law is
    right to rounding up to $\lambda = 10^9$. The rate 0 gives exactly 0; a rate that is negative or
    not finite gives NaN. The result has the shape of `rate`.

    ```python
    gl.sampling.poisson(jax.random.key(0), jnp.array([0.2, 50.0])).shape  # [2]
    ```
    """
    rate = jnp.asarray(rate, jnp.result_type(float))
    proper = (rate >= 0) & (rate < jnp.inf)
    rejects = proper & (rate >= LARGEST_MEAN)
    small = jnp.where(proper & ~rejects, rate, 0.0)
    counts = jnp.where(
        rejects,
        rejection(key, _PROPOSALS, (jnp.where(rejects, rate, LARGEST_MEAN),), rejects),
        inverted(key, jnp.exp(-small), lambda k: small / (k + 1.0)),
    )
    return jnp.where(proper, counts, jnp.nan)


class _Prepared(NamedTuple):
    rate: Array
    hat: Hat


def _prepare(rate):
    slope = 0.931 + 2.53 * jnp.sqrt(rate)
    hat = Hat(
        center=rate + 0.43,
        slope=slope,
        curvature=-0.059 + 0.02483 * slope,
        height=jnp.log(1.1239 + 1.1328 / (slope - 3.4)),
    )
    return _Prepared(rate, hat)


def _propose(prepared, streams):
    rate = prepared.rate

    def log_probability(count):
        return jnp.where(count >= 0.0, _log_probability(rate, count), -jnp.inf)

    return transformed(prepared.hat, log_probability, streams)


_PROPOSALS = Proposals(2, _prepare, _propose)


def _log_probability(rate, count):
    r"""$-\lambda\, \varphi(k / \lambda) - r(k)$, without cancellation [Loader 2000]."""
    return -rate * deviance(count / rate) - factorial_rest(count)
