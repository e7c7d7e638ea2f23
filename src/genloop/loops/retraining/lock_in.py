"""The lock-in threshold of retraining on two peaks, by ball arithmetic."""

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy import optimize

from ...certificates import Certificate, certify_fixed_point
from ...certificates.balls import ball, interval, precision
from ...certificates.enclosures import Enclosure
from ...certificates.program import CannotCertify, exact
from ...printing import readable

_BITS, _PIECES = 128, 4096


@readable
@dataclasses.dataclass(frozen=True)
class LockIn:
    r"""The weight $w_c$ of synthetic data from which on a worse optimum holds itself [ST-A9].

    `stuck` is that optimum, `escape` the model to which the loop escapes below `weight`.

    ```python
    found = gl.loops.retraining.lock_in("0.6", "4")
    float(found.weight)  # 0.211595
    ```
    """

    stuck: Enclosure
    escape: Enclosure
    weight: Enclosure


def lock_in(share: Any, distance: Any, *, digits: int = 15) -> LockIn:
    r"""The enclosed lock-in threshold of a Cauchy model of two peaks, by ball arithmetic.

    Real data are Cauchy around $d$ with the `share` $s > \frac12$ and around $-d$ otherwise, the
    model is a Cauchy law with one centre $\theta$, $\ell(\theta) = -s \log(4 + (\theta - d)^2) -
    (1 - s) \log(4 + (\theta + d)^2)$. The peak $\theta_-$ near $-d$ is a fixed point of the exact
    maximiser iff $w \ge w_c = \sup_\theta [\ell(\theta) - \ell(\theta_-)]/\mathrm{KL}(\theta_- \|
    \theta)$, $\mathrm{KL} = \log(1 + (\theta - \theta_-)^2/4)$. Proved: the critical point
    $(\theta_-, \theta, w_c)$ is alone in a box, and nowhere is the supremum larger. Raises
    `CannotCertify` where one of them fails, `ValueError` unless $s > \frac12$ and $d > 0$.

    ```python
    float(gl.loops.retraining.lock_in("0.6", "4").stuck)  # -3.01931
    ```
    """
    if not (1 / 2 < exact(share) < 1 and exact(distance) > 0):
        raise ValueError(
            f"the share must lie in (1/2, 1), the distance above 0; got {share}, {distance}."
        )
    found = certify_lock_in(share, distance, digits=digits)
    if not found.proved:
        raise CannotCertify(found.reason)
    answer = LockIn(*found.state)
    with precision(_BITS):
        _nowhere_larger(answer, *(ball(str(exact(given))) for given in (share, distance)))
    return answer


def lock_in_threshold(share: float, distance: float) -> np.ndarray:
    r"""$(\theta_-, \theta, w_c)$ of `lock_in` in floating point, without a proof; shape `(3,)`.

    The worse peak, the model to which the loop escapes below $w_c$, and $w_c$. Raises `ValueError`
    where there is one peak only.

    ```python
    gl.loops.retraining.lock_in_threshold(0.6, 4.0)  # [-3.01931, 3.42023, 0.211595]
    ```
    """
    try:
        start = _peaks(share, distance)
    except CannotCertify as reason:
        raise ValueError(f"nothing locks in: {reason}; move the peaks apart.") from None
    excess = _critical(share, distance)
    return optimize.root(lambda z: np.asarray(excess(jnp.asarray(z))) - z, start, tol=1e-15).x


def certify_lock_in(share: Any, distance: Any, *, digits: int = 15) -> Certificate:
    r"""The critical point $(\theta_-, \theta, w_c)$ is alone in a box, as a document.

    That nowhere the supremum is larger is proved by `lock_in` only.

    ```python
    gl.loops.retraining.certify_lock_in("0.6", "4").status  # PROVED
    ```
    """
    share, distance = str(exact(share)), str(exact(distance))
    start = _peaks(float(exact(share)), float(exact(distance)))
    return certify_fixed_point(
        _critical, start, parameters=[share, distance], digits=digits, stability=False
    )


def _likelihood(x, share, distance, log):
    near, far = 4 + (x - distance) ** 2, 4 + (x + distance) ** 2
    return -share * log(near) - (1 - share) * log(far)


def _slope(x, share, distance):
    near, far = x - distance, x + distance
    return -2 * share * near / (4 + near**2) - 2 * (1 - share) * far / (4 + far**2)


def _critical(share, distance):
    """A map whose fixed points are the critical points of the quotient, with its value there."""

    def moved(z):
        stuck, escape, weight = z
        gap = escape - stuck
        gain = _likelihood(escape, share, distance, jnp.log)
        gain = gain - _likelihood(stuck, share, distance, jnp.log)
        excess = _slope(escape, share, distance) - 2 * weight * gap / (4 + gap**2)
        touching = gain - weight * jnp.log(1 + gap**2 / 4)
        return z + jnp.stack([_slope(stuck, share, distance), excess, touching])

    return moved


def _peaks(share, distance):
    """The same triple on a grid; `CannotCertify` where there is one peak only."""
    x = np.linspace(-distance, distance, 4001)
    value = lambda x: _likelihood(x, share, distance, np.log)
    # The likelihood rises from -d to the worse peak.
    stuck = x[(_slope(x, share, distance) < 0).argmax()]
    if stuck >= 0:
        raise CannotCertify("the likelihood has one peak only")
    cost = np.maximum(np.log1p((x - stuck) ** 2 / 4), 1e-3)
    quotient = (value(x) - value(stuck)) / cost
    return np.array([stuck, x[quotient.argmax()], quotient.max()])


def _nowhere_larger(found: LockIn, share: Any, distance: Any) -> None:
    r"""Raises `CannotCertify` unless $h = w_c \mathrm{KL} - \ell(\theta) + \ell(\theta_-) \ge 0$.

    For all models. Beyond $3 d$ the likelihood is below $\ell(\theta_-)$. Within, $h > 0$ on every
    piece, or $h$ is convex and the pieces contain one of the two models at which $h$ and $h'$ are
    zero.
    """
    stuck, escape, weight = (
        interval(x.centre, x.radius) for x in (found.stuck, found.escape, found.weight)
    )
    if not abs(stuck) < distance:
        raise CannotCertify("the worse optimum does not lie between the peaks")
    log, bend = (lambda x: x.log()), lambda x: 2 * (4 - x**2) / (4 + x**2) ** 2
    level = _likelihood(stuck, share, distance, log)
    half, convex = 3 * distance / _PIECES, []
    for k in range(_PIECES):
        middle = (2 * k + 1 - _PIECES) * half
        x = (middle - half).union(middle + half)
        gap = x - stuck
        if weight * (1 + gap**2 / 4).log() + level > _likelihood(x, share, distance, log):
            continue
        curvature = share * bend(x - distance) + (1 - share) * bend(x + distance)
        if not weight * bend(gap) + curvature > 0:
            raise CannotCertify("another model may be reached with more synthetic data")
        joined = convex and convex[-1][1] == k
        convex = [*convex[:-1], (convex[-1][0], k + 1)] if joined else [*convex, (k, k + 1)]
    for first, last in convex:
        low, high = ((2 * k - _PIECES) * half for k in (first, last))
        if not any(low < touch and touch < high for touch in (stuck, escape)):
            raise CannotCertify("another model may be reached with more synthetic data")
