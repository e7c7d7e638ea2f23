r"""Condensation: how much real data keeps a curated loop from settling on the best point [ST-D7].

Infinitely many candidates are chosen among by a reward $r$ with a largest value $r_*$, and a share
$a$ of a generation is real, of the law $\rho$; there is no Gaussian fit here, a generation is the
whole density. With $u = e^{r - r_*} \le 1$ the fixed law is $p_* = a \rho\,Z/(Z - q u)$, Kingman's
house of cards, and $Z \ge q$ makes it a density only if $a\,\mathbb{E}_\rho[1/(1 - u)] \ge 1$.
Below, an atom sits where the reward is largest, a point that real data never hit.
"""

import dataclasses
import math

import numpy as np
from scipy import special

from ...models import Gaussian, QuadraticReward
from ...printing import readable


def condensation_fraction(mean_inverse_gap) -> float:
    r"""$a_c = 1/\mathbb{E}_\rho[1/(1 - u)]$: no atom at real fractions from here on [ST-D7].

    The mean may be infinite: then no real fraction is so small that the law condenses.

    ```python
    gl.loops.curation.condensation_fraction(2.0)  # 0.5
    ```
    """
    return 1 / np.asarray(mean_inverse_gap, dtype=float)


def beta_condensation_fraction(exponent) -> float:
    r"""$a_c = \theta/(\theta + 1)$ for a density $(\theta + 1)(1 - u)^\theta$ of $u$ [ST-D7].

    Only the `exponent` $\theta > -1$ at the best values decides whether there is a threshold: for
    $\theta \le 0$ there is none, $a_c = 0$.

    ```python
    gl.loops.curation.beta_condensation_fraction(2.0)  # 0.666667
    ```
    """
    exponent = np.asarray(exponent, dtype=float)
    return np.maximum(exponent, 0.0) / (exponent + 1)


def gaussian_condensation_fraction(dimension: int, width: float) -> float:
    r"""$a_c = 1/(\tau^d \zeta(\frac d2, \tau^2))$ for real data $N(0, I_d)$ [ST-D7].

    For $r = -|x|^2/(2 \tau^2)$, with Hurwitz' zeta function; $6/\pi^2$ for $d = 4$ and `width`
    $\tau = 1$, in standard deviations of the data. Zero for $d \le 2$: however
    little real data, the law has no atom.

    ```python
    gl.loops.curation.gaussian_condensation_fraction(4, 1.0)  # 0.607927
    ```
    """
    if dimension <= 2:
        return 0.0
    square = float(width) ** 2
    logarithm = dimension / 2 * math.log(square) + math.log(special.zeta(dimension / 2, square))
    return math.exp(-logarithm)


def condensed_mass(real_fraction, threshold) -> float:
    r"""$1 - a/a_c$ below the threshold $a_c$, else 0: the mass on the best point [ST-D7].

    ```python
    gl.loops.curation.condensed_mass(0.3, 0.5)  # 0.4
    ```
    """
    threshold = np.asarray(threshold, dtype=float)
    below = np.asarray(real_fraction) < threshold
    return np.where(below, 1 - real_fraction / np.where(below, threshold, 1.0), 0.0)[()]


@readable
@dataclasses.dataclass(frozen=True)
class EstimatedCondensation:
    r"""What $n$ rewards of real points say of condensation: an estimate, never a proof.

    `real_fraction` is $1/\overline{1/(1 - u)}$, which tends to $a_c$ as $n$ grows; `uncertainty`
    its standard error by the spread of $1/(1 - u)$, too small where few rewards near the `maximum`
    have most of the sum. These are `top_share` of it in the nearest hundredth. `exponent` is
    $\theta$ of the density $(1 - u)^\theta$ at the best values by Hill's estimator on the nearest
    $\sqrt n$, with `exponent_error`: only for $\theta > 0$ is there a threshold at all.

    ```python
    u = np.linspace(0.001, 0.999, 999)
    gl.loops.curation.estimated_condensation(np.log(u), maximum=0.0).samples  # 999
    ```
    """

    real_fraction: float
    uncertainty: float
    top_share: float
    exponent: float
    exponent_error: float
    maximum: float
    samples: int


