r"""Closed forms of retraining with infinite data: $a$ the real fraction, $q = 1 - a$."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def real_fraction(synthetic_weight) -> Float[Array, "*shape"]:
    r"""$a = 1/(1 + w)$ for the weight $w \ge 0$ of synthetic data relative to real data.

    ```python
    gl.loops.retraining.real_fraction(3.0)  # 0.25
    ```
    """
    return 1 / (1 + jnp.asarray(synthetic_weight, dtype=float))


def mean_parameters(
    generations, start: Float[Array, " k"], real: Float[Array, " k"], *, real_fraction
) -> Float[Array, " k"]:
    r"""$\eta_t = \eta_r + q^t (\eta_0 - \eta_r)$ in every exponential family [ST-A6].

    $\eta_r$ is the real mean of the sufficient statistics, whether or not the family contains the
    real distribution; the convergence is global, for every weight of the synthetic data.

    ```python
    start, real = jnp.array([1.0, 0.0]), jnp.array([0.5, 0.5])
    gl.loops.retraining.mean_parameters(1, start, real, real_fraction=0.5)  # [0.75, 0.25]
    ```
    """
    return real + (1 - real_fraction) ** generations * (start - real)


def tempered_variance(temperature, real_fraction) -> Float[Array, "*shape"]:
    r"""$\sigma_*^2/\sigma_r^2 = \frac a{1 - q T}$, the variance of biased sampling [ST-A12].

    NaN at and beyond the threshold $T = 1/q$, where there is none.

    ```python
    gl.loops.retraining.tempered_variance(0.5, 0.5)  # 0.666667
    ```
    """
    left = 1 - (1 - jnp.asarray(real_fraction)) * temperature
    return real_fraction / jnp.where(left > 0, left, jnp.nan)


def temperature_threshold(real_fraction) -> Float[Array, "*shape"]:
    r"""$T = 1/q$: the variance explodes above it [ST-A12].

    ```python
    gl.loops.retraining.temperature_threshold(0.2)  # 1.25
    ```
    """
    return 1 / (1 - jnp.asarray(real_fraction))


def required_real_fraction(temperature) -> Float[Array, "*shape"]:
    r"""$a = 1 - 1/T$ for $T > 1$ and 0 else: the variance is bounded above it [ST-A12].

    ```python
    gl.loops.retraining.required_real_fraction(1.25)  # 0.2
    ```
    """
    return jnp.maximum(0.0, 1 - 1 / jnp.asarray(temperature, dtype=float))


def likelihood_multipliers(
    real_curvature: Float[Array, "k k"],
    sampled_curvature: Float[Array, "k k"],
    response: Float[Array, "k k"],
    synthetic_weight,
) -> Float[Array, "k k"]:
    r"""$J = -w\,(A + w \tilde B)^{-1} D$, the derivative of retraining at a fixed point [ST-A12].

    $A$ and $\tilde B$ are the expected Hessians of $\log p_\theta$ under the real data and under
    what is sampled, $D$ the derivative in the sampled parameter of the expected score. For
    unbiased sampling $D = -\tilde B$.

    ```python
    matrix = jnp.eye(2)
    gl.loops.retraining.likelihood_multipliers(matrix, matrix, -0.5 * matrix, 1.0)
    ```
    """
    curvature = real_curvature + synthetic_weight * sampled_curvature
    return -synthetic_weight * jnp.linalg.solve(curvature, response)
