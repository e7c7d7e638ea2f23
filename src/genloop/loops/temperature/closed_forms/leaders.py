r"""One leader is worse than two: the steps of the proof of $\Lambda$ [HD-11], $T < 1$.

Below $b = 1/T$ and $e = 1/(b - 1)$. A state with the top multiplier $\mu$ of tempering has $y_i =
d_i/\mu$, $d_i = b s_i/x_i$: above one for a leader, below one for the others; probabilities are
proportional to $y_i^e$. Arguments are numbers or arrays; plain NumPy.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float
from scipy.optimize import brentq

from ....printing import readable


def others_of_two_leaders(multiplier, *, temperature) -> Float[Array, "*n"]:
    r"""The least number of equal others of two equal leaders of multiplier $\mu$ [HD-11].

    $K - 2 = 2 e\,(\mu - b)\,\mu^e$, increasing: the inverse function of $\Lambda(T, K)$.
    """
    sharpness, power = 1 / temperature, temperature / (1 - temperature)
    return 2 * power * (multiplier - sharpness) * multiplier**power


def others_of_one_leader(multiplier, pole, *, temperature) -> Float[Array, "*n"]:
    r"""The number of equal others of one leader with $y = Y > 1$ and multiplier $\mu$ [HD-11].

    $K - 1 = M^e\,Y^{2e+1}\,\frac{M Y - 1}{Y - 1}$ with $M = \mu/b \ge 1$, which exceeds
    `others_of_two_leaders` by more than one: so $\mu < \Lambda(T, K)$.
    """
    power = temperature / (1 - temperature)
    lift = multiplier * temperature
    return lift**power * pole ** (2 * power + 1) * (lift * pole - 1) / (pole - 1)


def saddle_slack(power, second, third) -> Float[Array, "*n"]:
    r"""The slack by which a state of three levels fails to be a maximum; positive [HD-11].

    For $e > 0$, $R > 1 + e$ and $1 < W < R$, with $P = R + W - 1 + e$, the sides $P B$, $R B'$ of
    the second-order condition, $B = (P - e)^2 (R - W) + (W + e)^2 (P + R)$ and $B' = (R + e)^2 (P +
    W) + (W + e)^2 (P + R)$, the ratio $Q = \frac{R (R - W)(P + 1 + e)}{P (R - 1 - e)(P + W)}$, its
    lower bound $Q_0 = 1 + (1 + e) \frac{P + R}{P (R - 1)}$ and $k = P R\,(R - 1 - e)(P + W)$:
    $\frac{Q_0 (P B + k) - k Q}{R B'} - 1$.
    """
    first = second + third - 1 + power
    ratio = second * (second - third) * (first + 1 + power)
    ratio = ratio / (first * (second - 1 - power) * (first + third))
    least = 1 + (1 + power) * (first + second) / (first * (second - 1))
    inner = (third + power) ** 2 * (first + second)
    held = first * ((first - power) ** 2 * (second - third) + inner)
    needed = second * ((second + power) ** 2 * (first + third) + inner)
    weight = first * second * (second - 1 - power) * (first + third)
    return (least * held + weight * (least - ratio)) / needed - 1


@readable
class Saddle(NamedTuple):
    """A state of one leader, one second outcome and equal others, where no maximum is."""

    multiplier: float
    probabilities: Float[Array, " k"]


def saddle(*, temperature: float, outcomes: int) -> Saddle:
    r"""The stationary state of three levels of the top multiplier of tempering [HD-11].

    Its $R = 1/(1 - y_2)$ and $W = 1/(1 - y_3)$ solve $Q = (y_1/y_2)^{1+e}$ and have $K - 2$ equal
    others. Raises `ValueError` where there is none, for few outcomes.
    """
    power = temperature / (1 - temperature)
    try:
        third = brentq(lambda w: _others(w, power) - (outcomes - 2), 1 + 1e-9, 1 + 0.6 * power)
    except ValueError:
        raise ValueError(
            f"no state of three levels is stationary for {outcomes} outcomes; take more outcomes."
        ) from None
    poles = _poles(_second(third, power), third, power)
    state = np.repeat(poles**power, [1, 1, outcomes - 2])
    return Saddle(float(1 / poles.prod()), state / state.sum())


def _poles(second, third, power) -> np.ndarray:
    """$y_1, y_2, y_3$ from $R$, $W$ and $e$."""
    return np.array([1 + 1 / (second + third - 1 + power), 1 - 1 / second, 1 - 1 / third])


def _second(third, power):
    """The $R$ that belongs to $W$."""

    def excess(second):
        first = second + third - 1 + power
        ratio = second * (second - third) * (first + 1 + power)
        ratio /= first * (second - 1 - power) * (first + third)
        return np.log(ratio) - (1 + power) * np.log((first + 1) * second / first / (second - 1))

    least = max(1 + power, third)
    return brentq(excess, least * (1 + 1e-9), 3 * least, xtol=1e-14)


def _others(third, power):
    r"""The number $n$ of others, by $a_1 P = a_2 R + n a_3 W$ with $a = z y$."""
    second = _second(third, power)
    weight = _poles(second, third, power) ** (1 + power)
    first = second + third - 1 + power
    return (weight[0] * first - weight[1] * second) / (weight[2] * third)
