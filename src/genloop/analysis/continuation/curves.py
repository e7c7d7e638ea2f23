"""Curves of bifurcations in two parameters, with the points of codimension two on them."""

import enum
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from ... import numeric as xp
from ...arguments import check_one
from ...bisection import bisected
from ...printing import Table, between, host, number, plural, readable
from ...programs import at_once, held, kernel
from .borders import left_test, right_test
from .equations import Equations, Family
from .events import BifurcationKind
from .normal_forms import leading_coefficient
from .points import Bifurcation, critical_multiplier, extended
from .tracing import Control, Curve, Status, correct, trace

_HALVINGS = 40
_MARGIN, _NEGLIGIBLE = 1e-7, 1e-10
_ODD = (BifurcationKind.FOLD, BifurcationKind.BRANCH_POINT, BifurcationKind.PITCHFORK_TIP)
"""Kinds whose leading coefficient changes its sign with the orientation of the eigenvector."""


class Degeneracy(enum.IntEnum):
    r"""Points of codimension two on a curve of bifurcations.

    `CUSP`: the quadratic coefficient of a fold (or of a crossing) vanishes. `GENERALIZED_FLIP` and
    `CHENCINER`: a flip or a Neimark-Sacker bifurcation changes between super- and subcritical.
    `RESONANCE`: the angle of a Neimark-Sacker point passes $2\pi/3$ or $\pi/2$, the strong
    resonances 1:3 and 1:4. `SECOND_MULTIPLIER`: another multiplier crosses the unit circle, located
    to $10^{-7}$.

    ```python
    gl.analysis.Degeneracy.CUSP.label  # CP
    ```
    """

    NONE = 0
    CUSP = 1
    GENERALIZED_FLIP = 2
    CHENCINER = 3
    SECOND_MULTIPLIER = 4
    RESONANCE = 5

    @property
    def label(self) -> str:
        """The usual abbreviation."""
        return ("", "CP", "GPD", "CH", "M2", "R")[self]


@readable
class Degenerate(NamedTuple):
    """The points of codimension two of a curve; rows of kind 0 are empty."""

    kind: Int[Array, " e"]
    first: Float[Array, " e"]
    second: Float[Array, " e"]
    point: Float[Array, "e n"]

    def _heading(self) -> str:
        return plural(int(np.sum(host(self.kind) > 0)), "point") + " of codimension two"

    def _printed(self):
        return {"points": self.table()}

    def table(self) -> Table:
        """A row for each point: its kind and both parameters."""
        columns = (host(leaf) for leaf in (self.kind, self.first, self.second))
        rows = [
            (Degeneracy(int(kind)).name.lower().replace("_", " "), f"at {number(p)}, {number(q)}")
            for kind, p, q in zip(*columns, strict=True)
            if kind > 0
        ]
        return Table(("point", "parameters"), rows, len(rows))


@readable
class BifurcationCurve(eqx.Module):
    """A curve of bifurcations of one kind in two parameters.

    Rows run along the curve; only those with `valid` are points. `first` and `second` are the
    parameters, `state` has a leading axis of the rows, `angle` is that of the critical multiplier,
    `coefficient` the one of the normal form that tells the criticality (quadratic at folds and
    crossings, else cubic; its sign at folds follows the orientation of the eigenvector along the
    curve), `unfolding` vanishes where branches truly cross.

    ```python
    family = lambda p, q: lambda x: p * x * (1 - x) + q
    point = gl.continuation.bifurcation_point("flip", lambda p: family(p, 0.0), jnp.array(0.6), 2.9)
    curve = gl.continuation.bifurcation_curve(family, point, 0.0, (2.5, -0.1), (3.5, 0.1))
    curve.points().first.min() < 3  # True
    ```
    """

    kind: BifurcationKind = eqx.field(static=True)
    state: PyTree
    first: Float[Array, " rows"]
    second: Float[Array, " rows"]
    angle: Float[Array, " rows"]
    coefficient: Float[Array, " rows"]
    unfolding: Float[Array, " rows"]
    valid: Bool[Array, " rows"]
    degenerate: Degenerate
    status: Int[Array, " ends"]

    def _heading(self) -> str:
        return (
            f"BifurcationCurve: {self.kind.title}, {plural(int(np.sum(host(self.valid))), 'point')}"
        )

    def _printed(self):
        kept = self.points()
        special = kept.degenerate
        return {
            "first": between(kept.first),
            "second": between(kept.second),
            "codimension two": special.table() if special.kind.size else "none",
            "ends": "; ".join(Status(int(status)).sentence for status in self.status),
        }

    def points(self) -> "BifurcationCurve":
        """The curve with its valid rows only, as NumPy arrays: shapes are no longer fixed."""
        valid, special = np.asarray(self.valid), np.asarray(self.degenerate.kind) > 0
        rows = self.state, self.first, self.second, self.angle, self.coefficient, self.unfolding
        rows = *rows, self.valid
        kept = jax.tree.map(lambda leaf: np.asarray(leaf)[valid], rows)
        found = jax.tree.map(lambda leaf: np.asarray(leaf)[special], self.degenerate)
        return BifurcationCurve(self.kind, *kept, degenerate=found, status=self.status)


