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

from ...bisection import last_where
from ...models import Categorical
from ...models.model import is_concrete

_ITERATIONS = 100


class ProbabilityClasses(eqx.Module):
    """The distinct probabilities of a real distribution, largest first, and how often each occurs.

    A corpus of 50,000 tokens has a few hundred distinct counts: all sums run over these.
    """

    values: Float[Array, " l"]
    counts: Float[Array, " l"]

    @classmethod
    def of(cls, real: Categorical) -> "ProbabilityClasses":
        """The classes of a real distribution.

        Raises `ValueError` where a real probability is zero: such an outcome never returns.
        """
        probabilities = real.probabilities
        if not is_concrete(probabilities):
            return cls(jnp.sort(probabilities)[::-1], jnp.ones_like(probabilities))
        if probabilities.dtype != np.float64:
            raise ValueError(
                "the real probabilities are in single precision; build them from NumPy numbers or "
                "inside `with genloop.x64():`."
            )
        if (np.asarray(probabilities) < np.finfo(float).tiny).any():
            raise ValueError(
                "a real probability is zero or below 2.3e-308, where numbers lose their digits; "
                "thresholds need every outcome in the real data, so remove such outcomes."
            )
        values, counts = np.unique(np.asarray(probabilities), return_counts=True)
        return cls(values[::-1], counts[::-1].astype(float))


class BranchPoint(eqx.Module):
    """A fixed point on a branch, by groups of equal outcomes.

    `real_fraction` $a$ at which it is one and `synthetic_fraction` $1 - a$, each to all its digits;
    `probabilities`, `real` and `counts` of every class and,
    last, of the one outcome that is singled out.
    """

    real_fraction: Float[Array, ""]
    synthetic_fraction: Float[Array, ""]
    probabilities: Float[Array, " l+1"]
    real: Float[Array, " l+1"]
    counts: Float[Array, " l+1"]


def branch_point(
    classes: ProbabilityClasses, temperature: Float[Array, ""], index: int, logit: Float[Array, ""]
) -> BranchPoint:
    r"""The fixed point at which the synthetic share of one outcome is $q = 1/(1 + e^{-\ell})$.

    `index` is the class of the outcome that is singled out. Valid for every $\ell$ at class 0, the
    most probable outcomes, else above the place where one of those reaches its turning point.
    """
    log_roots, counts = _log_roots(classes, temperature, index, logit)
    roots = jnp.exp(log_roots)
    total, outcome = (counts * roots).sum(), jnp.asarray(classes.values)[index]
    real = jnp.append(jnp.asarray(classes.values), outcome)
    sampled = (counts * jnp.exp(log_roots / temperature)).sum()
    synthetic = jax.nn.sigmoid(logit) * sampled / total
    fraction = jax.nn.sigmoid(-logit) / (outcome * total)
    return BranchPoint(fraction, synthetic, roots / total, real, counts)


def _log_roots(
    classes: ProbabilityClasses, temperature: Float[Array, ""], index: int, logit: Float[Array, ""]
) -> tuple[Float[Array, " l+1"], Float[Array, " l+1"]]:
    r"""$\log \zeta$ and counts of every class and, last, 0 and 1 for the outcome singled out."""
    share, real_share = jax.nn.sigmoid(logit), jax.nn.sigmoid(-logit)
    values, counts = jnp.asarray(classes.values), jnp.asarray(classes.counts)
    log_forcing = jnp.log(values / values[index]) - jax.nn.softplus(logit)
    roots = lower_root(log_forcing, share, real_share, (1 - temperature) / temperature)
    # Without a winner, outcomes as likely as the one singled out are equal to it. Where they part,
    # two roots meet: there rounding of the share must not decide, it would lose half the digits.
    parted = jnp.exp(logit) * (1 - temperature)
    together = parted <= temperature * (1 + 1e-15 * (1 + jnp.abs(logit)))
    roots = roots.at[index].set(jnp.where(together, 0.0, roots[index]))
    return jnp.append(roots, 0.0), jnp.append(counts.at[index].add(-1.0), 1.0)


def branch_slope(
    classes: ProbabilityClasses, temperature: Float[Array, ""], index: int, logit: Float[Array, ""]
) -> Float[Array, ""]:
    r"""$\mathrm d \log a / \mathrm d \ell$ along a branch; its zeros are the folds.

    $-q - q (1 - q) \sum_j n_j \zeta'_j / \sum_j n_j \zeta_j$ where the equation of each root gives
    $\zeta'_j = (\zeta_j^b - r_j/r_i)/(1 - b q\,\zeta_j^{b-1})$.
    """
    share, real_share = jax.nn.sigmoid(logit), jax.nn.sigmoid(-logit)
    excess = (1 - temperature) / temperature
    log_roots, counts = _log_roots(classes, temperature, index, logit)
    roots, log_slope = jnp.exp(log_roots), excess * log_roots
    power = jnp.exp(log_slope)
    # 1 - b q z^(b - 1), positive on the lower root; it vanishes where a tied outcome turns over.
    rate = -jnp.expm1(log_slope + jnp.log1p(excess) - jax.nn.softplus(-logit))
    rate = jnp.maximum(rate, 1e-9 * real_share)
    values = jnp.asarray(classes.values)
    real = jnp.append(values / values[index], 1.0)
    # The outcome that is singled out is the unit, and so are its equals while nobody wins.
    growth = jnp.where(log_roots == 0, 0.0, (roots * power - real) / rate)
    change = (counts * growth).sum() / (counts * roots).sum()
    return -share - share * real_share * change


