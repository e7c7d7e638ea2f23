r"""The mean of a law of counts whose probabilities are raised to the power $1/T$.

$\Pr(k + 1)/\Pr(k) = \theta\,(c + s k)/(k + 1)$. Sums go from the largest probability to both sides
until what is left is below rounding, so that nothing overflows and the cost grows with the standard
deviation only.
"""

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from ..model import as_float

_ENOUGH = 1e-17
_LONGEST = 10**7


def tempered_mean(
    odds: Float[Array, "*shape"], temperature, *, constant: float, slope: float
) -> Float[Array, "*shape"]:
    r"""The mean $m_T$ of the law proportional to $\Pr(k)^{1/T}$.

    `odds` is $\theta \ge 0$, `constant` $c$, `slope` $s$. Differentiable in $\theta$ and $T$:
    $\partial m_T/\partial \log \theta = \operatorname{Var}_T(k)/T$ and $\partial m_T/\partial T =
    -\operatorname{Cov}_T(k, \log \Pr(k))/T^2$. Not a number where more than $10^7$ terms count.
    """
    temperature = jnp.asarray(as_float(temperature))
    shape = jnp.broadcast_shapes(odds.shape, temperature.shape)
    spread = lambda values: jnp.broadcast_to(values, shape).astype(odds.dtype)
    return _mean(constant, slope, spread(odds), spread(temperature))


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _mean(constant, slope, odds, temperature):
    return _moments(constant, slope, odds, temperature).mean


@_mean.defjvp
def _tangent(constant, slope, primals, tangents):
    odds, temperature = primals
    found = _moments(constant, slope, odds, temperature)
    seen = odds > 0
    # At odds of zero the mean is (c theta)^{1/T} to leading order.
    edge = jnp.where(temperature > 1, jnp.inf, jnp.where(temperature < 1, 0.0, constant))
    inner = found.variance / (temperature * jnp.where(seen, odds, 1.0))
    by_odds = jnp.where(seen, inner, edge)
    by_temperature = -found.covariance / temperature**2
    return found.mean, by_odds * tangents[0] + by_temperature * tangents[1]


class _Moments(NamedTuple):
    mean: Array
    variance: Array
    covariance: Array
    """Of the count and the logarithm of its probability."""


class _Sums(NamedTuple):
    """What has been summed of the terms $w_k$, $k$ steps from the mode, with $l = \\log \\Pr$."""

    steps: Array
    logarithm: Array
    mass: Array
    first: Array
    second: Array
    logarithms: Array
    products: Array


@functools.partial(jax.jit, static_argnums=(0, 1))
def _moments(constant, slope, odds, temperature):
    mode = jnp.floor(odds * (constant - slope) / (1 - slope * odds))
    mode = jnp.maximum(mode, 0.0)
    # Terms upwards from k = mode + 1 and downwards from k = mode - 1.
    rise = lambda k: odds * (constant + slope * (mode + k)) / (mode + k + 1)
    fall = lambda k: (mode - k) / (odds * (constant + slope * (mode - k - 1)))
    above = _side(rise, temperature, max(slope, 0.0) * odds)
    below = _side(lambda k: jnp.where(k < mode, fall(k), 0.0), temperature, 0.0 * odds)
    mass = 1 + above.mass + below.mass
    shift = (above.first - below.first) / mass
    logarithm = (above.logarithms + below.logarithms) / mass
    variance = (above.second + below.second) / mass - shift**2
    covariance = (above.products - below.products) / mass - shift * logarithm
    return _Moments(mode + shift, variance, covariance)


def _side(ratio, temperature, limit):
    """The sums over the terms on one side of the mode, whose ratios tend to a `limit`."""
    zeros = jnp.zeros_like(temperature)

    def term(state):
        """The next term, its logarithm before tempering, and whether what is left counts."""
        step = ratio(state.steps)
        logarithm = state.logarithm + jnp.log(step)
        weight = jnp.exp(logarithm / temperature)
        # From here on the terms fall at least as fast as a geometric series.
        fastest = jnp.maximum(step, limit) ** (1 / temperature)
        length = 1 / (1 - jnp.minimum(fastest, 1.0))
        left = weight * (state.steps + 1 + length) ** 2 * length
        more = (weight > 0) & (left > _ENOUGH * state.second)
        return logarithm, weight, more & (state.steps < _LONGEST)

    def advance(state):
        logarithm, weight, more = term(state)
        steps = state.steps + 1
        known = jnp.where(more, logarithm, 0.0)
        summed = _Sums(
            steps,
            logarithm,
            state.mass + weight,
            state.first + steps * weight,
            state.second + steps**2 * weight,
            state.logarithms + weight * known,
            state.products + steps * weight * known,
        )
        return jax.tree.map(lambda new, old: jnp.where(more, new, old), summed, state)

    start = _Sums(*(zeros for _ in _Sums._fields))
    end = lax.while_loop(lambda state: term(state)[2].any(), advance, start)
    lost = end.steps >= _LONGEST
    return jax.tree.map(lambda total: jnp.where(lost, jnp.nan, total), end)
