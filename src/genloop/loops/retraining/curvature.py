r"""Expected Hessians at a fixed point of retraining, and the multipliers that follow from them.

$A = E_r \nabla^2 \log p_\theta$ under the real data and $B$, the same under the model itself, which
is minus its Fisher information. $w$ is the weight of synthetic data.
"""

import numpy as np
from jaxtyping import Float

from ...arguments import check_at_least, check_one
from ...bisection import zero_between
from ...models import Parametric, Points
from ...models.likelihood import in_common_units
from ...models.points import as_points
from .landscape import Curvatures, Landscape, Matrix, row_of


def curvatures(model: Parametric, real: Points) -> Curvatures:
    r"""$A$ and $B$ of a model at its parameters, two arrays of shape `(p, p)` [ST-A3].

    Under the model they are sums over the support of its family, or means over its samples. Raises
    `ValueError` for what is no such model.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2
    model = gl.Parametric.of(log_density, 0.5, gl.models.Support.grid(-9.0, 9.0, 60))
    gl.loops.retraining.curvatures(model, gl.Points.of([0.5, 1.5])).real  # [[-1]]
    ```
    """
    check_one("model", model, Parametric)
    return Landscape(model, as_points(real)).curvatures(row_of(model))


def residual(model: Parametric, real: Points) -> float:
    r"""$\sqrt{g^\top (-B)^{-1} g}$ for the mean score $g$ of the real data: zero at fixed points.

    It does not depend on the units of the parameters; what they do not determine is left out.

    ```python
    log_density = lambda theta, x: -0.5 * (x - theta) ** 2
    model = gl.Parametric.of(log_density, 0.5, gl.models.Support.grid(-9.0, 9.0, 60))
    gl.loops.retraining.residual(model, gl.Points.of([0.5, 1.5]))  # 0.5
    ```
    """
    check_one("model", model, Parametric)
    scene, row = Landscape(model, as_points(real)), row_of(model)
    units = information_root(scene.curvatures(row).sampled)
    return float(np.linalg.norm(units.T @ scene.real.seen(row[None]).gradient[0]))


def retraining_jacobian(real: Matrix, sampled: Matrix, synthetic_weight: float) -> Matrix:
    r"""$J = (A + w B)^{-1} w B$, the derivative of exact retraining at a fixed point [ST-A3].

    ```python
    gl.loops.retraining.retraining_jacobian(-np.eye(1), -np.eye(1), 3.0)  # [[0.75]]
    ```
    """
    return np.linalg.solve(real + synthetic_weight * sampled, synthetic_weight * sampled)


def curvature_ratios(real: Matrix, sampled: Matrix) -> Float[np.ndarray, " p"]:
    r"""The eigenvalues $1/\beta_i$ of $B^{-1} A$, smallest first: real curvature per information.

    All positive where the real likelihood has a strict maximum, as many negative as $A$ has
    positive eigenvalues (Sylvester). Raises `ValueError` where the Fisher information $-B$ is not
    positive definite: then the parameters are not determined by the distribution.

    ```python
    gl.loops.retraining.curvature_ratios(np.diag([-1.0, 2.0]), -np.eye(2))  # [-2, 1]
    ```
    """
    root = information_root(sampled)
    if root.shape[1] < len(sampled):
        raise ValueError(
            "the parameters are not determined: the Fisher information is singular, so that a "
            "change of them leaves the distribution as it is; leave out a parameter."
        )
    ratios = root.T @ -real @ root
    return np.linalg.eigvalsh((ratios + ratios.T) / 2)


def information_root(sampled: Matrix) -> Float[np.ndarray, "p q"]:
    r"""$R$ with $R^\top (-B) R = I$, columns for the directions that the distribution tells apart.

    Fewer than parameters where the Fisher information $-B$ is singular, whatever their units.

    ```python
    gl.loops.retraining.information_root(-np.diag([4.0, 0.0])).shape  # [2, 1]
    ```
    """
    units, scaled = in_common_units(-sampled)
    information, basis = np.linalg.eigh(scaled)
    told = information > 1e-12 * max(information.max(), 0.0)
    return units[:, None] * basis[:, told] / np.sqrt(information[told])


