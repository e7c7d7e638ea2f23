"""Exact multinomial counts."""

import functools
import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray

from ..arguments import check_at_least, check_countable, check_key
from .binomial import binomial
from .elementary import uniform
from .words import words

_FEW_OUTCOMES = 32
_SAMPLES_PER_SPLIT = 32
_NUMBERS_AT_ONCE = 2**14
_SPLITS_AT_ONCE = 256
_BLOCK = 32


def multinomial(
    key: PRNGKeyArray,
    samples: int | Float[Array, "*batch"],
    probabilities: Float[Array, "*batch k"],
) -> Float[Array, "*batch k"]:
    r"""Counts of `samples` independent draws from each row of `probabilities`, as floats.

    $\Pr(n_1, \dots, n_K) = \frac{n!}{\prod n_i!} \prod p_i^{n_i}$. Each row of counts sums to
    `samples`, and an outcome of probability exactly 0 is never drawn. Rows need
    not be normalised; a row that no distribution is proportional to gives NaN. With up to 32
    samples an outcome every sample is drawn by inverting the distribution function, with more the
    samples are split between halves of the outcomes by `binomial` numbers; so are numbers of
    samples that come as an array, which may differ from row to row and depend on other results.
    Memory stays bounded for many rows, and row $i$ depends on the key and on $i$ only.

    Raises `ValueError` for a fixed number of samples that is negative or above $2^{53}$; in an
    array of numbers such a one, or one that is not whole, gives NaN.

    ```python
    gl.sampling.multinomial(jax.random.key(0), 10, jnp.array([0.2, 0.8])).sum()  # 10
    ```
    """
    check_key(key)
    # In single precision counts would lose units from 2^24 on.
    probabilities = jnp.asarray(probabilities, jnp.result_type(float))
    if isinstance(samples, jax.Array | np.ndarray):
        return _multinomial_of_each(key, samples, probabilities)
    return _multinomial(key, check_countable(check_at_least("samples", samples, 0)), probabilities)


