"""One step of the random walk of a log-variance, seen from a level that it may reach."""

import dataclasses
import functools
import math

import numpy as np
from scipy import special

from .log_chi_square import LogVariance

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclasses.dataclass(frozen=True)
class LogStep:
    r"""$X = \pm\log(\chi^2_{n-1}/d)$: what a distance above the level gains in a generation.

    For a level above the start the walk is turned upside down: `upward` is the lower sign.
    """

    law: LogVariance
    upward: bool

    @property
    def _sign(self) -> float:
        return -1.0 if self.upward else 1.0

    @property
    def mean(self) -> float:
        """Positive where the walk leaves the level."""
        return self._sign * self.law.exponent

    @property
    def deviation(self) -> float:
        """Of one step."""
        return self.law.variance**0.5

    @functools.cached_property
    def tail_index(self) -> float:
        r"""The root $\theta \ne 0$ of $E e^{\theta X} = 1$, of the sign of minus the mean."""
        return self._sign * self.law.tail_index

    def below(self, places) -> np.ndarray:
        r"""$P(X \le -y)$."""
        return self._beyond(-np.asarray(places), upward=self.upward)

    def above(self, places) -> np.ndarray:
        r"""$P(X > y)$."""
        return self._beyond(np.asarray(places), upward=not self.upward)

    def quadrature(self, start: float, end: float) -> tuple[np.ndarray, np.ndarray]:
        """Gauss' rule for the step between two numbers, in panels of at most two deviations."""
        left, right = self.law._reach[:: int(self._sign)]
        start, end = max(start, self.mean - left), min(end, self.mean + right)
        count = max(1, math.ceil((end - start) / min(2 * self.deviation, 1.5)))
        half = max(0.0, end - start) / count / 2
        points = (start + half * (2 * np.arange(count)[:, None] + 1 + _POINTS)).ravel()
        return points, half * np.tile(_WEIGHTS, count) * self._density(points)

    def overshoot(self, places) -> np.ndarray:
        r"""$E \max(0, -y - X)$."""
        found = [self.quadrature(-math.inf, -place) for place in places]
        return np.array([w @ (-y - x) for y, (x, w) in zip(places, found, strict=True)])

    def _beyond(self, places, *, upward: bool) -> np.ndarray:
        """The chance of a logarithm above (or below) a place, with the sign of the walk."""
        half = self.law._halves[0]
        place = np.minimum(self._sign * places - self.law._log_scale, 700.0)
        side = special.gammaincc if upward else special.gammainc
        return side(half, half * np.exp(place))

    def _density(self, points) -> np.ndarray:
        r"""$e^{a (v - e^v)}$ over its integral, $v = \pm x - \log\frac{2a}d$, $a = \frac{n-1}2$."""
        half, place = self.law._halves[0], self._sign * points - self.law._log_scale
        return self._peak * np.exp(-half * (np.expm1(place) - place))

    @functools.cached_property
    def _peak(self) -> float:
        half = self.law._halves[0]
        reach = np.sqrt(160 / half)
        place = np.linspace(-80 / half - reach, np.log1p(80 / half) + reach, 4001)
        heights = np.exp(-half * (np.expm1(place) - place))
        return float(1 / (heights.sum() * (place[1] - place[0])))
