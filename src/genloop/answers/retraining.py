"""What becomes of a model of one's own that is retrained on its own samples and real data."""

import dataclasses
import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import jax
import numpy as np
from jaxtyping import PyTree

from ..analysis import Threshold
from ..arguments import checked, listed
from ..loops import retraining as solved
from ..loops.retraining.landscape import Landscape, row_of
from ..models import AbstractModel, OwnSamples, Parametric, Points, Support
from ..models.model import as_float
from ..printing import number, readable
from .answer import Answer, tuples
from .real_data import RealTable
from .retraining_checks import check_start, no_maximum, reported

_BOXES = {1: (200, 10.0), 2: (64, 10.0), 3: (24, 7.0)}
"""Points a dimension and standard deviations to each side: a Gaussian has its mass to 1e-8."""
_FLAT = 1e-6
"""A curvature of a maximum below this share of the information may be an error of the support."""


@readable
@dataclasses.dataclass(frozen=True)
class RetrainingPoint:
    """A fixed point of retraining: a critical point of the real likelihood, at every weight.

    `residual` is the slope there, in units of the model's own information. `multipliers` are those
    at the real fraction that was asked for, `None` where the fit leaves the point at once.
    `lock_in` is the weight of synthetic data from which on the best fit stays although there are
    better models. `stable` is `None` where the curvature does not decide.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2 - 0.918938533204673
    gl.answers.retraining(log_density, [0.5, 1.5], start=0.0).fixed_points[0].stable  # True
    ```
    """

    parameters: Any
    log_likelihood: float
    residual: float
    stable: bool | None
    multipliers: tuple[float, ...] | None
    lock_in: Threshold

    def _in_short(self) -> str:
        word = {True: "stable", False: "unstable", None: "undecided"}[self.stable]
        return f"{_shown(self.parameters)}: {word}"


@readable
@dataclasses.dataclass(frozen=True)
class SufficientCondition:
    r"""The published condition $w (1 + L \epsilon/\alpha) < \frac12$, with its constants.

    `weight` and `real_fraction` are where it ends, `holds` whether it holds at the real fraction
    that was asked for, `rate` the factor by which errors then shrink at least (`None` where it does
    not hold), and `rate_bound` one with the same constants for every weight. Where a constant is
    not bounded it says nothing: these are `None` and `reason` is why. It is a proof only where
    `constants.estimated` is false.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2 - 0.918938533204673
    gl.answers.retraining(log_density, [0.5, 1.5], start=0.0).sufficient.real_fraction  # 0.666667
    ```
    """

    constants: solved.Constants
    weight: float | None
    real_fraction: float | None
    holds: bool
    rate: float | None
    rate_bound: float | None
    reason: str | None = None

    def _needs(self) -> str:
        if self.reason is not None:
            return f"says nothing for this family on these data: {self.reason}"
        found = self.constants
        verb = "with estimated constants would give" if found.estimated else "proves it for"
        return (
            f"{verb} a weight w below {number(self.weight)}, a share of real data above "
            f"{number(self.real_fraction)} (alpha {number(found.alpha)}, L "
            f"{number(found.lipschitz)}, epsilon {number(found.distance)})"
        )


