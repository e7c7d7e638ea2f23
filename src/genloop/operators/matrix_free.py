"""Derivatives of maps that are too large for a matrix."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from ..programs import kernel
from .arnoldi import dominant_eigenvector, ritz_values
from .eigenvalue import no_second
from .linear import AbstractJacobian, count_unstable

_LEADING = 24
"""Leading multipliers of a large operator that are computed."""


class MatrixFree(AbstractJacobian):
    r"""The derivative of `function` at `point`, one product $J v$ or $J^\top w$ at a time.

    Solves are by GMRES, eigenvalues by Arnoldi's method: of the spectrum only the leading
    multipliers are known, and repeated ones count once, so that a count is a lower bound.

    ```python
    gl.operators.MatrixFree(lambda x: x**2, jnp.ones(2)).apply(jnp.ones(2))  # [2, 2]
    ```
    """

    function: Callable[[Float[Array, " n"]], Float[Array, " n"]]
    point: Float[Array, " n"]
    transposed: bool = eqx.field(static=True, default=False)

    @property
    def size(self):
        return self.point.size

    def shown_multipliers(self):
        return None

    @kernel
    def dense(self):
        matrix = jax.jacfwd(self.function)(self.point)
        return matrix.T if self.transposed else matrix

    @kernel
    def apply(self, vector):
        if self.transposed:
            return jax.vjp(self.function, self.point)[1](vector)[0]
        return jax.jvp(self.function, (self.point,), (vector,))[1]

    def transpose(self):
        return MatrixFree(self.function, self.point, not self.transposed)

    @kernel
    def newton_step(self, residual, share=1.0):
        operator = _operator(lambda v: v - share * self.apply(v), residual)
        return _solve(operator, residual)

    @kernel
    def bordered_solve(self, border, right_side, *, shift=1.0):
        columns, rows, corner = border

        def system(pair):
            x, y = pair
            return self.apply(x) - shift * x + columns @ y, rows @ x + corner @ y

        each = lambda top, bottom: _solve(_operator(system, (top, bottom)), (top, bottom))
        return jax.vmap(each, in_axes=1, out_axes=1)(*right_side)

    def multipliers(self):
        return leading_multipliers(self)

    def spectral_radius(self):
        return two_sided_radius(self)

    def unstable_counts(self, margin=0.0):
        return count_unstable(self.multipliers(), margin)


@kernel
def leading_multipliers(operator: AbstractJacobian) -> Array:
    """The eigenvalues of largest modulus, largest first."""
    return ritz_values(operator.apply, operator.size, _LEADING)


@kernel
def two_sided_radius(operator: AbstractJacobian) -> Float[Array, ""]:
    r"""$|\mu|$ with $\mu = w^\top J v / w^\top v$ of the dominant right and left eigenvectors.

    Exact to second order in the errors of the vectors, and its first derivative is that of a
    simple eigenvalue; the second is NaN.
    """
    fixed = lambda side: lambda v: stop_gradient(side.apply(stop_gradient(v)))
    right = stop_gradient(dominant_eigenvector(fixed(operator), operator.size))
    left = stop_gradient(dominant_eigenvector(fixed(operator.transpose()), operator.size))
    product = operator.apply(right.vector.real) + 1j * operator.apply(right.vector.imag)
    overlap = left.vector @ right.vector
    value = (left.vector @ product) / jnp.where(overlap == 0, jnp.nan, overlap)
    # |0| has no derivative; a map that forgets its state has radius zero.
    zero = right.value == 0
    size = jnp.abs(jnp.where(zero, 1.0, value))
    # The vectors are held fixed, so that a second derivative would be another number.
    return jnp.where(zero, 0.0, size + no_second(size))


def _operator(function: Callable, like: Any) -> lx.FunctionLinearOperator:
    return lx.FunctionLinearOperator(function, jax.eval_shape(lambda: like))


def _solve(operator, vector):
    solver = lx.GMRES(rtol=1e-11, atol=1e-15, restart=60, stagnation_iters=10, max_steps=300)
    # A system that GMRES cannot solve gives a step that does not lower the residual.
    return lx.linear_solve(operator, vector, solver, throw=False).value
