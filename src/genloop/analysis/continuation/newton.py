"""Newton's method that stays in a domain and never steps uphill."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ... import numeric as xp
from ...operators import maximum_norm


def damped_newton(
    assess: Callable[[Array], tuple[Array, Array, Any]],
    guess: Float[Array, " n"],
    *,
    tolerance: float | Float[Array, ""],
    iterations: int | Int[Array, ""],
) -> tuple[Array, Array, Any, Array]:
    """The last accepted point, its residual, what else was assessed there, and the rounds used.

    `assess(z)` returns the correction to subtract, the residual, infinite outside of the domain,
    and anything else (a pytree). A step that does not lower the residual is tried again at a
    quarter of its length. `assess` is traced once.
    """

    def unfinished(carry):
        (_, residual, _), z, _, count = carry
        # The first round only evaluates the guess.
        unsolved = (residual > tolerance * (1 + maximum_norm(z))) & xp.isfinite(residual)
        return (count == 0) | (unsolved & (count <= iterations))

    def improve(carry):
        known, z, damping, count = carry
        trial = xp.where(count == 0, z, z - damping * known[0])
        assessed = only_arrays(assess(trial))
        better = assessed[1] < known[1]
        known, z = xp.choose(better, (assessed, trial), (known, z))
        damping = xp.where(better, xp.minimum(1.0, 2 * damping), damping / 4)
        return known, z, damping, count + 1

    if xp.of_jax(guess):
        only_arrays = lambda tree: eqx.filter(tree, eqx.is_array)
        empty, static = _nothing_known(assess, guess)
        begin = empty, guess, jnp.ones(()), 0
    else:
        only_arrays, static = lambda tree: tree, None
        begin = assess(guess), guess, np.ones(()), 1
    known, z, _, count = xp.while_loop(unfinished, improve, begin)
    _, residual, rest = known if static is None else eqx.combine(known, static)
    return z, residual, rest, count


def _nothing_known(assess: Callable, guess: Array) -> tuple[Any, Any]:
    """Zeros in the place of what is assessed, with an infinite residual, and what is no array."""
    shapes = eqx.filter_eval_shape(assess, guess)
    arrays, static = eqx.partition(shapes, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    correction, _, rest = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), arrays)
    return (correction, jnp.array(jnp.inf), rest), static
