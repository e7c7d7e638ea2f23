"""Solutions and eigenvalues of matrices that never raise: what does not exist is not finite."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from .. import numeric as xp


def solve(matrix: Float[Array, "n n"], right_side: Float[Array, "n ..."]) -> Float[Array, "n ..."]:
    """$A^{-1} b$, not finite for a matrix that is singular."""
    if xp.of_jax(matrix, right_side):
        return jnp.linalg.solve(matrix, right_side)
    try:
        return np.linalg.solve(matrix, right_side)
    except np.linalg.LinAlgError:
        return np.full_like(right_side, np.nan)


def eigenvalues(matrix: Float[Array, "n n"]) -> Complex[Array, " n"]:
    """All eigenvalues in no order, NaN for a matrix that is not finite."""
    if xp.of_jax(matrix):
        return jnp.linalg.eigvals(jnp.where(jnp.isfinite(matrix).all(), matrix, jnp.nan))
    finite = np.isfinite(matrix).all()
    values = np.linalg.eigvals(matrix if finite else np.zeros_like(matrix))
    # NumPy returns real numbers where all of them are.
    values = values.astype(np.result_type(values, np.complex64))
    return values if finite else np.full_like(values, np.nan)
