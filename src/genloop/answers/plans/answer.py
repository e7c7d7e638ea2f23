"""The answer about a schedule."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from ...printing import readable
from ..answer import Answer
from ..real_data import RealData
from .limits import Limit


@readable
@dataclasses.dataclass(frozen=True)
class Spending:
    """A schedule of the parameter that was to be found: its numbers, their sum, and what it costs.

    ```python
    real, loop = gl.Gaussian.of(0.0, 1.0), "Temper(0.9) >> Mix(real, a)"
    asked = {"generations": 4, "goals": {"variance": 0.8}}
    gl.answers.plan(real, loop=loop, unknown="a", **asked).plans["constant"].cost  # 0.866215
    ```
    """

    numbers: tuple[float, ...]
    total: float
    cost: float


@readable
@dataclasses.dataclass(frozen=True)
class Plan(Answer):
    """A loop over `generations` with its schedule, and the cheaper and dearer ways to the goals.

    `schedule` has the numbers of all parameters and `statistics` what they lead to, by name and
    generation; `reading` says of what: expected moments or infinite data. `met` is whether the
    `goals` are kept, in `when` every generation or at the end, `missed` the first generation in
    which they are not. `plans` are schedules of the `unknown` that keep them, the optimum first;
    `reason` says why there is none. `limit` is what becomes of the loop in the end.

    ```python
    real, loop = gl.Gaussian.of(0.0, 1.0), "Temper(0.9) >> Mix(real, a)"
    asked = {"generations": 4, "goals": {"variance": 0.8}}
    gl.answers.plan(real, loop=loop, unknown="a", **asked).plans["optimum"].cost  # 0.547707
    ```
    """

    question: ClassVar[str] = "plan"

    input: RealData
    loop: str
    generations: int
    reading: str
    goals: Mapping[str, float]
    when: str
    unknown: str | None
    cost: str | None
    met: bool | None
    missed: int | None
    schedule: Mapping[str, tuple[float, ...]]
    statistics: Mapping[str, tuple[float, ...]]
    plans: Mapping[str, Spending]
    reason: str | None
    limit: Limit | None

    def _printed(self) -> dict[str, Any]:
        costs = {f"cost, {name}": one.cost for name, one in self.plans.items()}
        last = {f"{name} at the end": x[-1] for name, x in self.statistics.items()}
        told = {"reason": self.reason, "limit": self.limit}
        shown = {name: value for name, value in told.items() if value is not None}
        return {"input": self.input, "goals met": self.met, **costs, **last, **shown}
