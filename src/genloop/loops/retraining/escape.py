"""All maxima of a real likelihood, and from which weight on a worse one holds itself."""

from collections.abc import Iterable

import jax
import numpy as np
from jaxtyping import Float, PyTree

from ...analysis import Threshold
from ...arguments import check_at_least
from ...models import Parametric, Points
from ...models.points import as_points
from ...operators import flattened
from ...printing import short
from .curvature import rising_directions
from .landscape import Landscape, are_same, row_of

_ROUNDS = 50
_NEWTON, _FAR = 20, 1e3
"""Newton's method settles in a few steps or not at all."""
_SCALES = (0.3, 1.0, 3.0, 10.0)


def spread_starts(model: Parametric, count: int = 16) -> list[Float[np.ndarray, " p"]]:
    r"""So many parameters, in rows, at several distances around those of a model.

    $\theta + s \max(1, |\theta|) z$ for normal numbers $z$, always the same, $s$ from 0.3 to 10.

    ```python
    model = gl.Parametric.of(lambda t, x: t * x, 0.0, gl.models.Support.of([0.0, 1.0]))
    len(gl.loops.retraining.spread_starts(model))  # 16
    ```
    """
    check_at_least("count", count, 1)
    vector = row_of(model)
    unit = np.maximum(1.0, np.abs(vector))
    moves = np.random.default_rng(0).standard_normal((count, vector.size))
    scales = np.resize(_SCALES, count)[:, None]
    return list(vector + scales * unit * moves)


def critical_points(
    model: Parametric, real: Points, starts: Iterable[PyTree] | None = None
) -> list[Parametric]:
    """The critical points of the real likelihood that were found, the highest first.

    They are the fixed points of retraining, for every weight of synthetic data [ST-A3]. Maxima by
    ascent from the model and from the starts (by default `spread_starts`), other critical points by
    Newton's method from there. What is returned was found: there may be more.

    ```python
    log_density = lambda theta, x: -jnp.log1p((x - theta) ** 2)
    model = gl.Parametric.of(log_density, 0.5, gl.models.Support.line(60))
    real = gl.Points.of([-4.0, 4.0])
    len(gl.loops.retraining.critical_points(model, real, [-4.0, 0.1, 4.0]))  # 3
    ```
    """
    scene, begin = Landscape(model, as_points(real)), _rows(model, starts)
    ends = np.stack([scene.maxima(begin), _stationary(scene.real, begin)], axis=1)
    places = ends.reshape(-1, begin.shape[1])
    places = places[scene.usable(places, begin[0])]
    if not len(places):
        return []
    places = places[_first_of_each(scene.laws(places), float(scene.family.estimated))]
    order = np.argsort(-scene.heights(places)[0], kind="stable")
    return [model.with_vector(place) for place in places[order]]


def _first_of_each(laws, unit) -> list[int]:
    """The rows that are not the distribution of one before."""
    found: list[int] = []
    for row, law in enumerate(laws):
        if not any(are_same(law, laws[other], unit) for other in found):
            found.append(row)
    return found


def mean_log_likelihood(model: Parametric, real: Points) -> float:
    r"""$\ell(\theta) = E_r \log p_\theta$, the mean over the real data.

    ```python
    model = gl.Parametric.of(lambda t, x: t * x, 0.0, gl.models.Support.of([0.0, 1.0]))
    gl.loops.retraining.mean_log_likelihood(model, gl.Points.of([0.0, 1.0]))  # -0.693147
    ```
    """
    return float(Landscape(model, as_points(real)).heights(row_of(model)[None])[0][0])


def is_resolved(model: Parametric, place: Float[np.ndarray, " p"]) -> bool:
    """Whether the support resolves the member of a family with parameters in a row.

    If the density of `model` sums to one there to five digits, so must that of the member: a peak
    between two points of a grid makes maxima that the family has not. Refine the support where a
    member is not resolved.

    ```python
    log_density = lambda theta, x: -jnp.log(jnp.pi * (1 + (x - theta) ** 2))
    model = gl.Parametric.of(log_density, 0.0, gl.models.Support.line(60))
    gl.loops.retraining.is_resolved(model, np.array([30.0]))  # False
    ```
    """
    scene = Landscape(model, model.law())
    return bool(scene.usable(np.asarray(place, float)[None], row_of(model))[0])


def same_law(left: Parametric, right: Parametric) -> bool:
    """Whether two models of one family are one distribution, to about seven digits.

    Parameters may differ: angles by a turn, components of a mixture in their order.

    ```python
    model = gl.Parametric.of(lambda t, x: jnp.cos(t) * x, 0.0, gl.models.Support.of([0.0, 1.0]))
    gl.loops.retraining.same_law(model, model.with_vector(jnp.array([2 * jnp.pi])))  # True
    ```
    """
    scene = Landscape(left, left.law())
    one, other = scene.laws(np.stack([row_of(left), row_of(right)]))
    return are_same(one, other, float(left.family.estimated))


