"""The interface of every derivative of a map."""

import abc
from typing import NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Array, Complex, Float, Int

from .. import numeric as xp
from ..printing import host, plural, readable
from .eigenvalue import rounding

SMALL = 200
"""Up to this size a dense eigenvalue decomposition is the quickest."""


@readable
class UnstableCounts(NamedTuple):
    r"""The numbers of multipliers outside the unit circle, by the place where they left it.

    `above` real $\mu > 1$, `below` real $\mu < -1$, `rotating` complex $|\mu| > 1$ (a pair counts
    as two), `radius` the largest modulus. Counts see kernels of several dimensions, which the sign
    of a determinant misses.

    ```python
    gl.operators.Dense(jnp.diag(jnp.array([2.0, -3.0, 0.5]))).unstable_counts().outside  # 2
    ```
    """

    above: Int[Array, ""]
    below: Int[Array, ""]
    rotating: Int[Array, ""]
    radius: Float[Array, ""]

    @property
    def outside(self) -> Int[Array, ""]:
        """The number of unstable multipliers."""
        return self.above + self.below + self.rotating


@readable
class AbstractJacobian(eqx.Module):
    """The derivative $J$ of a one-generation map at a state of $n$ numbers.

    ```python
    operator = gl.operators.Dense(jnp.array([[0.5, 0.25], [0.0, 0.5]]))
    isinstance(operator, gl.operators.AbstractJacobian)  # True
    ```
    """

    def _heading(self) -> str:
        return f"{type(self).__name__} of {plural(self.size, 'coordinate')}"

    def _printed(self):
        return {"multipliers": self.shown_multipliers()}

    def shown_multipliers(self) -> np.ndarray | None:
        """The multipliers of a small operator to look at: what rounding leaves of zero is zero.

        `None` where they are many, and so cost much.
        """
        if self.size > SMALL:
            return None
        values = np.asarray(jax.tree.map(host, self).multipliers())
        return np.where(np.abs(values) <= 1e-15 * np.abs(values).max(), 0.0, values)

    @property
    @abc.abstractmethod
    def size(self) -> int:
        """The number $n$ of coordinates."""

    @abc.abstractmethod
    def dense(self) -> Float[Array, "n n"]:
        """The matrix."""

    @abc.abstractmethod
    def apply(self, vector: Float[Array, " n"]) -> Float[Array, " n"]:
        """$J v$."""

    @abc.abstractmethod
    def transpose(self) -> "AbstractJacobian":
        r"""$J^\top$."""

    @abc.abstractmethod
    def newton_step(
        self, residual: Float[Array, " n"], share: float | Float[Array, ""] = 1.0
    ) -> Float[Array, " n"]:
        r"""$(I - s J)^{-1} g$ for the share $s$ of the map in a homotopy."""

    @abc.abstractmethod
    def bordered_solve(
        self,
        border: tuple[Array, Array, Array],
        right_side: tuple[Array, Array],
        *,
        shift: float | complex | Array = 1.0,
    ) -> tuple[Array, Array]:
        r"""$x, y$ with $(J - \sigma I)\,x + B y = r$ and $C x + D y = s$.

        `border` is $(B, C, D)$ of shapes `(n, k)`, `(k, n)`, `(k, k)`, `right_side` is $(r, s)$ of
        shapes `(n, q)`, `(k, q)`. The bordered system is regular where $J - \sigma I$ is not: at
        folds and other bifurcations.
        """

    @abc.abstractmethod
    def multipliers(self) -> Complex[Array, " m"] | Float[Array, " m"]:
        """The eigenvalues, largest modulus first."""

    @abc.abstractmethod
    def spectral_radius(self) -> Float[Array, ""]:
        """The largest modulus of the eigenvalues, with its derivative."""

    def radius_rounding(self, radius: Float[Array, ""]) -> Float[Array, ""]:
        """The error of `radius`, the spectral radius, by the rounding of the entries."""
        return rounding(self.size, radius)

    @abc.abstractmethod
    def unstable_counts(self, margin: float = 0.0) -> UnstableCounts:
        """The numbers of multipliers outside the circle of radius one plus `margin`."""


def count_unstable(values: Complex[Array, " m"], margin: float) -> UnstableCounts:
    """The counts of eigenvalues that are given one by one; of NaN, if they are not finite."""
    modulus, scale = xp.abs(values), 1e-7 * (1 + xp.abs(values))
    real = xp.abs(values.imag) <= scale
    outside = modulus > 1 + margin
    count = lambda where: (outside & where).sum()
    radius = xp.where(xp.isfinite(modulus).all(), modulus.max(), np.nan)
    return UnstableCounts(
        count(real & (values.real > 0)), count(real & (values.real < 0)), count(~real), radius
    )
