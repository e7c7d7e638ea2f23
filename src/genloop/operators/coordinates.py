"""The coordinates in which a loop flows and fluctuates."""

from collections.abc import Callable
from typing import NamedTuple

from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, PyTree

from ..printing import readable


@readable
class Coordinates(NamedTuple):
    """A flat vector for a state, and the state of a flat vector."""

    enter: Callable[[PyTree], Float[Array, " k"]]
    leave: Callable[[Float[Array, " k"]], PyTree]

    def of(self, function: Callable[[PyTree], PyTree]) -> Callable:
        """A map of states as a map of vectors."""
        return lambda x: self.enter(function(self.leave(x)))


def linear_coordinates(state: PyTree) -> Coordinates:
    """Those in which mixing datasets is linear and drawing samples is unbiased.

    States with `mean_parameters()` and `with_mean_parameters(x)` use these (expectations are
    linear in the distribution); all others their leaves in a row.
    """
    if hasattr(state, "mean_parameters") and hasattr(state, "with_mean_parameters"):
        return Coordinates(lambda x: x.mean_parameters(), state.with_mean_parameters)
    return Coordinates(lambda x: ravel_pytree(x)[0], ravel_pytree(state)[1])
