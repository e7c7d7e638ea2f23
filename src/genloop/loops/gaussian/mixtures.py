"""Mixtures of Gaussians: their moments and how far apart two of them are [CA-A0, CA-A9]."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


@jax.jit
def project_mixture(weights, means, covariances) -> tuple[Float[Array, " d"], Float[Array, "d d"]]:
    r"""The Gaussian that infinitely many samples of a mixture are fitted by: mean and covariance.

    $\mu = \sum_k w_k \mu_k$, $\Sigma = \sum_k w_k [\Sigma_k + (\mu_k - \mu)(\mu_k - \mu)^\top]$
    [CA-A0]. Shapes `(K,)`, `(K, d)` and `(K, d, d)`.

    ```python
    two = jnp.array([[-1.0], [1.0]])
    gl.loops.gaussian.project_mixture(jnp.ones(2) / 2, two, jnp.ones((2, 1, 1)))[1]  # [[2]]
    ```
    """
    mean = weights @ means
    gaps = means - mean[None]
    between = jnp.einsum("k,ki,kj->ij", weights, gaps, gaps)
    return mean, jnp.einsum("k,kij->ij", weights, covariances) + between


@jax.jit
def overlap(weights, means, covariances, other) -> Float[Array, ""]:
    r"""$\int p q$ of two mixtures of Gaussians, `other` the weights, means and covariances of $q$.

    $\sum_{k, l} w_k v_l\,N(\mu_k; \nu_l, \Sigma_k + T_l)$ [CA-A9].

    ```python
    one = jnp.ones(1), jnp.zeros((1, 1)), jnp.ones((1, 1, 1))
    gl.loops.gaussian.overlap(*one, one)  # 0.282095
    ```
    """
    others, places, spreads = other
    gap = means[:, None] - places[None]
    factor = jnp.linalg.cholesky(covariances[:, None] + spreads[None])
    solved = jax.lax.linalg.triangular_solve(factor, gap[..., None], left_side=True, lower=True)
    log_root = jnp.log(jnp.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
    exponent = -(solved[..., 0] ** 2).sum(axis=-1) / 2 - log_root
    density = jnp.exp(exponent - means.shape[-1] * jnp.log(2 * jnp.pi) / 2)
    return weights @ density @ others


@jax.jit
def mixture_distance(weights, means, covariances, other) -> Float[Array, ""]:
    r"""$\int (p - q)^2 = \int p^2 - 2 \int p q + \int q^2$ of two mixtures of Gaussians [CA-A9].

    The square of the $L^2$ distance of their densities.

    ```python
    one = jnp.ones(1), jnp.zeros((1, 1)), jnp.ones((1, 1, 1))
    two = jnp.ones(1), jnp.ones((1, 1)), jnp.ones((1, 1, 1))
    gl.loops.gaussian.mixture_distance(*one, two)  # 0.124798
    ```
    """
    own = (weights, means, covariances)
    return overlap(*own, own) - 2 * overlap(*own, other) + overlap(*other, other)
