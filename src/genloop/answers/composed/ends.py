"""The ends of a loop in one parameter: from the real data, and from models that have collapsed."""

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np

from ...analysis import FixedPoint, Followed, Threshold, find_root, follow
from ...analysis.following import fixed_point_of_many
from ...bisection import bisected
from ...models import Categorical
from ...stages.truncate import AbstractTruncation
from .chosen import ChosenLoop
from .firsts import ends_of, many_first_models, same
from .notes import every_call

STEPS = 32
"""The end from the real data is solved at so many places and one."""
VISIBLE = 0.01
"""Of a loop that cuts off outcomes only ends of a larger total variation are told apart: which of
many rare outcomes is the last that is kept makes as many ends that hardly differ."""
_LEVELS = (0.9, 0.75, 0.5, 0.25, 0.1, 0.02)
"""The places, as shares of the interval from its worse end, where other ends are looked for."""
_CRITICAL, _NEARLY_CRITICAL, _ROUGH = 0.99, 0.8, 1e-3
"""A state that is lost with a spectral radius above the first is at a bifurcation, else at a jump;
where the place is known to a rough share of the interval only, above the second."""
_HALVINGS = 40


@dataclasses.dataclass(frozen=True)
class Lost:
    """The place where a stable state is lost: a bracket, and the state's residual just before."""

    bracket: tuple[float, float]
    residual: float

    @classmethod
    def between(cls, inner: float, outer: float, point: FixedPoint) -> "Lost":
        """With the state at `inner` and without it at `outer`."""
        return cls((min(inner, outer), max(inner, outer)), float(point.residual))


UNKNOWN = "unknown"


class Crossings(NamedTuple):
    """Where a demand is no longer met: towards the worse and the better end of an interval.

    `met` is whether it is met anywhere, `None` where that is not known. Of the two sides `None`
    says that it is met as far as the interval goes, `UNKNOWN` that this is not known.
    """

    met: bool | None
    worse: Threshold | str | None
    better: Threshold | str | None


_NOWHERE = Crossings(None, UNKNOWN, UNKNOWN)


def healthy_ends(loop: ChosenLoop) -> Callable[[float], FixedPoint]:
    """The end from the real data at a value of the unknown, each solved once and kept."""
    return functools.cache(lambda value: fixed_point_of_many(loop.map(value), loop.real))


