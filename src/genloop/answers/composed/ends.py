"""The ends of a loop in one parameter: from the real data, and from models that have collapsed."""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator

import jax.numpy as jnp
import numpy as np

from ...analysis import FixedPoint, Followed, Threshold, find_root, follow
from ...analysis.following import fixed_point_of_many
from ...models import Categorical, Gaussian
from ...operators import distance
from .chosen import ChosenLoop

STEPS = 32
"""The end from the real data is solved at so many places and one."""
APART = 1e-6
"""States nearer than this are one."""
_FEW, _RANDOM = 200, 4
"""Of up to `_FEW` outcomes so many random first models are even and as many are sparse."""
_LEVELS = (0.9, 0.75, 0.5, 0.25, 0.1, 0.02)
"""The places, as shares of the interval from its worse end, where other ends are looked for."""
_CRITICAL, _NEARLY_CRITICAL, _ROUGH = 0.99, 0.8, 1e-3
"""A state that is lost with a spectral radius above the first is at a bifurcation, else at a jump;
where the place is known to a rough share of the interval only, above the second."""
_HALVINGS = 40


def first_models(real: Categorical | Gaussian, winners: int) -> list[Categorical | Gaussian]:
    """First models that are not the real data: uniform, collapsed to each winner, and random.

    Of a table: almost no variance, ten times the variance, and a mean two deviations away.
    """
    if isinstance(real, Gaussian):
        shifted = real.mean + 2 * jnp.sqrt(jnp.diagonal(real.covariance))
        moved = (real.mean, 1e-3**0.5), (real.mean, 10**0.5), (shifted, 1.0)
        return [Gaussian(mean, scale * real.factor, real.read_from) for mean, scale in moved]
    probabilities, outcomes = np.asarray(real.probabilities), real.outcomes
    firsts = [np.full(outcomes, 1 / outcomes)]
    for winner in np.argsort(-probabilities, kind="stable")[:winners]:
        won = 0.05 * probabilities
        won[winner] += 1 - won.sum()
        firsts.append(won)
    random, number = np.random.default_rng(0), _RANDOM if outcomes <= _FEW else 1
    for concentration in (1.0, 0.1):
        firsts.extend(random.dirichlet(np.full(outcomes, concentration), number))
    return [Categorical(jnp.asarray(first), real.read_from) for first in firsts]


@dataclasses.dataclass(frozen=True)
class Lost:
    """The place where a stable state is lost: a bracket, and the state's residual just before."""

    bracket: tuple[float, float]
    residual: float

    @classmethod
    def between(cls, inner: float, outer: float, point: FixedPoint) -> "Lost":
        """With the state at `inner` and without it at `outer`."""
        return cls((min(inner, outer), max(inner, outer)), float(point.residual))


