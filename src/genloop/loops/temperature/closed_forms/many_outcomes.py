r"""Uniform real data: the number of fixed points, and the fold for many outcomes.

Counts [U-1], [U-7] and the two limits of the fold [U-6]; arguments are numbers.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ....analysis import threshold
from ....printing import readable
from . import uniform


@readable
class FarFold(NamedTuple):
    r"""The synthetic share $1 - a$ of a fold, which is small, and $\delta = \log\rho$ there."""

    synthetic_share: Float[Array, ""]
    log_ratio: Float[Array, ""]


def largest_level_count(*, temperature: float) -> int:
    """The most different probabilities of a fixed point with uniform real data [U-1]."""
    return 2 if temperature < 1 else 1


def fixed_point_count(*, temperature: float, real_fraction: float, outcomes: int) -> int:
    r"""The number of fixed points of the loop with uniform real data, $0 < a \le 1$ [U-7].

    $1 + \sum_{m=1}^{K-1} \binom Km n_m$ with $n_m$ the number of ratios $\rho > 1$ at which the
    branch of $m$ winners has this real fraction: 1 for $a < 1 - T$, 2 for $1 - T < a <
    a_\mathrm{fold}(m)$, 1 at the fold, else 0. $2^K - 1$ for $a < 1 - T$.
    """
    if temperature >= 1:
        return 1
    total = 1
    for winners in range(1, outcomes):
        top = uniform.fold(temperature=temperature, outcomes=outcomes, winners=winners)
        total += math.comb(outcomes, winners) * _ratios(
            real_fraction, 1 - temperature, float(top.real_fraction)
        )
    return total


def _ratios(real_fraction: float, local: float, top: float) -> int:
    """The number of points at a real fraction of a branch from `local` up to `top` and down."""
    if real_fraction < local:
        return 1
    if real_fraction in (local, top):
        return int(top > local)
    return 2 if real_fraction < top else 0


@jax.jit
def fold_slope(*, outcomes) -> Float[Array, ""]:
    r"""$g(K) = \lim_{T \to 1} a_\mathrm{fold}/(1 - T)$ [U-6].

    $g = \max_h h \operatorname{csch}^2 h/(\coth h + 2/K - 1)$ with $h = \delta/2$; 1 for $K = 2$.
    It is where $\frac1h - 2 \coth h + \frac{\operatorname{csch}^2 h}{\coth h + 2/K - 1} = 0$, below
    $\frac12 \log(K - 1)$.
    """
    weight = 2 / outcomes - 1
    folds = outcomes > 2
    size = jnp.where(folds, outcomes, 3.0)
    last = 0.5 * jnp.log(size - 1)
    # Near h = 0 the slope is (1 - 2/K) - 2 h/3 + ..., so that the maximum is not there.
    first = 1e-3 * jnp.minimum(last, 1.0)
    half = threshold(lambda h: _log_slope(h, 2 / size - 1), first, last, level=0.0)
    value = half / jnp.sinh(half) ** 2 / (1 / jnp.tanh(half) + weight)
    return jnp.where(folds, value, 1.0)


def _log_slope(half, weight):
    hyperbolic = 1 / jnp.tanh(half)
    return 1 / half - 2 * hyperbolic + (hyperbolic**2 - 1) / (hyperbolic + weight)


def many_outcomes_fold(*, temperature, outcomes) -> FarFold:
    r"""The fold for $K \to \infty$ at a fixed $T < 1$, to leading order [U-6].

    $1 - a_\mathrm{fold} \simeq \frac{K^{-(1-T)}}{T^T (1 - T)^{1 - T}}$ at $\rho \simeq
    ((1 - T) K/T)^T$.
    """
    cold = 1 - temperature
    share = outcomes**-cold / (temperature**temperature * cold**cold)
    return FarFold(share, temperature * jnp.log(cold * outcomes / temperature))
