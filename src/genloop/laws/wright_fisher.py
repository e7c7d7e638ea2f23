"""The exact chain of counts of a loop on two outcomes, and what follows from it for more."""

from collections.abc import Callable

import numpy as np
from scipy import special

from .markov import fundamental_matrix
from .stirling import FROM, remainder as stirling_remainder


def binomial_law(samples: int, probabilities) -> np.ndarray:
    r"""The probabilities of every number of successes in `samples` independent trials.

    $\binom nj p^j (1 - p)^{n - j}$ for $j = 0, \dots, n$; shape `(*shape(p), n + 1)`.

    By Loader's deviance form, relative accuracy near $10^{-14}$ also for $n$ in the thousands.
    Raises `ValueError` for $n < 1$ or probabilities outside $[0, 1]$.

    ```python
    gl.laws.binomial_law(2, 0.5)  # [0.25, 0.5, 0.25]
    ```
    """
    probabilities = np.asarray(probabilities, dtype=float)[..., None]
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}.")
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("success probabilities must lie in [0, 1]; check the success map.")
    count = np.arange(samples + 1.0)
    remainder = _remainders(samples)
    inner, rest = count[1:-1], samples - count[1:-1]
    log_peak = remainder[samples] - remainder[1:-1] - remainder[1:-1][::-1]
    log_peak += np.log(samples / (2 * np.pi * inner * rest)) / 2
    with np.errstate(divide="ignore"):
        deviance = _deviance(inner, samples * probabilities)
        deviance = deviance + _deviance(rest, samples * (1 - probabilities))
        never = np.exp(samples * np.log1p(-probabilities))
    return np.concatenate([never, np.exp(log_peak - deviance), probabilities**samples], axis=-1)


def transition_matrix(samples: int, success: Callable | None = None) -> np.ndarray:
    r"""The transition matrix of the count of one outcome that is drawn again and again.

    $P_{ij} = P(\mathrm{Bin}(n, f(i/n)) = j)$ for counts $0, \dots, n$; shape `(n + 1, n + 1)`.

    `success` is the map $f$ of the frequencies (an array function), by default the identity. Raises
    `ValueError` for $n < 1$ and where $f$ leaves $[0, 1]$.

    ```python
    gl.laws.transition_matrix(2)  # [[1, 0, 0], [0.25, 0.5, 0.25], [0, 0, 1]]
    ```
    """
    frequency = np.arange(samples + 1) / samples
    return binomial_law(samples, frequency if success is None else success(frequency))


def chain_eigenvalues(samples: int, real_fraction: float = 0.0) -> np.ndarray:
    r"""The eigenvalues of the chain of counts that are drawn again and again, largest first.

    Eigenvalues $(1 - a)^j\, n!/((n - j)!\, n^j)$, $j = 0, \dots, n$ [FS-2].

    Of the chain with $f(x) = (1 - a) x + a r$ for every real share $r$; decreasing, shape
    `(n + 1,)`.

    ```python
    gl.laws.chain_eigenvalues(4)  # [1, 1, 0.75, 0.375, 0.09375]
    ```
    """
    factors = (1 - real_fraction) * (1 - np.arange(samples) / samples)
    return np.append(1.0, np.cumprod(factors))


def absorption_times(transitions: np.ndarray) -> np.ndarray:
    r"""$E_i\,T$ until the count is 0 or $n$, for the counts $1, \dots, n - 1$, in generations.

    Shape `(n - 1,)`. Raises `ValueError` where 0 and $n$ are not absorbing.

    ```python
    gl.laws.absorption_times(gl.laws.transition_matrix(4))  # [3.68966, 4.55172, 3.68966]
    ```
    """
    return _inner_visits(transitions).sum(axis=1)


def fixation_probabilities(transitions: np.ndarray) -> np.ndarray:
    r"""$P_i$(the count ends at $n$) for the counts $1, \dots, n - 1$; as `absorption_times`.

    ```python
    gl.laws.fixation_probabilities(gl.laws.transition_matrix(4))  # [0.25, 0.5, 0.75]
    ```
    """
    return _inner_visits(transitions) @ transitions[1:-1, -1]


def expected_absorption_time(samples: int, probabilities) -> float:
    r"""$E\,T = \sum_i g(p_i)$ until one of $K$ outcomes is left, at temperature 1 [CA-A2].

    $g(p) = p + \sum_{c=1}^{n-1} \mathrm{Bin}(n, p)(c)\,g(c)$ is the expected time on the event that
    this outcome wins, and $g(c)$ solves $(I - Q) g = c/n$ on the chain of its count. Takes a
    distribution of shape `(K,)`; in generations.

    ```python
    gl.laws.expected_absorption_time(100, [0.5, 0.5])  # 136.602
    ```
    """
    probabilities = np.asarray(probabilities, dtype=float)
    matrix = transition_matrix(samples)
    winning = _inner_visits(matrix) @ (np.arange(1, samples) / samples)
    law = binomial_law(samples, probabilities)[..., 1:-1]
    certain = probabilities == 1
    return float(np.where(certain, 0.0, probabilities + law @ winning).sum())


def loss_probabilities(samples: int, probability: float, generations: int) -> np.ndarray:
    r"""The probability that an outcome is lost by each of the first `generations`.

    $P(\text{an outcome is lost by generation } t)$, $t = 1, \dots$, at temperature 1 [CA-A2].

    The first count is $\mathrm{Bin}(n, p)$; shape `(generations,)`.

    ```python
    gl.laws.loss_probabilities(100, 0.1, 3)  # [2.65614e-05, 0.00132627, 0.00739078]
    ```
    """
    matrix = transition_matrix(samples)
    law, lost = binomial_law(samples, probability), []
    for _ in range(generations):
        lost.append(law[0])
        law = law @ matrix
    return np.array(lost)


def _inner_visits(transitions: np.ndarray) -> np.ndarray:
    if transitions[0, 0] != 1 or transitions[-1, -1] != 1:
        raise ValueError(
            "counts 0 and n are not absorbing, so there is no absorption; use stationary_law."
        )
    exits = transitions[1:-1, 0] + transitions[1:-1, -1]
    return fundamental_matrix(transitions[1:-1, 1:-1], exits)


def _remainders(samples: int) -> np.ndarray:
    r"""$\log k! - (k + \frac12) \log k + k - \frac12 \log 2\pi$ for $k = 0, \dots, n$; 0 at 0."""
    number = np.arange(1.0, samples + 1)
    small = np.minimum(number, FROM)
    exact = special.gammaln(small + 1) - (small + 0.5) * np.log(small) + small
    series = stirling_remainder(np.maximum(number, FROM))
    return np.append(0.0, np.where(number < FROM, exact - np.log(2 * np.pi) / 2, series))


def _deviance(count: np.ndarray, mean: np.ndarray) -> np.ndarray:
    r"""$x \log(x/m) - x + m$, accurate where $x$ is near $m$; infinite at $m = 0 < x$."""
    gap = np.where(mean > 0, (count - mean) / np.where(mean > 0, mean, 1.0), np.inf)
    return np.where(mean > 0, count * np.log1p(gap) - (count - mean), np.inf)
