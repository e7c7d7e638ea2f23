"""The expected moments of a loop: an exact, closed recursion beside the map and the kernel.

A moments object answers to the same stages as a model does, so the recursion of a whole loop is
composed like the loop itself.
"""

from typing import ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..printing import readable
from .ellipsoid import share_of_variance
from .model import is_concrete


@readable
class GaussianMoments(eqx.Module):
    r"""The expected mean and covariance of a loop of Gaussians, and the covariance of its mean.

    $m = \mathbb{E}\mu_t$, $V = \operatorname{Cov}\mu_t$ and $C = \mathbb{E}\Sigma_t$.

    Only independent draws and second moments are used, so the recursion holds for any distribution
    with these moments [ST-B3]. Shapes `(d,)`, `(d, d)` and `(d, d)`.

    ```python
    gl.Gaussian.of(0.0, 1.0).moments().draw(10).covariance  # [[0.9]]
    ```
    """

    has_flow: ClassVar[bool] = True

    mean: Float[Array, " d"]
    mean_covariance: Float[Array, "d d"]
    covariance: Float[Array, "d d"]

    def error(self, reference: Float[Array, " d"]) -> Float[Array, "d d"]:
        r"""$M = \mathbb{E}(\mu_t - \mu_0)(\mu_t - \mu_0)^\top$ about a reference mean $\mu_0$."""
        bias = self.mean - reference
        return self.mean_covariance + jnp.outer(bias, bias)

    def temper(self, temperature) -> "GaussianMoments":
        r"""$C \to T C$."""
        return GaussianMoments(self.mean, self.mean_covariance, temperature * self.covariance)

    def mean_factor(self, temperature) -> float:
        """The number by which tempering multiplies the mean: one."""
        return 1.0

    def inside(self, mass) -> "GaussianMoments":
        r"""$C \to \tau(c)\,C$: exact, as the set lies about the mean and $\tau$ is a constant."""
        return self.temper(share_of_variance(mass, self.mean.size))

    def diffuse(self, stop) -> "GaussianMoments":
        r"""Every point shrinks and noise joins.

        With $k = e^{-2\delta}$: $m \to \sqrt k m$, $V \to k V$ and $C \to k C + (1 - k) I$.
        """
        kept, noise = jnp.exp(-2 * stop), -jnp.expm1(-2 * stop)
        covariance = kept * self.covariance + noise * jnp.eye(self.mean.size)
        return GaussianMoments(jnp.exp(-stop) * self.mean, kept * self.mean_covariance, covariance)

    def draw(self, samples) -> "GaussianMoments":
        r"""$V \to V + C/n$ and $C \to (1 - 1/n)\,C$ for the maximum-likelihood fit."""
        return GaussianMoments(
            self.mean,
            self.mean_covariance + self.covariance / samples,
            (1 - 1 / samples) * self.covariance,
        )

    def draw_mixture(self, other, share, samples) -> "GaussianMoments":
        r"""Draws of $(1 - s)\,p + s\,p_\mathrm{other}$: two moments of it are all that matters."""
        return self.mix(other, share).draw(samples)

    def unbias(self, samples) -> "GaussianMoments":
        r"""$C \to C\,n/(n - 1)$."""
        covariance = self.covariance * samples / (samples - 1)
        return GaussianMoments(self.mean, self.mean_covariance, covariance)

    def widen(self, factor, variance) -> "GaussianMoments":
        r"""$C \to f C + v I$: what a kernel adds to the covariance of a sample [CA-B2]."""
        covariance = factor * self.covariance + variance * jnp.eye(self.mean.size)
        return GaussianMoments(self.mean, self.mean_covariance, covariance)

    def subsample(self, chosen, size) -> "GaussianMoments":
        r"""The fit to $m$ = `chosen` of the $N$ = `size` points that this is fitted to.

        Without replacement: $V \to V + (\frac1m - \frac1N)\,\frac N{N-1} C$ and $C \to (1 -
        \frac1m)\,\frac N{N-1} C$ [CA-C3].
        """
        unbiased = self.covariance * size / (size - 1)
        noise = (1 / chosen - 1 / size) * unbiased
        return GaussianMoments(self.mean, self.mean_covariance + noise, (1 - 1 / chosen) * unbiased)

    def together(self, shares, covariances) -> "GaussianMoments":
        r"""The fit to groups of data, a leading axis of this, with `shares` $s_i$ of the points.

        With the covariances $X_{ij}$ of their means: $V = \sum_{ij} s_i s_j X_{ij}$ and $C =
        \sum_i s_i [C_i + X_{ii} + (m_i - m)(m_i - m)^\top] - V$.
        """
        mean = shares @ self.mean
        spread = jnp.einsum("i,j,ij...->...", shares, shares, covariances)
        gap = self.mean - mean[None, :]
        second = self.covariance + self.mean_covariance + gap[:, :, None] * gap[:, None, :]
        return GaussianMoments(mean, spread, jnp.tensordot(shares, second, 1) - spread)

    @property
    def spread(self) -> Float[Array, "d d"]:
        r"""The covariance of the mean parameters that a pool needs: $V$."""
        return self.mean_covariance

    def pool(self, new, share, covariance) -> "GaussianMoments":
        r"""The fit to a share $\gamma$ of `new` data and $1 - \gamma$ of this.

        With $X = \operatorname{Cov}(\mu, \mu')$ given: $V \to (1 - \gamma)^2 V + \gamma^2 V' +
        \gamma (1 - \gamma)(X + X^\top)$ and $C \to (1 - \gamma)\,C + \gamma C' + \gamma (1 -
        \gamma)\,\mathbb{E}(\mu - \mu')(\mu - \mu')^\top$.
        """
        rest, both = 1 - share, covariance + covariance.T
        gap = self.mean - new.mean
        between = self.mean_covariance + new.mean_covariance - both + jnp.outer(gap, gap)
        return GaussianMoments(
            rest * self.mean + share * new.mean,
            rest**2 * self.mean_covariance + share**2 * new.mean_covariance + rest * share * both,
            rest * self.covariance + share * new.covariance + rest * share * between,
        )

    def mix(self, real, real_fraction, samples=None) -> "GaussianMoments":
        r"""Within-group and between-group scatter of the pooled data, with $q = 1 - a$.

        $m \to q m + a \nu$, $V \to q^2 V + a^2 S_0/n_r$ and
        $C \to q C + a (1 - 1/n_r) S_0 + q a\,(V + (m - \nu)(m - \nu)^\top + S_0/n_r)$ for real data
        of mean $\nu$ and covariance $S_0$; `samples` $= n_r$, without it $n_r = \infty$.
        """
        rest = 1 - real_fraction
        noise = 0.0 if samples is None else 1 / samples
        between = self.error(real.mean) + noise * real.covariance
        within = rest * self.covariance + real_fraction * (1 - noise) * real.covariance
        return GaussianMoments(
            rest * self.mean + real_fraction * real.mean,
            rest**2 * self.mean_covariance + real_fraction**2 * noise * real.covariance,
            within + rest * real_fraction * between,
        )


