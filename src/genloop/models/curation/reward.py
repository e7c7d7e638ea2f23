"""Rewards: what the choices of curators follow."""

import abc
import math
from typing import Any, Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ...printing import plural, readable
from ..model import array_of, as_float, is_concrete
from .shares import shares_of_curators

TRACED_WIDTH = 64
"""The widest range of rewards that are traced, where they cannot be looked at."""


@readable
class AbstractReward(eqx.Module):
    r"""A reward $r(x)$: of several candidates one is chosen with chances in proportion to $e^{r}$.

    ```python
    isinstance(gl.Rewards.of([0, 1, 2]), gl.models.AbstractReward)  # True
    ```
    """

    def _heading(self) -> str:
        return f"{type(self).__name__} {self._size()}".rstrip()

    def _size(self) -> str:
        """The size of the reward in words, behind its name."""
        return ""

    @property
    def groups(self) -> int:
        """The number of groups of curators."""
        return 1

    def shares(self, shares: Any = None) -> Any:
        """The shares of the groups, all of them where there is only one.

        Raises `ValueError` where there is not one share for every group.
        """
        shares = shares_of_curators(shares)
        if shares is None and self.groups == 1:
            return np.ones(1)
        if shares is None or shares.shape[0] != self.groups:
            given = "no shares" if shares is None else plural(shares.shape[0], "share")
            raise ValueError(
                f"there are rewards of {plural(self.groups, 'group')} of curators and {given}; "
                "give shares=, one number for every group."
            )
        return shares

    @abc.abstractmethod
    def __call__(self, points: Array) -> Float[Array, "*groups n"]:
        """The reward of every point."""


class Rewards(AbstractReward):
    r"""The rewards $r_1, \dots, r_K$ of finitely many outcomes, for one or several groups.

    `Rewards.of` takes an array of shape `(K,)`, or `(groups, K)` where groups of curators prefer
    different outcomes. Outcomes that all groups reward alike are one class: `levels`, shape
    `(classes,)` or `(groups, classes)`, are the rewards of the classes, and `places`, shape `(K,)`,
    the class of every outcome (`None` where each is its own). Raises `ValueError` for numbers that
    are not finite.

    ```python
    rewards = gl.Rewards.of([0, 1, 1, 0])
    rewards.levels  # [0, 1]
    ```
    """

    levels: Float[Array, "*groups c"] = eqx.field(converter=as_float)
    places: Int[Array, " k"] | None = None
    width: int = eqx.field(static=True, default=TRACED_WIDTH)
    """The largest difference of two rewards of one group, rounded up; none is larger."""

    @classmethod
    def of(cls, values) -> Self:
        """The rewards of an array, a row for each group of curators where there are several.

        Raises `ValueError` for other shapes, for fewer than two outcomes and for numbers that are
        not finite.
        """
        values = as_float(values)
        if values.ndim not in (1, 2) or values.shape[-1] < 2 or not values.size:
            raise ValueError(
                "rewards are an array of shape (K,) of at least two outcomes, or (groups, K), got "
                f"the shape {values.shape}."
            )
        if not is_concrete(values):
            return cls(values)
        numbers = np.asarray(values)
        _check_finite(numbers)
        _, first, places = np.unique(numbers, axis=-1, return_index=True, return_inverse=True)
        return cls.of_classes(values[..., first], places.reshape(-1))

    @classmethod
    def of_classes(cls, levels, places) -> Self:
        """The rewards of classes, and the class of every outcome.

        Raises `ValueError` for numbers that are not finite.
        """
        levels, width = as_float(levels), TRACED_WIDTH
        if is_concrete(levels):
            numbers = np.asarray(levels)
            _check_finite(numbers)
            # Whole steps of eight, so that few programs are compiled.
            width = 8 * math.ceil(np.ptp(numbers, axis=-1).max() / 8)
        if levels.shape[-1] == len(places):
            return cls(levels[..., places], None, width)
        return cls(levels, places, width)

    @classmethod
    def of_numbers(cls, *rewards: float) -> Self:
        """The rewards one after the other, as `--loop` writes them."""
        return cls.of(array_of(rewards))

    def _size(self):
        groups = f" for {plural(self.groups, 'group')}" if self.levels.ndim == 2 else ""
        return f"of {plural(self.outcomes, 'outcome')}{groups}"

    def _printed(self):
        return {"levels": self.levels}

    def __call__(self, points):
        """The rewards of outcomes by their numbers."""
        return self.values[..., points]

    @property
    def outcomes(self) -> int:
        """The number of outcomes $K$."""
        return self.levels.shape[-1] if self.places is None else self.places.shape[0]

    @property
    def groups(self) -> int:
        """The number of groups of curators."""
        return self.levels.shape[0] if self.levels.ndim == 2 else 1

    @property
    def values(self) -> Float[Array, "*groups k"]:
        """The reward of every outcome, shape `(K,)` or `(groups, K)`."""
        return self.of_outcomes(self.levels)

    def rows(self) -> Float[Array, "groups c"]:
        """The rewards of the classes, a row for each group, also where there is only one."""
        return self.levels.reshape(self.groups, -1)

    def of_outcomes(self, of_classes: Float[Array, "*batch c"]) -> Float[Array, "*batch k"]:
        """What is known of the classes, for every outcome."""
        return of_classes if self.places is None else of_classes[..., self.places]

    def masses(self, probabilities: Float[Array, "*batch k"]) -> Float[Array, "*batch c"]:
        """The probability of every class."""
        if self.places is None:
            return probabilities
        none = jnp.zeros((*probabilities.shape[:-1], self.levels.shape[-1]))
        return none.at[..., self.places].add(probabilities)

    def check_outcomes(self, outcomes: int) -> None:
        """Raises `ValueError` unless there is a reward for each of so many outcomes."""
        if self.outcomes != outcomes:
            raise ValueError(
                f"there are {self.outcomes} rewards and {outcomes} outcomes; give one reward for "
                "every outcome, in the same order."
            )


def _check_finite(numbers: np.ndarray) -> None:
    if not np.isfinite(numbers).all():
        raise ValueError("rewards must be finite numbers; remove or correct the others.")


class GroupedRewards(AbstractReward):
    """The rewards of several groups of curators, one for each: a list where a reward is asked for.

    ```python
    tilt = gl.Tilt([gl.LinearReward(1.0), gl.LinearReward(-1.0)], shares=[0.5, 0.5])
    tilt(gl.Gaussian.of(0.0, 1.0)).covariance  # [[2]]
    ```
    """

    rewards: tuple[AbstractReward, ...]

    @property
    def groups(self):
        return len(self.rewards)

    def _size(self):
        return f"of {plural(self.groups, 'group')}"

    def __call__(self, points):
        return jnp.stack([reward(points) for reward in self.rewards])


def as_reward(value: Any) -> Any:
    """A reward: what is one, a list of them for groups, and what else is an array as `Rewards`."""
    if isinstance(value, list | tuple) and any(isinstance(one, AbstractReward) for one in value):
        return GroupedRewards(tuple(as_reward(one) for one in value))
    return value if isinstance(value, AbstractReward) else Rewards.of(value)
