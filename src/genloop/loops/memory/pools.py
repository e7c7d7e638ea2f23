r"""Gaussian data that are kept: exact moments and logarithms of the fitted variance.

$n$ = `samples` points of the fit join a pool of $\ell_0$ = `size` points in every generation, and
the fit to the whole pool, or to some points that are chosen from it, makes the next ones. Without
points at first, `size` zero, the first generation is drawn from the real distribution. Everything
is in units of the covariance $S_0$ of the first fit (of the real distribution for `size` zero),
entry by entry in any dimension; what uses second moments only holds for all distributions that have
them. `generations` is $t$, a whole number or infinite.
"""

from typing import NamedTuple

import numpy as np

from ...printing import readable
from .products import RationalProduct, log_square_product, square_sum

_EXACT_FACTORS = 20
"""Factors that are multiplied; behind them the series of the logarithm converges like 20^-2k."""
_GRID = np.arange(-45.0, 90.0, 0.05)
"""Logarithms of the points of a quadrature: its integrand is analytic and vanishes at both ends."""


def kept_variance(generations, *, samples, size=0.0, quadratic=-1.0) -> float:
    r"""The share of the expected variance that is left with all data kept.

    $E\,V(m_t)/V(m_0) = \prod_{k \le t} (1 + v_2 \gamma_k^2/n)$, $\gamma_k = 1/(\ell_0/n + k)$, for
    one-parameter exponential families whose variance $V$ of the mean $m$ has the quadratic term
    $v_2$ = `quadratic` [CA-C3] [CA-C4]; with $v_2 = -1$ the covariance of a maximum-likelihood
    Gaussian and the heterozygosity of frequencies. For $\ell_0 = 0$ the limit is $\frac{\sin
    \pi z}{\pi z}$ with $z = \sqrt{-v_2/n}$, or $\sinh$ for $v_2 > 0$.

    ```python
    gl.loops.memory.kept_variance(jnp.inf, samples=10)  # 0.843436
    ```
    """
    return float(np.exp(log_square_product(generations, quadratic / samples, size / samples)))


def kept_unbiased_variance(generations, *, samples, size=0.0) -> float:
    r"""$\prod_s \left(1 - \frac1{s (s n - 1)}\right)$: `kept_variance` of the unbiased fit [CA-C3].

    $s = \ell_0/n + k$, $k = 1, \dots, t$; without points at first the first factor is one, as the
    first fit is unbiased. Then the limit is $\frac{\Gamma(2 - 1/n)}{\Gamma(2 - r_1)\,\Gamma(2 -
    r_2)}$, $r = (1 \pm \sqrt{1 + 4n})/(2n)$.

    ```python
    gl.loops.memory.kept_unbiased_variance(jnp.inf, samples=10)  # 0.935141
    ```
    """
    start, left = (size / samples, generations) if size else (1.0, max(generations - 1, 0))
    below = np.array([1.0, -1 / samples, 0.0])
    above = below - np.array([0.0, 0.0, 1 / samples])
    return RationalProduct(tuple(_from(start, above)), tuple(_from(start, below))).at(left)


def kept_square(generations, *, samples, size=0.0) -> float:
    r"""The expected square of the variance with all data kept.

    $E\,\sigma_t^4 = \prod_s \left(1 - \frac{4s - 3}{n^2 s^4}\right)$, $s = \ell_0/n + k$ [CA-C3].
    For Gaussian data and maximum likelihood, along any fixed direction.

    ```python
    gl.loops.memory.kept_square(jnp.inf, samples=10)  # 0.984453
    ```
    """
    start, below = size / samples, np.array([1.0, 0.0, 0.0, 0.0, 0.0])
    above = below - np.array([0.0, 0.0, 0.0, 4.0, -3.0]) / samples**2
    return RationalProduct(tuple(_from(start, above)), tuple(_from(start, below))).at(generations)


def kept_log_variance(generations, *, samples, size=0.0) -> float:
    r"""The expected logarithm of the variance with all data kept, finite in the end.

    $E \log \sigma_t^2 = \sum_s E \log F_s$, $s = \ell_0/n + k$ [CA-C3]. $F_s = \frac1{s n} [(s - 1)
    n + \chi^2_{n-1} + \frac{s-1}s \chi^2_1]$ is the factor of a generation, independent of all
    others: a run keeps a positive variance for ever, of typical size $\exp E \log \sigma_\infty^2$.
    For Gaussian data and maximum likelihood, along any fixed direction.

    ```python
    gl.loops.memory.kept_log_variance(5, samples=10)  # -0.309925
    ```
    """
    start = size / samples
    last = int(min(generations, _EXACT_FACTORS))
    head = sum(_mean_log_factor(start + k, samples) for k in range(1, last + 1))
    if generations <= _EXACT_FACTORS:
        return float(head)
    return float(head + _tail(start + last, start + generations, samples))


