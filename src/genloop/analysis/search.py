"""Newton's method that is switched on along a branch, and kept from running away."""

import dataclasses
import enum
from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Bool, Float, Int

from .. import numeric as xp
from ..operators import maximum_norm
from .equation import Equation

_FIRST_STRIDE = 0.125
_SMALLEST_STRIDE = 1e-4
MOST_STEPS, FEW_STEPS = 200, 16
_ITERATES = 16
_LONGEST_ORBIT, _REST = 4000, 1e-10


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


class _Refining(NamedTuple):
    """A point of damped Newton's method after `count` steps."""

    point: Float[Array, " n"]
    residual: Float[Array, ""]
    damping: Float[Array, ""]
    count: Int[Array, ""]


@dataclasses.dataclass(frozen=True)
class Search:
    """A search for a fixed point from `origin`: called, the point and whether it is one.

    A residual counts up to `tolerance`. Newton's method has so many `steps`.
    """

    equation: Equation
    origin: Array
    tolerance: float
    steps: int = MOST_STEPS

    def __call__(self, continued: bool) -> tuple[Float[Array, " n"], Bool[Array, ""]]:
        """The point, and whether it converged; without `continued` Newton's method alone."""

        def attempt(tried):
            first = tried.attempt == _Attempt.BRANCH
            x, ended = self.switched_on(first & continued)
            x = self.followed(x, (tried.attempt == _Attempt.ORBIT) | ended)
            x, converged = self.refined(x)
            # A second attempt that fails leaves the repelling point of the first.
            x = xp.where(first | converged, x, tried.point)
            again = ~converged | self.repels(x)
            return _Tried(x, converged | tried.converged, again, tried.attempt + 1)

        attempts = xp.where(continued, len(_Attempt), 1)
        unfinished = lambda tried: tried.again & (tried.attempt < attempts)
        no, yes = xp.array(False), xp.array(True)
        begin = _Tried(self.origin, no, yes, xp.array(int(_Attempt.BRANCH)))
        tried = xp.while_loop(unfinished, attempt, begin)
        return tried.point, tried.converged

    def newton(self, x: Float[Array, " n"], share=1.0) -> Float[Array, " n"]:
        """The end of Newton's step, for the map of which a share is switched on."""
        here = self.equation.look(x)
        residual = (1 - share) * self.origin + share * here.image - x
        return x + here.operator.newton_step(residual, share)

    def repels(self, x: Float[Array, " n"]) -> Bool[Array, ""]:
        """Whether some multiplier is at least one in modulus."""
        return self.equation.look(x).operator.spectral_radius() >= 1

    def switched_on(self, wanted: Bool[Array, ""]) -> tuple[Float[Array, " n"], Bool[Array, ""]]:
        """The end of the branch from the origin, and whether that came before the whole map."""

        def switch_on(carry):
            x, share, stride = carry
            aim = xp.minimum(1.0, share + stride)
            once = self.newton(x, aim)
            twice = self.newton(once, aim)
            change, rest = maximum_norm(once - x), maximum_norm(twice - once)
            # A step counts only if Newton's corrections shrink tenfold: no jumps between branches.
            inside = self.equation.look(once).inside & self.equation.look(twice).inside
            accept = inside & (rest <= 0.1 * change + 1e-14)
            return _Switching(
                xp.where(accept, twice, x),
                xp.where(accept, aim, share),
                xp.where(accept, 1.5 * stride, 0.5 * stride),
            )

        going_on = lambda carry: (carry.share < 1) & (carry.stride > _SMALLEST_STRIDE)
        begin = _Switching(self.origin, xp.where(wanted, 0.0, 1.0), xp.array(_FIRST_STRIDE))
        end = xp.while_loop(going_on, switch_on, begin)
        return end.point, end.share < 1

    def followed(self, x: Float[Array, " n"], wanted: Bool[Array, ""]) -> Float[Array, " n"]:
        """The orbit of `x` until it rests, or `x` itself where that is not wanted."""
        if not xp.of_jax(x) and not wanted:
            return x
        end = self.equation.followed(x, xp.where(wanted, _LONGEST_ORBIT, 0), _REST)
        return xp.where(self.equation.look(end).inside, end, self.origin)

    def refined(self, x: Float[Array, " n"]) -> tuple[Float[Array, " n"], Bool[Array, ""]]:
        """The end of damped Newton's method, and whether it is a fixed point.

        Where no damping helps, a stretch of the orbit is followed.
        """

        def improve(carry):
            x, residual, damping, count = carry
            moved = x + damping * (self.newton(x) - x)
            there = self.equation.look(moved)
            moved_residual = xp.where(there.inside, there.size, np.inf)
            accept = moved_residual < residual
            stuck = ~accept & (damping < 1e-2)
            iterated = self.iterated(x, stuck)
            x = xp.where(accept, moved, iterated)
            residual = xp.where(accept, moved_residual, self.equation.look(x).size)
            damping = xp.where(accept, xp.minimum(1.0, 4 * damping), damping / 4)
            return _Refining(x, residual, xp.where(stuck, 1.0, damping), count + 1)

        unfinished = lambda carry: (carry.residual > self.tolerance) & (carry.count < self.steps)
        begin = _Refining(x, self.equation.look(x).size, xp.ones(()), xp.array(0))
        end = xp.while_loop(unfinished, improve, begin)
        return end.point, (end.residual <= self.tolerance) & self.equation.look(end.point).inside

    def iterated(self, x: Float[Array, " n"], wanted: Bool[Array, ""]) -> Float[Array, " n"]:
        """A stretch of the orbit of `x`, or `x` itself where that is not wanted."""
        if not xp.of_jax(x) and not wanted:
            return x
        return self.equation.followed(x, xp.where(wanted, _ITERATES, 0), -1.0)
