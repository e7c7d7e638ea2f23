"""Array functions that leave numbers to NumPy and arrays of JAX, traced or not, to JAX.

A formula written with `numeric.exp`, `numeric.where`, ... stands once: for numbers it takes
microseconds and nothing is compiled, under `jit`, `vmap` and `grad` it is traced like any other.
Every function that NumPy and `jax.numpy` share is here, with the few that only JAX has.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np

_TOGETHER = 16_000
"""Numbers of one array that stays near the processor."""
_NUMBERS = {np.ndarray, np.float64, np.int64, np.bool_, float, int, bool}


def of_jax(*values: Any) -> bool:
    """Whether any of the arrays in these trees is one of JAX."""
    for value in values:
        if type(value) in _NUMBERS:
            continue
        if isinstance(value, jax.Array):
            return True
        if any(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(value)):
            return True
    return False


def __getattr__(name: str) -> Callable[..., Any]:
    """The function of this name, of JAX where one of its arguments is, else of NumPy."""
    if name.startswith("_"):
        raise AttributeError(name)
    # Kept here, so that it is found without this function the next time.
    globals()[name] = _either(getattr(np, name), getattr(jnp, name))
    return globals()[name]


def _either(on_numbers: Callable, on_arrays: Callable) -> Callable[..., Any]:
    def function(*arguments: Any, **options: Any) -> Any:
        return (on_arrays if of_jax(*arguments) else on_numbers)(*arguments, **options)

    return function


class linalg:
    """The functions of `numpy.linalg` that are in use, likewise."""

    eigh = staticmethod(_either(np.linalg.eigh, jnp.linalg.eigh))
    norm = staticmethod(_either(np.linalg.norm, jnp.linalg.norm))
    qr = staticmethod(_either(np.linalg.qr, jnp.linalg.qr))


def compiled(function: Callable) -> Callable:
    """A function that is compiled for arrays of JAX, and computed as it is for numbers."""
    for_arrays, for_numbers = jax.jit(function), np.errstate(all="ignore")(function)

    @functools.wraps(function)
    def either(*arguments: Any, **options: Any) -> Any:
        return (for_arrays if of_jax(arguments, options) else for_numbers)(*arguments, **options)

    return either


def stop_gradient(values: Any) -> Any:
    """The values, arrays or trees of them, as constants of every derivative."""
    return jax.tree.map(_stopped, values)


def _stopped(leaf):
    if not isinstance(leaf, jax.core.Tracer):
        return leaf
    value = jax.lax.stop_gradient(leaf)
    # A number that was written down, under `grad`, is neither an array of JAX nor one of NumPy.
    return value if isinstance(value, jax.Array) else np.asarray(value)


def sigmoid(x: Any) -> Any:
    r"""$1/(1 + e^{-x})$, also where $e^{-x}$ overflows."""
    if of_jax(x):
        return jax.nn.sigmoid(x)
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) < 0, small, 1.0) / (1 + small)


def softplus(x: Any) -> Any:
    r"""$\log(1 + e^x)$, also where $e^x$ overflows."""
    return jax.nn.softplus(x) if of_jax(x) else np.logaddexp(x, 0.0)


def while_loop(unfinished: Callable, advance: Callable, start: Any) -> Any:
    """`jax.lax.while_loop`; in Python where all that it meets are numbers."""
    state = start
    while not of_jax(state):
        proceed = unfinished(state)
        if of_jax(proceed):
            break
        if not proceed:
            return state
        state = advance(state)
    return jax.lax.while_loop(unfinished, advance, start)


def fori_loop(first: int, last: int, advance: Callable, start: Any) -> Any:
    """`jax.lax.fori_loop`; in Python where all that it meets are numbers."""
    state = start
    for index in range(first, last):
        if of_jax(state):
            return jax.lax.fori_loop(first, last, advance, start)
        state = advance(index, state)
    return state


def pieces(length: int, width: int) -> list[slice]:
    """A long axis in pieces, whose arrays of so many numbers a row stay near the processor."""
    rows = max(1, _TOGETHER // width)
    return [slice(first, first + rows) for first in range(0, length, rows)]


def each(function: Callable, places: Any, *, width: int) -> Any:
    """The values of a function at many places, the first axis.

    Arrays of JAX are given to it one by one, numbers in `pieces` of so many numbers a place: it
    takes leading axes.
    """
    if of_jax(places):
        return jax.lax.map(function, places)
    return np.concatenate([function(places[piece]) for piece in pieces(len(places), width)])


def one_by_one(function: Callable, rows: Any, *, batch_size: int | None = None) -> Any:
    """`jax.lax.map`; in Python where the rows, arrays or trees of them, are numbers."""
    if of_jax(rows):
        return jax.lax.map(function, rows, batch_size=batch_size)
    length = len(jax.tree.leaves(rows)[0])
    if length == 0:
        # Of no rows there is one of no place, for the shapes.
        none = jax.tree.map(lambda leaf: np.full((1, *leaf.shape[1:]), -1, leaf.dtype), rows)
        return jax.tree.map(lambda leaf: leaf[:0], one_by_one(function, none))
    found = [function(jax.tree.map(lambda leaf, row=row: leaf[row], rows)) for row in range(length)]
    return jax.tree.map(lambda *leaves: np.stack(leaves), *found)


def choose(condition: Any, new: Any, old: Any) -> Any:
    """The one tree or the other; numbers stay as they are."""
    if of_jax(condition):
        return jax.tree.map(lambda one, other: jnp.where(condition, one, other), new, old)
    return new if condition else old


def cond(condition: Any, then: Callable, otherwise: Callable) -> Any:
    """`jax.lax.cond`; in Python for a condition that is known."""
    if of_jax(condition):
        return jax.lax.cond(condition, then, otherwise)
    return then() if condition else otherwise()


def first_places(condition: Any, size: int) -> Any:
    """The first so many places at which a condition holds, filled up with -1."""
    if of_jax(condition):
        return jnp.nonzero(condition, size=size, fill_value=-1)[0]
    found = np.flatnonzero(condition)[:size]
    return np.pad(found, (0, size - found.size), constant_values=-1)
