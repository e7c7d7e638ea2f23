r"""Closed forms for uniform real data at $T = 1/2$ and for two outcomes.

For two outcomes the state is its magnetisation $m = x_1 - x_2 \in [-1, 1]$.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .uniform import Fold


def half_temperature_fold(*, outcomes, winners=1) -> Fold:
    r"""$a = K/(K + 2 \sqrt{m (K - m)})$ at $\rho = \sqrt{(K - m)/m}$ for $T = 1/2$ [U-5]."""
    losers = outcomes - winners
    largest = outcomes / (outcomes + 2 * jnp.sqrt(winners * losers))
    return Fold(largest, 0.5 * jnp.log(losers / winners))


def half_temperature_ratios(
    *, real_fraction, outcomes, winners=1
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""Upper and lower $\rho_\pm$ at $T = 1/2$, NaN beyond the fold [U-5].

    $\rho_\pm = [K (1 - a) \pm \sqrt{K^2 (1 - a)^2 - 4 a^2 m (K - m)}]/(2 a m)$, the smaller one as
    $(K - m)/(m \rho_+)$.
    """
    half = outcomes * (1 - real_fraction)
    root = jnp.sqrt(half**2 - 4 * real_fraction**2 * winners * (outcomes - winners))
    upper = (half + root) / (2 * real_fraction * winners)
    return upper, (outcomes - winners) / (winners * upper)


def magnetisation_map(magnetisation, *, temperature, real_fraction) -> Float[Array, ""]:
    r"""One generation of two outcomes: $m \to (1 - a) \tanh(\operatorname{artanh}(m)/T)$ [U-8]."""
    return (1 - real_fraction) * jnp.tanh(jnp.arctanh(magnetisation) / temperature)


def magnetisation_at_half(*, real_fraction) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""$m = \sqrt{1 - 2a}$ with multiplier $a/(1 - a)$: the collapsed state at $T = 1/2$ [U-8]."""
    return jnp.sqrt(1 - 2 * real_fraction), real_fraction / (1 - real_fraction)


def magnetisation_at_third(*, real_fraction) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""$m = \sqrt{(2 - 3a)/(2 + a)}$ with multiplier $3 a^2/(4 (1 - a))$ at $T = 1/3$ [U-8]."""
    magnetisation = jnp.sqrt((2 - 3 * real_fraction) / (2 + real_fraction))
    return magnetisation, 3 * real_fraction**2 / (4 * (1 - real_fraction))


def magnetisation_onset(*, temperature, real_fraction) -> Float[Array, ""]:
    r"""$m \simeq \sqrt{3 \epsilon/(b^2 - 1)}$ for $\epsilon = (1 - a) b - 1 \to 0$ [U-8]."""
    sharpness = 1 / temperature
    return jnp.sqrt(3 * ((1 - real_fraction) * sharpness - 1) / (sharpness**2 - 1))


def magnetisation_flow(time, start) -> Float[Array, ""]:
    r"""The flow $\dot m = 2 m/(1 + m^2) - m$ of $T = 1/2$, $a = 0$ [U-8].

    $t = \ln [m (1 - m_0^2)/(m_0 (1 - m^2))]$, that is $m = 2 y/(1 + \sqrt{1 + 4 y^2})$ with
    $y = e^t m_0/(1 - m_0^2)$.
    """
    y = jnp.exp(time) * start / (1 - start**2)
    return 2 * y / (1 + jnp.sqrt(1 + 4 * y**2))
