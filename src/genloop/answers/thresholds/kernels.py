"""The real data that a kernel density loop needs, and what it does in the long run."""

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from ...analysis import Threshold, find_root
from ...arguments import checked
from ...certificates import Certificate
from ...printing import readable
from .. import goals as known
from ..answer import hidden
from ..composed import ChosenLoop
from ..goals import Goal, percent
from ..kernels import NEUTRAL, Spread, notes_of
from ..real_data import RealTable, described
from .answer import Thresholds
from .long_run import Column

PLACES = 65
"""A goal is tried at so many places of the interval before its ends are solved."""
_QUESTIONS = {
    "mean": "the expected variance stays bounded",
    "population": "the same, if the mean did not wander",
}


@dataclasses.dataclass(frozen=True)
class KernelEnd:
    r"""The long run of a kernel density loop by its exact expected moments.

    `growth` is the largest multiplier a generation: below one the moments settle. `growth_alone`
    is that of the variance without the real data, $c$, whose share is `real_fraction`.
    `variance_kept` and `mean_error` are averages over columns in units of the real variance,
    infinite where they grow, `columns` the variances themselves. `doubling` are the generations
    in which the variance doubles in the end (negative where it halves), `relaxation` those in which
    it comes nearer to its limit by $e$.
    """

    converged: ClassVar[bool] = True

    value: float | None
    growth: float
    growth_alone: float
    real_fraction: float
    bounded: Mapping[str, bool]
    variance_kept: float
    mean_error: float
    columns: Mapping[str, Column]
    doubling: float | None
    relaxation: float | None
    meets: Mapping[str, bool]


@readable
@dataclasses.dataclass(frozen=True)
class KernelThresholds(Thresholds):
    """What a kernel density loop on the rows of a table needs, by exact expected moments.

    `thresholds` are values of the `unknown`: "mean" where the expected variance stays bounded,
    "population" where it would if the mean did not wander, "variance" where it keeps to the goal;
    none where nothing is unknown. `side` is "above" where more of the unknown is better.

    ```python
    real = gl.Particles.of([1.4, 1.3, 1.5, 4.7, 4.5, 4.9, 5.1, 6.0])
    loop = 'Draw(1000) >> Smooth("scott") >> Mix(real, a)'
    gl.answers.threshold(real, loop=loop).thresholds["mean"].value  # 0.0589218
    ```
    """

    input: RealTable
    loop: str
    unknown: str | None
    interval: tuple[float, float] | None
    side: str
    goals: Mapping[str, Goal]
    thresholds: Mapping[str, Threshold]
    questions: Mapping[str, str]
    at: KernelEnd
    asked_at: float | None
    notes: tuple[str, ...] = ()
    certificates: Mapping[str, Certificate] = hidden()

    @property
    def met(self) -> bool | None:
        """Whether all goals asked for are met; `None` where none was asked about."""
        if self.unknown is not None and self.asked_at is None:
            return None
        verdicts = [self.at.meets[name] for name in self.asked]
        return all(verdicts) if verdicts else None

    @property
    def decided(self) -> bool:
        """The moments are exact: everything is."""
        return True


@checked
def kernel_threshold(
    loop: ChosenLoop, *, goals: Mapping[str, float] | None = None, at: float | None = None
) -> KernelThresholds:
    """The threshold of a kernel density loop on the rows of a table, or how it stands.

    With an unknown share of real data, bandwidth or other number of the loop: where its expected
    variance stays bounded, and where it keeps to the goal. With numbers everywhere: the long run.
    """
    named = known.goals_of(goals, known.TABLE)
    if not goals and loop.unknown is None:
        named = {name: goal._replace(asked=False) for name, goal in named.items()}
    level = named["variance"].level
    common = described(loop.real), loop.text
    if loop.unknown is None:
        end = kernel_end(loop, Spread.of(loop), None, level)
        parts = None, None, "above", named, {}, {}, end, None, notes_of(loop)
        return KernelThresholds(*common, *parts, certificates={}, model=loop.real)
    search = _Search(loop, level)
    value = search.shown if at is None else at
    end = kernel_end(loop, search.spread(value), value, level)
    found = {
        "mean": search.bounded(Spread.growth.fget),
        "population": search.bounded(_without_wander),
    }
    found |= search.goal()
    questions = _QUESTIONS | {"variance": f"variance within {percent(level)}"}
    parts = loop.unknown, loop.interval, search.side, named, found, questions, end, at
    return KernelThresholds(*common, *parts, notes_of(loop), certificates={}, model=loop.real)


