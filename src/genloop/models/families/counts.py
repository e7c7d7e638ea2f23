"""Families of counts."""

from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp

from ...sampling import binomial, gamma, poisson
from ..model import relative_gap
from .family import AbstractScale, known_number
from .tempered_counts import tempered_mean


class AbstractCount(AbstractScale):
    r"""A family on $0, 1, 2, \dots$, whose mean is at least zero; at zero it stays.

    $\Pr(k + 1)/\Pr(k) = \theta\,(c + s k)/(k + 1)$: Poisson, binomial and negative binomial are all
    there are.
    """


class Poisson(AbstractCount):
    r"""Counts with $\Pr(k) = e^{-m} m^k/k!$: variance $m$.

    `mean` has shape `(*batch, 1)`; use `Poisson.of` for numbers. Raises `ValueError` for a mean
    that is negative or not finite.

    ```python
    gl.Poisson.of(3.0).mix(gl.Poisson.of(5.0), 0.25).mean  # [3.5]
    ```
    """

    @classmethod
    def of_numbers(cls, mean: float) -> "Poisson":
        """The law of a mean, as `--loop` writes it."""
        return cls.of(mean)

    @property
    def coefficients(self):
        return 0.0, 1.0, 0.0

    def natural_parameters(self):
        r"""$\log m$."""
        return jnp.log(self.mean)

    def _of_natural(self, natural):
        return jnp.exp(natural)

    def draw(self, key, samples) -> "Poisson":
        r"""$n m' \sim \mathrm{Poisson}(n m)$."""
        count = self._counted(samples)
        return self.with_mean_parameters(poisson(key, count * self.mean) / count)

    def _tempered(self, temperature):
        return tempered_mean(jnp.asarray(self.mean), temperature, constant=1.0, slope=0.0)


class AbstractBinomial(AbstractCount):
    """Numbers of successes among a known number of trials."""

    trials: eqx.AbstractVar[int]

    @property
    def highest(self):
        return float(self.trials)

    @property
    def coefficients(self):
        return 0.0, 1.0, -1.0 / self.trials

    def natural_parameters(self):
        r"""$\log \frac{m}{N - m}$."""
        return jnp.log(self.mean) - jnp.log(self.trials - self.mean)

    def _of_natural(self, natural):
        return self.trials * jax.nn.sigmoid(natural)

    def draw(self, key, samples):
        r"""$n m' \sim \mathrm{Bin}(n N, m/N)$."""
        count = self._counted(samples)
        chance = jnp.clip(self.mean / self.trials, 0.0, 1.0)
        return self.with_mean_parameters(binomial(key, count * self.trials, chance) / count)

    def _gap(self, left, right):
        """Successes and failures each in their own unit."""
        failures = relative_gap(self.trials - left, self.trials - right)
        return jnp.maximum(relative_gap(left, right), failures)

    def _free(self, mean):
        return jnp.log(mean) - jnp.log(self.trials - mean)

    def _bound(self, number):
        return self.trials * jax.nn.sigmoid(number)


class Binomial(AbstractBinomial):
    r"""Numbers of successes in $N$ trials of chance $m/N$: variance $m\,(1 - m/N)$.

    `mean` $\in [0, N]$ has shape `(*batch, 1)`, `trials` is $N$; use `Binomial.of` for numbers.
    Raises `ValueError` for a mean outside and for trials that are no positive whole number.

    ```python
    gl.Binomial.of(3.0, trials=10).natural_parameters()  # [-0.847298]
    ```
    """

    trials: int = eqx.field(static=True, kw_only=True, converter=known_number("trials", whole=True))

    @classmethod
    def of_numbers(cls, mean: float, trials: int) -> "Binomial":
        """The law of a mean and a number of trials, as `--loop` writes it."""
        return cls.of(mean, trials=trials)

    def _tempered(self, temperature):
        # From the end that is nearer, so that the odds are finite.
        mean = jnp.asarray(self.mean)
        many = mean > self.trials / 2
        rarer = jnp.where(many, self.trials - mean, mean)
        odds = rarer / (self.trials - rarer)
        found = tempered_mean(odds, temperature, constant=float(self.trials), slope=-1.0)
        return jnp.where(many, self.trials - found, found)


