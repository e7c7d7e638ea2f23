"""All maxima of a real likelihood, and from which weight on a worse one holds itself."""

from collections.abc import Iterable, Sequence
from typing import Any

import jax
import numpy as np
from jaxtyping import Float, PyTree

from ...analysis import Threshold
from ...arguments import check_at_least
from ...models import Parametric, Points
from ...models.likelihood import Likelihood, climb
from ...models.points import as_points
from ...operators import flattened
from .curvature import rising_directions

RESOLVED = 1e-3
"""How far from one the mass of a density on its support may be."""
_SAME = 1e-6
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
    vector = np.asarray(model.vector())
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
    law = as_points(real)
    likelihood = Likelihood(law.points, law.masses, model.family)
    found: list[Parametric] = []
    for start in _vectors(model, starts):
        for place in (np.asarray(climb(likelihood, start)[0]), _newton(likelihood, start)):
            if np.isfinite(place).all() and is_resolved(model, place):
                one = model.with_vector(place)
                found += [] if any(same_law(one, other) for other in found) else [one]
    return sorted(found, key=lambda one: mean_log_likelihood(one, law), reverse=True)


def mean_log_likelihood(model: Parametric, real: Points) -> float:
    r"""$\ell(\theta) = E_r \log p_\theta$, the mean over the real data.

    ```python
    model = gl.Parametric.of(lambda t, x: t * x, 0.0, gl.models.Support.of([0.0, 1.0]))
    gl.loops.retraining.mean_log_likelihood(model, gl.Points.of([0.0, 1.0]))  # -0.693147
    ```
    """
    law = as_points(real)
    likelihood = Likelihood(law.points, law.masses, model.family)
    return float(likelihood.value(np.asarray(model.vector())))


def is_resolved(model: Parametric, place: Float[np.ndarray, " p"]) -> bool:
    """Whether the support resolves the member of a family with parameters in a row.

    If the density of `model` sums to one there to a thousandth, so must that of the member: a peak
    between two points of a grid makes maxima that the family has not.

    ```python
    log_density = lambda theta, x: -jnp.log(jnp.pi * (1 + (x - theta) ** 2))
    model = gl.Parametric.of(log_density, 0.0, gl.models.Support.line(60))
    gl.loops.retraining.is_resolved(model, np.array([30.0]))  # False
    ```
    """
    if model.family.estimated:
        return True
    off = lambda vector: abs(float(model.family.total(vector)) - 1)
    return off(np.asarray(place)) <= RESOLVED or off(model.vector()) > RESOLVED


def same_law(left: Parametric, right: Parametric) -> bool:
    """Whether two models of one family are one distribution, to about seven digits.

    Parameters may differ: angles by a turn, components of a mixture in their order.

    ```python
    model = gl.Parametric.of(lambda t, x: jnp.cos(t) * x, 0.0, gl.models.Support.of([0.0, 1.0]))
    gl.loops.retraining.same_law(model, model.with_vector(jnp.array([2 * jnp.pi])))  # True
    ```
    """
    one, other = left.law(), right.law()
    if left.family.estimated:
        near = np.abs(np.asarray(one.points - other.points)).max()
        return bool(near <= _SAME * max(1.0, np.abs(np.asarray(one.points)).max()))
    masses, others = np.asarray(one.masses), np.asarray(other.masses)
    return bool(np.abs(masses - others).max() <= _SAME * masses.max())


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
    best, weight = problem.best(_vectors(model, starts))
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
        own = model.law()
        self.vector = np.asarray(model.vector())
        self.law, self.own, self.model = real, own, model
        self.real = Likelihood(real.points, real.masses, model.family)
        self.synthetic = Likelihood(own.points, own.masses, model.family)
        self.level = float(self.real.value(self.vector))
        self.entropy = float(self.synthetic.value(self.vector))
        self.rises = rising_directions(np.asarray(self.real.hessian(self.vector))) > 0
        self.loss = 1.0

    def quotient(self, place) -> float:
        """Gain by cost; minus infinity at the model itself, where both are zero."""
        gain = float(self.real.value(place)) - self.level
        cost = self.entropy - float(self.synthetic.value(place))
        # Far nearer the divergence is lost in the rounding of the entropy.
        if not np.isfinite(gain) or not cost > 1e-12 * (1 + abs(self.entropy)):
            return -np.inf
        # The differences lose digits where they are small.
        self.loss = max(1.0, abs(self.level / gain) if gain else 1.0, abs(self.entropy / cost))
        return gain / cost

    def best(self, starts: Sequence[Any]):
        """The maximum of the real likelihood that is highest, if it is higher than this one."""
        places = [np.asarray(climb(self.real, start)[0]) for start in starts]
        known = lambda place: np.isfinite(place).all() and is_resolved(self.model, place)
        places = [place for place in places if known(place)]
        quotients = [self.quotient(place) for place in places]
        top = max(quotients, default=-np.inf)
        return (places[int(np.argmax(quotients))], top) if top > 1e-12 else (None, 0.0)

    def raised(self, place, weight):
        """The fit to real data and the weight of this model's samples, by ascent from a place."""
        joined = Points(self.law.points, self.law.masses).mix(self.own, weight / (1 + weight))
        likelihood = Likelihood(joined.points, joined.masses, self.model.family)
        found, known = climb(likelihood, place)
        found = np.asarray(found)
        return found if bool(known) and is_resolved(self.model, found) else place


def _vectors(model, starts) -> list[Any]:
    """The parameters of the model and of the starts in rows."""
    if starts is None:
        return [np.asarray(model.vector()), *spread_starts(model)]
    rows = [np.asarray(flattened(_arrays(start))[0], float) for start in starts]
    return [np.asarray(model.vector()), *rows]


def _arrays(start):
    return jax.tree.map(lambda leaf: np.asarray(leaf, float), start)


def _newton(likelihood, place):
    """The end of Newton's method for a critical point, NaN where it does not settle."""
    reach = _FAR * max(1.0, np.abs(place).max())
    for _ in range(_NEWTON):
        moved = np.asarray(likelihood.newton(place))
        change = np.abs(moved - place).max()
        if not (np.isfinite(change) and np.abs(moved).max() < reach):
            break
        place = moved
        if change <= 1e-10 * max(1.0, np.abs(place).max()):
            return np.asarray(likelihood.newton(place))
    return np.full_like(place, np.nan)
