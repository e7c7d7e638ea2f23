"""How fast the variance of a single run of a kernel density loop grows or falls."""

import numpy as np
from scipy import special

from .bandwidths import variance_growth
from .moments import fourth_moment_matrix


def typical_kurtosis(samples, factor):
    r"""The excess kurtosis of the fits of a run in the end, to leading order [CA-B2(ii)].

    $\gamma = -\frac{6 (n-1)^2}{n^2 (n+1) (c^2 - a_4)}$, where $\kappa_4'/\kappa_2'^2$ is what it
    was; the fluctuations are left out.

    ```python
    k = gl.loops.kernel_density
    k.typical_kurtosis(100, k.scott_factor(100))  # -0.150351
    ```
    """
    matrix = fourth_moment_matrix(samples, factor)
    return matrix[0, 1] / (variance_growth(samples, factor) ** 2 - matrix[0, 0])


def typical_growth(samples, factor, shrink=1.0):
    r"""The rate at which the variance of a run grows, $\lim \frac1t \log S_t^2$, for a factor.

    $\lambda \approx \log(b^2 c) - \frac12 \left[\frac2{n-1} + \frac\gamma n\right]$ with the
    `typical_kurtosis` $\gamma$: to second order in the noise of a generation, for $n f^2 \gg 1$
    [CA-B2(ii)]. Below $\log(b^2 c)$, the rate of the expected variance, in every case.

    ```python
    k = gl.loops.kernel_density
    k.typical_growth(100, k.scott_factor(100))  # 0.129098
    ```
    """
    noise = 2 / (samples - 1) + typical_kurtosis(samples, factor) / samples
    return np.log(variance_growth(samples, factor, shrink)) - noise / 2


def two_point_growth(factor, shrink=1.0):
    r"""The same rate for two points a generation, exactly [CA-B2(ii)].

    $\log b^2 f^2 + \psi(\frac12) + \log 2 + \frac12 \sum_j e^{-x} \frac{x^j}{j!} [\psi(\frac12 + j)
    - \psi(\frac12)]$ with $x = \frac1{2 f^2}$: the gap between the points is multiplied by $b\,(B +
    f z)$, where $B = 0$ or $\pm 1$ with probability $\frac12$ each.

    ```python
    gl.loops.kernel_density.two_point_growth(1.0)  # -0.843677
    ```
    """
    square = np.square(factor)
    log_normal = special.psi(0.5) + np.log(2.0)
    return np.log(shrink**2 * square) + log_normal + _noncentral(1 / (2 * square)) / 2


def _noncentral(half):
    r"""$E \log \chi'^2_1(2x) - E \log \chi^2_1$, as $\int_0^x$ of Dawson's function."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    root = np.sqrt(half)
    # d/dx sum_j Poisson(j; x) psi(1/2 + j) = D(sqrt x) 2/sqrt x, smooth in the root of x.
    pieces = np.linspace(0, root, max(1, int(np.ceil(root))) + 1)
    x = pieces[:-1, None] + np.diff(pieces)[:, None] * (nodes + 1) / 2
    return float(np.diff(pieces) @ (4 * special.dawsn(x) @ weights) / 2)
