"""What a bifurcation diagram is made of: branches point by point, and the events on them."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from ...printing import readable, short
from ..answer import Answer
from ..real_data import RealData


class Beginning(NamedTuple):
    """The beginning of a branch: the `outcome` that leads, of `ties` that are equally likely."""

    name: str
    outcome: int | None
    ties: int


@dataclasses.dataclass(frozen=True)
class TracedBranch:
    """A branch, point by point: the measure of its states, what is stable, and how it ended.

    `leading` is the largest probability, of a table the share of the real variance. `stable` is
    `None` where it is undecided, `unstable` the number of unstable multipliers; `complete` whether
    the branch was followed to the end of the interval, and `end` why not.
    """

    name: str
    outcome: int | None
    ties: int
    parameter: tuple[float, ...]
    leading: tuple[float, ...]
    stable: tuple[bool | None, ...]
    unstable: tuple[int, ...]
    spectral_radius: tuple[float, ...]
    complete: bool
    end: str


@dataclasses.dataclass(frozen=True)
class Event:
    """A point where states appear, vanish or change their stability, as far as that is known.

    `leader` is the likeliest outcome, `None` for a table, and `leading` the measure of the state;
    `refined` whether the place is known to rounding; `critical` how many multipliers are critical;
    `above` whether the branch has nothing above it, `None` where it does not turn.
    """

    kind: str
    title: str
    branch: str
    parameter: float
    leading: float
    leader: str | None
    residual: float
    refined: bool
    critical: int
    above: bool | None
    meaning: str

    def _in_short(self) -> str:
        return f"{self.title} at {short(self.parameter)} on {self.branch}"


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The number of branches that are followed, and of those that begin there.

    How many there are is `None` where it is only known how many were found, from so many
    `first_models` besides the real data; zero of them where none had to be tried.
    """

    branches: int
    of: int | None
    first_models: int = 0


@readable
@dataclasses.dataclass(frozen=True)
class BranchDiagram(Answer):
    """Branches along one parameter of a loop while the others are `fixed`, with their events.

    `measure` is what `leading` means: "largest_probability", or "variance_kept" of a table.

    ```python
    moving = {"along": "real_fraction", "fixed": 0.8, "interval": (0.05, 0.9)}
    gl.answers.branch_diagram(gl.Categorical.of([5, 3, 2]), **moving).interval  # [0.05, 0.9]
    ```
    """

    question: ClassVar[str] = "diagram"
    numerics: ClassVar[Mapping[str, Any]] = {"tolerance": 1e-12}

    input: RealData
    loop: str
    along: str
    fixed: Mapping[str, float]
    interval: tuple[float, float]
    measure: str
    drawn: Drawn
    branches: tuple[TracedBranch, ...]
    events: tuple[Event, ...]
