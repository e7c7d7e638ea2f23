"""The expected moments of a loop: an exact, closed recursion beside the map and the kernel.

A moments object answers to the same stages as a model does, so the recursion of a whole loop is
composed like the loop itself.
"""

from typing import Self

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .model import is_concrete


class GaussianMoments(eqx.Module):
    r"""$m = \mathbb{E}\mu_t$, $V = \operatorname{Cov}\mu_t$ and $C = \mathbb{E}\Sigma_t$.

    Only independent draws and second moments are used, so the recursion holds for any distribution
    with these moments [ST-B3]. Shapes `(d,)`, `(d, d)` and `(d, d)`.
    """

    mean: Float[Array, " d"]
    mean_covariance: Float[Array, "d d"]
    covariance: Float[Array, "d d"]

    def error(self, reference: Float[Array, " d"]) -> Float[Array, "d d"]:
        r"""$M = \mathbb{E}(\mu_t - \mu_0)(\mu_t - \mu_0)^\top$ about a reference mean $\mu_0$."""
        bias = self.mean - reference
        return self.mean_covariance + jnp.outer(bias, bias)

    def temper(self, temperature) -> Self:
        r"""$C \to T C$."""
        return GaussianMoments(self.mean, self.mean_covariance, temperature * self.covariance)

    def draw(self, samples) -> Self:
        r"""$V \to V + C/n$ and $C \to (1 - 1/n)\,C$ for the maximum-likelihood fit."""
        return GaussianMoments(
            self.mean,
            self.mean_covariance + self.covariance / samples,
            (1 - 1 / samples) * self.covariance,
        )

    def unbias(self, samples) -> Self:
        r"""$C \to C\,n/(n - 1)$."""
        covariance = self.covariance * samples / (samples - 1)
        return GaussianMoments(self.mean, self.mean_covariance, covariance)

    def mix(self, real, real_fraction, samples=None) -> Self:
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


class CategoricalMoments(eqx.Module):
    r"""$m = \mathbb{E} p_t$ and $S = \mathbb{E} \sum_i p_{t,i}^2$ at temperature one [FS-3].

    `mean` has shape `(K,)`, `square` is a scalar; heterozygosity is $1 - S$.
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

    def draw(self, samples) -> Self:
        r"""$S \to (1 - 1/n)\,S + 1/n$."""
        return CategoricalMoments(self.mean, (1 - 1 / samples) * self.square + 1 / samples)

    def unbias(self, samples) -> Self:
        """The identity: relative frequencies have no bias."""
        return self

    def mix(self, real, real_fraction, samples=None) -> Self:
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
