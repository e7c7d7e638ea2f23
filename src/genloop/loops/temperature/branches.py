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
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ... import numeric as xp
from ...bisection import last_where
from ...models import Categorical
from ...models.model import is_concrete
from ...printing import readable

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


@readable
class BranchPoint(eqx.Module):
    """A fixed point on a branch, by groups of equal outcomes.

    `real_fraction` $a$ at which it is one and `synthetic_fraction` $1 - a$, each to all its digits;
    `probabilities`, `real` and `counts` of every class and,
    last, of the one outcome that is singled out.
    """

    real_fraction: Float[Array, "*n"]
    synthetic_fraction: Float[Array, "*n"]
    probabilities: Float[Array, "*n l+1"]
    real: Float[Array, "*n l+1"]
    counts: Float[Array, "*n l+1"]


def branch_point(
    classes: ProbabilityClasses,
    temperature: Float[Array, ""],
    index: Int[Array, "*n"],
    logit: Float[Array, "*n"],
) -> BranchPoint:
    r"""The fixed point at which the synthetic share of one outcome is $q = 1/(1 + e^{-\ell})$.

    `index` is the class of the outcome that is singled out. Valid for every $\ell$ at class 0, the
    most probable outcomes, else above the place where one of those reaches its turning point.
    Numbers may have leading axes; arrays of JAX are taken one by one.
    """
    return point_and_slope(classes, temperature, index, logit)[0]


def branch_slope(
    classes: ProbabilityClasses,
    temperature: Float[Array, ""],
    index: Int[Array, "*n"],
    logit: Float[Array, "*n"],
) -> Float[Array, "*n"]:
    r"""$\mathrm d \log a / \mathrm d \ell$ along a branch; its zeros are the folds.

    $-q - q (1 - q) \sum_j n_j \zeta'_j / \sum_j n_j \zeta_j$ where the equation of each root gives
    $\zeta'_j = (\zeta_j^b - r_j/r_i)/(1 - b q\,\zeta_j^{b-1})$.
    """
    return point_and_slope(classes, temperature, index, logit)[1]


@np.errstate(all="ignore")
def point_and_slope(
    classes: ProbabilityClasses,
    temperature: Float[Array, ""],
    index: Int[Array, "*n"],
    logit: Float[Array, "*n"],
) -> tuple[BranchPoint, Float[Array, "*n"]]:
    """`branch_point` and `branch_slope`, which share the roots."""
    log_roots, counts = _log_roots(classes, temperature, index, logit)
    roots, values = xp.exp(log_roots), classes.values
    outcome = xp.broadcast_to(xp.take(values, index), counts.shape[:-1])
    real = xp.concatenate([xp.broadcast_to(values, counts[..., 1:].shape), outcome[..., None]], -1)
    total = (counts * roots).sum(-1)
    sampled = (counts * xp.exp(log_roots / temperature)).sum(-1)
    share, real_share = xp.sigmoid(logit), xp.sigmoid(-logit)
    point = BranchPoint(
        real_share / (outcome * total),
        share * sampled / total,
        roots / total[..., None],
        real,
        counts,
    )
    excess = (1 - temperature) / temperature
    power, rate = xp.exp(excess * log_roots), _slack(log_roots, excess, logit)
    # One less the slope vanishes where a tied outcome turns over.
    rate = xp.maximum(rate, 1e-9 * real_share[..., None])
    # The outcome that is singled out is the unit, and so are its equals while nobody wins.
    apart = roots * power - real / outcome[..., None]
    growth = xp.where(log_roots == 0, 0.0, apart / rate)
    change = (counts * growth).sum(-1) / total
    return point, -share - share * real_share * change


def _slack(log_roots: Float[Array, "*n m"], excess, logit) -> Float[Array, "*n m"]:
    r"""$1 - b q\,\zeta^{b-1}$ of roots, positive on the lower one."""
    lead = xp.log1p(excess) - xp.softplus(-logit)
    return -xp.expm1(excess * log_roots + lead[..., None])


def _log_roots(
    classes: ProbabilityClasses,
    temperature: Float[Array, ""],
    index: Int[Array, "*n"],
    logit: Float[Array, "*n"],
) -> tuple[Float[Array, "*n l+1"], Float[Array, "*n l+1"]]:
    r"""$\log \zeta$ and counts of every class and, last, 0 and 1 for the outcome singled out."""
    values, logit = classes.values, xp.asarray(logit)[..., None]
    own = xp.arange(len(values)) == xp.asarray(index)[..., None]
    share, real_share = xp.sigmoid(logit), xp.sigmoid(-logit)
    log_forcing = xp.log(values / xp.take(values, index)[..., None]) - xp.softplus(logit)
    roots = lower_root(log_forcing, share, real_share, (1 - temperature) / temperature)
    # Without a winner, outcomes as likely as the one singled out are equal to it. Where they part,
    # two roots meet: there rounding of the share must not decide, it would lose half the digits.
    parted = xp.exp(logit) * (1 - temperature)
    together = parted <= temperature * (1 + 1e-15 * (1 + xp.abs(logit)))
    roots = xp.where(own & together, 0.0, roots)
    counts, one = xp.broadcast_to(classes.counts - own, roots.shape), xp.ones_like(logit)
    return xp.concatenate([roots, 0 * one], -1), xp.concatenate([counts, one], -1)


