r"""The distribution $U(-w, w) * N(0, s^2)$: its density and distribution function, accurately.

Where $w$ is small against $s$ differences of normal functions would lose all digits: there a rule
of Gauss and Legendre averages over the uniform part.
"""

from collections.abc import Callable

import numpy as np
from scipy import special

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_NARROW = 0.5
"""The half-widths in units of the deviation up to which the average is taken."""


def log_density(gaps, widths, deviations) -> np.ndarray:
    """At `gaps` from the centres, shape `(..., K)` for `K` components; minus infinity for zero."""
    parts = (_normal_log_density, _narrow_log_density, _wide_log_density)
    return _by_kind(parts, gaps, widths, deviations)


def cdf(gaps, widths, deviations) -> np.ndarray:
    """The distribution function there, accurate in the lower tail."""
    return _by_kind((_normal_cdf, _narrow_cdf, _wide_cdf), gaps, widths, deviations)


def _by_kind(parts: tuple[Callable, ...], gaps, widths, deviations):
    normal, narrow = widths == 0, widths <= _NARROW * deviations
    # A uniform has edges that are sharp in floating point.
    deviations = np.maximum(deviations, 1e-100 * widths)
    found = np.empty(gaps.shape)
    for part, kind in zip(parts, (normal, narrow & ~normal, ~narrow), strict=True):
        if kind.any():
            found[..., kind] = part(gaps[..., kind], widths[kind], deviations[kind])
    return found


def _normal_log_density(gaps, _, deviations):
    return -((gaps / deviations) ** 2) / 2 - np.log(deviations) - np.log(2 * np.pi) / 2


def _narrow_log_density(gaps, widths, deviations):
    z = (gaps[..., None] + widths[:, None] * _NODES) / deviations[:, None]
    average = special.logsumexp(-(z**2) / 2, b=_WEIGHTS / 2, axis=-1)
    return average - np.log(deviations) - np.log(2 * np.pi) / 2


def _wide_log_density(gaps, widths, deviations):
    far = np.abs(gaps)
    above, below = (special.log_ndtr((side * widths - far) / deviations) for side in (1, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        between = above + np.log1p(-np.exp(below - above)) - np.log(2 * widths)
    return np.where(np.isfinite(above), between, -np.inf)


def _normal_cdf(gaps, _, deviations):
    return special.ndtr(gaps / deviations)


def _narrow_cdf(gaps, widths, deviations):
    z = (gaps[..., None] + widths[:, None] * _NODES) / deviations[:, None]
    return special.ndtr(z) @ _WEIGHTS / 2


def _wide_cdf(gaps, widths, deviations):
    above, below = (_ramp(gaps + side * widths, deviations) for side in (1, -1))
    return (above - below) / (2 * widths)


def _ramp(gaps, deviations):
    r"""$s\,[u \Phi(u) + \varphi(u)]$ at $u$ = gap / deviation: the integral of $\Phi$."""
    u = np.minimum(np.abs(gaps) / deviations, 40.0)
    below = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi) - u * special.ndtr(-u)
    return np.maximum(gaps, 0.0) + deviations * np.maximum(below, 0.0)
