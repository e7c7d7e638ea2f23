"""ST-D1: what is chosen among several candidates, exactly."""

import jax
import jax.numpy as jnp
import numpy as np

from ...models import Categorical
from ...papers.ferbach2024 import curation
from ...stages import Tilt
from ...verification import bound, closed_form, monte_carlo, theorem
from ._instances import REWARDS, distributions, enumerated


def _chosen(model, rewards, among):
    return np.asarray(curation(rewards, among=among)(model).probabilities)


def _one_too_many(model, rewards, among):
    return _chosen(model, rewards, among + 1)


def _independent(model, rewards, among):
    """Competitors of average reward in the place of random ones."""
    shares, odds = np.asarray(model.probabilities), np.exp(rewards)
    weights = shares * among * odds / (odds + (among - 1) * (shares @ odds))
    return weights / weights.sum()


@theorem(
    spec="ST-D1",
    paper="ferbach2024",
    status="derived",
    hypotheses=(
        "finitely many outcomes with finite rewards r",
        "K independent candidates, one of which is chosen in proportion to e^r",
    ),
    claim=_chosen,
    mutants={
        "one candidate too many": _one_too_many,
        "competitors of average reward": _independent,
        "rewards 1 % high": lambda m, r, k: _chosen(m, 1.01 * r, k),
    },
)
def chosen_among(claim, trial):
    r"""What is chosen among $K$ candidates, by one integral.

    $p'_x = p_x H(x)$, $H(x) = \mathbb{E} \frac{K y_x}{y_x + y_{x_2} + \dots + y_{x_K}} = K
    \int_0^\infty y_x e^{-s y_x} M(s)^{K-1} ds$ with $y = e^r$, $M(s) = \sum_j p_j e^{-s y_j}$; the
    sum over $s = e^t$, $t \in h \mathbb Z$, has a relative error of at most $\frac2{\cos d\,
    (e^{2 \pi d/h} - 1)}$ for all $d < \frac\pi2$.
    """
    for place, model in enumerate(distributions(trial.seed, 3, 5)):
        for among in (1, 2, 3, 6):
            exact = trial.once(
                f"{place} {among}", lambda m=model, k=among: enumerated(m, REWARDS, k)
            )
            what = f"all multisets of {among} candidates, distribution {place}"
            yield closed_form(what, claim(model, REWARDS, among), exact, tolerance=1e-13)
    model = distributions(trial.seed, 1, 5)[0]
    few, wide = Categorical.of([0.9999, 1e-4]), np.array([0.0, 30.0])
    exact = trial.once("wide", lambda: enumerated(few, wide, 40))
    yield closed_form("rewards 30 apart", claim(few, wide, 40), exact, tolerance=1e-12)
    for among in (10**4, 10**8):
        tilted = np.asarray(Tilt(REWARDS)(model).probabilities)
        found = among * np.abs(claim(model, REWARDS, among) / tilted - 1).max()
        odds = np.exp(REWARDS - REWARDS.max())
        level = np.asarray(model.probabilities) @ odds
        what = f"K = {among}: the density times e^r, to the order 1/K"
        yield bound(what, found, 3 / level**2, tolerance=0.0)
    trial_draws = trial.once("drawn", lambda: _drawn(trial, model, 4))
    shares = claim(model, REWARDS, 4)
    yield monte_carlo("candidates drawn and chosen", shares, trial_draws, scale=1.0)


def _drawn(trial, model, among):
    """Indicators of what is chosen, candidate by candidate."""
    first, second = jax.random.split(trial.key())
    size = (2**17, among)
    places = jax.random.categorical(first, jnp.log(model.probabilities), shape=size)
    heights = jnp.asarray(REWARDS)[places] + jax.random.gumbel(second, size)
    winner = jnp.take_along_axis(places, heights.argmax(axis=1)[:, None], axis=1)
    return np.asarray(winner == jnp.arange(model.outcomes)[None], float)
