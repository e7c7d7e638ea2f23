"""The equation $F(x) = x$ on the numbers of a state."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PyTree

from .. import numeric as xp
from ..operators import AbstractJacobian, Unravel, distance, flattened, maximum_norm
from ..programs import kernel
from .jacobian import linearize
from .state_checks import check_map, own_domain


class Look(NamedTuple):
    """What is seen of the map at a point: the image, the derivative, the residual, the domain."""

    image: Float[Array, " n"]
    operator: AbstractJacobian
    size: Float[Array, ""]
    inside: Bool[Array, ""]


class Equation(eqx.Module):
    """A map as one of vectors, its domain, and the unit of its residuals."""

    function: Callable[[PyTree], PyTree]
    valid: Callable[[PyTree], Bool[Array, ""]]
    scale: Any
    unravel: Unravel = eqx.field(static=True)

    @classmethod
    def of(
        cls, function: Callable, start: PyTree, valid: Callable = own_domain
    ) -> tuple["Equation", Float[Array, " n"]]:
        """The equation in the unit of the start or else of its image, and the start's numbers."""
        origin, unravel = flattened(start)
        image = cls(function, valid, np.zeros(()), unravel).look(origin).image
        return cls(function, valid, scale_of(origin, image), unravel), origin

    @kernel
    def look(self, x: Float[Array, " n"]) -> Look:
        """The map at a point."""
        state = self.unravel(x)
        check_map(self.function, state)
        image = self._image(x)
        inside = self.valid(state) & jnp.isfinite(x).all()
        return Look(image, linearize(self.function, state), self._apart(x, image), inside)

    def evaluate(self, x: Float[Array, " n"]) -> Float[Array, " n"]:
        """The image $F(x)$, with its derivatives."""
        return self.look(x).image if not xp.of_jax(self, x) else self._image(x)

    def linear(self, x: Float[Array, " n"]) -> AbstractJacobian:
        """The derivative $DF(x)$, with its derivatives."""
        if not xp.of_jax(self, x):
            return self.look(x).operator
        return linearize(self.function, self.unravel(x))

    @kernel
    def gap(self, x: Float[Array, " n"], y: Float[Array, " n"]) -> Float[Array, ""]:
        """The distance of two points in the units of the state: infinite if not finite."""
        return self._apart(x, y)

    @kernel
    def followed(self, x: Float[Array, " n"], generations: Any, rest: Any) -> Float[Array, " n"]:
        """The orbit of a point for so many generations, or until its residual is so small."""

        def follow(orbit):
            point, _, count = orbit
            image = self._image(point)
            return image, self._apart(point, image), count + 1

        going_on = lambda orbit: (orbit[1] > rest) & (orbit[2] < generations)
        begin = x, jnp.full((), jnp.inf, x.dtype), jnp.zeros((), int)
        return jax.lax.while_loop(going_on, follow, begin)[0]

    def _image(self, x):
        return flattened(self.function(self.unravel(x)))[0]

    def _apart(self, x, y):
        left, right = self.unravel(x), self.unravel(y)
        if hasattr(left, "separation"):
            return maximum_norm(left.separation(right))
        unit = jnp.where(jnp.isfinite(self.scale), self.scale, 0.0)
        largest = jnp.maximum(maximum_norm((x, y)), unit)
        # Infinity in units of infinity is infinite too.
        return maximum_norm(distance(x, y) / jnp.where(largest > 0, largest, 1.0))


def scale_of(origin: Float[Array, " n"], image: Float[Array, " n"]) -> Float[Array, ""]:
    """The unit of numbers that say nothing of their own: the size of the start, or of its image."""
    largest = maximum_norm(origin)
    return xp.stop_gradient(xp.where(largest > 0, largest, maximum_norm(image)))
