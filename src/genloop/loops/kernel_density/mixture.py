"""Mixtures of Gaussians and uniform distributions, smoothed by Gaussian kernels in closed form."""

import dataclasses
from itertools import pairwise

import numpy as np
from scipy import special

from ...printing import readable
from . import components


@readable
@dataclasses.dataclass(frozen=True)
class KernelMixture:
    r"""A density on the line with components $U(c - w, c + w) * N(0, s^2)$.

    `weights` that sum to one, `centres` $c$, `half_widths` $w$ and `deviations` $s$ are lists of
    one length: $w = 0$ is a Gaussian, $s = 0$ a uniform distribution. Smoothing adds to $s^2$
    [CA-B3].

    ```python
    k = gl.loops.kernel_density
    k.KernelMixture.of(gaussians=[(0.5, 0.0, 1.0)], uniforms=[(0.5, -1.0, 3.0)]).mean  # 0.5
    ```
    """

    weights: np.ndarray
    centres: np.ndarray
    half_widths: np.ndarray
    deviations: np.ndarray

    @classmethod
    def of(cls, gaussians=(), uniforms=()) -> "KernelMixture":
        """From triples (weight, mean, deviation) and (weight, lower, upper end).

        Raises `ValueError` for weights that do not sum to one and for empty components.
        """
        rows = [(w, mean, 0.0, deviation) for w, mean, deviation in gaussians]
        rows += [(w, (low + high) / 2, (high - low) / 2, 0.0) for w, low, high in uniforms]
        weights, centres, widths, deviations = np.array(rows, dtype=float).T
        if (weights <= 0).any() or abs(weights.sum() - 1) > 1e-9:
            raise ValueError(
                f"the weights of a mixture are positive and sum to one, got {weights}; divide "
                "them by their sum."
            )
        if (widths + deviations <= 0).any():
            raise ValueError("a Gaussian needs a positive deviation, a uniform two ordered ends.")
        return cls(weights, centres, widths, deviations)

    @property
    def mean(self) -> float:
        """The mean."""
        return float(self.weights @ self.centres)

    @property
    def variance(self) -> float:
        """The variance."""
        return float(self.cumulants()[1])

    def cumulants(self) -> np.ndarray:
        """The first four cumulants: mean, variance, and what a Gaussian has zero of."""
        gaps = self.centres - self.mean
        second = self.half_widths**2 / 3 + self.deviations**2
        fourth = 3 * second**2 - 2 * self.half_widths**4 / 15
        centred = (
            gaps**2 + second,
            gaps**3 + 3 * gaps * second,
            gaps**4 + 6 * gaps**2 * second + fourth,
        )
        square, cube, power = (float(self.weights @ moment) for moment in centred)
        return np.array([self.mean, square, cube, power - 3 * square**2])

    def smooth(self, variance: float) -> "KernelMixture":
        """The convolution with $N(0, v)$."""
        return dataclasses.replace(self, deviations=np.sqrt(self.deviations**2 + variance))

    def scale(self, factor: float) -> "KernelMixture":
        r"""The density of $m + b\,(X - m)$ for the mean $m$ and a `factor` $b > 0$."""
        centres = self.mean + factor * (self.centres - self.mean)
        widths, deviations = factor * self.half_widths, factor * self.deviations
        return KernelMixture(self.weights, centres, widths, deviations)

    def reflect(self) -> "KernelMixture":
        """The density of $-X$."""
        return dataclasses.replace(self, centres=-self.centres)

    def log_density(self, x) -> np.ndarray:
        """The logarithm of the density, of the shape of `x`; minus infinity where it is zero."""
        parts = components.log_density(self._gaps(x), self.half_widths, self.deviations)
        return special.logsumexp(parts, b=self.weights, axis=-1)

    def density(self, x) -> np.ndarray:
        """The density, of the shape of `x`."""
        return np.exp(self.log_density(x))

    def cdf(self, x) -> np.ndarray:
        """The distribution function, of the shape of `x`; accurate in the lower tail as well."""
        return components.cdf(self._gaps(x), self.half_widths, self.deviations) @ self.weights

    def survival(self, x) -> np.ndarray:
        """One minus the distribution function, accurate in the upper tail."""
        return self.reflect().cdf(-np.asarray(x, dtype=float))

    def quantile(self, probability) -> np.ndarray:
        """Where the distribution function has these values, by Newton steps between bounds."""
        goal = np.asarray(probability, dtype=float)
        edges = self.edges()
        place = np.clip(np.searchsorted(self.cdf(edges), goal), 1, edges.size - 1)
        low, high = edges[place - 1], edges[place]
        x, close = (low + high) / 2, 1e-15 * np.abs(edges).max()
        for _ in range(100):
            excess = self.cdf(x) - goal
            low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
            with np.errstate(divide="ignore", invalid="ignore"):
                step = x - excess / self.density(x)
            inside = (step > low) & (step < high)
            found = (np.abs(excess) <= 1e-15 * goal) | (np.abs(step - x) <= close)
            x = np.where(found, x, np.where(inside, step, (low + high) / 2))
            if found.all():
                break
        return x

    def _gaps(self, x):
        return np.asarray(x, dtype=float)[..., None] - self.centres

    def edges(self) -> np.ndarray:
        """Places between which the density is smooth, over all of the line that has any mass."""
        reach = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.5, 6.5, 10.0])
        offsets = np.concatenate([-reach, reach]) * self.deviations[:, None]
        ends = [self.centres + side * self.half_widths for side in (-1, 0, 1)]
        return np.unique(np.concatenate([(end[:, None] + offsets).ravel() for end in ends]))

    def modes(self) -> np.ndarray:
        """The places of the local maxima of the density; of a flat top, its middle."""
        edges = self.edges()
        x = np.unique(np.linspace(edges[:-1], edges[1:], 65))
        height = np.concatenate([[0.0], self.density(x), [0.0]])
        rise = np.diff(height)
        # What rounding makes of a flat top is neither up nor down.
        turns = np.flatnonzero(np.abs(rise) > 1e-13 * height.max())
        tops = [(i, j) for i, j in pairwise(turns) if rise[i] > 0 > rise[j]]
        return np.array([(x[i] + x[j - 1]) / 2 for i, j in tops])

    def sample(self, generator: np.random.Generator, size) -> np.ndarray:
        """Independent draws of shape `size`."""
        which = generator.choice(self.weights.size, size, p=self.weights)
        spread = generator.uniform(-1, 1, size) * self.half_widths[which]
        return self.centres[which] + spread + generator.normal(size=size) * self.deviations[which]


def reference_mixture() -> KernelMixture:
    r"""Two Gaussians and a uniform distribution, as in Borji's note, with numbers of our own.

    $0.4\,N(-2, 0.5^2) + 0.35\,N(1, 0.3^2) + 0.25\,U(2, 5)$ [CA-B6]: the note's are not known to us.

    ```python
    gl.loops.kernel_density.reference_mixture().variance  # 5.15088
    ```
    """
    return KernelMixture.of([(0.4, -2.0, 0.5), (0.35, 1.0, 0.3)], [(0.25, 2.0, 5.0)])
