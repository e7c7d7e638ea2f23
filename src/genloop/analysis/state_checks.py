"""Checks of states, maps and families before an analysis begins."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ..arguments import check_function, check_key, check_positive, kind_of
from ..programs import as_argument, held


def checked_start(start, tolerance):
    """The start of a search with its plain numbers as arrays, so that they are traced.

    Raises `ValueError` for whole numbers, for a tolerance below the rounding of the state, and for
    single precision among double.
    """
    start = checked_state(start)
    check_positive(tolerance=tolerance)
    if not is_double(start) and tolerance < 1e-6:
        raise ValueError(
            f"a residual of {tolerance:g} needs float64 states; build the models, the loop and the "
            "start inside `with genloop.x64():` too, or set jax_enable_x64."
        )
    check_floating(start)
    if not is_double(start) and jnp.result_type(float) == jnp.float64:
        raise ValueError(
            "the state is in single precision and the map in double precision; convert the state "
            "with jax.numpy.asarray(state, float)."
        )
    return start


def checked_state(state):
    """The state with its plain numbers as arrays; `ValueError` for what is not made of numbers."""
    leaves = jax.tree.leaves(state)
    if not leaves:
        raise ValueError("a state needs at least one number; give the state to start from.")
    for leaf in leaves:
        if not eqx.is_array_like(leaf):
            raise ValueError(
                f"a state is made of numbers, got {kind_of(leaf)}; give a model, an array or a "
                "number such as 1.0."
            )
    array = lambda leaf: jnp.asarray(leaf) if isinstance(leaf, float | int) else leaf
    return jax.tree.map(array, state)


def check_floating(state) -> None:
    """Raises `ValueError` for a state of whole numbers, which has no derivative."""
    leaves = jax.tree.leaves(state)
    if not any(jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in leaves):
        raise ValueError(
            f"a search starts at floating-point numbers, got {leaves[0].dtype}; write 1.0 for 1."
        )


def check_double(state, what: str) -> None:
    """Raises `ValueError` for a state in single precision."""
    if not is_double(state):
        remedy = (
            "convert the state with jax.numpy.asarray(state, float)"
            if jnp.result_type(float) == jnp.float64
            else "work inside `with genloop.x64():`"
        )
        raise ValueError(f"{what} needs float64 states; {remedy}.")


def is_double(tree) -> bool:
    """Whether every floating leaf is float64."""
    leaves = [jnp.asarray(leaf) for leaf in jax.tree.leaves(tree)]
    floats = [leaf for leaf in leaves if jnp.issubdtype(leaf.dtype, jnp.inexact)]
    return all(jnp.finfo(leaf.dtype).bits == 64 for leaf in floats)


def own_domain(state):
    """Whether a state is one, by its own method `valid()`; without it any numbers are."""
    own = getattr(state, "valid", None)
    return jnp.ones((), bool) if own is None else own()


def check_map(function, state) -> None:
    """Raises `ValueError` unless this is a map in JAX from states to states of the same shapes."""
    if hasattr(function, "build"):
        raise ValueError(
            f"a {kind_of(function)} has no numbers yet; give the loop that its build(values, "
            "real=...) makes."
        )
    if not callable(function):
        raise ValueError(
            f"a map is a loop or a function of a state, got {kind_of(function)}; the map comes "
            "first, then the state."
        )
    _check_image("the map", shapes_of("the map", function, state), state)


def checked_map(function, state):
    """The map with all that it closes over as numbers of its own; raises as `check_map`."""
    if not isinstance(function, eqx.Module):
        check_map(function, state)
    return as_argument(function, state)


def check_step(step, key, state) -> None:
    """Raises `ValueError` unless this is a kernel, its key, and a state that it keeps."""
    if hasattr(step, "step"):
        raise ValueError(
            f"a kernel is a function step(key, state), got {kind_of(step)}; give its method step."
        )
    check_function("a kernel", step, "loop.step or lambda key, state: ...")
    check_key(key)
    image = shapes_of("the step", step, key, state)
    if getattr(state, "resizes", False):
        # A sample may begin with another number of points than its generations have.
        state, image = image, shapes_of("the step", step, key, image)
    _check_image("the step", image, state)
    if jax.tree.structure(image) != jax.tree.structure(state):
        raise ValueError("the step must return a state of the same kind as its input.")


def checked_family(family, state, *parameters):
    """The family, with the traced numbers that it closes over.

    Raises `ValueError` unless it is a function of parameters that returns maps.
    """
    example = "lambda p: Temper(0.8) >> Mix(real, p)"
    if hasattr(family, "jacobian"):
        raise ValueError(f"a family is a function of a parameter, got a map; write {example}.")
    check_function("a family", family, example)
    check_map(family(*parameters), state)
    return held(family, state, *parameters)


def check_quantity(what: str, function, *arguments) -> None:
    """Raises `ValueError` unless this is a function in JAX that returns one real number."""
    image = shapes_of(what, function, *arguments)
    shape = getattr(image, "shape", None)
    if shape != ():
        seen = kind_of(image) if shape is None else f"the shape {shape}"
        raise ValueError(f"{what} must return one number, got {seen}.")
    if jnp.issubdtype(image.dtype, jnp.floating) and jnp.finfo(image.dtype).bits < 64:
        raise ValueError(
            f"{what} is computed in single precision ({image.dtype}); leave its numbers as they "
            "are, or work inside `with genloop.x64():`."
        )


def shapes_of(what: str, function: Callable, *arguments) -> Any:
    """The shapes and types of what a function returns; `ValueError` where JAX cannot trace it."""
    try:
        return eqx.filter_eval_shape(function, *arguments)
    except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
        raise ValueError(
            f"{what} cannot be traced by JAX: write it with jax.numpy (jax.numpy.cos, not math.cos "
            "or numpy.cos) and jax.numpy.where instead of if."
        ) from None
    except TypeError:
        if any(isinstance(argument, list | tuple) for argument in arguments):
            raise ValueError(
                f"{what} cannot act on a list of numbers; give jax.numpy.array([1.0, 2.0])."
            ) from None
        raise


def _check_image(what, image, state):
    shapes = lambda tree: [jnp.shape(leaf) for leaf in jax.tree.leaves(tree)]
    if shapes(image) != shapes(state):
        raise ValueError(
            f"{what} must return a state of the shape of its input, {_shown(shapes(state))}, got "
            f"{_shown(shapes(image))}."
        )
    types = lambda tree: [jnp.result_type(leaf) for leaf in jax.tree.leaves(tree)]
    for own, other in zip(types(state), types(image), strict=True):
        if own != other:
            wide = jnp.promote_types(own, other) == other
            remedy = "the state with jax.numpy.asarray(state, float)" if wide else "its result"
            raise ValueError(f"{what} turns numbers of type {own} into {other}; convert {remedy}.")


def _shown(shapes):
    return str(shapes[0]) if len(shapes) == 1 else str(shapes)
