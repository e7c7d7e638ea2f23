"""Smooth functions of one variable, tabulated once and evaluated often."""

from collections.abc import Callable

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from ... import numeric as xp
from ...printing import readable


@readable
class ChebyshevSeries(eqx.Module):
    r"""Chebyshev series of several functions on one interval.

    `coefficients` has shape (terms, functions).
    """

    first: Float[Array, ""]
    last: Float[Array, ""]
    coefficients: Float[Array, "n f"]

    @classmethod
    def of(cls, functions: Callable, first, last, *, terms: int) -> "ChebyshevSeries":
        """The series through the values at the Chebyshev points of `functions(x)`, an array.

        The functions are along its last axis.
        """
        angles = np.pi * (np.arange(terms) + 0.5) / terms
        points = first + 0.5 * (last - first) * (1 + np.cos(angles))
        values = xp.each(functions, points)
        waves = np.cos(np.outer(np.arange(terms), angles)) * (2 / terms)
        waves[0] /= 2
        return cls(first, last, waves @ values)

    def __call__(self, position: Float[Array, " n"]) -> Float[Array, "f n"]:
        """The functions at many places, by Clenshaw's recurrence."""
        width, terms = self.last - self.first, len(self.coefficients)
        x = (2 * (position - self.first) / xp.where(width == 0, 1.0, width) - 1)[None]

        def step(index, carry):
            one, two = carry
            return xp.take(self.coefficients, terms - 1 - index, 0)[
                :, None
            ] + 2 * x * one - two, one

        zero = xp.zeros_like(self.coefficients[0][:, None] * x)
        one, two = xp.fori_loop(0, terms - 1, step, (zero, zero))
        return self.coefficients[0][:, None] + x * one - two

    @property
    def error(self) -> Float[Array, " f"]:
        """The size of the last terms relative to the largest: what the series leaves out."""
        size = xp.abs(self.coefficients)
        return size[-4:].max(axis=0) / xp.maximum(size.max(axis=0), 1e-300)
