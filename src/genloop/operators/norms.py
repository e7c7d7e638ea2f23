"""The one norm of the library: a maximum that lets no NaN pass."""

import operator

import jax
import numpy as np
from jaxtyping import Array, Float, PyTree

from .. import numeric as xp


def maximum_norm(tree: PyTree) -> Float[Array, ""]:
    r"""$\max_i |x_i|$ over all leaves, and infinity as soon as one entry is not finite.

    `jnp.max` drops NaN in large arrays, so a residual of NaN would look converged.

    ```python
    gl.operators.maximum_norm({"a": jnp.array([1.0, -3.0])})  # 3
    ```
    """
    leaves = [xp.ravel(leaf) for leaf in jax.tree.leaves(tree)]
    flat = xp.concatenate([leaf for leaf in leaves if leaf.size])
    return xp.where(xp.isfinite(flat).all(), xp.abs(flat).max(), np.inf)


def distance(left: PyTree, right: PyTree) -> Float[Array, ""]:
    r"""$\max_i |x_i - y_i|$ between two pytrees of one shape, infinite for anything not finite.

    ```python
    gl.operators.distance(jnp.array([1.0, 2.0]), jnp.array([1.5, 2.0]))  # 0.5
    ```
    """
    return maximum_norm(jax.tree.map(operator.sub, left, right))
