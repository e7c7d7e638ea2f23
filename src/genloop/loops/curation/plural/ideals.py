r"""Curators with ideal points: rewards $-\frac{|x - c_g|^2}{2 \tau^2}$ of a continuous outcome.

Without real data the loop is the maximum-likelihood estimate of a mixing distribution of Gaussians
with variance $\tau^2$ from the ideals $c_g$, by expectation maximisation [CU-6].
"""

import numpy as np
from scipy import optimize


def splitting_distance(share, *, width=1.0) -> np.ndarray:
    r"""The distance of the ideals of two groups above which their compromise splits [CU-6].

    $D = \tau \sqrt{\frac{2 \log\frac{1 - q}q}{1 - 2 q}}$, and $2 \tau$ for equal groups: up to it
    the point $\sum_g q_g c_g$ takes everything.

    ```python
    gl.loops.curation.plural.splitting_distance([0.5, 0.1])  # [2, 2.34373]
    ```
    """
    share = np.asarray(share, dtype=float)
    odd = 1 - 2 * share
    safe = np.where(odd == 0, 0.5, odd)
    return width * np.sqrt(np.where(odd == 0, 4.0, 4 * np.arctanh(safe) / safe))


def split_position(half_distance, *, width=1.0) -> float:
    r"""How far from the middle two equal groups with ideals at $\pm c$ end, $m = c \tanh\frac{c
    m}{\tau^2}$.

    The mean-field equation of a magnet: zero up to $c = \tau$, and then the positive root, which is
    below $c$. Outcomes that survive are not the ideals [CU-6].

    ```python
    gl.loops.curation.plural.split_position(1.5)  # 1.46324
    ```
    """
    ratio = half_distance / width
    if ratio <= 1:
        return 0.0
    # In z = c m: z = ratio^2 tanh(z), between the slope at zero and the ideal.
    level = lambda z: ratio**2 * np.tanh(z) - z
    root = optimize.brentq(level, np.sqrt(3 * (1 - ratio**-2)) / 2, ratio**2, xtol=1e-15)
    return float(root / ratio * width)


def compromise_excess(point, ideals, shares, *, width=1.0) -> np.ndarray:
    r"""$\log W(x)$ of a point when all have the mean of the ideals, $K(z) - \frac{z^2}2$.

    $z = (x - \bar c)/\tau$ and $K(z) = \log \sum_g q_g e^{z (c_g - \bar c)/\tau}$. The compromise
    $\bar c$ takes everything if and only if this is nowhere positive: if the ideals are
    sub-Gaussian with the variance $\tau^2$ [CU-6].

    ```python
    gl.loops.curation.plural.compromise_excess(1.0, [-1.0, 1.0], [0.5, 0.5])  # -0.0662192
    ```
    """
    ideals, shares = np.asarray(ideals, dtype=float), np.asarray(shares, dtype=float)
    z = (np.asarray(point, dtype=float) - shares @ ideals) / width
    tilts = np.exp(z[..., None] * (ideals - shares @ ideals) / width)
    return np.log(tilts @ shares) - z**2 / 2


def refitted_variance(spread, *, width=1.0) -> np.ndarray:
    r"""The limit of the variance when a Gaussian is fitted, $\max(V - \tau^2, 0)$ [CU-7].

    `spread` $V$ is the variance of the ideals among curators.

    ```python
    gl.loops.curation.plural.refitted_variance([0.5, 3.0])  # [0, 2]
    ```
    """
    return np.maximum(np.asarray(spread, dtype=float) - width**2, 0.0)


def refitted_multipliers(spread, *, width=1.0) -> tuple[np.ndarray, np.ndarray]:
    r"""The multipliers of mean and variance at that limit, $\frac{\tau^2}V$ and $1 - (1 -
    \frac{\tau^2}V)^2$.

    Both are one for $V \le \tau^2$, where the variance falls like $\frac1t$ [CU-7].

    ```python
    gl.loops.curation.plural.refitted_multipliers(4.0)  # [0.25, 0.4375]
    ```
    """
    ratio = np.minimum(width**2 / np.asarray(spread, dtype=float), 1.0)
    return ratio, 1 - (1 - ratio) ** 2
