"""Families of real numbers."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp

from ...sampling import gamma, normal
from ..model import number_in
from .family import AbstractQuadraticFamily, AbstractScale, known_number


class AbstractGamma(AbstractScale):
    """Positive numbers whose mean is a scale: all laws of a family have one form."""

    shape: eqx.AbstractVar[float]

    @property
    def may_vanish(self):
        return False

    @property
    def coefficients(self):
        return 0.0, 0.0, 1.0 / self.shape

    def natural_parameters(self):
        r"""$-r/m$, of $x$."""
        return -self.shape / self.mean

    def _of_natural(self, natural):
        return jnp.where(natural < 0, -self.shape / natural, jnp.nan)

    def draw(self, key, samples):
        r"""$m' = m\,G/(n r)$ with $G \sim \mathrm{Gamma}(n r)$."""
        total = jnp.broadcast_to(self._counted(samples) * self.shape, self.mean.shape)
        return self.with_mean_parameters(self.mean * gamma(key, total) / total)

    def tempering_factor(self, temperature):
        r"""$(r - 1 + T)/r$: $p^{1/T}$ has the shape $(r - 1)/T + 1$ and the rate $r/(m T)$.

        Raises `ValueError` for $T \le 1 - r$, where that is no density.
        """
        # Below this temperature the density has infinite mass near zero.
        coldest = max(1 - self.shape, 0.0)
        proper = number_in("temperature", coldest, float("inf"), open_below=True)
        return (self.shape - 1 + proper(temperature)) / self.shape

    def _tempered(self, temperature):
        return self.tempering_factor(temperature) * self.mean


class Gamma(AbstractGamma):
    r"""Positive numbers of shape $r$, density $\propto x^{r - 1} e^{-r x/m}$: variance $m^2/r$.

    `mean` has shape `(*batch, 1)`, `shape` is $r > 0$; use `Gamma.of` for numbers. Raises
    `ValueError` for a mean or a shape that is not positive and finite.

    ```python
    gl.Gamma.of(3.0, shape=2.0).temper(0.5).mean  # [2.25]
    ```
    """

    shape: float = eqx.field(static=True, kw_only=True, converter=known_number("shape"))

    @classmethod
    def of_numbers(cls, mean: float, shape: float) -> "Gamma":
        """The law of a mean and a shape, as `--loop` writes it."""
        return cls.of(mean, shape=shape)


class Exponential(AbstractGamma):
    r"""Waiting times with density $e^{-x/m}/m$: variance $m^2$.

    `mean` has shape `(*batch, 1)`; use `Exponential.of` for numbers. Raises `ValueError` for a mean
    that is not positive and finite.

    ```python
    gl.Exponential.of(3.0).temper(0.5).mean  # [1.5]
    ```
    """

    keeps_powers: ClassVar[bool] = True
    shape: ClassVar[float] = 1.0

    @classmethod
    def of_numbers(cls, mean: float) -> "Exponential":
        """The law of a mean, as `--loop` writes it."""
        return cls.of(mean)


class Normal(AbstractQuadraticFamily):
    r"""Normal numbers of a known variance $v$, of which only the mean $m$ is learned.

    `mean` has shape `(*batch, 1)`, `variance` is $v > 0$; use `Normal.of` for numbers, and a
    `Gaussian` where the variance is learned as well. Raises `ValueError` for a mean that is not
    finite or a variance that is not positive.

    ```python
    gl.Normal.of(3.0, variance=2.0).temper(0.5).mean  # [3]
    ```
    """

    variance: float = eqx.field(static=True, kw_only=True, converter=known_number("variance"))

    @classmethod
    def of_numbers(cls, mean: float, variance: float) -> "Normal":
        """The law of a mean and a known variance, as `--loop` writes it."""
        return cls.of(mean, variance=variance)

    @property
    def coefficients(self):
        return self.variance, 0.0, 0.0

    def natural_parameters(self):
        """$m/v$."""
        return self.mean / self.variance

    def _of_natural(self, natural):
        return self.variance * natural

    def draw(self, key, samples) -> "Normal":
        r"""$m' = m + z \sqrt{v/n}$."""
        noise = normal(key, self.mean.shape) * jnp.sqrt(self.variance / self._counted(samples))
        return self.with_mean_parameters(self.mean + noise)

    def tempering_factor(self, temperature):
        """One: the density $p^{1/T}$ is normal about the same mean."""
        return jnp.ones_like(temperature)

    def _tempered(self, temperature):
        return self.tempering_factor(temperature) * self.mean

    def _gap(self, left, right):
        """In standard deviations."""
        return jnp.abs(left - right) / self.variance**0.5

    def _free(self, mean):
        return mean

    def _bound(self, number):
        return number
