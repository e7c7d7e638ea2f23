"""The long run of a Gaussian loop of sampled and real points: what stays bounded, and where."""

import dataclasses
import math
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from ...analysis import Threshold
from ...laws import PooledMoments
from ...loops import gaussian
from ...models import Gaussian
from ...stages import Draw, Mix, Temper, Unbias
from ..composed import PooledLoop, Recursion, direction_deviation

SHARES = (0.1, 0.5, 0.9)
"""Shares of the runs whose generation of half the variance is told."""


WITHOUT = "there are no real points whose fit alone could be better or worse"
_BESIDE_FIXED = (
    "beside one real set that is used for ever synthetic points add noise to the mean and nothing "
    "that is new, however many"
)
_ONE_POINT = "one real point alone has no covariance to compare with"


class Column(NamedTuple):
    """The variance of a column now, and expected in the long run; `None` where not known."""

    variance: float
    long_run: float | None


class Halving(NamedTuple):
    r"""Generations until half of the variance is gone, infinite for never.

    `runs` are those by which a share (0.1, 0.5, 0.9) of the runs have been there once, in any fixed
    direction: the exact law without real data, `None` with them. `mean` is that of the expected
    variance, `None` where it is not known.
    """

    runs: Mapping[str, float] | None
    mean: float | None


@dataclasses.dataclass(frozen=True)
class LongRun:
    r"""The long run: moments with real data, without any the growth of a typical run.

    `variance_kept` and `mean_error` are shares of the real variance, infinite where they grow
    without limit; `typical_growth` is the largest Lyapunov exponent of the covariance without real
    data, $-\infty$ where directions are lost at once.

    `bounded` says in which sense the loop is: of almost every run, of the expected covariance and
    squared error of the mean, of their expected squares; `None` where it is not known.

    `variance_deviation` is the standard deviation over runs of the variance in a direction, and
    `wasserstein` the expected squared Wasserstein distance from the real data a direction, to
    second order; both in units of the real variance, `None` where they are not known.
    `effective_samples` are how many real points alone fix the mean as well ("mean") and are as far
    away ("wasserstein"); `admissible_samples` are the most synthetic points beside the same real
    ones that do no harm.

    `relaxation` are the generations in which expected moments come nearer to their limits by $e$,
    and `halving` those until half of the variance is gone.
    """

    converged: ClassVar[bool] = True

    variance_kept: float
    mean_error: float
    typical_growth: float | None
    columns: Mapping[str, Column]
    meets: Mapping[str, bool]
    real_fraction: float
    bounded: Mapping[str, bool | None]
    variance_deviation: float | None
    wasserstein: float | None
    effective_samples: Mapping[str, float | None]
    admissible_samples: Threshold
    relaxation: float | None
    halving: Halving


def long_run(real: Gaussian, loop: PooledLoop, goal: float, thresholds) -> LongRun:
    """The long run of a loop with numbers, which keeps to the goal within $[g, 1/g]$ or not."""
    heat, options = loop.temperature, {"unbiased": loop.unbiased}
    exponent = None
    if loop.real_samples:
        limits = gaussian.fixed_data_moments if loop.fixed else gaussian.stationary_moments
        moments = limits(loop.samples, loop.real_samples, temperature=heat, **options)
        # Where the moments have no limit they grow without one.
        error, kept = (math.inf if math.isnan(moment) else float(moment) for moment in moments)
    else:
        exponent = _typical_growth(loop, real.dimension)
        error, kept = _mean_error_alone(loop), 0.0 if exponent < 0 else math.inf
    return LongRun(
        kept,
        error,
        exponent,
        columns_of(real, kept),
        {"variance": goal <= kept <= 1 / goal},
        loop.real_samples / (loop.samples + loop.real_samples),
        _bounded(loop, thresholds),
        *_spread(real, loop, error),
        _relaxation(loop),
        _halving(loop),
    )


def columns_of(real: Gaussian, kept: float | None) -> dict[str, Column]:
    """The columns of a table of whose variance a share is kept."""
    labels = real.labels or [f"column {i + 1}" for i in range(real.dimension)]
    variances = np.diag(np.asarray(real.covariance)).tolist()
    later = lambda variance: None if kept is None else variance * kept
    return {name: Column(x, later(x)) for name, x in zip(labels, variances, strict=True)}


