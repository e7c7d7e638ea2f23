r"""Closed forms of retraining with infinite data: $a$ the real fraction, $q = 1 - a$."""

import jax.numpy as jnp
from jaxtyping import Array, Float


def real_fraction(synthetic_weight) -> Float[Array, "*shape"]:
    r"""$a = 1/(1 + w)$ for the weight $w \ge 0$ of synthetic data relative to real data."""
    return 1 / (1 + jnp.asarray(synthetic_weight, dtype=float))


def mean_parameters(
    generations, start: Float[Array, " k"], real: Float[Array, " k"], *, real_fraction
) -> Float[Array, " k"]:
    r"""$\eta_t = \eta_r + q^t (\eta_0 - \eta_r)$ in every exponential family [ST-A6].

    $\eta_r$ is the real mean of the sufficient statistics, whether or not the family contains the
    real distribution; the convergence is global, for every weight of the synthetic data.
    """
    return real + (1 - real_fraction) ** generations * (start - real)


def tempered_variance(temperature, real_fraction) -> Float[Array, "*shape"]:
    r"""$\sigma_*^2/\sigma_r^2 = \frac a{1 - q T}$, the variance of biased sampling [ST-A12].

    NaN at and beyond the threshold $T = 1/q$, where there is none.
    """
    left = 1 - (1 - jnp.asarray(real_fraction)) * temperature
    return real_fraction / jnp.where(left > 0, left, jnp.nan)


def temperature_threshold(real_fraction) -> Float[Array, "*shape"]:
    r"""$T = 1/q$: the variance explodes above it [ST-A12]."""
    return 1 / (1 - jnp.asarray(real_fraction))


def required_real_fraction(temperature) -> Float[Array, "*shape"]:
    r"""$a = 1 - 1/T$ for $T > 1$ and 0 else: the variance is bounded above it [ST-A12]."""
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
    """
    curvature = real_curvature + synthetic_weight * sampled_curvature
    return -synthetic_weight * jnp.linalg.solve(curvature, response)
