"""Square roots of chi-square numbers without rejection."""

import functools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..arguments import check_at_least
from .elementary import horner, log, uniform
from .normal import NORMAL_STREAMS, normal
from .words import words

LARGEST_NORMAL = 8.5
SMALL_DEGREES = 7
_TABULATED = 10**5
_NODES = 128


@functools.partial(jax.jit, static_argnames=("degrees", "shape"))
def chi(key: PRNGKeyArray, degrees: int, shape: tuple[int, ...] = ()) -> Float[Array, "*shape"]:
    r"""Independent chi numbers: the norm of a normal vector with `degrees` components.

    $\chi_\nu = \sqrt{z^2 [\nu \text{ odd}] - 2 \log \prod_{i \le \nu/2} u_i}$ for $\nu \le 7$, and
    the quantile $\chi_\nu = Q_\nu(z)$ of one normal number $z$ beyond (see
    `quantile_polynomial`), to a relative error of $5 \cdot 10^{-12}$. `degrees` is a fixed integer.
    Like `normal`, number $i$ does not depend on how many follow.

    Raises `ValueError` for degrees below one.

    ```python
    gl.sampling.chi(jax.random.key(0), 10, (3,)).shape  # [3]
    ```
    """
    check_at_least("degrees", degrees, 1)
    if degrees <= SMALL_DEGREES:
        return norms(key, (degrees,), shape)[..., 0]
    return quantile(degrees, normal(key, shape))


def quantile(degrees: int, z: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""$Q_\nu(z) = P(z / 8.5)^2$, the chi number that is as likely exceeded as the normal `z`."""
    return horner(quantile_polynomial(degrees), z / LARGEST_NORMAL) ** 2


def quantiles(degrees: tuple[int, ...], z: Float[Array, "*shape m"]) -> Float[Array, "*shape m"]:
    """The quantile of each entry of the last axis for its own degrees of freedom."""
    polynomials = [quantile_polynomial(degree) for degree in degrees]
    table = np.zeros((max(map(len, polynomials)), *(1 for _ in z.shape[1:]), len(degrees)))
    for column, polynomial in enumerate(polynomials):
        table[: len(polynomial), ..., column] = np.reshape(polynomial, (-1, *table.shape[1:-1]))
    return horner(tuple(table), z / LARGEST_NORMAL) ** 2


@functools.lru_cache(maxsize=4096)
def quantile_polynomial(degrees: int) -> tuple[float, ...]:
    r"""Coefficients of $P$ with $P(z / 8.5)^2 = \chi_\nu$, for $\nu \ge 8$ and $|z| \le 8.5$.

    $P$ interpolates $\sqrt[4]{F_\nu^{-1}(\Phi(z))}$ in Chebyshev points, with $F_\nu$ the
    chi-square distribution function. The fourth root is nearly linear in $z$, so few terms
    suffice: 39 for $\nu = 8$, 15 for $\nu = 99$, 6 for $\nu = 10^5$.
    """
    from numpy.polynomial import chebyshev

    angles = (np.arange(_NODES) + 0.5) * (np.pi / _NODES)
    z = LARGEST_NORMAL * np.cos(angles)
    squares = _tabulated(degrees, z) if degrees <= _TABULATED else _cornish_fisher(degrees, z)
    values = squares**0.25
    coefficients = 2 / _NODES * np.cos(np.outer(np.arange(_NODES), angles)) @ values
    coefficients[0] /= 2
    terms = 1 + np.flatnonzero(np.abs(coefficients) > 1e-13 * coefficients[0]).max()
    return tuple(chebyshev.cheb2poly(coefficients[:terms]).tolist())


def _tabulated(degrees: int, z: np.ndarray) -> np.ndarray:
    """Chi-square quantiles at the levels of `z`, each from the smaller of its two tails."""
    from scipy import special

    below = special.gammaincinv(degrees / 2, special.ndtr(-np.abs(z)))
    above = special.gammainccinv(degrees / 2, special.ndtr(-np.abs(z)))
    return 2 * np.where(z < 0, below, above)


def _cornish_fisher(degrees: int, z: np.ndarray) -> np.ndarray:
    r"""Chi-square quantiles by expansion in $\sqrt{2\nu}$ [Goldberg and Levine 1946].

    Relative error below $10^{-12}$ for $\nu > 10^5$, where the incomplete gamma function of SciPy
    loses digits.
    """
    root = math.sqrt(2 * degrees)
    return (
        degrees
        + root * z
        + 2 / 3 * (z**2 - 1)
        + (z**3 - 7 * z) / (9 * root)
        - (6 * z**4 + 14 * z**2 - 32) / (405 * degrees)
        + (9 * z**5 + 256 * z**3 - 433 * z) / (4860 * degrees * root)
    )


def norms(
    key: PRNGKeyArray, degrees: Sequence[int] | np.ndarray, shape: tuple[int, ...]
) -> Float[Array, "*shape m"]:
    r"""Independent chi numbers for a few degrees each, along a new last axis.

    Roots of sums of squares; two squares together are the exponential number $-2 \log u$.
    """
    degrees, flat = np.asarray(degrees), (1,) * len(shape)
    shape = (*shape, len(degrees))
    square = jnp.zeros(shape)
    if degrees.max() > 1:
        pairs = np.arange(degrees.max() // 2)
        wanted = (pairs[:, None] < degrees // 2).reshape(len(pairs), *flat, len(degrees))
        uniforms = 1.0 - uniform(words(key, len(pairs), shape, first=NORMAL_STREAMS))
        square = -2.0 * log(jnp.where(wanted, uniforms, 1.0).prod(axis=0))
    if (degrees % 2).any():
        odd = (degrees % 2).reshape(*flat, len(degrees))
        square = square + odd * normal(key, shape) ** 2
    return jnp.sqrt(square)
