r"""Retraining a Cauchy centre on two peaks, by the roots of a polynomial in plain NumPy.

The peak at $+d$ has the share $s$ of the real data, the one at $-d$ the rest. From `family` on, the
same as a user writes it: by its log-density alone.
"""

import dataclasses

import jax.numpy as jnp
import numpy as np
from numpy.polynomial import Polynomial

from ...models import Parametric, Points, Support

_LINE = Support.line(200)


@dataclasses.dataclass(frozen=True)
class TwoPeaks:
    """Real data about two centres; `share` of them about `distance`, the others about the opposite.

    Expected log-likelihoods are those of Cauchy laws, found by quadrature in ST-A8.
    """

    share: float
    distance: float

    def _weighted(self, centre, weight):
        shares = (self.share, 1 - self.share, weight)
        return zip(shares, (self.distance, -self.distance, centre), strict=True)

    def likelihood(self, x, centre=0.0, weight=0.0):
        """What retraining from `centre` maximises."""
        return sum(-c * np.log(4 + (x - m) ** 2) for c, m in self._weighted(centre, weight))

    def slope(self, x, centre=0.0, weight=0.0):
        """Its derivative."""
        return sum(-2 * c * (x - m) / (4 + (x - m) ** 2) for c, m in self._weighted(centre, weight))

    def curvature(self, x, centre=0.0, weight=0.0):
        """Its second derivative."""
        return sum(
            -2 * c * (4 - (x - m) ** 2) / (4 + (x - m) ** 2) ** 2
            for c, m in self._weighted(centre, weight)
        )

    def critical(self, centre=0.0, weight=0.0):
        """All critical points: the real roots of a polynomial of degree three or five."""
        terms = [(c, m) for c, m in self._weighted(centre, weight) if c]
        bells = [Polynomial([4 + m**2, -2 * m, 1.0]) for _, m in terms]
        total = Polynomial([0.0])
        for place, (c, m) in enumerate(terms):
            others = [bell for index, bell in enumerate(bells) if index != place]
            total = total + c * Polynomial([-m, 1.0]) * np.prod(others)
        roots = total.roots()
        return np.sort(roots.real[np.abs(roots.imag) < 1e-7])

    def retrain(self, centre, weight):
        """The global arg max."""
        found = self.critical(centre, weight)
        best = found[self.likelihood(found, centre, weight).argmax()]
        return self.polished(best, centre, weight)

    def polished(self, x, centre, weight):
        """The critical point near `x` by Newton's method, also from a complex `centre`."""
        for _ in range(8):
            slope = self.slope(x, centre, weight)
            x = x - slope / np.real(self.curvature(x, centre, weight))
        return x

    def multiplier(self, centre, weight):
        """The derivative of the local arg max at a fixed point, by the complex step."""
        return self.polished(centre, centre + 1e-30j, weight).imag / 1e-30


def log_density(centre, x):
    """That of a Cauchy law."""
    return -jnp.log(jnp.pi * (1 + (x - centre) ** 2))


def family(centre):
    """The model with a centre."""
    return Parametric.of(log_density, centre, _LINE)


def real_points(share, distance):
    """The real distribution on the points of the line."""
    density = lambda centre: np.exp(np.asarray(log_density(centre, _LINE.points)))
    masses = share * density(distance) + (1 - share) * density(-distance)
    return Points.of(_LINE.points, masses * _LINE.measure)
