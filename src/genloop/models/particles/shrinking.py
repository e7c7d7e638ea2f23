"""The contraction that gives a smoothed sample a covariance again."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


def scaled(matrices: Float[Array, "*batch d d"], numbers: Any) -> Float[Array, "*batch d d"]:
    """The matrices times a number each, or the same for all."""
    return matrices * jnp.broadcast_to(numbers, matrices.shape[:-2])[..., None, None]


def trace_ratio(spread: Float[Array, "*batch d d"], wide: Float[Array, "*batch d d"]):
    r"""$b I$ with $b^2 T = S$, for a covariance $T$ that is a multiple of $S$."""
    trace = lambda matrix: jnp.trace(matrix, axis1=-2, axis2=-1)
    identity = np.broadcast_to(np.eye(spread.shape[-1]), spread.shape)
    return scaled(identity, jnp.sqrt(trace(spread) / trace(wide)))


def transport(spread: Float[Array, "*batch d d"], wide: Float[Array, "*batch d d"]):
    r"""The symmetric positive $B = S^{1/2} (S^{1/2} T S^{1/2})^{-1/2} S^{1/2}$ with $B T B = S$."""
    if spread.shape[-1] == 1:
        return jnp.sqrt(spread / wide)
    root = _power(spread, 0.5)
    return root @ _power(root @ wide @ root, -0.5) @ root


def _power(matrix, exponent):
    values, vectors = jnp.linalg.eigh(matrix)
    return (vectors * values[..., None, :] ** exponent) @ vectors.mT
