"""Branches of fixed points in one parameter, with their bifurcations."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from ... import numeric as xp
from ...arguments import check_at_least, check_number, check_positive
from ...printing import between, host, plural, readable
from ...programs import at_once
from ..state_checks import check_double, check_floating, checked_family, checked_state
from .equations import Equations, Family
from .events import MARGIN, Events, at_most_one_crossing, find_events
from .tracing import Control, Status, trace


@readable
class Branch(eqx.Module):
    r"""A curve of fixed points (or points of period $k$) of a family of maps.

    Rows run along the branch, backward from the start and then forward; only those with `valid` are
    points. `state` has a leading axis of the rows, `parameter` and `spectral_radius` are numbers
    a row, `unstable` counts the multipliers outside the unit circle. `events` lists the
    bifurcations in the same order, `omitted` is the number of those without room; `status` the
    reason for either end. `scale` is the unit of the state along the branch.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.branch(family, jnp.array(1 / 3), 1.5, 3.5).points().parameter.max()  # 3.5
    ```
    """

    state: PyTree
    parameter: Float[Array, " rows"]
    spectral_radius: Float[Array, " rows"]
    unstable: Int[Array, " rows"]
    tangent: Float[Array, "rows n+1"]
    valid: Bool[Array, " rows"]
    events: Events
    omitted: Int[Array, ""]
    status: Int[Array, " ends"]
    scale: Float[Array, ""]
    period: int = eqx.field(static=True)

    @property
    def stable(self) -> Bool[Array, " rows"]:
        """Whether all multipliers lie inside the unit circle, beyond what a row can tell."""
        return (self.unstable == 0) & (self.spectral_radius < 1 - MARGIN)

    @property
    def undecided(self) -> Bool[Array, " rows"]:
        """Whether a multiplier lies on the circle, as far as a row can tell, and none outside."""
        return (self.unstable == 0) & ~self.stable

    def points(self) -> "Branch":
        """The branch with its valid rows only, as NumPy arrays: shapes are no longer fixed."""
        valid, present = np.asarray(self.valid), np.asarray(self.events.kind) > 0
        rows = self.state, self.parameter, self.spectral_radius, self.unstable, self.tangent
        rows = *rows, self.valid
        kept = jax.tree.map(lambda leaf: np.asarray(leaf)[valid], rows)
        events = jax.tree.map(lambda leaf: np.asarray(leaf)[present], self.events)
        return Branch(
            *kept,
            events=events,
            omitted=self.omitted,
            status=self.status,
            scale=self.scale,
            period=self.period,
        )

    def _heading(self) -> str:
        period = f" of period {self.period}" if self.period > 1 else ""
        return f"Branch of {plural(int(np.sum(host(self.valid))), 'fixed point')}{period}"

    def _printed(self):
        kept = self.points()
        ends = "; ".join(Status(int(status)).sentence for status in self.status)
        more = int(np.sum(host(self.omitted)))
        return {
            "parameter": between(kept.parameter),
            "spectral radius": between(kept.spectral_radius),
            "stable": f"{int(np.sum(kept.unstable == 0))} of {kept.parameter.size}",
            "events": kept.events.table() if kept.events.kind.size else "none",
            "left out": f"{more} events had no room; ask for more capacity" if more else None,
            "ends": ends,
        }


def branch(
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]],
    state: PyTree,
    lower: float | Array,
    upper: float | Array,
    *,
    start: float | Array | None = None,
    direction: int | None = None,
    period: int = 1,
    steps: int = 300,
    stride: float = 0.02,
    longest_stride: float = 0.05,
    tolerance: float = 1e-12,
    capacity: int = 8,
    scale: float | Array | None = None,
) -> Branch:
    r"""The fixed points $x = F(x; p)$ as a curve in a parameter, from `lower` to `upper`.

    Returns a `Branch`: states by the parameter, with their stability and the events on the way,
    where states appear, vanish or change their stability (see `BifurcationKind`). The curve is
    followed around its turning points, the folds, where two states meet and vanish.
    `family(p)` returns the map at a parameter, for example
    `lambda a: gl.Temper(0.8) >> gl.Mix(real, a)`; `state` is near a fixed point at `start`
    (default `lower`). Pseudo-arclength continuation with the parameter in units of
    `upper - lower` and the state in units of `scale` (default: the sum of its absolute values, one
    for probabilities), strides that adapt to the turning of the branch, and bounds hit exactly.
    From an interior start the branch runs in both directions, or in the given `direction`
    ($\pm 1$). `period` $= k$ follows points of period $k$.

    Events come from the number of multipliers outside the unit circle, at most `capacity` of them
    in either direction. A start at a fold, or where branches cross, begins up to $10^{-5}$ beside
    it, in the units of the branch; a branch that ends there has its last row there. Strides shorten
    to $10^{-4}$ where the largest modulus comes so near to one that two events may hide between
    rows. What is guaranteed: events that do not cancel are found; two that do (a multiplier that
    leaves the circle and comes back) can be missed only within one `longest_stride`.
    Runs under `jit` and `vmap`; for derivatives of events see `bifurcation_point`. A family that is
    a new lambda in every call is compiled in every call: pass a function or a
    `jax.tree_util.Partial`. Raises `ValueError` for float32 states, an empty interval, and a
    start outside of it.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.branch(family, jnp.array(1 / 3), 1.5, 3.5)
    ```
    """
    state = checked_state(state)
    check_double(state, "a branch")
    check_floating(state)
    check_number(lower=lower, upper=upper)
    check_positive(stride=stride, longest_stride=longest_stride, tolerance=tolerance)
    for name, size in (("period", period), ("steps", steps), ("capacity", capacity)):
        check_at_least(name, size, 1)
    if direction not in (None, 1, -1):
        raise ValueError(f"direction must be 1, -1 or None for both, got {direction}.")
    if isinstance(lower, float | int) and isinstance(upper, float | int) and not lower < upper:
        raise ValueError(f"lower must be below upper, got {lower} and {upper}.")
    if isinstance(start, float | int) and not lower <= start <= upper:
        raise ValueError(f"start must lie between lower and upper, got {start}.")
    if start is None:
        start, direction = lower, direction or 1
    family = checked_family(family, state, jnp.asarray(start, float))
    directions = (-1, 1) if direction is None else (direction,)
    low, high, first = (xp.asarray(x, dtype=float) for x in (lower, upper, start))
    control = [xp.asarray(x, dtype=float) for x in (stride, longest_stride, tolerance)]
    scale = None if scale is None else xp.asarray(scale, dtype=float)
    sizes = period, steps, capacity
    return _branch(family, state, low, high, first, scale, control, directions, *sizes)


@at_once
def _branch(
    family: Callable,
    state: PyTree,
    lower: Array,
    upper: Array,
    start: Array,
    scale: Array | None,
    control: list[Array],
    directions: tuple[int, ...],
    period: int,
    steps: int,
    capacity: int,
) -> Branch:
    flat, vector = Family.of(family, state, period, scale)
    equations = parameter_equations(flat, lower, upper)
    point = xp.append(vector, equations.scaled(start[None]))
    along = np.eye(point.size)[-1]
    # A map, not a vmap: what one direction has finished costs nothing while the other goes on.
    bounds = Control(np.zeros(1), np.ones(1), *control)
    one = lambda along: traced_branch(equations, point, along, bounds, 0.0, steps, capacity)
    rows = np.outer(directions, along) + xp.zeros_like(point)[None]
    return joined(xp.one_by_one(one, rows))


def parameter_equations(family: Family, lower, upper) -> Equations:
    """The equations of a branch, with the parameter in units of its interval."""
    return Equations(family, lower[None], upper[None], 1)


def traced_branch(
    equations: Equations,
    point: Float[Array, " n+1"],
    tangent: Float[Array, " n+1"],
    control: Control,
    offset: float | Array,
    steps: int,
    capacity: int,
) -> Branch:
    """One direction of a branch, with its events."""
    curve = trace(
        equations,
        point,
        tangent,
        control,
        steps=steps,
        offset=offset,
        observe=lambda found: found.operator.unstable_counts(MARGIN),
        clear=at_most_one_crossing,
    )
    events, omitted = find_events(equations, curve, control, capacity)
    return Branch(
        equations.family.states(curve.point[:, :-1]),
        equations.plain(curve.point[:, -1]),
        curve.observed.radius,
        curve.observed.outside,
        curve.tangent,
        curve.accepted,
        events,
        omitted,
        curve.status[None],
        equations.family.scale,
        equations.family.period,
    )


def joined(sides: Branch) -> Branch:
    """The two directions of a branch as one, backward rows reversed; or the only one."""
    if sides.valid.shape[0] == 1:
        return jax.tree.map(lambda leaf: leaf[0], sides)
    rows = sides.state, sides.parameter, sides.spectral_radius, sides.unstable, sides.tangent
    # The backward side begins at the start too, which is kept once.
    turn = lambda leaf: xp.concatenate([leaf[0, :0:-1], leaf[1]])
    back, forth = (jax.tree.map(lambda leaf, i=i: leaf[i], sides.events) for i in (0, 1))
    # Walked the other way: what was before comes after.
    back = back._replace(before=back.after, after=back.before, chord=-back.chord)
    events = jax.tree.map(lambda a, b: xp.concatenate([a[::-1], b]), back, forth)
    begins = sides.valid & (xp.cumsum(sides.valid, axis=1) == 1)
    valid = sides.valid & ~(begins & np.array([[True], [False]]))
    return Branch(
        *jax.tree.map(turn, rows),
        valid=turn(valid),
        events=events,
        omitted=sides.omitted.sum(),
        status=sides.status[:, 0],
        scale=sides.scale[0],
        period=sides.period,
    )
