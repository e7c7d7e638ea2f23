"""Bifurcations between neighbouring points of a branch: their kinds and places."""

import enum
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from ... import numeric as xp
from ...bisection import bisected
from ...operators import UnstableCounts
from ...printing import Table, host, number, plural, readable
from .equations import Equations
from .tracing import Control, Curve, Step, correct

_HALVINGS = 30
MARGIN = 1e-10
"""A multiplier this close to the circle is not outside: maps that preserve area have them."""


class BifurcationKind(enum.IntEnum):
    r"""The events of codimension one on a branch of fixed points.

    A multiplier $+1$ where the branch turns back (`FOLD`) or does not (`BRANCH_POINT`:
    transcritical, pitchfork or with a null space of several dimensions), $-1$ (`FLIP`, period
    doubling), $e^{\pm i \theta}$ (`NEIMARK_SACKER`), and a turn without exchange of stability
    (`PITCHFORK_TIP`: the tip of a pitchfork, seen from the branch that is born there).

    ```python
    gl.continuation.BifurcationKind("flip").label  # PD
    ```
    """

    NONE = 0
    FOLD = 1
    BRANCH_POINT = 2
    FLIP = 3
    NEIMARK_SACKER = 4
    PITCHFORK_TIP = 5

    @classmethod
    def _missing_(cls, value: object) -> "BifurcationKind":
        """A kind by its label or its name in words, such as `"LP"` or `"fold"`."""
        for kind in cls:
            if kind and value in (kind.label, kind.title):
                return kind
        names = ", ".join(repr(kind.title) for kind in cls if kind)
        raise ValueError(f"unknown kind of bifurcation {value!r}; choose from {names}.")

    @property
    def label(self) -> str:
        """The usual abbreviation."""
        return ("", "LP", "BP", "PD", "NS", "TP")[self]

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.lower().replace("_", " ").replace("neimark sacker", "Neimark-Sacker")


@readable
class Events(NamedTuple):
    r"""The events of a branch, at most as many as asked for; rows of kind 0 are empty.

    `point` and `parameter` by bisection of the number of unstable multipliers along the branch,
    which is known where a multiplier is $10^{-10}$ from the circle: about nine digits where it
    crosses with a speed, a $k$-th root of $10^{-10}$ where it touches to order $k$.
    `bifurcation_point` refines them. `chord` is the direction $(\Delta x, \Delta p)$ of the
    branch; `before` and `after` are the numbers of unstable multipliers on either side.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.branch(family, jnp.array(1 / 3), 1.5, 3.5).points().events.kind  # [3]
    ```
    """

    kind: Int[Array, " e"]
    parameter: Float[Array, " e"]
    point: Float[Array, "e n"]
    chord: Float[Array, "e n+1"]
    before: Int[Array, " e"]
    after: Int[Array, " e"]

    def _heading(self) -> str:
        return plural(int(np.sum(host(self.kind) > 0)), "event") + " of a branch"

    def _printed(self):
        return {"events": self.table()}

    def table(self) -> Table:
        """A row for each event: its kind, its parameter, the unstable multipliers beside it."""
        columns = (host(leaf) for leaf in (self.kind, self.parameter, self.before, self.after))
        rows = [
            (BifurcationKind(int(kind)).title, f"at {number(place)}", f"{before} -> {after}")
            for kind, place, before, after in zip(*columns, strict=True)
            if kind > 0
        ]
        return Table(("event", "parameter", "unstable multipliers"), rows, len(rows))


def classify(
    left: UnstableCounts, right: UnstableCounts, turned: Bool[Array, ""]
) -> Int[Array, ""]:
    """The kind of the event between two points.

    A complex pair that meets on the real axis outside the circle, or leaves it there, is none.
    """
    above, below, rotating = _changes(left, right)
    kind = xp.where(
        xp.abs(below) > xp.abs(above), BifurcationKind.FLIP, BifurcationKind.BRANCH_POINT
    )
    kind = xp.where((kind == BifurcationKind.BRANCH_POINT) & turned, BifurcationKind.FOLD, kind)
    kind = xp.where(
        (rotating != 0) & (above == 0) & (below == 0), BifurcationKind.NEIMARK_SACKER, kind
    )
    calm = xp.where(turned, BifurcationKind.PITCHFORK_TIP, BifurcationKind.NONE)
    return xp.where((above == 0) & (below == 0) & (rotating == 0), calm, kind)


