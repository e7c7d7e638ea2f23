"""ST-D9: A linear reward carries a Gaussian loop away below a real fraction, at a fold."""

import functools

import jax.numpy as jnp
import numpy as np

from ...analysis import bifurcation_point, multipliers
from ...certificates import certify_bifurcation, certify_root
from ...loops import curation
from ...models import Gaussian, LinearReward
from ...stages import Loop, Mix, Tilt
from ...verification import bound, closed_form, proves, scaled, theorem

_CLAIM = {
    "fraction": curation.linear_reward_fraction,
    "state": curation.linear_reward_state,
    "multipliers": curation.linear_reward_multipliers,
}
_LINE = Gaussian.of(1.5, 2.0)
_SPACE = Gaussian.of([1.0, 0.0, -1.0], [[1.0, 0.3, 0.1], [0.3, 2.0, -0.4], [0.1, -0.4, 0.5]])


@theorem(
    spec="ST-D9",
    paper="ferbach2024",
    status="derived",
    hypotheses=(
        "Gaussian models and real data, infinite data in every generation",
        "infinitely many candidates and a linear reward",
        "models that start at the real data, for the growth below the threshold",
    ),
    claim=_CLAIM,
    mutants={
        "threshold 1 % high": scaled(_CLAIM, 1.01, "fraction"),
        "threshold 1 % low": scaled(_CLAIM, 0.99, "fraction"),
        "multipliers 1 % high": scaled(_CLAIM, 1.01, "multipliers"),
        "the variance of a column, not of the reward": _CLAIM
        | {"fraction": lambda B: curation.linear_reward_fraction(jnp.sqrt(B))},
        "the variance stays that of the real data": _CLAIM
        | {"state": lambda real, reward, a, stable=True: real},
        "the edge is stable": _CLAIM
        | {
            "multipliers": lambda a, B, dimension=1, stable=True: (
                curation.linear_reward_multipliers(a, B, dimension=dimension)
            )
        },
    },
)
def runaway(claim, trial):
    r"""A linear reward carries a Gaussian loop away below a real fraction, at a fold.

    With $B = b^\top \Sigma_0 b$ two fixed points exist for $a > a_c = 2 \sqrt{B^2 + B} - 2 B$ and
    meet at $a_c$, where the variance of the reward is $2 B$; with $v = B + q v^2/a^2$ one is stable
    with the multipliers $q (1 + v \pm \sqrt{v (v + 2)})$, those of $v/2$ across the reward, and
    $q$. From the real data the loop comes to it; below $a_c$ mean and variance grow without end. At
    $B = \frac14$, $a_c = \frac{\sqrt 5 - 1}2$.
    """
    yield closed_form("golden ratio", claim["fraction"](0.25), (5**0.5 - 1) / 2)
    for real, slope in ((_LINE, 0.35), (_LINE, -2.0), (_SPACE, [0.3, -0.2, 0.1])):
        reward = LinearReward(slope)
        along = np.broadcast_to(np.asarray(slope, float), real.mean.shape)
        variance = float(along @ real.covariance @ along)
        critical = float(claim["fraction"](variance))
        what = f"d = {real.dimension}, B = {variance:.4g}"
        yield from _at_fixed_points(claim, real, reward, variance, what)
        fold = trial.once(f"fold {what}", functools.partial(_fold, real, reward, variance))
        yield closed_form(f"fold by the engine, {what}", critical, fold, tolerance=1e-12)
        above, below = (_farthest(real, reward, critical * factor) for factor in (1.01, 0.99))
        yield bound(f"1 % above it variance at most doubles, {what}", above, 2.0)
        yield bound(f"1 % below it grows without end, {what}", 1e6, below)


def _at_fixed_points(claim, real, reward, variance, what):
    share = 0.5 * (1 + float(curation.linear_reward_fraction(variance)))
    for stable in (True, False):
        loop, state = _loop(real, reward, share), claim["state"](real, reward, share, stable=stable)
        again, name = loop(state), "stable" if stable else "edge"
        yield closed_form(f"{name} mean, {what}", state.mean, again.mean, tolerance=1e-10)
        found, scale = again.covariance, float(jnp.abs(again.covariance).max())
        yield closed_form(f"{name} covariance, {what}", state.covariance, found, scale=scale)
        exact = claim["multipliers"](share, variance, dimension=real.dimension, stable=stable)
        at = curation.linear_reward_state(real, reward, share, stable=stable)
        found = np.sort(np.real(multipliers(loop, at)))[::-1][: len(exact)]
        yield closed_form(f"{name} multipliers, {what}", exact, found, tolerance=1e-9, scale=1.0)


def _loop(real, reward, share) -> Loop:
    return Tilt(reward) >> Mix(real, share)


def _fold(real, reward, variance):
    share = float(curation.linear_reward_fraction(variance)) + 1e-4
    start = curation.linear_reward_state(real, reward, share)
    found = bifurcation_point("fold", lambda a: _loop(real, reward, a), start, share)
    return float(found.parameter) if bool(found.converged) else np.nan


def _farthest(real, reward, share):
    """The largest variance of the reward in 3000 generations, in that of the real data."""
    loop, largest = _recursion(real, reward, share), 1.0
    mean, variance = 0.0, largest
    for _ in range(3000):
        mean, variance = loop(mean, variance)
        largest = max(largest, variance)
        if largest > 1e8:
            break
    return largest


def _recursion(real, reward, share):
    """Mean and variance of the reward, in units of its deviation in the real data, as numbers."""
    along = np.broadcast_to(np.asarray(reward.slope), real.mean.shape)
    deviation = float(np.sqrt(along @ np.asarray(real.covariance) @ along))
    rest = 1 - share

    def step(mean, variance):
        tilted = mean + deviation * variance
        return rest * tilted, rest * variance + share + share * rest * tilted**2

    return step


@proves("ST-D9")
def proofs(digits):
    r"""$4 q B = a^2$ in the real fraction, and the fold of the map of mean and variance."""
    level = lambda a, B: 4 * (1 - a) * B - a**2

    def family(a, slope):
        def generation(state):
            mean, variance = state
            tilted = mean + slope * variance
            rest = 1 - a
            return jnp.stack([rest * tilted, rest * variance + a + a * rest * tilted**2])

        return generation

    golden, options = (5**0.5 - 1) / 2, {"digits": digits}
    fold = jnp.array([2 * (1 - golden) * 0.5 / golden, 2.0])
    return {
        "B = 1/4, the golden ratio": certify_root(level, "0", "1", parameters=["1/4"], **options),
        "B = 2": certify_root(level, "0", "1", parameters=["2"], **options),
        "slope 1/2, fold": certify_bifurcation(
            "fold", family, fold, golden, parameters=["1/2"], **options
        ),
    }
