"""Divergences and Wasserstein distances of densities on the line, with the error of each."""

from typing import NamedTuple

import numpy as np

from ...printing import readable

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_LEVELS = 50
"""How often an interval is halved: at a jump inside it the error is its last length."""


@readable
class Measured(NamedTuple):
    """A number found by quadrature, and a bound of its error that the halved intervals show.

    ```python
    p = gl.loops.kernel_density.reference_mixture()
    gl.loops.kernel_density.entropy(p).value  # 1.71966
    ```
    """

    value: float
    error: float


def integrate(function, edges, tolerance=1e-13) -> Measured:
    r"""$\int f$ over the intervals between `edges`, by Gauss-Legendre rules of 16 points.

    An interval is halved until its rule and those of its halves agree to `tolerance` times the
    integral of $|f|$; the sum of what they differ by is the error. `function` takes an array.

    ```python
    gl.loops.kernel_density.integrate(np.exp, [0.0, 1.0]).value  # 1.71828
    ```
    """
    low, high = np.asarray(edges[:-1], dtype=float), np.asarray(edges[1:], dtype=float)
    total, error, size = 0.0, 0.0, 0.0
    whole, _ = _rule(function, low, high)
    for level in range(_LEVELS):
        middle = (low + high) / 2
        left, right = _rule(function, low, middle), _rule(function, middle, high)
        halves, sizes = left[0] + right[0], left[1] + right[1]
        gap = np.abs(halves - whole)
        done = (gap <= tolerance * (size + sizes.sum())) | (level == _LEVELS - 1)
        total, error = total + halves[done].sum(), error + gap[done].sum()
        size, rest = size + sizes[done].sum(), ~done
        if done.all():
            break
        low, high = (np.concatenate([a[rest], b[rest]]) for a, b in ((low, middle), (middle, high)))
        whole = np.concatenate([left[0][rest], right[0][rest]])
    return Measured(float(total), float(error + np.finfo(float).eps * size))


def _rule(function, low, high):
    """The rule for the integrals of a function and of its modulus over each interval."""
    half = (high - low) / 2
    values = function(low[:, None] + half[:, None] * (_NODES + 1))
    return half * (values @ _WEIGHTS), half * (np.abs(values) @ _WEIGHTS)


def entropy(density) -> Measured:
    r"""$-\int p \log p$ in nats [CA-B3].

    ```python
    gl.loops.kernel_density.entropy(gl.loops.kernel_density.reference_mixture()).value  # 1.71966
    ```
    """

    def surprise(x):
        log = density.log_density(x)
        return np.where(np.isfinite(log), -np.exp(log) * np.maximum(log, -1e308), 0.0)

    return integrate(surprise, density.edges())


def kullback_leibler(density, other) -> Measured:
    r"""$\mathrm{KL}(p \| q) = \int p \log\frac pq$ in nats, infinite where $q$ has no mass [CA-B6].

    ```python
    k = gl.loops.kernel_density
    start = k.reference_mixture()
    k.kullback_leibler(start, k.population_after(start, 30, bandwidth=0.5)).value  # 0.678189
    ```
    """
    lost = []

    def gain(x):
        own, theirs = density.log_density(x), other.log_density(x)
        inside = np.isfinite(own) & (own > -700)
        lost.append((inside & ~np.isfinite(theirs)).any())
        ratio = np.where(inside, own - np.where(np.isfinite(theirs), theirs, 0.0), 0.0)
        return np.exp(own) * ratio

    found = integrate(gain, _edges(density, other, inside=density))
    return Measured(np.inf, 0.0) if any(lost) else found


def wasserstein(density, other, order: int = 1) -> Measured:
    r"""How far the mass of one density has to be moved to make the other.

    $W_1 = \int |F - G|$ or $W_2 = (\int |x - T(x)|^2 p)^{1/2}$ with $T = G^{-1} F$ [CA-B6].

    Raises `ValueError` for another `order`.

    ```python
    k = gl.loops.kernel_density
    start = k.reference_mixture()
    k.wasserstein(start, k.population_after(start, 30, bandwidth=0.5)).value  # 1.06788
    ```
    """
    if order == 1:
        return integrate(lambda x: np.abs(_gap(density, other, x)), _edges(density, other))
    if order != 2:
        raise ValueError(f"Wasserstein distances here have the order 1 or 2, got {order}.")
    moved = lambda x: (x - _transport(density, other, x)) ** 2 * density.density(x)
    # The tolerance is above the rounding of quantiles.
    square = integrate(moved, _edges(density, other, inside=density), 1e-12)
    root = np.sqrt(square.value)
    return Measured(float(root), square.error / (2 * root) if root else np.sqrt(square.error))


def _gap(density, other, x):
    """$F - G$, by the tail that is the smaller one."""
    upper = x > density.mean
    return np.where(upper, other.survival(x) - density.survival(x), density.cdf(x) - other.cdf(x))


def _transport(density, other, x):
    """The monotone map from one density to the other."""
    below, above = density.cdf(x), density.survival(x)
    lower = other.quantile(np.minimum(below, 0.5))
    upper = -other.reflect().quantile(np.minimum(above, 0.5))
    return np.where(below <= 0.5, lower, upper)


def _edges(density, other, inside=None):
    """The edges of both, within those of one where its mass is all that counts."""
    edges = np.union1d(density.edges(), other.edges())
    if inside is None:
        return edges
    ends = inside.edges()[[0, -1]]
    return edges[(edges >= ends[0]) & (edges <= ends[1])]
