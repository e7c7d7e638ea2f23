r"""Stirling's series for the logarithm of the Gamma function, for any kind of number.

$\log \Gamma(z) = (z - \frac12) \log z - z + \frac12 \log 2 \pi + \sum_k c_k z^{1 - 2k}$ with $c_k =
\frac{B_{2k}}{2k (2k - 1)}$. Only operators are used: NumPy, complex numbers and JAX take them.
"""

from typing import Any

COEFFICIENTS = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
FROM = 16
"""At $|z| \\ge 16$ the first coefficient left out contributes 2e-19."""


def remainder(z: Any) -> Any:
    r"""$\sum_k c_k z^{1 - 2k}$ for $|z| \ge 16$."""
    return sum(c * z ** -(2.0 * k + 1) for k, c in enumerate(COEFFICIENTS))


def remainder_slope(z: Any) -> Any:
    r"""$-\sum_k (2k - 1)\,c_k z^{-2k}$, the derivative of `remainder`."""
    return -sum(c * (2 * k + 1) / z ** (2 * k + 2) for k, c in enumerate(COEFFICIENTS))
