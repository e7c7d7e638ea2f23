"""The answer about runs of a loop."""

import dataclasses
from collections.abc import Mapping
from typing import ClassVar

from ...printing import readable
from ..answer import Answer
from ..real_data import RealData
from .runs import Statistic


@readable
@dataclasses.dataclass(frozen=True)
class Simulation(Answer):
    """Statistics of runs that all begin at the real data, by name and generation.

    `loop` is the composition; its `temperature`, `samples`, `real_samples` (the real points of a
    generation of a table) and `real_fraction` are `None` where only the composition says them.
    `quantile_runs` says of how many of the runs the quantiles are.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.simulation(real, samples=50).samples  # 50
    ```
    """

    question: ClassVar[str] = "simulate"

    input: RealData
    loop: str
    temperature: float | None
    samples: int | None
    real_samples: int | None
    real_fraction: float | None
    generations: int
    replicates: int
    quantile_runs: int
    statistics: Mapping[str, Statistic]