def branch_balance(
    classes: ProbabilityClasses, temperature: Float[Array, ""], logit: Float[Array, ""]
) -> Float[Array, ""]:
    r"""$\log[(b q - 1) \sum_j n_j \zeta_j^b/(1 - b q\,\zeta_j^{b-1})]$ of a single leader that won.

    Positive where the real fraction rises with $\ell$; it has one maximum ($N/p$ of [HD-9]).
    """
    excess = (1 - temperature) / temperature
    log_roots, counts = _log_roots(classes, temperature, 0, logit)
    lead = jnp.log1p(excess) - jax.nn.softplus(-logit)
    rate = -jnp.expm1(excess * log_roots[1:-1] + lead)
    terms = jnp.log(counts[1:-1]) + log_roots[1:-1] / temperature - jnp.log(rate)
    return jnp.log(jnp.expm1(lead)) + jax.nn.logsumexp(terms)


def lower_root(
    log_forcing: Float[Array, " l"], share: Float[Array, ""], rest: Float[Array, ""], excess
) -> Float[Array, " l"]:
    r"""$z = \log\zeta$ of the root of $\zeta - q\,\zeta^b = y$ that continues $\zeta = y$, $q = 0$.

    `log_forcing` is $\log y$, `share` $q$, `rest` $1 - q$, `excess` $\epsilon = b - 1$. Newton's
    method on $\log[y\,e^{-z} + q\,e^{\epsilon z}] = 0$, which is convex and falls at this root,
    needs no safeguard from the left, and nothing cancels in it for $T \to 1$ or $T \to 0$. Two
    further steps carry the derivatives.
    """

    def newton(root, log_forcing, share, rest, excess):
        forced, power = jnp.exp(log_forcing - root), share * jnp.expm1(excess * root)
        sum_less_one = forced - rest + power
        height = jnp.log1p(sum_less_one)
        slope = (excess * (share + power) - forced) / (1 + sum_less_one)
        return root - jnp.where(slope < 0, height / jnp.where(slope < 0, slope, 1.0), 0.0)

    fixed = stop_gradient((log_forcing, share, rest, excess))

    def advance(state):
        root, _, count = state
        # From the left each step goes right, up to rounding.
        moved = jnp.maximum(newton(root, *fixed), root)
        return moved, moved - root, count + 1

    def unfinished(state):
        return (state[1] > 4e-16 * (1e-300 + jnp.abs(state[0]))).any() & (state[2] < _ITERATIONS)

    # Neither term of the sum exceeds one at the root; above temperature one both bound it below.
    hot = fixed[3] < 0
    least = jnp.where(hot, jnp.log(fixed[1]) / jnp.where(hot, -fixed[3], 1.0), -jnp.inf)
    start = (jnp.maximum(fixed[0], least), jnp.full_like(fixed[0], jnp.inf), 0)
    root = jax.lax.while_loop(unfinished, advance, start)[0]
    turn = jnp.where(excess > 0, -jnp.log(share) - jnp.log1p(excess), jnp.inf)
    # Rounding may put the right side above the maximum of the left side, where its root is.
    root = jnp.minimum(root, stop_gradient(turn / jnp.where(excess > 0, excess, 1.0)))
    return newton(newton(root, log_forcing, share, rest, excess), log_forcing, share, rest, excess)


def winner_multiplier(
    classes: ProbabilityClasses, temperature: Float[Array, ""], index: int, logit: Float[Array, ""]
) -> Float[Array, ""]:
    r"""The largest multiplier where the outcome that is singled out has won, $q > T$ [HD-6].

    $\sum_j s_j/(d_j - \mu) = 0$ with $\mu$ between the largest pole of the losers and the winner's,
    measured from the former: a multiplier that is small has all its digits.
    """
    log_roots, counts = _log_roots(classes, temperature, index, logit)
    excess = (1 - temperature) / temperature
    poles = jnp.exp(excess * log_roots + jnp.log1p(excess) - jax.nn.softplus(-logit))
    weights = counts * jnp.exp(log_roots) * poles
    losers, high = jnp.where(counts[:-1] > 0, poles[:-1], 0.0), poles[-1]
    top = losers.max()
    reach = high - top

    def beyond(place):
        others = (weights[:-1] / (top - losers + reach * jax.nn.sigmoid(place))).sum()
        return others > weights[-1] / (reach * jax.nn.sigmoid(-place))

    place = last_where(beyond, -600.0 - jnp.log1p(reach), 40.0, steps=60)
    return top + reach * jax.nn.sigmoid(place)
