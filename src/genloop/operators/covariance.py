r"""The covariance of one generation of a kernel, as an operator that knows a root of itself.

A kernel with many samples moves its state by $F(x) - x + B z$, $z \sim N(0, I)$: what a diffusion
needs is $B$, and for $K$ outcomes both $C = B B^\top$ and $B$ are known without a $K \times K$
matrix.
"""

import abc
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..arguments import refuse_if
from ..printing import readable
from . import AbstractJacobian, ScaledIdentity

_NULL = 1e-12
"""A share of the variance below this is rounding: noise across a constraint is exactly zero."""


@readable
class AbstractCovariance(eqx.Module):
    r"""$C = B B^\top$ on $k$ coordinates, $B$ a $k \times m$ matrix."""

    @property
    @abc.abstractmethod
    def noise_dimension(self) -> int:
        """The number $m$ of normal numbers that the noise is made of."""

    @abc.abstractmethod
    def dense(self) -> Float[Array, "k k"]:
        """The matrix $C$."""

    @abc.abstractmethod
    def variances(self) -> Float[Array, " k"]:
        """The diagonal of $C$."""

    @abc.abstractmethod
    def root(self, noise: Float[Array, " m"]) -> Float[Array, " k"]:
        r"""$B z$."""

    @abc.abstractmethod
    def scaled(self, factor: float | Float[Array, ""]) -> Self:
        r"""The covariance $c^2 C$ of $c$ times the noise."""

    def columns(self) -> Float[Array, "m k"]:
        """The columns of $B$, one a row."""
        return jax.vmap(self.root)(jnp.eye(self.noise_dimension))


class Factored(AbstractCovariance):
    r"""$C = B B^\top$ by its factor $B$, shape `(k, m)`; `Factored.of` takes the matrix $C$."""

    factor: Float[Array, "k m"]

    @classmethod
    def of(cls, matrix: Float[Array, "k k"]) -> Self:
        """The factor of a symmetric matrix, singular or not.

        Raises `ValueError` for one that is not symmetric or has a negative eigenvalue, beyond
        rounding (an `equinox` error under a trace).
        """
        size = jnp.abs(matrix).max()
        uneven = ~(jnp.abs(matrix - matrix.T).max() <= 1e-9 * size)
        matrix = refuse_if(matrix, uneven, "a covariance must be symmetric.")
        values, vectors = jnp.linalg.eigh(matrix)
        negative = ~(values[0] >= -1e-9 * size)
        values = refuse_if(values, negative, "a covariance has no negative eigenvalue.")
        return cls(vectors * jnp.sqrt(jnp.clip(values, 0.0))[None, :])

    @property
    def noise_dimension(self) -> int:
        return self.factor.shape[1]

    def dense(self):
        return self.factor @ self.factor.T

    def variances(self):
        return (self.factor**2).sum(axis=1)

    def root(self, noise):
        return self.factor @ noise

    def scaled(self, factor):
        return Factored(factor * self.factor)


class DiagonalMinusLowRank(AbstractCovariance):
    r"""$C = \operatorname{diag}(d) - U U^\top$ with few columns in $U$, shape `(k, r)`.

    With $W = \operatorname{diag}(d)^{-1/2} U$ the root is $B = \operatorname{diag}(d)^{1/2} (I - W
    [I + (I - W^\top W)^{1/2}]^{-1} W^\top)$, at a cost of $O(k r)$.
    """

    diagonal: Float[Array, " k"]
    factors: Float[Array, "k r"]

    @property
    def noise_dimension(self) -> int:
        return self.diagonal.size

    def dense(self):
        return jnp.diag(self.diagonal) - self.factors @ self.factors.T

    def variances(self):
        return self.diagonal - (self.factors**2).sum(axis=1)

    def root(self, noise):
        deviation = jnp.sqrt(self.diagonal)[:, None]
        certain = deviation == 0
        relative = jnp.where(certain, 0.0, self.factors / jnp.where(certain, 1.0, deviation))
        taken = relative @ (_shrinkage(relative.T @ relative) @ (relative.T @ noise))
        return deviation[:, 0] * (noise - taken)

    def scaled(self, factor):
        return DiagonalMinusLowRank(factor**2 * self.diagonal, factor * self.factors)


def _shrinkage(gram: Float[Array, "r r"]) -> Float[Array, "r r"]:
    r"""$[I + (I - G)^{1/2}]^{-1}$ for a symmetric $G$ with eigenvalues in $[0, 1]$."""
    # One column is the rule, and its decomposition would cost more than all the rest.
    values, vectors = (gram[0], jnp.ones_like(gram)) if len(gram) == 1 else jnp.linalg.eigh(gram)
    left = jnp.where(values < 1 - _NULL, 1 - values, 0.0)
    return (vectors / (1 + jnp.sqrt(left))[None, :]) @ vectors.T


def add(left: AbstractCovariance | None, right: AbstractCovariance | None):
    """The covariance of a sum of independent noises; `None` is no noise."""
    match left, right:
        case None, only:
            return only
        case only, None:
            return only
        case DiagonalMinusLowRank(), DiagonalMinusLowRank():
            factors = jnp.concatenate([left.factors, right.factors], axis=1)
            return DiagonalMinusLowRank(left.diagonal + right.diagonal, factors)
    return Factored(jnp.concatenate([left.columns(), right.columns()]).T)


def transformed(
    jacobian: AbstractJacobian | Float[Array, "k k"], covariance: AbstractCovariance | None
) -> AbstractCovariance | None:
    r"""$J C J^\top$: the noise behind a map with the derivative $J$, to first order."""
    if covariance is None:
        return None
    if isinstance(jacobian, ScaledIdentity):
        return covariance.scaled(jacobian.scale)
    matrix = jacobian.dense() if isinstance(jacobian, AbstractJacobian) else jacobian
    return Factored(matrix @ covariance.columns().T)
