"""ST-D2: every choice raises the mean of the odds."""

import itertools
import math

import numpy as np

from ...loops.curation import least_reward_gain
from ...papers.ferbach2024 import curation
from ...verification import bound, closed_form, theorem
from ._instances import REWARDS, distributions, mean_odds


def _gain(model, rewards, among):
    after = mean_odds(curation(rewards, among=among)(model), rewards)
    return after - mean_odds(model, rewards)


_CLAIM = {"gain": _gain, "least": lambda m, r, k: least_reward_gain(m, r, among=k)}


@theorem(
    spec="ST-D2",
    paper="ferbach2024",
    status="reconstructed",
    hypotheses=("no real data", "K independent candidates, one chosen in proportion to e^r"),
    claim=_CLAIM,
    mutants={
        "the bound without its factor (K - 1)/K": _CLAIM
        | {"least": lambda m, r, k: least_reward_gain(m, r, among=math.inf)},
        "the bound 1 % high": _CLAIM
        | {"least": lambda m, r, k: 1.01 * least_reward_gain(m, r, among=k)},
        "the gain of one candidate more": _CLAIM | {"gain": lambda m, r, k: _gain(m, r, k + 1)},
    },
)
def rewards_rise(claim, trial):
    r"""Every choice raises the mean of $y = e^r$, by at least a share of its variance.

    $E_{p'} y - E_p y = (K - 1)\,E\,\frac{s^2}S \ge \frac{K - 1}K\,\frac{\operatorname{Var}_p y}
    {\max y}$ with the variance $s^2$ (divided by $K - 1$) and the sum $S$ of the $y$ of the
    candidates. No larger factor is right for all distributions.
    """
    for place, model in enumerate(distributions(trial.seed, 4, 5)):
        for among in (2, 4):
            exact = trial.once(f"{place} {among}", lambda m=model, k=among: _spread(m, k))
            what = f"{among} candidates, distribution {place}"
            yield closed_form(f"E s^2/S, {what}", claim["gain"](model, REWARDS, among), exact)
            least = claim["least"](model, REWARDS, among)
            yield bound(f"at least its share of the variance, {what}", least, exact)
    # The candidates are all but equal here, which is where the bound is reached.
    model, near = distributions(trial.seed, 1, 5)[0], 1e-3 * REWARDS
    for among in (2, 4):
        exact = trial.once(f"near {among}", lambda k=among: _spread(model, k, near))
        what = f"{among} candidates with nearly equal rewards"
        yield bound(f"at least, {what}", claim["least"](model, near, among), exact)
        ratio = exact / claim["least"](model, near, among)
        yield bound(f"and not by 1 % more, {what}", ratio, 1.01)


def _spread(model, among, rewards=REWARDS):
    """$(K - 1) E s^2/S$ over all ordered candidates."""
    shares, odds = np.asarray(model.probabilities), np.exp(rewards)
    total = 0.0
    for places in itertools.product(range(len(shares)), repeat=among):
        seen = odds[list(places)]
        squares = ((seen - seen.mean()) ** 2).sum()
        total += shares[list(places)].prod() * squares / seen.sum()
    return total
