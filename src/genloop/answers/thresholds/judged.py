"""How a goal of a typed loop is judged: by exact expected moments, or with infinite data."""

import functools
import math
from collections.abc import Callable, Mapping

from ...analysis import FixedPoint
from ...models import Gaussian
from ..composed import (
    ChosenLoop,
    Expected,
    Fate,
    Fit,
    direction_of,
    expected_of,
    fixed_set_notes,
)
from ..goals import Goal

_INFINITE = 1e300
_OPEN = (
    "The goals are judged with infinite data: the expected moments of these samples are no "
    "recursion of their own. genloop simulate follows runs of them."
)


class Judge:
    """Whether ends of a loop keep to goals, at values of its unknown.

    On a table the finite samples of a loop move its expected moments. Where these are a recursion
    of their own they decide, exactly; else the end of infinite data does.
    """

    def __init__(self, fit: Fit, loop: ChosenLoop, healthy: Callable[[float], FixedPoint]):
        self.fit, self.loop, self.healthy = fit, loop, healthy
        self.direction = functools.cache(functools.partial(direction_of, loop))

    @functools.cached_property
    def draws(self) -> bool:
        """Whether the loop has finite samples that could move what a goal is about."""
        return isinstance(self.loop.real, Gaussian) and self.loop.stage(self.loop.interval[1]).draws

    @functools.cached_property
    def exact(self) -> bool:
        """Whether the goals are about expected moments; one fixed set has no direction for all."""
        if not self.draws or fixed_set_notes(self.loop):
            return False
        return self.direction(self.loop.interval[1]).closes

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of the verdicts."""
        return (_OPEN,) if self.draws and not self.exact else ()

    def question(self, name: str, level: float) -> str:
        """The goal in words."""
        asked = self.fit.question(name, level)
        if self.exact:
            return f"expected {asked}"
        return f"{asked}, with infinite data" if self.draws else asked

    def excess(self, name: str, level: float, value: float) -> float:
        """How far the end is from a goal; infinitely, if it does not last, NaN if not known."""
        if self.exact:
            return self._expected_excess(level, value)
        point = self.healthy(value)
        if point.stability in ("not found", "undecided"):
            return math.nan
        return self.fit.excess(name, level, point.state) if bool(point.stable) else _INFINITE

    def _expected_excess(self, level: float, value: float) -> float:
        trend = self.direction(value).trends[1]
        if trend.fate is Fate.UNKNOWN:
            return math.nan
        if trend.fate is not Fate.SETTLES:
            return _INFINITE
        return abs(math.log(trend.limit)) + math.log(level)

    def meets(self, goals: Mapping[str, Goal], value: float) -> dict[str, bool | None]:
        """Whether each goal is met, `None` where that is not known."""
        found = {name: self.excess(name, goal.level, value) for name, goal in goals.items()}
        return {name: None if math.isnan(x) else x <= 0 for name, x in found.items()}

    def expected(self, value: float) -> Expected | None:
        """The expected moments, those of their squares where these close."""
        found = expected_of(self.loop, value)
        if found is not None or not self.exact:
            return found
        error, variance = self.direction(value).trends
        fates = {error.fate, variance.fate}
        if Fate.UNKNOWN in fates:
            return None
        if Fate.GROWS in fates:
            return Expected({"mean": False, "mean_square": False}, *(math.inf,) * 4)
        limits = variance.limit, error.limit
        return Expected({"mean": True, "mean_square": None}, *limits, math.nan, math.nan)