def retraining_multipliers(
    real: Matrix, sampled: Matrix, synthetic_weight: float
) -> Float[np.ndarray, " p"]:
    r"""$\mu_i = \frac{w \beta_i}{1 + w \beta_i}$, largest first [ST-A5].

    In $[0, 1)$ for every weight $w > 0$ where $A < 0$. In general, where $A + w B < 0$ as at every
    fixed point that is a strict maximum of what is maximised, as many are above one as $A$ has
    positive eigenvalues. Raises `ValueError` for a singular Fisher information.

    ```python
    gl.loops.retraining.retraining_multipliers(np.diag([-1.0, -4.0]), -np.eye(2), 1.0)  # [0.5, 0.2]
    ```
    """
    return synthetic_weight / (synthetic_weight + curvature_ratios(real, sampled))


def rising_directions(real: Matrix) -> int:
    """The number of positive eigenvalues of $A$, beyond its rounding: none at a maximum.

    ```python
    gl.loops.retraining.rising_directions(np.diag([-1.0, 2.0]))  # 1
    ```
    """
    values = np.linalg.eigvalsh(in_common_units(real)[1])
    return int((values > 1e-12 * abs(values).max()).sum())


def least_gain(divergence: float, synthetic_weight: float) -> float:
    r"""$w\,\mathrm{KL}(p_{\theta_t} \| p_{\theta_{t+1}})$, by which $\ell$ rises at least [ST-A5].

    In every generation the mean log-likelihood of the real data rises by as much or more, for every
    weight: retraining is a proximal-point method.

    ```python
    gl.loops.retraining.least_gain(0.5, 3.0)  # 1.5
    ```
    """
    return synthetic_weight * divergence


def energy_norm(matrix: Matrix, metric: Matrix) -> float:
    r"""The norm of a matrix for vectors with the length $\sqrt{v^\top M v}$, $M > 0$.

    With $M = -A$ that of $J$ is its spectral radius: nothing grows for a while [ST-A3].

    ```python
    gl.loops.retraining.energy_norm(np.array([[0.0, 2.0], [0.0, 0.0]]), np.diag([1.0, 4.0]))  # 1
    ```
    """
    root = np.linalg.cholesky(metric).T
    return float(np.linalg.norm(root @ matrix @ np.linalg.inv(root), 2))


def inexact_jacobian(
    real: Matrix, sampled: Matrix, synthetic_weight: float, steps: int, step_size: float
) -> Matrix:
    r"""$J_k = (I + h H)^k (I - J) + J$ for $k$ gradient steps of size $h$ a generation [ST-A10].

    $H = A + w B$; the steps go up the real plus $w$ times the synthetic mean log-likelihood, of
    which `Refit` takes the share $1/(1 + w)$: its `step_size` is $(1 + w) h$. One step leaves $I +
    h A$, without $w$.

    ```python
    gl.loops.retraining.inexact_jacobian(-np.eye(1), -np.eye(1), 3.0, 1, 0.1)  # [[0.9]]
    ```
    """
    one, hessian = np.eye(len(real)), real + synthetic_weight * sampled
    exact = retraining_jacobian(real, sampled, synthetic_weight)
    left = np.linalg.matrix_power(one + step_size * hessian, steps)
    return left @ (one - exact) + exact


def largest_step(real: Matrix, sampled: Matrix, synthetic_weight: float, steps: int) -> float:
    r"""The step size $h$ below which $k$ gradient steps a generation are stable [ST-A10].

    $2/\max_i |\lambda_i(A + w B)|$ for even $k$; for odd $k$ it is larger, $2/\max_i
    |\lambda_i(A)|$ for $k = 1$, else a root: $I - J_k$ has real eigenvalues that grow with $h$.
    Raises `ValueError` unless $A < 0$: else no step is stable.

    ```python
    gl.loops.retraining.largest_step(-np.eye(1), -np.eye(1), 3.0, 2)  # 0.5
    ```
    """
    check_at_least("steps", steps, 1)
    if rising_directions(real) or np.linalg.eigvalsh(real).max() >= 0:
        raise ValueError("the real likelihood has no strict maximum here, so no step is stable.")
    hessian = -(real + synthetic_weight * sampled)
    curvature, basis = np.linalg.eigh((hessian + hessian.T) / 2)
    surely = 2 / curvature.max()
    if steps % 2 == 0:
        return float(surely)
    # (I - J) in coordinates in which it is symmetric, and its root.
    scaled = basis / np.sqrt(curvature)
    shares, own = np.linalg.eigh(scaled.T @ -real @ scaled)
    root = own * np.sqrt(shares) @ own.T

    def excess(step):
        taken = 1 - (1 - step * curvature) ** steps
        return float(np.linalg.eigvalsh(root * taken @ root).max()) - 2

    beyond = (1 + (2 / shares.min()) ** (1 / steps)) / curvature.max()
    return float(zero_between(excess, surely, 1.01 * max(beyond, surely)))