def _typical_growth(loop: PooledLoop, dimension: int) -> float:
    """The largest Lyapunov exponent of the covariance: what a single run does."""
    if loop.samples <= dimension:
        return -math.inf
    options = {"temperature": loop.temperature, "unbiased": loop.unbiased}
    return float(gaussian.lyapunov_exponents(loop.samples, dimension, **options)[0])


def _mean_error_alone(loop: PooledLoop) -> float:
    r"""$\frac Tn \sum_t (c T)^t$: a mean that wanders less and less, or for ever [ST-B2]."""
    options = {"temperature": loop.temperature, "unbiased": loop.unbiased}
    growth = float(gaussian.covariance_growth(loop.samples, **options))
    return loop.temperature / loop.samples / (1 - growth) if growth < 1 else math.inf


def _bounded(loop: PooledLoop, thresholds) -> dict[str, bool | None]:
    """In which sense the loop stays bounded: below the temperatures of the thresholds.

    With real data a bounded mean makes almost every run settle into one law; what it does above
    that temperature is not known.
    """
    below = {name: loop.temperature < thresholds[name].value for name in ("mean", "mean_square")}
    if loop.real_samples:
        return {"almost_sure": True if below["mean"] else None, **below}
    return {"almost_sure": loop.temperature < thresholds["almost_sure"].value, **below}


def _spread(real: Gaussian, loop: PooledLoop, error: float):
    """Noise, distance, effective and admissible samples, as far as the squares say them."""
    worth = {"mean": 1 / error, "wasserstein": None}
    if not loop.real_samples or loop.fixed:
        alone = loop.real_samples == 0
        reason = WITHOUT if alone else _BESIDE_FIXED
        return None, None, worth, Threshold.absent(reason, "does not apply")
    sizes = {"dimension": real.dimension, "unbiased": loop.unbiased}
    options = {**sizes, "temperature": loop.temperature}
    if loop.real_samples == 1:
        worth["wasserstein"] = 0.0
        return math.inf, math.inf, worth, Threshold.absent(_ONE_POINT, "does not apply")
    risk = gaussian.stationary_risk(loop.samples, loop.real_samples, **options)
    worth["wasserstein"] = float(gaussian.effective_samples(risk, dimension=real.dimension))
    admissible = gaussian.admissible_samples(loop.real_samples, **options)
    if math.isinf(risk):
        return math.inf, math.inf, worth | {"wasserstein": 0.0}, admissible
    return _deviation(real, loop), risk / real.dimension, worth, admissible


def _deviation(real: Gaussian, loop: PooledLoop) -> float:
    """The standard deviation over runs of the variance in a direction."""
    pool = loop.samples + loop.real_samples
    mixed = Temper(loop.temperature) >> Draw(loop.samples)
    mixed = mixed >> Mix(real, loop.real_samples / pool, samples=loop.real_samples)
    stage = mixed >> Unbias(pool) if loop.unbiased else mixed
    return direction_deviation(gaussian.SquareRecursion.of(stage, real).stationary())


def _recursion(loop: PooledLoop) -> Recursion:
    """Of the expected squared error and variance; about their mean where real points are fixed."""
    found = PooledMoments(loop.samples, loop.real_samples, loop.temperature, loop.unbiased)
    if not loop.fixed:
        return Recursion(found.matrix, found.source)
    # What joins is the scatter of the same points, and errors are those from their mean.
    degrees = found.pool - int(loop.unbiased)
    return Recursion(found.matrix, np.array([0.0, (loop.real_samples - 1) / degrees]))


def _relaxation(loop: PooledLoop) -> float | None:
    """Without real data there is no limit that is the same for all runs."""
    return _recursion(loop).relaxation if loop.real_samples else None


def _halving(loop: PooledLoop) -> Halving:
    if loop.real_samples:
        return Halving(None, _half_of_mean(loop))
    options = {"temperature": loop.temperature, "unbiased": loop.unbiased}
    found = gaussian.passage_quantiles(SHARES, loop.samples, **options)
    growth = float(gaussian.covariance_growth(loop.samples, **options))
    mean = math.ceil(math.log(0.5) / math.log(growth) - 1e-9) if growth < 1 else math.inf
    return Halving(dict(zip(map(str, SHARES), found, strict=True)), float(mean))


def _half_of_mean(loop: PooledLoop) -> float:
    """The first generation whose expected variance is at most half, from the real data on."""
    error = 1 / loop.real_samples if loop.fixed else 0.0
    return _recursion(loop).first_below(np.array([error, 1.0]), lambda x: x[1], 0.5)
