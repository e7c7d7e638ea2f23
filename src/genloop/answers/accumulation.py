"""Does keeping old data help: replace, keep a window, or accumulate."""

import dataclasses
from typing import Any, ClassVar

from ..analysis import Threshold
from ..arguments import checked
from ..loops.memory.comparison import Workflow, comparison
from ..models import Categorical
from ..printing import readable
from .answer import Answer
from .real_data import RealOutcomes, described, effective_vocabulary


@readable
@dataclasses.dataclass(frozen=True)
class CommonEnd:
    """The state that infinite data lead all three to from the real data.

    `stable` is `None` where it is undecided, with the `reason`.

    ```python
    loop = {"temperature": 0.9, "real_fraction": 0.1, "samples": 10, "size": 10}
    gl.answers.accumulation(gl.Categorical.of([5, 3, 2]), **loop).end.multiplier  # 0.874255
    ```
    """

    effective_vocabulary: float
    total_variation: float
    multiplier: float
    stable: bool | None
    reason: str | None


@readable
@dataclasses.dataclass(frozen=True)
class CommonThresholds:
    """The real fractions that all three need: to stay, and to recover from any collapse.

    ```python
    loop = {"temperature": 0.9, "real_fraction": 0.1, "samples": 10, "size": 10}
    gl.answers.accumulation(gl.Categorical.of([5, 3, 2]), **loop).thresholds.unique.value
    ```
    """

    local: Threshold
    unique: Threshold


@readable
@dataclasses.dataclass(frozen=True)
class Workflows:
    """The workflows of the three ways to keep data.

    ```python
    loop = {"temperature": 0.9, "real_fraction": 0.1, "samples": 10, "size": 10}
    gl.answers.accumulation(gl.Categorical.of([5, 3, 2]), **loop).workflows.replace.half_life
    ```
    """

    replace: Workflow
    window: Workflow
    accumulate: Workflow


@readable
@dataclasses.dataclass(frozen=True)
class Accumulation(Answer):
    """Replace, window and accumulate side by side; `window` counts generations.

    `regime` says how the noise of the accumulating dataset falls.

    ```python
    loop = {"temperature": 0.9, "real_fraction": 0.1, "samples": 10, "size": 10}
    gl.answers.accumulation(gl.Categorical.of([5, 3, 2]), **loop).regime  # slow
    ```
    """

    question: ClassVar[str] = "accumulate"

    input: RealOutcomes
    temperature: float
    real_fraction: float
    samples: int
    size: int
    window: int
    generations: int
    total_variation_goal: float
    end: CommonEnd
    thresholds: CommonThresholds
    regime: str
    workflows: Workflows

    def _printed(self) -> dict[str, Any]:
        loop = {"temperature": self.temperature, "real fraction": self.real_fraction}
        ends = {"local": self.thresholds.local, "unique": self.thresholds.unique}
        return {
            "input": self.input,
            **loop,
            "end": self.end,
            **ends,
            "workflows": vars(self.workflows),
        }


@checked
def accumulation(
    real: Categorical,
    *,
    temperature: float,
    real_fraction: float,
    samples: int,
    size: int,
    window: int | None = None,
    generations: int = 100,
    total_variation_goal: float = 0.1,
) -> Accumulation:
    """The three ways to keep data in a loop that begins with `size` tokens and adds `samples`.

    Arguments and errors are those of `genloop.papers.marchi2024.comparison`.

    ```python
    loop = {"temperature": 0.9, "real_fraction": 0.1, "samples": 10, "size": 10}
    genloop.answers.accumulation(genloop.Categorical.of([5, 3, 2]), **loop).workflows
    ```
    """
    asked = {"temperature": temperature, "real_fraction": real_fraction}
    asked |= {"samples": samples, "size": size}
    later = {"generations": generations, "total_variation_goal": total_variation_goal}
    found = comparison(real, **asked, window=window, **later)
    end = CommonEnd(
        effective_vocabulary(found.state.probabilities),
        found.total_variation,
        found.multiplier,
        found.stable,
        found.reason,
    )
    return Accumulation(
        described(real),
        **asked,
        window=found.window_generations,
        **later,
        end=end,
        thresholds=CommonThresholds(found.local, found.unique),
        regime=found.regime,
        workflows=Workflows(found.replace, found.window, found.accumulate),
        model=real,
    )
