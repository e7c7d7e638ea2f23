"""The subject of a proof: the program of a map, its exact parameters, a state near the claim."""

import dataclasses
from collections.abc import Callable

import equinox as eqx
import jax
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree

from ..printing import readable
from .balls import ball
from .enclosures import arguments_of, flattened
from .program import CannotCertify, Program
from .reading import trace


@readable
@dataclasses.dataclass(frozen=True)
class Problem:
    """A program of a map, its exact parameters and a state that is nearly fixed.

    ```python
    gl.certificates.read_map(lambda x: 0.5 * x + 0.25, jnp.array(0.5)).state  # [0.5]
    ```
    """

    program: Program
    size: int
    state: tuple[float, ...]
    parameters: tuple[tuple[str, str], ...]

    def balls(self) -> list:
        """The parameters at the current precision."""
        return [ball(a) if a == b else ball(a).union(ball(b)) for a, b in self.parameters]


_LOW = ("float16", "bfloat16", "float32")
"""Numbers with fewer digits than doubles."""


def read_map(function, state, parameters=None, *, decimals=False) -> Problem:
    """The program of a map near a state, with the parameters as further inputs.

    ```python
    gl.certificates.read_map(lambda x: 0.5 * x + 0.25, jnp.array(0.5)).size  # 1
    ```
    """
    with jax.enable_x64(True):
        point, unravel = flat_state(state)
        family, arrays, bounds = _family(function, parameters, decimals)
        _check_weak(lambda x, *p: family(*p)(x), state, arrays)
        program = trace(lambda x, *p: image_of(family(*p), unravel(x)), point, *arrays)
    return Problem(program, point.size, tuple(point.tolist()), tuple(bounds))


def flat_state(state: PyTree) -> tuple[np.ndarray, Callable]:
    """The numbers of a state in a row, and the way back; raises `ValueError` without any."""
    flat, unravel = ravel_pytree(jax.tree.map(lambda x: np.asarray(x, np.float64), state))
    point = np.asarray(flat, dtype=np.float64)
    if point.size == 0 or not np.isfinite(point).all():
        raise ValueError("a state has at least one number, and finite ones only.")
    return point, unravel


def image_of(function: Callable, state: PyTree):
    """The numbers of the image; raises `CannotCertify` unless it has the form of the state."""
    image = function(state)
    if _form(image) != _form(state):
        raise CannotCertify("the map changes the form of the state, so it has no fixed points")
    return ravel_pytree(image)[0]


def _check_weak(generation, state, arrays):
    """Raises `CannotCertify` where a plain number becomes one of single precision on its way.

    Such a state takes the precision of what it meets, which a double does not.
    """
    plain = lambda leaf: type(leaf) in (int, float) or getattr(leaf, "weak_type", False)
    if not any(map(plain, jax.tree.leaves(state))):
        return
    abstract = lambda leaf: jax.ShapeDtypeStruct(np.shape(leaf), np.float64, weak_type=plain(leaf))
    image = jax.eval_shape(generation, jax.tree.map(abstract, state), *arrays)
    types = {np.dtype(leaf.dtype).name for leaf in jax.tree.leaves(image)} & set(_LOW)
    if types:
        low = types.pop()
        raise CannotCertify(
            f"the map rounds to single precision or less (to {low}); give it float64 numbers"
        )


def _form(state):
    leaves = jax.tree_util.tree_leaves_with_path(state)
    return [(jax.tree_util.keystr(path), np.shape(leaf)) for path, leaf in leaves]


def _family(function, parameters, decimals):
    """A function of arrays that returns the map, those arrays and their exact entries."""
    if parameters is not None:
        names, arrays, bounds = arguments_of(parameters)
        named = lambda *a: function(**dict(zip(names, a, strict=True)))
        return function if names is None else named, arrays, bounds
    inside = lambda leaf: (
        eqx.is_inexact_array(leaf)
        or (isinstance(leaf, np.ndarray) and np.issubdtype(leaf.dtype, np.floating))
    )
    moving, fixed = eqx.partition(function, inside)
    leaves, structure = jax.tree.flatten(moving)
    arrays = [np.asarray(leaf, dtype=np.float64) for leaf in leaves]
    build = lambda *a: eqx.combine(jax.tree.unflatten(structure, a), fixed)
    written = repr if decimals else (lambda number: number)
    numbers = [written(number) for array in arrays for number in array.reshape(-1).tolist()]
    return build, arrays, flattened(numbers)[1] if numbers else []
