"""A log-density as a function of numbers in a row."""

import dataclasses
import hashlib
import re
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..operators import Unravel


@dataclasses.dataclass(frozen=True, eq=False)
class Density:
    """The log-density of parameters in a row, at many points.

    Equal for the same function and parameters of one shape, whatever the data and the support, so
    that programs are compiled once for a function. `formula` is what it was traced as: where a
    number that it reads from outside has changed, it is another density.
    """

    function: Callable[[Any, Array], Array]
    unravel: Unravel
    formula: str = ""

    def __call__(self, vector: Float[Array, " p"], points: Float[Array, "n ..."]) -> Array:
        parameters = self.unravel(vector)
        return jax.vmap(lambda point: self.function(parameters, point))(jnp.asarray(points))

    def __eq__(self, other):
        same = isinstance(other, Density) and self.function is other.function
        return same and (self.unravel, self.formula) == (other.unravel, other.formula)

    def __hash__(self):
        # A function may be an object without a hash of its own.
        return hash((id(self.function), self.unravel, self.formula))


def formula_of(traced: Any) -> str:
    """The text of a traced function (a closed jaxpr), with the numbers that it closes over."""
    text = re.sub(r" at 0x[0-9a-f]+", "", str(traced.jaxpr))
    numbers = hashlib.sha256()
    for constant in map(np.asarray, traced.consts):
        numbers.update(repr((constant.dtype, constant.shape)).encode() + constant.tobytes())
    return f"{text} {numbers.hexdigest()}"
