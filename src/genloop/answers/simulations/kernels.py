"""Runs of kernel density loops on the rows of a table, beside their exact moments."""

import dataclasses
import math
from collections.abc import Callable, Mapping

import equinox as eqx
import numpy as np

from ...errors import InputError
from ...models import Particles
from ...printing import readable
from ...stages import AbstractStage
from ...stages.accumulate import AbstractCollection
from ..answer import tuples
from ..composed import ChosenLoop
from ..kernels import Population, Runs, populations
from ..real_data import described
from .answer import Simulation
from .runs import Statistic
from .summaries import Summary, runs_kept

STATISTICS = ("variance_kept", "mean_error", "skewness", "excess_kurtosis", "modes")
COUNTED = 200
"""So many of the runs have their modes counted."""


@readable
@dataclasses.dataclass(frozen=True)
class KernelSimulation(Simulation):
    """Statistics of runs of a kernel density loop, with the modes that it merges.

    `skewness`, `excess_kurtosis` and `modes` are those of one `column`, the one with most modes;
    modes rise by a fiftieth of the highest peak above their valleys, in the density that is fitted
    in a generation. `merging` is the first generation whose density has one mode with infinitely
    many points and the bandwidth as it is (infinite for never, `None` where it is not known),
    `typical_merging` that of half of the runs, `None` if it is later.

    ```python
    real = gl.Particles.of([1.4, 1.3, 1.5, 4.7, 4.5, 4.9, 5.1, 6.0])
    options = {"generations": 2, "replicates": 2}
    gl.answers.simulation(real, loop="Draw(100) >> Smooth(0.3)", **options).merging  # 23
    ```
    """

    column: str
    merging: float | None
    typical_merging: float | None


def kernel_simulation(
    asked: ChosenLoop,
    *,
    generations: int,
    replicates: int,
    progress: Callable[[float, str], None] | None,
) -> KernelSimulation:
    """Runs of a kernel density loop with numbers everywhere."""
    real, stage = asked.real, asked.stage()
    if isinstance(stage, AbstractCollection):
        raise InputError(
            "E140",
            f"the points of {asked.text} grow without end; follow a loop that keeps their number, "
            "such as Draw(1000) >> Smooth(0.5).",
        )
    known = populations(stage, real)
    first = [one.shape(1)["modes"][0] for one in known]
    place = int(np.argmax(first)) if known else 0
    sizes = {"generations": generations, "replicates": replicates}
    runs = Runs(stage, real, place, COUNTED)
    seen = runs.statistics(**sizes, seed=asked.seed, progress=progress)
    kept = runs_kept(replicates, generations, len(seen))
    exact = _exact(stage, real, generations)
    mapped = _mapped(known[place] if known else None, generations)
    one = np.median(seen["modes"], axis=0) <= 1
    return KernelSimulation(
        described(real),
        asked.text,
        *(None,) * 4,
        **sizes,
        quantile_runs=kept,
        statistics={
            name: _statistic(seen[name], kept, mapped[name], exact.get(name)) for name in STATISTICS
        },
        column=(real.labels or tuple(f"column {i + 1}" for i in range(real.dimension)))[place],
        merging=known[place].merging() if known else None,
        typical_merging=float(one.argmax() + 1) if one.any() else None,
        model=real,
    )


def _statistic(runs: np.ndarray, kept: int, mapped, exact) -> Statistic:
    summary = Summary(kept)
    summary.add(runs)
    numbers = {name: tuples(values) for name, values in summary.numbers().items()}
    return Statistic(**numbers, map=tuples(mapped), exact=None if exact is None else tuples(exact))


def _exact(stage: AbstractStage, real: Particles, generations: int) -> Mapping[str, np.ndarray]:
    """Expected variance and squared error of the mean by generation, over the real variance."""
    step, moments = eqx.filter_jit(stage.moments), stage.begin(real).moments()
    variances, rows = np.diagonal(np.asarray(real.covariance)), []
    for _ in range(generations):
        moments = step(moments)
        both = np.asarray(moments.covariance), np.asarray(moments.error(real.mean))
        rows.append([(np.diagonal(one) / variances).mean() for one in both])
    return dict(zip(("variance_kept", "mean_error"), np.array(rows).T, strict=True))


def _mapped(known: Population | None, generations: int) -> dict[str, np.ndarray]:
    """The statistics with infinitely many points; numbers that are not known are NaN."""
    unknown = np.full(generations, math.nan)
    names = ("variance_kept", "skewness", "excess_kurtosis", "modes")
    found = dict.fromkeys(names, unknown) if known is None else known.shape(generations)
    return {**found, "mean_error": np.zeros(generations)}
