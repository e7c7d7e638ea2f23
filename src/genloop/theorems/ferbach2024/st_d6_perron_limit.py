"""ST-D6: very many candidates with real data are a positive linear map."""

import math

import jax.numpy as jnp
import numpy as np

from ...analysis import flow, multipliers
from ...certificates import certify_root
from ...loops.curation import curated_flow, curated_limit, curation_matrix
from ...models import Categorical
from ...papers.ferbach2024 import loop
from ...verification import closed_form, proves, scaled, theorem
from ._instances import REWARDS, distributions, orbit

_CLAIM = {
    "limit": lambda m, r, a: curated_limit(m, r, real_fraction=a).probabilities,
    "growth": lambda m, r, a: curated_limit(m, r, real_fraction=a).growth,
    "rate": lambda m, r, a: curated_limit(m, r, real_fraction=a).rate,
    "flow": lambda m, r, a, t: curated_flow(m, r, real_fraction=a, times=[t])[0],
}


@theorem(
    spec="ST-D6",
    paper="ferbach2024",
    status="derived",
    hypotheses=(
        "infinitely many candidates of one group of curators",
        "real data with a share in (0, 1] that have outcomes of the highest reward",
    ),
    claim=_CLAIM,
    mutants={
        "1 - a and a exchanged": _CLAIM
        | {"limit": lambda m, r, a: curated_limit(m, r, real_fraction=1 - a).probabilities},
        "growth 0.1 % high": scaled(_CLAIM, 1.001, "growth"),
        "rate 0.1 % high": scaled(_CLAIM, 1.001, "rate"),
        "the flow 1 % late": _CLAIM
        | {"flow": lambda m, r, a, t: curated_flow(m, r, real_fraction=a, times=[1.01 * t])[0]},
    },
)
def perron_limit(claim, trial):
    r"""Very many candidates with real data: a positive linear map, normalised.

    $p_t \propto L^t p_0$ with $L = a\,p_r y^\top + (1 - a) \operatorname{diag}(y)$, so that all
    starts lead to $p_{*i} = \frac{a\,p_{r,i} Z}{Z - (1 - a) y_i}$, with the Perron root $Z$ of
    $\sum_i \frac{a\,p_{r,i} y_i}{Z - (1 - a) y_i} = 1$, at the rate $\lambda_2(L)/Z$. The flow
    $\dot p = L p - p\,\mathbb 1^\top L p$ is $p(t) \propto e^{L t} p_0$.
    """
    for place, real in enumerate(distributions(trial.seed, 2, 5)):
        for share in (0.1, 0.6):
            what = f"distribution {place}, a = {share}"
            matrix = curation_matrix(real, REWARDS, real_fraction=share)
            values, vectors = np.linalg.eig(matrix)
            order = np.argsort(-values.real)
            vector = vectors[:, order[0]].real / vectors[:, order[0]].real.sum()
            yield closed_form(f"eigenvector, {what}", claim["limit"](real, REWARDS, share), vector)
            first, second = values.real[order[:2]]
            yield closed_form(f"largest, {what}", claim["growth"](real, REWARDS, share), first)
            rate = claim["rate"](real, REWARDS, share)
            yield closed_form(f"second, {what}", rate, second / first)
            run = loop(real, reward=REWARDS, among=math.inf, real_fraction=share)
            start = Categorical.of([1, 0, 0, 0, 0])
            end = trial.once(f"orbit {what}", lambda r=run, s=start: orbit(r, s, 300)[-1])
            claimed = claim["limit"](real, REWARDS, share)
            yield closed_form(f"orbit from one outcome, {what}", claimed, end.probabilities)
            steepest = np.abs(multipliers(run, end)).max()
            yield closed_form(f"multiplier by the engine, {what}", rate, steepest)
    real, share = distributions(trial.seed, 1, 5)[0], 0.4
    exact = trial.once("flow", lambda: _by_the_engine(real, share, 0.4))
    claimed = claim["flow"](real, REWARDS, share, 0.4)
    yield closed_form("flow by a solver of equations", claimed, exact, tolerance=1e-8)


def _by_the_engine(real, share, time):
    """The flow of the loop in the time that its own growth makes of `time`."""
    matrix = np.exp(REWARDS.max()) * curation_matrix(real, REWARDS, real_fraction=share)
    values, vectors = np.linalg.eig(matrix)
    start = np.full(real.outcomes, 1 / real.outcomes)
    grown = (vectors @ (np.exp(values * time) * np.linalg.solve(vectors, start))).real.sum()
    run = loop(real, reward=REWARDS, among=math.inf, real_fraction=share)
    times = jnp.array([0.0, math.log(grown)])
    return flow(run, Categorical(start), times, tolerance=1e-12).probabilities[-1]


def _excess(growth, a):
    """The equation of the Perron root of real data 5 : 3 : 2 with the rewards 0, 1, 2."""
    odds = jnp.exp(jnp.arange(3.0))
    shares = jnp.array([5.0, 3.0, 2.0]) / 10
    return (a * shares * odds / (growth - (1 - a) * odds)).sum() - 1


@proves("ST-D6")
def proofs(digits):
    """The Perron root above its highest pole."""
    return {
        "shares 5 : 3 : 2, rewards 0, 1, 2, a = 0.3": certify_root(
            _excess, "5.2", "7.3", parameters=["0.3"], digits=digits
        )
    }