@readable
class CategoricalMoments(eqx.Module):
    r"""$m = \mathbb{E} p_t$ and $S = \mathbb{E} \sum_i p_{t,i}^2$ at temperature one [FS-3].

    `mean` has shape `(K,)`, `square` is a scalar; heterozygosity is $1 - S$.

    ```python
    gl.Categorical.of([1, 1]).moments().draw(10).square  # 0.55
    ```
    """

    mean: Float[Array, " k"]
    square: Float[Array, ""]

    def temper(self, temperature) -> Self:
        """The identity: the moments of a categorical loop close at temperature one only.

        Raises `ValueError` for any other temperature, and for a traced one.
        """
        if not is_concrete(temperature) or float(temperature) != 1:
            raise ValueError(
                "the expected moments of a categorical loop close only at temperature 1; use the "
                "exact chain in genloop.laws or Monte Carlo by genloop.orbits instead."
            )
        return self

    def mean_factor(self, temperature) -> float:
        """The number by which tempering multiplies the mean where the moments close: one."""
        return 1.0

    def draw(self, samples) -> "CategoricalMoments":
        r"""$S \to (1 - 1/n)\,S + 1/n$."""
        return CategoricalMoments(self.mean, (1 - 1 / samples) * self.square + 1 / samples)

    def draw_mixture(self, other, share, samples) -> "CategoricalMoments":
        r"""Draws of $(1 - s)\,p + s\,p_\mathrm{other}$, which is categorical itself."""
        return self.mix(other, share).draw(samples)

    def unbias(self, samples) -> Self:
        """The identity: relative frequencies have no bias."""
        return self

    def subsample(self, chosen, size) -> "CategoricalMoments":
        r"""The frequencies in $m$ = `chosen` of $N$ = `size` points.

        $S \to S + \frac{1 - S}m\,\frac{N - m}{N - 1}$.
        """
        loss = (1 / chosen) * (size - chosen) / (size - 1)
        return CategoricalMoments(self.mean, self.square + loss * (1 - self.square))

    def together(self, shares, covariances) -> "CategoricalMoments":
        r"""The frequencies in groups of data, a leading axis of this, with `shares` $s_i$.

        $S = \sum_k m_k^2 + \sum_{ij} s_i s_j X_{ij}$ with the traces $X_{ij}$ of the covariances.
        """
        mean = shares @ self.mean
        spread = jnp.einsum("i,j,ij->", shares, shares, covariances)
        return CategoricalMoments(mean, (mean**2).sum() + spread)

    @property
    def spread(self) -> Float[Array, ""]:
        r"""The covariance of the mean parameters that a pool needs: $S - \sum_i m_i^2$."""
        return self.square - (self.mean**2).sum()

    def pool(self, new, share, covariance) -> "CategoricalMoments":
        r"""The frequencies in a share $\gamma$ of `new` data and $1 - \gamma$ of this.

        $S \to (1 - \gamma)^2 S + \gamma^2 S' + 2 \gamma (1 - \gamma)\,[\mathbb{E}\,p \cdot
        \mathbb{E}\,p' + X]$ with the sum $X$ of the covariances of $p_i$ and $p'_i$ given.
        """
        rest = 1 - share
        overlap = self.mean @ new.mean + covariance
        return CategoricalMoments(
            rest * self.mean + share * new.mean,
            rest**2 * self.square + share**2 * new.square + 2 * rest * share * overlap,
        )

    def mix(self, real, real_fraction, samples=None) -> "CategoricalMoments":
        r"""$S \to q^2 S + 2 q a\, m \cdot r + a^2 [R + (1 - R)/n_r]$ with $R = \sum_i r_i^2$."""
        rest = 1 - real_fraction
        noise = 0.0 if samples is None else 1 / samples
        real_square = (real.probabilities**2).sum()
        cross = self.mean @ real.probabilities
        return CategoricalMoments(
            rest * self.mean + real_fraction * real.probabilities,
            rest**2 * self.square
            + 2 * rest * real_fraction * cross
            + real_fraction**2 * (real_square + noise * (1 - real_square)),
        )
