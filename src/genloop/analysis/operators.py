"""Derivatives of maps as linear operators that know their structure."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Complex, Float

from . import secular
from .eigenvalue import top_eigenvalue


class AbstractJacobian(eqx.Module):
    """The derivative $J$ of a one-generation map at a state."""

    @abc.abstractmethod
    def dense(self) -> Float[Array, "k k"]:
        """The matrix."""

    @abc.abstractmethod
    def newton_step(
        self, residual: Float[Array, " k"], share: float | Float[Array, ""] = 1.0
    ) -> Float[Array, " k"]:
        r"""$(I - s J)^{-1} g$ for the share $s$ of the map in a homotopy."""

    @abc.abstractmethod
    def multipliers(self) -> Complex[Array, " k"] | Float[Array, " k"]:
        """All eigenvalues, largest modulus first."""

    @abc.abstractmethod
    def spectral_radius(self) -> Float[Array, ""]:
        """The largest modulus of the eigenvalues."""


class Dense(AbstractJacobian):
    """Any matrix."""

    matrix: Float[Array, "k k"]

    def dense(self):
        return self.matrix

    def newton_step(self, residual, share=1.0):
        return jnp.linalg.solve(jnp.eye(residual.size) - share * self.matrix, residual)

    def multipliers(self):
        finite = jnp.isfinite(self.matrix).all()
        values = jnp.linalg.eigvals(jnp.where(finite, self.matrix, jnp.nan))
        return values[jnp.argsort(-jnp.abs(values))]

    def spectral_radius(self):
        top = top_eigenvalue(self.matrix)
        size = jnp.abs(top)
        # |0| has no derivative; a map that forgets its state has radius zero.
        return jnp.where(size > 0, jnp.abs(jnp.where(size > 0, top, 1.0)), 0.0)


class ScaledIdentity(AbstractJacobian):
    """A multiple $c$ of the identity of the given size."""

    scale: float | Float[Array, ""]
    size: int = eqx.field(static=True)

    def dense(self):
        return self.scale * jnp.eye(self.size)

    def newton_step(self, residual, share=1.0):
        return residual / (1 - share * self.scale)

    def multipliers(self):
        return jnp.full(self.size, self.scale)

    def spectral_radius(self):
        return jnp.abs(jnp.asarray(self.scale))


class DiagonalMinusRankOne(AbstractJacobian):
    r"""$\operatorname{diag}(d) - u v^\top$ with $u_i v_i \ge 0$: similar to a symmetric matrix.

    Scaling the axes by $\sqrt{v_i/u_i}$ gives $\operatorname{diag}(d) - \sqrt w \sqrt w^\top$ with
    $w = u v$, so the spectrum is real and follows from the secular equation in $O(K)$ [HD-6].
    """

    diagonal: Float[Array, " k"]
    left: Float[Array, " k"]
    right: Float[Array, " k"]

    def dense(self):
        return jnp.diag(self.diagonal) - jnp.outer(self.left, self.right)

    def newton_step(self, residual, share=1.0):
        r"""Sherman-Morrison; a diagonal entry of exactly one is moved by one rounding error."""
        pivot = 1 - share * self.diagonal
        pivot = jnp.where(jnp.abs(pivot) < 1e-15, 1e-15, pivot)
        residual_part, left_part = residual / pivot, self.left / pivot
        weight = (self.right @ residual_part) / (1 + share * (self.right @ left_part))
        return residual_part - share * left_part * weight

    def multipliers(self):
        return secular.eigenvalues(self.diagonal, self.left * self.right)

    def spectral_radius(self):
        weights = self.left * self.right
        largest = secular.largest_eigenvalue(self.diagonal, weights)
        smallest = secular.smallest_eigenvalue(self.diagonal, weights)
        # An outcome of probability zero above temperature one has an infinite multiplier.
        finite = jnp.isfinite(self.diagonal).all()
        return jnp.where(finite, jnp.maximum(largest, -smallest), jnp.inf)


def compose(
    outer: AbstractJacobian | None, inner: AbstractJacobian | None
) -> AbstractJacobian | None:
    r"""The product $J_\mathrm{outer} J_\mathrm{inner}$, `None` where it has no known structure."""
    match outer, inner:
        case ScaledIdentity(), ScaledIdentity():
            return ScaledIdentity(outer.scale * inner.scale, inner.size)
        case ScaledIdentity(), DiagonalMinusRankOne():
            return _scaled(inner, outer.scale)
        case DiagonalMinusRankOne(), ScaledIdentity():
            return _scaled(outer, inner.scale)
    return None


def _scaled(operator: DiagonalMinusRankOne, scale) -> DiagonalMinusRankOne:
    return DiagonalMinusRankOne(scale * operator.diagonal, scale * operator.left, operator.right)
