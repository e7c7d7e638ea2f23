r"""Retraining on corrected samples, $\pi_\gamma p = (p + \gamma p_*)/(1 + \gamma)$.

$\gamma$ = `strength`; $w$ = `synthetic_weight`, $a = 1/(1 + w)$ the real fraction, $q = 1 - a$.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...printing import readable
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


@readable
class MeanVariance(NamedTuple):
    r"""The variance $V_{t+1} = f V_t + g$ of a mean parameter about its real value [ST-C4, ST-A11].

    In units of the variance $v(\eta_r)$ of one real observation: `factor` $f$, `source` $g$.

    ```python
    gl.loops.retraining.MeanVariance(0.5, 0.1).stationary  # 0.2
    ```
    """

    factor: Float[Array, ""]
    source: Float[Array, ""]

    def after(self, generations, start=0.0) -> Float[Array, ""]:
        r"""$V_t = V_\infty + f^t (V_0 - V_\infty)$, and $V_0 + g t$ for $f = 1$."""
        kept = jnp.asarray(self.factor, dtype=float) ** generations
        apart = jnp.where(self.factor == 1, 1.0, 1 - self.factor)
        steps = jnp.where(self.factor == 1, generations, (1 - kept) / apart)
        return kept * start + self.source * steps

    @property
    def stationary(self) -> Float[Array, ""]:
        r"""$V_\infty = g/(1 - f)$; NaN for $f \ge 1$, where the variance has no bound."""
        factor = jnp.asarray(self.factor, dtype=float)
        return self.source / jnp.where(factor < 1, 1 - factor, jnp.nan)

    @property
    def effective_samples(self) -> Float[Array, ""]:
        r"""$n_e = v/V_\infty$: real observations whose mean varies as much."""
        return 1 / self.stationary


def corrected_variance(
    *, samples, real_samples, real_fraction=None, strength=0.0, quadratic=0.0
) -> MeanVariance:
    r"""The variance of retraining on corrected finite samples and fresh real ones [ST-C4].

    $V' = \frac{q^2}{G^2} V + \frac{a^2}{n_r} v + \frac{q^2}n [v + (\frac{v_2}G +
    \frac\gamma{G^2}) V]$ with $G = 1 + \gamma$, in families with the variance $v_0 + v_1 \eta + v_2
    \eta^2$; `quadratic` is $v_2$: 0 for Poisson and normal laws of known variance, 1 for
    exponential ones, $-1$ for outcomes, $-1/m$ for binomial ones. The target is the real
    distribution. Without a `real_fraction` all points weigh the same; $\gamma = 0$ is retraining
    itself [ST-A11].

    ```python
    corrected = gl.loops.retraining.corrected_variance
    corrected(samples=40, real_samples=10, quadratic=-1.0).effective_samples  # 18.8
    ```
    """
    pool = samples + real_samples
    share = real_samples / pool if real_fraction is None else real_fraction
    rest, gain = 1 - share, 1 + strength
    mixed = quadratic / gain + strength / gain**2
    return MeanVariance(
        rest**2 * (1 / gain**2 + mixed / samples),
        share**2 / real_samples + rest**2 / samples,
    )
