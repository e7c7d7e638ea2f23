"""The eigenvalue of largest modulus of any matrix, with derivatives that can be trusted."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Complex, Float

from .. import numeric as xp
from .lapack import eigenvalues

_SEPARATION = 1e-7
_SMALLEST_OVERLAP = 1e-6
"""Left and right eigenvectors this nearly orthogonal are those of a defective eigenvalue."""


def top_eigenvalue(matrix: Float[Array, "k k"]) -> Complex[Array, ""]:
    r"""The eigenvalue $\lambda$ with the largest $|\lambda|$.

    Where it is simple, two Newton steps on $A v = \lambda v$, $c^\top v = 1$ carry exact first and
    second derivatives. Where it is repeated $m$ times (to a relative $10^{-7}$) with the projector
    $P$ on its eigenvectors, the first derivative is that of the mean of the cluster,
    $\operatorname{tr}(P \dot A)/m$: right where a symmetry keeps the eigenvalues together, while a
    change that splits them has one-sided derivatives only; the second derivative is NaN: it depends
    on how the cluster splits. There is no derivative, NaN, where the eigenvalue is defective or
    another one (not its conjugate) has the same modulus. Infinite where an entry of the matrix is,
    NaN where one is not a number.
    """
    if not xp.of_jax(matrix):
        return _top_of_numbers(matrix)
    fixed = stop_gradient(matrix)
    finite = jnp.isfinite(fixed).all()
    fixed = jnp.where(finite, fixed, 0.0)
    values, lefts, rights = jax.lax.linalg.eig(fixed, compute_left_eigenvectors=True)
    top = jnp.argmax(jnp.abs(values))
    value, right = values[top], rights[:, top]
    near = lambda one, other: jnp.abs(one - other) <= _SEPARATION * (jnp.abs(value) + 1e-300)
    cluster = near(values, value)
    rivals = near(jnp.abs(values), jnp.abs(value)) & ~cluster & ~near(values, value.conj())
    within = cluster[:, None] & cluster[None]
    overlaps = jnp.where(within, lefts.conj().T @ rights, jnp.eye(values.size))
    inverse = jnp.where(within, jnp.linalg.inv(overlaps), 0.0)
    regular = (jnp.abs(inverse).max() < 1 / _SMALLEST_OVERLAP) & ~rivals.any()
    simple = (cluster.sum() == 1) & regular

    matrix = matrix.astype(value.dtype)
    newton = _bordered(
        jnp.where(simple, matrix, jnp.diag(jnp.arange(values.size, 0.0, -1.0))),
        jnp.where(simple, value, values.size),
        jnp.where(simple, right, jnp.eye(values.size)[0]),
    )
    mean = jnp.where(regular, rights @ inverse @ lefts.conj().T, 0.0) / cluster.sum()
    change = (mean.T * (matrix - stop_gradient(matrix))).sum()
    # What is not chosen in the end must not have a derivative of NaN.
    change = jnp.where(simple, 0.0, change)
    defect = jnp.where(regular, 0.0, matrix.real.sum())
    repeated = value + change + no_second(change.real)
    repeated = repeated + jnp.where(regular, 0.0, _zero_then_nan(defect))
    unknown = jnp.where(jnp.isnan(stop_gradient(matrix)).any(), jnp.nan, jnp.inf)
    return jnp.where(finite, jnp.where(simple, newton, repeated), unknown)


def _top_of_numbers(matrix: np.ndarray):
    """Known numbers have no derivatives: LAPACK's eigenvalue is the answer."""
    if not np.isfinite(matrix).all():
        return np.where(np.isnan(matrix).any(), np.nan, np.inf) + 0j
    values = eigenvalues(matrix)
    return values[np.argmax(np.abs(values))]


def rounding(size: int, radius: Float[Array, "*n"]) -> Float[Array, "*n"]:
    """The error of the spectral radius of a matrix of `size` rows by rounding alone."""
    return 8 * size**0.5 * jnp.finfo(float).eps * (1 + radius)


def _bordered(matrix, value, vector):
    size = vector.size
    functional = vector.conj()
    for _ in range(2):
        residual = jnp.append(matrix @ vector - value * vector, functional @ vector - 1)
        system = jnp.block(
            [
                [matrix - value * jnp.eye(size), -vector[:, None]],
                [functional[None], jnp.zeros((1, 1))],
            ]
        )
        step = jnp.linalg.solve(system, residual)
        vector, value = vector - step[:-1], value - step[-1]
    return value


@jax.custom_jvp
def no_second(x):
    """Zero with derivative zero, and NaN for every derivative after that."""
    return jnp.zeros_like(x)


@no_second.defjvp
def _no_second_jvp(primals, tangents):
    return jnp.zeros_like(primals[0]), tangents[0] * _zero_then_nan(primals[0])


@jax.custom_jvp
def _zero_then_nan(x):
    return jnp.zeros_like(x)


@_zero_then_nan.defjvp
def _zero_then_nan_jvp(primals, tangents):
    return jnp.zeros_like(primals[0]), tangents[0] * jnp.nan
