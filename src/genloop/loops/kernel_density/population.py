r"""Kernel density loops with infinitely many samples and a fixed bandwidth: smoothing again.

A generation convolves the density with a kernel: with the factor $f$ its variance is $f^2 V_t$,
else $h^2$. $V_0$ = `variance` is that of the first density, $p$ a real fraction, $q = 1 - p$.
"""

import numpy as np

from .closed_forms import expected_variance


def population_after(mixture, generations, factor=0.0, bandwidth=0.0, shrink=1.0):
    r"""The density after so many generations with infinitely many samples, a `KernelMixture`.

    $m + b^t (X_0 - m)$ smoothed with the variance $V_t - b^{2t} V_0$, in which $V_t$ is
    `expected_variance` of infinitely many samples: $V_0 [(1 + f^2)^t - 1]$ for a factor, $t h^2$
    for a bandwidth, $V_0 (1 - b^{2t})$ for the balanced shrink [CA-B3] [CA-B4].

    ```python
    start = gl.loops.kernel_density.reference_mixture()
    gl.loops.kernel_density.population_after(start, 30, bandwidth=0.5).variance  # 12.6509
    ```
    """
    variance = mixture.variance
    after = expected_variance(generations, np.inf, factor, bandwidth, shrink, variance)
    left = float(shrink) ** generations
    return mixture.scale(left).smooth(max(0.0, float(after) - left**2 * variance))


def shape_factor(order, generations, factor=0.0, bandwidth=0.0, variance=1.0):
    r"""What is left of a standardised cumulant: of skewness for `order` 3, of kurtosis for 4.

    $\gamma_r(t)/\gamma_r(0) = (V_0/V_t)^{r/2}$: $(1 + f^2)^{-r t/2}$ for a factor and $(1 + t
    h^2/V_0)^{-r/2}$ for a bandwidth, as a Gaussian kernel has no such cumulant; a shrink changes
    nothing [CA-B3] [CA-B4].

    ```python
    k = gl.loops.kernel_density
    k.shape_factor(3, 30, k.scott_factor(1000))  # 0.0637152
    ```
    """
    after = expected_variance(generations, np.inf, factor, bandwidth, 1.0, variance)
    return np.power(after / variance, -np.asarray(order) / 2)


def divergence_slope(factor):
    r"""How fast $\mathrm{KL}(p_0 \| p_t)$ grows in the end, in nats a generation.

    $\frac12 \log(1 + f^2)$ [CA-B3]; a fixed bandwidth lets it grow as $\frac12 \log t$ only.

    ```python
    gl.loops.kernel_density.divergence_slope(0.25)  # 0.0303123
    ```
    """
    return np.log1p(np.square(factor)) / 2


def merge_time(distance, deviation, factor=0.0, bandwidth=0.0):
    r"""The time at which two equal Gaussian modes become one; the next whole number is it.

    Modes at $\pm \mu$ (`distance`) with the standard `deviation` $s$: one mode from $t =
    \log\frac{2 \mu^2}{\mu^2 + s^2}/\log(1 + f^2)$ on, with and without shrinking, or from
    $\frac{\mu^2 - s^2}{h^2}$ with a bandwidth [CA-B3]. 0 where there is one mode from the start,
    infinite without a kernel. Raises `ValueError` for a kernel of both kinds.

    ```python
    k = gl.loops.kernel_density
    k.merge_time(2.0, 0.5, k.scott_factor(1000))  # 10.3378
    ```
    """
    if (np.asarray(factor) != 0).any() and (np.asarray(bandwidth) != 0).any():
        raise ValueError("a kernel has a factor or a bandwidth, not both; leave one of them zero.")
    near, wide = np.square(distance), np.square(deviation)
    needed = np.maximum(near - wide, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.log1p(needed / (near + wide)) / np.log1p(np.square(factor))
        absolute = needed / np.square(bandwidth)
        time = np.where(np.asarray(factor) > 0, relative, absolute)
    return np.where(needed > 0, time, 0.0)[()]


def smoothed_limit(frequency, bandwidth, real_fraction, characteristic=1.0):
    r"""The characteristic function at which a loop with real data ends, at a `frequency` $u$.

    $\varphi_* = \frac{p\,k(h u)}{1 - q\,k(h u)}\,\varphi_0$ with $k(z) = e^{-z^2/2}$, the fixed
    point of $\varphi' = k(h u)\,[p\,\varphi_0 + q\,\varphi]$ [ST-F5]; `characteristic` is
    $\varphi_0(u)$. The real data, smoothed a geometric number of times: at least once.

    ```python
    gl.loops.kernel_density.smoothed_limit(1.0, 0.5, 0.1)  # 0.428911
    ```
    """
    kernel = _kernel(frequency, bandwidth)
    return real_fraction * kernel / (1 - (1 - real_fraction) * kernel) * characteristic


def smoothing_rate(frequency, bandwidth, real_fraction):
    r"""The multiplier $q\,k(h u) \le q$ of each frequency on the way to that limit [ST-F5].

    ```python
    gl.loops.kernel_density.smoothing_rate(1.0, 0.5, 0.1)  # 0.794247
    ```
    """
    return (1 - np.asarray(real_fraction)) * _kernel(frequency, bandwidth)


def limit_cumulants(bandwidth, real_fraction):
    r"""What that limit has more than the real data: second, third and fourth cumulant [ST-F5].

    $\frac{h^2}p$, $0$ and $\frac{3 q h^4}{p^2}$: a limit with little real data is no Gaussian, the
    kernel of all generations together is nearly of Laplace's form, with the excess kurtosis $3 q$.

    ```python
    gl.loops.kernel_density.limit_cumulants(0.5, 0.1)  # [2.5, 0, 16.875]
    ```
    """
    added = np.square(bandwidth) / np.asarray(real_fraction)
    return np.array([added, np.zeros_like(added), 3 * (1 - real_fraction) * added**2])


def real_fraction_for_inflation(tolerance, bandwidth, real_variance=1.0):
    r"""The real fraction at which the limit has $1 + \tau$ times the real variance: the least one.

    $p = \frac{h^2}{\tau \sigma_0^2}$ for $\tau$ = `tolerance` [ST-F5]; infinite where no real
    fraction is enough, as one smoothing adds too much already.

    ```python
    gl.loops.kernel_density.real_fraction_for_inflation(0.5, 0.25)  # 0.125
    ```
    """
    needed = np.square(bandwidth) / (np.asarray(tolerance) * real_variance)
    return np.where(needed <= 1, needed, np.inf)[()]


def _kernel(frequency, bandwidth):
    return np.exp(-np.square(np.asarray(bandwidth) * frequency) / 2)