def escape_weight(
    model: Parametric, real: Points, starts: Iterable[PyTree] | None = None
) -> Threshold:
    r"""The weight $w_c$ from which on a worse maximum is a fixed point of the best fit [ST-A9].

    $w_c = \sup_{\theta'} [\ell(\theta') - \ell(\theta)]/\mathrm{KL}(p_\theta \| p_{\theta'})$ for a
    maximum $\theta$ of the real likelihood $\ell$: with less synthetic data the best fit leaves it,
    with more it stays, though better models exist. The supremum is raised by the fit itself, at the
    weight that was reached (Dinkelbach), from the starts (by default `spread_starts` and other
    maxima): it is the largest value found. A reason where no better model was found.

    ```python
    log_density = lambda theta, x: -jnp.log1p((x - theta) ** 2)
    model = gl.Parametric.of(log_density, -3.9, gl.models.Support.line(200))
    real = gl.Points.of([-4.0, 4.0], [0.4, 0.6])
    stuck = gl.loops.retraining.critical_points(model, real, [-4.0])[0]
    gl.loops.retraining.escape_weight(stuck, real, [4.0]).value > 0  # True
    ```
    """
    starts = None if starts is None else list(starts)
    problem = _Escape(model, as_points(real))
    if problem.rises:
        return Threshold.absent("the real likelihood has no maximum here", "does not apply")
    best, weight = problem.best(_rows(model, starts))
    if best is None:
        return Threshold.absent(
            "no better model was found: this is the best maximum of the real likelihood",
            "does not apply",
        )
    for _ in range(_ROUNDS):
        moved = problem.raised(best, weight)
        reached = problem.quotient(moved)
        if not reached > weight * (1 + 1e-15):
            break
        best, weight = moved, reached
    return Threshold(weight, uncertainty=4e-16 * weight * problem.loss, residual=0.0)


class _Escape:
    """The gain of other models, and what they cost: their divergence from the one that is left."""

    def __init__(self, model: Parametric, real: Points):
        self.scene, self.vector = Landscape(model, real), row_of(model)
        level, entropy = self.scene.heights(self.vector[None])
        self.level, self.entropy = float(level[0]), float(entropy[0])
        self.rises = rising_directions(self.scene.curvatures(self.vector).real) > 0
        self.loss = 1.0

    def quotient(self, place) -> float:
        """Gain by cost; minus infinity at the model itself, where both are zero."""
        height, own = self.scene.heights(place[None])
        gain, cost = float(height[0]) - self.level, self.entropy - float(own[0])
        # Far nearer the divergence is lost in the rounding of the entropy.
        if not np.isfinite(gain) or not cost > 1e-12 * (1 + abs(self.entropy)):
            return -np.inf
        # The differences lose digits where they are small.
        self.loss = max(1.0, abs(self.level / gain) if gain else 1.0, abs(self.entropy / cost))
        return gain / cost

    def best(self, starts):
        """The maximum of the real likelihood that is highest, if it is higher than this one."""
        places = self.scene.maxima(starts)
        places = places[self.scene.usable(places, self.vector)]
        quotients = [self.quotient(place) for place in places]
        top = max(quotients, default=-np.inf)
        return (places[int(np.argmax(quotients))], top) if top > 1e-12 else (None, 0.0)

    def raised(self, place, weight):
        """The fit to real data and the weight of this model's samples, by ascent from a place."""
        found = self.scene.maxima(place[None], self.scene.joined(weight))
        return found[0] if self.scene.usable(found, self.vector)[0] else place


def _rows(model, starts) -> Float[np.ndarray, "n p"]:
    """The parameters of the model and of the starts in rows."""
    own = row_of(model)
    if starts is None:
        return np.stack([own, *spread_starts(model)])
    return np.stack([own, *(_row(model, start) for start in starts)])


def _row(model, start):
    """The numbers of one start. Raises `ValueError` unless it is built as the parameters are."""
    array, is_vector = lambda leaf: np.asarray(leaf, float), lambda leaf: isinstance(leaf, list)
    start = jax.tree.map(array, start, is_leaf=is_vector)
    row, unravel = flattened(start)
    own = model.family.unravel
    if row.size != row_of(model).size or not (
        isinstance(start, np.ndarray) or unravel.structure == own.structure
    ):
        raise ValueError(
            f"a start is built as the parameters are, with {row_of(model).size} numbers, got "
            f"{row.size} in {short(start)}."
        )
    if not np.isfinite(row).all():
        raise ValueError(f"a start has finite numbers, got {short(start)}.")
    return row


def _stationary(likelihood, starts):
    """The ends of Newton's method for a critical point, NaN where it does not settle."""
    reach = _FAR * np.maximum(1.0, np.abs(starts).max(1))
    places, ends = starts.copy(), np.full_like(starts, np.nan)
    left, settled = np.arange(len(starts)), []
    for _ in range(_NEWTON):
        if not left.size:
            break
        moved = _newton(likelihood, places[left])
        change, size = np.abs(moved - places[left]).max(1), np.abs(moved).max(1)
        near = np.isfinite(change) & (size < reach[left])
        places[left[near]] = moved[near]
        done = near & (change <= 1e-10 * np.maximum(1.0, size))
        settled.extend(left[done])
        left = left[near & ~done]
    if settled:
        ends[settled] = _newton(likelihood, places[settled])
    return ends


def _newton(likelihood, places):
    """The ends of Newton's steps, not finite where there are none."""
    _, gradient, hessian = likelihood.seen(places)
    known = np.isfinite(gradient).all(1) & np.isfinite(hessian).all((1, 2))
    curvature, basis = np.linalg.eigh(np.where(known[:, None, None], hessian, 0.0))
    along = (basis * gradient[:, :, None]).sum(1)
    with np.errstate(all="ignore"):
        step = (basis * (along / curvature)[:, None, :]).sum(2)
    return places - step
