r"""Distances from the first model $p^{(1)}$, fitted to $N$ `real_samples` for ever kept.

Every later model is fitted to them and $n$ `samples` of its predecessor: $\alpha = n/(N + n)$,
$\beta = \alpha^2 (1 - \frac1n)$. `first` holds the probabilities $p^{(1)}$, shape $(K,)$.
"""

import numpy as np
from numpy.typing import ArrayLike


def concentration(generations, samples, start) -> np.ndarray | float:
    r"""The expected sum of squared probabilities after so many generations without real data.

    $S_m = 1 - (1 - \frac1n)^m (1 - S_0)$, $S = E \sum_i p_i^2$, without real data [SE-1].

    ```python
    gl.loops.resampling.concentration(10, 100, 0.38)  # 0.439283
    ```
    """
    return 1 - (1 - 1 / samples) ** np.asarray(generations) * (1 - start)


def _spread(generations: ArrayLike, samples: float, real_samples: float) -> np.ndarray:
    r"""$\frac{\alpha^2}n \frac{1 - \beta^m}{1 - \beta}$ after $m$ generations."""
    share = samples / (real_samples + samples)
    memory = share**2 * (1 - 1 / samples)
    return share**2 / samples * (1 - memory ** np.asarray(generations)) / (1 - memory)


def square_distance(generations, *, samples, real_samples, first) -> np.ndarray | float:
    r"""The expected squared Euclidean distance from the first fit after so many generations.

    $E \|p^{(m+1)} - p^{(1)}\|_2^2 = \frac{\alpha^2}n (1 - R_1) \frac{1 - \beta^m}{1 - \beta}$.

    $R_1 = \sum_i (p_i^{(1)})^2$, $m$ the `generations` after the first model [SE-1].

    ```python
    first = np.array([0.5, 0.3, 0.2])
    gl.loops.resampling.square_distance(10, samples=80, real_samples=20, first=first)  # 0.0133412
    ```
    """
    return _spread(generations, samples, real_samples) * (1 - np.sum(np.square(first)))


def component_deviation(generations, *, samples, real_samples, first) -> np.ndarray:
    r"""$\sqrt{E(p_i^{(m+1)} - p_i^{(1)})^2}$, the square of which has $p_i^{(1)} (1 - p_i^{(1)})$
    in place of $1 - R_1$; shape of `first` [SE-1].

    ```python
    first = np.array([0.5, 0.3, 0.2])
    gl.loops.resampling.component_deviation(10, samples=80, real_samples=20, first=first)
    ```
    """
    first = np.asarray(first)
    return np.sqrt(_spread(generations, samples, real_samples) * first * (1 - first))


def distance_bound(generations, *, samples, real_samples, first) -> float:
    r"""$E \|p^{(m+1)} - p^{(1)}\|_1 \le \sum_i$ `component_deviation`, below $\sqrt K$ times the
    root of `square_distance` [SE-1].

    ```python
    first = np.array([0.5, 0.3, 0.2])
    gl.loops.resampling.distance_bound(10, samples=80, real_samples=20, first=first)  # 0.199244
    ```
    """
    sizes = {"samples": samples, "real_samples": real_samples}
    return float(component_deviation(generations, first=first, **sizes).sum())


def excess_ratio(*, samples, real_samples) -> np.ndarray | float:
    r"""The error that synthetic data add to a fixed real corpus in the end, over its own error.

    $\frac{(N - 1)\,n}{N^2 + 2 N n + n} < \frac12$ [SE-1].

    The limit of $E \|p^{(m)} - p^{(1)}\|_2^2$ over the statistical error $E \|p^{(1)} - p\|_2^2$:
    the share that synthetic data add to the error of the real corpus, however many they are.

    ```python
    gl.loops.resampling.excess_ratio(samples=80, real_samples=20)  # 0.413043
    ```
    """
    n, real = np.asarray(samples, dtype=float), real_samples
    return (real - 1) * n / (real**2 + 2 * real * n + n)
