"""Does keeping old rows of a table help: replace them, accumulate, or choose some of all."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np

from ..arguments import checked
from ..loops import gaussian, memory
from ..models import DatasetMoments, Gaussian
from ..precision import in_double
from ..printing import readable
from ..stages import AbstractStage, Accumulate, Draw, Mix, Subsample, Temper
from .answer import Answer
from .real_data import RealTable, described, real_points_of


@readable
@dataclasses.dataclass(frozen=True)
class KeptTable:
    r"""What one way to keep data does to a Gaussian, in units of the real covariance.

    `variance` and `mean_error` are the expected variance and squared error of the mean after the
    generations that were asked for, exactly; `variance_limit` and `mean_error_limit` those in the
    end, infinite where they grow without limit and `None` where they are not known. `half` is the
    first generation whose expected variance is at most half, infinite if none of those asked for.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.table_accumulation(real, samples=10).workflows["accumulate"].variance  # 0.844276
    ```
    """

    variance: float
    mean_error: float
    variance_limit: float | None
    mean_error_limit: float | None
    half: float


@readable
@dataclasses.dataclass(frozen=True)
class TableAccumulation(Answer):
    """Replace, accumulate and choose some of all points side by side: `workflows` by name.

    Generation 1 is fitted to real points alone; every later one adds `samples` synthetic and
    `real_samples` new real ones. "replace" fits to these, "accumulate" to all points so far, and
    "subsample" to as many of all as one generation adds, chosen at random.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.table_accumulation(real, samples=10).workflows["replace"].half  # 7
    ```
    """

    question: ClassVar[str] = "accumulate"

    input: RealTable
    temperature: float
    samples: int
    real_samples: int
    generations: int
    workflows: Mapping[str, KeptTable]


@checked
@in_double
def table_accumulation(
    real: Gaussian,
    *,
    temperature: float = 1.0,
    samples: int = 1000,
    real_samples: int | None = None,
    real_fraction: float | None = None,
    generations: int = 100,
) -> TableAccumulation:
    """Three ways to keep the rows of a table that is fitted by maximum likelihood.

    Exact expectations for any data with these second moments, in any dimension, by the moments of
    the stages; limits by closed forms [CA-C3, ST-B3, ST-B5]. The real points of a generation are
    `real_samples`, or that `real_fraction` of all. Raises `ValueError` for numbers out of range.

    ```python
    real = genloop.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    genloop.answers.table_accumulation(real, samples=100, real_fraction=0.1).workflows
    ```
    """
    fresh = real_points_of(samples, real_samples, real_fraction)
    asked = {"temperature": temperature, "samples": samples, "real_samples": fresh}
    found = {}
    for name, (stage, start) in _workflows(**asked).items():
        path = _path(stage, start, generations)
        half = np.flatnonzero(path[0] <= 0.5)
        variance, error = path[:, -1].tolist()
        limits = _LIMITS[name](**asked)
        found[name] = KeptTable(variance, error, *limits, half[0] + 1.0 if half.size else math.inf)
    return TableAccumulation(
        described(real), **asked, generations=generations, workflows=found, model=real
    )


def _workflows(temperature, samples, real_samples) -> dict[str, tuple[AbstractStage, Any]]:
    """Each stage with the moments of the first generation: expectations are those of a line."""
    line, points = Gaussian.of(0.0, 1.0), samples + real_samples
    first = line.moments().draw(points)
    sampled: AbstractStage = Temper(temperature)
    replace = sampled >> Draw(samples)
    real = {}
    if real_samples:
        real = {"real": line, "real_samples": real_samples}
        replace = replace >> Mix(line, real_samples / points, samples=real_samples)
    begun = Subsample(Temper(1.0), samples=samples, generations=1, **real)
    chosen = begun.moments(begun.begin(line).moments())
    pool = DatasetMoments(first, jnp.asarray(float(points)), jnp.zeros(()))
    return {
        "replace": (replace, first),
        "accumulate": (Accumulate(sampled, samples=samples, **real), pool),
        "subsample": (Subsample(sampled, samples=samples, generations=1, **real), chosen),
    }


def _path(stage: AbstractStage, start: Any, generations: int) -> np.ndarray:
    """Expected variance and squared error of the mean of every generation."""

    def of_fit(moments):
        fit = getattr(moments, "moments", moments)
        return jnp.stack([fit.covariance[0, 0], fit.error(jnp.zeros(1))[0, 0]])

    def advance(moments, _):
        moments = stage.moments(moments)
        return moments, of_fit(moments)

    start = jax.tree.map(jnp.asarray, start)
    _, path = jax.lax.scan(advance, start, length=generations - 1)
    return np.concatenate([np.asarray(of_fit(start))[:, None], np.asarray(path).T], axis=1)


def _replaced(temperature, samples, real_samples):
    if real_samples:
        options = {"temperature": temperature, "unbiased": False}
        error, kept = gaussian.stationary_moments(samples, real_samples, **options)
        return tuple(math.inf if math.isnan(x) else float(x) for x in (kept, error))
    growth = float(gaussian.covariance_growth(samples, temperature=temperature, unbiased=False))
    if growth >= 1:
        return (1.0 if growth == 1 else math.inf), math.inf
    # The first fit has the error 1/n and the variance 1 - 1/n, which the later ones share out.
    return 0.0, 1 / samples + temperature * (1 - 1 / samples) / samples / (1 - growth)


def _accumulated(temperature, samples, real_samples):
    share = real_samples / (samples + real_samples)
    if share:
        limit = float(gaussian.kept_limit(share, temperature=temperature))
        return (math.inf, math.inf) if math.isnan(limit) else (limit, 0.0)
    if temperature == 1:
        kept = memory.kept_variance(math.inf, samples=samples)
        return kept, 1 - kept
    return (0.0, None) if temperature < 1 else (math.inf, None)


def _chosen(temperature, samples, real_samples):
    r"""Of an endless pool $V = p + q V (T \frac{N - 1}N + \frac1N)$: its points lie about fits
    whose means wander by $V/N$. Without real points it is a product that is known for $T = 1$.
    """
    points = samples + real_samples
    share = real_samples / points
    if share:
        left = 1 - (1 - share) * (temperature * (points - 1) + 1) / points
        pool = share / left if left > 0 else math.inf
        return pool * (points - 1) / points, pool / points
    if temperature == 1:
        found = memory.subsampled_variance(math.inf, samples=samples)
        return found.fit, found.mean_error
    return (0.0, None) if temperature < 1 else (math.inf, None)


_LIMITS = {"replace": _replaced, "accumulate": _accumulated, "subsample": _chosen}
