r"""Gaussians curated by a reward $r = b \cdot x$ among infinitely many candidates, with real data.

A generation tilts its model to $N(\mu + \Sigma b, \Sigma)$ and fits a Gaussian to that and a share
$a$ of real data $N(\mu_0, \Sigma_0)$; $q = 1 - a$. All depends on the variance of the reward under
the real data, $B = b^\top \Sigma_0 b$, called `reward_variance`, in any dimension [ST-D9].
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ...models import Gaussian, LinearReward
from ...models.curation.points import for_each_dimension


def linear_reward_fraction(reward_variance) -> Float[Array, "*shape"]:
    r"""The real fraction below which mean and variance grow without end [ST-D9].

    $a_c = 2 \sqrt{B^2 + B} - 2 B = \frac{2 \sqrt B}{\sqrt{B + 1} + \sqrt B}$, the golden ratio
    $0.6180...$ at $B = 1/4$: the fold of $4 q B = a^2$.

    ```python
    gl.loops.curation.linear_reward_fraction(0.25)  # 0.618034
    ```
    """
    root = jnp.sqrt(jnp.asarray(reward_variance, dtype=float))
    return 2 * root / (jnp.sqrt(1 + root**2) + root)


def linear_reward_variance(
    real_fraction, reward_variance, *, stable: bool = True
) -> Float[Array, "*shape"]:
    r"""The variance $v = b^\top \Sigma_* b$ of the reward at a fixed point [ST-D9].

    The roots of $v = B + q v^2/a^2$, of which the smaller is that of the `stable` one, the other
    that of the edge of what comes back to it: $v = 2 B/(1 \pm \sqrt{1 - 4 q B/a^2})$. NaN below
    `linear_reward_fraction`, where there is none, and infinite where there is no other.

    ```python
    gl.loops.curation.linear_reward_variance(0.8, 0.5)
    ```
    """
    share = jnp.asarray(real_fraction, dtype=float)
    root = jnp.sqrt(1 - 4 * (1 - share) * reward_variance / share**2)
    if stable:
        return 2 * reward_variance / (1 + root)
    return share**2 * (1 + root) / (2 * (1 - share))


def linear_reward_state(
    real: Gaussian, reward: LinearReward, real_fraction, *, stable: bool = True
) -> Gaussian:
    r"""The fixed point of the loop `Tilt(reward) >> Mix(real, a)` [ST-D9].

    With $v$ of `linear_reward_variance`, $\Sigma_* b = \Sigma_0 b/(1 - q v/a^2)$, $\mu_* = \mu_0 +
    \frac qa \Sigma_* b$ and $\Sigma_* = \Sigma_0 + \frac q{a^2} \Sigma_* b b^\top \Sigma_*$. NaN
    where there is none.

    ```python
    real, reward = gl.Gaussian.of(0.0, 1.0), gl.LinearReward(0.5)
    gl.loops.curation.linear_reward_state(real, reward, 0.8).covariance  # [[1.0934]]
    ```
    """
    slope = for_each_dimension("LinearReward", "slope", reward.slope, real.mean)
    pull = real.covariance @ slope
    share = jnp.asarray(real_fraction, dtype=float)
    variance = linear_reward_variance(share, slope @ pull, stable=stable)
    pull = pull / (1 - (1 - share) * variance / share**2)
    covariance = real.covariance + (1 - share) / share**2 * jnp.outer(pull, pull)
    return Gaussian(real.mean + (1 - share) / share * pull, jnp.linalg.cholesky(covariance))


def linear_reward_multipliers(
    real_fraction, reward_variance, *, dimension: int = 1, stable: bool = True
) -> Float[Array, " m"]:
    r"""The $d + d (d + 1)/2$ multipliers of a fixed point, the largest first [ST-D9].

    $q (1 + v \pm \sqrt{v (v + 2)}) = q\,e^{\pm \operatorname{arcosh}(1 + v)}$ along the reward,
    $d - 1$ times those of $v/2$ between it and the other directions, and $q$ for the rest. The
    largest is one exactly at the fold.

    ```python
    gl.loops.curation.linear_reward_multipliers(0.8, 0.5)  # [0.578997, 0.069085]
    ```
    """
    variance = linear_reward_variance(real_fraction, reward_variance, stable=stable)
    rest = 1 - real_fraction
    pair = lambda v: [
        rest * (1 + v + jnp.sqrt(v * (v + 2))),
        rest / (1 + v + jnp.sqrt(v * (v + 2))),
    ]
    others = (dimension - 1) * pair(variance / 2)
    free = [jnp.asarray(rest)] * (dimension * (dimension - 1) // 2)
    return jnp.sort(jnp.stack([*pair(variance), *others, *free]))[::-1]
