"""Pseudo-arclength continuation of one-dimensional solution sets, as one scan."""

import enum
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree

from ..norms import maximum_norm
from .equations import Equations, stopped
from .newton import damped_newton

_ITERATIONS, _FIRST_ITERATIONS = 8, 60
_SMALLEST_STRIDE, _FINEST = 1e-8, 1e-4
_SHARPEST_TURN = 0.9
"""A step whose tangent turns further than the angle of this cosine is repeated with less."""


class Status(enum.IntEnum):
    """How a traced curve ended."""

    RUNNING = 0
    BOUND = 1
    CLOSED = 2
    STALLED = 3
    NOWHERE = 4

    @property
    def sentence(self) -> str:
        """What the status means."""
        return {
            Status.RUNNING: "the steps were used up; ask for more steps",
            Status.BOUND: "a bound of the parameters was reached, exactly",
            Status.CLOSED: "the curve came back to its start",
            Status.STALLED: "no step was short enough; the curve ends or leaves the domain",
            Status.NOWHERE: "no regular solution was found near the start",
        }[self]


class Control(NamedTuple):
    """How a curve is traced: the bounds of the scaled unknowns, step lengths and tolerance."""

    lower: Float[Array, " k"]
    upper: Float[Array, " k"]
    stride: float | Float[Array, ""]
    longest: float | Float[Array, ""]
    tolerance: float | Float[Array, ""]


class Corrected(NamedTuple):
    """A point on the curve, its unit tangent, and how Newton's method got there."""

    point: Float[Array, " n+k"]
    tangent: Float[Array, " n+k"]
    residual: Float[Array, ""]
    iterations: Int[Array, ""]
    operator: Any


class Curve(eqx.Module):
    """The points of a curve in the order in which they were found, with a leading axis.

    Rows that are not `accepted` repeat the row before.
    """

    point: Float[Array, "rows n+k"]
    tangent: Float[Array, "rows n+k"]
    accepted: Bool[Array, " rows"]
    observed: PyTree
    status: Int[Array, ""]


def correct(
    equations: Equations, guess: Array, normal: Array, *, tolerance: Any, iterations: Any
) -> Corrected:
    r"""Damped Newton's method in the hyperplane through `guess` with the given `normal`.

    The same bordered system gives the tangent, oriented along the normal.
    """
    state = guess.size - equations.lower.size

    def assess(z):
        at = stopped(equations.linearization(z[:state], z[state:]))
        border = (
            at.columns,
            jnp.concatenate([at.rows, normal[None, :state]]),
            jnp.concatenate([at.corner, normal[None, state:]]),
        )
        zero, offset = jnp.zeros_like(at.extra), normal @ (z - guess)
        top = jnp.stack([at.residual, jnp.zeros_like(at.residual)], axis=1)
        bottom = jnp.stack([jnp.append(at.extra, offset), jnp.append(zero, 1.0)], axis=1)
        solution = jnp.concatenate(at.operator.bordered_solve(border, (top, bottom)))
        residual = maximum_norm((at.residual, at.extra, offset))
        direction = solution[:, 1] / jnp.linalg.norm(solution[:, 1])
        return solution[:, 0], residual, (direction, at.operator)

    inside = lambda z: equations.family.inside(z[:state])
    options = {"tolerance": tolerance, "iterations": iterations}
    z, residual, rest, count = damped_newton(assess, guess, inside, **options)
    return Corrected(z, rest[0], residual, count, rest[1])


def trace(
    equations: Equations,
    point: Float[Array, " n+k"],
    tangent: Float[Array, " n+k"],
    control: Control,
    *,
    steps: int,
    offset: float | Float[Array, ""] = 0.0,
    observe: Callable[[Corrected], PyTree] = lambda corrected: None,
    clear: Callable[[PyTree, PyTree], Array] = lambda left, right: jnp.array(True),
) -> Curve:
    r"""Follow the curve of $G = E = 0$ from `point` along `tangent`.

    The first point lies in the plane `offset` along the tangent from the given one, which need not
    be a solution; from there the step length follows the turning of the tangent and the effort of
    Newton's method, the domain of the states is kept, and bounds are hit exactly. A step that is
    not `clear` in what was observed at its ends is shortened, down to a ten-thousandth. Nothing is
    differentiated here: see `bifurcation_point` for derivatives.
    """
    begin = _Walk(
        point=point,
        tangent=tangent,
        stride=jnp.asarray(control.stride, float),
        status=jnp.array(int(Status.RUNNING)),
        count=jnp.array(0),
        start=(point, tangent),
        observed=_zeros(jax.eval_shape(lambda: observe(_nothing(equations, point)))),
    )

    def step(walk, _):
        running = walk.status == Status.RUNNING
        go = lambda walk: _step(equations, control, offset, observe, clear, walk)
        stay = _rest
        walk, accept = jax.lax.cond(running, go, stay, walk)
        return walk, (walk.point, walk.tangent, accept, walk.observed)

    walk, rows = jax.lax.scan(step, begin, length=steps)
    return Curve(*rows, walk.status)


