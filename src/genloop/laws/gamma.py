r"""Differences of the logarithm of the Gamma function, without cancellation.

The law of the log-variance needs $\log \Gamma(a + z) - \log \Gamma(a)$ to an absolute accuracy far
below its own size: taken from tabulated values it would lose the digits that thousands of
generations multiply.
"""

import numpy as np
from scipy import special

from .stirling import FROM, remainder, remainder_slope


def log_gamma_excess(a: float, z) -> np.ndarray:
    r"""$\log[\Gamma(a + z) / \Gamma(a)] - z \log a$ for $a > 0$ and complex $z$, $\Re z > -a$.

    The recursion $\Gamma(x + 1) = x \Gamma(x)$ moves both arguments beyond 16, where the difference
    of two Stirling series is $(b + z - \frac12) \log(1 + \frac zb) + z (\log b - 1) + \dots$ Shape
    of `z`; the branch is the continuous one with value 0 at $z = 0$.
    """
    z = np.asarray(z)
    # Both arguments, also where a power near the end of the moments takes one close to zero.
    lowest = a + min(0.0, np.min(z.real, initial=0.0))
    shift = max(0, int(np.ceil(FROM - lowest)))
    b = a + shift
    steps = sum((_log1p(z / (a + j)) for j in range(shift)), start=np.zeros_like(z, dtype=complex))
    main = (b - 0.5) * _log1p(z / b) + z * (_log1p(z / b) - 1 + np.log1p(shift / a))
    value = main - steps + remainder(b + z) - remainder(b)
    return value if np.iscomplexobj(z) else value.real


def digamma_minus_log(a: float) -> float:
    r"""$\psi(a) - \log a$ for $a > 0$, accurate to the last digits also where both are large."""
    shift = max(0, int(np.ceil(FROM - a)))
    b = a + shift
    return (
        np.log1p(shift / a) - 0.5 / b + remainder_slope(b) - sum(1 / (a + j) for j in range(shift))
    )


def polygamma(order: int, a: float) -> float:
    r"""$\psi^{(r)}(a)$ for $r \ge 1$ and $a > 0$."""
    return float(special.polygamma(order, a))


def _log1p(z):
    if not np.iscomplexobj(z):
        return np.log1p(z)
    # NumPy's complex log1p takes the logarithm of the modulus, which drops small real parts.
    modulus = np.log1p(z.real * (2 + z.real) + z.imag**2) / 2
    return modulus + 1j * np.arctan2(z.imag, 1 + z.real)
