r"""Every branch of fixed points of the temperature loop, in one explicit parameter.

At a fixed point $x_j = a r_j + c\,x_j^b$ with $b = 1/T$ [HD-9]. Single out one outcome $i$ and let
$q = 1 - a r_i/x_i$ be the synthetic share of its probability. In units of it, $\zeta_j = x_j/x_i$,
all outcomes solve the same scalar equation

$$\zeta_j - q\,\zeta_j^b = (1 - q)\,r_j/r_i, \qquad a = (1 - q) / (r_i \sum_k \zeta_k),$$

so $q$ gives the state *and* the real fraction without solving for either. A stable state has at
most one outcome with $d_i = b q > 1$, the winner [HD-8]; all others sit on the lower root. Hence
for $T < 1$ the branch of the most probable outcome with $0 < q < 1$ leads from $a = 1$ (no winner
for $q < T$) to its collapse, every other outcome has its own branch of collapsed states with
$q > T$, and there are no further stable states. For $T > 1$ the first branch is all [HD-7].
"""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Float

from ...models import Categorical
from ...models.model import is_concrete

_ITERATIONS = 100


class Levels(eqx.Module):
    """The distinct probabilities of a real distribution, largest first, and how often each occurs.

    A corpus of 50,000 tokens has a few hundred distinct counts: all sums run over these.
    """

    values: Float[Array, " l"]
    counts: Float[Array, " l"]

    @classmethod
    def of(cls, real: Categorical) -> "Levels":
        """Raises `ValueError` where a real probability is zero: such an outcome never returns."""
        probabilities = real.probabilities
        if not is_concrete(probabilities):
            return cls(jnp.sort(probabilities)[::-1], jnp.ones_like(probabilities))
        if probabilities.dtype != np.float64:
            raise ValueError(
                "the real probabilities are in single precision; build them from NumPy numbers or "
                "inside `with genloop.x64():`."
            )
        if (np.asarray(probabilities) <= 0).any():
            raise ValueError(
                "a real probability is zero; thresholds need every outcome in the real data, so "
                "remove the outcomes that were never seen."
            )
        values, counts = np.unique(np.asarray(probabilities), return_counts=True)
        return cls(values[::-1], counts[::-1].astype(float))


class BranchPoint(eqx.Module):
    """A fixed point on a branch, by groups of equal outcomes.

    `real_fraction` $a$ at which it is one; `probabilities`, `real` and `counts` of every level and,
    last, of the one outcome that is singled out.
    """

    real_fraction: Float[Array, ""]
    probabilities: Float[Array, " l+1"]
    real: Float[Array, " l+1"]
    counts: Float[Array, " l+1"]


def branch_point(
    levels: Levels, temperature: Float[Array, ""], index: int, logit: Float[Array, ""]
) -> BranchPoint:
    r"""The fixed point at which the synthetic share of one outcome is $q = 1/(1 + e^{-\ell})$.

    `index` is the level of the outcome that is singled out. Valid for every $\ell$ at level 0, the
    most probable outcomes, else above `first_logit`.
    """
    share, real_share = jax.nn.sigmoid(logit), jax.nn.sigmoid(-logit)
    values, counts = jnp.asarray(levels.values), jnp.asarray(levels.counts)
    outcome = values[index]
    roots = lower_root(real_share * values / outcome, share, 1 / temperature)
    # Without a winner, outcomes as likely as the one singled out are equal to it. Where they part,
    # two roots meet: there rounding of the share must not decide, it would lose half the digits.
    together = share <= temperature * (1 + 1e-15)
    roots = roots.at[index].set(jnp.where(together, 1.0, roots[index]))
    roots = jnp.append(roots, 1.0)
    counts = jnp.append(counts.at[index].add(-1.0), 1.0)
    total = (counts * roots).sum()
    real = jnp.append(values, outcome)
    return BranchPoint(real_share / (outcome * total), roots / total, real, counts)