class _Walk(NamedTuple):
    """Where a trace stands: `count` accepted points so far, `start` the first with its tangent."""

    point: Array
    tangent: Array
    stride: Array
    status: Array
    count: Array
    start: tuple[Array, Array]
    observed: PyTree


def _rest(walk):
    """Nothing more is done."""
    return walk, jnp.array(False)


def _step(equations, control, offset, observe, clear, walk):
    """Try one step; a step that is not accepted leaves the point and shortens the stride."""
    state = walk.point.size - equations.lower.size
    first = walk.count == 0
    reach, normal, landing, snapped = _aim(walk, control, state)
    reach = jnp.where(first, offset, reach)
    normal, landing = jnp.where(first, walk.tangent, normal), landing & ~first
    guess = walk.point + reach * walk.tangent
    limit = jnp.where(first, _FIRST_ITERATIONS, _ITERATIONS)
    found = correct(equations, guess, normal, tolerance=control.tolerance, iterations=limit)

    cosine = found.tangent @ walk.tangent
    # Landing on a bound solves with another normal; the curve keeps its orientation.
    tangent = jnp.where(cosine < 0, -1.0, 1.0) * found.tangent
    cosine = jnp.abs(cosine)
    moved = jnp.linalg.norm(found.point - guess)
    steady = (cosine > _SHARPEST_TURN) & (moved <= 0.5 * jnp.abs(reach))
    valid = _valid(equations, control, found, tangent)
    seen = observe(found)
    steady = steady & (clear(walk.observed, seen) | (reach < _FINEST))
    accept = valid & (first | steady)
    stride = _next_stride(walk.stride, accept, cosine, found.iterations, control.longest)
    keep = lambda new, old: jnp.where(accept, new, old)
    arrived = jnp.where(landing, snapped(found.point), found.point)
    point, tangent = keep(arrived, walk.point), keep(tangent, walk.tangent)
    observed = jax.tree.map(keep, seen, walk.observed)

    back = (walk.count > 10) & (walk.tangent @ walk.start[1] > _SHARPEST_TURN)
    home = walk.start[0] - walk.point
    # Beside the start, between this point and the last, and not merely near it.
    ahead = (home @ walk.tangent > 0) & ((point - walk.start[0]) @ walk.tangent >= 0)
    aside = jnp.linalg.norm(home - (home @ walk.tangent) * walk.tangent)
    back = back & ahead & (aside < 0.1 * reach)
    status = jnp.where(accept & back, Status.CLOSED, Status.RUNNING)
    status = jnp.where(accept & landing, Status.BOUND, status)
    status = jnp.where(~accept & (stride < _SMALLEST_STRIDE), Status.STALLED, status)
    status = jnp.where(first & ~accept, Status.NOWHERE, status)
    start = jax.tree.map(lambda new, old: jnp.where(first, new, old), (point, tangent), walk.start)
    following = _Walk(
        point,
        tangent,
        jnp.where(first, walk.stride, stride),
        status,
        walk.count + accept,
        start,
        observed,
    )
    return following, accept


def _valid(equations, control, found, tangent):
    """Whether a corrected point solves the equations inside the domain and the bounds."""
    state = found.point.size - equations.lower.size
    y, slack = found.point[state:], 1e-12
    small = found.residual <= control.tolerance * (1 + maximum_norm(found.point))
    within = ((y >= control.lower - slack) & (y <= control.upper + slack)).all()
    inside = equations.family.inside(found.point[:state])
    return small & within & inside & jnp.isfinite(tangent).all()


def _next_stride(stride, accept, cosine, iterations, longest):
    easy = (iterations <= 4) & (cosine > 0.985)
    hard = (iterations > 6) | (cosine < 0.95)
    factor = jnp.where(accept, jnp.where(easy, 1.5, jnp.where(hard, 0.7, 1.0)), 0.4)
    return jnp.minimum(factor * stride, longest)


def _nothing(equations, point):
    """A corrected point, for its shapes only."""
    normal = jnp.zeros_like(point)
    return correct(equations, point, normal, tolerance=1.0, iterations=1)


def _zeros(shapes):
    return jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)


def _aim(walk, control, state):
    """How far to go, the normal of the plane to land in, whether it is a bound, and onto it."""
    slope, unknowns = walk.tangent[state:], walk.point[state:]
    room = jnp.where(slope > 0, control.upper - unknowns, control.lower - unknowns)
    reach = jnp.where(slope == 0, jnp.inf, room / jnp.where(slope == 0, 1.0, slope))
    nearest = jnp.argmin(reach)
    landing = reach[nearest] <= walk.stride
    unit = jnp.zeros_like(walk.tangent).at[state + nearest].set(jnp.sign(slope[nearest]))
    reach = jnp.where(landing, jnp.maximum(reach[nearest], 0.0), walk.stride)
    bound = jnp.where(slope > 0, control.upper, control.lower)[nearest]
    snapped = lambda point: point.at[state + nearest].set(bound)
    return reach, jnp.where(landing, unit, walk.tangent), landing, snapped
