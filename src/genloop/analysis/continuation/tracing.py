"""Pseudo-arclength continuation of one-dimensional solution sets, as one scan."""

import enum
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from ... import numeric as xp
from ...operators import maximum_norm
from .equations import Equations
from .newton import damped_newton

_ITERATIONS, _FIRST_ITERATIONS = 8, 60
_SMALLEST_STRIDE, _FINEST = 1e-8, 1e-4
_LONGER, _SHORTER, _SHORTEST = 1.5, 0.7, 0.37
"""Factors of a stride; no product of them leads back to the place that a step could not enter."""
_SHIFTS = (0.0, 0.0, 1e-7, 1e-6, 1e-5)
"""Distances from its start at which a curve begins: where branches cross, the least that works."""
_LARGEST = 1e9
"""The size of the inverse from which on a point counts as one where branches cross."""
_GRAZING = 10.0
"""A curve whose slope is less than this many square roots of the tolerance touches a bound."""
_SHARPEST_TURN = 0.9
"""A step whose tangent turns further than the angle of this cosine is repeated with less."""


class Status(enum.IntEnum):
    """The end of a traced curve.

    ```python
    gl.continuation.Status(1).sentence  # a bound of the parameters was reached, exactly
    ```
    """

    RUNNING = 0
    BOUND = 1
    CLOSED = 2
    STALLED = 3
    NOWHERE = 4

    @property
    def sentence(self) -> str:
        """The status in words."""
        return {
            Status.RUNNING: "the steps were used up; ask for more steps",
            Status.BOUND: "a bound of the parameters was reached, exactly",
            Status.CLOSED: "the curve came back to its start",
            Status.STALLED: "no step was short enough; the curve ends or leaves the domain",
            Status.NOWHERE: "no regular solution was found near the start",
        }[self]


class Control(NamedTuple):
    """Settings of a trace: the bounds of the scaled unknowns, step lengths and tolerance."""

    lower: Float[Array, " k"]
    upper: Float[Array, " k"]
    stride: float | Float[Array, ""]
    longest: float | Float[Array, ""]
    tolerance: float | Float[Array, ""]


class Corrected(NamedTuple):
    """A point on the curve, its unit tangent, and the effort of Newton's method.

    Where the point is not `regular`, branches cross and the tangent has no meaning.
    """

    point: Float[Array, " n+k"]
    tangent: Float[Array, " n+k"]
    residual: Float[Array, ""]
    regular: Bool[Array, ""]
    iterations: Int[Array, ""]
    operator: Any


class Step(NamedTuple):
    """The observations at the two ends of a step, and its length."""

    left: PyTree
    right: PyTree
    reach: Float[Array, ""]


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
    r"""The solution by damped Newton's method in the plane through `guess` with that `normal`.

    The same bordered system gives the tangent, oriented along the normal.
    """
    state = guess.size - equations.lower.size
    anything = _anything(guess.size)

    def assess(z):
        at, inside = xp.stop_gradient(equations.look(z))
        border = (
            at.columns,
            xp.concatenate([at.rows, normal[None, :state]]),
            xp.concatenate([at.corner, normal[None, state:]]),
        )
        offset = (normal @ (z - guess))[None]
        top = [at.residual, np.zeros(state), anything[:state]]
        last = np.eye(at.extra.size + 1)[-1]
        bottom = [xp.concatenate([at.extra, offset]), last, anything[state:]]
        right_sides = xp.stack(top, axis=1), xp.stack(bottom, axis=1)
        solution = xp.concatenate(at.operator.bordered_solve(border, right_sides))
        residual = xp.where(inside, maximum_norm((at.residual, at.extra, offset)), np.inf)
        direction = solution[:, 1] / xp.linalg.norm(solution[:, 1])
        regular = xp.linalg.norm(solution[:, 2]) < _LARGEST
        return solution[:, 0], residual, (direction, regular, at.operator)

    options = {"tolerance": tolerance, "iterations": iterations}
    z, residual, rest, count = damped_newton(assess, guess, **options)
    return Corrected(z, rest[0], residual, rest[1], count, rest[2])


def _anything(size: int) -> np.ndarray:
    """A unit vector that no equation knows."""
    vector = np.cos(1.0 + np.sqrt(2.0) * np.arange(size))
    return vector / np.linalg.norm(vector)


