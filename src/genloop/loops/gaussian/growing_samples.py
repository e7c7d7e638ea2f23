r"""Recursive fitting with another number of samples $M_t$ in every generation [CA-A7].

`sizes` are $M_1, M_2, \dots$, one a generation; the unbiased fit, in units of $\sigma_0$.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import special

from ...laws.chi_square import log_mean_power, mean_log_chi_square
from ...laws.gamma import digamma_minus_log, log_gamma_excess
from ...printing import readable

_FAR, _DEGREE = 200.0, 7
"""Beyond so many samples a power series in one over them is summed, up to this power."""


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


@readable
class GrowthLimit(NamedTuple):
    r"""What is left in the end where samples grow faster than linearly, in units of $\sigma_0$.

    `risk` is the limit of `risk_along`, `variance_spread` that of `variance_spread_along` and
    `log_variance` that of `log_variance_along`.

    ```python
    gl.loops.gaussian.growth_limit(10, 2.0).variance_spread  # 0.390508
    ```
    """

    risk: float
    variance_spread: float
    log_variance: float


def growth_limit(first: float, power: float) -> GrowthLimit:
    r"""The limits of risk, spread and logarithm of the variance for $M_t = M_1 t^p$ samples.

    `first` is $M_1 \ge 2$ and `power` $p > 1$: $\frac{\zeta(p)}{M_1} + 2 - 2 \prod_t c_4(M_t)$,
    $\prod_t (1 + \frac2{M_t - 1}) - 1$ and $\sum_t E \log(\chi^2_{M_t - 1}/(M_t - 1))$ [CA-A7].
    For $p = 2$ the spread is $\frac{\sinh x}{\sin x} - 1$, $x = \pi/\sqrt{M_1}$. Raises
    `ValueError` for $p \le 1$, where there are no limits, and for fewer than two samples.

    ```python
    gl.loops.gaussian.growth_limit(10, 2.0).risk  # 0.250689
    ```
    """
    if not power > 1:
        raise ValueError(
            f"samples that grow as t^{power:g} leave no limit: the power must be above 1."
        )
    if not first >= 2:
        raise ValueError(f"a variance needs two samples or more, got {first:g} at first.")
    total = lambda step: _total(np.vectorize(step), float(first), float(power))
    deviation = total(lambda m: log_gamma_excess((m - 1) / 2, 0.5))
    return GrowthLimit(
        risk=float(special.zeta(power) / first - 2 * np.expm1(deviation)),
        variance_spread=float(np.expm1(total(lambda m: np.log1p(2 / (m - 1))))),
        log_variance=total(lambda m: digamma_minus_log((m - 1) / 2)),
    )


def _total(step, first, power):
    r"""$\sum_t f(M_t)$ for $f = O(1/M)$: far out $\sum_k a_k M^{-k}$, sums of powers of $t$."""
    near = int(np.ceil((_FAR / first) ** (1 / power)))
    smallest = first * (near + 1.0) ** power
    head = step(first * np.arange(1.0, near + 1) ** power).sum() if near else 0.0
    # f = w g(w)/M at M/w, as a polynomial g of w in [0, 1].
    series = np.polynomial.Chebyshev.interpolate(
        lambda w: step(smallest / w) / w, _DEGREE - 1, domain=[0, 1]
    )
    powers = series.convert(kind=np.polynomial.Polynomial, domain=[-1, 1]).coef
    orders = np.arange(1, powers.size + 1)
    sums = (near + 1.0) ** (orders * power) * special.zeta(orders * power, near + 1)
    return float(head + powers @ sums)
