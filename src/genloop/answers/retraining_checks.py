"""What is wrong with a log-density: where a search starts, and at what it finds."""

import jax
import numpy as np

from ..loops import retraining as solved
from ..loops.retraining.landscape import Landscape, row_of
from ..models import Points
from ..printing import number, short

_CONVERGED, _CRITICAL = 1e-6, 1e-4
"""The largest residual, and the largest slope of the likelihood as it is written."""
_SMOOTH = 1e-2
_SPREAD = 8
"""A density on more points than these is no peak between two of them."""
_POSITIVE = "write a parameter that must be positive as jax.numpy.exp(theta)"


def check_start(scene: Landscape, start: np.ndarray, unnormalised: bool) -> None:
    """Raises `ValueError` unless data and support have a density and its likelihood a gradient."""
    written, log_total = scene.written(start)
    weighted = scene.real_masses[: scene.size] > 0
    wrong = ~np.isfinite(written) & weighted
    points = scene.real.points[: scene.size]
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"the log-density is {written[first]} at {int(wrong.sum())} of {scene.size} data "
            f"points, the first {points[first]}; start elsewhere, {_POSITIVE}, or correct the "
            "density or the data."
        )
    if not scene.family.estimated:
        _check_support(scene, start, log_total, unnormalised)
    if not np.isfinite(scene.real.seen(start[None]).gradient).all():
        raise ValueError(
            "the gradient of the log-likelihood is not finite at the start, though its value is; "
            f"start elsewhere, {_POSITIVE}, or keep roots, logarithms and divisions away from "
            "zero, also in the branch that jax.numpy.where does not take."
        )


def _check_support(scene, start, log_total, unnormalised) -> None:
    """Raises `ValueError` where a density is none on the support, before anything is fitted."""
    points, written = scene.family.support.points, scene.on_support(start)
    wrong = np.isnan(written) | (written == np.inf)
    if wrong.any():
        apart = np.abs(points - scene.real.points[0]).reshape(len(points), -1).max(1)
        first = int(np.argmin(np.where(wrong, apart, np.inf)))
        raise ValueError(
            f"the log-density is {written[first]} at {int(wrong.sum())} of {len(points)} points of "
            f"the support, at x = {_shown(points[first])} for example; give the support where it "
            "is defined, Support.grid(lower, upper, count), or write jax.numpy.where(inside, "
            "log_density, -jax.numpy.inf)."
        )
    if unnormalised or abs(log_total) <= solved.RESOLVED:
        return
    masses = np.exp(written + scene.real.log_measure - log_total)
    heaviest = points[masses.argmax()]
    at_an_end = ((heaviest == points.min(0)) | (heaviest == points.max(0))).any()
    widely = 1 / (masses**2).sum() > _SPREAD or at_an_end
    # Too little, or a peak on few points, may be a start far from where the support is.
    if scene.family.support.discrete or (log_total > 0.01 and widely):
        raise ValueError(_not_one(scene, start, "at the start"))


def _not_one(scene, row, place) -> str:
    """Why the mass of a density is not one, as far as that can be seen."""
    points, written = scene.family.support.points, scene.on_support(row)
    with np.errstate(over="ignore"):
        total = scene.total(row)
    if abs(total - 1) > _SMOOTH and _is_density(scene, written):
        return "the function returns a density that sums to one; return its logarithm."
    if abs(total - 1) > _SMOOTH and _is_density(scene, np.exp(_swapped(scene, row))):
        return (
            "the arguments of the log-density are swapped; write it as log_density(parameters, x)."
        )
    return (
        f"the density sums to {total:.8g} on the support {place}, expected 1 (it is largest at "
        f"x = {_shown(points[written.argmax()])}); give a support with more points, "
        "Support.line(5000, centre=..., scale=...), Support.grid(lower, upper, count) where the "
        "density ends or jumps (angles: one turn), Support.of(outcomes) where outcomes are "
        "counted; or unnormalised=True to normalise it there."
    )


def _shown(point) -> str:
    return np.array2string(np.asarray(point), formatter={"float": number})