def trace(
    equations: Equations,
    point: Float[Array, " n+k"],
    tangent: Float[Array, " n+k"],
    control: Control,
    *,
    steps: int,
    offset: float | Float[Array, ""] = 0.0,
    observe: Callable[[Corrected], PyTree] = lambda corrected: None,
    clear: Callable[[Step, Step], Array] = lambda before, now: np.array(True),
) -> Curve:
    r"""The curve of $G = E = 0$ from `point` along `tangent`.

    The first point lies in the plane `offset` along the tangent from the given one, which need not
    be a solution; from there the step length follows the turning of the tangent and the effort of
    Newton's method, the domain of the states is kept, and bounds are hit exactly, but a fold that
    touches one is passed by. A step that is not `clear` beside the one before it, in what was
    observed, is shortened, down to a ten-thousandth; a stretch that is not regular is leapt over.
    Where branches cross at the given point, the curve begins up to 1e-5 beside it; where one ends
    on a bound, it keeps its tangent. Nothing is differentiated here: see `bifurcation_point`.
    """
    begin = _Walk(
        point=point,
        tangent=tangent,
        stride=xp.asarray(control.stride, dtype=float),
        status=np.array(int(Status.RUNNING)),
        count=np.array(0),
        refused=np.array(0),
        leaping=np.array(False),
        start=(point, tangent),
        last=_no_step(equations, observe, point),
    )
    step = lambda walk: _step(equations, control, offset, observe, clear, walk)
    walk, rows = _walked(step, begin, steps)
    return Curve(*rows, walk.status)


def _no_step(equations: Equations, observe: Callable, point: Array) -> Step:
    """A step without length between observations of nothing."""
    normal = np.zeros(point.size)
    look = lambda: observe(correct(equations, point, normal, tolerance=1.0, iterations=1))
    seen = jax.eval_shape(look) if xp.of_jax(point) else look()
    nothing = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), seen)
    return Step(nothing, nothing, np.array(0.0))


class _Walk(NamedTuple):
    """The state of a trace between two steps.

    `count` accepted points so far, `start` the first with its tangent, `last` the step that led
    here, `refused` the number of steps in a row that were not accepted since, `leaping` whether the
    last of these came down where branches cross, beside which short steps end too.
    """

    point: Array
    tangent: Array
    stride: Array
    status: Array
    count: Array
    refused: Array
    leaping: Array
    start: tuple[Array, Array]
    last: Step


def _walked(step: Callable, begin: _Walk, steps: int) -> tuple[_Walk, tuple]:
    """The end of a walk, and point, tangent, acceptance and observation after each of its steps.

    What comes after the end repeats it.
    """
    row = lambda walk, accept: (walk.point, walk.tangent, accept, walk.last.right)
    if xp.of_jax(begin):

        def advance(walk, _):
            rest = lambda walk: (walk, jnp.array(False))
            walk, accept = jax.lax.cond(walk.status == Status.RUNNING, step, rest, walk)
            return walk, row(walk, accept)

        return jax.lax.scan(advance, begin, length=steps)
    walk, rows = begin, []
    while walk.status == Status.RUNNING and len(rows) < steps:
        walk, accept = step(walk)
        rows.append(row(walk, accept))
    rows += [row(walk, np.array(False))] * (steps - len(rows))
    return walk, jax.tree.map(lambda *leaves: np.stack(leaves), *rows)


def _step(
    equations: Equations,
    control: Control,
    offset: float | Array,
    observe: Callable[[Corrected], PyTree],
    clear: Callable[[Step, Step], Array],
    walk: _Walk,
) -> tuple[_Walk, Array]:
    """The walk after one step, and whether it was accepted: else it stands, with less stride."""
    first = walk.count == 0
    reach, normal, landing, snapped = _aim(walk, control, walk.point.size - equations.lower.size)
    begin, slanted = _beginning(walk, control, offset)
    reach = xp.where(first, begin, reach)
    normal, landing = xp.where(first, slanted, normal), landing & ~first
    guess = walk.point + reach * walk.tangent
    limit = xp.where(first, _FIRST_ITERATIONS, _ITERATIONS)
    found = correct(equations, guess, normal, tolerance=control.tolerance, iterations=limit)

    # Landing on a bound where branches cross: the curve keeps its tangent.
    crossing = landing & ~found.regular
    tangent = xp.where(crossing, walk.tangent, found.tangent)
    tangent, cosine = _oriented(walk, tangent, first)
    moved = xp.linalg.norm(found.point - guess)
    steady = (cosine > _SHARPEST_TURN) & (moved <= 0.5 * xp.abs(reach))
    solved = _valid(equations, control, found, tangent)
    valid = solved & (found.regular | crossing)
    # Where branches touch, as at a multiplier 1 + p^4, a whole stretch is not regular.
    leaping = solved & ~valid & ~first & (walk.leaping | (walk.stride < _FINEST))
    here = Step(walk.last.right, observe(found), xp.where(first, 0.0, reach))
    steady = steady & (clear(walk.last, here) | (reach < _FINEST) | walk.leaping)
    # At a fold the slanted plane only gives the direction of the curve.
    turning = first & (walk.refused == 1) & valid
    # A fold that touches a bound is passed by, if the curve goes on inside.
    grazes = xp.abs(tangent[-1]) < _GRAZING * xp.sqrt(control.tolerance)
    touching = landing & grazes & (walk.refused == 0)
    accept = valid & (first | steady) & ~turning & ~touching
    stride = _next_stride(walk.stride, accept, cosine, found.iterations, control.longest)
    stride = xp.where(leaping, xp.minimum(walk.stride / _SHORTEST, control.longest), stride)
    # What is tried after a landing that failed passes by, with the same stride.
    stride = xp.where(landing & ~accept, walk.stride, stride)
    arrived = xp.where(landing, snapped(found.point), found.point)
    point = xp.where(accept, arrived, walk.point)
    tangent = xp.where(accept | turning, tangent, walk.tangent)
    last = xp.choose(accept, here, walk.last)

    status = _status(walk, accept, landing, _is_back(walk, point, reach), stride)
    start = xp.choose(first, (point, tangent), walk.start)
    following = _Walk(
        point,
        tangent,
        xp.where(first, walk.stride, stride),
        status,
        walk.count + accept,
        xp.where(accept, 0, walk.refused + 1),
        leaping,
        start,
        last,
    )
    return following, accept


