r"""Sums over all tokens of Zipf's law, $p_i = i^{-\beta}/\zeta(\beta)$, $i = 1, 2, \dots$

Every sum has the form $\sum_{i > k} p_i\,w(q_i)$ with a second law $q_i = c' i^{-\beta'}$. A first
part is added up, the rest is the midpoint formula of Euler and Maclaurin,
$\sum_{i \ge N} f(i) = \int_{N - 1/2}^\infty f + \frac1{24} f'(N - \tfrac12) + \dots$, whose
integrals are incomplete beta and gamma functions.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from ...laws.stirling import remainder

_HEAD = 4096


def normaliser(exponent: float, outcomes: int | None = None) -> float:
    r"""$\zeta(\beta)$, or $\sum_{i \le K} i^{-\beta}$ for $K$ outcomes.

    Raises `ValueError` where the law of infinitely many tokens does not exist.
    """
    if outcomes is not None:
        return float((np.arange(1.0, outcomes + 1) ** -exponent).sum())
    if not exponent > 1:
        raise ValueError(
            f"Zipf's law with exponent {exponent:g} has no sum over infinitely many tokens; use "
            "an exponent above 1 or give the number of outcomes."
        )
    return float(special.zeta(exponent))


def tail_mass(exponent: float, kept: int) -> float:
    r"""The mass that Zipf's law leaves beyond its first `kept` outcomes.

    $\sum_{i > k} p_i = \zeta(\beta, k + 1)/\zeta(\beta)$, Hurwitz's zeta function [DO-2].

    ```python
    gl.loops.tails.tail_mass(2.0, 20)  # 0.0296491
    ```
    """
    return float(special.zeta(exponent, kept + 1) / normaliser(exponent))


def unseen_mass(
    exponent: float,
    samples: float,
    *,
    sampled_exponent: float | None = None,
    first: int = 1,
) -> float:
    r"""$\sum_{i \ge k} p_i\,(1 - q_i)^n$: the real mass that $n$ tokens of $q$ do not show [DO-1].

    $q_i = i^{-\beta'}/\zeta(\beta')$, by default the real law; `first` is $k$.
    """
    narrow = exponent if sampled_exponent is None else sampled_exponent
    real, source = normaliser(exponent), normaliser(narrow)
    power = (exponent - 1) / narrow
    constant = source**power / (narrow * real)

    def term(i):
        return i**-exponent / real * np.exp(samples * np.log1p(-(i**-narrow) / source))

    def integral(x):
        u = x**-narrow / source
        whole = beta_function(power, samples)
        return constant * whole * special.betainc(power, samples + 1, u)

    return _sum(term, integral, narrow, samples / source, exponent, first)


def unseen_mass_poisson(exponent: float, samples: float, *, first: int = 1) -> float:
    r"""$\sum_{i \ge k} p_i\,e^{-n p_i}$: as `unseen_mass` for a Poisson number of tokens [DO-4]."""
    real, power = normaliser(exponent), 1 - 1 / exponent
    constant = real ** (power - 1) / exponent * samples**-power * special.gamma(power)

    def term(i):
        p = i**-exponent / real
        return p * np.exp(-samples * p)

    def integral(x):
        return constant * special.gammainc(power, samples * x**-exponent / real)

    return _sum(term, integral, exponent, samples / real, exponent, first)


def beta_function(power: float, samples: float) -> float:
    r"""$B(\alpha, n + 1) = \Gamma(\alpha)\,\Gamma(n + 1)/\Gamma(n + 1 + \alpha)$ to full accuracy.

    By Stirling's series for large $n$: logarithms of two large factorials are never subtracted.
    """
    if samples < 64:
        return float(special.beta(power, samples + 1))
    near, far = samples + 1, samples + 1 + power
    ratio = (far - 0.5) * math.log1p(power / near) - power + remainder(far) - remainder(near)
    return float(special.gamma(power) * near**-power * math.exp(-ratio))


def _sum(
    term: Callable, integral: Callable, narrow: float, strength: float, exponent: float, first: int
) -> float:
    """The head term by term, the tail by its integral and the first correction.

    `strength` is the factor $s$ of $i^{-\\beta'}$ in the exponent of the weight. The head is long
    enough for neighbouring terms to be close: the next correction is below $10^{-13}$.
    """
    start = max(first, _HEAD, math.ceil(16 * (strength * narrow) ** (1 / (narrow + 1))))
    head = term(np.arange(float(first), start)).sum()
    edge = start - 0.5
    slope = term(edge) * (strength * narrow * edge ** -(narrow + 1) - exponent / edge)
    return float(head + integral(edge) + slope / 24)
