"""Does more synthetic data help, by the bound on how errors of learning add up?"""

import dataclasses
from typing import Any, ClassVar

from ...arguments import check_at_least
from ...loops import error_propagation
from ...models import Categorical, Gaussian
from ...printing import readable
from ..answer import Answer
from ..real_data import RealData, check_real_data, described

_RATIOS = (0.1, 1.0, 10.0, 100.0)


@readable
@dataclasses.dataclass(frozen=True)
class Rise:
    """Where the bound is largest, and from where on it is below that of real data alone.

    In synthetic points for each real one; `worst_bound` is in units of the bound of real data
    alone, `back` is infinite where no amount is enough.

    ```python
    answer = gl.answers.synthetic_amount(gl.Categorical.uniform(3), generations=5, rate=0.5)
    answer.perfect.back  # 19.5869
    ```
    """

    worst: float
    worst_bound: float
    back: float


@readable
@dataclasses.dataclass(frozen=True)
class Amount:
    """The bounds at one ratio of synthetic to real points; `samples` where these are counted.

    ```python
    answer = gl.answers.synthetic_amount(gl.Categorical.uniform(3), generations=5, rate=0.5)
    answer.amounts[1].fitted  # 1.40127
    ```
    """

    ratio: float
    samples: int | None
    fitted: float
    perfect: float


@readable
@dataclasses.dataclass(frozen=True)
class SyntheticAmount(Answer):
    """The bound on total variation from the real data over the amount of synthetic data [ST-F3].

    Every generation learns from the same real points and `samples` of the model before.
    `fitted` is for a first model that has learned from these real points, `perfect` for one
    without error; bounds are in units of that of the real points alone.

    ```python
    answer = gl.answers.synthetic_amount(gl.Categorical.uniform(3), generations=5, rate=0.5)
    answer.fitted.worst  # 7.39315
    ```
    """

    question: ClassVar[str] = "synthetic-amount"

    input: RealData
    generations: int
    rate: float
    real_samples: int | None
    fitted: Rise
    perfect: Rise
    amounts: tuple[Amount, ...]


def synthetic_amount(
    real: Categorical | Gaussian,
    *,
    generations: int = 10,
    rate: float = 0.5,
    samples: int | None = None,
) -> SyntheticAmount:
    r"""Whether synthetic data improve the bound on the distance of the last of $t$ generations.

    `rate` is $r$ of an error of learning that falls like $N^{-r}$ with $N$ points: one half for a
    model of few parameters, less for one of many. With `samples` that amount is among those that
    are tabulated. Raises `ValueError` for numbers out of range.

    ```python
    gl.answers.synthetic_amount(gl.Categorical.of([5, 3, 2]), generations=5, rate=0.25)
    ```
    """
    check_real_data(real)
    known = None if real.origin is None else real.origin.size
    ratios = list(_RATIOS)
    if samples is not None:
        check_at_least("samples", samples, 1)
        if known is None:
            raise ValueError(
                "how many real points there are is not known, so that samples mean no ratio; leave "
                "samples out, or read the real data from a file."
            )
        ratios.append(samples / known)
    how: dict[str, Any] = {"rate": rate}
    rises = {name: _rise(generations, start, **how) for name, start in _FIRST.items()}
    ratios += [rise.worst for rise in rises.values() if rise.worst > 0]
    amounts = tuple(_amount(ratio, generations, known, **how) for ratio in sorted(set(ratios)))
    return SyntheticAmount(
        described(real), generations, rate, known, **rises, amounts=amounts, model=real
    )


_FIRST = {"fitted": 1.0, "perfect": 0.0}
"""The error of the first model in units of that of the real points."""


def _rise(generations: int, start: float, *, rate: float) -> Rise:
    how = {"rate": rate, "start": start}
    worst = error_propagation.worst_ratio(generations, **how)
    bound = error_propagation.synthetic_bound(worst, generations, **how)
    back = error_propagation.return_ratio(generations, **how)
    return Rise(worst, float(bound), back)


def _amount(ratio: float, generations: int, real_samples: int | None, *, rate: float) -> Amount:
    samples = None if real_samples is None else round(ratio * real_samples)
    bounds = {
        name: float(error_propagation.synthetic_bound(ratio, generations, rate=rate, start=start))
        for name, start in _FIRST.items()
    }
    return Amount(float(ratio), samples, **bounds)