def branch_slope(
    levels: Levels, temperature: Float[Array, ""], index: int, logit: Float[Array, ""]
) -> Float[Array, ""]:
    r"""$\mathrm d \log a / \mathrm d \ell$ along a branch; its zeros are the folds.

    $-q - q (1 - q) \sum_j n_j \zeta'_j / \sum_j n_j \zeta_j$ where the equation of each root gives
    $\zeta'_j = (\zeta_j^b - r_j/r_i)/(1 - b q\,\zeta_j^{b-1})$.
    """
    sharpness, share, real_share = 1 / temperature, jax.nn.sigmoid(logit), jax.nn.sigmoid(-logit)
    point = branch_point(levels, temperature, index, logit)
    roots = point.probabilities / point.probabilities[-1]
    power = jnp.exp((sharpness - 1) * jnp.log(roots))
    # Positive on the lower root; it vanishes where a tied outcome turns over.
    rate = jnp.maximum(1 - sharpness * share * power, 1e-9)
    growth = (roots * power - point.real / point.real[-1]) / rate
    # The outcome that is singled out is the unit, and so are its equals while nobody wins.
    growth = jnp.where(roots == 1, 0.0, growth)
    change = (point.counts * growth).sum() / (point.counts * roots).sum()
    return -share - share * real_share * change


def lower_root(
    level: Float[Array, " l"], share: Float[Array, ""], sharpness: Float[Array, ""]
) -> Float[Array, " l"]:
    r"""The root of $\zeta - q\,\zeta^b = y$ that continues $\zeta = y$ from $q = 0$.

    Newton's method on a concave ($b > 1$, from the left) or convex ($b < 1$) function needs no
    safeguard; two further steps carry the derivatives.
    """

    def newton(root, level, share, sharpness):
        power = share * jnp.exp((sharpness - 1) * jnp.log(root))
        slope = 1 - sharpness * power
        step = (root * (1 - power) - level) / jnp.where(slope > 0, slope, 1.0)
        turn = jnp.exp(-jnp.log(sharpness * share) / (sharpness - 1))
        # Rounding may put the level above the maximum of the left side, where its root is.
        largest = jnp.where(sharpness > 1, turn, jnp.inf)
        return jnp.minimum(root - jnp.where(slope > 0, step, 0.0), largest)

    fixed = stop_gradient((level, share, sharpness))

    def advance(state):
        root, _, count = state
        moved = newton(root, *fixed)
        return moved, jnp.abs(moved - root), count + 1

    def unfinished(state):
        return (state[1] > 4e-16 * state[0]).any() & (state[2] < _ITERATIONS)

    # For b < 1 the root is at most the larger of the two cases 2y and (2q)^(1/(1-b)).
    start = fixed[0] + jnp.where(fixed[2] < 1, fixed[1] * (1 + fixed[0]) ** fixed[2], 0.0)
    root = jax.lax.while_loop(unfinished, advance, (start, jnp.full_like(start, jnp.inf), 0))[0]
    return newton(newton(root, level, share, sharpness), level, share, sharpness)


@jax.jit
def first_logit(levels: Levels, temperature: Float[Array, ""], index: int) -> Float[Array, ""]:
    r"""The $\ell$ above which an outcome has a branch of its own with one winner ($T < 1$).

    There the most probable outcome reaches the turning point of its equation:
    $(1 - q)\,r_{\max}/r_i = (1 - T)\,(q/T)^{-1/(b - 1)}$ with $q \ge T$.
    """
    sharpness = 1 / temperature
    ratio = jnp.log(levels.values[0] / levels.values[index])

    def excess(logit):
        share = -jax.nn.softplus(-logit) + jnp.log(sharpness)
        rest = -jax.nn.softplus(logit) - jnp.log1p(-temperature)
        return rest + ratio + share / (sharpness - 1)

    def halve(_, bounds):
        lower, upper = bounds
        middle = 0.5 * (lower + upper)
        outside = excess(middle) > 0
        return jnp.where(outside, middle, lower), jnp.where(outside, upper, middle)

    start = jnp.log(temperature) - jnp.log1p(-temperature)
    bounds = (start, start + 60 + ratio + 1 / (sharpness - 1))
    return stop_gradient(jax.lax.fori_loop(0, 80, halve, bounds)[1])
