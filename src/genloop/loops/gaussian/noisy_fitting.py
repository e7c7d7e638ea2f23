r"""Fits with an error of their own, which infinite data do not remove [CA-A0, CA-A8].

Every generation multiplies the unbiased variance by the `bias` $b$ and adds the independent
`variance_noise` $\tau^2$ to it, and an independent error of variance `mean_noise` $\epsilon^2$ to
the mean; everything in units of the real variance.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...laws.chi_square import mean_log_chi_square


@jax.jit
def noisy_step(
    variance, mean_error, *, samples, bias=1.0, variance_noise=0.0, mean_noise=0.0
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""The expected variance and squared error of the mean, one generation later.

    $V' = b V + \tau^2$ and $D' = D + \frac Vn + \epsilon^2$; with infinitely many `samples` only
    the errors of the fit are left [CA-A8].

    ```python
    gl.loops.gaussian.noisy_step(1.0, 0.0, samples=100, bias=0.9)  # [0.9, 0.01]
    ```
    """
    return bias * variance + variance_noise, mean_error + variance / samples + mean_noise


@jax.jit
def noisy_moments(
    generations, samples, *, bias=1.0, variance_noise=0.0, mean_noise=0.0
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""The expected variance and squared error of the mean after so many generations.

    $V_t = b^t + \tau^2 g_t$ and $D_t = \frac1n [g_t + \tau^2 \frac{t - g_t}{1 - b}] + t
    \epsilon^2$, $g_t = \frac{1 - b^t}{1 - b}$; at $b = 1$ the limits $g_t = t$ and $\frac{t
    (t-1)}2$ [CA-A8].

    ```python
    gl.loops.gaussian.noisy_moments(10, 100, bias=0.9)  # [0.348678, 0.0651322]
    ```
    """
    time, one = jnp.asarray(generations, dtype=float), bias == 1
    away = jnp.where(one, 0.5, bias)
    powers = jnp.where(one, time, (1 - away**time) / (1 - away))
    sums = jnp.where(one, time * (time - 1) / 2, (time - powers) / (1 - away))
    variance = jnp.asarray(bias, dtype=float) ** time + variance_noise * powers
    return variance, (powers + variance_noise * sums) / samples + time * mean_noise


@jax.jit
def balanced_divisor(samples) -> Float[Array, "*shape"]:
    r"""The divisor of the variance above which every run collapses, below which every run explodes.

    $d_* = 2 e^{\psi((n-1)/2)} \approx n - 2$: at $d_*$ the bias is $b_c = e^{-\lambda}$; the mean
    of the variance is constant at $d = n - 1$ already [CA-A8].

    ```python
    gl.loops.gaussian.balanced_divisor(10)  # 8.02064
    ```
    """
    degrees = jnp.asarray(samples) - 1.0
    return degrees * jnp.exp(mean_log_chi_square(degrees))
