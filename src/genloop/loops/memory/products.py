"""Infinite products over generations: finite ones by their factors, their limits exactly."""

import cmath
import dataclasses

import numpy as np
from scipy import special

from ...laws.gamma import log_gamma_excess
from ...printing import readable


@readable
@dataclasses.dataclass(frozen=True)
class RationalProduct:
    r"""$\prod_{s=1}^t N(s)/D(s)$ of two monic polynomials of one degree with equal roots in sum.

    With roots $a_i$ of $N$ and $b_i$ of $D$ it tends to $\prod_i \Gamma(1 - b_i)/\Gamma(1 - a_i)$.
    Coefficients from the highest power on.

    ```python
    # 1 - 1/(4 s^2)
    gl.loops.memory.RationalProduct((1.0, 0.0, -0.25), (1.0, 0.0, 0.0)).at(2)  # 0.703125
    ```
    """

    numerator: tuple[float, ...]
    denominator: tuple[float, ...]

    def path(self, generations: int) -> np.ndarray:
        """The products of the first $1, \\dots, t$ factors, shape `(generations,)`."""
        step = np.arange(1.0, generations + 1)
        return np.cumprod(np.polyval(self.numerator, step) / np.polyval(self.denominator, step))

    @property
    def limit(self) -> float:
        """The product of all factors."""
        above, below = (special.loggamma(1 - np.roots(one) + 0j) for one in self._polynomials)
        return float(np.exp((below.sum() - above.sum()).real))

    def at(self, generations: float) -> float:
        """The product of so many factors, of all of them for infinitely many `generations`."""
        if np.isinf(generations):
            return self.limit
        return float(self.path(int(generations))[-1]) if generations else 1.0

    @property
    def _polynomials(self):
        return self.numerator, self.denominator


def square_sum(generations: float, start: float = 0.0, power: float = 2.0) -> float:
    r"""$\sum_{s=1}^t (c + s)^{-k}$ for $k$ = `power` $> 1$; `generations` may be infinite.

    ```python
    gl.loops.memory.square_sum(2)  # 1.25
    ```
    """
    rest = 0.0 if np.isinf(generations) else special.zeta(power, start + generations + 1)
    return float(special.zeta(power, start + 1) - rest)


def log_square_product(generations: float, ratio: float, start: float = 0.0) -> float:
    r"""The logarithm of a product of factors that tend to one like inverse squares.

    $\sum_{s=1}^t \log(1 + \rho\,(c + s)^{-2})$ for a `ratio` $\rho \ge -(c + 1)^2$, which is
    $h(c + 1 + t) - h(c + 1)$ with $h(z) = \log \frac{\Gamma(z + \beta) \Gamma(z -
    \beta)}{\Gamma(z)^2}$, $\beta^2 = -\rho$; `generations` may be infinite.

    ```python
    np.exp(gl.loops.memory.log_square_product(np.inf, -0.1))  # 0.843436
    ```
    """
    begin = start + 1
    if ratio == -(begin**2):
        return -float("inf") if generations > 0 else 0.0
    if abs(ratio) < 0.01 * begin**2:
        # The series of the logarithm: differences of h would lose the digits of a small ratio.
        orders = range(1, 9)
        sums = (square_sum(generations, start, 2 * k) for k in orders)
        return -sum((-ratio) ** k / k * each for k, each in zip(orders, sums, strict=True))
    root = cmath.sqrt(-ratio)
    sides = lambda z: sum(log_gamma_excess(z, beta).real for beta in (root, -root))
    end = begin + generations
    return float((0.0 if np.isinf(end) else sides(end)) - sides(begin))