@readable
@dataclasses.dataclass(frozen=True)
class Retraining(Answer):
    """Where iterative retraining of a family ends, how fast, and how much real data it needs.

    `fixed_points` are the best maximum of the real likelihood first; what follows is of it.
    `threshold` is the weight of synthetic data at which it becomes unstable, or the reason why no
    weight does that; `rate` the factor by which errors shrink in a generation at `real_fraction`.
    Below the weight `lock_in` the best fit leaves every worse maximum that was found, with a share
    of real data above `required_real_fraction`. `total` is the mass of the density
    on the support, and `estimated` whether expectations are means over samples.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2 - 0.918938533204673
    gl.answers.retraining(log_density, [0.5, 1.5], start=0.0, real_fraction=0.25).rate  # 0.75
    ```
    """

    question: ClassVar[str] = "retraining"

    input: RealTable
    real_fraction: float
    synthetic_weight: float
    total: float | None
    estimated: bool
    fixed_points: tuple[RetrainingPoint, ...]
    threshold: Threshold
    rate: float
    sufficient: SufficientCondition
    lock_in: Threshold
    required_real_fraction: Threshold

    def _heading(self) -> str:
        best = self.fixed_points[0]
        kind = "Retraining (estimates)" if self.estimated else "Retraining"
        if best.stable is None:
            return (
                f"{kind}: a flat maximum, of which the curvature does not tell whether it attracts"
            )
        return (
            f"{kind}: no threshold to find, a strict maximum is stable for every weight (ST-A5); "
            f"with a share of {number(self.real_fraction)} real data, errors shrink to "
            f"{number(self.rate)} of their size in a generation"
        )

    def _printed(self):
        total = None if self.total is None else f"{self.total:.12g}"
        return {
            f"fixed points (residuals below {number(self._residual())})": self.fixed_points,
            "published condition": self.sufficient._needs(),
            "lock-in": self._held(),
            "mass of the density on the support": total,
        }

    def _residual(self) -> float:
        """A power of ten above all residuals."""
        largest = max(one.residual for one in self.fixed_points)
        return float(10.0 ** max(-10, math.floor(math.log10(max(largest, 1e-300))) + 1))

    def _held(self) -> str:
        if self.lock_in.value is None:
            return str(self.lock_in.reason)
        return (
            f"from w = {number(self.lock_in.value)} on a worse maximum holds itself; with a share "
            f"of real data above {number(float(self.required_real_fraction))} no worse "
            "maximum does"
        )


@checked
def retraining(
    log_density: Callable,
    data: Any,
    *,
    start: PyTree,
    support: Support | OwnSamples | None = None,
    weights: Any = None,
    real_fraction: float = 0.5,
    starts: Iterable[PyTree] | None = None,
    unnormalised: bool = False,
) -> Retraining:
    r"""The fixed points, thresholds and rate of retraining a family given by its log-density.

    `log_density(parameters, x)` is written in JAX for one point; `data` are points `(n,)` or `(n,
    d)`, with `weights` if they are not alike, or a `Points`; `start` are parameters near which the
    fit is sought, a number, a vector or a pytree, and `starts` more of them, in place of 16 that
    are spread around it. Expectations under the model are taken on the `support`, by default the
    whole line or, in two or three dimensions, a box of ten or seven standard deviations around
    the data. Another call with the same function compiles nothing.

    Raises `ValueError` for data, starts and densities that do not fit, a density that is not finite
    at a data point or does not sum to one on the support (`unnormalised` where that is meant: it is
    then normalised there) or is not smooth in its parameters, parameters that are not determined, a
    likelihood without a maximum, and without real data. Critical points at which the density does
    not sum to one are no fixed points of the family, and left out.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2 - 0.918938533204673
    genloop.answers.retraining(log_density, [0.5, 1.5], start=0.0).required_real_fraction
    ```
    """
    if real_fraction == 0:
        raise ValueError(
            "without real data every model stays as it is; give a real_fraction above 0."
        )
    real = data if isinstance(data, Points) else Points.of(_numbers(data), weights)
    real = Points(*map(_double, (real.points, real.masses)), read_from=real.read_from)
    start = jax.tree.map(_double, start, is_leaf=lambda leaf: isinstance(leaf, list))
    model = Parametric.of(log_density, start, support or _support(real.points))
    scene = Landscape(model, real)
    check_start(scene, row_of(model), unnormalised)
    starts = None if starts is None else listed("starts", starts)
    # The mass is checked again where the fits are: a start may lie far from the data.
    points = reported(scene, solved.critical_points(model, real, starts), real, unnormalised)
    best = _best(points, real)
    if best is None:
        raise ValueError(no_maximum(scene, model, real))
    total = None if model.family.estimated else scene.total(row_of(best))
    weight = (1 - real_fraction) / real_fraction
    found = tuple(_point(one, real, weight, points) for one in points)
    lock_in = _first_lock_in(found)
    least = lock_in if lock_in.value is None else Threshold(1 / (1 + lock_in.value))
    return Retraining(
        _described(real),
        real_fraction,
        weight,
        total,
        model.family.estimated,
        found,
        _sharp(found[0]),
        _rate(best, real, weight),
        _sufficient(best, real, weight),
        lock_in,
        least,
        model=best,
    )


