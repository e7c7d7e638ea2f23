"""Texts of a Markov chain, token by token."""

import functools

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray

from ..arguments import check_at_least, check_countable, check_key
from .elementary import uniform
from .words import words


def pair_counts(
    key: PRNGKeyArray, samples: int, pairs: Float[Array, "*batch k k"]
) -> Float[Array, "*batch k k"]:
    r"""Counts of the pairs of neighbours in one text of `samples` tokens, closed to a cycle.

    `pairs` $J$ holds weights of pairs: the text starts at $i$ with probability proportional to
    $\sum_j J_{ij}$ and goes from $i$ to $j$ with probability $J_{ij} / \sum_k J_{ik}$. Its last
    token is followed by its first, so there are as many pairs as tokens and every token is left as
    often as it is entered. A pair of weight exactly 0 occurs in the closing place only.

    Each of the `samples` tokens is drawn given the one before, for all rows of the batch at once:
    the time grows like `samples` times rows times outcomes. Row $i$ depends on the key and on
    $i$ only. Weights that no chain is proportional to give NaN. Raises `ValueError` for fewer than
    one sample and for more than floating-point counts hold.

    ```python
    gl.sampling.pair_counts(jax.random.key(0), 10, jnp.full((2, 2), 0.25)).sum()  # 10
    ```
    """
    check_key(key)
    samples = check_countable(check_at_least("samples", samples, 1))
    # In single precision counts would lose units from 2^24 on.
    return _pair_counts(key, samples, jnp.asarray(pairs, jnp.result_type(float)))


@functools.partial(jax.jit, static_argnames=("samples",))
def _pair_counts(key, samples, pairs):
    chains = pairs.reshape(-1, *pairs.shape[-2:])
    row, first = jnp.arange(len(chains)), chains.sum(axis=-1)
    levels = _levels(chains)

    def draw(levels, place):
        number = uniform(words(key, 1, (len(chains),), first=place)[0])[:, None]
        return (number * levels[:, -1:] >= levels).sum(axis=-1)

    def advance(carry, place):
        here, counts = carry
        there = draw(levels[row, here], place)
        return (there, counts.at[row, here, there].add(1.0)), None

    start = draw(_levels(first), 0)
    begin = (start, jnp.zeros_like(chains))
    (last, counts), _ = lax.scan(advance, begin, jnp.arange(1, samples))
    counts = counts.at[row, last, start].add(1.0)
    proper = (chains >= 0).all(axis=(1, 2)) & (first.sum(axis=-1) > 0)
    proper = proper & jnp.isfinite(first).all(axis=-1)
    return jnp.where(proper[:, None, None], counts, jnp.nan).reshape(pairs.shape)


def _levels(weights):
    r"""Partial sums of the weights, in whole multiples of $2^{-52}$ of their total.

    Whole numbers of this size are added without rounding, so that an empty outcome has exactly the
    level of its predecessor and is never drawn.
    """
    total = weights.sum(axis=-1, keepdims=True)
    return jnp.cumsum(jnp.round(weights / jnp.where(total > 0, total, 1.0) * 2.0**52), axis=-1)
