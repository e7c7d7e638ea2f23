r"""Rates of recursive resampling: $N$ `samples`, a share $a$ from the source $r$, $q = 1 - a$."""

import math

import numpy as np


def transient_mean(generations, real_fraction, start, source) -> np.ndarray:
    r"""$E\,\mu_t = r + q^t (\mu_0 - r)$, of probabilities or of any function [BO-1].

    ```python
    gl.loops.resampling.transient_mean(1, 0.5, 1.0, 0.0)  # 0.5
    ```
    """
    start, source = np.asarray(start, dtype=float), np.asarray(source, dtype=float)
    return source + (1 - real_fraction) ** generations * (start - source)


def relative_variance(samples, real_fraction) -> np.ndarray | float:
    r"""The variance of a mean under the stationary law, in units of that of the source.

    $\operatorname{Var} \mu_\infty(f)/\operatorname{Var}_r f = 1/(N - (N - 1) q^2)$ [BO-1].

    For every function $f$ of an outcome; 1, its largest value, without a source.

    ```python
    gl.loops.resampling.relative_variance(100, 0.1)  # 0.0504796
    ```
    """
    return 1 / (samples - (samples - 1) * (1 - real_fraction) ** 2)


def mixing_bound(generations, samples, real_fraction) -> np.ndarray | float:
    r"""$\min(1, N q^t)$, above the total variation to the stationary law from any start [BO-1].

    ```python
    gl.loops.resampling.mixing_bound(100, 1000, 0.1)  # 0.0265614
    ```
    """
    return np.minimum(1.0, samples * (1 - real_fraction) ** np.asarray(generations))


def mixing_time(samples: int, real_fraction: float, *, distance: float = 0.01) -> int:
    r"""The first $t$ with $N q^t \le$ `distance`, about $\frac1a \log\frac N{\text{distance}}$.

    Raises `ValueError` without a source, where the start is never forgotten [BO-1].

    ```python
    gl.loops.resampling.mixing_time(1000, 0.1)  # 110
    ```
    """
    if not 0 < real_fraction <= 1:
        raise ValueError(f"real_fraction must lie in (0, 1], got {real_fraction}.")
    if real_fraction == 1:
        return 1
    return max(1, math.ceil(math.log(samples / distance) / -math.log1p(-real_fraction)))
