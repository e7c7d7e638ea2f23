r"""Sampling through any temperature function $\tau(p)_i = g(p_i)/\sum_j g(p_j)$ [HD-13].

And what is fixed without real data: the uniform distributions over any set of outcomes [HD-14].
`function` is $g$, entry by entry, $g(0) = 0$, increasing; `genloop.TemperatureFunction` is the
stage.
"""

import enum
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

_GRID = np.geomspace(1e-9, 1.0, 2000)
_ROUNDING = 1e-13


class TemperatureKind(enum.StrEnum):
    r"""Whether $g(p)/p$ falls, rises or is constant on $(0, 1]$, or neither."""

    HOT = "hot"
    COLD = "cold"
    NEUTRAL = "neutral"
    MIXED = "mixed"


def temperature_kind(function: Callable) -> TemperatureKind:
    r"""The kind of a temperature function, from $g(p)/p$ on a grid of $[10^{-9}, 1]$ [HD-13].

    Hot: every loop without real data ends uniform on the support. Cold: uniform on the most
    probable outcomes. Neutral: every state stays. Mixed: none of this follows.
    """
    ratio = np.asarray(function(jnp.asarray(_GRID))) / _GRID
    change = np.diff(ratio) / ratio[1:]
    falls, rises = (change < -_ROUNDING).any(), (change > _ROUNDING).any()
    if falls and rises:
        return TemperatureKind.MIXED
    if not (falls or rises):
        return TemperatureKind.NEUTRAL
    return TemperatureKind.HOT if falls else TemperatureKind.COLD


def ratio_rates(
    function: Callable, probabilities: Float[Array, "*batch k"]
) -> Float[Array, "*batch k k"]:
    r"""$\frac{\mathrm d}{\mathrm dt} \log\frac{x_i}{x_j} = [\frac{g(x_i)}{x_i} -
    \frac{g(x_j)}{x_j}]/\sum_k g(x_k)$ along the flow without real data [HD-13].

    Of all pairs of outcomes, $i$ along the first of the two axes; interior states.
    """
    weights = np.asarray(function(jnp.asarray(probabilities)))
    relative = weights / np.asarray(probabilities)
    total = weights.sum(axis=-1)[..., None, None]
    return (relative[..., :, None] - relative[..., None, :]) / total


def function_end(
    function: Callable, probabilities: Float[Array, "*batch k"]
) -> Float[Array, "*batch k"]:
    r"""The end of flow and loop without real data from a state [HD-13].

    Uniform on its support for a hot function, on its most probable outcomes for a cold one, itself
    for a neutral one. Raises `ValueError` for a function that is none of these.
    """
    kind, p = temperature_kind(function), np.asarray(probabilities)
    if kind is TemperatureKind.MIXED:
        raise ValueError(
            "g(p)/p neither rises nor falls on all of (0, 1], so the end depends on the state; "
            "iterate the loop, or follow genloop.flow."
        )
    if kind is TemperatureKind.NEUTRAL:
        return p
    left = p > 0 if kind is TemperatureKind.HOT else p == p.max(axis=-1, keepdims=True)
    return left / left.sum(axis=-1, keepdims=True)


def uniform_elasticity(function: Callable, *, outcomes: int) -> float:
    r"""$u\,g'(u)/g(u)$ at $u = 1/K$: the multiplier at the uniform state, $K - 1$ times [HD-13].

    Without real data; the loop with the real fraction $a$ has $1 - a$ times that.
    """
    value, slope = jax.jvp(function, (jnp.asarray(1.0 / outcomes),), (jnp.ones(()),))
    return float(slope / value) / outcomes


def face_multipliers(*, temperature: float, survivors: int, outcomes: int) -> Float[Array, " k"]:
    r"""The multipliers of $S_T$ at a uniform distribution over $A$, largest first [HD-14].

    $1/T$, $|A| - 1$ times, a structural zero (along $x$ itself), and one for every outcome outside
    $A$: 0 for $T < 1$, 1 for $T = 1$ and infinite for $T > 1$.
    """
    across = {-1: 0.0, 0: 1.0, 1: np.inf}[int(np.sign(temperature - 1))]
    parts = ([1 / temperature], survivors - 1), ([0.0], 1), ([across], outcomes - survivors)
    return -np.sort(-np.concatenate([np.repeat(*part) for part in parts]))


def face_escape(probability, *, temperature: float, survivors: int) -> Float[Array, "*n"]:
    r"""$|A|^{b-1} x^b$: one generation of a small probability $x$ outside $A$, the rest uniform.

    To leading order for $x \to 0$. The growth exponent is $b = 1/T$: what is outside disappears
    faster than any power for $T < 1$ and takes over for $T > 1$ [HD-14].
    """
    return survivors ** (1 / temperature - 1) * np.asarray(probability) ** (1 / temperature)


def face_attracts(*, temperature: float, survivors: int, outcomes: int) -> bool:
    r"""Whether a uniform distribution over $|A|$ of $K$ outcomes attracts all states near it.

    Without real data [HD-14]: corners for $T < 1$, the uniform state of all outcomes for $T > 1$.
    """
    return (temperature < 1 and survivors == 1) or (temperature > 1 and survivors == outcomes)
