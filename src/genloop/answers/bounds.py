"""The bounds of the literature on real data: whether each applies, and how much it asks for."""

import dataclasses
from typing import ClassVar

from ..loops import perturbed_flow
from ..loops.perturbed_flow import Bound
from ..models import Categorical
from ..printing import readable
from .answer import Answer
from .real_data import RealOutcomes, described


@readable
@dataclasses.dataclass(frozen=True)
class Bounds(Answer):
    """Every known bound on the real data of a temperature loop, side by side.

    ```python
    gl.answers.bounds(gl.Categorical.of([5, 3, 2]), temperature=0.8).temperature  # 0.8
    ```
    """

    question: ClassVar[str] = "bounds"

    input: RealOutcomes
    temperature: float
    bounds: tuple[Bound, ...]


def bounds(real: Categorical, *, temperature: float) -> Bounds:
    """The real data that each bound asks for here, or the reason why it does not apply.

    ```python
    genloop.answers.bounds(genloop.Categorical.of([5, 3, 2]), temperature=0.8).bounds[0]
    ```
    """
    found = perturbed_flow.comparison(real, temperature=temperature)
    return Bounds(described(real), temperature, found, model=real)
