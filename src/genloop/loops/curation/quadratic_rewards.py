r"""Gaussians curated by $r = -|x - c|^2/(2 \tau^2)$ among infinitely many candidates [ST-D8].

Without real data the variance falls like $1/t$; with a share $a$ of real data (mean $\mu_0$,
variance $s_0$) the loop has fixed points. `width` is $\tau$ and `distance` is $e = c - \mu_0$, both
in standard deviations $\sqrt{s_0}$ of the real data: there $s_0 = 1$; $q = 1 - a$.
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


def curated_variance(generations, width) -> Float[Array, "*shape"]:
    r"""$1/s_t = 1 + t/\tau^2$: the variance without real data, a power law [ST-D8].

    The mean is $\mu_t = \mu_0 + (1 - s_t)\,e$, for models that start at the real data.

    ```python
    gl.loops.curation.curated_variance(3, 1.0)  # 0.25
    ```
    """
    return 1 / (1 + generations / jnp.asarray(width, dtype=float) ** 2)


def centred_variance(real_fraction, width) -> Float[Array, "*shape"]:
    r"""The variance at the fixed point where the reward is centred at the real mean [ST-D8].

    The positive root of $s^2 + a (\tau^2 - 1) s - a \tau^2 = 0$: the only fixed point, on every
    axis of its own where the real covariance is diagonal.

    ```python
    gl.loops.curation.centred_variance(0.5, 1.0)  # 0.707107
    ```
    """
    share, square = jnp.asarray(real_fraction, dtype=float), jnp.asarray(width, dtype=float) ** 2
    linear = share * (square - 1)
    root = jnp.sqrt(linear**2 + 4 * share * square)
    # The form without a difference of nearly equal numbers.
    return jnp.where(linear > 0, 2 * share * square / (linear + root), (root - linear) / 2)


def centred_multipliers(real_fraction, width) -> Float[Array, " 2"]:
    r"""Those of mean and variance there: $\frac{q \tau^2}{s + \tau^2}$, $\frac{q \tau^4}{(s +
    \tau^2)^2}$ [ST-D8].

    Both are below $q$: the reward makes the loop forget faster. In several dimensions every pair of
    axes has $q \tau^4/[(s_i + \tau^2)(s_j + \tau^2)]$.

    ```python
    gl.loops.curation.centred_multipliers(0.5, 1.0)  # [0.292893, 0.171573]
    ```
    """
    square = jnp.asarray(width, dtype=float) ** 2
    left = square / (centred_variance(real_fraction, width) + square)
    return jnp.stack([(1 - real_fraction) * left, (1 - real_fraction) * left**2])


def quadratic_reward_variances(
    real_fraction: float, width: float, distance: float
) -> Float[np.ndarray, " n"]:
    r"""The variances of all fixed points in one dimension, the smallest first [ST-D8].

    $s = \frac{q s \tau^2}{s + \tau^2} + a + \frac{a q e^2 s^2}{(s + a \tau^2)^2}$, of degree four:
    a wide reward far away has three, the middle one unstable, and the end of a loop depends on
    where it starts. The mean there is $\mu_0 + \frac{q e s}{s + a \tau^2}$.

    ```python
    gl.loops.curation.quadratic_reward_variances(0.14, 35.0, 42.0)
    ```
    """
    a, q, square = real_fraction, 1 - real_fraction, width**2
    cubic = np.poly1d([1.0, square]) * np.poly1d([1.0, a * square]) ** 2
    polynomial = (
        np.poly1d([q * square, 0.0]) * np.poly1d([1.0, a * square]) ** 2
        + (a - np.poly1d([1.0, 0.0])) * cubic
        + a * q * distance**2 * np.poly1d([1.0, 0.0, 0.0]) * np.poly1d([1.0, square])
    )
    real = [one.real for one in polynomial.roots if abs(one.imag) < 1e-9 * abs(one)]
    return np.array(sorted(_polished(one, a, square, distance) for one in real if one > 0))


def _polished(variance, a, square, distance):
    """A root to rounding: two steps of Newton's method on the map itself."""
    for _ in range(2):
        shift = a * (1 - a) * distance**2
        near, far = variance + square, variance + a * square
        excess = (1 - a) * variance * square / near + a + shift * (variance / far) ** 2 - variance
        slope = (1 - a) * (square / near) ** 2 + 2 * shift * variance * a * square / far**3 - 1
        variance -= excess / slope
    return variance
