"""The sum of all variances of a run, a perpetuity with a heavy tail, exactly."""

import dataclasses
import functools
import math

import numpy as np
from scipy import special

from ..printing import readable
from .log_chi_square import LogVariance

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_LOW, _FAR = -37.0, 25.0
"""$\\log(R - 1)$ below is negligible; so far beyond the typical logarithm the tail is a power."""
_MOST = 4000


@readable
@dataclasses.dataclass(frozen=True)
class TotalVariance:
    r"""The law of $R = \sum_{t \ge 0} \sigma_t^2/\sigma_0^2$, where the variance collapses [CA-A6].

    $R = 1 + S R$ in law with $S = \chi^2_{n-1}/d$; the error $\mu_\infty - \mu_0$ of the mean is
    normal with the variance $\sigma_0^2 R/n$, and $\tau^2 R$ is the variance in the long run where
    every fit adds $\tau^2$ [CA-A8]. With the index $\kappa$ of $E S^\kappa = 1$ the function
    $h(x) = x^\kappa P(R > x)$ tends to a constant (Kesten, Goldie) and solves a renewal equation in
    $\log(x - 1)$, here by Gauss' rule on panels. Raises `ValueError` where the variance does not
    collapse almost surely, and for too many samples.

    ```python
    gl.laws.TotalVariance(10).tail_constant  # 9.34442
    ```
    """

    samples: int
    divisor: float | None = None

    def __post_init__(self):
        if self.step.exponent >= 0:
            raise ValueError(
                f"the variance does not collapse with the divisor {self.divisor}; take one above "
                f"{2 * math.exp(special.digamma((self.samples - 1) / 2)):.6g}."
            )

    @property
    def step(self) -> LogVariance:
        r"""The law of $\log S$."""
        return LogVariance(self.samples, 1, self.divisor)

    @functools.cached_property
    def tail_index(self) -> float:
        r"""$\kappa > 0$ with $E S^\kappa = 1$: $E R^k$ is finite for $k < \kappa$ only."""
        return self.step.tail_index

    @property
    def tail_constant(self) -> float:
        r"""$\lim_x x^\kappa P(R > x)$; for the unbiased fit $1/[\psi(\frac{n+1}2) +
        \log\frac2{n-1}]$."""
        return float(self._solution[2][-1])

    def survival(self, total) -> np.ndarray | float:
        r"""$P(R > x)$, relative to itself accurate far into the tail; 1 for $x \le 1$."""
        total = np.asarray(total, dtype=float)
        place = np.log(np.maximum(total - 1, math.exp(_LOW)))
        log_total, factor, solved = self._solution
        inside = np.minimum(place.ravel(), self._end)
        scaled = (self._kernel(inside, log_total) * factor) @ solved + self._source(inside)
        scaled += self._beyond(inside) * solved[-1]
        found = np.exp(-self.tail_index * np.logaddexp(0.0, place)) * scaled.reshape(total.shape)
        return np.where(total > 1, np.clip(found, 0.0, 1.0), 1.0)[()]

    def error_probability(self, distance) -> np.ndarray | float:
        r"""$P(|\mu_\infty - \mu_0| > y \sigma_0) = E\,2 \Phi(-y \sqrt{n/R})$.

        Asymptotically $C_\kappa y^{-2 \kappa}$; in the limit of many samples Student's law
        [CA-A10].
        """
        distance = np.asarray(distance, dtype=float)
        # Beyond the nodes all is a power, of the error as well.
        most = math.exp((self._end - 10) / 2) / math.sqrt(self.samples)
        inside = np.minimum(distance, most)[..., None] * math.sqrt(self.samples)
        place, width = self._places()
        log_total, _, solved = self._solution
        slope = np.exp(-(inside**2) * np.exp(-log_total) / 2 - 1.5 * log_total + place) * width
        found = slope @ (solved * np.exp(-self.tail_index * log_total))
        end = (self.tail_index + 0.5) * self._end
        found += solved[-1] * math.exp(-end) / (self.tail_index + 0.5)
        found = 2 * special.ndtr(-inside[..., 0]) + found * inside[..., 0] / math.sqrt(2 * math.pi)
        return (found * np.maximum(1.0, distance / most) ** (-2 * self.tail_index))[()]

    @functools.cached_property
    def _solution(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """log R at the nodes, the weights of the kernel there, and h."""
        place, width = self._places()
        log_total = np.logaddexp(0.0, place)
        # From log R to log(R - 1).
        factor = width * special.expit(place)
        matrix = self._kernel(place, log_total) * factor
        matrix[:, -1] += self._beyond(place)
        solved = np.linalg.solve(np.eye(len(place)) - matrix, self._source(place))
        return log_total, factor, solved

    def _kernel(self, place, log_total) -> np.ndarray:
        r"""The density of $\log S$ at $\log(x' - 1) - \log x$, times $(x'/x)^\kappa$."""
        ratio = self.tail_index * (np.logaddexp(0.0, place)[:, None] - log_total)
        jump = np.minimum(place[:, None] - log_total - self.step._log_scale, 700.0)
        half = self.step._halves[0]
        peak = half * math.log(half) - half - math.lgamma(half)
        return np.exp(peak + ratio - half * (np.expm1(jump) - jump))

    def _beyond(self, place) -> np.ndarray:
        """The part of the kernel beyond the last node, where h is constant."""
        half = self.step._halves[0]
        rate = half * np.exp(np.minimum(place - self._end - self.step._log_scale, 700.0))
        return special.gammainc(half + self.tail_index, rate) * np.exp(
            self.tail_index * (np.logaddexp(0.0, place) - place)
        )

    def _source(self, place) -> np.ndarray:
        r"""$x^\kappa P(\log S > \log(x - 1))$."""
        half = self.step._halves[0]
        rate = half * np.exp(np.minimum(place - self.step._log_scale, 700.0))
        log_chance = np.log(np.maximum(special.gammaincc(half, rate), 1e-300))
        scaled = np.exp(self.tail_index * np.logaddexp(0.0, place) + log_chance)
        return np.where(log_chance > -690, scaled, 0.0)

    @property
    def _end(self) -> float:
        return math.log1p(-1 / self.step.exponent) + _FAR

    def _places(self) -> tuple[np.ndarray, np.ndarray]:
        """Gauss points of panels about a deviation wide where R is not close to one."""
        deviation = 0.8 * self.step.variance**0.5
        edges = [self._end]
        while edges[-1] > _LOW:
            slope = max(special.expit(edges[-1]), 1e-3)
            edges.append(edges[-1] - min(1.0, deviation / slope))
            if len(edges) * len(_POINTS) > _MOST:
                raise ValueError(
                    f"{self.samples} samples need too fine a grid; the limit of many samples is "
                    "near, see loops.gaussian.limit_error_probability."
                )
        edges = np.array(edges[::-1])
        half = np.diff(edges) / 2
        points = (edges[:-1, None] + half[:, None] * (1 + _POINTS)).ravel()
        return points, (half[:, None] * _WEIGHTS).ravel()
