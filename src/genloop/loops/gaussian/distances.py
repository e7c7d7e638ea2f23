r"""How near a Gaussian model is to the real one: distances, and shares of mass.

`wasserstein_square` and `divergence` are differentiable and take batches; the shares of mass are
numbers, exact by the law of a quadratic form.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float
from scipy import special

from ...arguments import checked
from ...laws.quadratic_form import QuadraticForm
from ...models import Gaussian


@jax.jit
def wasserstein_square(model: Gaussian, real: Gaussian) -> Float[Array, "*batch"]:
    r"""The squared Wasserstein distance of two Gaussians, the Fréchet distance of features.

    $W_2^2 = |\mu - \nu|^2 + \operatorname{tr} \Sigma + \operatorname{tr} S - 2 \|L^\top K\|_*$ with
    $\Sigma = L L^\top$, $S = K K^\top$ and the sum of the singular values $\|\cdot\|_*$.

    ```python
    model, real = gl.Gaussian.of(1.0, 4.0), gl.Gaussian.of(0.0, 1.0)
    gl.loops.gaussian.wasserstein_square(model, real)  # 2
    ```
    """
    shift = ((model.mean - real.mean) ** 2).sum(-1)
    spreads = (model.factor**2).sum((-2, -1)) + (real.factor**2).sum((-2, -1))
    overlap = jnp.linalg.svd(model.factor.mT @ real.factor, compute_uv=False).sum(-1)
    return shift + spreads - 2 * overlap


@jax.jit
def divergence(model: Gaussian, real: Gaussian) -> Float[Array, "*batch"]:
    r"""$\mathrm{KL}(p \| r)$ of a model from the real distribution, in nats.

    $\frac12 [\|K^{-1} L\|_F^2 + |K^{-1} (\mu - \nu)|^2 - d] + \log \frac{|K|}{|L|}$ with $\Sigma =
    L L^\top$ and $S = K K^\top$.

    ```python
    model, real = gl.Gaussian.of(1.0, 1.0), gl.Gaussian.of(0.0, 1.0)
    gl.loops.gaussian.divergence(model, real)  # 0.5
    ```
    """
    root = jnp.broadcast_to(real.factor, model.factor.shape)
    spread = solve_triangular(root, model.factor, lower=True)
    shift = solve_triangular(root, (model.mean - real.mean)[..., None], lower=True)
    sizes = (spread**2).sum((-2, -1)) + (shift**2).sum((-2, -1)) - model.dimension
    diagonal = lambda factor: jnp.log(jnp.diagonal(factor, axis1=-2, axis2=-1)).sum(-1)
    return sizes / 2 + diagonal(root) - diagonal(model.factor)


@checked
def precision(model: Gaussian, real: Gaussian, *, mass: float = 0.9) -> float:
    r"""The share of the model that lies where the real data are: quality.

    $P\big((x - \nu)^\top S^{-1} (x - \nu) \le q\big)$ for $x \sim N(\mu, \Sigma)$ and the ellipsoid
    of the real $N(\nu, S)$ that holds the share `mass` of it: `mass` for a perfect model, and one
    for a model that has collapsed onto the real mean. Exact for any two Gaussians. Raises
    `ValueError` for a mass that is not between 0 and 1.

    ```python
    model, real = gl.Gaussian.of(0.0, 0.25), gl.Gaussian.of(0.0, 1.0)
    gl.loops.gaussian.precision(model, real)  # 0.998997
    ```
    """
    if not 0 < mass < 1:
        raise ValueError(f"mass must lie strictly between 0 and 1, got {mass}.")
    root = np.asarray(real.factor)
    shift = np.linalg.solve(root, np.asarray(model.mean) - np.asarray(real.mean))
    turn, roots, _ = np.linalg.svd(np.linalg.solve(root, np.asarray(model.factor)))
    level = 2 * special.gammaincinv(model.dimension / 2, mass)
    return QuadraticForm(roots**2, turn.T @ shift).cdf(level)


def recall(model: Gaussian, real: Gaussian, *, mass: float = 0.9) -> float:
    """The share of the real data that lies where the model is: diversity.

    `precision` with the two exchanged: `mass` for a perfect model, and zero for a collapsed one.

    ```python
    model, real = gl.Gaussian.of(0.0, 0.25), gl.Gaussian.of(0.0, 1.0)
    gl.loops.gaussian.recall(model, real)  # 0.589166
    ```
    """
    return precision(real, model, mass=mass)