def estimated_condensation(rewards, maximum: float | None = None) -> EstimatedCondensation:
    r"""The threshold of condensation estimated from rewards of real points, shape `(n,)` [ST-D7].

    `maximum` is the largest reward there can be; without it the largest of the sample stands for
    it, and is left out of the mean: no sample knows what lies above it. A finite table itself
    never condenses, its best row has a share of the real data. Raises `ValueError` for fewer than
    100 rewards, numbers that are not finite and rewards that reach the maximum.

    ```python
    rewards = np.log(np.linspace(0.001, 0.999, 999))
    gl.loops.curation.estimated_condensation(rewards, maximum=0.0).exponent < 0.3  # True
    ```
    """
    rewards = np.sort(np.asarray(rewards, dtype=float).ravel())
    if len(rewards) < 100 or not np.isfinite(rewards).all():
        raise ValueError("an estimate needs at least 100 finite rewards, one for each real point.")
    if maximum is None:
        maximum, rewards = rewards[-1], rewards[:-1]
    gaps = maximum - rewards
    if gaps[-1] <= 0:
        raise ValueError(
            "several real points have the largest reward: real data hold the best point, and no "
            "real fraction above 0 lets the law condense."
        )
    inverse = -1 / np.expm1(-gaps)
    near = math.isqrt(len(gaps))
    hill = np.log(gaps[-near - 1] / gaps[-near:]).mean()
    mean = inverse.mean()
    return EstimatedCondensation(
        float(1 / mean),
        float(inverse.std() / math.sqrt(len(gaps)) / mean**2),
        float(np.sort(inverse)[-max(1, len(gaps) // 100) :].sum() / inverse.sum()),
        float(1 / hill - 1),
        float(1 / hill / math.sqrt(near)),
        float(maximum),
        len(gaps),
    )


def condensation_fraction_of(real: Gaussian, reward: QuadraticReward) -> float:
    r"""$a_c$ for any Gaussian real data $N(m, \Sigma)$ and a quadratic reward [ST-D7].

    $1/a_c = \sum_{k \ge 0} \mathbb{E}\,e^{k r} = \sum_k \prod_i (1 + k s_i/\tau^2)^{-1/2} \exp
    \frac{-k \delta_i^2}{2 (\tau^2 + k s_i)}$ with the variances $s_i$ along the axes of $\Sigma$
    and the distances $\delta_i$ of the centre from $m$ along them; the sum by Euler-Maclaurin.
    Zero in one and two dimensions.

    ```python
    real, reward = gl.Gaussian.of([0] * 4, jnp.eye(4)), gl.QuadraticReward(0.0, 1.0)
    gl.loops.curation.condensation_fraction_of(real, reward)  # 0.607927
    ```
    """
    variances, axes = np.linalg.eigh(np.asarray(real.covariance))
    centre = np.broadcast_to(np.asarray(reward.centre), real.mean.shape)
    distances = (centre - np.asarray(real.mean)) @ axes
    if real.dimension <= 2:
        return 0.0
    return 1 / _sum_of_powers(variances, distances**2, float(reward.width) ** 2)


_TERMS = 2000
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def _sum_of_powers(variances, squares, square):
    r"""$\sum_k f(k)$: terms up to $N$, then $\int_N^\infty f + f(N)/2 - f'(N)/12$."""

    def term(k):
        spread = square + np.multiply.outer(k, variances)
        return np.exp(
            (np.log(square / spread) - np.asarray(k)[..., None] * squares / spread).sum(-1) / 2
        )

    last = square + _TERMS * variances
    slope = -(variances / last + squares * square / last**2).sum() / 2
    # The integrand falls like a power of k, so that its logarithm is the variable.
    decay = len(variances) / 2 - 1
    end = math.log(max(1.0, square / variances.min() / _TERMS)) + 40 / decay
    panels = np.linspace(0, end, max(2, math.ceil(end / 2)))
    middle, half = (panels[1:] + panels[:-1]) / 2, (panels[1:] - panels[:-1]) / 2
    k = _TERMS * np.exp(middle[:, None] + half[:, None] * _POINTS)
    integral = half @ ((term(k) * k) @ _WEIGHTS)
    at_end = term(float(_TERMS))
    return term(np.arange(_TERMS)).sum() + integral + at_end * (0.5 - slope / 12)