def drift_probability(distance, *, samples, size=0.0, dimension=1) -> float:
    r"""A bound of the chance that the mean of a run with all data kept is ever so far away.

    $P(\sup_t |\mu_t - \mu_0| \ge \epsilon) \le d\,(1 - P_\infty)/\epsilon^2$ in units of $S_0$, by
    Doob's inequality for the martingale $\mu_t$; at most one. The same number of points in every
    generation is enough for all generations at once [CA-C5].

    ```python
    gl.loops.memory.drift_probability(1.0, samples=100)  # 0.0163684
    ```
    """
    lost = 1 - kept_variance(np.inf, samples=samples, size=size)
    return float(min(1.0, dimension * lost / distance**2))


@readable
class SubsampledVariance(NamedTuple):
    """The pool that is chosen from and the fit to the chosen points, in expectation.

    `pool` is the maximum-likelihood variance of the pool, `fit` that of the fit to the chosen
    points, `mean_error` the expected squared error of its mean, all in units of the real variance.

    ```python
    gl.loops.memory.subsampled_variance(jnp.inf, samples=10).fit  # 0.738991
    ```
    """

    pool: float
    fit: float
    mean_error: float


def subsampled_variance(generations, *, samples, size=0.0) -> SubsampledVariance:
    r"""Fits to $n$ points chosen from all $N = s n$ without replacement, in expectation [CA-C3].

    $s = \ell_0/n + t$. The pool begins with $1 - \frac1{n s^2}$ at $t = 1$ and follows $P_{s+1} =
    P_s \left[1 - \frac{2sn - s - n}{n (s + 1)^2 (sn - 1)}\right]$; the fit has the variance
    $P_s\,\frac{s (n - 1)}{sn - 1}$, and its mean the squared error that is missing to one. With $a
    = -1 + \frac{1 \pm \sqrt{3 (4n - 1)}}{2n}$ the pool tends to $(1 - \frac1n) \frac{\Gamma(1 -
    1/n)}{\Gamma(1 - a_1)\,\Gamma(1 - a_2)}$ for $\ell_0 = 0$. With a first dataset the fit to all
    of it is the first to be sampled.

    ```python
    gl.loops.memory.subsampled_variance(2, samples=10).fit  # 0.831316
    ```
    """
    start = size / samples
    below = _from(start, np.polymul((1.0, 2.0, 1.0), (1.0, -1 / samples)))
    above = np.polymul((1.0, 0.0), (1.0, 2 - 1 / samples, 1 - 4 / samples + samples**-2.0))
    kept = RationalProduct(tuple(_from(start, above)), tuple(below)).at(generations - 1)
    pool = (1 - 1 / (samples * (start + 1) ** 2)) * kept
    place = start + generations
    ratio = place * (samples - 1) / (place * samples - 1) if np.isfinite(place) else 1 - 1 / samples
    return SubsampledVariance(pool, pool * ratio, 1 - pool * ratio)


def _mean_log_factor(place: float, samples: float) -> float:
    r"""$E \log F_s = \int_0^\infty (e^{-u} - E\,e^{-u F_s})\,\frac{du}u$."""
    u = np.exp(_GRID)
    rest = 1 - 1 / place
    scale = 2 * u / (place * samples)
    noise = 0.5 * (samples - 1) * np.log1p(scale) + 0.5 * np.log1p(rest * scale)
    # Where both are nearly equal their difference would cancel.
    excess = u / place - noise
    near = -np.exp(-u) * np.expm1(np.minimum(excess, 1.0))
    gap = np.where(excess < 1, near, np.exp(-u) - np.exp(-rest * u - noise))
    return float(gap.sum() * (_GRID[1] - _GRID[0]))


def _tail(first: float, last: float, samples: float) -> float:
    r"""$\sum_{first < s \le last} E \log F_s$, a power series $\sum_k c_k s^{-k-2}$ there."""
    series = np.polynomial.Chebyshev.interpolate(
        lambda v: [_mean_log_factor(1 / x, samples) / x**2 for x in v], 9, domain=[0, 1 / first]
    )
    powers = series.convert(kind=np.polynomial.Polynomial, domain=[-1, 1]).coef
    sums = [square_sum(last - first, first, k + 2.0) for k in range(powers.size)]
    return float(powers @ np.array(sums))


def _from(start, polynomial):
    """The polynomial of $s$ as one of $k$, $s = c + k$."""
    return np.poly1d(polynomial)(np.poly1d([1.0, start])).coeffs
