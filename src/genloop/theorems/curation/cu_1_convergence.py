"""CU-1: Groups of curators raise a concave welfare, and every start with all outcomes converges."""

import numpy as np
from scipy import optimize

from ...loops.curation import plural
from ...verification import bound, closed_form, scaled, theorem
from ._instances import engine, favourites, orbit, path, problems

_CLAIM = {
    "limit": plural.limit,
    "gains": plural.gains,
    "rise": lambda state, after: plural.divergence(after, state),
    "approach": lambda gap: gap,
    "gap": lambda start, generations: start / (generations + 1),
}


def _unweighted(rewards, shares):
    """The limit if all groups had the same share."""
    return plural.limit(rewards, np.full(len(shares), 1 / len(shares)))


@theorem(
    spec="CU-1",
    paper="curation",
    status="derived",
    hypotheses=(
        "finitely many outcomes, infinitely many candidates and data, no real data",
        "a start with every outcome; otherwise the same on the outcomes of the start",
    ),
    claim=_CLAIM,
    mutants={
        "all groups count the same": _CLAIM | {"limit": _unweighted},
        "the divergence the other way round": _CLAIM
        | {"rise": lambda state, after: plural.divergence(state, after)},
        "the welfare rises by 1 % more": scaled(_CLAIM, 1.01, "rise"),
        "the maximiser comes 1 % nearer": scaled(_CLAIM, 1.01, "approach"),
        "the gap falls like the square of 1/t": _CLAIM
        | {"gap": lambda start, generations: start / (generations + 1) ** 2},
        "the gap is 1 % smaller": scaled(_CLAIM, 0.99, "gap"),
        "gains 1 % high": scaled(_CLAIM, 1.01, "gains"),
        "the limit 1 % high": scaled(_CLAIM, 1.01, "limit"),
    },
)
def convergence(claim, trial):
    r"""Groups of curators raise a concave welfare, and every start with all outcomes converges.

    $p'_i = p_i W_i$, $W_i = \sum_g q_g \frac{y_{gi}}{y_g \cdot p}$ is a step of expectation
    maximisation for $\Phi(p) = \sum_g q_g \log(y_g \cdot p)$, and $W = \nabla\Phi$. Every
    generation has $\Phi(p') - \Phi(p) \ge \mathrm{KL}(p' \| p)$, and $\mathrm{KL}(p_* \| p) -
    \mathrm{KL}(p_* \| p') \ge \Phi(p_*) - \Phi(p)$ for every maximum $p_*$; so $\Phi(p_*) -
    \Phi(p_t) \le \frac{\mathrm{KL}(p_* \| p_0)}{t + 1}$ and $p_t$ converges to a maximum: a
    distribution with $W_i = 1$ where $p_i > 0$ and $W_i \le 1$ elsewhere, the weighted Nash
    bargaining solution of the mean odds.
    """
    cases = [
        (favourites(q), q, q[::-1], None) for q in (np.array([0.9, 0.1]), np.array([0.7, 0.3]))
    ]
    for index, (rewards, shares, start, _) in enumerate([*cases, *problems(9, seed=1)]):
        what = f"case {index}"
        welfare = lambda p, r=rewards, q=shares: plural.welfare(p, r, q)
        states = trial.once(f"path {index}", lambda r=rewards, q=shares, p=start: path(r, q, p, 30))
        levels = np.array([welfare(state) for state in states])
        claimed = [claim["rise"](*pair) for pair in zip(states[:-1], states[1:], strict=True)]
        yield bound(f"rise of the welfare, {what}", np.array(claimed) - 1e-14, np.diff(levels))
        top = trial.once(f"top {index}", lambda r=rewards, q=shares: plural.limit(r, q))
        apart = np.array([plural.divergence(top, state) for state in states])
        nearer = claim["approach"](welfare(top) - levels[:-1])
        yield bound(f"approach to the maximum, {what}", nearer - 1e-14, -np.diff(apart))
        ages = np.arange(len(states))
        allowed = claim["gap"](apart[0], ages)
        yield bound(f"gap after t generations, {what}", welfare(top) - levels, allowed + 1e-14)
    yield from _limits(claim, trial)


def _limits(claim, trial):
    """The claimed limit against the stages and against a general optimiser."""
    basins = np.log([[1.0, 0.1, 0.3], [0.1, 1.0, 0.3]]), np.array([0.6, 0.4]), np.full(3, 1 / 3)
    for index, (rewards, shares, start, *_) in enumerate(
        [basins, *problems(3, seed=2, groups=(2, 3))]
    ):
        reached = trial.once(
            f"engine {index}", lambda r=rewards, q=shares, p=start: orbit(engine(r, q), p, 20_000)
        )
        found = claim["limit"](rewards, shares)
        what = f"limit by 20,000 generations of stages, case {index}"
        yield closed_form(what, found, reached, tolerance=1e-7, scale=1.0)
        general = trial.once(f"optimiser {index}", lambda r=rewards, q=shares: _optimum(r, q))
        what = f"limit by an optimiser that knows no generations, case {index}"
        yield closed_form(what, found, general, tolerance=1e-5, scale=1.0)
        step = 1e-6 * np.eye(len(start))
        slope = [plural.welfare(start + h, rewards, shares) for h in step]
        back = [plural.welfare(start - h, rewards, shares) for h in step]
        exact = (np.array(slope) - back) / 2e-6
        what = f"gains are the gradient of the welfare, case {index}"
        yield closed_form(what, claim["gains"](start, rewards, shares), exact, tolerance=1e-7)


def _optimum(rewards, shares):
    count = rewards.shape[1]
    found = optimize.minimize(
        lambda p: -plural.welfare(p, rewards, shares),
        np.full(count, 1 / count),
        jac=lambda p: -plural.gains(p, rewards, shares),
        bounds=[(0, 1)] * count,
        constraints={"type": "eq", "fun": lambda p: p.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    return found.x
