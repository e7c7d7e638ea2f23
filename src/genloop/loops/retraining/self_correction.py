r"""Retraining on corrected samples, $\pi_\gamma p = (p + \gamma p_*)/(1 + \gamma)$.

$\gamma$ = `strength`; $w$ = `synthetic_weight`, $a = 1/(1 + w)$ the real fraction, $q = 1 - a$.
"""

import numpy as np
from jaxtyping import Array, Float

from .curvature import retraining_multipliers


def corrected_mean_parameters(
    generations,
    start: Float[Array, " k"],
    real: Float[Array, " k"],
    target: Float[Array, " k"],
    *,
    real_fraction,
    strength,
) -> Float[Array, " k"]:
    r"""The mean parameters $\eta_t = \eta_\infty + (\frac q{1 + \gamma})^t (\eta_0 - \eta_\infty)$.

    In exponential families, with $(a + \gamma)\,\eta_\infty = a (1 + \gamma)\,\eta_r + q
    \gamma\,\eta_*$: a corrector that is wrong, $\eta_* \ne \eta_r$, pulls the end towards itself
    [ST-C1]. Needs $a + \gamma > 0$.

    ```python
    start, real, target = jnp.array([0.0]), jnp.array([1.0]), jnp.array([1.0])
    step = gl.loops.retraining.corrected_mean_parameters
    step(1, start, real, target, real_fraction=0.5, strength=1.0)  # [0.75]
    ```
    """
    rest = 1 - real_fraction
    whole = real_fraction + strength
    end = (real_fraction * (1 + strength) * real + rest * strength * target) / whole
    return end + (rest / (1 + strength)) ** generations * (start - end)


def corrected_multipliers(
    real: Float[np.ndarray, "k k"],
    sampled: Float[np.ndarray, "k k"],
    synthetic_weight: float,
    strength: float,
) -> Float[np.ndarray, " k"]:
    r"""$\mu_i = \frac{w \beta_i}{(1 + \gamma)(1 + w \beta_i)}$, the multipliers, largest first.

    All below $\frac1{1 + \gamma}$. $\beta_i$ are the eigenvalues of $A^{-1} B$, with the expected
    Hessians $A$ = `real` and $B$ = `sampled` at the target of the correction [ST-C3]. Errors as in
    `retraining_multipliers`.

    ```python
    gl.loops.retraining.corrected_multipliers(-np.eye(1), -np.eye(1), 1.0, 1.0)  # [0.25]
    ```
    """
    return retraining_multipliers(real, sampled, synthetic_weight) / (1 + strength)
