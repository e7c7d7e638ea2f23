r"""Retraining a Cauchy law of unknown centre on two equal peaks at $\pm a$ [ST-A8].

The model is $\mathrm{Cauchy}(\theta, 1)$, real data are Cauchy about $a > 0$ or about $-a$ with
equal probability; $\ell(\theta) = -\frac12 \log(4 + (\theta - a)^2) - \frac12 \log(4 + (\theta +
a)^2)$ is the real log-likelihood up to a constant.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

SMOOTHNESS = (3 + 2 * 2**0.5) / 2
r"""$L = \frac{3 + 2\sqrt2}2$, the most that $\partial_\theta^2 \log p_\theta(x)$ changes with $x$.

$\max_u |h'''(u)|$ of $h = \log(1 + u^2)$, which is at $u = \sqrt2 - 1$.
"""


def real_likelihood(centre, half_distance) -> Float[Array, "*shape"]:
    r"""$\ell(\theta)$, without its constant.

    ```python
    gl.loops.retraining.cauchy.real_likelihood(0.0, 1.0)  # -1.60944
    ```
    """
    near, far = 4 + (centre - half_distance) ** 2, 4 + (centre + half_distance) ** 2
    return -(jnp.log(near) + jnp.log(far)) / 2


def divergence(centre, other) -> Float[Array, "*shape"]:
    r"""$\log(1 + \frac{(\theta - \theta')^2}4)$, the relative entropy of two centres.

    Retraining maximises $\ell(\theta') - w\,\mathrm{KL}(\theta \| \theta')$, with this for KL.

    ```python
    gl.loops.retraining.cauchy.divergence(0.0, 2.0)  # 0.693147
    ```
    """
    return jnp.log1p((jnp.asarray(centre, dtype=float) - other) ** 2 / 4)


def critical_centres(half_distance) -> Float[Array, "3"]:
    r"""$-\sqrt{a^2 - 4}, 0, \sqrt{a^2 - 4}$, the fixed points; the outer are NaN for $a \le 2$.

    ```python
    gl.loops.retraining.cauchy.critical_centres(3.0)  # [-2.23607, 0, 2.23607]
    ```
    """
    square = jnp.asarray(half_distance, dtype=float) ** 2 - 4
    outer = jnp.sqrt(jnp.where(square > 0, square, jnp.nan))
    return jnp.stack([-outer, jnp.zeros_like(outer), outer])


def real_curvature(half_distance) -> Float[Array, "*shape"]:
    r"""$A = \ell''(0) = -\frac{2 (4 - a^2)}{(4 + a^2)^2}$; it changes its sign at $a = 2$.

    ```python
    gl.loops.retraining.cauchy.real_curvature(1.0)  # -0.24
    ```
    """
    square = jnp.asarray(half_distance, dtype=float) ** 2
    return -2 * (4 - square) / (4 + square) ** 2


def centre_multiplier(half_distance, synthetic_weight) -> Float[Array, "*shape"]:
    r"""$\frac{w B}{A + w B} = \frac w{w - 2 A}$ at $\theta = 0$, with the curvature $B = -\frac12$.

    Below one for $a < 2$ and every weight, above one for $a > 2$; NaN for $w \le 2 A$, where 0 is
    no maximum of what retraining maximises and no fixed point.

    ```python
    gl.loops.retraining.cauchy.centre_multiplier(1.0, 0.3)  # 0.384615
    ```
    """
    left = synthetic_weight - 2 * real_curvature(half_distance)
    return synthetic_weight / jnp.where(left > 0, left, jnp.nan)


def transport_distance(half_distance) -> Float[Array, "*shape"]:
    r"""$\epsilon = W_1 = \frac2\pi [a \arctan a - \frac12 \log(1 + a^2)]$ from the model at 0.

    ```python
    gl.loops.retraining.cauchy.transport_distance(1.0)  # 0.279364
    ```
    """
    a = jnp.asarray(half_distance, dtype=float)
    return 2 / jnp.pi * (a * jnp.arctan(a) - jnp.log1p(a**2) / 2)


def sufficient_weight(half_distance) -> Float[Array, "*shape"]:
    r"""$w = \frac12 / (1 + L \epsilon/\alpha)$, below which ST-A4 proves that 0 is stable.

    $\alpha = -A$. It is stable for every weight; NaN for $a \ge 2$, where it never is.

    ```python
    gl.loops.retraining.cauchy.sufficient_weight(1.0)  # 0.113838
    ```
    """
    steepness = -real_curvature(half_distance)
    steepness = jnp.where(steepness > 0, steepness, jnp.nan)
    return 1 / (2 * (1 + SMOOTHNESS * transport_distance(half_distance) / steepness))
