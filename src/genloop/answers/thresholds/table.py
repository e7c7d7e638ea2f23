"""The real data that a loop of a numeric table needs: a Gaussian, sampled and fitted again."""

import dataclasses
import math
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from ...analysis import Threshold
from ...arguments import checked
from ...certificates import Certificate
from ...certificates.program import exact
from ...loops import gaussian
from ...models import Gaussian
from ...printing import readable
from .. import goals as known
from ..answer import hidden
from ..composed import pooled_form
from ..goals import Goal, percent
from ..proofs import exactly
from ..real_data import RealTable, described, real_points_of
from .answer import Thresholds

_QUESTIONS = {
    "mean": "expected covariance bounded below T",
    "almost_sure": "every run collapses below T",
    "mean_square": "its second moment bounded below T",
    "real_fraction": "expected covariance bounded above a",
}


class Column(NamedTuple):
    """The variance of a column now, and expected in the long run."""

    variance: float
    long_run: float


@dataclasses.dataclass(frozen=True)
class LongRun:
    r"""The long run: moments with fresh real data, without any the growth of a typical run.

    `variance_kept` and `mean_error` are shares of the real variance, infinite where they grow
    without limit; `typical_growth` is the largest Lyapunov exponent of the covariance without real
    data, $-\infty$ where directions are lost at once.
    """

    converged: ClassVar[bool] = True

    variance_kept: float
    mean_error: float
    typical_growth: float | None
    columns: Mapping[str, Column]
    meets: Mapping[str, bool]
    real_fraction: float


@readable
@dataclasses.dataclass(frozen=True)
class TableThresholds(Thresholds):
    """All named thresholds of a Gaussian loop with fresh real data, and where it ends.

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
    certificates: Mapping[str, Certificate] = hidden()

    def certified(self, *, digits=15, temperature=None, real_fraction=None):
        heat, goal = exactly(temperature, self.temperature, "temperature"), self.goals["variance"]
        level = repr(goal.level)
        found = gaussian.certify_thresholds(
            samples=self.samples,
            real_samples=self.real_samples,
            temperature=heat,
            variance_goal=1 / exact(level) if exact(heat) > 1 else level,
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
    goals: Mapping[str, float] | None = None,
) -> TableThresholds:
    """The fresh real data that keep the variance of a table alive, and whether those given do.

    `samples` are the synthetic points of a generation; the real ones are `real_samples`, or that
    `real_fraction` of all to the nearest whole number. The goal is `variance`, 0.9 where none is
    given. Raises `ValueError` for numbers out of range, unknown goals, and for both ways to say
    how many real points there are.

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
    )
    share = fresh / (samples + fresh)
    return TableThresholds(
        described(real),
        pooled_form(temperature, samples, fresh),
        temperature,
        samples,
        fresh,
        asked,
        named,
        _QUESTIONS | {"variance": f"expected variance within {percent(goal)}"},
        _long_run(real, temperature, samples, fresh, goal),
        share if given else None,
        certificates={},
        model=real,
    )


def _long_run(real, temperature: float, samples: int, real_samples: int, goal: float) -> LongRun:
    exponent = None
    if real_samples:
        moments = gaussian.stationary_moments(samples, real_samples, temperature=temperature)
        # Where the moments have no limit they grow without one.
        error, kept = (math.inf if math.isnan(moment) else float(moment) for moment in moments)
    else:
        exponent = _typical_growth(samples, real.dimension, temperature)
        error, kept = math.inf, 0.0 if exponent < 0 else math.inf
    labels = real.labels or [f"column {i + 1}" for i in range(real.dimension)]
    variances = np.diag(np.asarray(real.covariance)).tolist()
    return LongRun(
        kept,
        error,
        exponent,
        {name: Column(x, x * kept) for name, x in zip(labels, variances, strict=True)},
        {"variance": goal <= kept <= 1 / goal},
        real_samples / (samples + real_samples),
    )


def _typical_growth(samples: int, dimension: int, temperature: float) -> float:
    """The largest Lyapunov exponent of the covariance: what a single run does."""
    if samples <= dimension:
        return -math.inf
    return float(gaussian.lyapunov_exponents(samples, dimension, temperature=temperature)[0])
