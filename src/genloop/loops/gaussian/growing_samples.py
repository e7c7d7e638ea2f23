r"""Recursive fitting with another number of samples $M_t$ in every generation [CA-A7].

`sizes` are $M_1, M_2, \dots$, one a generation; the unbiased fit, in units of $\sigma_0$.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...laws.chi_square import log_mean_power, mean_log_chi_square


@jax.jit
def risk_along(sizes) -> Float[Array, " t"]:
    r"""The expected squared Wasserstein distance from the real data after every generation.

    $E\,W_2^2 = \sum_{s \le t} \frac1{M_s} + 2 - 2 \prod_{s \le t} c_4(M_s)$ [CA-A7]: bounded if
    and only if $\sum_t 1/M_t$ is.

    ```python
    gl.loops.gaussian.risk_along(jnp.array([10.0, 40.0, 90.0]))  # [0.154681, 0.19211, 0.208643]
    ```
    """
    sizes = jnp.asarray(sizes, dtype=float)
    deviation = jnp.exp(jnp.cumsum(log_mean_power(sizes - 1, 0.5)))
    return jnp.cumsum(1 / sizes) + 2 - 2 * deviation


@jax.jit
def variance_spread_along(sizes) -> Float[Array, " t"]:
    r"""The variance of $\sigma_t^2/\sigma_0^2$ over many runs, after every generation.

    $\prod_{s \le t} (1 + \frac2{M_s - 1}) - 1$ [CA-A7].

    ```python
    gl.loops.gaussian.variance_spread_along(jnp.array([11.0, 21.0]))  # [0.2, 0.32]
    ```
    """
    sizes = jnp.asarray(sizes, dtype=float)
    return jnp.expm1(jnp.cumsum(jnp.log1p(2 / (sizes - 1))))


@jax.jit
def log_variance_along(sizes) -> Float[Array, " t"]:
    r"""The expected logarithm of the variance after every generation.

    $\sum_{s \le t} [\psi(\frac{M_s - 1}2) + \log\frac2{M_s - 1}]$, which stays above $-\infty$ if
    and only if $\sum_t 1/M_t < \infty$ [CA-A7].

    ```python
    gl.loops.gaussian.log_variance_along(jnp.array([10.0, 20.0]))  # [-0.115206, -0.16876]
    ```
    """
    return jnp.cumsum(mean_log_chi_square(jnp.asarray(sizes, dtype=float) - 1))
