r"""The score that is chosen among several normal ones, each with chances like $e^y$."""

import functools
import math

import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jax.scipy.special import ndtr
from jaxtyping import Array, Float

from ...arguments import check_at_least

_FAR = 9.5
"""What a normal deviate leaves outside of so many standard deviations is nothing to rounding."""
_NODES = 144
_NORMAL = np.linspace(-_FAR, _FAR, _NODES)
_GUMBEL = np.linspace(-4.0, 37.0, _NODES)
_LEGENDRE = np.polynomial.legendre.leggauss(64)


def best_of(spread: Float[Array, "*batch"], among: int) -> tuple[Array, Array]:
    r"""The shift of the mean and the variance of a normal score that is chosen by its size.

    Of $K$ = `among` independent $y_k \sim N(0, v)$, $v$ the square of the `spread`, one is chosen
    with probability $e^{y_k}/\sum_j e^{y_j}$: shift $h$ and variance. For two, $v - h^2$. Raises
    `ValueError` unless `among` is at least 1.
    """
    if check_at_least("among", among, 1) != 2:
        return best_of_many(spread, among)
    shift = better_of_two(spread)
    return shift, spread**2 - shift**2


def better_of_two(spread: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
    r"""$h = \frac12 \mathbb{E}[D \tanh(D/2)]$ with $D \sim N(0, 2 v)$ [ST-D10].

    By Gauss-Legendre nodes up to where the normal density is nothing, or $D = 40$ and the tangent
    is one; the rest has a closed form.
    """
    return jnp.vectorize(_better_of_two)(spread)


def _better_of_two(spread):
    deviation = math.sqrt(2) * spread
    end = stop_gradient(jnp.minimum(_FAR, 40 / jnp.maximum(deviation, 1.0)))
    nodes, weights = (_LEGENDRE[0] + 1) / 2, _LEGENDRE[1] / 2
    t = end * nodes
    values = t * jnp.tanh(deviation * t / 2) * _density(t)
    return deviation * (end * (values @ weights) + _density(end))


def best_of_many(
    spread: Float[Array, "*batch"], among: int
) -> tuple[Float[Array, "*batch"], Float[Array, "*batch"]]:
    r"""`best_of` for any number: the largest of $z_k = y_k + g_k$, $g_k$ Gumbel, is as likely.

    So $\mathbb{E}\,y^m = K \int F(z)^{K-1} \int y^m \varphi_v(y)\,g(z - y)\,dy\,dz$ with the
    distribution function $F$ of $z$, by trapezoidal sums, which converge exponentially; nodes are
    at values of $y$ for $v \le 1$ and of $z - y$ above, so that every spread is resolved.
    """
    return jnp.vectorize(functools.partial(_best_of_many, among=among))(spread)


def _best_of_many(spread, among):
    known = stop_gradient(spread)
    lower, upper = -_FAR * known - 4, _FAR * known + 37 + math.log(among)
    z = (lower + (upper - lower) * np.linspace(0, 1, 2 * _NODES))[:, None]
    normal, gumbel = _NORMAL[None, :], _GUMBEL[None, :]
    narrow, wide = spread <= 1, jnp.maximum(spread, 1.0)
    y = jnp.where(narrow, spread * normal, z - gumbel)
    noise = jnp.maximum(z - y, -30.0)
    below = jnp.exp(-jnp.exp(-noise))
    density = jnp.exp(-noise) * below
    normal_step, gumbel_step = _NORMAL[1] - _NORMAL[0], _GUMBEL[1] - _GUMBEL[0]
    given_noise = gumbel_step * _density(y / wide) / wide
    weight = jnp.where(narrow, normal_step * _density(normal), given_noise)
    reached = jnp.where(narrow, weight * below, gumbel_step * density * ndtr(y / wide)).sum(-1)
    joint = (reached ** (among - 1))[:, None] * weight * density
    total = joint.sum()
    mean = (joint * y).sum() / total
    return mean, (joint * (y - mean) ** 2).sum() / total


def _density(x):
    return jnp.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