@functools.partial(jax.jit, static_argnames=("samples",))
def _multinomial(key, samples, probabilities):
    rows = probabilities.reshape(-1, probabilities.shape[-1])
    outcomes = rows.shape[1]
    if samples > _SAMPLES_PER_SPLIT * outcomes:
        at_once = _NUMBERS_AT_ONCE // min(_SPLITS_AT_ONCE, outcomes)
        counts = _in_chunks(_split, key, samples, rows, at_once)
    else:
        at_once = max(1, _NUMBERS_AT_ONCE // max(samples, outcomes))
        counts = _in_chunks(_invert, key, samples, rows, at_once)
    return _where_proper(rows, counts).reshape(probabilities.shape)


@jax.jit
def _multinomial_of_each(key, samples, probabilities):
    """As many draws from each row as it asks for: the last column of a row is its number."""
    outcomes = probabilities.shape[-1]
    rows = probabilities.reshape(-1, outcomes)
    each = jnp.broadcast_to(samples, probabilities.shape[:-1]).reshape(-1, 1)
    split = lambda key, _, both: _split(key, both[:, -1], both[:, :-1])
    at_once = _NUMBERS_AT_ONCE // min(_SPLITS_AT_ONCE, outcomes)
    joined = jnp.concatenate([rows, each.astype(rows.dtype)], axis=1)
    # Whole chunks only: a last shorter one would be compiled on its own.
    missing = -len(rows) % at_once if len(rows) > at_once else 0
    padded = jnp.pad(joined, ((0, missing), (0, 0)))
    counts = _in_chunks(split, key, None, padded, at_once, width=outcomes)[: len(rows)]
    return _where_proper(rows, counts).reshape(probabilities.shape)


def _where_proper(rows, counts):
    total = rows.sum(axis=1)
    proper = (rows >= 0).all(axis=1) & (total > 0) & (total < jnp.inf)
    return jnp.where(proper[:, None], counts, jnp.nan)


def _in_chunks(
    count: Callable,
    key: PRNGKeyArray,
    samples: int | None,
    rows: Float[Array, "r k"],
    at_once: int,
    width: int | None = None,
) -> Float[Array, "r w"]:
    """`count` for `at_once` rows at a time, so that memory and results ignore how many follow."""
    chunks = len(rows) // at_once
    whole, rest = rows[: chunks * at_once], rows[chunks * at_once :]
    one = lambda chunk: count(jax.random.fold_in(key, chunk[0]), samples, chunk[1])
    if chunks == 0:
        return one((0, rest))
    stacked = lax.map(one, (jnp.arange(chunks), whole.reshape(chunks, at_once, -1)))
    stacked = stacked.reshape(len(whole), width or whole.shape[1])
    return jnp.concatenate([stacked, one((chunks, rest))]) if len(rest) else stacked


def _invert(key, samples, rows):
    """Counts of `samples` uniforms in the steps of the distribution function of each row."""
    levels = _levels(rows)
    drawn = uniform(words(key, 1, (len(rows), samples))[0]) * levels[:, -1:]
    if levels.shape[1] <= _FEW_OUTCOMES:
        below = (drawn[:, :, None] < levels[:, None, :]).sum(axis=1, dtype=levels.dtype)
        return jnp.diff(below, prepend=0.0, axis=1)
    return _tally(levels, drawn)


def _levels(rows):
    r"""Partial sums of the probabilities, in whole multiples of $2^{-52}$ of their total.

    Whole numbers below $2^{53}$ are added without rounding, in any order: an empty outcome has
    exactly the level of its predecessor. Sums within blocks are a product with a triangle of ones,
    three times as fast as a scan.
    """
    outcomes = rows.shape[1]
    whole = jnp.round(rows / rows.sum(axis=1, keepdims=True) * 2.0**52)
    blocks = jnp.pad(whole, ((0, 0), (0, -outcomes % _BLOCK))).reshape(len(rows), -1, _BLOCK)
    within = jnp.matmul(blocks, np.triu(np.ones((_BLOCK, _BLOCK))), precision=lax.Precision.HIGHEST)
    before = jnp.cumsum(within[:, :, -1], axis=1) - within[:, :, -1]
    return (within + before[:, :, None]).reshape(len(rows), -1)[:, :outcomes]


def _tally(levels, drawn):
    """The number of the numbers `drawn` in each row that stop at each level, by one search.

    The place of a number moves on by half the row, a quarter, ... where the level before is not
    above it. Rows are joined: indices into a single axis are looked up twice as fast.
    """
    rows, outcomes = levels.shape
    steps = (outcomes - 1).bit_length()
    flat = jnp.pad(levels, ((0, 0), (0, 2**steps - outcomes)), constant_values=jnp.inf).reshape(-1)

    def advance(number, place):
        step = jnp.int32(2**steps) >> (number + 1)
        passed = flat.at[place + (step - 1)].get(mode="promise_in_bounds") <= drawn
        return place + jnp.where(passed, step, 0)

    first = jnp.arange(rows, dtype=jnp.int32)[:, None] << steps
    start = jnp.broadcast_to(first, drawn.shape)
    place = lax.fori_loop(jnp.int32(0), jnp.int32(steps), advance, start)
    counts = jnp.zeros_like(flat).at[place.reshape(-1)].add(1.0, mode="promise_in_bounds")
    return counts.reshape(rows, -1)[:, :outcomes]


def _split(key, samples, rows):
    """Divide the samples of each row down a binary tree of outcomes, many nodes at once.

    Node 1 is the root and node i has the children 2 i and 2 i + 1.
    """
    depth = max(1, math.ceil(math.log2(rows.shape[1])))
    shares = _left_shares(jnp.pad(rows, ((0, 0), (0, 2**depth - rows.shape[1]))))
    counts = jnp.zeros((len(rows), 2 ** (depth + 1)), rows.dtype).at[:, 1].set(samples)

    def divide(counts, step):
        nodes, number = step
        parents = counts[:, nodes]
        left = binomial(jax.random.fold_in(key, number), parents, shares[:, nodes])
        counts = counts.at[:, 2 * nodes].set(left, mode="drop")
        return counts.at[:, 2 * nodes + 1].set(parents - left, mode="drop"), None

    schedule = _schedule(depth)
    counts, _ = lax.scan(divide, counts, (schedule, jnp.arange(len(schedule))))
    return counts[:, 2**depth : 2**depth + rows.shape[1]]


def _left_shares(mass):
    """The share of the left child in the mass of every node; 0 for leaves and empty nodes."""
    shares = [jnp.zeros_like(mass)]
    while mass.shape[1] > 1:
        left, mass = mass[:, 0::2], mass[:, 0::2] + mass[:, 1::2]
        shares.insert(0, jnp.where(mass > 0, left / jnp.where(mass > 0, mass, 1.0), 0.0))
    return jnp.concatenate([jnp.zeros_like(mass), *shares], axis=1)


def _schedule(depth: int) -> np.ndarray:
    """The nodes to divide in each step, parents before children, padded with a leaf."""
    # Narrower than the last level, as the first levels are padded to the same width.
    width = min(_SPLITS_AT_ONCE, 2 ** max(depth - 3, 0))
    levels = [np.arange(2**level, 2 ** (level + 1)) for level in range(depth)]
    padded = [np.pad(nodes, (0, -len(nodes) % width), constant_values=2**depth) for nodes in levels]
    return np.concatenate(padded).reshape(-1, width)
