"""Many runs of a loop with finite samples, beside its theory."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import ClassVar

from ...arguments import check_at_least, check_one, checked
from ...models import Categorical, Gaussian
from ...printing import readable
from ..answer import Answer
from ..real_data import RealData, described, real_points_of
from .runs import Plan as Plan, Statistic as Statistic, loop_of, plan as plan, simulated


@readable
@dataclasses.dataclass(frozen=True)
class Simulation(Answer):
    """Statistics of runs that all begin at the real data, by name and generation.

    `real_samples` are the real points of a generation of a table, `None` for outcomes.
    `quantile_runs` says of how many of the runs the quantiles are.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.simulation(real, samples=50).samples  # 50
    ```
    """

    question: ClassVar[str] = "simulate"

    input: RealData
    temperature: float
    samples: int
    real_samples: int | None
    real_fraction: float
    generations: int
    replicates: int
    quantile_runs: int
    statistics: Mapping[str, Statistic]


@checked
def simulation(
    real: Categorical | Gaussian,
    *,
    temperature: float = 1.0,
    real_fraction: float | None = None,
    samples: int = 1000,
    real_samples: int | None = None,
    generations: int = 20,
    replicates: int = 200,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> Simulation:
    """Run a loop on these data with finite samples many times, beside its map and exact moments.

    A generation is `samples` points, a share `real_fraction` of them real (0 unless given); to
    those of a table `real_samples` are added, or that share of all to the nearest whole number.
    `progress` is told the per cent that are done. Raises `ValueError` for both ways to say how many
    real points a table has, and for `real_samples` of outcomes.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    genloop.answers.simulation(real, samples=50).statistics["effective_vocabulary"].mean
    ```
    """
    table = isinstance(real, Gaussian)
    check_one("real", real, Gaussian if table else Categorical)
    check_at_least("generations", generations, 1)
    check_at_least("replicates", replicates, 2)
    if real_samples is not None and not table:
        raise ValueError("real_samples are those of a table; give a real_fraction of outcomes.")
    fresh = real_points_of(samples, real_samples, real_fraction) if table else 0
    share = fresh / (samples + fresh) if table else real_fraction or 0.0
    sizes = {"generations": generations, "replicates": replicates}
    statistics = simulated(
        loop_of(real, temperature, share, samples, fresh),
        real,
        **sizes,
        seed=seed,
        points=samples + fresh if table else None,
        progress=progress,
    )
    return Simulation(
        described(real),
        temperature,
        samples,
        fresh if table else None,
        share,
        **sizes,
        quantile_runs=plan(real, **sizes).kept,
        statistics=statistics,
        model=real,
    )
