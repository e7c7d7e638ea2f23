"""What curation does to the mean of $e^r$ and to the distance from the real data, in bounds."""

import math

import numpy as np

from ...models import Categorical
from ...models.curation import Rewards
from ...stages import Choose, Tilt
from .perron import _numbers


def mean_reward(model: Categorical, reward) -> float:
    r"""$E_p\,e^r$, the mean of the odds by which curators choose.

    ```python
    gl.loops.curation.mean_reward(gl.Categorical.of([1, 1]), [0.0, 1.0])  # 1.85914
    ```
    """
    shares, rewards = _numbers(model, reward)
    return float(shares @ np.exp(rewards))


def least_reward_gain(model: Categorical, reward, *, among: float) -> float:
    r"""What one choice adds to $E_p\,e^r$ at least [ST-D2].

    $E_{p'} e^r - E_p e^r = (K - 1)\,E\,\frac{s^2}S \ge \frac{K - 1}K\,\frac{\operatorname{Var}_p
    e^r}{e^{\max r}}$ with the variance $s^2$ and the sum $S$ of the $e^r$ of $K$ candidates.

    ```python
    two = gl.Categorical.of([1, 1])
    gl.loops.curation.least_reward_gain(two, [0.0, 1.0], among=2)  # 0.13577
    ```
    """
    shares, rewards = _numbers(model, reward)
    odds = np.exp(rewards)
    spread = shares @ (odds - shares @ odds) ** 2
    return float((1 - 1 / among) * spread / odds[shares > 0].max())


def least_reward(real: Categorical, reward, *, real_fraction: float, among: float) -> float:
    r"""The least mean of $e^r$ in all generations after the first [ST-D4].

    $E_{p_t} e^r \ge E_r e^r + (1 - a)\,\frac{K - 1}K\,\frac{\operatorname{Var}_r e^r}{e^{\max r}}$
    for $t \ge 1$ of `Choose(reward, among=K) >> Mix(real, a)` from the real data.

    ```python
    two = gl.Categorical.of([1, 1])
    gl.loops.curation.least_reward(two, [0.0, 1.0], real_fraction=0.5, among=2)  # 1.92703
    ```
    """
    gain = least_reward_gain(real, reward, among=among)
    return mean_reward(real, reward) + (1 - real_fraction) * gain


def largest_advantage(real: Categorical, reward, *, among: float) -> float:
    r"""How much oftener than drawn the best outcome is chosen, against real competitors [ST-D4].

    $H_* = E_r\,\frac{K y_*}{y_* + y_2 + \dots + y_K}$, $y_* = \max e^r$. In a loop that starts at
    the real data no outcome is ever chosen more often than $H_* \le K$ times its share, since
    competitors only get better. $e^{\max r}/E_r e^r$ for $K = \infty$.

    ```python
    two = gl.Categorical.of([1, 1])
    gl.loops.curation.largest_advantage(two, [0.0, 1.0], among=2)  # 1.23106
    ```
    """
    shares, rewards = _numbers(real, reward)
    best = int(np.where(shares > 0, rewards, -np.inf).argmax())
    stage = Tilt(rewards) if among == math.inf else Choose(Rewards.of(rewards), among=among)
    return float(stage(real).probabilities[best] / shares[best])


def divergence_bound(*, real_fraction: float, advantage: float) -> float:
    r"""How far from the real data a curated loop can get at most, in nats [ST-D4].

    $\mathrm{KL}(p_t \| p_r) \le \log \frac a{1 - (1 - a) H}$ for $a > 1 - \frac1H$, and infinite
    elsewhere; the same number bounds $\log p_t/p_r$ everywhere. For all generations of a curated
    loop with real data that starts at the real data, whose outcomes are chosen at most $H$ times as
    often as drawn: $H = K$ always (with $\lambda = \frac{1 - a}a$ the bound is $-\log(1 - \lambda
    (K - 1))$), or `largest_advantage`.

    ```python
    gl.loops.curation.divergence_bound(real_fraction=0.8, advantage=4.0)  # 1.38629
    ```
    """
    room = 1 - (1 - real_fraction) * advantage
    return math.log(real_fraction / room) if room > 0 else math.inf
