"""Exact expected moments of a kernel density loop, with and without fresh real data."""

import dataclasses

import numpy as np

from ...laws import PooledMoments
from ...printing import readable
from .bandwidths import variance_growth


@readable
@dataclasses.dataclass(frozen=True)
class KernelMoments:
    r"""$(V, D) = (E\,S^2, E\,|m - m_0|^2)$ of the data of a kernel density loop [CA-B2] [CA-B5].

    $N$ points have the mean $m$ and the unbiased variance $S^2$; $n$ = `samples` of the next ones
    are $m + b\,(x_I - m + \varepsilon)$ with a random point $x_I$ and a kernel $\varepsilon$ of
    variance $f^2 S^2 + h^2$ (`factor`, `bandwidth`, `shrink` $b$), and $n_r$ = `real_samples` are
    new real ones of variance `real_variance`, $N = n + n_r$. Along a direction, or entry by entry,
    in any dimension, for any distributions and kernels with these second moments. Raises
    `ValueError` for fewer than two points.

    ```python
    gl.loops.kernel_density.KernelMoments(950, 50, factor=0.25).spectral_radius  # 1.00888
    ```
    """

    samples: int
    real_samples: int = 0
    factor: float = 0.0
    bandwidth: float = 0.0
    shrink: float = 1.0
    real_variance: float = 1.0

    def __post_init__(self):
        if self.pool < 2 or min(self.samples, self.real_samples) < 0:
            raise ValueError(
                "a generation needs two points or more, none of the two numbers negative, got "
                f"{self.samples} synthetic and {self.real_samples} real ones."
            )

    @property
    def pool(self) -> int:
        """All points of a generation $N = n + n_r$."""
        return self.samples + self.real_samples

    @property
    def growth(self) -> float:
        r"""The variance of the fit in units of that of its data: $b^2 (1 - \frac1N + f^2)$."""
        return float(variance_growth(self.pool, self.factor, self.shrink))

    @property
    def matrix(self) -> np.ndarray:
        r"""$\begin{pmatrix} q c & q a N/(N-1) \\ q c/N & q^2 \end{pmatrix}$, $c$ = `growth`."""
        # In expectation the fit is that of a Gaussian loop at this temperature, unbiased.
        law = PooledMoments(self.samples, self.real_samples, self.growth)
        return law.matrix[::-1, ::-1]

    @property
    def source(self) -> np.ndarray:
        r"""$(s, s/N)$ with $s = q b^2 h^2 + a \sigma_0^2$."""
        q = self.samples / self.pool
        new = q * (self.shrink * self.bandwidth) ** 2 + (1 - q) * self.real_variance
        return np.array([new, new / self.pool])

    @property
    def spectral_radius(self) -> float:
        """The largest multiplier; with real data the moments stay bounded if it is below 1."""
        return float(np.abs(np.linalg.eigvals(self.matrix)).max())

    def stationary(self) -> np.ndarray:
        r"""The limit of $(V, D)$.

        Raises `ValueError` where the moments grow without bound.
        """
        if self.spectral_radius >= 1:
            raise ValueError(
                f"the moments have no limit: their spectral radius is {self.spectral_radius:.6g}."
            )
        return np.linalg.solve(np.eye(2) - self.matrix, self.source)

    def after(self, generations: int, variance: float = 1.0, mean_error: float = 0.0) -> np.ndarray:
        """$(V, D)$ so many generations after `variance` and `mean_error`: a power of their map."""
        affine = np.eye(3)
        affine[:2, :2], affine[:2, 2] = self.matrix, self.source
        return (np.linalg.matrix_power(affine, generations) @ [variance, mean_error, 1.0])[:2]


def third_moment_factor(samples, shrink=1.0):
    r"""The factor of the expected third $k$-statistic in a generation, for symmetric kernels.

    $b^3 \frac{(n - 1)(n - 2)}{n^2}$, whatever the bandwidth [CA-B2].

    ```python
    gl.loops.kernel_density.third_moment_factor(10)  # 0.72
    ```
    """
    return shrink**3 * (samples - 1) * (samples - 2) / samples**2


def fourth_moment_matrix(samples, factor=0.0, bandwidth=0.0, shrink=1.0) -> np.ndarray:
    r"""The matrix of $(E\,k_4, E\,k_2^2, E\,k_2, 1)$ over a generation, for Gaussian kernels.

    $k_2 = S^2$ and $k_4$ are the unbiased estimates of the cumulants ($k$-statistics). Of the fit
    the cumulants are $\kappa_4' = b^4 [a_4 k_4 - \frac{6 (n - 1)^2}{n^2 (n + 1)} k_2^2]$ with $a_4
    = \frac{(n-1)(n-2)(n-3)}{n^2 (n+1)}$ and $\kappa_2' = b^2 (c\,k_2 + h^2)$, and of its samples
    $E\,k_4 = \kappa_4'$, $E\,k_2^2 = \frac{\kappa_4'}n + \frac{n+1}{n-1} \kappa_2'^2$ [CA-B2].

    ```python
    gl.loops.kernel_density.fourth_moment_matrix(10, 0.5)[0, 0]  # 0.458182
    ```
    """
    n, c = samples, variance_growth(samples, factor, shrink)
    width = (shrink * bandwidth) ** 2
    fourth = np.zeros(4)
    fourth[0] = (n - 1) * (n - 2) * (n - 3) / (n**2 * (n + 1))
    fourth[1] = -6 * (n - 1) ** 2 / (n**2 * (n + 1))
    fourth *= shrink**4
    square = np.array([0.0, c**2, 2 * c * width, width**2])
    square = fourth / n + (n + 1) / (n - 1) * square
    return np.array([fourth, square, [0.0, 0.0, c, width], [0.0, 0.0, 0.0, 1.0]])


def fourth_moments(
    generations: int, samples, factor=0.0, bandwidth=0.0, shrink=1.0, cumulants=(1.0, 0.0)
) -> np.ndarray:
    r"""$(E\,k_4, E\,k_2^2)$ of the data after so many generations without real data [CA-B2].

    The first data are $n$ points of a distribution with the second and fourth `cumulants`.

    ```python
    k = gl.loops.kernel_density
    k.fourth_moments(4, 12, k.scott_factor(12))  # [-4.4408, 15.9413]
    ```
    """
    second, fourth = cumulants
    square = fourth / samples + second**2 * (samples + 1) / (samples - 1)
    start = np.array([fourth, square, second, 1.0])
    matrix = fourth_moment_matrix(samples, factor, bandwidth, shrink)
    return (np.linalg.matrix_power(matrix, generations) @ start)[:2]
