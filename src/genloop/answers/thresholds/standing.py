"""How a loop on a table stands in which nothing is unknown: by its exact expected moments."""

import dataclasses
import math
from collections.abc import Mapping
from typing import ClassVar

from ...analysis import Threshold
from ...arguments import checked
from ...certificates import Certificate
from ...errors import InputError
from ...loops import gaussian
from ...models import Gaussian
from ...printing import readable
from ...stages import Accumulate, Window
from ...stages.accumulate import AbstractCollection
from .. import goals as known
from ..answer import hidden
from ..composed import (
    ChosenLoop,
    Direction,
    Fate,
    Trend,
    direction_of,
    expected_of,
    fixed_set_notes,
)
from ..goals import Goal
from ..real_data import RealTable, described
from .answer import Thresholds
from .long_run import SHARES, WITHOUT, Column, Halving, columns_of

_ROUNDING = 1e-12
_KEPT = "the expected squares of data that are kept are no recursion of their own"
_SQUARES = "the expected squares of this loop are no recursion of their own"
_ADMISSIBLE = "it is known of loops that pool sampled with new real points, such as mad-fresh"
_LAW = "no law of single runs is known; genloop simulate follows some"


@dataclasses.dataclass(frozen=True)
class Standing:
    r"""The long run of a loop by its expected moments, in units of the real variance.

    `fates` say of the expected variance and the expected squared error of the mean whether each
    "settles", "vanishes" or "grows"; `variance_kept` and `mean_error` are their limits, infinite
    where they grow. `typical_growth` is the drift of the logarithm of the variance in a generation
    without real data. The other numbers are those of `TableThresholds.at`; what is not known is
    `None`, and `reasons` say why.
    """

    converged: ClassVar[bool] = True

    fates: Mapping[str, str]
    variance_kept: float | None
    mean_error: float | None
    typical_growth: float | None
    columns: Mapping[str, Column]
    meets: Mapping[str, bool | None]
    bounded: Mapping[str, bool | None]
    variance_deviation: float | None
    wasserstein: float | None
    effective_samples: Mapping[str, float | None]
    admissible_samples: Threshold
    relaxation: float | None
    halving: Halving
    reasons: Mapping[str, str]


@readable
@dataclasses.dataclass(frozen=True)
class TableStanding(Thresholds):
    """How a loop with numbers everywhere stands on a table: nothing is sought, so no thresholds.

    A goal that is asked for is judged by the limit.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.threshold(real, loop="accumulate", values={"n": 100}).at.variance_kept  # 0.993567
    ```
    """

    input: RealTable
    loop: str
    goals: Mapping[str, Goal]
    at: Standing
    notes: tuple[str, ...] = ()
    thresholds: Mapping[str, Threshold] = dataclasses.field(default_factory=dict)
    questions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    asked_at: float | None = None
    certificates: Mapping[str, Certificate] = hidden()

    @property
    def met(self) -> bool | None:
        """Whether all goals asked for are met in the limit; `None` without any and if unknown."""
        verdicts = [self.at.meets[name] for name in self.asked]
        return None if not verdicts or None in verdicts else all(verdicts)

    @property
    def decided(self) -> bool:
        """Whether it is known if the goals asked for are met."""
        return not self.asked or self.met is not None


@checked
def table_standing(asked: ChosenLoop, goals: Mapping[str, float] | None) -> TableStanding:
    """The standing of a loop without an unknown; `InputError` E136 where its moments are open."""
    named = known.goals_of(goals, known.TABLE)
    if not goals:
        named = {name: goal._replace(asked=False) for name, goal in named.items()}
    found = _standing(asked, named["variance"].level)
    return TableStanding(
        described(asked.real),
        asked.text,
        named,
        found,
        _notes(asked),
        certificates={},
        model=asked.real,
        rewards=asked.rewards,
    )


def _notes(asked: ChosenLoop) -> tuple[str, ...]:
    begun = "Data that are kept begin with as many real points as join in a generation."
    kept = isinstance(asked.stage(), Accumulate | Window)
    return (*fixed_set_notes(asked), *((begun,) if kept else ()))


