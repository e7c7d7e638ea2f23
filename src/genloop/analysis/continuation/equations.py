"""Fixed points of a family of maps as zeros of equations in vectors of numbers."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree

from ... import numeric as xp
from ...operators import AbstractJacobian, Unravel, flattened
from ...programs import kernel
from ..jacobian import derivative_of, structured_jacobian


class Iterated(eqx.Module):
    """The map $F^k$ of $k$ generations at once: its fixed points are the points of period $k$."""

    function: Callable[[PyTree], PyTree]
    period: int = eqx.field(static=True)

    def __call__(self, state: PyTree) -> PyTree:
        for _ in range(self.period):
            state = self.function(state)
        return state


class Family(eqx.Module):
    r"""A family of maps $F(x; p_1, \dots)$ on a pytree, read as a function of numbers.

    The numbers are those of the state in units of `scale`.
    """

    maps: Callable[..., Callable[[PyTree], PyTree]]
    unravel: Unravel = eqx.field(static=True)
    scale: Float[Array, ""]
    period: int = eqx.field(static=True, default=1)

    @classmethod
    def of(
        cls, maps: Callable, state: PyTree, period: int = 1, scale: float | Array | None = None
    ) -> tuple["Family", Array]:
        r"""The family with its state as a vector; the scale is $\sum_i |x_i|$ if not given.

        That is one for probabilities, and one is also taken where the state is zero.
        """
        vector, unravel = flattened(state)
        if scale is None:
            size = xp.stop_gradient(xp.abs(vector).sum())
            scale = xp.where((size > 0) & xp.isfinite(size), size, 1.0)
        return cls(maps, unravel, xp.asarray(scale, dtype=float), period), vector / scale

    def state(self, vector: Float[Array, " n"]) -> PyTree:
        """The state of a vector."""
        return self.unravel(self.scale * vector)

    def states(self, vectors: Float[Array, "rows n"]) -> PyTree:
        """The states of vectors, with a leading axis."""
        return xp.one_by_one(self.state, vectors)

    def map_at(self, parameters: Float[Array, " k"]) -> Callable[[PyTree], PyTree]:
        """The map at the parameters, or its iterate."""
        function = self.maps(*parameters)
        return function if self.period == 1 else Iterated(function, self.period)

    def image(self, vector: Float[Array, " n"], parameters: Float[Array, " k"]):
        """$F(x; p)$."""
        return flattened(self.map_at(parameters)(self.state(vector)))[0] / self.scale

    @kernel
    def jacobian(self, vector, parameters) -> AbstractJacobian:
        r"""$\partial F / \partial x$ with its structure."""
        operator = structured_jacobian(self.map_at(parameters), self.state(vector))
        return derivative_of(At(self, parameters), vector) if operator is None else operator

    def inside(self, vector: Float[Array, " n"]) -> Bool[Array, ""]:
        """Whether the state is finite and valid by its own account."""
        own = getattr(self.state(vector), "valid", None)
        return jnp.isfinite(vector).all() & (True if own is None else own())


class At(eqx.Module):
    """The map of a family at its parameters, as a function of numbers."""

    family: Family
    parameters: Float[Array, " k"]

    def __call__(self, vector: Float[Array, " n"]) -> Float[Array, " n"]:
        return self.family.image(vector, self.parameters)


class Linearization(NamedTuple):
    r"""Equations $G(x, y) = 0$, $E(x, y) = 0$ at a point, with their derivatives.

    `operator` is $J$ with $\partial G/\partial x = J - I$; `columns` $\partial G / \partial y$,
    `rows` $\partial E/\partial x$, `corner` $\partial E/\partial y$.
    """

    operator: AbstractJacobian
    residual: Float[Array, " n"]
    extra: Float[Array, " m"]
    columns: Float[Array, "n k"]
    rows: Float[Array, "m n"]
    corner: Float[Array, "m k"]


class Equations(eqx.Module):
    r"""$F(x; p) - x + B \beta = 0$ and further equations $E(x, y) = 0$ for $y$.

    The unknowns $y$ begin with the parameters that move, scaled so that `lower` is 0 and `upper` is
    1; $\beta$ unfolds bifurcations at which branches cross. `extra` is $E$ as a function of the
    state and of $y$ in plain units, or `None`.
    """

    family: Family
    lower: Float[Array, " k"]
    upper: Float[Array, " k"]
    parameters: int = eqx.field(static=True)
    unfolding: Float[Array, "n b"] | None = None
    extra: Callable[[Array, Array], Array] | None = None

    def plain(self, unknowns: Float[Array, " k"]) -> Float[Array, " k"]:
        """The unknowns in their own units; 0 and 1 give the ends to the last digit."""
        return (1 - unknowns) * self.lower + unknowns * self.upper

    def plains(self, rows: Float[Array, "rows k"]) -> Float[Array, "rows k"]:
        """`plain` of many rows."""
        return (1 - rows) * self.lower[None] + rows * self.upper[None]

    def scaled(self, unknowns: Float[Array, " k"]) -> Float[Array, " k"]:
        """The inverse of `plain`."""
        return (unknowns - self.lower) / (self.upper - self.lower)

    def residual(self, vector, unknowns):
        """$G(x, y)$."""
        plain = self.plain(unknowns)
        value = self.family.image(vector, plain[: self.parameters]) - vector
        if self.unfolding is None:
            return value
        slopes = plain[self.parameters : self.parameters + self.unfolding.shape[1]]
        return value + self.unfolding @ slopes

    def conditions(self, vector, unknowns):
        """$E(x, y)$."""
        if self.extra is None:
            return jnp.zeros(0)
        return self.extra(vector, self.plain(unknowns))

    @kernel
    def look(self, point: Float[Array, " n+k"]) -> tuple[Linearization, Bool[Array, ""]]:
        """Values and derivatives at a point, and whether its state is one of the domain."""
        size = point.size - self.lower.size
        return self._linearization(point[:size], point[size:]), self.family.inside(point[:size])

    def _linearization(self, vector: Array, unknowns: Array) -> Linearization:
        moved = lambda y: self.residual(vector, y)
        residual, pushforward = jax.linearize(moved, unknowns)
        columns = jax.vmap(pushforward, out_axes=1)(jnp.eye(unknowns.size))
        operator = self.family.jacobian(vector, self.plain(unknowns)[: self.parameters])
        if self.extra is None:
            nothing = jnp.zeros(0), jnp.zeros((0, vector.size)), jnp.zeros((0, unknowns.size))
            return Linearization(operator, residual, nothing[0], columns, *nothing[1:])
        extra, pullback = jax.vjp(self.conditions, vector, unknowns)
        rows, corner = jax.vmap(pullback)(jnp.eye(extra.size))
        return Linearization(operator, residual, extra, columns, rows, corner)
