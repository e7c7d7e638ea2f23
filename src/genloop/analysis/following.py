"""A stable fixed point followed in a parameter, as far as it stays, for any map.

`branch` draws whole curves, unstable stretches included, of maps that are smooth. Here only the
stable state is asked for, and every place of it is a fixed point that was solved on its own: maps
with jumps, such as those that cut off rare outcomes, are followed as well.
"""

import dataclasses
import math
from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import PyTree

from ..arguments import check_at_least, check_number
from ..operators import flattened
from ..printing import number, readable
from ..programs import known
from .equation import Equation
from .fixed_point import FixedPoint, fixed_point

_RETURNED = 1e-6
"""Solved back from the next place, the state must be met again to this distance."""


@readable
@dataclasses.dataclass(frozen=True)
class Followed:
    """A stable fixed point in a parameter: `parameters` and `points` in the order of the way.

    `lost` is `None` where the end was reached, else two values of the parameter, first one with the
    state and then one without: there it ends (a fold) or is stable no more.

    ```python
    loop = lambda a: gl.Temper(0.5) >> gl.Mix(gl.Categorical.uniform(3), a)
    end = gl.fixed_point(loop(0.9), gl.Categorical.uniform(3))
    round(gl.analysis.follow(loop, end, 0.9, 0.1).lost[0], 6)  # 0.5
    ```
    """

    parameters: tuple[float, ...]
    points: tuple[FixedPoint, ...]
    lost: tuple[float, float] | None

    def _heading(self) -> str:
        first, last = number(self.parameters[0]), number(self.parameters[-1])
        lost = (
            ""
            if self.bracket is None
            else ", lost between {} and {}".format(*map(number, self.bracket))
        )
        return f"Followed: from {first} to {last}{lost}"

    def _printed(self):
        return {"points": len(self.points), "last": self.points[-1]}

    @property
    def bracket(self) -> tuple[float, float] | None:
        """The interval, lower end first, in which the state is lost."""
        return None if self.lost is None else (min(self.lost), max(self.lost))


def follow(
    family: Callable[[float], Callable[[PyTree], PyTree]],
    point: FixedPoint,
    begin: float,
    end: float,
    *,
    steps: int = 16,
    width: float = 1e-12,
) -> Followed:
    """The stable fixed point `point` of `family(begin)` followed until `end` or until it is lost.

    In strides of at first one of `steps`; a place counts if Newton's method finds a stable fixed
    point there that leads back to the one before, so that no jump to another state passes for a
    step. Where it is lost is enclosed by halving, to a `width` in shares of the interval. Raises
    `ValueError` for a point that is not stable.

    ```python
    loop = lambda a: gl.Temper(0.5) >> gl.Mix(gl.Categorical.of([5, 3, 2]), a)
    end = gl.fixed_point(loop(0.9), gl.Categorical.of([5, 3, 2]))
    len(gl.analysis.follow(loop, end, 0.9, 0.1).points)  # 17
    ```
    """
    check_number(begin=begin, end=end)
    check_at_least("steps", steps, 1)
    if not bool(point.stable):
        raise ValueError(f"the fixed point to follow is {point.stability}; give a stable one.")
    path = [(float(begin), point)]
    longest, stride, beyond = abs(end - begin) / steps, abs(end - begin) / steps, None
    toward = math.copysign(1.0, end - begin)
    while path[-1][0] != end:
        place, here = path[-1]
        aim = end if stride >= abs(end - place) else place + toward * stride
        if beyond is not None:
            # The way to a place that was too far is halved; from near by it is tried again.
            middle = 0.5 * (place + beyond)
            near = abs(beyond - place) <= width * abs(end - begin) or middle in (place, beyond)
            aim = beyond if near else middle
        found = _next(family, here, place, aim)
        if found is None and aim == beyond:
            break
        if found is None:
            beyond = aim
            continue
        path.append((aim, found))
        stride = min(1.5 * abs(aim - place), longest)
        beyond = None if aim == beyond else beyond
    places, points = zip(*path, strict=True)
    return Followed(places, points, None if places[-1] == end else (places[-1], beyond))


@eqx.filter_jit
def _solved(function, start, continued) -> FixedPoint:
    return fixed_point(function, start, continued=continued)


def fixed_point_of_many(function: Callable, start: PyTree, *, continued: bool = True) -> FixedPoint:
    """`fixed_point` by a program that is compiled once for all loops of one shape.

    It takes seconds to compile and a millisecond a point, where `fixed_point` takes ten: for
    hundreds of points.
    """
    return _solved(function, start, jnp.array(continued))


def _next(family, here: FixedPoint, place: float, aim: float) -> FixedPoint | None:
    """The stable fixed point at `aim` that continues the one at `place`, if there is one."""
    found = fixed_point_of_many(family(aim), here.state, continued=False)
    if not bool(found.stable):
        return None
    function = family(place)
    back = fixed_point_of_many(function, found.state, continued=False)
    returned = bool(back.converged) and _gap(function, back.state, here.state) <= _RETURNED
    return found if returned else None


def _gap(function, left, right) -> float:
    """The distance of two states in their own units."""
    equation, x = Equation.of(*known((function, left)))
    return float(equation.gap(x, flattened(known(right))[0]))
