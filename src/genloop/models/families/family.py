"""What all families with quadratic variance share."""

import abc
import dataclasses
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from ... import numeric as xp
from ...operators import Coordinates, ScaledIdentity
from ...operators.covariance import Factored
from ...operators.guidance import proper
from ...printing import host
from ..model import (
    AbstractModel,
    as_float,
    check_same_kind,
    is_concrete,
    positive_temperature,
    relative_gap,
    share_of_real_data,
)
from ..origin import Origin
from .moments import FamilyMoments

_ROUNDING = 1e-9


class AbstractQuadraticFamily(AbstractModel):
    r"""A one-parameter exponential family with the variance $V(m) = v_0 + v_1 m + v_2 m^2$.

    The statistic is the observation itself, so the mean $m$ is the mean parameter, the
    maximum-likelihood fit to data is their mean, and the fit to a mixture has the mean of the
    means. $v_2$ decides what a loop does to it [CA-C4]. `mean` has shape `(*batch, 1)`; `of` takes
    numbers. Raises `ValueError` for a mean outside the family.

    Tempering is what it says, sampling from the density proportional to $p^{1/T}$, and learning
    from those samples: the family member with the mean of that density. Where the density is in
    the family, this scales the natural parameter by $1/T$ (`Bernoulli`, `Geometric`,
    `Exponential`); elsewhere the density has left the family.

    ```python
    gl.Poisson.of(3.0).variance_function(jnp.array(3.0))  # 3
    ```
    """

    mean: Float[Array, "*batch 1"] = eqx.field(converter=as_float)
    read_from: Origin | None = eqx.field(static=True, default=None)

    lowest: ClassVar[float] = -float("inf")
    """The infimum of the means."""
    keeps_powers: ClassVar[bool] = False

    def __check_init__(self):
        if jnp.ndim(self.mean) == 0 or self.mean.shape[-1] != 1:
            name = type(self).__name__
            raise ValueError(
                f"the mean of a {name} has shape (..., 1), got {jnp.shape(self.mean)}; use "
                f"{name}.of for numbers."
            )
        if is_concrete(self.mean):
            self._check_mean(np.asarray(self.mean))

    def _check_mean(self, means):
        good = np.asarray(self._inside(means))
        if not good.all():
            below = "(" if np.isinf(self.lowest) or not self.may_vanish else "["
            above = ")" if np.isinf(self.highest) else "]"
            raise ValueError(
                f"the mean of a {type(self).__name__} must lie in {below}{self.lowest:g}, "
                f"{self.highest:g}{above}, got {means[~good].flat[0]}."
            )

    @classmethod
    def of(cls, mean, *, origin: Origin | None = None, **known: Any) -> Self:
        """The member of a mean; `known` are the parameters of the family that are not learned.

        An array of means is a batch. Raises `ValueError` for a parameter that is missing or is
        none of the family, and for numbers outside of it.
        """
        wanted = cls.known_names()
        if set(known) != set(wanted):
            needs = " and ".join(f"{name}=" for name in wanted) or "nothing else"
            raise ValueError(f"a {cls.__name__} needs its mean and {needs}.")
        return cls(xp.expand_dims(as_float(mean), -1), origin, **known)

    @classmethod
    def known_names(cls) -> tuple[str, ...]:
        """The names of the parameters that are known and not learned."""
        arguments = inspect.signature(cls).parameters
        return tuple(name for name in arguments if name not in ("mean", "read_from"))

    @property
    def known(self) -> Mapping[str, float]:
        """The parameters of the family that are known and not learned."""
        return {name: getattr(self, name) for name in self.known_names()}

    @property
    @abc.abstractmethod
    def coefficients(self) -> tuple[float, float, float]:
        r"""$v_0$, $v_1$ and $v_2$ of the variance."""

    @property
    def highest(self) -> float:
        """The supremum of the means."""
        return float("inf")

    @property
    def may_vanish(self) -> bool:
        """Whether the lowest mean, where all samples are equal, is a state."""
        return True

    def variance_function(self, mean: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """$V(m)$, the variance of one observation of the member of mean $m$."""
        constant, linear, quadratic = self.coefficients
        return constant + mean * (linear + quadratic * mean)

    def tempering_factor(self, temperature) -> Any:
        """The factor by which tempering multiplies every mean, `None` where there is none."""
        return None

    @abc.abstractmethod
    def _tempered(self, temperature) -> Float[Array, "*batch 1"]:
        """The mean of the density proportional to $p^{1/T}$."""

    @abc.abstractmethod
    def _of_natural(self, natural: Array) -> Array:
        """The mean of a natural parameter; not finite outside the family."""

    @abc.abstractmethod
    def _free(self, mean: Array) -> Array:
        """A number without a constraint for every mean."""

    @abc.abstractmethod
    def _bound(self, number: Array) -> Array:
        """The mean of such a number."""

    def _size(self):
        return "".join(f"of {name} {value:g}" for name, value in self.known.items())

    def _printed(self):
        return {"mean": host(self.mean)[..., 0], "source": self.source}

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.mean.shape[:-1]

    def broadcast(self, batch_shape) -> Self:
        return self.with_mean_parameters(jnp.broadcast_to(self.mean, (*batch_shape, 1)))

    def mean_parameters(self):
        return self.mean

    def with_mean_parameters(self, parameters) -> Self:
        return dataclasses.replace(self, mean=parameters)

    def temper(self, temperature) -> Self:
        r"""The family member with the mean of the density proportional to $p^{1/T}$.

        A change of $T$ or $m$ moves it by $\partial m_T/\partial m = V_T/(T\,V(m))$, with $V_T$ the
        variance of that density. Raises `ValueError` for a temperature that is not positive.
        """
        return self.with_mean_parameters(self._tempered(positive_temperature(temperature)))

    def guide(self, auxiliary, strength) -> Self:
        r"""The member of natural parameter $(1 + w)\,\theta - w\,\theta'$: always in the family.

        Where all samples are equal they stay so. Raises `ValueError` where that is no member.
        """
        self._check_partner(auxiliary)
        own, other = self.natural_parameters(), auxiliary.natural_parameters()
        certain = jnp.isinf(own)
        known = jnp.where(certain, other, own)
        moved = (1 + strength) * known - strength * other
        guided = jnp.where(jnp.isfinite(moved), self._of_natural(moved), jnp.nan)
        return self.with_mean_parameters(*proper(jnp.where(certain, self.mean, guided)))

    def mix(self, other, real_fraction) -> Self:
        r"""The member of mean $(1 - a)\,m + a\,m'$."""
        self._check_partner(other)
        real_fraction = share_of_real_data(real_fraction)
        real = other.broadcast(self.batch_shape).mean
        return self.with_mean_parameters((1 - real_fraction) * self.mean + real_fraction * real)

    def _check_partner(self, other):
        check_same_kind(self, other)
        for name, own in self.known.items():
            real = getattr(other, name)
            if own != real:
                raise ValueError(
                    f"cannot mix a {type(self).__name__} of {name} {own:g} with real data of "
                    f"{name} {real:g}; both need the same {name}."
                )

    def mix_jacobian(self, real_fraction) -> ScaledIdentity:
        """The multiple $1 - a$ of the identity."""
        return ScaledIdentity(1 - real_fraction, 1)

    def unbias(self, samples) -> Self:
        """This model: the mean of samples has no bias."""
        return self

    def moments(self) -> FamilyMoments:
        return FamilyMoments(self, jnp.zeros_like(self.mean))

    def statistic_covariance(self) -> Factored:
        """The variance $V(m)$ of one observation."""
        return Factored(jnp.sqrt(self.variance_function(self.mean))[:, None])

    def chart(self) -> Coordinates:
        """A coordinate without a constraint, from and to the mean."""
        return Coordinates(self._free, self._bound)

    def separation(self, other) -> Float[Array, "*batch"]:
        return self._gap(self.mean, other.mean)[..., 0]

    @abc.abstractmethod
    def _gap(self, left: Array, right: Array) -> Array:
        """The distance of two means, as a number without a unit."""

    def normalised(self) -> Self:
        return self.with_mean_parameters(xp.clip(self.mean, self.lowest, self.highest))

    def valid(self) -> Bool[Array, "*batch"]:
        return self._inside(self.mean)[..., 0]

    def _inside(self, mean):
        # A share of two equal means may round beyond them.
        top = self.highest * (1 + _ROUNDING)
        above = mean >= self.lowest if self.may_vanish else mean > self.lowest
        return above & (mean <= top) & (mean < np.inf) & (mean > -np.inf)

    def _counted(self, samples) -> Any:
        """Numbers of samples that broadcast against the means."""
        return jnp.broadcast_to(samples, self.batch_shape)[..., None]


class AbstractScale(AbstractQuadraticFamily):
    """A family of numbers that are not negative: its means are told apart by their ratio."""

    lowest: ClassVar[float] = 0.0

    def _gap(self, left, right):
        return relative_gap(left, right)

    def _free(self, mean):
        return jnp.log(mean)

    def _bound(self, number):
        return jnp.exp(number)


def known_number(name: str, *, whole: bool = False):
    """A converter of a parameter that is known: a positive number that is never traced.

    Raises `ValueError` for any other.
    """
    kind = "a positive whole number" if whole else "a positive number"

    def convert(value: Any) -> Any:
        if isinstance(value, jax.core.Tracer):
            raise ValueError(f"{name} is known and no parameter of a map; give {kind}.")
        number = np.asarray(value)
        good = number.ndim == 0 and number.dtype.kind in "iuf" and 0 < number < np.inf
        if not good or (whole and number != int(number)):
            raise ValueError(f"{name} must be {kind}, got {value}.")
        return int(number) if whole else float(number)

    return convert
