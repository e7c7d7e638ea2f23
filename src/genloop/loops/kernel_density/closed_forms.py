r"""Closed forms of kernel density loops: $N$ points a generation, $q = 1 - a$ of them synthetic.

$c = b^2 (1 - \frac1N + f^2)$ is `variance_growth`. Everything has the shape of its numbers.
"""

import numpy as np

from .bandwidths import variance_growth


def expected_variance(generations, samples, factor=0.0, bandwidth=0.0, shrink=1.0, variance=1.0):
    r"""The expected unbiased variance of the data after so many generations without real data.

    $V_t = c^t V_0 + b^2 h^2 \frac{c^t - 1}{c - 1}$ [CA-B2]; for an absolute bandwidth alone
    $V_0 q^t + n h^2 (1 - q^t)$, $q = 1 - \frac1n$.

    ```python
    gl.loops.kernel_density.expected_variance(30, 1000, bandwidth=0.5)  # 8.36269
    ```
    """
    growth = variance_growth(samples, factor, shrink)
    powers, sums = _geometric(growth, generations)
    return powers * variance + (shrink * bandwidth) ** 2 * sums


def expected_mean_error(generations, samples, factor=0.0, bandwidth=0.0, shrink=1.0, variance=1.0):
    r"""How far the mean of the data has moved since generation zero: $D_t - D_0$.

    $\frac1n \sum_{s=1}^t V_s$, since each mean is that of $n$ points of the fit before [CA-B2].

    ```python
    gl.loops.kernel_density.expected_mean_error(30, 1000, bandwidth=0.5)  # 0.144674
    ```
    """
    growth = variance_growth(samples, factor, shrink)
    width = (shrink * bandwidth) ** 2
    powers, sums = _geometric(growth, generations)
    away = np.where(growth == 1, 2.0, growth)
    time = np.asarray(generations, dtype=float)
    twice = np.where(growth == 1, time * (time + 1) / 2, (away * sums - time) / (away - 1))
    return (variance * (sums + powers - 1) + width * twice) / samples


def _geometric(growth, generations):
    r"""$r^t$ and $\sum_{s < t} r^s$."""
    time = np.asarray(generations, dtype=float)
    powers = np.power(growth, time)
    away = np.where(growth == 1, 0.5, growth)
    return powers, np.where(growth == 1, time, np.expm1(time * np.log(away)) / (away - 1))


def fixed_variance(samples, bandwidth):
    r"""The variance at which a loop with an absolute bandwidth ends: $n h^2$ [CA-B2] [ST-F4].

    Approached as $(1 - \frac1n)^t$. The mean never stops, $D_t \sim t\,h^2$.

    ```python
    gl.loops.kernel_density.fixed_variance(1000, 0.5)  # 250
    ```
    """
    return samples * np.square(bandwidth)


def required_real_fraction(pool, factor, shrink=1.0):
    r"""The fraction of fresh real data above which the expected moments stay bounded [CA-B5].

    $a = 1 - q$ with $q = \frac{2}{c - 1 + \sqrt{(c - 1)^2 + 4 c N/(N-1)}}$, the root of
    $\frac{c N}{N - 1} q^2 + (c - 1) q = 1$; 0 where no real data are needed. For large $N$ it is
    `population_real_fraction`, in $d$ dimensions about $N^{-2/(d+4)}$ with Scott's rule.

    ```python
    k = gl.loops.kernel_density
    k.required_real_fraction(1000, k.scott_factor(1000))  # 0.058922
    ```
    """
    growth = variance_growth(pool, factor, shrink)
    root = np.sqrt((growth - 1) ** 2 + 4 * growth * pool / (np.asarray(pool) - 1.0))
    needed = 1 - 2 / (growth - 1 + root)
    # One real point holds the mean, which is a neutral direction without real data.
    return np.where(needed > 0, needed, 0.0)[()]


def population_real_fraction(pool, factor, shrink=1.0):
    r"""The fraction of fresh real data that is needed if the mean did not fluctuate [CA-B5].

    $a = 1 - \frac1c$, which is $\frac{f^2 - 1/N}{1 + f^2 - 1/N}$ without shrinking, and 0 for $c
    \le 1$.

    ```python
    k = gl.loops.kernel_density
    k.population_real_fraction(1000, k.scott_factor(1000))  # 0.0584653
    ```
    """
    return np.maximum(0.0, 1 - 1 / variance_growth(pool, factor, shrink))


def stationary_moments(
    real_fraction, pool, factor=0.0, bandwidth=0.0, shrink=1.0, real_variance=1.0
):
    r"""The limits of $E\,S^2$ and $E\,|m - m_0|^2$ with fresh real data [CA-B5] [ST-F4].

    With $s = a \sigma_0^2 + q b^2 h^2$ and $k = 1 + \frac q{(N - 1)(1 + q)}$: $V_* = \frac{k s}{1 -
    q c k}$ and $D_* = \frac s{N (1 - q^2)(1 - q c k)}$; infinite where $q c k \ge 1$.

    ```python
    gl.loops.kernel_density.stationary_moments(0.1, 1000, bandwidth=0.5)  # [3.23621, 0.0170246]
    ```
    """
    rest = 1 - np.asarray(real_fraction, dtype=float)
    growth = variance_growth(pool, factor, shrink)
    source = (1 - rest) * real_variance + rest * (shrink * bandwidth) ** 2
    # Without real data the mean never stops, and the variance does not feel it.
    alone = rest == 1
    k = np.where(alone, 1.0, 1 + rest / ((pool - 1) * (1 + rest)))
    left = 1 - rest * growth * k
    limit = np.where(left > 0, source / np.where(left > 0, left, 1.0), np.inf)
    spread = np.where(alone, 1.0, pool * (1 - rest**2))
    return (k * limit)[()], np.where(alone, np.inf, limit / spread)[()]


def fixed_bandwidth_limit(real_fraction, pool, bandwidth, real_variance=1.0):
    r"""The limits of the variance of the density, kernel included, and of its squared mean error.

    $C_* = \frac{k a \sigma_0^2 + h^2}{1 - q k}$ with $k = 1 - \frac1{N (1 + q)}$ and $E\,|m -
    m_0|^2 \to \frac{a \sigma_0^2 + q C_*}{N (1 - q^2)}$ [ST-F4]; without real data $N h^2$ and
    infinity. They are approached as powers of the radius of `KernelMoments`.

    ```python
    gl.loops.kernel_density.fixed_bandwidth_limit(0.1, 1000, 0.5)  # [3.48298, 0.0170246]
    ```
    """
    rest = 1 - np.asarray(real_fraction, dtype=float)
    alone = rest == 1
    k = 1 - 1 / (pool * np.where(alone, 1.0, 1 + rest))
    limit = (k * (1 - rest) * real_variance + np.square(bandwidth)) / (1 - rest * k)
    spread = np.where(alone, 1.0, pool * (1 - rest**2))
    error = ((1 - rest) * real_variance + rest * limit) / spread
    return limit[()], np.where(alone, np.inf, error)[()]
