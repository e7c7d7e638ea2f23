r"""Uniform real data: the complete bifurcation diagram in closed form ($T < 1$).

Besides the uniform state all fixed points have two levels: $m$ winners and $K - m$ losers with
probability ratio $\rho = e^\delta > 1$ [U-1]. The parameter $\delta$ gives everything else; below
$b = 1/T$ and $\epsilon = b - 1$. All functions are differentiable and can be mapped over.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ....analysis import threshold
from ....printing import readable


@readable
class TwoLevels(NamedTuple):
    r"""A two-level fixed point with its multipliers [U-3].

    `winner` and `loser` are the two probabilities. `among_winners` has multiplicity $m - 1$ and is
    above one, `among_losers` $K - m - 1$ and is below one; `between` decides the stability of $m =
    1$.
    """

    log_ratio: Float[Array, ""]
    winner: Float[Array, ""]
    loser: Float[Array, ""]
    among_winners: Float[Array, ""]
    among_losers: Float[Array, ""]
    between: Float[Array, ""]


@readable
class Fold(NamedTuple):
    r"""The largest real fraction of a branch, and $\delta = \log\rho$ there."""

    real_fraction: Float[Array, ""]
    log_ratio: Float[Array, ""]


def branch_fraction(log_ratio, *, temperature, outcomes, winners=1) -> Float[Array, ""]:
    r"""The real fraction at which the ratio $e^\delta$ is a fixed point [U-2].

    $1 - a = (\rho - 1)(m \rho^b + K - m)/[(\rho^b - 1)(m \rho + K - m)]$, that is
    $a = K (1 - e^{-\epsilon\delta})/[(1 - e^{-b\delta})(K + m (e^\delta - 1))]$, free of
    cancellation.
    """
    excess, sharpness = (1 - temperature) / temperature, 1 / temperature
    cooling = jnp.expm1(-excess * log_ratio) / jnp.expm1(-sharpness * log_ratio)
    return outcomes * cooling / (outcomes + winners * jnp.expm1(log_ratio))


def two_levels(log_ratio, *, temperature, outcomes, winners=1) -> TwoLevels:
    r"""The state of ratio $e^\delta$ and its multipliers at the real fraction of `branch_fraction`.

    $\mu_w = b (1 - e^{-\delta})/(1 - e^{-b\delta})$ among winners, $\mu_l = e^{-\epsilon\delta}
    \mu_w$ among losers and $\mu_w (m \rho + K - m)/(m \rho^b + K - m)$ between them [U-3].
    """
    excess, sharpness = (1 - temperature) / temperature, 1 / temperature
    among_winners = sharpness * jnp.expm1(-log_ratio) / jnp.expm1(-sharpness * log_ratio)
    odds = -_offset(outcomes, winners)
    total = lambda exponent: jax.nn.softplus(odds + exponent * log_ratio)
    winner = 1 / (winners + (outcomes - winners) * jnp.exp(-log_ratio))
    return TwoLevels(
        log_ratio,
        winner,
        winner * jnp.exp(-log_ratio),
        among_winners,
        among_winners * jnp.exp(-excess * log_ratio),
        among_winners * jnp.exp(total(1.0) - total(sharpness)),
    )


def local_fraction(*, temperature) -> Float[Array, ""]:
    r"""$\max(1 - T, 0)$: the uniform state is stable above it, whatever $K$ [U-4]."""
    return jnp.maximum(1 - jnp.asarray(temperature, dtype=float), 0.0)


@jax.jit
def fold(*, temperature, outcomes, winners=1) -> Fold:
    r"""The largest real fraction with $m$ winners, $\max_\delta a(\delta)$ [U-4].

    $\log a$ is strictly concave in $\delta$: its derivative $f(\epsilon) - f(b) - \sigma(\delta -
    \ell)$ with $f(c) = c/(e^{c\delta} - 1)$ and $\ell = \log(K/m - 1)$ has one root, which lies
    between $(6 - 12 m/K)/(b^2 + 3)$ and $\ell$. For $2 m \ge K$ the branch ends at $\delta = 0$,
    $a = 1 - T$; for $T \ge 1$ there is none and $a = 0$.
    """
    (cold, safe), folds = _safe(temperature), 2 * winners < outcomes
    size = jnp.where(folds, outcomes, 4 * winners)
    first, last = (6 - 12 * winners / size) * safe**2 / (1 + 3 * safe**2), _offset(size, winners)
    delta = threshold(lambda delta: _slope(delta, safe, last), first, last, level=0.0)
    largest = branch_fraction(delta, temperature=safe, outcomes=size, winners=winners)
    largest = jnp.where(folds, largest, 1 - temperature)
    return Fold(jnp.where(cold, largest, 0.0), jnp.where(cold & folds, delta, 0.0))


def recovery_temperature(*, real_fraction, outcomes) -> Float[Array, ""]:
    r"""The temperature above which a loop with real fraction $0 < a < 1$ recovers [U-4].

    The root of $a_\mathrm{fold}(T, K) = a$, where the fold falls with the temperature. The uniform
    state is stable above $T = 1 - a$ already: in between, hysteresis in the temperature.
    """
    height = lambda T: fold(temperature=T, outcomes=outcomes).real_fraction
    return threshold(height, 1 - real_fraction, 1.0, level=real_fraction)


@jax.jit
def upper_state(*, temperature, real_fraction, outcomes, winners=1) -> TwoLevels:
    r"""The two-level state beyond the fold, for $0 < a \le a_\mathrm{fold}$; NaN elsewhere.

    With one winner it is the collapsed state, and stable [U-3]. Its $\delta$ is at most
    $\log[1 + K (1 - a)/(m a)]$.
    """
    cold, safe = _safe(temperature)
    top = fold(temperature=safe, outcomes=outcomes, winners=winners)
    exists = cold & (real_fraction > 0) & (real_fraction <= top.real_fraction)
    share = jnp.where(exists, real_fraction, 0.5 * top.real_fraction)
    # The bound is attained to rounding at low temperatures, hence the margin.
    last = jnp.log1p(outcomes * (1 - share) / (winners * share)) * (1 + 1e-9) + 1e-9
    first = jnp.where(top.log_ratio > 0, top.log_ratio, 1e-9)
    return _state_between(first, last, exists, share, safe, outcomes, winners)


@jax.jit
def lower_state(*, temperature, real_fraction, outcomes, winners=1) -> TwoLevels:
    r"""The unstable two-level state between the uniform one and the fold [U-3].

    For $1 - T < a \le a_\mathrm{fold}$ and $2 m < K$; NaN elsewhere. As $\log a$ is concave, its
    $\delta$ is at least $\log[a/(1 - T)]/(\frac12 - m/K)$.
    """
    cold, safe = _safe(temperature)
    folds = 2 * winners < outcomes
    size = jnp.where(folds, outcomes, 4 * winners)
    top = fold(temperature=safe, outcomes=size, winners=winners)
    excess = jnp.log(real_fraction / (1 - safe))
    exists = cold & folds & (excess > 1e-14) & (real_fraction <= top.real_fraction)
    share = jnp.where(exists, real_fraction, 0.5 * (1 - safe + top.real_fraction))
    first = 0.5 * jnp.log(share / (1 - safe)) / (0.5 - winners / size)
    return _state_between(first, top.log_ratio, exists, share, safe, size, winners)


def _state_between(first, last, exists, real_fraction, temperature, outcomes, winners):
    options = {"temperature": temperature, "outcomes": outcomes, "winners": winners}
    height = lambda delta: jnp.log(branch_fraction(delta, **options) / real_fraction)
    delta = threshold(height, first, last, level=0.0)
    state = two_levels(delta, **options)
    return TwoLevels(*(jnp.where(exists, field, jnp.nan) for field in state))


def _slope(log_ratio, temperature, offset):
    """The derivative of the logarithm of `branch_fraction`."""
    rate = lambda c: c * jnp.exp(-c * log_ratio) / -jnp.expm1(-c * log_ratio)
    share = jax.nn.sigmoid(log_ratio - offset)
    return rate((1 - temperature) / temperature) - rate(1 / temperature) - share


def _offset(outcomes, winners):
    return jnp.log(outcomes / winners - 1)


def _safe(temperature):
    """Whether the temperature is below one, and a temperature that is."""
    cold = temperature < 1
    return cold, jnp.where(cold, temperature, 0.5)
