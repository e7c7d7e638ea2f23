"""Logarithms of the probabilities of counts, without cancellation [Loader 2000]."""

import math

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .elementary import log

_TABULATED = 16
# log k! - (k log k - k), exactly where Stirling's series is not yet accurate.
_FACTORIAL_REST = np.array(
    [math.lgamma(k + 1) - (k * math.log(k) - k if k else 0) for k in range(_TABULATED)]
)


def deviance(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""$\varphi(x) = x \log x - x + 1$, with $\varphi(0) = 1$."""
    return x * log(x) - (x - 1.0)


def factorial_rest(k: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""$r(k) = \log k! - k \log k + k$ for whole $k \ge 0$.

    $\tfrac12 \log 2\pi k + \tfrac1{12 k} - \tfrac1{360 k^3} + \dots$, from a table below 16.
    """
    safe = jnp.maximum(k, float(_TABULATED))
    inverse = 1.0 / safe
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    small = jnp.asarray(_FACTORIAL_REST)[jnp.clip(k, 0, _TABULATED - 1).astype(jnp.int32)]
    return jnp.where(k < _TABULATED, small, 0.5 * log(math.tau * safe) + series)