class Ends:
    """Ends of a loop at values of its unknown, each solved once and kept.

    `better` is the end of the interval at which the loop keeps nearer to the real data, `worse` the
    other. `progress` is told the per cent that are done.
    """

    def __init__(
        self,
        loop: ChosenLoop,
        size: Callable[[FixedPoint], float],
        *,
        winners: int,
        progress: Callable[[float, str], None] | None = None,
    ):
        self.loop, self.size = loop, size
        self.firsts = first_models(loop.real, winners)
        self.tell = progress or (lambda done, note: None)
        self.healthy = functools.cache(
            lambda value: fixed_point_of_many(loop.map(value), loop.real)
        )
        self.from_first = functools.cache(
            lambda value, index: fixed_point_of_many(loop.map(value), self.firsts[index])
        )
        ends = sorted(loop.interval, key=lambda value: size(self.healthy(value)))
        self.better, self.worse = ends

    @functools.cached_property
    def places(self) -> tuple[float, ...]:
        """Places from the better to the worse end, evenly."""
        return tuple(np.linspace(self.better, self.worse, STEPS + 1).tolist())

    def solve(self) -> None:
        """Solve the end from the real data at all places, with progress."""
        for index, place in enumerate(self.places):
            self.tell(60 * index / STEPS, "from the real data")
            self.healthy(place)

    def crossings(
        self, excess: Callable[[FixedPoint], float]
    ) -> tuple[Threshold | None, Threshold | None] | None:
        """The places behind which `excess` is above zero, towards the worse and the better end.

        The values themselves meet the demand, to rounding; `None` on a side where it is met as far
        as the interval goes, and instead of both where it is met at no place that was tried. The
        place where it is met best is where both ways begin.
        """
        found = functools.cache(lambda value: min(excess(self.healthy(value)), 1.0))
        best = min(range(len(self.places)), key=lambda index: found(self.places[index]))
        if found(self.better) <= 0:
            best = 0
        if found(self.places[best]) > 0:
            return None
        worse, better = self.places[best:], self.places[best::-1]
        return self._first_crossing(found, worse), self._first_crossing(found, better)

    def _first_crossing(self, found, places) -> Threshold | None:
        for before, place in itertools.pairwise(places):
            if found(place) > 0:
                root = find_root(found, *sorted((before, place)))
                met = next(end for end in root.bracket if found(end) <= 0)
                return dataclasses.replace(root, value=met, residual=abs(found(met)))
        return None

    def _bisected(self, holds, inner: float, outer: float, halvings: int = _HALVINGS):
        for _ in range(halvings):
            middle = 0.5 * (inner + outer)
            if middle in (inner, outer):
                break
            inner, outer = (middle, outer) if holds(middle) else (inner, middle)
        return inner, outer

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
            return path, False
        return rest, float(rest.points[-1].spectral_radius) > _CRITICAL

    def _lasts(self, value: float) -> bool:
        return bool(self.healthy(value).stable)

    def others(self, value: float) -> Iterator[tuple[int, FixedPoint]]:
        """Stable ends of the first models that are not the end from the real data, each once."""
        known = [self.healthy(value)]
        for index in range(len(self.firsts)):
            point = self.from_first(value, index)
            if bool(point.stable) and not any(self.same(point, other) for other in known):
                known.append(point)
                yield index, point

    def same(self, left: FixedPoint, right: FixedPoint) -> bool:
        """Whether two fixed points are one state."""
        return bool(right.converged) and float(distance(left.state, right.state)) < APART

    def last_other(self) -> Lost | None:
        """The place, seen from the worse end, where the last other stable end is lost.

        `None` where never two ends are found; a bracket of one place where two are throughout.
        """
        best: tuple[float, float, FixedPoint] | None = None
        paths: list[Followed] = []
        for done, share in enumerate(_LEVELS):
            self.tell(60 + 40 * done / len(_LEVELS), "from collapsed models")
            begin = self.worse + share * (self.better - self.worse)
            for index, point in self.others(begin):
                if not any(self._is_on(path, begin, point) for path in paths):
                    path, critical = self._followed(point, begin, self.better)
                    paths.append(path)
                    best = self._further(best, path, critical, index)
        return None if best is None else Lost.between(*best)

    def _is_on(self, path: Followed, place: float, point: FixedPoint) -> bool:
        """Whether a state is that which was followed, at a place that its way has passed."""
        known = min(range(len(path.points)), key=lambda i: abs(path.parameters[i] - place))
        if not min(path.parameters) <= place <= max(path.parameters):
            return False
        there = fixed_point_of_many(self.loop.map(place), path.points[known].state, continued=False)
        return self.same(point, there)

    def _further(self, best, path: Followed, critical: bool, index: int):
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
                if not self._is_apart(inner, index):
                    return best
            apart = lambda value: self._is_apart(value, index)
            inner, outer = self._bisected(apart, inner, self.better)
            last = last if inner == path.lost[0] else self.from_first(inner, index)
        return (
            best if best is not None and reached(best[0]) > reached(inner) else (inner, outer, last)
        )

    def _is_apart(self, value: float, index: int) -> bool:
        point = self.from_first(value, index)
        return bool(point.stable) and not self.same(point, self.healthy(value))
