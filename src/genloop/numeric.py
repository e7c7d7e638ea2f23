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

_NUMBERS = (np.ndarray, np.generic, float, int)


def of_jax(*values: Any) -> bool:
    """Whether any of the arrays in these trees is one of JAX."""
    for value in values:
        if isinstance(value, _NUMBERS):
            continue
        if isinstance(value, jax.Array):
            return True
        if any(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(value)):
            return True
    return False


@functools.cache
def __getattr__(name: str) -> Callable[..., Any]:
    """The function of this name, of JAX where one of its arguments is, else of NumPy."""
    if name.startswith("_"):
        raise AttributeError(name)
    on_numbers, on_arrays = getattr(np, name), getattr(jnp, name)

    def function(*arguments: Any, **options: Any) -> Any:
        return (on_arrays if of_jax(*arguments) else on_numbers)(*arguments, **options)

    return function


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


def each(function: Callable, places: Any) -> Any:
    """The values of a function at many places, the first axis.

    Arrays of JAX are given to it one by one, numbers all at once: it takes leading axes.
    """
    return jax.lax.map(function, places) if of_jax(places) else function(places)
