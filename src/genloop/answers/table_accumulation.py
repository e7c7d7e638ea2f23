"""Does keeping old rows of a table help: replace, a window, accumulate, or choose some of all."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np

from ..arguments import check_at_least, checked
from ..laws.chi_square import mean_log_chi_square
from ..loops import gaussian, memory
from ..models import DatasetMoments, Gaussian, History, HistoryMoments
from ..precision import in_double
from ..printing import readable
from ..stages import AbstractStage, Accumulate, Draw, Mix, Subsample, Temper, Window
from .answer import Answer
from .composed import Fate, InUnits, trends, walk
from .real_data import RealTable, described, real_points_of


@readable
@dataclasses.dataclass(frozen=True)
class KeptTable:
    r"""What one way to keep data does to a Gaussian, in units of the real covariance.

    `variance` and `mean_error` are the expected variance and squared error of the mean after the
    generations that were asked for, exactly; `variance_limit` and `mean_error_limit` those in the
    end, infinite where they grow without limit and `None` where they are not known. `half` is the
    first generation whose expected variance is at most half, infinite if none of those asked for.
    `typical` is $\exp E \log \sigma^2$ along a direction, the variance of a typical run of Gaussian
    data, and `typical_limit` in the end: what every run loses almost surely, where the mean over
    runs hides it. Known without real points only, and for kept data at temperature one.

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
    typical: float | None = None
    typical_limit: float | None = None


@readable
@dataclasses.dataclass(frozen=True)
class TableAccumulation(Answer):
    """Replace, accumulate and choose some of all points side by side: `workflows` by name.

    Generation 1 is fitted to real points alone; every later one adds `samples` synthetic and
    `real_samples` new real ones. "replace" fits to these, "window" to those of the last `window`
    generations, "accumulate" to all points so far, and "subsample" to as many of all as one
    generation adds, chosen at random.

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
    window: int
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
    window: int = 10,
    generations: int = 100,
) -> TableAccumulation:
    """Four ways to keep the rows of a table that is fitted by maximum likelihood.

    Exact expectations for any data with these second moments, in any dimension, by the moments of
    the stages; limits by closed forms [CA-C3, ST-B3, ST-B5], those of a window by following it.
    The real points of a generation are `real_samples`, or that `real_fraction` of all. Raises
    `ValueError` for numbers out of range.

    ```python
    real = genloop.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    genloop.answers.table_accumulation(real, samples=100, real_fraction=0.1).workflows
    ```
    """
    fresh = real_points_of(samples, real_samples, real_fraction)
    asked = {"temperature": temperature, "samples": samples, "real_samples": fresh}
    check_at_least("window", window, 1)
    found, typical = {}, _typical(generations, **asked)
    for name, (stage, start) in _workflows(**asked, window=window).items():
        path = _path(stage, start, generations)
        half = np.flatnonzero(path[:, 1] <= 0.5)
        half = half[0] + 1.0 if half.size else math.inf
        limits = _LIMITS[name](**asked) if name in _LIMITS else _windowed(stage, start, **asked)
        rest = typical.get(name, (None, None))
        found[name] = KeptTable(*path[-1, ::-1].tolist(), *limits, half, *rest)
    later = {"window": window, "generations": generations}
    return TableAccumulation(described(real), **asked, **later, workflows=found, model=real)


def _workflows(temperature, samples, real_samples, window) -> dict[str, tuple[AbstractStage, Any]]:
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
    last = Window(sampled, samples=samples, **real)
    return {
        "replace": (replace, first),
        "window": (last, _begun_window(line, first, points, window)),
        "accumulate": (Accumulate(sampled, samples=samples, **real), pool),
        "subsample": (Subsample(sampled, samples=samples, generations=1, **real), chosen),
    }


def _begun_window(line, first, points, window) -> HistoryMoments:
    """A window that holds the first generation alone, whose moments are `first`."""
    empty = History.of(line, generations=window, size=points).moments()
    apart = jnp.zeros_like(empty.covariances[0])
    begun = empty.push(first, apart, points, empty.place)
    return HistoryMoments(begun.each, begun.covariances, empty.sizes, empty.place)


_SHARES = InUnits(0.0, 1.0)


def _path(stage: AbstractStage, start: Any, generations: int) -> np.ndarray:
    """Expected squared error of the mean and variance of every generation."""
    first = np.array([_SHARES(start)])
    return np.concatenate([first, walk(stage, start, _SHARES, generations - 1)])


def _windowed(stage, start, temperature, real_samples, **_) -> tuple[float | None, float | None]:
    """The limit of a window: known where only noise acts, else by following it.

    With noise alone the second moment of a point about the real mean stays.
    """
    if temperature == 1 and not real_samples:
        return 0.0, 1.0
    error, variance = (
        math.inf if one.fate is Fate.GROWS else one.limit for one in trends(stage, start, _SHARES)
    )
    return variance, error


def _typical(
    generations: int, temperature: float, samples: int, real_samples: int
) -> dict[str, tuple[float, float]]:
    """The variance of a typical run after the generations and in the end, where it is known."""
    if real_samples:
        return {}
    noise = float(mean_log_chi_square(samples - 1.0)) + math.log1p(-1 / samples)
    step = noise + math.log(temperature)
    found = {"replace": (math.exp(noise + (generations - 1) * step), 0.0 if step < 0 else math.inf)}
    if temperature == 1:
        logs = [memory.kept_log_variance(t, samples=samples) for t in (generations, math.inf)]
        found["accumulate"] = tuple(map(math.exp, logs))
    return found


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
