r"""What curators choose among $K$ candidates, exactly.

Candidates $x_1, \dots, x_K$ are independent draws of $p$, and one is chosen with chances in
proportion to $y = e^r$. The chosen one has the law $p_x H(x)$ with
$$H(x) = \mathbb{E}\,\frac{K y_x}{y_x + y_{x_2} + \dots + y_{x_K}}
= K \int_{-\infty}^{\infty} y_x e^{t - y_x e^t}\,M(e^t)^{K-1}\,dt, \qquad
M(s) = \sum_j p_j e^{-s y_j},$$
since $1/S = \int_0^\infty e^{-sS} ds$ makes the competitors independent: $O(C)$ numbers a node for
$C$ different rewards, where enumeration takes $\binom{K + C - 2}{C - 1}$ terms. The sum over $t = h
\mathbb Z$ has a relative error below $2/[\cos d\,(e^{2 \pi d/h} - 1)]$ for every $d < \pi/2$,
whatever $p$, $r$ and $K$ are: in the strip $|\operatorname{Im} t| < d$ the modulus is that of the
same integrand at $s \cos d$, and the integral of that is $H(x)/\cos d$ [ST-D1].
"""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from ...operators import DiagonalPlusLowRank
from .reward import Rewards

STEP = 0.25
"""The step $h$: the bound of the error is 1e-15."""
_DEPTH = 37.5
"""Tails below $e^{-37.5}$, 5e-17, are left out."""
_TOGETHER = 2**20
"""Exponentials that are in memory at one time."""


def chosen(
    probabilities: Float[Array, "*batch k"], reward: Rewards, among: int, shares=None
) -> Float[Array, "*batch k"]:
    r"""$\sum_g c_g\,p_i H_g(i)$, shape `(*batch, K)`, normalised."""
    probabilities = probabilities / probabilities.sum(axis=-1, keepdims=True)
    masses, total = reward.masses(probabilities), 0.0
    for share, row in zip(reward.shares(shares), reward.rows(), strict=True):
        factors = advantage(masses, row, among, reward.width)
        factors = factors / (masses * factors).sum(axis=-1, keepdims=True)
        total = total + share * factors
    return probabilities * reward.of_outcomes(total)


@functools.partial(jax.jit, static_argnames=("among", "width"))
def advantage(
    masses: Float[Array, "*batch c"], rewards: Float[Array, " c"], among: int, width: int
) -> Float[Array, "*batch c"]:
    r"""$H$ of every class: how many times likelier it is among the chosen than among the drawn."""
    level = stop_gradient(rewards.max())
    odds = jnp.exp(rewards - level)

    def add(total, block):
        times, weights = block
        exponents = times[:, None] * odds[None]
        power = _power(masses, exponents, among - 1)
        return total + (jnp.broadcast_to(weights, power.shape) * power) @ jnp.exp(-exponents), None

    zero = jnp.zeros(masses.shape, jnp.result_type(masses, odds))
    total = jax.lax.scan(add, zero, _blocks(among, width, odds.size))[0]
    # Where a traced range of rewards is wider than the nodes reach, nothing is known.
    known = stop_gradient(jnp.ptp(rewards)) <= width
    return jnp.where(known, among * jnp.broadcast_to(odds, total.shape) * total, jnp.nan)


def _blocks(among, width, classes):
    r"""The nodes $s = e^t$ with the weights $h s$, in rows that are worked on together."""
    first, last = -_DEPTH - math.log(among), math.log(_DEPTH) + width
    count = math.ceil((last - first) / STEP) + 1
    together = max(1, min(count, _TOGETHER // classes))
    times = np.exp(first + STEP * np.arange(count))
    # Nodes without weight fill the last row.
    spare = -count % together
    weights = np.pad(STEP * times, (0, spare)).reshape(-1, together)
    return np.pad(times, (0, spare), mode="edge").reshape(-1, together), weights


def _power(masses, exponents, exponent):
    r"""$M(s)^{K-1}$, with all digits for very many candidates too, where $M$ is next to one."""
    lost = masses @ -jnp.expm1(-exponents).T
    near = lost < 0.5
    close = jnp.exp(exponent * jnp.log1p(-jnp.where(near, lost, 0.0)))
    # A whole power has finite derivatives of all orders where M underflows; logarithms have not.
    far = jax.lax.integer_pow(jnp.where(near, 0.5, masses @ jnp.exp(-exponents).T), exponent)
    return jnp.where(near, close, far)


def chosen_jacobian(
    probabilities: Float[Array, " k"], reward: Rewards, among: int, shares=None
) -> DiagonalPlusLowRank | None:
    r"""$\operatorname{diag}(H) + p_x [K (K-1) y_x \int e^{-s (y_x + y_j)} M^{K-2} ds - K H(x)]$.

    Its rank is the number $C$ of different rewards. `None` where that is more than half of the
    outcomes.
    """
    classes = reward.rows().shape[-1]
    if 2 * classes > reward.outcomes:
        return None
    masses, diagonal, slopes = reward.masses(probabilities), 0.0, 0.0
    for share, row in zip(reward.shares(shares), reward.rows(), strict=True):
        factors = advantage(masses, row, among, reward.width)
        diagonal = diagonal + share * factors
        slopes = slopes + share * (
            _competition(masses, row, among, reward.width) - among * factors[:, None]
        )
    left = probabilities[:, None] * reward.of_outcomes(slopes.T).T
    right = reward.of_outcomes(jnp.eye(classes)).T
    return DiagonalPlusLowRank(reward.of_outcomes(diagonal), left, right)


def _competition(masses, rewards, among, width):
    r"""$K (K - 1) y_c \int_0^\infty e^{-s (y_c + y_d)} M(s)^{K-2} ds$ (less than zero in all)."""
    level = rewards.max()
    odds = jnp.exp(rewards - level)
    times, weights = (jnp.asarray(x).reshape(-1) for x in _blocks(among, width, 1))
    exponents = times[:, None] * odds[None]
    decay, power = jnp.exp(-exponents), _power(masses, exponents, max(among - 2, 0))
    return among * (among - 1) * odds[:, None] * ((weights * power)[:, None] * decay).T @ decay
