"""Rewards of points in space, and what choosing by them makes of a Gaussian."""

import abc
from collections.abc import Sequence
from typing import Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float

from ..model import array_of, number_in
from .best_of import best_of
from .reward import AbstractReward

_finite = {name: number_in(name, -np.inf, np.inf, open_below=True) for name in ("slope", "centre")}


class Curated(eqx.Module):
    r"""What choosing makes of $N(\mu, L L^\top)$: the mean $\mu + d$ and the covariance $R R^\top$.

    `shift` $d$ has shape `(*batch, d)`, `root` $R$ `(*batch, d, d)`, of any orientation.
    """

    shift: Float[Array, "*batch d"]
    root: Float[Array, "*batch d d"]


class AbstractPointReward(AbstractReward):
    """A reward of points in space, by which the samples of a Gaussian are chosen.

    ```python
    isinstance(gl.LinearReward(0.5), gl.models.AbstractPointReward)  # True
    ```
    """

    @abc.abstractmethod
    def tilt(self, mean: Float[Array, "*batch d"], factor: Float[Array, "*batch d d"]) -> Curated:
        r"""The moments of the density proportional to $p\,e^r$."""

    def choose(
        self, mean: Float[Array, "*batch d"], factor: Float[Array, "*batch d d"], among: int
    ) -> Curated:
        """The moments of a point that is chosen among `among` candidates.

        Raises `ValueError` for a reward of which these are not known.
        """
        raise ValueError(
            f"the moments of the best of {among} by a {type(self).__name__} have no exact form; "
            "use Tilt, which chooses among infinitely many, or a LinearReward."
        )


class LinearReward(AbstractPointReward):
    r"""The reward $r(x) = b \cdot x$: more is better, without end.

    `slope` is $b$, per unit of each dimension, shape `(d,)`; one number is the slope of every
    dimension. Raises `ValueError` for numbers that are not finite.

    ```python
    model = gl.Gaussian.of([0, 0], [[2, 1], [1, 3]])
    model.tilt(gl.LinearReward([1, 0])).mean  # [2, 1]
    ```
    """

    slope: Float[Array, "*d"] = eqx.field(converter=_finite["slope"])

    @classmethod
    def of_numbers(cls, *slope: float) -> Self:
        """The reward with a slope for each dimension, as `--loop` writes it."""
        return cls(one_or_all("LinearReward", "slope", slope))

    def __call__(self, points):
        return (points * self.slope).sum(-1)

    def tilt(self, mean, factor):
        r"""$N(\mu + \Sigma b, \Sigma)$: the covariance stays."""
        root = self._root(mean, factor)
        return Curated((factor @ root[..., None])[..., 0], factor)

    def choose(self, mean, factor, among):
        r"""Only $b \cdot x \sim N(b \cdot \mu, v)$, $v = b^\top \Sigma b$, matters to the choice.

        With the shift $h$ of its mean and its variance $w$ when chosen (`best_of`): mean $\mu +
        \Sigma b\,h/v$ and covariance $\Sigma - \Sigma b b^\top \Sigma\,(v - w)/v^2$ [ST-D10].
        """
        root = self._root(mean, factor)
        square = (root**2).sum(-1)
        chosen, safe = square > 0, jnp.where(square > 0, square, 1.0)
        shift, variance = best_of(jnp.where(chosen, jnp.sqrt(safe), 0.0), among)
        # Without a slope all candidates are alike, and nearly so their limits hold.
        pull = jnp.where(chosen, shift / safe, 1 - 1 / among)[..., None]
        lost = jnp.where(chosen, 1 - jnp.sqrt(jnp.where(chosen, variance, 1.0) / safe), 0.0) / safe
        along = (factor @ root[..., None])[..., 0]
        outer = along[..., :, None] * root[..., None, :]
        return Curated(pull * along, factor - lost[..., None, None] * outer)

    def _root(self, mean, factor):
        r"""$L^\top b$, whose length is the standard deviation of the reward."""
        slope = for_each_dimension("LinearReward", "slope", self.slope, mean)
        return (factor.mT @ slope[..., None])[..., 0]


class QuadraticReward(AbstractPointReward):
    r"""The reward $r(x) = -|x - c|^2/(2 \tau^2)$: the nearer to a point the better.

    `centre` is $c$, shape `(d,)`, one number for the same in every dimension; `width` is $\tau > 0$
    in the unit of the data. Raises `ValueError` for numbers out of range.

    ```python
    gl.Gaussian.of(0.0, 1.0).tilt(gl.QuadraticReward(2.0, 1.0)).mean  # [1]
    ```
    """

    centre: Float[Array, "*d"] = eqx.field(converter=_finite["centre"])
    width: Float[Array, ""] = eqx.field(converter=number_in("width", 0.0, np.inf, open_below=True))

    @classmethod
    def of_numbers(cls, *centre_and_width: float) -> Self:
        """The reward with a centre for each dimension and, last, its width; as `--loop` says it."""
        if len(centre_and_width) < 2:
            raise ValueError(
                "a QuadraticReward has a centre and, last, a width: QuadraticReward(0, 1)."
            )
        *centre, width = centre_and_width
        return cls(one_or_all("QuadraticReward", "centre", centre), width)

    def __call__(self, points):
        return -(((points - self.centre) / self.width) ** 2).sum(-1) / 2

    def tilt(self, mean, factor):
        r"""$N(\mu + \tilde\Sigma (c - \mu)/\tau^2, \tilde\Sigma)$ for a precision that adds up.

        $\tilde\Sigma^{-1} = \Sigma^{-1} + I/\tau^2$, which with $I + L^\top L/\tau^2 = C C^\top$ is
        $\tilde\Sigma = R R^\top$, $R = L C^{-\top}$: no covariance is inverted [ST-D8].
        """
        centre = for_each_dimension("QuadraticReward", "centre", self.centre, mean)
        scaled = factor / self.width
        gained = scaled.mT @ scaled
        inner = jnp.linalg.cholesky(
            jnp.broadcast_to(jnp.eye(mean.shape[-1]), gained.shape) + gained
        )
        root = solve_triangular(inner, factor.mT, lower=True).mT
        pull = (centre - mean)[..., None] / self.width**2
        return Curated((root @ (root.mT @ pull))[..., 0], root)


def one_or_all(name: str, what: str, numbers: Sequence[float]):
    """The number that is written for every dimension, or those for each of them."""
    if not numbers:
        raise ValueError(f"{name} needs a {what}, one number or one for each dimension.")
    return numbers[0] if len(numbers) == 1 else array_of(numbers)


def for_each_dimension(name: str, what: str, numbers: Array, mean: Array) -> Array:
    """The numbers along the dimensions of a model; `ValueError` if they are fewer or more."""
    numbers = jnp.asarray(numbers)
    if numbers.ndim and numbers.shape[-1] not in (1, mean.shape[-1]):
        raise ValueError(
            f"a {name} with a {what} of {numbers.shape[-1]} numbers does not fit data of "
            f"{mean.shape[-1]} dimensions; give one number, or one for each dimension."
        )
    return jnp.broadcast_to(numbers, mean.shape)