def _standing(asked: ChosenLoop, goal: float) -> Standing:
    direction, real = direction_of(asked), asked.real
    if not direction.closes:
        raise InputError(
            "E136",
            f"nothing is unknown in {asked.text}, and its expected moments are no recursion of "
            "their own; name an unknown, as the a of Mix(real, a), or follow runs of it with "
            "genloop simulate.",
        )
    error, variance = direction.trends
    wander, kept = _limit(error), _limit(variance)
    bounded, reasons = _bounded(asked, direction)
    spread, reasons = _spread(asked, direction, reasons)
    halving, reasons = _halving(direction, reasons)
    real_data = direction.second_moment[0] > 0
    growth = direction.drift
    return Standing(
        {"variance": variance.fate.value, "mean_error": error.fate.value},
        kept,
        wander,
        None if growth is None else growth.log_variance,
        columns_of(real, kept),
        {"variance": None if kept is None else goal <= kept <= 1 / goal},
        bounded,
        *spread,
        {"mean": _worth(wander), "wasserstein": _worth_whole(spread[1], real)},
        Threshold.absent(_ADMISSIBLE if real_data else WITHOUT, "does not apply"),
        direction.relaxation if real_data else None,
        halving,
        reasons,
    )


def _limit(trend: Trend) -> float | None:
    return math.inf if trend.fate is Fate.GROWS else trend.limit


def _bounded(asked: ChosenLoop, direction: Direction):
    """In which sense the loop is bounded, and why that is not known.

    Of almost every run: without real data by the drift. Else real data make one law of a bounded
    mean, and of data that are kept a recursion with ever smaller steps whose noise can be summed
    up; and where the second moment about the real mean grows in no generation, it is a non-negative
    supermartingale and converges.
    """
    fates = {trend.fate for trend in direction.trends}
    mean = False if Fate.GROWS in fates else None if Fate.UNKNOWN in fates else True
    reasons, joins, factor = {}, *direction.second_moment
    every, square = None, mean
    if direction.drift is not None:
        every = direction.drift.log_variance < 0
    elif mean and (joins > 0 or factor <= 1 + _ROUNDING):
        every = True
    if mean is None:
        reasons["mean"] = "the long run of the expected moments is not resolved"
    if mean is not False and direction.loop.draws:
        expected = expected_of(asked, None)
        square = None if expected is None else expected.bounded["mean_square"]
    if square is None:
        kept = isinstance(direction.loop, AbstractCollection)
        reasons["mean_square"] = _KEPT if kept else _SQUARES
    if every is None:
        reasons["almost_sure"] = "the mean over runs is no bound, and no theorem says more"
    return {"almost_sure": every, "mean": mean, "mean_square": square}, reasons


def _spread(asked: ChosenLoop, direction: Direction, reasons):
    """Noise and distance, as far as the expected squares say them."""
    if not direction.loop.draws:
        error, kept = map(_limit, direction.trends)
        settled = error is not None and kept is not None and math.isfinite(error + kept)
        distance = error + (1 - math.sqrt(kept)) ** 2 if settled else None
        return (0.0 if settled else None, distance), reasons
    expected = expected_of(asked, None)
    if expected is None:
        kept = isinstance(direction.loop, AbstractCollection)
        why = _KEPT if kept else _SQUARES
        return (None, None), reasons | {"variance_deviation": why, "wasserstein": why}
    if math.isfinite(expected.wasserstein):
        return (expected.variance_deviation, expected.wasserstein), reasons
    why = "the expected squares have no limit, or all variance is lost"
    return (None, None), reasons | {"variance_deviation": why, "wasserstein": why}


def _worth(error: float | None) -> float | None:
    """The real points alone whose mean has this squared error."""
    if error is None:
        return None
    return math.inf if error == 0 else 1 / error


def _worth_whole(distance: float | None, real: Gaussian) -> float | None:
    if not distance:
        return None
    return float(gaussian.effective_samples(distance * real.dimension, dimension=real.dimension))


def _halving(direction: Direction, reasons):
    """By the exact law of runs where there is one, and of the expected variance."""
    mean = direction.half()
    if mean is None:
        reasons = reasons | {"halving.mean": "later than kept data are followed"}
    drift = direction.drift
    if not direction.loop.draws:
        return Halving(None if mean is None else _shares([mean] * len(SHARES)), mean), reasons
    if drift is None or drift.temperature is None:
        return Halving(None, mean), reasons | {"halving.runs": _LAW}
    options = {"temperature": drift.temperature, "unbiased": False}
    runs = gaussian.passage_quantiles(SHARES, *drift.draws, **options)
    return Halving(_shares(runs), mean), reasons


def _shares(generations) -> dict[str, float]:
    return dict(zip(map(str, SHARES), generations, strict=True))