def _is_density(scene, values) -> bool:
    """Whether these are numbers of a density on the support, to a hundredth."""
    total = (values * scene.family.support.measure).sum()
    return bool(np.all(values >= 0) and abs(total - 1) <= _SMOOTH)


def _swapped(scene, row):
    """The log-density with its arguments in the other order, minus infinity where it has none."""
    log_density, parameters = scene.family.log_density, scene.family.unravel(row)
    try:
        found = jax.vmap(lambda point: log_density(point, parameters))(scene.family.support.points)
    except Exception:
        return -np.inf
    return np.asarray(found) if found.ndim == 1 else -np.inf


def reported(scene: Landscape, points: list, real: Points, unnormalised: bool) -> list:
    """Those of the critical points that the support resolves, with a slope of zero.

    Raises `ValueError` where the highest maximum is none of a smooth density, or nothing is left.
    """
    total = lambda one: scene.family.estimated or unnormalised or _resolved(scene, row_of(one))
    left = [one for one in points if total(one)]
    for one in left:
        if not solved.rising_directions(solved.curvatures(one, real).real):
            _check_smooth(scene, one, real)
            break
    critical = [one for one in left if _is_critical(scene, one, real, unnormalised)]
    if critical or not points or left:
        return critical
    raise ValueError(_not_one(scene, row_of(points[0]), "at its best fit"))


def _resolved(scene, row) -> bool:
    return bool(scene.off(row[None])[0] <= solved.RESOLVED)


def _is_critical(scene, one, real, unnormalised) -> bool:
    if not solved.residual(one, real) <= _CONVERGED:
        return False
    step, units = 1e-4, solved.information_root(solved.curvatures(one, real).sampled).T
    rows = row_of(one) + step * np.concatenate([units, -units])
    written = scene.real_written(rows) if not unnormalised else scene.heights(rows)[0]
    slope = (written[: len(units)] - written[len(units) :]) / (2 * step)
    return bool((np.abs(slope) <= _CRITICAL).all())


def _check_smooth(scene, one, real) -> None:
    """Raises `ValueError` where curvatures are not what differences of the likelihood give."""
    curvature, row = solved.curvatures(one, real), row_of(one)
    units = solved.information_root(curvature.sampled).T
    exact = np.einsum("ki,ij,kj->k", units, curvature.real, units)
    level, before = scene.heights(row[None])[0], 0.0
    for step in 1e-3 * 4.0 ** np.arange(4):
        rows = row + step * np.concatenate([units, -units])
        sides = scene.heights(rows)[0].reshape(2, -1)
        bends = (sides.sum(0) - 2 * level) / step**2
        gap = np.abs(bends - exact) / np.maximum(1.0, np.abs(exact))
        # Differences of a smooth function come nearer as the square of the step.
        if gap.max() > max(_SMOOTH, 300 * before):
            worst = int(gap.argmax())
            raise ValueError(
                f"the log-density is not smooth in its parameters: at {short(one.parameters)} the "
                f"likelihood has the second derivative {exact[worst]:.4g}, and differences give "
                f"{bends[worst]:.4g}; smooth it, jax.numpy.sqrt(x**2 + 0.01) for |x| for example."
            )
        before = max(gap.max(), 1e-7)


def no_maximum(scene: Landscape, model, real: Points) -> str:
    """Why nothing was found: parameters that are not determined, a kink, or neither."""
    tried = [model, *map(model.with_vector, solved.spread_starts(model, 2))]
    if all(_undetermined(solved.curvatures(one, real).sampled) for one in tried):
        return (
            "the parameters are not determined by the distribution: a change of them leaves it as "
            "it is (its Fisher information is singular); leave out a parameter."
        )
    for one in tried:
        if scene.family.estimated or _resolved(scene, row_of(one)):
            _check_smooth(scene, one, real)
    return (
        "the real likelihood has no maximum that was found and that the support resolves; give "
        "other starts, a support with more points, more data, or bound the parameters by a change "
        "of variables."
    )


def _undetermined(sampled) -> bool:
    return solved.information_root(sampled).shape[1] < len(sampled)
