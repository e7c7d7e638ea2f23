"""ST-A14: On curved surfaces every pair of curvatures occurs, and norms may grow at first."""

import numpy as np

from ...loops.retraining import curved_surface as closed, likelihood_multipliers
from ...verification import bound, closed_form, scaled, theorem
from ._curved_family import derivative
from ._instances import REAL_CURVATURE, SAMPLED_CURVATURE

_SURFACE = {
    "surface": closed.surface,
    "derivative": likelihood_multipliers,
    "point": closed.surface_point,
}


def _flat(real_curvature, sampled_curvature):
    slope, bend = closed.surface(real_curvature, sampled_curvature)
    return slope, 0 * bend


def _other_root(real_curvature, sampled_curvature):
    slope, bend = closed.surface(real_curvature, sampled_curvature)
    return slope.T, bend


@theorem(
    spec="ST-A14",
    paper="bertrand2023",
    status="derived",
    hypotheses=("any two symmetric negative definite matrices A and B of the same size",),
    claim=_SURFACE,
    mutants={
        "the surface is flat": _SURFACE | {"surface": _flat},
        "the factor transposed": _SURFACE | {"surface": _other_root},
        "the surface 1 % large": scaled(_SURFACE, 1.01, "surface"),
        "the derivative 1 % large": scaled(_SURFACE, 1.01, "derivative"),
        "the point 1 % far": scaled(_SURFACE, 1.01, "point"),
    },
)
def curved_surface(claim, trial):
    r"""On curved surfaces every pair of curvatures occurs, and norms may grow at first.

    $N((M\theta, \frac12 \theta^\top M^\top H M \theta), I)$ with $M = C^\top$, $-B = C C^\top$ and
    $H = I + C^{-1} A C^{-\top}$ has the expected Hessians $A$ under real data of mean $(0, 1)$ and
    $B$ under its own. So $J = (A + w B)^{-1} w B$ may be any such matrix: its Euclidean norm can
    exceed one while every multiplier lies in $[0, 1)$, and small errors grow before they die out.
    """
    for index, size in enumerate((1, 2, 3)):
        pair = trial.once(f"pair {size}", lambda k=size, i=index: _definite_pair(trial, i, k))
        yield from _checks(claim, trial, f"size {size}", *pair, 0.8)
    yield from _checks(claim, trial, "the example", REAL_CURVATURE, SAMPLED_CURVATURE, 1.0)
    jacobian = np.asarray(
        claim["derivative"](REAL_CURVATURE, SAMPLED_CURVATURE, -SAMPLED_CURVATURE, 1.0)
    )
    yield bound("the Euclidean norm exceeds one", 1.2, np.linalg.norm(jacobian, 2))
    yield bound("all multipliers lie below one", np.abs(np.linalg.eigvals(jacobian)).max(), 0.96)


def _checks(claim, trial, what, real, sampled, weight):
    shape = claim["surface"](real, sampled)
    theta, origin = 0.3 * np.arange(1.0, len(real) + 1), np.zeros(len(real))
    own = _point(theta, *shape)
    yield closed_form(f"{what}, a point", claim["point"](theta, *shape), own)
    height = np.append(origin, 1.0)
    for name, given, mean in (("A", real, height), ("B", sampled, 0 * height)):
        yield closed_form(f"{what}, {name}", given, _hessian(origin, *shape, mean, 1.0), scale=1.0)
    claimed = claim["derivative"](real, sampled, -sampled, weight)
    found = derivative(lambda start: _retrained(start, *shape, height, weight), origin)
    yield closed_form(f"{what}, the numerical maximiser", claimed, found, scale=1.0)


def _point(theta, slope, bend):
    u = slope @ theta
    return np.append(u, u @ bend @ u / 2)


def _tangent(theta, slope, bend):
    return np.vstack([slope, (slope @ theta) @ bend @ slope])


def _hessian(theta, slope, bend, mean, weight):
    """The Hessian of the expected log-likelihood under `weight` data of a mean."""
    tangent = _tangent(theta, slope, bend)
    above = (mean - _point(theta, slope, bend))[-1]
    return weight * (above * slope.T @ bend @ slope - tangent.T @ tangent)


def _retrained(start, slope, bend, height, weight):
    """The best fit near the origin to real data and the samples of a model, by Newton's method."""
    mean = (height + weight * _point(start, slope, bend)) / (1 + weight)
    theta = 0 * start
    for _ in range(8):
        score = _tangent(theta, slope, bend).T @ (mean - _point(theta, slope, bend))
        theta = theta - np.linalg.solve(_hessian(theta, slope, bend, mean, 1.0), score)
    return theta


def _definite_pair(trial, index, size):
    rng = np.random.default_rng([trial.seed, index])
    roots = rng.normal(size=(2, size, size))
    return tuple(-(root @ root.T + 0.3 * np.eye(size)) for root in roots)
