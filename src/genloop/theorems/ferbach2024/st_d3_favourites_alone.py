"""ST-D3: without real data only the favourites are left."""

import math

import numpy as np

from ...analysis import multipliers
from ...loops.curation import common_multiplier
from ...models import Categorical
from ...papers.ferbach2024 import curation
from ...verification import bound, closed_form, scaled, theorem
from ._instances import distributions, orbit

REWARDS = np.array([1.5, 0.3, 1.5, 1.0, -0.5])
_BEST = np.max(REWARDS) == REWARDS


def _favourites(model):
    """What was most rewarded, in the proportions of the start."""
    kept = np.where(_BEST, np.asarray(model.probabilities), 0.0)
    return kept / kept.sum()


_CLAIM = {
    "limit": _favourites,
    "rate": lambda gap, among: common_multiplier(gap=gap, among=among),
}


@theorem(
    spec="ST-D3",
    paper="ferbach2024",
    status="reconstructed",
    hypotheses=("no real data", "the start has outcomes of the highest reward and of the next"),
    claim=_CLAIM,
    mutants={
        "favourites alike": _CLAIM | {"limit": lambda m: _BEST / _BEST.sum()},
        "the rate 1 % high": scaled(_CLAIM, 1.01, "rate"),
        "the rate of infinitely many candidates": _CLAIM
        | {"rate": lambda gap, among: common_multiplier(gap=gap, among=math.inf)},
        "K e^D in the denominator": _CLAIM
        | {"rate": lambda gap, among: among / (1 + among * math.exp(gap))},
    },
)
def favourites_alone(claim, trial):
    r"""Without real data only the outcomes $A$ of the highest reward are left.

    $p_t(A)$ rises to one and $p_t \to p_0(\cdot\,|\,A)$ with $\mathrm{KL}(p_* \| p_t) = -\log
    p_t(A)$; what is left of the others shrinks in the end by $\frac K{1 + (K - 1) e^\Delta}$ a
    generation, $\Delta$ being the gap to the second best reward ($e^{-\Delta}$ for $K = \infty$).
    """
    gap = 0.5
    for among in (2, 5, math.inf):
        model, run = distributions(trial.seed, 1, 5)[0], curation(REWARDS, among=among)
        states = trial.once(f"orbit {among}", lambda r=run, m=model: _states(r, m))
        mass = states[:, _BEST].sum(axis=1)
        yield bound(f"the favourites gain, K = {among}", mass[:-1], mass[1:], tolerance=1e-14)
        limit = claim["limit"](model)
        yield closed_form(f"limit, K = {among}", limit, states[-1], tolerance=1e-9, scale=1.0)
        early = states[:60:9, _BEST]
        distance = (limit[_BEST] * np.log(limit[_BEST] / early)).sum(axis=1)
        what = f"KL divergence, K = {among}"
        yield closed_form(what, distance, -np.log(early.sum(axis=1)), tolerance=1e-9, scale=1.0)
        others = states[:, ~_BEST].sum(axis=1)
        late = np.flatnonzero(others > 1e-7)[-1]
        what = f"rate of an orbit, K = {among}"
        rate = others[late] / others[late - 1]
        yield closed_form(what, claim["rate"](gap, among), rate, tolerance=1e-5)
        found = np.real(multipliers(run, Categorical(_favourites(model))))
        found = found[np.abs(found - 1) > 1e-9].max()
        yield closed_form(f"multiplier, K = {among}", claim["rate"](gap, among), found)


def _states(run, model):
    return np.stack([np.asarray(state.probabilities) for state in orbit(run, model, 150)])
