"""Errors of a fixed point and of its spectral radius."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float, PyTree

from ..operators import AbstractJacobian, distance, maximum_norm
from ..printing import host, readable
from .jacobian import linearize
from .state_checks import own_domain

KNOWN = 1e-2
"""A fixed point is known where Newton's step from it is not longer than this share of the state."""
_NEUTRAL = 1e-13
"""Multipliers this close to one belong to a continuum of fixed points, not to an escape."""
_NEAR = 0.1


@readable
class Stability(NamedTuple):
    """The spectral radius at a state and its uncertainty; claims are made beyond that."""

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


@eqx.filter_jit
def stability(function, state) -> Stability:
    """The stability of a state that is taken for a fixed point, by the derivative there."""
    x, unravel = ravel_pytree(state)
    evaluate = lambda z: ravel_pytree(function(unravel(z)))[0]
    linear = lambda z: linearize(function, unravel(z))
    inside = lambda z: own_domain(unravel(z)) & jnp.isfinite(z).all()
    radius = linear(x).spectral_radius()
    return Stability(radius, radius_uncertainty(evaluate, linear, inside, x, radius))


def scale_of(origin, image):
    """The unit of numbers that say nothing of their own: the size of the start, or of its image."""
    largest = maximum_norm(origin)
    return stop_gradient(jnp.where(largest > 0, largest, maximum_norm(image)))


def is_known(
    operator: AbstractJacobian, gap: Callable[[Array, Array], Array], x: Array, residual: Array
) -> Bool[Array, ""]:
    """Whether a fixed point lies near a state of small residual.

    Where a map has none but comes nearer and nearer to one, as $x + e^{-x}$, the residual is small
    and Newton's step is long. Along a continuum of fixed points it may be anything.
    """
    return maximum_norm(gap(x, x + operator.newton_step(residual, 1 - _NEUTRAL))) <= KNOWN


def gap_of(start: PyTree, scale: float | Array) -> Callable[[PyTree, PyTree], Array]:
    """The distance of two states, a function: in their own units, or as a share of the numbers."""
    if hasattr(start, "separation"):
        return lambda x, y: x.separation(y)

    def relative(x, y):
        largest = jnp.maximum(maximum_norm((x, y)), jnp.where(jnp.isfinite(scale), scale, 0.0))
        return distance(x, y) / jnp.where(largest > 0, largest, 1.0)

    return relative


def radius_uncertainty(
    evaluate: Callable[[Array], Array],
    linear: Callable[[Array], AbstractJacobian],
    inside: Callable[[Array], Array],
    x: Float[Array, " n"],
    radius: Float[Array, ""],
    scale: float | Array = 0.0,
) -> Float[Array, ""]:
    r"""The error of the spectral radius at a state that is known to a residual only.

    It is taken again at $x + (I - J)^{-1} g$, where $g$ has the size of the residual and of the
    rounding of the state and no symmetry. At a multiple root Newton's step is at least $1/m$ of the
    way and moves the radius by more than a third of its distance from one, hence the factor.
    """
    step = _reach(evaluate, linear, x, scale)
    # On the other side where this one has no states.
    moved = jnp.where(inside(x + step), x + step, x - step)
    change = jnp.abs(linear(moved).spectral_radius() - radius)
    change = jnp.where(jnp.isfinite(change), change, jnp.inf)
    known = 4 * change + linear(x).radius_rounding(radius)
    return jnp.where(jnp.isfinite(radius), known, jnp.inf)


def probe(x, image):
    """Numbers of the size of the residual and of the rounding of states, with signs by chance.

    Coordinates lead; where there are several states they trail.
    """
    size = jnp.abs(image - x) + 4 * jnp.finfo(x.dtype).eps * (jnp.abs(image) + jnp.abs(x))
    signs = np.random.default_rng(0).choice([-1.0, 1.0], len(x))
    return size * jnp.asarray(signs, x.dtype).reshape(-1, *[1] * (x.ndim - 1))


def _reach(
    evaluate: Callable[[Array], Array],
    linear: Callable[[Array], AbstractJacobian],
    x: Float[Array, " n"],
    scale: float | Array,
) -> Float[Array, " n"]:
    """The step from a state to a fixed point near it, by its residual and rounding."""
    step = stop_gradient(linear(x).newton_step(probe(x, evaluate(x))))
    largest = KNOWN * jnp.maximum(jnp.abs(x).max(), scale)
    return jnp.where(jnp.isfinite(step), jnp.clip(step, -largest, largest), largest)


@eqx.filter_jit
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
    (x, unravel), (y, _) = ravel_pytree(left), ravel_pytree(right)
    gap = gap_of(left, scale)
    own, near = (maximum_norm(measure(left, right)) for measure in (gap_of(left, 0.0), gap))

    def residual(share):
        between = unravel((1 - share) * x + share * y)
        return maximum_norm(gap(between, function(between)))

    evaluate = lambda z: ravel_pytree(function(unravel(z)))[0]
    linear = lambda z: linearize(function, unravel(z))
    reach = lambda z: maximum_norm(_reach(evaluate, linear, z, scale))
    within = maximum_norm(x - y) <= 4 * (reach(x) + reach(y))
    # Two distinct roots have a residual between them, a multiple root has none.
    between = jax.lax.map(residual, jnp.linspace(0.0, 1.0, 9)[1:-1])
    level = (between <= tolerance).all()
    return (own < separation) | ((near < _NEAR) & (within | level))
