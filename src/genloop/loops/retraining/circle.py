r"""Retraining on a circle: $N(R (\cos\theta, \sin\theta), I)$, real data of mean $(d, 0)$ [ST-A7].

A curved family whose retraining is solved in full; $w$ is the weight of synthetic data.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float


def retrained_angle(angle, *, radius, distance, synthetic_weight) -> Float[Array, "*shape"]:
    r"""$\theta' = \arg[d + w R e^{i\theta}]$ in $(-\pi, \pi]$, one generation later.

    The angle of the mean of real data and weighted samples; the closest point of the circle. At
    $\theta = \pi$, $w R = d$ that mean is zero, every angle is as likely, and this is 0.

    ```python
    angle = jnp.pi / 2
    gl.loops.retraining.circle.retrained_angle(angle, radius=1, distance=1, synthetic_weight=1)
    ```
    """
    pull = synthetic_weight * radius
    return jnp.arctan2(pull * jnp.sin(angle), distance + pull * jnp.cos(angle))


def angle_multipliers(*, radius, distance, synthetic_weight) -> Float[Array, "..."]:
    r"""$\frac{w R}{w R + d}$ at $\theta = 0$ and $\frac{w R}{w R - d}$ at $\theta = \pi$.

    Shape `(2, ...)`. The first is below one for every weight. The second exceeds one where $\theta
    = \pi$ is a fixed point, $w R > d$, and is NaN elsewhere: there the retrained angle of $\pi$
    is 0.

    ```python
    find = gl.loops.retraining.circle.angle_multipliers
    find(radius=2.0, distance=1.0, synthetic_weight=3.0)  # [0.857143, 1.2]
    ```
    """
    pull = jnp.asarray(synthetic_weight * radius, dtype=float)
    left = pull - distance
    return jnp.stack([pull / (pull + distance), pull / jnp.where(left > 0, left, jnp.nan)])


def angle_flip(*, radius, distance) -> Float[Array, "*shape"]:
    r"""$w = d/R$: with less weight even the opposite angle $\pi$ is retrained to 0.

    ```python
    gl.loops.retraining.circle.angle_flip(radius=2.0, distance=1.0)  # 0.5
    ```
    """
    return jnp.asarray(distance, dtype=float) / radius


def curvature_ratio_bound(*, radius, distance) -> Float[Array, "*shape"]:
    r"""$b = 1 + L \epsilon/\alpha = 1 + |R - d|/d$, the bound of ST-A4 for real $N((d, 0), I)$.

    $L = R$, $\epsilon = |R - d|$ and $\alpha = R d$. For $d \le R$ it is tight: the ratio of
    curvatures is $\beta = R/d = b$.

    ```python
    gl.loops.retraining.circle.curvature_ratio_bound(radius=2.0, distance=1.0)  # 2
    ```
    """
    return 1 + jnp.abs(jnp.asarray(radius, dtype=float) - distance) / distance