@np.errstate(all="ignore")
def branch_balance(
    classes: ProbabilityClasses, temperature: Float[Array, ""], logit: Float[Array, "*n"]
) -> Float[Array, "*n"]:
    r"""$\log[(b q - 1) \sum_j n_j \zeta_j^b/(1 - b q\,\zeta_j^{b-1})]$ of a single leader that won.

    Positive where the real fraction rises with $\ell$; it has one maximum ($N/p$ of [HD-9]).
    """
    excess = (1 - temperature) / temperature
    log_roots, counts = _log_roots(classes, temperature, 0, logit)
    log_roots, counts = log_roots[..., 1:-1], counts[..., 1:-1]
    rate = _slack(log_roots, excess, logit)
    terms = xp.log(counts) + log_roots / temperature - xp.log(rate)
    largest = xp.stop_gradient(xp.clip(terms.max(-1), -1e300, 1e300))
    total = largest + xp.log(xp.exp(terms - largest[..., None]).sum(-1))
    return xp.log(xp.expm1(xp.log1p(excess) - xp.softplus(-logit))) + total


@np.errstate(all="ignore")
def lower_root(
    log_forcing: Float[Array, "*l"], share: Float[Array, "*l"], rest: Float[Array, "*l"], excess
) -> Float[Array, "*l"]:
    r"""$z = \log\zeta$ of the root of $\zeta - q\,\zeta^b = y$ that continues $\zeta = y$, $q = 0$.

    `log_forcing` is $\log y$, `share` $q$, `rest` $1 - q$, `excess` $\epsilon = b - 1$. Newton's
    method on $\log[y\,e^{-z} + q\,e^{\epsilon z}] = 0$, which is convex and falls at this root,
    needs no safeguard from the left, and nothing cancels in it for $T \to 1$ or $T \to 0$. Two
    further steps carry the derivatives.
    """

    def newton(root, log_forcing, share, rest, excess):
        forced, power = xp.exp(log_forcing - root), share * xp.expm1(excess * root)
        sum_less_one = forced - rest + power
        height = xp.log1p(sum_less_one)
        slope = (excess * (share + power) - forced) / (1 + sum_less_one)
        return root - xp.where(slope < 0, height / xp.where(slope < 0, slope, 1.0), 0.0)

    fixed = xp.stop_gradient((log_forcing, share, rest, excess))

    def advance(state):
        root, _, count = state
        # From the left each step goes right, up to rounding.
        moved = xp.maximum(newton(root, *fixed), root)
        return moved, moved - root, count + 1

    def unfinished(state):
        return (state[1] > 4e-16 * (1e-300 + xp.abs(state[0]))).any() & (state[2] < _ITERATIONS)

    # Neither term of the sum exceeds one at the root; above temperature one both bound it below.
    hot = fixed[3] < 0
    least = xp.where(hot, xp.log(fixed[1]) / xp.where(hot, -fixed[3], 1.0), -np.inf)
    begin = xp.maximum(fixed[0], least)
    root = xp.while_loop(unfinished, advance, (begin, xp.full_like(begin, np.inf), 0))[0]
    turn = xp.where(excess > 0, -xp.log(share) - xp.log1p(excess), np.inf)
    # Rounding may put the right side above the maximum of the left side, where its root is.
    root = xp.minimum(root, xp.stop_gradient(turn / xp.where(excess > 0, excess, 1.0)))
    return newton(newton(root, log_forcing, share, rest, excess), log_forcing, share, rest, excess)


@np.errstate(all="ignore")
def winner_multiplier(
    classes: ProbabilityClasses,
    temperature: Float[Array, ""],
    index: Int[Array, "*n"],
    logit: Float[Array, "*n"],
) -> Float[Array, "*n"]:
    r"""The largest multiplier where the outcome that is singled out has won, $q > T$ [HD-6].

    $\sum_j s_j/(d_j - \mu) = 0$ with $\mu$ between the largest pole of the losers and the winner's,
    measured from the former: a multiplier that is small has all its digits.
    """
    log_roots, counts = _log_roots(classes, temperature, index, logit)
    excess = (1 - temperature) / temperature
    lead = xp.log1p(excess) - xp.softplus(-logit)
    poles = xp.exp(excess * log_roots + lead[..., None])
    weights = counts * xp.exp(log_roots) * poles
    losers, high = xp.where(counts[..., :-1] > 0, poles[..., :-1], 0.0), poles[..., -1]
    top = losers.max(-1)
    depth, weights, own = top[..., None] - losers, weights[..., :-1], weights[..., -1]
    reach = high - top

    def beyond(place):
        height = reach * xp.sigmoid(place)
        return (weights / (depth + height[..., None])).sum(-1) > own / (reach * xp.sigmoid(-place))

    place = last_where(beyond, -600.0 - xp.log1p(reach), xp.full_like(reach, 40.0), steps=60)
    return top + reach * xp.sigmoid(place)
