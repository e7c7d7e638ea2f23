"""The moments of new data together with those of what they were made from."""

from typing import Self

import equinox as eqx
from jaxtyping import Array, Float

from ..printing import readable
from .families.moments import FamilyMoments
from .moments import CategoricalMoments, GaussianMoments

Moments = GaussianMoments | CategoricalMoments | FamilyMoments


@readable
class PairMoments(eqx.Module):
    r"""The moments of what was learned before, `old`, and of the data made from it, `new`.

    `covariance` is that of their means (for outcomes its trace). New data answer to the stages;
    what they keep in common with the old shrinks only where real data join.

    ```python
    gl.models.PairMoments.of(gl.Categorical.of([1, 1]).moments()).covariance  # 0
    ```
    """

    old: Moments
    new: Moments
    covariance: Float[Array, "..."]

    @classmethod
    def of(cls, moments) -> Self:
        """The moments of new data that are still the old.

        Raises `ValueError` for moments that say nothing of how means vary together.
        """
        if not hasattr(moments, "spread"):
            raise ValueError(
                "the moments of new data beside those that are kept do not close here."
            )
        return cls(moments, moments, moments.spread)

    @property
    def keeps_powers(self) -> bool:
        """Whether tempering gives the power of the density."""
        return getattr(self.new, "keeps_powers", True)

    @property
    def has_flow(self) -> bool:
        """Whether the moments are those of a probability flow that is known."""
        return getattr(self.new, "has_flow", False)

    @property
    def mean(self) -> Array:
        """The expected mean of the new data."""
        return self.new.mean

    def temper(self, temperature) -> "PairMoments":
        """The new data tempered; the covariance is scaled as the mean is where moments close."""
        factor = self.new.mean_factor(temperature)
        return PairMoments(self.old, self.new.temper(temperature), factor * self.covariance)

    def inside(self, mass) -> "PairMoments":
        """The new data in the smallest set of a mass; the covariance stays, as the mean does."""
        return PairMoments(self.old, self.new.inside(mass), self.covariance)

    def draw(self, samples) -> "PairMoments":
        """The new data drawn; the covariance stays: sampling noise is independent of the past."""
        return PairMoments(self.old, self.new.draw(samples), self.covariance)

    def draw_mixture(self, other, share, samples) -> "PairMoments":
        r"""The new data drawn from a mixture: $X \to (1 - s) X$."""
        drawn = self.new.draw_mixture(other, share, samples)
        return PairMoments(self.old, drawn, (1 - share) * self.covariance)

    def unbias(self, samples) -> "PairMoments":
        """The new data unbiased; the covariance stays."""
        return PairMoments(self.old, self.new.unbias(samples), self.covariance)

    def widen(self, factor, variance) -> "PairMoments":
        """The new data with kernels; the covariance stays, as the mean does."""
        return PairMoments(self.old, self.new.widen(factor, variance), self.covariance)

    def mix(self, real, real_fraction, samples=None) -> "PairMoments":
        r"""$X \to (1 - a) X$."""
        mixed = self.new.mix(real, real_fraction, samples)
        return PairMoments(self.old, mixed, (1 - real_fraction) * self.covariance)

    def pool(self, share) -> Moments:
        r"""The moments of the fit to a share of the new data and the rest of the old."""
        return self.old.pool(self.new, share, self.covariance)
