"""The number of points that join in each generation."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax.core
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..models.model import as_float
from ..printing import readable, short


@readable
class AbstractSchedule(eqx.Module):
    """A whole number of points for every generation."""

    def _heading(self) -> str:
        return ", ".join(short(value) for value in vars(self).values())

    def _printed(self):
        return {}

    @property
    @abc.abstractmethod
    def last(self) -> float:
        """The place from which on nothing changes any more."""

    @property
    def always_zero(self) -> bool:
        """Whether it is known that there are no points in any generation."""
        return False

    @abc.abstractmethod
    def __call__(self, place: Float[Array, "*batch"]) -> int | Float[Array, "*batch"]:
        """The number of points at a place, counted from zero."""


class Constant(AbstractSchedule):
    """The same `count` in every generation."""

    count: int = eqx.field(static=True)

    @property
    def last(self):
        return 0.0

    @property
    def always_zero(self):
        return self.count == 0

    def __call__(self, place):
        return self.count


class Traced(AbstractSchedule):
    """The same `count` in every generation, any number that JAX traces."""

    count: Float[Array, ""]

    @property
    def last(self):
        return 0.0

    def __call__(self, place):
        return self.count


class Tabulated(AbstractSchedule):
    """One of `counts` after the other; the last one then stays."""

    counts: Float[Array, " t"]

    @property
    def last(self):
        return len(self.counts) - 1.0

    def __call__(self, place):
        return jnp.asarray(self.counts)[place.astype(int)]


class Computed(AbstractSchedule):
    """The whole number next to `function(place)`."""

    function: Callable[[Array], Any] = eqx.field(static=True)

    @property
    def last(self):
        return np.inf

    def __call__(self, place):
        count = jnp.round(self.function(place))
        # A number of points below zero is none that a dataset can have.
        return jnp.broadcast_to(jnp.where(count >= 0, count, jnp.nan), place.shape)


def as_schedule(value: Any) -> AbstractSchedule:
    """A schedule from a whole number, from an array of them or from a function of the generation.

    A number that JAX traces is taken as it is.

    Raises `ValueError` for numbers that are negative or not whole, or an array of another shape.
    """
    if isinstance(value, AbstractSchedule):
        return value
    if callable(value):
        return Computed(value)
    if isinstance(value, jax.core.Tracer) and value.ndim == 0:
        return Traced(value)
    counts = as_float(value)
    if np.asarray(value).dtype == bool:
        raise ValueError(f"numbers of points must be whole numbers, got {value}.")
    if counts.ndim > 1 or counts.size == 0:
        raise ValueError(
            "a schedule is a whole number, a list of them or a function of the generation, got an "
            f"array of shape {counts.shape}."
        )
    wrong = ~((counts >= 0) & (counts == np.round(counts)) & np.isfinite(counts))
    if wrong.any():
        raise ValueError(
            f"numbers of points must be whole and not negative, got {counts[wrong].flat[0]:g}; "
            "round the schedule."
        )
    return Constant(int(counts)) if counts.ndim == 0 else Tabulated(counts)