class Ends:
    """Ends of a loop at values of its unknown, those from the real data being `healthy`.

    `better` is the end of the interval at which the loop keeps nearer to the real data, `worse` the
    other, by the `size` of what is wrong there. `progress` is told the per cent that are done.
    """

    def __init__(
        self,
        loop: ChosenLoop,
        healthy: Callable[[float], FixedPoint],
        size: Callable[[float], float],
        *,
        progress: Callable[[float, str], None] | None = None,
    ):
        self.loop = loop
        self.firsts = many_first_models(loop.real)
        self.tell = progress or (lambda done, note: None)
        self.healthy = healthy
        known = lambda size: math.inf if math.isnan(size) else size
        rank = lambda value: known(size(value))
        self.better, self.worse = sorted(loop.interval, key=rank)

    @property
    def models(self) -> int:
        """The number of first models besides the real data."""
        return len(jax.tree.leaves(self.firsts)[0])

    @functools.cached_property
    def places(self) -> tuple[float, ...]:
        """Places from the better to the worse end, evenly."""
        return tuple(np.linspace(self.better, self.worse, STEPS + 1).tolist())

    def solve(self) -> None:
        """Solve the end from the real data at all places, with progress."""
        for index, place in enumerate(self.places):
            self.tell(60 * index / STEPS, "from the real data")
            self.healthy(place)

    def crossings(self, excess: Callable[[float], float]) -> "Crossings":
        """The places behind which `excess` is above zero, on both sides of one where it is not.

        That is the place nearest to the better end. The excess is NaN where it is not known.
        """
        found = functools.cache(lambda value: min(excess(value), 1.0))
        known = [index for index, place in enumerate(self.places) if not np.isnan(found(place))]
        if not known:
            return _NOWHERE
        best = min(known, key=lambda index: (found(self.places[index]) > 0, index))
        if found(self.places[best]) > 0:
            return Crossings(False, None, None) if len(known) == len(self.places) else _NOWHERE
        worse, better = self.places[best:], self.places[best::-1]
        return Crossings(True, self._first(found, worse), self._first(found, better))

    def _first(self, found, places) -> "Threshold | str | None":
        """The first crossing on a way; nothing without one, `UNKNOWN` behind what is unknown."""
        for before, place in itertools.pairwise(places):
            if np.isnan(found(place)):
                return UNKNOWN
            if found(place) > 0:
                # At a bifurcation itself it is not known whether the end lasts.
                kept = lambda value: 1.0 if np.isnan(found(value)) else found(value)
                root = find_root(kept, *sorted((before, place)))
                met = next(end for end in root.bracket if kept(end) <= 0)
                return dataclasses.replace(root, value=met, residual=abs(found(met)))
        return None

    def _bisected(self, holds, inner: float, outer: float) -> tuple[float, float]:
        def examine(before, after):
            middle = 0.5 * (float(before) + float(after))
            return middle, holds(middle)

        inner, outer = bisected(examine, inner, outer, steps=_HALVINGS)
        return float(inner), float(outer)

    def first_loss(self) -> Lost | None:
        """Where the end from the real data, followed from the better end, is stable no more.

        Where the map jumps to another stable state this is followed on, once; behind a second jump
        the places in between are looked at one by one. `None` where it is stable at all of them.
        """
        place, jumps = self.better, 0
        while place != self.worse and jumps < 2:
            path, critical = self._followed(self.healthy(place), place, self.worse)
            if path.lost is None:
                return None
            place = path.lost[1]
            if critical or not self._lasts(place):
                return Lost.between(*path.lost, path.points[-1])
            jumps += 1
        for before, after in itertools.pairwise(self.places):
            if not self._lasts(after):
                inner, outer = self._bisected(self._lasts, before, after)
                return Lost.between(inner, outer, self.healthy(inner))
        return None

    def _followed(self, point: FixedPoint, begin: float, end: float) -> tuple[Followed, bool]:
        """The way of a stable state, and whether it is lost at a bifurcation.

        Such a place is enclosed to rounding; a jump of the map only roughly.
        """
        path = follow(self.loop.map, point, begin, end, width=_ROUGH)
        if path.lost is None or float(path.points[-1].spectral_radius) <= _NEARLY_CRITICAL:
            return path, False
        rest = follow(self.loop.map, path.points[-1], path.lost[0], path.lost[1])
        if rest.lost is None:
            # It went on in shorter strides: it was not lost there.
            return self._followed(rest.points[-1], rest.parameters[-1], end)
        return rest, float(rest.points[-1].spectral_radius) > _CRITICAL

    def _lasts(self, value: float) -> bool:
        return bool(self.healthy(value).stable)

    def others(self, value: float) -> list[tuple[Any, FixedPoint]]:
        """Stable ends of first models, with these, apart from the end from the real data."""
        ends = ends_of(self.loop, value, self.firsts)
        return [(first, point) for first, point in ends if self._are_apart(point, value)]

    def _are_apart(self, point: FixedPoint, value: float) -> bool:
        healthy = self.healthy(value)
        # Nothing is apart from an end that is not known.
        if not bool(healthy.converged) or same(point, healthy):
            return False
        if not self.cuts_off:
            return True
        gap = point.state.probabilities - healthy.state.probabilities
        return not 0.5 * float(np.abs(np.asarray(gap)).sum()) <= VISIBLE

    @functools.cached_property
    def cuts_off(self) -> bool:
        """Whether some stage keeps a part of the outcomes only."""
        calls = every_call(self.loop.pipeline)
        rules = any(issubclass(call.stage, AbstractTruncation) for call in calls)
        return rules and isinstance(self.loop.real, Categorical)

    def last_other(self) -> Lost | None:
        """The place, seen from the worse end, where the last other stable end is lost.

        `None` where never two ends are found; a bracket of one place where two are throughout.
        """
        best: tuple[float, float, FixedPoint] | None = None
        paths: list[Followed] = []
        for done, share in enumerate(_LEVELS):
            self.tell(60 + 40 * done / len(_LEVELS), "from collapsed models")
            begin = self.worse + share * (self.better - self.worse)
            for first, point in self.others(begin):
                if not any(self._is_on(path, begin, point) for path in paths):
                    path, critical = self._followed(point, begin, self.better)
                    paths.append(path)
                    best = self._further(best, path, critical, first)
        return None if best is None else Lost.between(*best)

    def _is_on(self, path: Followed, place: float, point: FixedPoint) -> bool:
        """Whether a state is that which was followed, at a place that its way has passed."""
        known = min(range(len(path.points)), key=lambda i: abs(path.parameters[i] - place))
        if not min(path.parameters) <= place <= max(path.parameters):
            return False
        there = fixed_point_of_many(self.loop.map(place), path.points[known].state, continued=False)
        return same(point, there)

    def _further(self, best, path: Followed, critical: bool, first: Any):
        """The furthest that a second end goes towards the better end, of the best and a new way.

        Behind a jump of the map it is sought, if the same first model still leads elsewhere.
        """
        last, reached = path.points[-1], lambda place: abs(place - self.worse)
        if path.lost is None:
            return self.better, self.better, last
        inner, outer = path.lost
        if not critical:
            if best is not None and reached(best[0]) > reached(inner):
                inner = best[0]
                if self._apart_from(inner, first) is None:
                    return best
            apart = lambda value: self._apart_from(value, first) is not None
            inner, outer = self._bisected(apart, inner, self.better)
            last = self._apart_from(inner, first) or last
        return (
            best if best is not None and reached(best[0]) > reached(inner) else (inner, outer, last)
        )

    def _apart_from(self, value: float, first: Any) -> FixedPoint | None:
        """The stable end of a first model, if it is not that from the real data."""
        alone = jax.tree.map(lambda leaf: leaf[None], first)
        ends = (point for _, point in ends_of(self.loop, value, alone))
        return next((point for point in ends if self._are_apart(point, value)), None)
