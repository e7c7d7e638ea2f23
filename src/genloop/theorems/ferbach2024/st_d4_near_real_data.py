"""ST-D4: with real data rewards rise, and the loop stays near the data."""

import math

import numpy as np

from ...loops.curation import divergence_bound, largest_advantage, least_reward
from ...models import Categorical
from ...papers.ferbach2024 import loop
from ...verification import bound, closed_form, theorem
from ._instances import REWARDS, distributions, enumerated, mean_odds, orbit

_CLAIM = {
    "reward": lambda m, r, a, k: least_reward(m, r, real_fraction=a, among=k),
    "divergence": lambda a, advantage: divergence_bound(real_fraction=a, advantage=advantage),
    "advantage": lambda m, r, k: largest_advantage(m, r, among=k),
}
_REAL_SHARES = (0.3, 0.8, 0.95)


@theorem(
    spec="ST-D4",
    paper="ferbach2024",
    status="reconstructed",
    hypotheses=(
        "the real fraction a in every generation, and the start at the real data",
        "K independent candidates, one chosen in proportion to e^r",
    ),
    claim=_CLAIM,
    mutants={
        "rewards without the factor 1 - a": _CLAIM
        | {"reward": lambda m, r, a, k: least_reward(m, r, real_fraction=0.0, among=k)},
        "rewards without the factor (K - 1)/K": _CLAIM
        | {"reward": lambda m, r, a, k: least_reward(m, r, real_fraction=a, among=math.inf)},
        "one candidate less in the divergence": _CLAIM
        | {"divergence": lambda a, h: divergence_bound(real_fraction=a, advantage=0.9 * h)},
        "the advantage 1 % high": _CLAIM
        | {"advantage": lambda m, r, k: 1.01 * largest_advantage(m, r, among=k)},
    },
)
def near_real_data(claim, trial):
    r"""With real data rewards rise at once and stay up, and the loop stays near the data.

    For all $t \ge 1$: $E_{p_t} e^r \ge E_r e^r + (1 - a) \frac{K - 1}K \frac{\operatorname{Var}_r
    e^r}{e^{\max r}}$, and no constant is larger; $p_t \le p_r\,\frac a{1 - (1 - a) H}$ with $H = K$
    or $H = H_* = E_r \frac{K y_*}{y_* + y_2 + \dots + y_K} \le K$, wherever $a > 1 - \frac1H$.
    """
    near = 1e-3 * REWARDS
    for place, real in enumerate(distributions(trial.seed, 3, 5)):
        for among in (2, 4, math.inf):
            name = f"distribution {place}, K = {among}"
            highest = claim["advantage"](real, REWARDS, among)
            exact = trial.once(name, lambda m=real, k=among: _advantage(m, k))
            yield closed_form(f"advantage of the best, {name}", highest, exact)
            for share in _REAL_SHARES:
                what = f"a = {share}, {name}"
                states = trial.once(what, lambda m=real, k=among, a=share: _orbit(m, k, a))
                yield from _bounds(claim, states, real, among, share, what)
    real = distributions(trial.seed, 1, 5)[0]
    run = loop(real, reward=near, among=4, real_fraction=0.3)
    gain = trial.once("near", lambda: mean_odds(run(real), near) - mean_odds(real, near))
    least = claim["reward"](real, near, 0.3, 4) - mean_odds(real, near)
    yield bound("nearly equal rewards: at least", least, gain)
    yield bound("and not by 1 % more", gain / least, 1.01)
    # One rare favourite: the loop comes as close to the bound as one likes.
    rare = Categorical.of([1.0, 1e-9])
    run = loop(rare, reward=np.array([0.0, 30.0]), among=4, real_fraction=0.8)
    states = trial.once("rare", lambda: orbit(run, rare, 200))
    ratio = np.log(float(states[-1].probabilities[1]) / 1e-9)
    yield closed_form("a rare favourite", claim["divergence"](0.8, 4), ratio, tolerance=1e-6)


def _bounds(claim, states, real, among, share, what):
    shares = np.asarray(real.probabilities)
    least = claim["reward"](real, REWARDS, share, among)
    yield bound(f"reward, {what}", least, (states[1:] @ np.exp(REWARDS)).min())
    ratios = np.log(states / shares)
    divergence = (states * ratios).sum(axis=1).max()
    for advantage in (among, claim["advantage"](real, REWARDS, among)):
        limit = claim["divergence"](share, advantage)
        if np.isfinite(limit):
            yield bound(f"ratio, H = {advantage:.4g}, {what}", ratios.max(), limit)
            yield bound(f"divergence, H = {advantage:.4g}, {what}", divergence, limit)
    order = ratios[:, np.argsort(REWARDS)]
    yield bound(f"the more rewarded the more over-represented, {what}", -1e-12, np.diff(order))


def _orbit(real, among, share):
    run = loop(real, reward=REWARDS, among=among, real_fraction=share)
    return np.stack([np.asarray(state.probabilities) for state in orbit(run, real, 40)])


def _advantage(model, among):
    """The advantage of the best outcome by enumeration, or by the mean."""
    shares, best = np.asarray(model.probabilities), REWARDS.argmax()
    if among == math.inf:
        return np.exp(REWARDS.max()) / mean_odds(model, REWARDS)
    return enumerated(model, REWARDS, among)[best] / shares[best]
