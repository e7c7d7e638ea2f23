"""Errors of a fixed point and of its spectral radius."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PyTree

from .. import numeric as xp
from ..operators import AbstractJacobian, maximum_norm
from ..printing import host, readable
from ..programs import at_once
from .equation import Equation
from .state_checks import checked_map

KNOWN = 1e-2
"""A fixed point is known where Newton's step from it is not longer than this share of the state."""
_NEUTRAL = 1e-13
"""Multipliers this close to one belong to a continuum of fixed points, not to an escape."""
_NEAR = 0.1


@readable
class Stability(NamedTuple):
    """The spectral radius at a state and its uncertainty; claims are made beyond that.

    ```python
    gl.analysis.stability(lambda x: 0.5 * x, jnp.array(0.0)).verdict  # True
    ```
    """

    radius: Float[Array, "..."]
    uncertainty: Float[Array, "..."]

    def _heading(self) -> str:
        host(self.radius)
        return "Stability: " + {True: "stable", False: "unstable", None: "undecided"}[self.verdict]

    @property
    def stable(self) -> Bool[Array, "..."]:
        """Whether all multipliers are less than one in modulus, beyond the uncertainty."""
        return self.radius + self.uncertainty < 1

    @property
    def unstable(self) -> Bool[Array, "..."]:
        """Whether some multiplier is greater than one in modulus, beyond the uncertainty."""
        return (self.radius == jnp.inf) | (self.radius - self.uncertainty > 1)

    @property
    def verdict(self) -> bool | None:
        """Whether the state is stable; `None` where the derivative does not decide."""
        return True if bool(self.stable) else False if bool(self.unstable) else None

    @property
    def reason(self) -> str | None:
        """The reason for no verdict, `None` where there is one."""
        if self.verdict is not None:
            return None
        radius, error = float(self.radius), float(self.uncertainty)
        if np.isnan(radius):
            return "the derivative of the map is not a number here"
        return f"the spectral radius is {radius:.12g}, known to about {error:.0e}: one or nearly"


def stability(function, state) -> Stability:
    """The stability of a state that is taken for a fixed point, by the derivative there.

    ```python
    gl.analysis.stability(lambda x: 0.5 * x, jnp.array(0.0)).radius  # 0.5
    ```
    """
    return _stability(checked_map(function, state), state)


@at_once
def _stability(function, state):
    equation, x = Equation.of(function, state)
    radius = equation.look(x).operator.spectral_radius()
    return Stability(radius, radius_uncertainty(equation, x, radius))


def is_known(
    operator: AbstractJacobian, equation: Equation, x: Array, residual: Array
) -> Bool[Array, ""]:
    """Whether a fixed point lies near a state of small residual.

    Where a map has none but comes nearer and nearer to one, as $x + e^{-x}$, the residual is small
    and Newton's step is long. Along a continuum of fixed points it may be anything.
    """
    return equation.gap(x, x + operator.newton_step(residual, 1 - _NEUTRAL)) <= KNOWN


def radius_uncertainty(
    equation: Equation, x: Float[Array, " n"], radius: Float[Array, ""]
) -> Float[Array, ""]:
    r"""The error of the spectral radius at a state that is known to a residual only.

    It is taken again at $x + (I - J)^{-1} g$, where $g$ has the size of the residual and of the
    rounding of the state and no symmetry. At a multiple root Newton's step is at least $1/m$ of the
    way and moves the radius by more than a third of its distance from one, hence the factor.
    """
    here = equation.look(x)
    step = _reach(equation, x)
    # On the other side where this one has no states.
    moved = xp.where(equation.look(x + step).inside, x + step, x - step)
    change = xp.abs(equation.look(moved).operator.spectral_radius() - radius)
    change = xp.where(xp.isfinite(change), change, np.inf)
    error = 4 * change + here.operator.radius_rounding(radius)
    return xp.where(xp.isfinite(radius), error, np.inf)


def probe(x, image):
    """Numbers of the size of the residual and of the rounding of states, with signs by chance.

    Coordinates lead; where there are several states they trail.
    """
    size = xp.abs(image - x) + 4 * np.finfo(x.dtype).eps * (xp.abs(image) + xp.abs(x))
    signs = np.random.default_rng(0).choice([-1.0, 1.0], len(x))
    return size * xp.asarray(signs, x.dtype).reshape(-1, *[1] * (x.ndim - 1))


def _reach(equation: Equation, x: Float[Array, " n"]) -> Float[Array, " n"]:
    """The step from a state to a fixed point near it, by its residual and rounding."""
    here = equation.look(x)
    step = xp.stop_gradient(here.operator.newton_step(probe(x, here.image)))
    largest = KNOWN * xp.maximum(xp.abs(x).max(), equation.scale)
    return xp.where(xp.isfinite(step), xp.clip(step, -largest, largest), largest)


@at_once
def same_point(
    function: Callable[[PyTree], PyTree],
    left: PyTree,
    right: PyTree,
    limits: tuple[float, float, float],
) -> Bool[Array, ""]:
    """Whether two fixed points are one, as far as the tolerance can tell.

    `limits` are the tolerance, the separation and the unit of the starts: a multiple root at zero
    has neighbours of any size.
    """
    tolerance, separation, scale = limits
    bare, x = Equation.of(function, left)
    y = Equation.of(function, right)[1]
    equation = dataclasses.replace(bare, scale=np.asarray(scale))
    reach = lambda z: maximum_norm(_reach(equation, z))
    within = maximum_norm(x - y) <= 4 * (reach(x) + reach(y))
    # Two distinct roots have a residual between them, a multiple root has none.
    between = [equation.look((1 - s) * x + s * y).size for s in np.linspace(0.0, 1.0, 9)[1:-1]]
    level = xp.stack(between).max() <= tolerance
    own = dataclasses.replace(bare, scale=np.zeros(())).gap(x, y)
    return (own < separation) | ((equation.gap(x, y) < _NEAR) & (within | level))
