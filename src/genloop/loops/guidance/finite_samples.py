r"""Guidance with finite samples and without real data: a random walk of the log-variance.

`Draw(n) >> Guide(w, Draw(m), flow=True)`, with $n$ = `samples` of the base model and $m$ =
`auxiliary_samples` of the auxiliary one; $\kappa = 1$ where both are `unbiased`, else 0.
"""

import numpy as np
from scipy import special

from ...laws import LogVariance


def log_variance_drift(
    strength: float, samples: int, auxiliary_samples: int, *, unbiased: bool = False
) -> float:
    r"""The expected change of $\log \sigma^2$ in a generation, $b_n - w\,b_m$ [ST-E4].

    $b_n = \psi(\frac{n-1}2) - \log\frac{n - \kappa}2 < 0$: negative, and the variance is lost in
    almost every run, below the critical strength $b_n/b_m$; positive, and it explodes, above.

    ```python
    gl.loops.guidance.log_variance_drift(1.0, 10, 6)  # 0.174889
    ```
    """
    own, other = _laws(samples, auxiliary_samples, unbiased)
    return own.exponent - strength * other.exponent


def log_variance_spread(strength: float, samples: int, auxiliary_samples: int) -> float:
    r"""The variance of a step of $\log \sigma^2$, $\psi'(\frac{n-1}2) + w^2 \psi'(\frac{m-1}2)$.

    Whatever the divisors [ST-E4].

    ```python
    gl.loops.guidance.log_variance_spread(1.0, 10, 6)  # 0.739083
    ```
    """
    own, other = _laws(samples, auxiliary_samples, False)
    return own.variance + strength**2 * other.variance


def critical_strength_of_samples(
    samples: int, auxiliary_samples: int, *, unbiased: bool = False
) -> float:
    r"""The strength without drift, $w = b_n/b_m$: one where both draw as many samples [ST-E4].

    ```python
    gl.loops.guidance.critical_strength_of_samples(10, 6)  # 0.557754
    ```
    """
    own, other = _laws(samples, auxiliary_samples, unbiased)
    return own.exponent / other.exponent


def variance_growth(
    strength: float, samples: int, auxiliary_samples: int, *, unbiased: bool = False
) -> float:
    r"""The factor by which the expected variance changes in a generation [ST-E4].

    $\frac{n-1}{n-\kappa} (\frac{m-\kappa}2)^w\,\Gamma(\frac{m-1}2 - w)/\Gamma(\frac{m-1}2)$, finite
    iff $w < \frac{m-1}2$.

    ```python
    gl.loops.guidance.variance_growth(1.0, 10, 6)  # 1.8
    ```
    """
    own, other = _laws(samples, auxiliary_samples, unbiased)
    return float(own.moment(1) * other.moment(-strength))


def improper_probability(
    strength: float, auxiliary_samples: int, *, unbiased: bool = False
) -> float:
    r"""The chance that the density guided by a drawn auxiliary cannot be normalised [ST-E4].

    $P(\chi^2_{m-1} \le \frac{w\,(m - \kappa)}{1 + w})$ in one dimension, in each generation: every
    run without `flow` ends there.

    ```python
    gl.loops.guidance.improper_probability(1.0, 6)  # 0.300014
    ```
    """
    divisor = auxiliary_samples - int(unbiased)
    level = strength / (1 + strength) * divisor
    return float(special.gammainc((auxiliary_samples - 1) / 2, np.maximum(level, 0.0) / 2))


def _laws(samples, auxiliary_samples, unbiased):
    """Those of the logarithms of the variances that one and the other fit."""
    sizes = samples, auxiliary_samples
    return tuple(LogVariance(n, divisor=n - int(unbiased)) for n in sizes)
