"""Which of the definitions of model collapse a loop meets."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from ...arguments import check_at_least, checked
from ...language import Pipeline
from ...models import Categorical, Gaussian
from ...precision import in_double
from ...printing import readable
from ..answer import Answer
from ..composed import ChosenLoop, chosen
from ..real_data import RealData, check_no_points, described
from . import direction, outcomes
from .criteria import DEFINITIONS, NUMBERS, Criterion as Criterion


@readable
@dataclasses.dataclass(frozen=True)
class Profile(Answer):
    """The eight criteria of model collapse for one loop, by name [CA-E].

    `criteria` has one more entry than there are definitions: that of a collapsing variance is read
    of every run and of the average of runs. `notes` are sentences on what the numbers depend on.

    ```python
    found = gl.answers.profile(gl.Gaussian.of(0.0, 1.0), loop="Draw(20)", generations=50)
    found.criteria["divergence"].verdict  # no
    ```
    """

    question: ClassVar[str] = "profile"

    input: RealData
    loop: str
    generations: int
    replicates: int
    ratio: float
    criteria: Mapping[str, Criterion]
    notes: tuple[str, ...] = ()

    @property
    def met(self) -> tuple[str, ...]:
        """The names of the criteria that the loop meets."""
        return tuple(name for name, one in self.criteria.items() if one.verdict == "yes")


@checked
@in_double
def profile(
    real: Categorical | Gaussian,
    *,
    loop: str | Pipeline,
    values: Mapping[str, Any] | None = None,
    generations: int = 100,
    replicates: int = 1000,
    ratio: float = 10.0,
    seed: int = 0,
) -> Profile:
    r"""Which definitions of model collapse a loop meets on these data, each with its evidence.

    The eight of Schaeffer et al. (2503.03150) by operational tests of our own [CA-E]. The risk of a
    table is $E\,W_2^2$ per direction in units of the real variance, that of outcomes $E \sum_i (p_i
    - r_i)^2$. Expected moments decide for ever where they close; the rest is decided by
    `replicates` runs of so many `generations` from the real data, beyond six standard errors.
    `ratio` is what counts as catastrophic. Raises `ValueError` for numbers out of range,
    `InputError` for a parameter without a number and a loop that does not act on the data.

    ```python
    real = genloop.Gaussian.of(0.0, 1.0)
    genloop.answers.profile(real, loop="Draw(20) >> Unbias(20)").met
    ```
    """
    check_at_least("generations", generations, 2)
    check_at_least("replicates", replicates, 100)
    if not ratio > 1:
        raise ValueError(f"the ratio must be larger than 1, got {ratio:g}.")
    check_no_points(real, "profiles")
    asked = chosen(loop, real, values=values, findable=False, seed=seed)
    of = direction if isinstance(real, Gaussian) else outcomes
    findings = of.profile_of(asked, generations, replicates, ratio)
    criteria = {
        name: Criterion(
            NUMBERS[name], DEFINITIONS[name].format(ratio=ratio), *dataclasses.astuple(finding)
        )
        for name, finding in findings.items()
    }
    return Profile(
        described(real),
        asked.text,
        generations,
        replicates,
        ratio,
        criteria,
        _notes(asked),
        model=real,
        rewards=asked.rewards,
    )


def _notes(asked: ChosenLoop) -> tuple[str, ...]:
    """What is drawn once and for ever is one of many."""
    if not any(call.constructor.needs_key for call in asked.pipeline.calls):
        return ()
    return (
        f"The real set that is used for ever was drawn once, with seed {asked.seed}: all numbers "
        "are for this set, and another seed gives others.",
    )
