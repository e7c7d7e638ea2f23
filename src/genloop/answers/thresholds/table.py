"""The real data that a loop of a numeric table needs: a Gaussian, sampled and fitted again."""

import dataclasses
from collections.abc import Mapping

from ...analysis import Threshold
from ...arguments import checked
from ...certificates import Certificate
from ...certificates.program import exact
from ...loops import gaussian
from ...models import Gaussian
from ...printing import readable
from .. import goals as known
from ..answer import hidden
from ..composed import PooledLoop
from ..goals import Goal, percent
from ..proofs import exactly
from ..real_data import RealTable, described, real_points_of
from .answer import Thresholds
from .long_run import LongRun, long_run

_QUESTIONS = {
    "mean": "expected covariance bounded below T",
    "almost_sure": "every run collapses below T",
    "mean_square": "its second moment bounded below T",
    "real_fraction": "expected covariance bounded above a",
}


@readable
@dataclasses.dataclass(frozen=True)
class TableThresholds(Thresholds):
    """All named thresholds of a Gaussian loop of sampled and real points, and where it ends.

    `fixed_real_data` where one real set is used for ever, `unbiased` where the covariance is
    divided by one less than all points. `unknown` is the name of the temperature where that is
    sought: `variance` is then the least and `variance_limit` the largest that keeps to the goal,
    and not real fractions. With `unknown_points` it is the number of these, "samples" or
    "real_samples", and all thresholds are such numbers.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.threshold(real, temperature=0.9, real_fraction=0.2).met  # False
    ```
    """

    input: RealTable
    loop: str
    temperature: float
    samples: int
    real_samples: int
    goals: Mapping[str, Goal]
    thresholds: Mapping[str, Threshold]
    questions: Mapping[str, str]
    at: LongRun
    asked_at: float | None
    fixed_real_data: bool = False
    unbiased: bool = True
    unknown: str | None = None
    unknown_points: str | None = None
    notes: tuple[str, ...] = ()
    certificates: Mapping[str, Certificate] = hidden()

    def certified(self, *, digits=15, temperature=None, real_fraction=None):
        if self.unknown is not None:
            return super().certified()
        heat, goal = exactly(temperature, self.temperature, "temperature"), self.goals["variance"]
        level = repr(goal.level)
        found = gaussian.certify_thresholds(
            samples=self.samples,
            real_samples=self.real_samples,
            temperature=heat,
            unbiased=self.unbiased,
            variance_goal=1 / exact(level) if exact(heat) > 1 else level,
            fixed=self.fixed_real_data,
            digits=digits,
        )
        return dataclasses.replace(self, certificates=found)


@checked
def table_threshold(
    real: Gaussian,
    *,
    temperature: float = 1.0,
    samples: int = 1000,
    real_samples: int | None = None,
    real_fraction: float | None = None,
    fixed_real_data: bool = False,
    unbiased: bool = True,
    goals: Mapping[str, float] | None = None,
) -> TableThresholds:
    """The real data that keep the variance of a table alive, and whether those given do.

    `samples` are the synthetic points of a generation; the real ones are `real_samples`, or that
    `real_fraction` of all to the nearest whole number: new ones in every generation, or one set for
    ever with `fixed_real_data`. The covariance is divided by one less than all points where it is
    `unbiased`, else by their number. The goal is `variance`, 0.9 where none is given. Raises
    `ValueError` for numbers out of range, unknown goals, and for both ways to say how many real
    points there are.

    ```python
    real = genloop.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    genloop.answers.threshold(real, temperature=0.9, real_fraction=0.2).met
    ```
    """
    asked = known.goals_of(goals, known.TABLE)
    goal = asked["variance"].level
    given = real_samples is not None or real_fraction is not None
    fresh = real_points_of(samples, real_samples, real_fraction)
    named = gaussian.thresholds(
        samples=samples,
        real_samples=fresh,
        temperature=temperature,
        # The goal is two-sided: a floor where sampling sharpens, a ceiling where it flattens.
        variance_goal=goal if temperature <= 1 else 1 / goal,
        unbiased=unbiased,
        fixed=fixed_real_data,
    )
    loop = PooledLoop(temperature, samples, fresh, fixed_real_data, unbiased)
    share = fresh / (samples + fresh)
    return TableThresholds(
        described(real),
        loop.text,
        temperature,
        samples,
        fresh,
        asked,
        named,
        _QUESTIONS | {"variance": f"expected variance within {percent(goal)}"},
        long_run(real, loop, goal, named),
        share if given else None,
        fixed_real_data,
        unbiased,
        certificates={},
        model=real,
    )
