r"""Recursive fitting of Gaussians with many samples: Brownian motion on the half-plane [CA-A10].

Time is $\tau = t/n$, variances in units of $\sigma_0^2$. The divisor of the variance is $n - 1 +
\delta$: `shrinkage` $\delta = 0$ is the unbiased fit, $\delta = 1$ maximum likelihood.
"""

import numpy as np
from scipy import special


def log_variance_drift(*, shrinkage=0.0) -> float:
    r"""$-(1 + \delta)$: what $\log \sigma^2$ loses in $n$ generations [CA-A10].

    ```python
    gl.loops.gaussian.log_variance_drift(shrinkage=1.0)  # -2
    ```
    """
    return -(1.0 + shrinkage)


def log_variance_distribution(log_variance, time, *, shrinkage=0.0) -> np.ndarray:
    r"""The probability that the logarithm of the variance is below a number at a time.

    $P(\log \sigma_\tau^2 \le y) = \Phi\big(\frac{y + c \tau}{\sqrt{2 \tau}}\big)$, $c = 1 +
    \delta$ [CA-A10].

    ```python
    gl.loops.gaussian.log_variance_distribution(-1.0, 1.0)  # 0.5
    ```
    """
    drift = log_variance_drift(shrinkage=shrinkage)
    return special.ndtr((log_variance - drift * time) / np.sqrt(2 * np.asarray(time)))


def passage_probability(depth, time, *, shrinkage=0.0) -> np.ndarray:
    r"""The probability that the variance has been below a depth at some time until now.

    $P(\min_{s \le \tau} \log \sigma_s^2 \le -b) = \Phi\big(\frac{c \tau - b}{\sqrt{2
    \tau}}\big) + e^{c b}\,\Phi\big(\frac{-b - c \tau}{\sqrt{2 \tau}}\big)$, $c = 1 + \delta$.

    The loss of a factor $e^b$ of the variance, `depth` $b \ge 0$ [CA-A10].

    ```python
    gl.loops.gaussian.passage_probability(1.0, 1.0)  # 0.713792
    ```
    """
    fall, width = 1 + shrinkage, np.sqrt(2 * np.asarray(time))
    reflected = np.exp(fall * depth + special.log_ndtr(-(depth + fall * time) / width))
    return special.ndtr((fall * time - depth) / width) + reflected


def spread_moment(power, *, shrinkage=0.0) -> np.ndarray:
    r"""The moments of the sum of all variances of a run, in the limit of many samples.

    $E R^k = \Gamma(1 + \delta - k)/\Gamma(1 + \delta)$ of $R = \int_0^\infty \sigma_\tau^2
    \,\mathrm d\tau$ [CA-A10].

    $R$ is one over a Gamma number of shape $1 + \delta$ (Dufresne), and the variance of
    $\mu_\infty - \mu_0$ given the variances; infinite for $k \ge 1 + \delta$.

    ```python
    gl.loops.gaussian.spread_moment(0.5)  # 1.77245
    ```
    """
    left = 1 + shrinkage - np.asarray(power, dtype=float)
    finite = special.gammaln(np.maximum(left, 1e-300)) - special.gammaln(1 + shrinkage)
    return np.where(left > 0, np.exp(finite), np.inf)[()]


def limit_error_probability(distance, *, shrinkage=0.0) -> np.ndarray:
    r"""$P(|\mu_\infty - \mu_0| > x \sigma_0)$: $\sqrt c\,(\mu_\infty - \mu_0)/\sigma_0$ follows
    Student's law with $2 c$ degrees of freedom, $c = 1 + \delta$ [CA-A10].

    $1 - 1/\sqrt 3$ at $x = 1$ for the unbiased fit.

    ```python
    gl.loops.gaussian.limit_error_probability(1.0)  # 0.42265
    ```
    """
    shape = 1 + shrinkage
    return 2 * special.stdtr(2 * shape, -np.sqrt(shape) * np.asarray(distance))
