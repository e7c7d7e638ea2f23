"""The expected moments of a loop of samples: those of Gaussians, with the number of points."""

from typing import Any

import equinox as eqx
from jaxtyping import Array, Float

from ...printing import readable
from ..moments import GaussianMoments


@readable
class ParticleMoments(eqx.Module):
    r"""The moments of `GaussianMoments` and the number of points behind them.

    `size` is the number of points of the sample, $1/\sum_i m_i^2$ where they have masses; a density
    has none. A kernel that is as wide as its sample wants it.

    ```python
    real = gl.Particles.of([0.0, 1.0, 4.0])
    (gl.Draw(100) >> gl.Smooth("scott")).moments(real.moments()).covariance
    ```
    """

    moments: GaussianMoments
    size: Any = None

    @property
    def mean(self) -> Float[Array, " d"]:
        """The expected mean."""
        return self.moments.mean

    @property
    def mean_covariance(self) -> Float[Array, "d d"]:
        """The covariance of the mean."""
        return self.moments.mean_covariance

    @property
    def covariance(self) -> Float[Array, "d d"]:
        """The expected covariance of the distribution."""
        return self.moments.covariance

    @property
    def spread(self) -> Float[Array, "d d"]:
        """The covariance of the mean, which a pool needs."""
        return self.moments.spread

    def error(self, reference: Float[Array, " d"]) -> Float[Array, "d d"]:
        """The expected squared distance of the mean from a reference."""
        return self.moments.error(reference)

    def mean_factor(self, temperature) -> float:
        """The number by which tempering multiplies the mean: one."""
        return self.moments.mean_factor(temperature)

    def draw(self, samples) -> "ParticleMoments":
        """So many points."""
        return ParticleMoments(self.moments.draw(samples), 1.0 * samples)

    def draw_mixture(self, other, share, samples) -> "ParticleMoments":
        """So many points of a mixture."""
        return self.mix(other, share).draw(samples)

    def unbias(self, samples) -> "ParticleMoments":
        """The unbiased covariance."""
        return ParticleMoments(self.moments.unbias(samples), self.size)

    def widen(self, factor, variance) -> "ParticleMoments":
        r"""$C \to f C + v I$: a density, which has no number of points."""
        return ParticleMoments(self.moments.widen(factor, variance))

    def mix(self, real, real_fraction, samples=None) -> "ParticleMoments":
        """The pooled data."""
        mixed = self.moments.mix(real, real_fraction, samples)
        real_size = real.size if samples is None else samples
        return ParticleMoments(mixed, joint_size(self.size, real_size, real_fraction))

    def pool(self, new, share, covariance) -> "ParticleMoments":
        """The fit to a share of new data and the rest of this."""
        return ParticleMoments(self.moments.pool(new.moments, share, covariance))


def joint_size(size: Any, other: Any, share: Any) -> Any:
    r"""$1/[(1 - a)^2/n + a^2/m]$: as many equal points have the same sum of squared masses.

    `None` where one of both is no sample.
    """
    if size is None or other is None:
        return None
    return 1 / ((1 - share) ** 2 / size + share**2 / other)
