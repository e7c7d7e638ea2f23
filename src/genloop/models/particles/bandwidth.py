"""The width of a kernel: a number, or a rule that makes one of the number of points."""

import abc
from typing import Any

import equinox as eqx
from jaxtyping import Array, Float

from ... import numeric as xp
from ...printing import readable, short
from ..model import number_in

RULES = ("scott", "silverman")
_positive = number_in("bandwidth", 0.0, float("inf"), open_below=True)


@readable
class Bandwidth(eqx.Module):
    """A number for every number of points and of dimensions."""

    def _printed(self):
        return {}

    @property
    @abc.abstractmethod
    def counts(self) -> bool:
        """Whether it depends on the number of points."""

    @abc.abstractmethod
    def __call__(self, size: Any, dimension: int) -> Any:
        """The number for `size` points in so many dimensions."""


class Width(Bandwidth):
    """The same positive number whatever the points."""

    number: Float[Array, ""] = eqx.field(converter=_positive)

    def _heading(self):
        return short(self.number)

    @property
    def counts(self):
        return False

    def __call__(self, size, dimension):
        return self.number


class Rule(Bandwidth):
    r"""Scott's rule $n^{-1/(d + 4)}$ or Silverman's $(n (d + 2)/4)^{-1/(d + 4)}$.

    Raises `ValueError` for another name."""

    name: str = eqx.field(static=True)

    def __check_init__(self):
        if self.name not in RULES:
            raise ValueError(
                f'bandwidth is "scott", "silverman" or a positive number, got "{self.name}".'
            )

    def _heading(self):
        return repr(self.name)

    @property
    def counts(self):
        return True

    def __call__(self, size, dimension):
        scale = 1.0 if self.name == "scott" else (dimension + 2) / 4
        return xp.power(size * scale, -1 / (dimension + 4))


def as_bandwidth(value: Any) -> Bandwidth:
    """A bandwidth from a name or a number. Raises `ValueError` for anything else."""
    if isinstance(value, Bandwidth):
        return value
    return Rule(value) if isinstance(value, str) else Width(value)
