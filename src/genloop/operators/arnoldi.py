r"""Arnoldi's method: the leading eigenvalues of an operator of which only products are known."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Complex, Float

from ..printing import readable

_DIMENSION = 48
_RESTARTS = 60
_TOLERANCE = 1e-13


@readable
class Eigenpair(NamedTuple):
    """An eigenvalue with its vector of unit length."""

    value: Complex[Array, ""]
    vector: Complex[Array, " n"]


def krylov(
    apply: Callable, start: Float[Array, " n"], dimension: int
) -> tuple[Float[Array, "m+1 n"], Float[Array, "m+1 m"]]:
    """An orthonormal basis of the Krylov space as rows, and the operator in it.

    Gram-Schmidt is done twice, which keeps the basis orthogonal to rounding. An invariant space
    ends the sequence: the remaining rows are zero.
    """

    def extend(carry, j):
        basis, projected = carry
        vector = apply(basis[j])
        scale = jnp.linalg.norm(vector)
        first = basis @ vector
        vector = vector - first @ basis
        second = basis @ vector
        vector = vector - second @ basis
        length = jnp.linalg.norm(vector)
        going_on = length > 1e-14 * scale
        column = (first + second).at[j + 1].set(jnp.where(going_on, length, 0.0))
        vector = jnp.where(going_on, vector / jnp.where(going_on, length, 1.0), 0.0)
        return (basis.at[j + 1].set(vector), projected.at[:, j].set(column)), None

    empty = jnp.zeros((dimension + 1, start.size))
    begin = empty.at[0].set(start / jnp.linalg.norm(start)), jnp.zeros((dimension + 1, dimension))
    return jax.lax.scan(extend, begin, jnp.arange(dimension))[0]


def dominant_eigenvector(apply: Callable, size: int) -> Eigenpair:
    r"""The eigenvalue of largest modulus; of a complex pair, the one with $\Im \mu > 0$.

    Restarted with the dominant Ritz vector until $\|J v - \mu v\| \le 10^{-13} |\mu|$.
    """
    dimension = min(_DIMENSION, size)

    def improve(carry):
        start, _, _, count = carry
        basis, projected = krylov(apply, start, dimension)
        values, vectors = jnp.linalg.eig(projected[:-1])
        # Of two conjugates of equal modulus the one in the upper half-plane.
        top = jnp.argmax(jnp.abs(values) * (1 + 1e-9 * jnp.sign(values.imag)))
        vector = vectors[:, top]
        error = jnp.abs(projected[-1] @ vector) / (jnp.abs(values[top]) + 1e-300)
        ritz = vector @ basis[:-1]
        pair = Eigenpair(values[top], ritz / jnp.linalg.norm(ritz))
        return ritz.real + ritz.imag, pair, error, count + 1

    def unfinished(carry):
        _, _, error, count = carry
        return (error > _TOLERANCE) & (count < _RESTARTS)

    none = Eigenpair(jnp.zeros((), complex), jnp.zeros(size, complex))
    begin = _start(size), none, jnp.array(jnp.inf), 0
    return jax.lax.while_loop(unfinished, improve, begin)[1]


def ritz_values(apply: Callable, size: int, count: int) -> Complex[Array, " m"]:
    """The leading eigenvalues, as far as one Krylov space of twice their number knows them."""
    dimension = min(max(2 * count, _DIMENSION), size)
    projected = krylov(apply, _start(size), dimension)[1]
    values = jnp.linalg.eigvals(projected[:-1])
    return values[jnp.argsort(-jnp.abs(values))][: min(count, size)]


def _start(size: int) -> Float[Array, " n"]:
    """A vector that is orthogonal to nothing in particular, the same in every run."""
    return jr.normal(jr.key(0), (size,))
