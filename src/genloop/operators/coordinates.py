"""The coordinates in which a loop flows and fluctuates, and the numbers of a state in a row."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, PyTree

from .. import numeric as xp
from ..printing import readable


@readable
class Coordinates(NamedTuple):
    """A flat vector for a state, and the state of a flat vector.

    ```python
    gl.operators.linear_coordinates(gl.Categorical.of([1, 3])).enter(gl.Categorical.of([1, 1]))
    ```
    """

    enter: Callable[[PyTree], Float[Array, " k"]]
    leave: Callable[[Float[Array, " k"]], PyTree]

    def of(self, function: Callable[[PyTree], PyTree]) -> Callable:
        """A map of states as a map of vectors."""
        return lambda x: self.enter(function(self.leave(x)))


def linear_coordinates(state: PyTree) -> Coordinates:
    """Those in which mixing datasets is linear and drawing samples is unbiased.

    States with `mean_parameters()` and `with_mean_parameters(x)` use these (expectations are
    linear in the distribution); all others their leaves in a row.

    ```python
    gl.operators.linear_coordinates(gl.Categorical.of([1, 1])).leave(jnp.array([0.25, 0.75]))
    ```
    """
    if hasattr(state, "mean_parameters") and hasattr(state, "with_mean_parameters"):
        return Coordinates(lambda x: x.mean_parameters(), state.with_mean_parameters)
    return Coordinates(lambda x: ravel_pytree(x)[0], ravel_pytree(state)[1])


@readable
@dataclasses.dataclass(frozen=True)
class Unravel:
    """The state of a vector of its numbers; equal for states of one kind and shape.

    ```python
    vector, unravel = gl.operators.flattened({"a": jnp.array([1.0, 2.0])})
    unravel(2 * vector)["a"]  # [2, 4]
    ```
    """

    structure: Any
    shapes: tuple[tuple[int, ...], ...]
    types: tuple[Any, ...]

    def __call__(self, vector: Float[Array, " n"]) -> PyTree:
        leaves, begin = [], 0
        for shape, kind in zip(self.shapes, self.types, strict=True):
            end = begin + math.prod(shape)
            leaves.append(vector[begin:end].reshape(shape).astype(kind))
            begin = end
        return jax.tree.unflatten(self.structure, leaves)


def flattened(state: PyTree) -> tuple[Float[Array, " n"], Unravel]:
    """The numbers of a state in a row, and the way back.

    ```python
    gl.operators.flattened({"a": jnp.array([1.0, 2.0]), "b": jnp.array(3.0)})[0]  # [1, 2, 3]
    ```
    """
    leaves, structure = jax.tree.flatten(state)
    vector = xp.concatenate([xp.ravel(leaf) for leaf in leaves])
    shapes, types = zip(*((leaf.shape, leaf.dtype) for leaf in leaves), strict=True)
    return vector, Unravel(structure, shapes, types)
