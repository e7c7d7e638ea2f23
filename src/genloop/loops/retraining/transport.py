"""The Wasserstein-1 distance of two distributions on points."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ...models import Points
from ...models.points import as_points
from ...printing import readable

_ROUNDS = 200
_SHARPNESS = (10.0, 100.0, 1000.0)


@readable
class Distance(NamedTuple):
    """A distance of two distributions: the value, and what it is in words.

    ```python
    real, model = gl.Points.of([0.0, 1.0]), gl.Points.of([0.0, 3.0])
    gl.loops.retraining.transport_distance(real, model).value  # 1
    ```
    """

    value: float
    how: str


def transport_distance(left: Points, right: Points) -> Distance:
    r"""$W_1$, the least mean Euclidean distance over which the one is moved to the other.

    Exact for the points as they are in one dimension, $\int |F - G|$. In several dimensions it is
    the cost of a plan that moves all mass (entropic, then rounded to the masses): an upper bound,
    near the least one. Raises `ValueError` for points of different spaces.

    ```python
    real, model = gl.Points.of([[0.0, 0.0]]), gl.Points.of([[3.0, 4.0]])
    gl.loops.retraining.transport_distance(real, model).value  # 5
    ```
    """
    sides = [as_points(side) for side in (left, right)]
    (x, p), (y, q) = ((np.asarray(side.points), np.asarray(side.masses)) for side in sides)
    if x.shape[1:] != y.shape[1:]:
        raise ValueError(f"points of shapes {x.shape[1:]} and {y.shape[1:]} are not of one space.")
    if x.ndim == 1 or x.shape[1] == 1:
        return Distance(_on_the_line(x.ravel(), p, y.ravel(), q), "exact for these points")
    return Distance(_plan_cost(x, p, y, q), "upper bound by a transport plan")


def _on_the_line(x, p, y, q) -> float:
    places = np.concatenate([x, y])
    order = np.argsort(places)
    gap = np.cumsum(np.concatenate([p, -q])[order])
    return float(np.abs(gap[:-1]) @ np.diff(places[order]))


def _plan_cost(x, p, y, q) -> float:
    """Sinkhorn's iteration in logarithms, ever sharper, and its plan rounded to the masses."""
    keep_x, keep_y = p > 1e-15 * p.max(), q > 1e-15 * q.max()
    x, p, y, q = x[keep_x], p[keep_x] / p[keep_x].sum(), y[keep_y], q[keep_y] / q[keep_y].sum()
    cost = _distances(x, y)
    unit = cost.mean()
    best, g = float(p @ cost @ q), np.zeros(len(q))
    for sharpness in _SHARPNESS:
        left = sharpness * (cost - g) / max(unit, 1e-300)
        # What a row has in common is part of its factor, so that no row is all zeros.
        kernel, u, v = _scaled(np.exp(left.min(1, keepdims=True) - left), p, q)
        plan = _rounded(u[:, None] * kernel * v, p, q)
        best = min(best, float((plan * cost).sum()))
        g = g + np.log(np.maximum(v, 1e-300)) * unit / sharpness
    return best


def _scaled(kernel, p, q):
    # Of a column of zeros nothing can be scaled: a little of the product plan is added.
    kernel = kernel + 1e-200
    v = np.ones(len(q))
    for _ in range(_ROUNDS):
        u = p / (kernel @ v)
        v = q / (u @ kernel)
    return kernel, u, v


def _rounded(plan, p, q) -> Float[np.ndarray, "n m"]:
    """A plan with exactly these masses: too much is taken away, what lacks is moved at random."""
    plan = plan * np.minimum(1.0, p / np.maximum(plan.sum(1), 1e-300))[:, None]
    plan = plan * np.minimum(1.0, q / np.maximum(plan.sum(0), 1e-300))
    lack, room = p - plan.sum(1), q - plan.sum(0)
    return plan + np.outer(lack, room) / max(lack.sum(), 1e-300)


def _distances(x, y) -> Float[np.ndarray, "n m"]:
    squares = (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T
    return np.sqrt(np.maximum(squares, 0.0))