def _without_wander(spread: Spread) -> float:
    """The multiplier of the variance in a loop whose mean rests."""
    return (1 - spread.real_fraction) * float(spread.growth_alone)


class _Search:
    """The values of an unknown at which a demand is met, from its better end on."""

    def __init__(self, loop: ChosenLoop, level: float):
        self.spread = functools.cache(functools.partial(Spread.of, loop))
        self.level, (lower, upper) = level, loop.interval
        self.name = loop.unknown
        rank = lambda value: (self.excess(value), self.spread(value).growth)
        self.side = "above" if rank(upper) <= rank(lower) else "below"
        places = np.linspace(lower, upper, PLACES).tolist()
        self.places = places[::-1] if self.side == "above" else places

    @property
    def shown(self) -> float:
        """Without a value that is asked for: about a tenth of the way from the worse end."""
        better, worse = self.places[0], self.places[-1]
        return float(f"{worse + 0.1 * (better - worse):.3g}")

    def excess(self, value: float) -> float:
        """How far the variance is from its goal, by its logarithm: not above zero where it is met.

        Cut off, so that a search has numbers where there is no limit.
        """
        (kept,) = self.spread(value).average.limit()[1]
        away = abs(math.log(kept)) if 0 < kept < math.inf else math.inf
        return min(away, _FAR) + math.log(self.level)

    def bounded(self, multiplier: Callable[[Spread], float]) -> Threshold:
        """Where a multiplier becomes one."""
        excess = lambda value: multiplier(self.spread(value)) - 1
        if excess(self.places[0]) >= NEUTRAL:
            where = f"{self.name} = {self.places[0]:g}"
            return Threshold.absent(f"it grows without limit even at {where}", "not reachable")
        return self._lost(excess, self.places, "bounded")

    def goal(self) -> dict[str, Threshold]:
        """Where the goal is lost: on the worse side, and as its limit on the better one."""
        tried = [self.excess(place) for place in self.places]
        best = int(np.argmin(tried))
        if tried[best] > 0:
            reason = f"met at none of the {PLACES} values tried"
            return {"variance": Threshold.absent(reason, "not reachable")}
        found = {"variance": self._lost(self.excess, self.places[best:], "met")}
        beyond = self._lost(self.excess, self.places[best::-1], "met")
        return found if beyond.value is None else found | {f"variance{known.LIMIT}": beyond}

    def _lost(self, excess: Callable[[float], float], places: list[float], word: str) -> Threshold:
        for before, after in itertools.pairwise(places):
            if excess(after) > 0:
                return find_root(excess, *sorted((before, after)))
        return Threshold.absent(f"{word} at all values tried", "not needed")


_FAR = 50.0


def kernel_end(loop: ChosenLoop, spread: Spread, value: float | None, level: float) -> KernelEnd:
    """The long run at a value of the unknown."""
    (error,), (kept,) = (numbers.tolist() for numbers in spread.average.limit())
    bounded = {"variance": math.isfinite(kept), "mean": math.isfinite(error)}
    names = loop.real.labels or [f"column {i + 1}" for i in range(len(spread.real))]
    runs = zip(names, spread.real.tolist(), spread.limit()[1].tolist(), strict=True)
    rate = spread.growth if spread.real_fraction > NEUTRAL else float(spread.matrix[1, 1])
    doubling = None if abs(rate - 1) <= NEUTRAL or kept < math.inf else math.log(2) / math.log(rate)
    return KernelEnd(
        value,
        spread.growth,
        float(spread.growth_alone),
        spread.real_fraction,
        bounded,
        kept,
        error,
        {name: Column(now, later) for name, now, later in runs},
        doubling,
        -1 / math.log(rate) if rate < 1 - NEUTRAL else None,
        {"variance": level <= kept <= 1 / level},
    )