def at_most_one_crossing(before: Step, now: Step) -> Bool[Array, ""]:
    r"""Whether at most one multiplier, or one complex pair, crossed the circle, and none twice.

    Where none crossed, the largest modulus, as the parabola through the last three points, must
    keep away from one with four times its bend: else two crossings may hide in the step. At the
    start, where two points are known, it may not come near one at the pace of the step. Where it is
    one throughout, as in maps that preserve area, there is nothing to hide.
    """
    crossed = sum(xp.abs(change) for change in _changes(now.left, now.right)[:2])
    crossed = crossed + (xp.abs(_changes(now.left, now.right)[2]) + 1) // 2
    far = xp.abs(xp.stack([now.left.radius, now.right.radius]) - 1)
    change = now.right.radius - now.left.radius
    begun = before.reach > 0
    ratio = now.reach / xp.where(begun, before.reach, 1.0)
    bend = xp.abs(change - ratio * (now.left.radius - before.left.radius)) / (1 + 1 / ratio)
    # A parabola reaches zero between two points where its bend is the square of this sum.
    keeps_away = 4 * bend <= xp.sqrt(far).sum() ** 2
    keeps_away = xp.where(begun, keeps_away, far.min() >= xp.abs(change))
    return (crossed <= 1) & ((crossed > 0) | keeps_away | (far.min() < MARGIN))


def _changes(left: UnstableCounts, right: UnstableCounts) -> tuple[Array, Array, Array]:
    """Multipliers that left the circle above, below and in pairs; pairs that met do not count."""
    above, below = right.above - left.above, right.below - left.below
    rotating = right.rotating - left.rotating
    met_above, met_below = rotating == -above, rotating == -below
    pair = (rotating != 0) & (rotating % 2 == 0)
    above_only, below_only = pair & met_above & (below == 0), pair & met_below & (above == 0)
    clear = above_only | below_only
    zero = xp.zeros_like(above)
    known = lambda change: xp.where(clear, zero, change)
    return known(above), known(below), known(rotating)


def find_events(
    equations: Equations, curve: Curve, control: Control, capacity: int
) -> tuple[Events, Int[Array, ""]]:
    """The events in the steps of a branch, located, and the number of those without room."""
    slope = curve.tangent[:, -1]
    each = lambda where: jax.tree.map(lambda leaf: leaf[where], curve.observed)
    turned = slope[:-1] * slope[1:] < 0
    kinds = classify(each(slice(None, -1)), each(slice(1, None)), turned)
    # Nothing lies before the start, which is the first row that is accepted.
    begun = xp.cumsum(curve.accepted)[:-1] > 0
    kinds = xp.where(curve.accepted[1:] & begun, kinds, BifurcationKind.NONE)
    places = xp.first_places(kinds > 0, capacity)

    width = (equations.upper - equations.lower)[-1]

    def locate(place):
        kind = xp.where(place < 0, BifurcationKind.NONE, kinds[place])
        find = lambda: _bisect(equations, curve, control, place, kind)
        rest = lambda: (curve.point[0], xp.zeros_like(curve.point[0]))
        point, chord = xp.cond(kind > 0, find, rest)
        parameter = equations.plain(point[-1:])[0]
        outside = curve.observed.outside
        numbers = equations.family.scale * point[:-1]
        chord = chord * xp.append(0 * numbers + equations.family.scale, width)
        return Events(kind, parameter, numbers, chord, outside[place], outside[place + 1])

    return xp.one_by_one(locate, places), xp.maximum((kinds > 0).sum() - capacity, 0)


def _bisect(
    equations: Equations,
    curve: Curve,
    control: Control,
    place: Int[Array, ""],
    kind: Int[Array, ""],
) -> tuple[Array, Array]:
    """The point between two points of a branch at which the count changes, and the chord."""
    ends = curve.point[place], curve.point[place + 1]
    chord = ends[1] - ends[0]
    normal = chord / xp.linalg.norm(chord)
    outside, slope = curve.observed.outside[place], curve.tangent[place, -1]

    def examine(left, right):
        guess = 0.5 * (left + right)
        found = correct(equations, guess, normal, tolerance=control.tolerance, iterations=8)
        # A correction that fails, beside a branch point, falls back on the chord.
        middle = xp.where(found.residual <= 1e-9, found.point, guess)
        same_count = found.operator.unstable_counts(MARGIN).outside == outside
        same_side = found.tangent[-1] * slope > 0
        before = xp.where(kind == BifurcationKind.PITCHFORK_TIP, same_side, same_count)
        return middle, before

    left, right = bisected(examine, *ends, steps=_HALVINGS)
    return 0.5 * (left + right), normal
