r"""Rates of forgetting: $k$ `generations` of $n$ `samples` each, no real data.

$\lambda$ is the expected count of an outcome in the first generation, $\lambda = n p$.
"""

import math

import numpy as np

from ...laws import LogVariance, lineage_share


def survival(expected_count, generations: int) -> np.ndarray | float:
    r"""$1 - e^{-\lambda s_k}$: an outcome is still there after $k$ Poisson generations [SU-1].

    ```python
    gl.loops.resampling.survival(5.0, 10)  # 0.577376
    ```
    """
    return -np.expm1(-np.asarray(expected_count) * lineage_share(generations)[-1])


def published_survival(expected_count, generations: int) -> np.ndarray | float:
    r"""$1 - e^{-\lambda/k}$, the lower bound of the paper [SU-1].

    ```python
    gl.loops.resampling.published_survival(5.0, 10)  # 0.393469
    ```
    """
    return -np.expm1(-np.asarray(expected_count) / generations)


def share_bounds(generations) -> tuple[np.ndarray, np.ndarray]:
    r"""Lower and upper bounds of the share of lineages left after so many generations.

    $\frac2{k + 1 + (H_k - 1)/3} \le s_k \le \frac2{k + 1}$, $H_k = 1 + \dots + 1/k$ [SU-1].

    ```python
    gl.loops.resampling.share_bounds(10)  # [0.171777, 0.181818]
    ```
    """
    k = np.asarray(generations)
    harmonic = np.cumsum(1 / np.arange(1.0, k.max() + 1))[k - 1]
    return 2 / (k + 1 + (harmonic - 1) / 3), 2 / (k + 1)


def half_life(expected_count: float) -> int:
    r"""The first $k$ with $\lambda s_k \le \log 2$, about $2 \lambda/\log 2$ generations [SU-1].

    Then an outcome is lost with probability one half, if each count is followed by a Poisson
    number of that mean. Raises `ValueError` for a count outside $(0, 10^6]$.

    ```python
    gl.loops.resampling.half_life(10.0)  # 27
    ```
    """
    if not 0 < expected_count <= 1e6:
        raise ValueError(f"the expected count must lie in (0, 1e6], got {expected_count}.")
    goal, share, generation = math.log(2) / expected_count, 1.0, 1
    while share > goal:
        share, generation = -math.expm1(-share), generation + 1
    return generation


def mean_deviation(generations: int, samples: int, *, unbiased=True) -> float:
    r"""$E\,\sigma_k/\sigma_0 = c_4(n)^k$, times $(1 - \frac1n)^{k/2}$ for maximum likelihood.

    $c_4 = \sqrt{2/(n - 1)}\;\Gamma(\frac n2)/\Gamma(\frac{n - 1}2)$ [SU-2].

    ```python
    gl.loops.resampling.mean_deviation(10, 20)  # 0.876763
    ```
    """
    divisor = None if unbiased else samples
    return float(LogVariance(samples, generations, divisor).moment(0.5))


def mean_deviation_bound(generations, samples) -> np.ndarray | float:
    r"""A bound of the expected standard deviation after so many generations, over the first.

    $\left(\frac{2n - 2}{2n - 1}\right)^{k/2} < e^{-k/(4n - 2)}$, above $c_4(n)^k$ for every
    $n \ge 2$ [SU-2].

    ```python
    gl.loops.resampling.mean_deviation_bound(10, 20)  # 0.878203
    ```
    """
    return np.exp(np.asarray(generations) / 2 * np.log1p(-1 / (2 * np.asarray(samples) - 1)))


def deviation_bound(level, generations, samples) -> np.ndarray | float:
    r"""A bound of the chance that the standard deviation is still above a share of the first.

    $P(\sigma_k > \varepsilon \sigma_0) \le \frac1\varepsilon \left(\frac{2n - 2}{2n -
    1}\right)^{k/2}$ [SU-2].

    ```python
    gl.loops.resampling.deviation_bound(0.5, 100, 20)  # 0.545732
    ```
    """
    return mean_deviation_bound(generations, samples) / np.asarray(level)


def published_deviation_bound(level, generations, samples) -> np.ndarray | float:
    r"""The published bound of the chance that the standard deviation is still that large.

    $P(\sigma_k > \varepsilon \sigma_0) \le \frac1\varepsilon e^{-k/(4n - 1)}$, as an implementation
    of the paper prints it; summaries of the paper have the weaker $e^{-k/(4n)}$ [SU-2].

    ```python
    gl.loops.resampling.published_deviation_bound(0.5, 100, 20)  # 0.564014
    ```
    """
    return np.exp(-np.asarray(generations) / (4 * np.asarray(samples) - 1)) / np.asarray(level)


def variance_exponent(samples: int, *, unbiased=True) -> float:
    r"""The rate at which the logarithm of the variance falls in every run, a generation.

    $\lim \frac1k \log\sigma_k^2 = \psi(\frac{n - 1}2) - \log\frac{n - 1}2 < -\frac1{n - 1}$.

    Almost surely; $\log(1 - \frac1n)$ lower for maximum likelihood [SU-2].

    ```python
    gl.loops.resampling.variance_exponent(20)  # -0.0535539
    ```
    """
    return LogVariance(samples, 1, None if unbiased else samples).exponent


def bernoulli_variance(generations, samples, probability) -> np.ndarray | float:
    r"""The expected variance of a refitted Bernoulli model after so many generations.

    $E[p_k (1 - p_k)] = (1 - \frac1n)^k\,p_0 (1 - p_0)$ [SU-3].

    ```python
    gl.loops.resampling.bernoulli_variance(10, 100, 0.5)  # 0.226096
    ```
    """
    return (1 - 1 / samples) ** np.asarray(generations) * probability * (1 - probability)


def poisson_variance(generations, samples, mean) -> np.ndarray | float:
    r"""The variance of a refitted Poisson mean after so many generations.

    $\operatorname{Var} \Lambda_k = k \Lambda_0/n$, while $E\,\Lambda_k = \Lambda_0$ [SU-3].

    ```python
    gl.loops.resampling.poisson_variance(10, 100, 0.05)  # 0.005
    ```
    """
    return np.asarray(generations) * mean / samples


def poisson_laplace(argument, generations: int, samples: int, mean) -> np.ndarray | float:
    r"""The Laplace transform of a refitted Poisson mean after so many generations.

    $E\,e^{-\theta n \Lambda_k} = e^{-n \Lambda_0 \varphi^k(\theta)}$, $\varphi(s) = 1 -
    e^{-s}$ iterated $k$ times [SU-3].

    At $\theta = \infty$ the probability $e^{-n \Lambda_0 s_k}$ that the model has collapsed.

    ```python
    gl.loops.resampling.poisson_laplace(1.0, 10, 100, 0.05)  # 0.453311
    ```
    """
    share = np.asarray(argument, dtype=float)
    for _ in range(generations):
        share = -np.expm1(-share)
    return np.exp(-samples * mean * share)
