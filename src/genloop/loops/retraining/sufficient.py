r"""The published sufficient condition for stable retraining, and its constants for any family.

$\alpha$: the real log-likelihood is curved by at least $\alpha$ at its maximum. $L$: the Hessian
$\nabla_\theta^2 \log p_\theta(x)$ is $L$-Lipschitz in $x$, in operator norm. $\epsilon$: the
Wasserstein-1 distance of the model at the maximum from the real data.
"""

import dataclasses

import jax
import numpy as np

from ...models import Parametric, Points
from ...models.points import as_points
from ...printing import readable
from ...programs import kernel
from .curvature import curvatures
from .landscape import row_of
from .tails import Tails, beyond, distance_on_the_line, in_pieces, in_rows, reaches_beyond
from .transport import Distance, transport_distance

_GROWING = "infinite as far as can be seen: the mean of |x| under the model grows with the reach"
_MISSED = 1e-3
_PAIRS = 1024
_ROUNDS = 60
_SCALES = 0.5 ** np.arange(8)
_UNSURE = 1e-2


@readable
@dataclasses.dataclass(frozen=True)
class Constants:
    r"""The constants $\alpha$, $L$, $\epsilon$ of the sufficient condition, and how they are known.

    They are infinite where nothing bounds them, and the condition then says nothing: `reason` is
    why. `estimated` unless they are exact or bounds, as for finitely many outcomes.

    ```python
    gl.loops.retraining.Constants(2.0, 1.0, 1.0, "given", "given").factor  # 1.5
    ```
    """

    alpha: float
    lipschitz: float
    distance: float
    lipschitz_how: str
    distance_how: str
    estimated: bool = False

    @property
    def factor(self) -> float:
        r"""$b = 1 + L \epsilon/\alpha \ge \|A^{-1} B\|$, infinite where nothing is known."""
        # A Hessian that does not depend on the point has one mean, whatever the distance.
        return 1 + (self.lipschitz and self.lipschitz * self.distance / self.alpha)

    @property
    def reason(self) -> str | None:
        """Why the condition says nothing, `None` where it says something."""
        if np.isfinite(self.factor):
            return None
        smooth = ("L", self.lipschitz, self.lipschitz_how)
        apart = ("epsilon", self.distance, self.distance_how)
        found = (f"{name} is {how}" for name, value, how in (smooth, apart) if np.isinf(value))
        return "; ".join(found)

    @property
    def weight(self) -> float:
        r"""$w = 1/(2b)$: the sufficient condition holds below it."""
        return sufficient_weight(self.factor)

    @property
    def real_fraction(self) -> float:
        r"""$a = 2b/(1 + 2b) \ge 2/3$: the sufficient condition holds above it."""
        return sufficient_real_fraction(self.factor)


def sufficient_weight(factor: float, strength: float = 0.0) -> float:
    r"""$w < \frac1{2b}$, $b = 1 + L\epsilon/\alpha$, suffices for local stability [ST-A4].

    With samples corrected by a strength $\gamma$, $w < \frac{1 + \gamma}{(2 + \gamma)\,b}$ [ST-C2].

    ```python
    gl.loops.retraining.sufficient_weight(2.0)  # 0.25
    ```
    """
    return (1 + strength) / ((2 + strength) * factor)


def sufficient_real_fraction(factor: float, strength: float = 0.0) -> float:
    r"""$a > \frac{2b}{1 + 2b}$, the sufficient condition as a real fraction [ST-A4].

    With corrected samples, $a > \frac{(2 + \gamma)\,b}{(2 + \gamma)\,b + 1 + \gamma}$ [ST-C2].

    ```python
    gl.loops.retraining.sufficient_real_fraction(2.0)  # 0.8
    ```
    """
    return 1 / (1 + sufficient_weight(factor, strength))


def sufficient_rate(factor: float, synthetic_weight: float, strength: float = 0.0) -> float:
    r"""$\rho = \frac{w b}{1 - w b}$, by which errors shrink at least where $w b < \frac12$ [ST-A4].

    With corrected samples $\frac{w b}{(1 + \gamma)(1 - w b)}$, where it is below one [ST-C2]. NaN
    elsewhere, where nothing is said.

    ```python
    gl.loops.retraining.sufficient_rate(2.0, 0.1)  # 0.25
    ```
    """
    product = synthetic_weight * factor
    if not synthetic_weight < sufficient_weight(factor, strength):
        return float("nan")
    return product / ((1 + strength) * (1 - product))


def rate_bound(factor: float, synthetic_weight: float) -> float:
    r"""$\rho(J) \le \frac{w b}{1 + w b}$ with the same constants, for every weight [ST-A4].

    ```python
    gl.loops.retraining.rate_bound(2.0, 0.5)  # 0.5
    ```
    """
    product = synthetic_weight * factor
    return 1.0 if np.isinf(product) else product / (1 + product)


def constants(model: Parametric, real: Points) -> Constants:
    r"""$\alpha$, $L$ and $\epsilon$ for a model at a maximum of its real likelihood [ST-A4].

    For finitely many outcomes $L$ is the largest quotient of two of them and $\epsilon$ exact or
    the cost of a plan. Elsewhere both are estimates: $L$ the largest norm of $\partial_x
    \nabla_\theta^2 \log p_\theta(x)$ that a search from the points of the data and of the support
    found, infinite where it grows beyond them; $\epsilon$ on the whole line by an integral that
    reaches to where numbers end, infinite where that grows with the reach, as for a Cauchy law.
    The box of a `Support.grid` is the whole space where the density has mass beyond it. Raises
    `ValueError` unless the model is a strict maximum.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2
    model = gl.Parametric.of(log_density, 1.0, gl.models.Support.grid(-9.0, 9.0, 60))
    gl.loops.retraining.constants(model, gl.Points.of([0.5, 1.5])).lipschitz  # 0
    ```
    """
    real = as_points(real)
    alpha = -float(np.linalg.eigvalsh(curvatures(model, real).real).max())
    if not alpha > 0:
        raise ValueError(
            f"the real log-likelihood is no strict maximum here (alpha = {alpha:.3g}); give the "
            "model that gl.fixed_point finds."
        )
    lipschitz, how = lipschitz_constant(model, real)
    apart = model_distance(model, real)
    estimated = not how.startswith("exact")
    return Constants(alpha, lipschitz, apart.value, how, apart.how, estimated)


