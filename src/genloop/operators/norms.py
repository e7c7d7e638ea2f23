"""The one norm of the library: a maximum that lets no NaN pass."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree


def maximum_norm(tree: PyTree) -> Float[Array, ""]:
    r"""$\max_i |x_i|$ over all leaves, and infinity as soon as one entry is not finite.

    `jnp.max` drops NaN in large arrays, so a residual of NaN would look converged.
    """
    leaves = [jnp.ravel(leaf) for leaf in jax.tree.leaves(tree)]
    flat = jnp.concatenate([leaf for leaf in leaves if leaf.size])
    return jnp.where(jnp.isfinite(flat).all(), jnp.abs(flat).max(), jnp.inf)


def distance(left: PyTree, right: PyTree) -> Float[Array, ""]:
    r"""$\max_i |x_i - y_i|$ between two pytrees of one shape, infinite for anything not finite."""
    return maximum_norm(jax.tree.map(jnp.subtract, left, right))
