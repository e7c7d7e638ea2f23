r"""Logarithm and cosine of random words, as short polynomials that XLA vectorises.

Both are accurate to $10^{-15}$. The polynomials are Taylor series, economised: the highest terms
are replaced by the lower ones of a Chebyshev polynomial on the interval in use.
"""

import math
from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, UInt64
from numpy.polynomial import Chebyshev, Polynomial

_MANTISSA_BITS = 52
_ONE = np.float64(1.0).view(np.uint64)
_ROOT_HALF = np.float64(math.sqrt(0.5)).view(np.uint64)
_EXPONENT = np.uint64(0xFFF0000000000000)
_QUARTER_TURN = np.uint64(1 << 62)


def _economised(taylor: Sequence[float], upper: float, terms: int) -> tuple[float, ...]:
    r"""The polynomial of `terms` terms nearest to a Taylor polynomial on [0, `upper`].

    $p \leftarrow p - (p_k / t_k)\, T_k(2 y / \mathrm{upper} - 1)$ removes the term of degree $k$,
    with $t_k$ the leading coefficient of the Chebyshev polynomial.
    """
    series = Polynomial(taylor)
    for degree in range(len(taylor) - 1, terms - 1, -1):
        shifted = Chebyshev.basis(degree, domain=[0, upper]).convert(kind=Polynomial)
        series = series - shifted * (series.coef[degree] / shifted.coef[degree])
        series = Polynomial(series.coef[:degree])
    return tuple(float(coefficient) for coefficient in series.coef)


# 2 atanh(s) / s in s^2, for |s| <= (sqrt 2 - 1)/(sqrt 2 + 1).
_LOG = _economised([2 / (2 * k + 1) for k in range(14)], (3 - 2 * math.sqrt(2)) ** 2, 8)
# sin(2 pi x) / x in x^2, for |x| <= 1/4.
_SINE = _economised(
    [(-1) ** k * math.tau ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(15)], 1 / 16, 9
)


def horner(coefficients: Sequence[float | Array], x: Array) -> Array:
    r"""$\sum_k c_k x^k$; a coefficient may be an array that broadcasts against `x`."""
    total = jnp.broadcast_to(coefficients[-1], x.shape).astype(x.dtype)
    for coefficient in reversed(coefficients[:-1]):
        total = coefficient + x * total
    return total


def uniform(word: UInt64[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The multiple of $2^{-52}$ in [0, 1) that the leading bits of a word name."""
    return _between_one_and_two(word) - 1.0


def log(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""Natural logarithm of positive normal numbers, to a relative error of $10^{-15}$.

    $\log(2^e m) = e \log 2 + 2\,\mathrm{atanh}\frac{m - 1}{m + 1}$, $m \in [\sqrt{1/2}, \sqrt 2)$.
    Finite (and meaningless) at 0.
    """
    bits = lax.bitcast_convert_type(x, jnp.uint64)
    offset = bits - _ROOT_HALF
    exponent = lax.bitcast_convert_type(offset, jnp.int64) >> _MANTISSA_BITS
    mantissa = lax.bitcast_convert_type(bits - (offset & _EXPONENT), jnp.float64)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    # 64-bit integers have no vector conversion to float on most processors; 32-bit ones do.
    whole = exponent.astype(jnp.int32).astype(jnp.float64) * math.log(2)
    return whole + ratio * horner(_LOG, ratio * ratio)


def radius(word: UInt64[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""$\sqrt{-2 \log u}$ with $u \in (0, 1]$ uniform: at most 8.49, never infinite."""
    return jnp.sqrt(-2.0 * log(2.0 - _between_one_and_two(word)))


def cosine(word: UInt64[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""$\cos 2 \pi u$ with $u \in [0, 1)$ uniform, as $\sin 2\pi(|u - \tfrac12| - \tfrac14)$."""
    x = jnp.abs(_between_one_and_two(word) - 1.5) - 0.25
    return x * horner(_SINE, x * x)


def sine(word: UInt64[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""$\sin 2 \pi u$ of the same $u$: the cosine a quarter turn earlier."""
    return cosine(word - _QUARTER_TURN)


def _between_one_and_two(word):
    mantissa = word >> np.uint64(64 - _MANTISSA_BITS)
    return lax.bitcast_convert_type(mantissa | _ONE, jnp.float64)
