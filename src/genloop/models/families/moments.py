"""The expected moments of a loop of one-parameter families."""

from typing import Any, Self

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...printing import readable
from ..model import AbstractModel, is_concrete


@readable
class FamilyMoments(eqx.Module):
    r"""$\mathbb{E} m_t$ and $\operatorname{Var} m_t$ of a family with quadratic variance $V(m)$.

    `expected` is the member of the expected mean, `variance` has its shape. They close because
    $\mathbb{E} V(m_t) = V(\mathbb{E} m_t) + v_2 \operatorname{Var} m_t$ [CA-C4].

    ```python
    gl.Poisson.of(3.0).moments().draw(10).variance  # [0.3]
    ```
    """

    expected: AbstractModel
    variance: Float[Array, "*batch 1"]

    @property
    def keeps_powers(self) -> bool:
        """Whether tempering gives the power of the density."""
        return self.expected.keeps_powers

    @property
    def mean(self) -> Float[Array, "*batch 1"]:
        r"""$\mathbb{E} m_t$."""
        return self.expected.mean_parameters()

    @property
    def expected_variance(self) -> Float[Array, "*batch 1"]:
        r"""$\mathbb{E} V(m_t)$, the expected variance of one observation."""
        quadratic = self.expected.coefficients[2]
        return self.expected.variance_function(self.mean) + quadratic * self.variance

    def temper(self, temperature) -> "FamilyMoments":
        """Scaled, where tempering multiplies the mean by a number that does not depend on it.

        Raises `ValueError` elsewhere for a temperature that is not one, and for a traced one.
        """
        factor = self.expected.tempering_factor(temperature)
        if factor is not None:
            return FamilyMoments(self.expected.temper(temperature), factor**2 * self.variance)
        if not is_concrete(temperature) or float(temperature) != 1:
            raise ValueError(
                f"the expected moments of a {type(self.expected).__name__} close only at "
                "temperature 1; use Monte Carlo by genloop.orbits instead."
            )
        return self

    def mean_factor(self, temperature) -> Any:
        """The number by which tempering multiplies the mean."""
        factor = self.expected.tempering_factor(temperature)
        return 1.0 if factor is None else factor

    def draw(self, samples) -> "FamilyMoments":
        r"""$\operatorname{Var} \to \operatorname{Var} + \mathbb{E} V(m)/n$."""
        return FamilyMoments(self.expected, self.variance + self.expected_variance / samples)

    def draw_mixture(self, other, share, samples) -> "FamilyMoments":
        r"""Draws of $(1 - s)\,p + s\,p_\mathrm{other}$, not of the fit to it [ST-C4].

        Within both parts $(1 - s)\,\mathbb{E} V(m) + s V(\nu)$, between them $s (1 - s)\,\mathbb{E}
        (m - \nu)^2$.
        """
        center = other.mean_parameters()
        within = (1 - share) * self.expected_variance + share * other.variance_function(center)
        between = share * (1 - share) * ((self.mean - center) ** 2 + self.variance)
        mixed = self.mix(other, share)
        return FamilyMoments(mixed.expected, mixed.variance + (within + between) / samples)

    def unbias(self, samples) -> Self:
        """The identity: the mean of samples has no bias."""
        return self

    def subsample(self, chosen, size) -> "FamilyMoments":
        """Raises `ValueError`: what a choice adds depends on how the points of the pool differ."""
        raise ValueError(
            "the expected moments of chosen points need the variance of the pool, which a family "
            "of one parameter does not keep; use a Gaussian, or genloop.orbits."
        )

    def together(self, shares, covariances) -> "FamilyMoments":
        r"""The mean of groups of data, a leading axis of this, with `shares` $s_i$ of the points.

        $\sum_{ij} s_i s_j X_{ij}$ with the covariances $X_{ij}$ of their means.
        """
        mean = shares @ self.mean
        spread = jnp.einsum("i,j,ij...->...", shares, shares, covariances)
        return FamilyMoments(self.expected.with_mean_parameters(mean), spread)

    @property
    def spread(self) -> Float[Array, "*batch 1"]:
        """The covariance of the mean parameters that a pool needs: the variance."""
        return self.variance

    def pool(self, new, share, covariance) -> "FamilyMoments":
        r"""The mean of a share $\gamma$ of `new` data and $1 - \gamma$ of this.

        $\operatorname{Var} \to (1 - \gamma)^2 \operatorname{Var} + \gamma^2 \operatorname{Var}' +
        2 \gamma (1 - \gamma) X$ with the covariance $X$ of both given.
        """
        rest = 1 - share
        kept = rest**2 * self.variance + share**2 * new.variance
        return FamilyMoments(
            self.expected.mix(new.expected, share), kept + 2 * rest * share * covariance
        )

    def mix(self, real, real_fraction, samples=None) -> "FamilyMoments":
        r"""$\operatorname{Var} \to q^2 \operatorname{Var} + a^2\, V(\nu)/n_r$ for real data of mean
        $\nu$."""
        noise = 0.0 if samples is None else 1 / samples
        real_variance = real.variance_function(real.mean_parameters())
        return FamilyMoments(
            self.expected.mix(real, real_fraction),
            (1 - real_fraction) ** 2 * self.variance + real_fraction**2 * noise * real_variance,
        )
