"""Random 64-bit words: the threefry function of JAX's own generator, written to be fused."""

import math

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, PRNGKeyArray, UInt32, UInt64

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = 0x1BD11BDA


def words(
    key: PRNGKeyArray, streams: int, shape: tuple[int, ...], *, first: int | Array = 0
) -> UInt64[Array, "s ..."]:
    r"""Uniform 64-bit words in `streams` independent streams, numbered from `first`.

    Word $i$ (in row-major order) of stream $s$ is the cipher of the counter $2^{32} s + i$, so
    stream 0 is `jax.random.bits(key, shape, "uint64")` and a longer array begins with the shorter
    one. Keys of another generator than threefry, and streams of $2^{32}$ words and more, are left
    to JAX. Raises `ValueError` without double precision.
    """
    count = math.prod(shape)
    if _is_threefry(key) and count < 2**32:
        places = lax.iota(jnp.uint32, count)
        return words_at(key, streams, places, first=first).reshape(streams, *shape)
    stream = lambda number: jax.random.bits(jax.random.fold_in(key, number), shape, jnp.uint64)
    return lax.map(stream, _numbers(first, streams))


def words_at(
    key: PRNGKeyArray, streams: int, places: UInt32[Array, " n"], *, first: int | Array = 0
) -> UInt64[Array, "s n"]:
    """The words at some `places` of each stream, as `words` numbers them for a threefry key."""
    if _is_threefry(key):
        data = jax.random.key_data(key)
        stream = lambda number: _threefry(data, number, places)
    else:
        one = lambda key, place: jax.random.bits(jax.random.fold_in(key, place), (), jnp.uint64)
        stream = lambda number: jax.vmap(one, (None, 0))(jax.random.fold_in(key, number), places)
    # A loop over the streams, not a vmap: its result is stored once, where XLA would otherwise
    # hash anew inside every expression that reads a word.
    return lax.map(stream, _numbers(first, streams))


def _numbers(first, streams):
    if jnp.result_type(float) != jnp.float64:
        raise ValueError(
            "exact random numbers need double precision; work inside `with genloop.x64():` or set "
            "jax_enable_x64."
        )
    return jnp.asarray(first, jnp.uint32) + jnp.arange(streams, dtype=jnp.uint32)


def _is_threefry(key: PRNGKeyArray) -> bool:
    if jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        return "fry" in str(jax.random.key_impl(key))
    return jax.config.jax_default_prng_impl == "threefry2x32"  # pyright: ignore


def _threefry(key_data: Array, stream: Array, places: UInt32[Array, " n"]) -> UInt64[Array, " n"]:
    """Threefry-2x32 with 20 rounds of the counters (stream, place) [Salmon et al. 2011]."""
    first, second = key_data[0], key_data[1]
    schedule = (first, second, first ^ second ^ jnp.uint32(_PARITY))
    right = places + second
    left = jnp.full_like(right, stream + first)
    for group in range(5):
        for rotation in _ROTATIONS[group % 2]:
            left = left + right
            right = left ^ ((right << jnp.uint32(rotation)) | (right >> jnp.uint32(32 - rotation)))
        left = left + schedule[(group + 1) % 3]
        right = right + schedule[(group + 2) % 3] + jnp.uint32(group + 1)
    return (left.astype(jnp.uint64) << jnp.uint64(32)) | right.astype(jnp.uint64)