def model_distance(model: Parametric, real: Points) -> Distance:
    r"""$\epsilon$, the Wasserstein-1 distance of a model from real data, and how it is known.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2
    model = gl.Parametric.of(log_density, 1.0, gl.models.Support.grid(-9.0, 9.0, 60))
    gl.loops.retraining.model_distance(model, gl.Points.of([1.0])).value  # 0.797892
    ```
    """
    law = model.law()
    apart = transport_distance(real, law)
    if model.family.support.discrete:
        return apart
    if not reaches_beyond(model):
        return Distance(apart.value, "estimated by the points in the box")
    tails = Tails.of(model, in_rows(law.points))
    if not tails.late <= _MISSED * apart.value:
        return Distance(np.inf, _GROWING)
    if model.family.estimated:
        return Distance(apart.value, "estimated by own samples")
    if in_rows(law.points).shape[1] == 1:
        value, error = distance_on_the_line(model, real)
        if error <= _UNSURE * value + 1e-6:
            return Distance(value, "estimated by an integral over the whole line")
    elif tails.moment <= _UNSURE * apart.value:
        return Distance(apart.value, "estimated by a transport plan for the points")
    return Distance(np.inf, "not bounded: the points do not resolve it")


def lipschitz_constant(model: Parametric, real: Points) -> tuple[float, str]:
    r"""$L$, the Lipschitz constant of the Hessian in $x$, and how it was found.

    ```python
    model = gl.Parametric.of(lambda t, x: t * x, 0.0, gl.models.Support.of([0.0, 1.0]))
    gl.loops.retraining.lipschitz_constant(model, gl.Points.of([0.0, 1.0]))[0]  # 0
    ```
    """
    places = np.concatenate([np.asarray(real.points), np.asarray(model.law().points)])
    places = np.unique(places, axis=0)
    if model.family.support.discrete and len(places) <= _PAIRS:
        return _largest_quotient(model, places), "exact for these outcomes"
    vector = row_of(model)
    norms = lambda points: _norms(in_pieces(_slopes, model.family.density, vector, points))
    found = norms(places)
    value, _ = _climbed(norms, places, places[found.argmax()])
    value, far = beyond(model, norms, places, float(value))
    if np.isinf(value):
        return value, far
    exact = places.ndim == 1 or len(vector) == 1
    return value, ("largest value found" if exact else "upper bound at the worst point found") + far


@kernel
def _slopes(density, vector, points):
    """The derivative of the Hessian in the point, at each point."""
    return jax.vmap(jax.jacfwd(lambda point: _hessian(density, vector, point)))(points)


@kernel
def _hessians(density, vector, points):
    return jax.vmap(lambda point: _hessian(density, vector, point))(points)


def _hessian(density, vector, point):
    # The total that normalises a density does not depend on the point.
    return jax.hessian(lambda t: density(t, point[None])[0])(vector)


def _norms(slopes):
    """Norms of the slopes of a matrix, `(n, p, p)` or `(n, p, p, d)`; infinite where unknown."""
    count, size = slopes.shape[:2]
    known = np.isfinite(slopes).reshape(count, -1).all(1)
    slopes = np.where(known.reshape(-1, *[1] * (slopes.ndim - 1)), slopes, 0.0)
    return np.where(known, _finite_norms(slopes, count, size), np.inf)


def _finite_norms(slopes, count, size):
    if slopes.ndim == 3:
        return np.linalg.norm(slopes, 2, axis=(-2, -1))
    # The norm of every unfolding of the tensor is an upper bound of that of the map.
    rows = np.linalg.norm(slopes.reshape(count, size, -1), 2, axis=(-2, -1))
    places = np.linalg.norm(slopes.reshape(count, size * size, -1), 2, axis=(-2, -1))
    return np.minimum(rows, places)


def _climbed(norms, places, place):
    """The largest norm that a search by ever smaller steps reaches from a place, in the box."""
    lower, upper = places.min(0), places.max(0)
    axes = np.eye(place.size).reshape(-1, *place.shape)
    axes = np.multiply.outer(_SCALES, np.concatenate([axes, -axes]))
    moves = axes.reshape(-1, *place.shape)
    near = np.partition(np.abs(places - place).reshape(len(places), -1).max(1), 1)[1]
    step = max(near, 1e-9)
    value = norms(place[None])[0]
    for _ in range(_ROUNDS):
        around = np.clip(place + step * moves, lower, upper)
        seen = norms(around)
        if seen.max() > value:
            place, value = around[seen.argmax()], seen.max()
        else:
            step *= _SCALES[-1] / 2
        if step < 1e-9:
            break
    return value, place


def _largest_quotient(model, places) -> float:
    r"""$\max_{x \ne y} \|H(x) - H(y)\| / |x - y|$."""
    hessians = in_pieces(_hessians, model.family.density, row_of(model), places)
    first, second = np.triu_indices(len(places), 1)
    apart = (places[first] - places[second]).reshape(len(first), -1)
    change = np.linalg.norm(hessians[first] - hessians[second], 2, axis=(-2, -1))
    return float((change / np.linalg.norm(apart, axis=1)).max())
