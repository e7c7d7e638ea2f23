"""Wishart matrices by their triangular factor, and fits to normal samples made from them."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..arguments import check_at_least, check_key
from .chi import SMALL_DEGREES, chi, norms, quantile, quantiles
from .normal import normal, normal_pair


@functools.partial(jax.jit, static_argnames=("dimension", "degrees", "shape"))
def bartlett(
    key: PRNGKeyArray, dimension: int, degrees: int, shape: tuple[int, ...] = ()
) -> Float[Array, "*shape d d"]:
    r"""Independent lower-triangular $A$ with $A A^\top \sim \mathcal W_d(I, \nu)$.

    $A_{jj} = \chi_{\nu - j + 1}$ and $A_{ij} \sim \mathcal N(0, 1)$ for $i > j$, independent, in
    the columns $j \le \min(d, \nu)$; the other columns are zero, so that $A$ has the rank
    $\min(d, \nu)$ of the Wishart matrix [Bartlett 1933; for $\nu < d$ the triangular factor of
    $\nu$ normal columns]. In one dimension $A = \chi_\nu$.

    The result has shape `(*shape, dimension, dimension)`; `dimension` and `degrees` are fixed
    integers. Raises `ValueError` for dimension or degrees below one.

    ```python
    gl.sampling.bartlett(jax.random.key(0), 2, 10).shape  # [2, 2]
    ```
    """
    check_at_least("dimension", dimension, 1)
    check_at_least("degrees", degrees, 1)
    if dimension == 1:
        return chi(key, degrees, shape)[..., None, None]
    below, large, _ = _entries(dimension, degrees)
    return _triangle(key, normal(key, (*shape, below + large)), dimension, degrees)


def standard_fit(
    key: PRNGKeyArray,
    dimension: int,
    samples: int | Float[Array, "*shape"],
    shape: tuple[int, ...] = (),
) -> tuple[Float[Array, "*shape d"], Float[Array, "*shape d d"]]:
    r"""The maximum-likelihood fit $(m, F)$ to $n$ standard normal vectors, without the vectors.

    $m = z / \sqrt n$ and $F = A / \sqrt n$ with $A A^\top \sim \mathcal W_d(I, n - 1)$, independent
    by Cochran's theorem; the covariance $F F^\top$ has rank $\min(d, n - 1)$. Shapes `(*shape, d)`
    and `(*shape, d, d)`. A fixed number of samples is quickest; an array of numbers (at least one)
    may differ from fit to fit and depend on other results. Raises `ValueError` for no dimension or
    sample.

    ```python
    mean, factor = gl.sampling.standard_fit(jax.random.key(0), 2, 10)
    ```
    """
    check_key(key)
    dimension = check_at_least("dimension", dimension, 1)
    if isinstance(samples, jax.Array | np.ndarray):
        return _fit_of_each(key, dimension, samples, shape)
    return _standard_fit(key, dimension, check_at_least("samples", samples, 1), shape)


@functools.partial(jax.jit, static_argnames=("dimension", "shape"))
def _fit_of_each(key, dimension, samples, shape):
    r"""Bartlett's factor of $n - 1$ degrees that are known only when it is drawn.

    $\chi_\nu^2$ is twice a gamma number of shape $\nu/2$; columns without a degree are empty.
    """
    normal_key, gamma_key = jax.random.split(key)
    samples = jnp.broadcast_to(samples, shape)
    degrees = jnp.stack([samples - 1.0 - j for j in range(dimension)], axis=-1)
    some = degrees > 0
    diagonal = jnp.sqrt(2 * jax.random.gamma(gamma_key, jnp.where(some, degrees, 1.0) / 2))
    numbers = normal(normal_key, (*shape, dimension + dimension * (dimension - 1) // 2))
    parts = [numbers[..., dimension:], diagonal, jnp.zeros((*shape, 1))]
    factor = jnp.concatenate(parts, axis=-1)[..., _layout(dimension, dimension)]
    scale = (1 / jnp.sqrt(samples))[..., None]
    factor = jnp.where(some[..., None, :], factor, 0.0) * scale[..., None]
    return scale * numbers[..., :dimension], factor


@functools.partial(jax.jit, static_argnames=("dimension", "samples", "shape"))
def _standard_fit(key, dimension, samples, shape):
    if samples == 1:
        return normal(key, (*shape, dimension)), jnp.zeros((*shape, dimension, dimension))
    degrees, scale = samples - 1, 1 / math.sqrt(samples)
    if dimension == 1 and degrees > SMALL_DEGREES:
        mean, scatter = normal_pair(key, shape)
        return scale * mean[..., None], scale * quantile(degrees, scatter)[..., None, None]
    below, large, _ = _entries(dimension, degrees)
    numbers = normal(key, (*shape, dimension + below + large))
    factor = _triangle(key, numbers[..., dimension:], dimension, degrees)
    return scale * numbers[..., :dimension], scale * factor


def _entries(dimension, degrees):
    """The numbers of entries below the diagonal, and of more and fewer degrees on the diagonal."""
    rank = min(dimension, degrees)
    large = min(rank, max(0, degrees - SMALL_DEGREES))
    return dimension * rank - rank * (rank + 1) // 2, large, rank - large


def _triangle(key, numbers, dimension, degrees):
    """Bartlett's factor from normal numbers, for the entries below and on the diagonal."""
    below, large, small = _entries(dimension, degrees)
    shape = numbers.shape[:-1]
    parts = [numbers[..., :below]]
    if large:
        on_diagonal = tuple(range(degrees, degrees - large, -1))
        parts.append(quantiles(on_diagonal, numbers[..., below:]))
    if small:
        few = range(degrees - large, degrees - large - small, -1)
        parts.append(norms(jax.random.fold_in(key, 1), few, shape))
    parts.append(jnp.zeros((*shape, 1)))
    return jnp.concatenate(parts, axis=-1)[..., _layout(dimension, large + small)]


def _layout(dimension: int, rank: int) -> np.ndarray:
    """The place of each matrix entry in the list (below the diagonal, diagonal, zero)."""
    rows, columns = np.tril_indices(dimension, -1)
    kept = columns < rank
    layout = np.full((dimension, dimension), kept.sum() + rank)
    layout[rows[kept], columns[kept]] = np.arange(kept.sum())
    layout[np.arange(rank), np.arange(rank)] = kept.sum() + np.arange(rank)
    return layout
