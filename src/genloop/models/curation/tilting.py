r"""What curators choose among very many candidates: the density times $e^r$."""

import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from ...operators import DiagonalPlusLowRank, Normalised
from .reward import Rewards

_LARGEST = 700.0
"""No exponential of a larger number is finite."""


def tilted(
    probabilities: Float[Array, "*batch k"], reward: Rewards, shares=None
) -> Float[Array, "*batch k"]:
    r"""$\sum_g c_g\,p_i e^{r_{gi}}/\sum_j p_j e^{r_{gj}}$, shape `(*batch, K)`."""
    shares = reward.shares(shares)
    groups = [
        share * probabilities * odds
        for share, odds in zip(shares, _odds(probabilities, reward), strict=True)
    ]
    return sum(groups)


def tilted_jacobian(
    probabilities: Float[Array, " k"], reward: Rewards, shares=None
) -> Normalised | DiagonalPlusLowRank:
    r"""$\sum_g c_g (I - q_g 1^\top) \operatorname{diag}(y_g/Z_g)$ with $q_g = p y_g/Z_g$."""
    shares, odds = reward.shares(shares), jnp.stack(_odds(probabilities, reward))
    if reward.groups == 1:
        return Normalised(odds[0], probabilities * odds[0], odds[0])
    left = -(shares[:, None] * probabilities[None] * odds).T
    return DiagonalPlusLowRank(shares @ odds, left, odds.T)


def _odds(probabilities, reward):
    r"""$y_i/Z = e^{r_i}/\sum_j p_j e^{r_j}$ for every group, not NaN however small $Z$ is."""
    found = []
    for row in reward.of_outcomes(reward.rows()):
        row = jnp.broadcast_to(row, probabilities.shape)
        # The map does not depend on the level of a reward, so its derivative is left out.
        level = stop_gradient(jnp.where(probabilities > 0, row, -jnp.inf).max(-1, keepdims=True))
        weights = jnp.exp(jnp.minimum(row - level, _LARGEST))
        found.append(weights / (probabilities * weights).sum(axis=-1, keepdims=True))
    return found