def _numbers(data):
    if isinstance(data, AbstractModel):
        raise ValueError(
            f"the data are points, got a {type(data).__name__}; give an array of shape (n,) or "
            "(n, d), or Points.of(points, weights)."
        )
    return as_float(np.asarray(as_float(data)))


def _double(numbers):
    """Numbers in double precision; they may come from outside of it."""
    return np.asarray(as_float(numbers), float)


def _support(points):
    """The whole line, or a box around data of two or three dimensions."""
    if points.ndim == 1:
        first, middle, last = np.quantile(points, [0.25, 0.5, 0.75])
        return Support.line(1200, centre=middle, scale=1.5 * (last - first) or 1.0)
    if points.shape[1] not in _BOXES:
        raise ValueError(
            f"data of {points.shape[1]} dimensions need a support: give the model's own samples, "
            "support=gl.models.OwnSamples(sampler, key, 10000)."
        )
    count, reach = _BOXES[points.shape[1]]
    spread = reach * np.where(points.std(0) > 0, points.std(0), 1.0)
    return Support.grid(points.mean(0) - spread, points.mean(0) + spread, count)


def _best(points, real) -> Parametric | None:
    """The highest of them that is a maximum."""
    for one in points:
        if not solved.rising_directions(solved.curvatures(one, real).real):
            return one
    return None


def _point(one, real, weight, points) -> RetrainingPoint:
    matrices = solved.curvatures(one, real)
    parameters, level = _plain(one.parameters), solved.mean_log_likelihood(one, real)
    known = parameters, level, solved.residual(one, real)
    try:
        ratios = solved.curvature_ratios(*matrices)
    except ValueError:
        # Where two components of a mixture are one, for example: nothing tells the parameters.
        unknown = Threshold.absent("the parameters are not determined here", "not resolved")
        stable = False if solved.rising_directions(matrices.real) else None
        return RetrainingPoint(*known, stable, None, unknown)
    multipliers = None
    if ratios.min() > -weight:
        multipliers = tuple(map(float, solved.retraining_multipliers(*matrices, weight)))
    if abs(ratios).min() < _FLAT:
        unknown = Threshold.absent("the real likelihood is flat here", "not resolved")
        return RetrainingPoint(*known, None, multipliers, unknown)
    others = [other.parameters for other in points if other is not one]
    lock_in = solved.escape_weight(one, real, others)
    return RetrainingPoint(*known, bool(ratios.min() > 0), multipliers, lock_in)


def _first_lock_in(points) -> Threshold:
    """The smallest weight at which a worse maximum holds itself."""
    held = [one.lock_in for one in points if one.lock_in.value is not None]
    if not held:
        return Threshold.absent("no worse maximum was found that could hold itself", "not needed")
    return min(held, key=float)


def _sharp(best: RetrainingPoint) -> Threshold:
    if best.stable is None:
        return Threshold.absent("the real likelihood is flat at its maximum", "not resolved")
    return Threshold.absent(
        "stable for every weight of synthetic data: a strict maximum of the real likelihood",
        "does not apply",
    )


def _rate(best, real, weight) -> float:
    return float(solved.retraining_multipliers(*solved.curvatures(best, real), weight).max())


def _sufficient(best, real, weight) -> SufficientCondition:
    found = solved.constants(best, real)
    if found.reason is not None:
        return SufficientCondition(found, None, None, False, None, None, found.reason)
    rate = solved.sufficient_rate(found.factor, weight)
    holds = bool(weight * found.factor < 0.5)
    bound = solved.rate_bound(found.factor, weight)
    return SufficientCondition(
        found, found.weight, found.real_fraction, holds, rate if holds else None, bound
    )


def _described(real: Points) -> RealTable:
    dimensions = 1 if real.points.ndim == 1 else real.points.shape[1]
    source = real.source or "points given in Python"
    return RealTable(source, len(real.points), None, (), (), dimensions)


def _plain(parameters: PyTree) -> Any:
    return jax.tree.map(lambda leaf: tuples(np.asarray(leaf)), parameters)


def _shown(parameters: Any) -> str:
    return ", ".join(number(leaf) for leaf in jax.tree.leaves(parameters))
