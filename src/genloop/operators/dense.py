"""Derivatives as plain matrices."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .. import numeric as xp
from .eigenvalue import top_eigenvalue
from .lapack import eigenvalues, solve
from .linear import AbstractJacobian, count_unstable


class Dense(AbstractJacobian):
    """A derivative as a matrix without known structure.

    ```python
    gl.operators.Dense(jnp.array([[0.5, 0.25], [0.0, 0.25]])).multipliers()  # [0.5, 0.25]
    ```
    """

    matrix: Float[Array, "n n"]

    @property
    def size(self):
        return self.matrix.shape[-1]

    def dense(self):
        return self.matrix

    def apply(self, vector):
        return self.matrix @ vector

    def transpose(self):
        return Dense(self.matrix.T)

    def newton_step(self, residual, share=1.0):
        return solve(np.eye(residual.size) - share * self.matrix, residual)

    def bordered_solve(self, border, right_side, *, shift=1.0):
        columns, rows, corner = border
        shifted = self.matrix - shift * np.eye(self.size)
        system = xp.block([[shifted, columns], [rows, corner]])
        solution = solve(system, xp.concatenate(right_side))
        return solution[: self.size], solution[self.size :]

    def multipliers(self):
        values = eigenvalues(self.matrix)
        return values[xp.argsort(-xp.abs(values))]

    def spectral_radius(self):
        top = top_eigenvalue(self.matrix)
        size = xp.abs(top)
        # |0| has no derivative; a map that forgets its state has radius zero.
        return xp.where(size == 0, 0.0, xp.abs(xp.where(size == 0, 1.0, top)))

    def radius_rounding(self, radius):
        # A defective multiplier moves by a root of what its matrix moves.
        signs = np.random.default_rng(0).choice([-1.0, 1.0], self.matrix.shape)
        moved = xp.stop_gradient(self.matrix) * (1 + 4 * jnp.finfo(float).eps * signs)
        values = eigenvalues(xp.where(xp.isfinite(moved), moved, 0.0))
        return super().radius_rounding(radius) + 4 * xp.abs(xp.abs(values).max() - radius)

    def unstable_counts(self, margin=0.0):
        return count_unstable(self.multipliers(), margin)
