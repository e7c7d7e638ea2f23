"""The eigenvalue of largest modulus of any matrix, with derivatives that can be trusted."""

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array, Complex, Float

_SEPARATION = 1e-7


def top_eigenvalue(matrix: Float[Array, "k k"]) -> Complex[Array, ""]:
    r"""The eigenvalue $\lambda$ with the largest $|\lambda|$.

    Where it is simple, two Newton steps on $A v = \lambda v$, $c^\top v = 1$ carry exact first and
    second derivatives. Where it is repeated, the first derivative is that of the perturbed
    eigenvalue $w^\top \dot A v / w^\top v$ and the second is NaN: it does not exist in general.
    """
    fixed = stop_gradient(matrix)
    finite = jnp.isfinite(fixed).all()
    fixed = jnp.where(finite, fixed, 0.0)
    values, left, right = jax.lax.linalg.eig(fixed, compute_left_eigenvectors=True)
    top = jnp.argmax(jnp.abs(values))
    value, left, right = stop_gradient((values[top], left[:, top].conj(), right[:, top]))
    others = jnp.where(jnp.arange(values.size) == top, jnp.inf, jnp.abs(values - value))
    simple = stop_gradient(others.min() > _SEPARATION * (jnp.abs(value) + 1e-300))

    matrix = matrix.astype(value.dtype)
    newton = _bordered(
        jnp.where(simple, matrix, jnp.diag(jnp.arange(values.size, 0.0, -1.0))),
        jnp.where(simple, value, values.size),
        jnp.where(simple, right, jnp.eye(values.size)[0]),
    )
    overlap = left @ right
    change = left @ ((matrix - stop_gradient(matrix)) @ right)
    repeated = value + change / jnp.where(overlap == 0, 1.0, overlap) + _no_second(change.real)
    return jnp.where(finite, jnp.where(simple, newton, repeated), jnp.inf)


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
def _no_second(x):
    """Zero with derivative zero, and NaN for every derivative after that."""
    return jnp.zeros_like(x)


@_no_second.defjvp
def _no_second_jvp(primals, tangents):
    return jnp.zeros_like(primals[0]), tangents[0] * _zero_then_nan(primals[0])


@jax.custom_jvp
def _zero_then_nan(x):
    return jnp.zeros_like(x)


@_zero_then_nan.defjvp
def _zero_then_nan_jvp(primals, tangents):
    return jnp.zeros_like(primals[0]), tangents[0] * jnp.nan
