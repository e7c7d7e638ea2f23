"""Smooth functions of one variable, tabulated once and evaluated often."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
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
    def of(cls, functions: Callable, first, last, *, terms: int, width: int) -> "ChebyshevSeries":
        """The series through the values at the Chebyshev points of `functions(x)`, an array.

        The functions are along its last axis; a place takes arrays of `width` numbers.
        """
        angles = np.pi * (np.arange(terms) + 0.5) / terms
        points = first + 0.5 * (last - first) * (1 + np.cos(angles))
        values = xp.each(functions, points, width=width)
        waves = np.cos(np.outer(np.arange(terms), angles)) * (2 / terms)
        waves[0] /= 2
        return cls(first, last, waves @ values)

    def __call__(self, position: Float[Array, " n"]) -> Float[Array, "f n"]:
        """The functions at many places."""
        width = self.last - self.first
        x = 2 * (position - self.first) / xp.where(width == 0, 1.0, width) - 1
        return _recurred(self.coefficients, x) if xp.of_jax(x) else _summed(self.coefficients, x)

    @property
    def error(self) -> Float[Array, " f"]:
        """The size of the last terms relative to the largest: what the series leaves out."""
        size = xp.abs(self.coefficients)
        return size[-4:].max(axis=0) / xp.maximum(size.max(axis=0), 1e-300)


def _recurred(coefficients: Float[Array, "n f"], x: Float[Array, " n"]) -> Float[Array, "f n"]:
    """The sum of a series by Clenshaw's recurrence: one small step, compiled once."""

    def step(carry, coefficient):
        one, two = carry
        return (coefficient[:, None] + 2 * x[None] * one - two, one), None

    zero = jnp.zeros((coefficients.shape[1], x.size))
    (one, two), _ = jax.lax.scan(step, (zero, zero), coefficients[:0:-1])
    return coefficients[0][:, None] + x[None] * one - two


def _summed(coefficients: Float[Array, "n f"], x: Float[Array, " n"]) -> Float[Array, "f n"]:
    r"""The sum of a series with $T_n(x) = \cos(n \arccos x)$, a few places at once."""
    order, angles = np.arange(len(coefficients)), np.arccos(np.clip(x, -1.0, 1.0))
    at = lambda angles: np.cos(angles[:, None] * order) @ coefficients
    return xp.each(at, angles, width=order.size).T
