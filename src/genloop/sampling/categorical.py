"""Exact multinomial counts."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray

from .binomial import binomial
from .elementary import uniform
from .words import words

_FEW_OUTCOMES = 32
_SAMPLES_PER_SPLIT = 16
_NUMBERS_AT_ONCE = 2**18
_SPLITS_AT_ONCE = 256


@functools.partial(jax.jit, static_argnames=("samples",))
def multinomial(
    key: PRNGKeyArray, samples: int, probabilities: Float[Array, "*batch k"]
) -> Float[Array, "*batch k"]:
    r"""Counts of `samples` independent draws from each row of `probabilities`, as floats.

    $\Pr(n_1, \dots, n_K) = \frac{n!}{\prod n_i!} \prod p_i^{n_i}$. Each row of counts sums to
    `samples` (a fixed integer), and an outcome of probability exactly 0 is never drawn; rows need
    not be normalised. With up to 16 samples an outcome every sample is drawn by inverting the
    distribution function, with more the samples are split between halves of the outcomes by
    `binomial` numbers. Memory stays bounded for many rows, and row $i$ depends on the key and on
    $i$ only.

    Raises `ValueError` for a negative number of samples.
    """
    if samples < 0:
        raise ValueError(f"the number of samples must not be negative, got {samples}.")
    rows = probabilities.reshape(-1, probabilities.shape[-1])
    if samples > _SAMPLES_PER_SPLIT * rows.shape[-1]:
        counts = _in_chunks(_split, key, samples, rows, _NUMBERS_AT_ONCE // _SPLITS_AT_ONCE)
    else:
        at_once = max(1, _NUMBERS_AT_ONCE // max(samples, rows.shape[-1]))
        counts = _in_chunks(_invert, key, samples, rows, at_once)
    return counts.reshape(probabilities.shape)


def _in_chunks(count, key, samples, rows, at_once):
    """`count` for `at_once` rows at a time, so that memory and results ignore how many follow."""
    chunks = len(rows) // at_once
    whole, rest = rows[: chunks * at_once], rows[chunks * at_once :]
    one = lambda chunk: count(jax.random.fold_in(key, chunk[0]), samples, chunk[1])
    counted = one((chunks, rest))
    if chunks == 0:
        return counted
    stacked = lax.map(one, (jnp.arange(chunks), whole.reshape(chunks, at_once, -1)))
    return jnp.concatenate([stacked.reshape(whole.shape), counted])


def _invert(key, samples, rows):
    """Count in which step of its distribution function each of `samples` uniforms falls."""
    # Partial sums are rounded independently: a maximum keeps empty outcomes exactly empty.
    levels = lax.cummax(jnp.where(rows > 0, jnp.cumsum(rows, axis=1), 0.0), axis=1)
    drawn = uniform(words(key, 1, (len(rows), samples))[0]) * levels[:, -1:]
    if levels.shape[1] <= _FEW_OUTCOMES:
        below = (drawn[:, :, None] < levels[:, None, :]).sum(axis=1, dtype=levels.dtype)
        return jnp.diff(below, prepend=0.0, axis=1)
    return jax.vmap(_tally)(levels, drawn)


def _tally(levels, drawn):
    outcome = jnp.searchsorted(levels, drawn, side="right")
    return jnp.zeros_like(levels).at[outcome].add(1.0, mode="promise_in_bounds")


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
    width = min(_SPLITS_AT_ONCE, 2 ** (depth - 1))
    levels = [np.arange(2**level, 2 ** (level + 1)) for level in range(depth)]
    padded = [np.pad(nodes, (0, -len(nodes) % width), constant_values=2**depth) for nodes in levels]
    return np.concatenate(padded).reshape(-1, width)