def bifurcation_curve(
    family: Callable[..., Callable[[PyTree], PyTree]],
    point: Bifurcation,
    second: float,
    lower: tuple[float, float],
    upper: tuple[float, float],
    *,
    steps: int = 300,
    stride: float = 0.01,
    longest_stride: float = 0.03,
    tolerance: float = 1e-12,
    capacity: int = 4,
    scale: float | Array | None = None,
) -> BifurcationCurve:
    r"""The curve of a bifurcation of `family(p, q)` in both parameters, in both directions.

    `point` is a bifurcation of $p \mapsto F(x; p, q)$ at $q$ = `second`. The curve of its extended
    system is traced by pseudo-arclength inside the rectangle from `lower` to `upper`, whose sides
    are hit exactly; the borders of the system are adapted at every point. Points of codimension
    two are located by bisection. Runs under `jit` and `vmap`. A crossing of branches persists in
    two parameters only where a symmetry or an invariant state keeps it: watch `unfolding`. Raises
    `ValueError` for a point that is no `Bifurcation`.

    ```python
    family = lambda p, q: lambda x: p * x * (1 - x) + q
    point = gl.continuation.bifurcation_point("flip", lambda p: family(p, 0.0), jnp.array(0.6), 2.9)
    gl.continuation.bifurcation_curve(family, point, 0.0, (2.5, -0.1), (3.5, 0.1)).kind  # flip
    ```
    """
    check_one("point", point, Bifurcation)
    place, low, high = (xp.asarray(x, dtype=float) for x in (second, lower, upper))
    control = [xp.asarray(x, dtype=float) for x in (stride, longest_stride, tolerance)]
    scale = None if scale is None else xp.asarray(scale, dtype=float)
    family = held(family, point.state, point.parameter, jnp.asarray(second, float))
    return _curve(point.kind, family, point, place, low, high, scale, control, steps, capacity)


@at_once
def _curve(
    kind: BifurcationKind,
    family: Callable,
    point: Bifurcation,
    second: Array,
    lower: Array,
    upper: Array,
    scale: Array | None,
    control: list[Array],
    steps: int,
    capacity: int,
) -> BifurcationCurve:
    flat, vector = Family.of(family, point.state, point.period, scale)
    parameters = xp.stack([point.parameter, second])
    known = vector, parameters, point.angle
    equations, unknowns = extended(
        kind, flat, *known, point.multiplicity, adaptive=point.multiplicity == 1
    )
    more = unknowns.size - 2
    ends = xp.append(lower, np.zeros(more)), xp.append(upper, np.ones(more))
    equations = eqx.tree_at(lambda e: (e.lower, e.upper), equations, ends)
    # A Neimark-Sacker curve ends where its pair of multipliers meets, at the angles 0 and pi.
    rotating = kind is BifurcationKind.NEIMARK_SACKER
    first, last = (0.0, np.pi) if rotating else (-np.inf, np.inf)
    bounds = Control(
        np.append(np.zeros(2), np.full(more, first)),
        np.append(np.ones(2), np.full(more, last)),
        *control,
    )
    start = xp.concatenate([vector, equations.scaled(unknowns)])
    along = np.eye(start.size)[vector.size + 1]

    def side(along):
        curve = trace(equations, start, along, bounds, steps=steps)
        return _with_tests(kind, equations, curve, bounds, capacity)

    sides = xp.one_by_one(side, np.stack([-along, along]) + xp.zeros_like(start)[None])
    return _joined(kind, equations, *sides)


def _with_tests(
    kind: BifurcationKind, equations: Equations, curve: Curve, control: Control, capacity: int
) -> tuple[Curve, "_Values", Array, Degenerate]:
    """A curve with its tests at every row, their orientation, and the places where they change."""
    tests = xp.one_by_one(lambda z: _tests(kind, equations, z), curve.point, batch_size=16)
    orientation = _orientation(tests.right)
    odd = (np.arange(tests.values.shape[1]) == 0)[None] & (kind in _ODD)
    oriented = xp.where(odd, orientation[:, None] * tests.values, tests.values)
    # A coefficient that vanishes all along, to rounding, changes no sign.
    sizes = xp.minimum(xp.abs(oriented[:-1]), xp.abs(oriented[1:]))
    turned = (oriented[:-1] * oriented[1:] < 0) & (sizes > _NEGLIGIBLE)
    changed = xp.column_stack([turned, tests.others[:-1] != tests.others[1:]])
    changed = changed & curve.accepted[1:, None] & curve.accepted[0]
    which = xp.where(changed.any(axis=1), xp.argmax(changed, axis=1), -1)
    places = xp.first_places(which >= 0, capacity)
    find = lambda place: _bisect(kind, equations, curve, tests, control, place, which)
    zero, none = np.zeros(()), np.array(int(Degeneracy.NONE))
    size = curve.point.shape[1] - equations.lower.size
    rest = lambda place: Degenerate(none, zero, zero, curve.point[0, :size])
    locate = lambda place: xp.cond(place >= 0, lambda: find(place), lambda: rest(place))
    return curve, tests, orientation, xp.one_by_one(locate, places)


