"""What a search for fixed points can start from, said before it begins."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .jacobian import is_double


def checked_start(start, tolerance):
    """The start with its plain numbers as arrays, so that they are traced."""
    array = lambda leaf: jnp.asarray(leaf) if isinstance(leaf, float | int) else leaf
    start = jax.tree.map(array, start)
    if not is_double(start) and tolerance < 1e-6:
        raise ValueError(
            f"a residual of {tolerance:g} needs float64 states; work inside `with genloop.x64():` "
            "or set jax_enable_x64."
        )
    leaves = [jnp.asarray(leaf) for leaf in jax.tree.leaves(start)]
    if not leaves:
        raise ValueError("a state needs at least one number; give the state to start from.")
    if not any(jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in leaves):
        raise ValueError(
            f"a search starts at floating-point numbers, got {leaves[0].dtype}; write 1.0 for 1."
        )
    if not is_double(start) and jnp.result_type(float) == jnp.float64:
        raise ValueError(
            "the state is in single precision and the map in double precision; convert the state "
            "with jax.numpy.asarray(state, float)."
        )
    return start


def own_domain(state):
    """Whether a state is one, by its own method `valid()`; without it any numbers are."""
    own = getattr(state, "valid", None)
    return jnp.ones((), bool) if own is None else own()


def check_map(map, start):
    """A map in JAX from states to states of the same shapes."""
    if not callable(map):
        raise ValueError(
            f"a map is a loop or a function of a state, got {type(map).__name__}; the map comes "
            "first, then the state."
        )
    try:
        image = eqx.filter_eval_shape(map, start)
    except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
        raise ValueError(
            "the map cannot be traced by JAX: write it with jax.numpy (jax.numpy.cos, not "
            "math.cos or numpy.cos) and jax.numpy.where instead of if."
        ) from None
    shapes = lambda tree: [jnp.shape(leaf) for leaf in jax.tree.leaves(tree)]
    if shapes(image) != shapes(start):
        raise ValueError(
            f"the map must return a state of the shape of its input, {_shown(shapes(start))}, got "
            f"{_shown(shapes(image))}."
        )
    kinds = lambda tree: jnp.result_type(*(leaf.dtype for leaf in jax.tree.leaves(tree)))
    own, other = kinds(jax.tree.map(jnp.asarray, start)), kinds(image)
    if own != other:
        raise ValueError(f"the map turns numbers of type {own} into {other}; convert its result.")


def _shown(shapes):
    return str(shapes[0]) if len(shapes) == 1 else str(shapes)