def _oriented(walk: _Walk, tangent: Array, first: Array) -> tuple[Array, Array]:
    """The tangent, and the cosine of its angle to the one before.

    Landing on a bound solves with another normal; the curve keeps its orientation.
    """
    cosine = tangent @ walk.tangent
    return xp.where((cosine < 0) & ~first, -1.0, 1.0) * tangent, xp.abs(cosine)


def _status(walk: _Walk, accept: Array, landing: Array, back: Array, stride: Array) -> Array:
    """The status after a step: whether it ended the walk, and how."""
    status = xp.where(accept & back, Status.CLOSED, Status.RUNNING)
    status = xp.where(accept & landing, Status.BOUND, status)
    status = xp.where(~accept & (stride < _SMALLEST_STRIDE), Status.STALLED, status)
    exhausted = (walk.count == 0) & (walk.refused + 1 >= len(_SHIFTS))
    return xp.where(~accept & exhausted, Status.NOWHERE, status)


def _is_back(walk: _Walk, point: Array, reach: Array) -> Bool[Array, ""]:
    """Whether the start lies between the last point and this one, and not merely near."""
    home = walk.start[0] - walk.point
    ahead = (home @ walk.tangent > 0) & ((point - walk.start[0]) @ walk.tangent >= 0)
    aside = xp.linalg.norm(home - (home @ walk.tangent) * walk.tangent)
    along = walk.tangent @ walk.start[1] > _SHARPEST_TURN
    return (walk.count > 10) & along & ahead & (aside < 0.1 * reach)


def _beginning(
    walk: _Walk, control: Control, offset: float | Array
) -> tuple[Float[Array, ""], Array]:
    """The distance from its start at which the curve begins, and the normal of the plane there.

    First as it was asked for; then in a slanted plane, which tells the direction at a fold; then
    beside the start, at the same point for both directions, as also where branches cross.
    """
    size = walk.tangent.size
    reference = np.eye(size)[-1] + _anything(size)
    slope = xp.where(walk.tangent @ reference < 0, -1.0, 1.0)
    inside = xp.where(walk.point[-1] - control.lower[-1] < 1e-4, 1.0, -1.0)
    shift = xp.take(np.asarray(_SHIFTS), xp.minimum(walk.refused, len(_SHIFTS) - 1))
    slanted = slope * reference / np.linalg.norm(reference)
    return offset + slope * inside * shift, xp.where(walk.refused == 1, slanted, walk.tangent)


def _valid(
    equations: Equations, control: Control, found: Corrected, tangent: Array
) -> Bool[Array, ""]:
    """Whether a corrected point solves the equations inside the domain and the bounds."""
    state = found.point.size - equations.lower.size
    y, slack = found.point[state:], 1e-12
    small = found.residual <= control.tolerance * (1 + maximum_norm(found.point))
    within = ((y >= control.lower - slack) & (y <= control.upper + slack)).all()
    # A point outside of the domain has an infinite residual.
    return small & within & xp.isfinite(tangent).all()


def _next_stride(stride, accept, cosine, iterations, longest):
    easy = (iterations <= 4) & (cosine > 0.985)
    hard = (iterations > 6) | (cosine < 0.95)
    longer = xp.where(easy, _LONGER, xp.where(hard, _SHORTER, 1.0))
    factor = xp.where(accept, longer, _SHORTEST)
    return xp.minimum(factor * stride, longest)


def _aim(walk: _Walk, control: Control, state: int) -> tuple[Array, Array, Array, Callable]:
    """Length of the step, normal of its plane, whether that is a bound, and the way onto it."""
    slope, unknowns = walk.tangent[state:], walk.point[state:]
    room = xp.where(slope > 0, control.upper - unknowns, control.lower - unknowns)
    reach = xp.where(slope == 0, np.inf, room / xp.where(slope == 0, 1.0, slope))
    nearest = xp.argmin(reach)
    # Every other step after one that was refused passes by: a bound may be touched at a fold.
    landing = (reach[nearest] <= walk.stride) & (walk.refused % 2 == 0)
    own = np.arange(walk.tangent.size) == state + nearest
    unit = xp.where(own, xp.sign(slope[nearest]), 0.0)
    reach = xp.where(landing, xp.maximum(reach[nearest], 0.0), walk.stride)
    bound = xp.where(slope > 0, control.upper, control.lower)[nearest]
    snapped = lambda point: xp.where(own, bound, point)
    return reach, xp.where(landing, unit, walk.tangent), landing, snapped
