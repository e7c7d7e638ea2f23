"""Bifurcation diagrams: branches, and the branches that leave them."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree

from ...arguments import check_one
from ...operators import flattened
from ...printing import Table, number, plural, readable
from ...programs import known
from ..jacobian import multipliers
from .branch import Branch, branch
from .equations import Iterated
from .events import BifurcationKind, Events
from .points import Bifurcation, bifurcation_point
from .switching import branches_from

_CRITICAL = 1e-4
"""A multiplier this close to one is critical where an event was located by bisection."""


@dataclasses.dataclass(frozen=True)
class Located:
    """A bifurcation on a branch: `point` refined, `chord` the direction of the branch there."""

    point: Bifurcation
    chord: np.ndarray


@readable
@dataclasses.dataclass(frozen=True)
class Diagram:
    """Branches and the bifurcations on them, each bifurcation once.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.continuation.bifurcation_diagram(family, jnp.array(1 / 3), 1.5, 3.2).bifurcations[0].kind
    ```
    """

    branches: list[Branch]
    bifurcations: list[Bifurcation]

    def _heading(self) -> str:
        branches = f"{len(self.branches)} branch{'' if len(self.branches) == 1 else 'es'}"
        return f"Diagram of {branches} and {plural(len(self.bifurcations), 'bifurcation')}"

    def _printed(self):
        rows = [
            (point.kind.title, f"at {number(point.parameter)}", f"period {point.period}")
            for point in self.bifurcations
        ]
        table = Table(("bifurcation", "parameter", "period"), rows, len(rows))
        return {"bifurcations": table} if rows else {}


def bifurcations(
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]], traced: Branch
) -> list[Bifurcation]:
    """The events of a branch of `family`, refined to rounding, in the order of the branch.

    An event is where states appear, vanish or change their stability: a fold, a crossing of
    branches, a flip (period doubling), a Neimark-Sacker point (a rotation begins).
    An event whose extended system cannot be solved keeps what bisection found, with `converged`
    false and an infinite residual.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    traced = gl.branch(family, jnp.array(1 / 3), 1.5, 3.5)
    gl.bifurcations(family, traced)[0].parameter  # 3
    ```
    """
    check_one("traced", traced, Branch)
    return [place.point for place in located(family, traced)]


def located(family, traced: Branch) -> list[Located]:
    """`bifurcations` with the direction of the branch at each."""
    unravel = flattened(jax.tree.map(lambda leaf: leaf[0], known(traced.state)))[1]
    events = traced.points().events
    found = []
    for row in range(events.kind.size):
        event = jax.tree.map(lambda leaf, row=row: leaf[row], events)
        kind, state = BifurcationKind(int(event.kind)), unravel(event.point)
        angle, multiplicity = _critical(family, state, event, traced.period, kind)
        options = {"angle": angle, "multiplicity": multiplicity, "period": traced.period}
        point = bifurcation_point(kind, family, state, event.parameter, **options)
        near = abs(float(point.parameter - event.parameter)) < 1e-4 * (1 + abs(event.parameter))
        if not (bool(point.converged) and near):
            point = dataclasses.replace(
                point,
                state=jax.tree.map(jnp.asarray, state),
                parameter=jnp.asarray(event.parameter),
                residual=jnp.array(jnp.inf),
                converged=jnp.array(False),
            )
        found.append(Located(point, np.asarray(event.chord)))
    return found


def _critical(
    family: Callable, state: PyTree, event: Events, period: int, kind: BifurcationKind
) -> tuple[float | None, int]:
    """The angle of the critical multiplier, `None` where the kind tells it, and their number."""
    exchanged = abs(int(event.after) - int(event.before))
    if kind is BifurcationKind.NEIMARK_SACKER:
        values = _multipliers(family, state, event.parameter, period)
        turning = values[np.abs(np.imag(values)) > 1e-6]
        return abs(np.angle(turning[np.abs(np.abs(turning) - 1).argmin()])), 1
    several = (BifurcationKind.BRANCH_POINT, BifurcationKind.PITCHFORK_TIP, BifurcationKind.FLIP)
    if kind not in several or exchanged <= 1:
        return None, 1
    # On a branch that itself lies in the null space not all critical multipliers are exchanged.
    target = -1 if kind is BifurcationKind.FLIP else 1
    values = _multipliers(family, state, event.parameter, period)
    return None, int((np.abs(values - target) < _CRITICAL).sum())


def _multipliers(family: Callable, state: PyTree, parameter: Array, period: int) -> np.ndarray:
    function = family(jnp.asarray(parameter))
    return np.asarray(multipliers(function if period == 1 else Iterated(function, period), state))


def bifurcation_diagram(
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]],
    state: PyTree,
    lower: float,
    upper: float,
    *,
    start: float | None = None,
    depth: int = 2,
    longest_period: int = 2,
    scale: float | None = None,
    **options: Any,
) -> Diagram:
    r"""The branch through a state, the branches that leave it, and so on to the given `depth`.

    At every crossing and every flip (up to `longest_period`) the branches that leave are traced,
    each bifurcation once. `options` are `steps`, `stride`, `longest_stride`, `tolerance` and
    `capacity` of `branch`. What cannot be reached from the first
    branch is not found. A branch that is traced from a bifurcation begins beside it, so its own
    turning point there is not listed again.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    len(gl.continuation.bifurcation_diagram(family, jnp.array(1 / 3), 1.5, 3.2).branches)  # 2
    ```
    """
    first = branch(family, state, lower, upper, start=start, scale=scale, **options)
    scale = float(first.scale)
    branches, generation, met = [first], [first], []
    for level in range(depth + 1):
        fresh = []
        for traced in generation:
            for place in located(family, traced):
                _register(met, place, fresh, scale)
        if level == depth:
            break
        generation = []
        for entry in fresh:
            period = entry.point.period * (2 if entry.point.kind is BifurcationKind.FLIP else 1)
            if period <= longest_period and bool(entry.point.converged):
                chords = entry.chords
                generation += branches_from(
                    family, entry.point, lower, upper, except_along=chords, scale=scale, **options
                )
        branches += generation
    return Diagram(branches, [entry.point for entry in met])


@dataclasses.dataclass(frozen=True)
class _Known:
    """A bifurcation met before, with the chords of the branches that pass it."""

    point: Bifurcation
    chords: list[np.ndarray]


def _register(met: list[_Known], place: Located, fresh: list[_Known], scale: float) -> None:
    """Add a bifurcation, or a chord to one that is known."""
    vector = lambda point: np.append(flattened(known(point.state))[0] / scale, point.parameter)
    for entry in met:
        same = entry.point.period == place.point.period
        if same and np.abs(vector(entry.point) - vector(place.point)).max() < 1e-5:
            entry.chords.extend((place.chord, -place.chord))
            return
    met.append(_Known(place.point, [place.chord, -place.chord]))
    fresh.append(met[-1])
