"""Newton's method that is switched on along a branch, and kept from running away."""

import dataclasses
import enum
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from ..operators import maximum_norm

_FIRST_STRIDE = 0.125
_SMALLEST_STRIDE = 1e-4
_MAXIMUM_STEPS = 200
_ITERATES = 16
_LONGEST_ORBIT = 4000


class _Attempt(enum.IntEnum):
    """The way to the neighbourhood of a fixed point, in the order in which they are tried."""

    BRANCH = 0
    """From the origin, as the map is switched on; beside it the orbit where that breaks off."""
    ORBIT = 1
    """Along the orbit of where the branch came to, if that repels or was not solved."""


class _Tried(NamedTuple):
    """The point that the attempts so far have come to, and the next attempt."""

    point: Float[Array, " n"]
    converged: Bool[Array, ""]
    again: Bool[Array, ""]
    attempt: Int[Array, ""]


class _Switching(NamedTuple):
    """A point of the branch on which `share` of the map is switched on."""

    point: Float[Array, " n"]
    share: Float[Array, ""]
    stride: Float[Array, ""]


class _Orbit(NamedTuple):
    """A point of an orbit, after `count` generations; `change` is the size of the last."""

    point: Float[Array, " n"]
    change: Float[Array, ""]
    count: Int[Array, ""]


class _Refining(NamedTuple):
    """A point of damped Newton's method after `count` steps."""

    point: Float[Array, " n"]
    residual: Float[Array, ""]
    damping: Float[Array, ""]
    count: Int[Array, ""]


@dataclasses.dataclass(frozen=True)
class Search:
    """A search for a zero of $F(x) - x$ from `origin`: called, the point and whether it is one.

    `evaluate` is $F$, `newton(x, share)` Newton's step for the map of which a share is switched on,
    `inside` the domain, `size` the residual at a point, which counts up to `tolerance`.
    """

    evaluate: Callable
    newton: Callable
    inside: Callable
    size: Callable
    origin: Array
    tolerance: float

    def __call__(
        self, continued: Bool[Array, ""], repels: Callable[[Array], Bool[Array, ""]]
    ) -> tuple[Float[Array, " n"], Bool[Array, ""]]:
        """The point, and whether it converged; without `continued` Newton's method alone."""

        def attempt(tried):
            first = tried.attempt == _Attempt.BRANCH
            x, ended = self.switched_on(continued & first)
            x = self.followed(x, (tried.attempt == _Attempt.ORBIT) | ended)
            x, residual = self.refined(x)
            converged = (residual <= self.tolerance) & self.inside(x)
            # A second attempt that fails leaves the repelling point of the first.
            x = jnp.where(first | converged, x, tried.point)
            converged = converged | tried.converged
            return _Tried(x, converged, ~converged | repels(x), tried.attempt + 1)

        attempts = jnp.where(continued, len(_Attempt), 1)
        unfinished = lambda tried: tried.again & (tried.attempt < attempts)
        no, yes = jnp.array(False), jnp.array(True)
        begin = _Tried(self.origin, no, yes, jnp.array(int(_Attempt.BRANCH)))
        tried = jax.lax.while_loop(unfinished, attempt, begin)
        return tried.point, tried.converged

    def switched_on(self, wanted: Bool[Array, ""]) -> tuple[Float[Array, " n"], Bool[Array, ""]]:
        """The end of the branch from the origin, and whether that came before the whole map."""

        def switch_on(carry):
            x, share, stride = carry
            aim = jnp.minimum(1.0, share + stride)
            once = self.newton(x, aim)
            twice = self.newton(once, aim)
            change, rest = maximum_norm(once - x), maximum_norm(twice - once)
            # A step counts only if Newton's corrections shrink tenfold: no jumps between branches.
            accept = self.inside(once) & self.inside(twice) & (rest <= 0.1 * change + 1e-14)
            return _Switching(
                jnp.where(accept, twice, x),
                jnp.where(accept, aim, share),
                jnp.where(accept, 1.5 * stride, 0.5 * stride),
            )

        going_on = lambda carry: (carry.share < 1) & (carry.stride > _SMALLEST_STRIDE)
        begin = _Switching(self.origin, jnp.where(wanted, 0.0, 1.0), jnp.array(_FIRST_STRIDE))
        end = jax.lax.while_loop(going_on, switch_on, begin)
        return end.point, end.share < 1

    def followed(self, x: Float[Array, " n"], wanted: Bool[Array, ""]) -> Float[Array, " n"]:
        """The orbit of `x` until it rests, or `x` itself where that is not wanted."""
        going_on = lambda orbit: (orbit.change > 1e-10) & (orbit.count < _LONGEST_ORBIT)
        follow = lambda orbit: _Orbit(
            self.evaluate(orbit.point), self.size(orbit.point), orbit.count + 1
        )
        begin = _Orbit(x, jnp.where(wanted, jnp.inf, 0.0), jnp.array(0))
        end = jax.lax.while_loop(going_on, follow, begin).point
        return jnp.where(self.inside(end), end, self.origin)

    def refined(self, x: Float[Array, " n"]) -> tuple[Float[Array, " n"], Float[Array, ""]]:
        """The end of damped Newton's method and its residual.

        Where no damping helps, a stretch of the orbit is followed.
        """

        def improve(carry):
            x, residual, damping, count = carry
            moved = x + damping * (self.newton(x) - x)
            moved_residual = jnp.where(self.inside(moved), self.size(moved), jnp.inf)
            accept = moved_residual < residual
            stuck = ~accept & (damping < 1e-2)
            iterates = jnp.where(stuck, _ITERATES, 0)
            iterated = jax.lax.fori_loop(0, iterates, lambda _, y: self.evaluate(y), x)
            x = jnp.where(accept, moved, iterated)
            residual = jnp.where(accept, moved_residual, self.size(x))
            damping = jnp.where(accept, jnp.minimum(1.0, 4 * damping), damping / 4)
            return _Refining(x, residual, jnp.where(stuck, 1.0, damping), count + 1)

        unfinished = lambda carry: (
            (carry.residual > self.tolerance) & (carry.count < _MAXIMUM_STEPS)
        )
        begin = _Refining(x, self.size(x), jnp.ones(()), jnp.array(0))
        end = jax.lax.while_loop(unfinished, improve, begin)
        return end.point, end.residual
