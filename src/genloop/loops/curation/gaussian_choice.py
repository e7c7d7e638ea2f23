r"""Gaussians curated by the better of two by a linear reward, with real data [ST-D10].

Two candidates are compared by $r = b \cdot x$ (Bradley-Terry, a logistic choice); $B = b^\top
\Sigma_0 b$ is the variance of the reward under the real data and $q = 1 - a$.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...analysis import find_root
from ...models.curation.best_of import better_of_two

HARD_CHOICE_FRACTION = 1 / (1 + math.sqrt(math.pi))
r"""$1/(1 + \sqrt\pi) = 0.3607$: the most real data that a loop of the better of two needs."""
LOGISTIC_SPREAD = math.pi**2 / 6
r"""$B = \pi^2/6$: above it the threshold is that of a choice without noise."""


def choice_shift(spread) -> Float[Array, "*shape"]:
    r"""$h = \frac12 \mathbb{E}[D \tanh(D/2)]$, $D \sim N(0, 2 \sigma^2)$: the gain of the reward.

    `spread` is the standard deviation $\sigma$ of the reward; the variance of the chosen one is
    $\sigma^2 - h^2$ exactly. Without noise, $\sigma \to \infty$, $h \to \sigma/\sqrt\pi$ [ST-D10].

    ```python
    gl.loops.curation.choice_shift(1.0)  # 0.363162
    ```
    """
    return better_of_two(jnp.asarray(spread, dtype=float))


def choice_fraction(reward_variance: float) -> float:
    r"""The real fraction below which the better of two carries mean and variance away [ST-D10].

    At a fixed point the variance $v$ of the reward has $v = B + (q/a)^2 h(\sqrt v)^2$. For $B <
    \pi^2/6$ the largest $k$ of $(v - B)/h^2$ is a fold, $a_c = 1/(1 + \sqrt k)$; from there on $k =
    \pi$ is approached at infinity only and $a_c = 1/(1 + \sqrt\pi) = 0.3607$ for every reward.

    ```python
    gl.loops.curation.choice_fraction(0.5)  # 0.330061
    ```
    """
    peak = _peak(reward_variance)
    if peak is None:
        return HARD_CHOICE_FRACTION
    return 1 / (1 + math.exp(_log_ratio(peak, reward_variance) / 2))


def choice_variances(real_fraction: float, reward_variance: float) -> Float[np.ndarray, " n"]:
    r"""The variances of the reward at all fixed points, the stable one first [ST-D10].

    The roots of $v = B + (q/a)^2 h(\sqrt v)^2$: none below `choice_fraction`, two from there up to
    $1/(1 + \sqrt\pi)$ and one above.

    ```python
    gl.loops.curation.choice_variances(0.5, 0.5)  # [0.550175]
    ```
    """
    level = 2 * math.log((1 - real_fraction) / real_fraction)
    excess = lambda t: _log_ratio(t, reward_variance) - level
    peak = _peak(reward_variance)
    middle = _FARTHEST if peak is None else peak
    if excess(middle) <= 0:
        return np.empty(0)
    places = [find_root(excess, _NEAREST, middle).value]
    if peak is not None and excess(_FARTHEST) < 0:
        places.append(find_root(excess, middle, _FARTHEST).value)
    return reward_variance * (1 + np.exp(places))


_NEAREST, _FARTHEST = -36.0, 30.0


def _peak(reward_variance):
    r"""Where $(v - B)/h^2$ is largest, as $t$ of $v = B (1 + e^t)$; `None` if at infinity."""
    if reward_variance >= LOGISTIC_SPREAD:
        return None
    slope = lambda t: float(_slope(t, reward_variance))
    return find_root(slope, _NEAREST, _FARTHEST).value if slope(_FARTHEST) < 0 else None


def _log_ratio(t, reward_variance):
    r"""$\log[(v - B)/h(\sqrt v)^2]$ at $v = B (1 + e^t)$."""
    return float(_ratio(t, reward_variance))


@jax.jit
def _ratio(t, reward_variance):
    variance = reward_variance * (1 + jnp.exp(t))
    return t + jnp.log(reward_variance) - 2 * jnp.log(better_of_two(jnp.sqrt(variance)))


_slope = jax.jit(jax.grad(_ratio))
