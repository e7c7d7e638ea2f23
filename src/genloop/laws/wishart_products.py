"""Covariances in several dimensions that are refitted to their own samples, exactly."""

import dataclasses
import math

import numpy as np

from ..printing import readable
from .gamma import digamma_minus_log
from .log_chi_square import LogDeterminant, LogVariance
from .zonal import Partition, partitions, zonal_polynomials


@readable
@dataclasses.dataclass(frozen=True)
class WishartProducts:
    r"""The law of $\Sigma_{t+1} = \Sigma_t^{1/2} W_t \Sigma_t^{1/2}/m$, $W_t$ Wishart [CA-A5].

    $\nu = n - 1$ degrees of freedom from $n$ `samples` in `dimension` $d$; the divisor $m$ is $\nu$
    unless given, $n$ for maximum likelihood. With $\nu < d$ the rank falls to $\nu$ at once.
    Raises `ValueError` for numbers out of range.

    ```python
    gl.laws.WishartProducts(samples=9, dimension=3).exponents  # [-0.130177, -0.283138, -0.46351]
    ```
    """

    samples: int
    dimension: int
    divisor: float | None = None

    def __post_init__(self):
        if self.samples < 2 or self.dimension < 1:
            raise ValueError(
                "a covariance needs at least 2 samples and 1 dimension, got "
                f"{self.samples} and {self.dimension}."
            )
        if self.divisor is not None and not 0 < self.divisor < np.inf:
            raise ValueError(f"the divisor must be a positive number, got {self.divisor}.")

    @property
    def rank(self) -> int:
        r"""$\min(d, \nu)$, the rank of every fitted covariance."""
        return min(self.dimension, self.samples - 1)

    @property
    def _divided_by(self) -> float:
        return self.samples - 1 if self.divisor is None else self.divisor

    @property
    def exponents(self) -> np.ndarray:
        r"""The Lyapunov spectrum $\ell_i = \psi(\frac{\nu - i + 1}2) + \log\frac2m$, shape `(d,)`.

        The $i$-th largest eigenvalue of $\Sigma_t$ behaves as $e^{t \ell_i}$, almost surely;
        $-\infty$ beyond the rank.
        """
        degrees = np.array([self.samples - i for i in range(1, self.rank + 1)], dtype=float)
        own = [digamma_minus_log(half) for half in degrees / 2]
        found = own + np.log1p((degrees - self._divided_by) / self._divided_by)
        return np.append(found, np.full(self.dimension - self.rank, -np.inf))

    def direction(self, generations: int) -> LogVariance:
        r"""The law of $\log(a^\top \Sigma_t a/a^\top \Sigma_0 a)$ for every fixed direction $a$."""
        return LogVariance(self.samples, generations, self.divisor)

    def log_determinant(self, generations: int) -> LogDeterminant:
        r"""The law of $\log(\det \Sigma_t/\det \Sigma_0)$; raises `ValueError` unless $n > d$."""
        return LogDeterminant(self.samples, self.dimension, generations, self.divisor)

    def growth(self, partition: Partition) -> float:
        r"""$(\frac2m)^k \prod_i (\frac{\nu - i + 1}2)_{\kappa_i}$, what a generation does to
        $E\,C_\kappa(\Sigma_t)$.

        Zonal polynomials are eigenfunctions; $k$ is the sum of the `partition` $\kappa$.
        """
        scale = 2 / self._divided_by
        factors = (
            scale * ((self.samples - i) / 2 + j)
            for i, part in enumerate(partition, 1)
            for j in range(part)
        )
        return math.prod(factors)

    def trace_moments(self, order: int, generations: int, covariance) -> dict[Partition, float]:
        r"""$E \prod_i \operatorname{tr} \Sigma_t^{\mu_i}$ for all partitions $\mu$ of `order`.

        From $\Sigma_0$ = `covariance` of shape `(d, d)`: $p_t = Z^{-1} G^t Z\,p_0$, where $C_\kappa
        = \sum_\mu Z_{\kappa \mu} p_\mu$ and $G$ has the growths on its diagonal. Raises
        `ValueError` for another shape.

        ```python
        law = gl.laws.WishartProducts(samples=9, dimension=3)
        law.trace_moments(2, 10, np.eye(3))  # {(2,): 46.04, (1, 1): 47.6184}
        ```
        """
        covariance = np.atleast_2d(np.asarray(covariance, dtype=float))
        if covariance.shape != (self.dimension, self.dimension):
            raise ValueError(
                f"the covariance must have shape ({self.dimension}, {self.dimension}), got "
                f"{covariance.shape}."
            )
        basis, zonal = partitions(order), zonal_polynomials(order)
        traces = {
            power: np.trace(np.linalg.matrix_power(covariance, power))
            for power in range(1, order + 1)
        }
        start = np.array([math.prod(traces[part] for part in mu) for mu in basis])
        rows = np.array([[float(zonal[kappa][mu]) for mu in basis] for kappa in basis])
        growth = np.array([self.growth(kappa) for kappa in basis])
        later = np.linalg.solve(rows, growth**generations * (rows @ start))
        return dict(zip(basis, later.tolist(), strict=True))
