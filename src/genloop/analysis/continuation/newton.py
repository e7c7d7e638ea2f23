"""Newton's method that stays in a domain and never steps uphill."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ...operators import maximum_norm


def damped_newton(
    assess: Callable[[Array], tuple[Array, Array, Any]],
    guess: Float[Array, " n"],
    inside: Callable[[Array], Array],
    *,
    tolerance: float | Float[Array, ""],
    iterations: int | Int[Array, ""],
) -> tuple[Array, Array, Any, Array]:
    """The last accepted point, its residual, what else was assessed there, and the rounds used.

    `assess(z)` returns the correction to subtract, the residual, and anything else (a pytree). A
    step that does not lower the residual, or leaves the domain, is tried again at a quarter of its
    length. `assess` is traced once.
    """
    shapes = eqx.filter_eval_shape(assess, guess)
    arrays, static = eqx.partition(shapes, lambda leaf: isinstance(leaf, jax.ShapeDtypeStruct))
    empty = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), arrays)

    def unfinished(carry):
        (_, residual, _), z, _, count = carry
        # The first round only evaluates the guess.
        unsolved = residual > tolerance * (1 + maximum_norm(z))
        return (count == 0) | (unsolved & (count <= iterations))

    def improve(carry):
        known, z, damping, count = carry
        trial = jnp.where(count == 0, z, z - damping * known[0])
        assessed = eqx.filter(assess(trial), eqx.is_array)
        better = inside(trial) & (assessed[1] < known[1])
        keep = lambda new, old: jnp.where(better, new, old)
        known, z = jax.tree.map(keep, (assessed, trial), (known, z))
        damping = jnp.where(better, jnp.minimum(1.0, 2 * damping), damping / 4)
        return known, z, damping, count + 1

    begin: tuple[Any, ...] = (empty[0], jnp.array(jnp.inf), empty[2]), guess, jnp.ones(()), 0
    known, z, _, count = jax.lax.while_loop(unfinished, improve, begin)
    _, residual, rest = eqx.combine(known, static)
    return z, residual, rest, count
