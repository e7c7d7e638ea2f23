r"""Two classes of outcomes: a better one of share $p$, whose reward is higher by a gap $\Delta$."""

import math

import numpy as np

from ...arguments import check_at_least
from ...bisection import zero_between
from ...laws import binomial_law

_LEAST = 660.0
"""Shares below $e^{-660}$ are zero."""


def _check_among(among: float) -> float:
    return among if among == math.inf else check_at_least("among", among, 1)


def _advantages(gap, among):
    r"""$\frac{K e^\Delta}{m e^\Delta + K - m}$ for $m = 1, \dots, K$ good candidates."""
    good = np.arange(1.0, among + 1)
    return among / (good + (among - good) * np.exp(-gap))


def _advantage(share, gap, among):
    """How many times likelier the better class is among the chosen than among the drawn."""
    share = np.asarray(share, float)
    if among == math.inf:
        return 1 / (share + (1 - share) * np.exp(-gap))
    if among == 1:
        return np.ones_like(share)
    return binomial_law(among - 1, share) @ _advantages(gap, among)


def chosen_share(share, *, gap, among):
    r"""The share of the better class among what is chosen [ST-D5].

    $F_K(p) = \sum_j \binom Kj p^j (1 - p)^{K - j} \frac{j e^\Delta}{j e^\Delta + K - j}$, concave;
    $p + \tanh(\frac\Delta2)\,p (1 - p)$ for $K = 2$, and $\operatorname{logit} F = \operatorname
    {logit} p + \Delta$ for $K = \infty$. `share` $p$ of any shape, `among` $K$ whole or infinite.
    Raises `ValueError` for shares outside $[0, 1]$ and other `among`.

    ```python
    gl.loops.curation.chosen_share(0.3, gap=1.0, among=2)  # 0.397045
    ```
    """
    _check_among(among)
    share = np.asarray(share, float)
    if not ((share >= 0) & (share <= 1)).all():
        raise ValueError("shares must lie in [0, 1]; correct the others.")
    return share * _advantage(share, gap, among)


def chosen_slope(share, *, gap, among):
    r"""How much faster than its own share the chosen share of the better class grows [ST-D5].

    $F_K'(p) = K \sum_{j < K} \binom{K-1}j p^j (1 - p)^{K-1-j} (c_{j+1} - c_j)$ with $c_j =
    \frac{j e^\Delta}{j e^\Delta + K - j}$; $e^\Delta/(1 + p (e^\Delta - 1))^2$ for $K = \infty$.

    ```python
    gl.loops.curation.chosen_slope(0.0, gap=1.0, among=2)  # 1.46212
    ```
    """
    _check_among(among)
    share = np.asarray(share, float)
    if among == math.inf:
        return np.exp(-gap) / (share + (1 - share) * np.exp(-gap)) ** 2
    if among == 1:
        return np.ones_like(share)
    # c_{j+1} - c_j without a difference of neighbours.
    j, ratio = np.arange(float(among)), np.exp(-gap)
    steps = among * ratio / ((j + (among - j) * ratio) * (j + 1 + (among - j - 1) * ratio))
    return among * binomial_law(among - 1, share) @ steps


def rare_multiplier(*, gap, among):
    r"""$F_K'(0) = \frac{K e^\Delta}{e^\Delta + K - 1}$: how a class grows while it is rare [ST-D5].

    $e^\Delta$ for $K = \infty$.

    ```python
    gl.loops.curation.rare_multiplier(gap=1.0, among=4)  # 1.90147
    ```
    """
    return 1 / (np.exp(-gap) + (1 - np.exp(-gap)) / _check_among(among))


def common_multiplier(*, gap, among):
    r"""$F_K'(1) = \frac K{1 + (K - 1) e^\Delta}$: what is left of the other class [ST-D3].

    The rate at which a loop without real data forgets all but its favourites, with the gap of the
    second best; $e^{-\Delta}$ for $K = \infty$.

    ```python
    gl.loops.curation.common_multiplier(gap=1.0, among=4)  # 0.436927
    ```
    """
    return rare_multiplier(gap=-gap, among=among)


def invasion_threshold(*, gap, among):
    r"""The real fraction that keeps out a better class that real data do not have [ST-D5].

    $a_c = 1 - \frac1{F_K'(0)} = \frac{(K - 1)(e^\Delta - 1)}{K e^\Delta}$: below it the class is
    over-chosen faster than real data dilute it. $1 - e^{-\Delta}$ for $K = \infty$.

    ```python
    gl.loops.curation.invasion_threshold(gap=1.0, among=4)  # 0.47409
    ```
    """
    return (1 - 1 / _check_among(among)) * -np.expm1(-gap)


def curated_share(real_share: float, *, gap: float, among: float, real_fraction: float) -> float:
    r"""The share of the better class in the end: the largest $p = a \rho + (1 - a) F_K(p)$ [ST-D5].

    With the share $\rho$ in the real data. The map is concave, so for $\rho > 0$ it is the only one
    and all starts lead to it; for $\rho = 0$ there is also $p = 0$, which is stable above
    `invasion_threshold`, where the answer is zero. In closed form for $K = 2$ and $K = \infty$, by
    a bracketed search otherwise. Raises `ValueError` for shares and fractions outside $[0, 1]$.

    ```python
    share = gl.loops.curation.curated_share
    share(0.3, gap=1.0, among=2, real_fraction=0.5)  # 0.411946
    ```
    """
    for name, value in (("real_share", real_share), ("real_fraction", real_fraction)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must lie in [0, 1], got {value:g}.")
    if real_share == 0 and real_fraction >= invasion_threshold(gap=gap, among=among):
        return 0.0
    kept = 1 - real_fraction
    if among == 2:
        bend = math.tanh(gap / 2)
        return _positive_root(-kept * bend, kept * (1 + bend) - 1, real_fraction * real_share)
    if among == math.inf:
        # p (1 + p (y - 1)) = a rho (1 + p (y - 1)) + (1 - a) p y, times e^-gap.
        rare, bend = math.exp(-gap), -math.expm1(-gap)
        source = real_fraction * real_share
        return _positive_root(-bend, source * bend + kept - rare, source * rare)

    def excess(depth):
        share = math.exp(-depth)
        return real_fraction * real_share / share + kept * _advantage(share, gap, among) - 1

    return math.exp(-zero_between(excess, 0.0, _LEAST))


def _positive_root(quadratic: float, linear: float, constant: float) -> float:
    r"""The largest root of $A p^2 + B p + C$ with $A \le 0 \le C$, without cancellation."""
    root = math.sqrt(linear**2 - 4 * quadratic * constant)
    if linear > 0:
        return (linear + root) / (-2 * quadratic)
    return 2 * constant / (root - linear) if constant else 0.0


def curated_multiplier(real_share: float, *, gap: float, among: float, real_fraction: float):
    r"""The multiplier $(1 - a) F_K'(p_*)$ at `curated_share` [ST-D5].

    For $K = 2$ it is $1 - \sqrt D$ with $D = (\eta + \eta k - 1)^2 + 4 \eta k\,a \rho$, $\eta = 1 -
    a$, $k = \tanh(\Delta/2)$.

    ```python
    multiplier = gl.loops.curation.curated_multiplier
    multiplier(0.3, gap=1.0, among=2, real_fraction=0.5)  # 0.540691
    ```
    """
    known = {"gap": gap, "among": among}
    share = curated_share(real_share, real_fraction=real_fraction, **known)
    return (1 - real_fraction) * chosen_slope(share, **known)
