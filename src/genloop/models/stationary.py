"""The law that a Markov chain keeps, differentiable and without subtraction."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float


@jax.jit
def long_run_law(
    transition: Float[Array, "*batch k k"],
    start: Float[Array, "*batch k"],
    linked: Bool[Array, "*batch k k"],
) -> Float[Array, "*batch k"]:
    r"""$\sigma = \lim_n \frac1n \sum_{t < n} w Q^t$: the share of each state in the long run.

    `transition` $Q$ has rows that sum to one, or to zero where a state is never met; `start` $w$
    are weights of the states, which count up to a factor. For one closed class $\sigma$ is its
    stationary law, whatever $w$; a periodic chain has one as well. Several closed classes keep the
    share of $w$ each starts with. Not finite where a state is met only in passing, and where two
    states that are `linked` fall into different classes because a power between them underflowed.

    Elimination of states in the manner of Grassmann, Taksar and Heyman: positive numbers are added,
    multiplied and divided, never subtracted. Cost $O(k^3)$; derivatives are those of its steps.
    """
    reduced = _eliminated(transition)
    visits, root = _visits(reduced)
    same = root[..., :, None] == root[..., None, :]
    share = jnp.where(same, start[..., None, :], 0.0).sum(axis=-1)
    total = jnp.where(same, visits[..., None, :], 0.0).sum(axis=-1)
    parted = (linked & ~same).any(axis=(-2, -1))
    law = visits / total * share / start.sum(axis=-1, keepdims=True)
    return jnp.where(parted[..., None], jnp.nan, law)


def _eliminated(transition):
    """For $m < n$ in column $n$: visits to $n$ from $m$ before the chain is below $n$ again."""
    states = transition.shape[-1]

    def eliminate(step, matrix):
        state = states - 1 - step
        below = jnp.arange(states) < state
        leaving = jnp.where(below, _row(matrix, state), 0.0)
        entering = jnp.where(below, _row(matrix.mT, state), 0.0)
        exits = leaving.sum(axis=-1, keepdims=True)
        stays = exits == 0
        # A state that is entered and never left below would be entered in passing only.
        visits = jnp.where(stays & (entering > 0), jnp.nan, entering / jnp.where(stays, 1.0, exits))
        matrix = matrix + visits[..., :, None] * leaving[..., None, :]
        column = jnp.where(below, visits, _row(matrix.mT, state))
        return matrix.at[..., :, state].set(column)

    return jax.lax.fori_loop(0, states - 1, eliminate, transition)


def _visits(reduced):
    """Visits between two visits to the first state of a class, and that state."""
    states = reduced.shape[-1]

    def add(state, carry):
        visits, root = carry
        entering = jnp.where(jnp.arange(states) < state, _row(reduced.mT, state), 0.0)
        number = (visits * entering).sum(axis=-1)
        known = entering.sum(axis=-1) > 0
        origin = jnp.where(entering > 0, root, -1).max(axis=-1)
        visits = visits.at[..., state].set(jnp.where(known, number, 1.0))
        return visits, root.at[..., state].set(jnp.where(known, origin, state))

    shape = reduced.shape[:-1]
    begin = (jnp.ones(shape, reduced.dtype), jnp.zeros(shape, int))
    return jax.lax.fori_loop(1, states, add, begin)


def _row(matrix, number):
    return jax.lax.dynamic_index_in_dim(matrix, number, axis=-2, keepdims=False)
