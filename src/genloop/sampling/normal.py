"""Standard normal numbers by the Box-Muller transform."""

import functools
import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .elementary import cosine, radius, sine
from .words import words

NORMAL_STREAMS = 2
_BLOCK = 256


@functools.partial(jax.jit, static_argnames=("shape", "dtype"))
def normal(
    key: PRNGKeyArray, shape: tuple[int, ...] = (), dtype: jnp.dtype | None = None
) -> Float[Array, "*shape"]:
    r"""Independent standard normal numbers, twice to three times as fast as `jax.random.normal`.

    $z = \sqrt{-2 \log u}\, \cos 2 \pi v$ and $z' = \sqrt{-2 \log u}\, \sin 2 \pi v$ with $u \in
    (0, 1]$ and $v \in [0, 1)$ on a grid of $2^{-52}$, so $|z| \le 8.49$ [Box and Muller 1958].

    The result has shape `shape`. Number $i$ in row-major order depends on the key and on $i$
    only: more rows begin with the same rows. In single precision, JAX's own normal is used.

    ```python
    gl.sampling.normal(jax.random.key(0), (3,)).shape  # [3]
    ```
    """
    dtype = jax.dtypes.canonicalize_dtype(float if dtype is None else dtype)
    if dtype != jnp.float64:
        return jax.random.normal(key, shape, dtype)
    count = math.prod(shape)
    if count <= _BLOCK:
        lengths, angles = words(key, NORMAL_STREAMS, shape)
        return radius(lengths) * cosine(angles)
    # Blocks of cosines, then sines: long runs are vectorised, and their place is independent
    # of how many follow.
    lengths, angles = words(key, NORMAL_STREAMS, (-(-count // (2 * _BLOCK)), 1, _BLOCK))
    pairs = jnp.concatenate([cosine(angles), sine(angles)], axis=1) * radius(lengths)
    return pairs.reshape(-1)[:count].reshape(shape)


@functools.partial(jax.jit, static_argnames="shape")
def normal_pair(
    key: PRNGKeyArray, shape: tuple[int, ...] = ()
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """Two independent arrays of standard normal numbers: the cosines and the sines of one draw.

    ```python
    cosines, sines = gl.sampling.normal_pair(jax.random.key(0), (3,))
    ```
    """
    if jnp.result_type(float) != jnp.float64:
        first, second = jax.random.split(key)
        return jax.random.normal(first, shape), jax.random.normal(second, shape)
    lengths, angles = words(key, NORMAL_STREAMS, shape)
    return radius(lengths) * cosine(angles), radius(lengths) * sine(angles)
