"""Smooth functions of one variable, tabulated once and evaluated often."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class ChebyshevSeries(eqx.Module):
    r"""Chebyshev series of several functions on one interval.

    `coefficients` has shape (terms, functions).
    """

    first: Float[Array, ""]
    last: Float[Array, ""]
    coefficients: Float[Array, "n f"]

    @classmethod
    def of(cls, functions: Callable, first, last, *, terms: int) -> "ChebyshevSeries":
        """The series through the values of `functions(x)`, an array, at the Chebyshev points."""
        angles = np.pi * (np.arange(terms) + 0.5) / terms
        points = first + 0.5 * (last - first) * (1 + jnp.asarray(np.cos(angles)))
        values = jax.lax.map(functions, points)
        waves = np.cos(np.outer(np.arange(terms), angles)) * (2 / terms)
        waves[0] /= 2
        return cls(first, last, jnp.asarray(waves) @ values)

    def __call__(self, position: Float[Array, " n"]) -> Float[Array, "f n"]:
        """The functions at many places, by Clenshaw's recurrence."""
        width = self.last - self.first
        x = (2 * (position - self.first) / jnp.where(width == 0, 1.0, width) - 1)[None]

        def step(carry, coefficient):
            one, two = carry
            return (coefficient[:, None] + 2 * x * one - two, one), None

        zero = jnp.zeros((self.coefficients.shape[1], x.size))
        (one, two), _ = jax.lax.scan(step, (zero, zero), self.coefficients[:0:-1])
        return self.coefficients[0][:, None] + x * one - two

    @property
    def error(self) -> Float[Array, " f"]:
        """The size of the last terms relative to the largest: what the series leaves out."""
        size = jnp.abs(self.coefficients)
        return size[-4:].max(axis=0) / jnp.maximum(size.max(axis=0), 1e-300)