class Bernoulli(AbstractBinomial):
    r"""One trial with the chance $m$ of a success: variance $m\,(1 - m)$.

    `mean` $\in [0, 1]$ has shape `(*batch, 1)`; use `Bernoulli.of` for numbers. Raises
    `ValueError` for any other mean.

    ```python
    gl.Bernoulli.of(0.8).temper(0.5).mean  # [0.941176]
    ```
    """

    holds_mixtures: ClassVar[bool] = True
    keeps_powers: ClassVar[bool] = True
    trials: ClassVar[int] = 1

    @classmethod
    def of_numbers(cls, mean: float) -> "Bernoulli":
        """The law of a chance, as `--loop` writes it."""
        return cls.of(mean)

    def _tempered(self, temperature):
        mean, sharpness = jnp.asarray(self.mean), 1 / jnp.asarray(temperature)
        scale = jax.lax.stop_gradient(jnp.maximum(mean, 1 - mean))
        success, failure = (mean / scale) ** sharpness, ((1 - mean) / scale) ** sharpness
        return success / (success + failure)


class AbstractNegativeBinomial(AbstractCount):
    """Counts with more variance than a Poisson law: Poisson counts of gamma rates."""

    size: eqx.AbstractVar[float]

    @property
    def coefficients(self):
        return 0.0, 1.0, 1.0 / self.size

    def natural_parameters(self):
        r"""$\log \frac{m}{m + r}$."""
        return -jnp.log1p(self.size / self.mean)

    def _of_natural(self, natural):
        return jnp.where(natural < 0, self.size / jnp.expm1(-natural), jnp.nan)

    def draw(self, key, samples):
        r"""$n m' \sim \mathrm{Poisson}(G\,m/r)$ with $G \sim \mathrm{Gamma}(n r)$."""
        count = self._counted(samples)
        rate_key, count_key = jax.random.split(key)
        # Of the shape of the means: `samples` may be one number for all of them.
        rates = gamma(rate_key, jnp.broadcast_to(count * self.size, self.mean.shape))
        counts = poisson(count_key, rates * self.mean / self.size)
        return self.with_mean_parameters(counts / count)


class NegativeBinomial(AbstractNegativeBinomial):
    r"""Counts of size $r$, $\Pr(k) \propto \frac{\Gamma(r + k)}{k!} \theta^k$: variance
    $m + m^2/r$.

    $\theta = m/(m + r)$. `mean` has shape `(*batch, 1)`, `size` is $r > 0$, whole or not; use
    `NegativeBinomial.of` for numbers. Raises `ValueError` for a mean that is negative or not
    finite, or a size that is not positive.

    ```python
    gl.NegativeBinomial.of(3.0, size=2.0).natural_parameters()  # [-0.510826]
    ```
    """

    size: float = eqx.field(static=True, kw_only=True, converter=known_number("size"))

    @classmethod
    def of_numbers(cls, mean: float, size: float) -> "NegativeBinomial":
        """The law of a mean and a size, as `--loop` writes it."""
        return cls.of(mean, size=size)

    def _tempered(self, temperature):
        mean = jnp.asarray(self.mean)
        odds = mean / (mean + self.size)
        return tempered_mean(odds, temperature, constant=self.size, slope=1.0)


class Geometric(AbstractNegativeBinomial):
    r"""Numbers of failures before a success, $\Pr(k) \propto \theta^k$: variance $m + m^2$.

    $\theta = m/(m + 1)$; the negative binomial of size one. `mean` has shape `(*batch, 1)`; use
    `Geometric.of` for numbers. Raises `ValueError` for a mean that is negative or not finite.

    ```python
    gl.Geometric.of(1.0).temper(0.5).mean  # [0.333333]
    ```
    """

    keeps_powers: ClassVar[bool] = True
    size: ClassVar[float] = 1.0

    @classmethod
    def of_numbers(cls, mean: float) -> "Geometric":
        """The law of a mean, as `--loop` writes it."""
        return cls.of(mean)

    def _tempered(self, temperature):
        mean, sharpness = jnp.asarray(self.mean), 1 / jnp.asarray(temperature)
        seen = mean > 0
        # 1 - theta^b without cancellation; at zero it is one, and the power has the derivative.
        rest = -jnp.expm1(-sharpness * jnp.log1p(1 / jnp.where(seen, mean, 1.0)))
        return (mean / (1 + mean)) ** sharpness / jnp.where(seen, rest, 1.0)
