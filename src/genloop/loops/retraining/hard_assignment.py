r"""Retraining with hard assignments (hard EM, k-means): a fit that is not consistent [ST-A13].

The model is $\frac12 N(m, 1) + \frac12 N(-m, 1)$, and a fit assigns every point to the nearer
centre, $\hat m = \mathbb{E} |x|$. Real data have the same form with $m_0 \ge 0$.
"""

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

_STEPS = 60


def assigned_mean(centre) -> Float[np.ndarray, "*shape"]:
    r"""$h(m) = \mathbb{E} |x| = m (2 \Phi(m) - 1) + 2 \varphi(m)$, always more than $m$.

    ```python
    gl.loops.retraining.hard_assignment.assigned_mean(0.0)  # 0.797885
    ```
    """
    m = np.asarray(centre, dtype=float)
    return m * (2 * ndtr(m) - 1) + 2 * _normal(m)


def refitted_centre(centre, real_centre, real_fraction) -> Float[np.ndarray, "*shape"]:
    r"""$m' = a\,h(m_0) + q\,h(m)$, the centre one generation later.

    ```python
    gl.loops.retraining.hard_assignment.refitted_centre(0.0, 1.0, 0.5)  # 0.982258
    ```
    """
    share = np.asarray(real_fraction, dtype=float)
    return share * assigned_mean(real_centre) + (1 - share) * assigned_mean(centre)


def fixed_centre(real_centre, real_fraction) -> Float[np.ndarray, "*shape"]:
    r"""The one fixed point $m_* > m_0$, to which every start comes; NaN for $a = 0$.

    By Newton's method from $m_0$, which is monotone: $h$ is convex.

    ```python
    gl.loops.retraining.hard_assignment.fixed_centre(1.0, 0.5)  # 1.26473
    ```
    """
    share = np.asarray(real_fraction, dtype=float)
    share = np.where(share > 0, share, np.nan)
    m = np.broadcast_to(np.asarray(real_centre, dtype=float), np.shape(real_centre + share))
    for _ in range(_STEPS):
        excess = m - refitted_centre(m, real_centre, share)
        m = m - excess / (1 - centre_multiplier(m, share))
    return m


def centre_multiplier(centre, real_fraction) -> Float[np.ndarray, "*shape"]:
    r"""$q\,h'(m) = q (2 \Phi(m) - 1)$, below one for $a > 0$.

    ```python
    gl.loops.retraining.hard_assignment.centre_multiplier(1.0, 0.5)  # 0.341345
    ```
    """
    m = np.asarray(centre, dtype=float)
    return (1 - real_fraction) * (2 * ndtr(m) - 1)


def drift(centre) -> Float[np.ndarray, "*shape"]:
    r"""$h(m) - m = 2 [\varphi(m) - m \Phi(-m)] > 0$, the step without real data.

    Never zero, so that the centres part for ever; about $2 \varphi(m)/m^2$ for large $m$, which
    makes $m_t$ grow like $\sqrt{2 \log t}$.

    ```python
    gl.loops.retraining.hard_assignment.drift(1.0)  # 0.166631
    ```
    """
    m = np.asarray(centre, dtype=float)
    return 2 * (_normal(m) - m * ndtr(-m))


def _normal(m):
    return np.exp(-(m**2) / 2) / np.sqrt(2 * np.pi)