class _Values(NamedTuple):
    """Functions that vanish at points of codimension two, and what belongs to them.

    `others` counts the unstable multipliers without the critical ones.
    """

    values: Array
    others: Array
    right: Array
    angle: Array


@kernel
def _tests(kind: BifurcationKind, equations: Equations, z: Array) -> _Values:
    """The tests at a point of the curve."""
    size = z.size - equations.lower.size
    vector, unknowns = z[:size], equations.plain(z[size:])
    parameters, family = unknowns[:2], equations.family
    angle = unknowns[2] if kind is BifurcationKind.NEIMARK_SACKER else jnp.zeros(())
    shift = critical_multiplier(kind, angle)
    operator = family.jacobian(vector, parameters)
    conditions: Any = equations.extra
    borders = conditions.args[1](operator)
    right, left = (test(operator, borders, shift)[0] for test in (right_test, left_test))
    known = family, vector, parameters, right, left, angle
    values = [leading_coefficient(kind, *known) if right.shape[1] == 1 else jnp.full((), jnp.nan)]
    if kind is BifurcationKind.NEIMARK_SACKER:
        cosine = jnp.cos(angle)
        values.append((cosine + 0.5) * cosine)
    unit = right[:, 0] / jnp.linalg.norm(right)
    others = operator.unstable_counts(_MARGIN).outside
    return _Values(jnp.stack(values), others, unit, angle)


def _orientation(right):
    """Signs that make neighbouring eigenvectors point the same way."""
    overlap = (right[:-1].conj() * right[1:]).sum(axis=1).real
    signs = xp.where(overlap < 0, -1.0, 1.0)
    return xp.concatenate([np.ones(1), xp.cumprod(signs)])


def _bisect(
    kind: BifurcationKind,
    equations: Equations,
    curve: Curve,
    tests: _Values,
    control: Control,
    place: Int[Array, ""],
    which: Int[Array, " rows-1"],
) -> Degenerate:
    """The point between two rows at which their test number `which` changes its sign."""
    counted, index = which[place] == tests.values.shape[1], which[place]
    test = xp.minimum(index, tests.values.shape[1] - 1)
    ends = curve.point[place], curve.point[place + 1]
    chord = ends[1] - ends[0]
    normal = chord / xp.linalg.norm(chord)
    reference = jax.tree.map(lambda leaf: leaf[place], tests)
    oriented = (index == 0) & (kind in _ODD)

    def examine(left, right):
        guess = 0.5 * (left + right)
        found = correct(equations, guess, normal, tolerance=control.tolerance, iterations=8)
        middle = xp.where(found.residual <= 1e-8, found.point, guess)
        here = _tests(kind, equations, middle)
        overlap = xp.where(oriented, (here.right * reference.right.conj()).sum().real, 1.0)
        same = here.values[test] * reference.values[test] * xp.sign(overlap) > 0
        same = xp.where(counted, here.others == reference.others, same)
        return middle, same

    left, right = bisected(examine, *ends, steps=_HALVINGS)
    size = left.size - equations.lower.size
    middle = 0.5 * (left + right)
    plain = equations.plain(middle[size:])
    numbers = equations.family.scale * middle[:size]
    return Degenerate(_degeneracy(kind, index), plain[0], plain[1], numbers)


def _degeneracy(kind, index):
    first = {
        BifurcationKind.FLIP: Degeneracy.GENERALIZED_FLIP,
        BifurcationKind.NEIMARK_SACKER: Degeneracy.CHENCINER,
    }
    kinds = [first.get(kind, Degeneracy.CUSP), Degeneracy.SECOND_MULTIPLIER]
    if kind is BifurcationKind.NEIMARK_SACKER:
        kinds.insert(1, Degeneracy.RESONANCE)
    return xp.take(np.array([int(kind) for kind in kinds]), index)


def _joined(
    kind: BifurcationKind,
    equations: Equations,
    curves: Curve,
    tests: _Values,
    orientation: Array,
    special: Degenerate,
) -> BifurcationCurve:
    """Both directions as one curve, backward rows reversed."""
    size = curves.point.shape[-1] - equations.lower.size
    turn = lambda leaf: xp.concatenate([leaf[0, :0:-1], leaf[1]])
    rows = turn(curves.point)
    plain = equations.plains(rows[:, size:])
    crossing = kind in (BifurcationKind.BRANCH_POINT, BifurcationKind.PITCHFORK_TIP)
    zero = np.zeros(rows.shape[0])
    sign = turn(orientation) if kind is BifurcationKind.FOLD else 1.0
    return BifurcationCurve(
        kind,
        equations.family.states(rows[:, :size]),
        plain[:, 0],
        plain[:, 1],
        turn(tests.angle),
        turn(tests.values[..., 0]) * sign,
        xp.abs(plain[:, 2:]).max(axis=1) if crossing else zero,
        turn(curves.accepted),
        jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), special),
        curves.status,
    )
