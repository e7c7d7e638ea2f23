"""CU-3: As many outcomes survive as there are groups, or fewer, and return without oscillation."""

import numpy as np

from ...loops.curation import plural
from ...verification import bound, closed_form, exact_law, scaled, theorem
from ._instances import path, problems

_CLAIM = {
    "multipliers": plural.multipliers,
    "count": lambda groups: groups,
    "decay": plural.gains,
}


@theorem(
    spec="CU-3",
    paper="curation",
    status="derived",
    hypotheses=(
        "infinitely many candidates, no real data, a start with every outcome",
        "rewards in general position for the number of survivors",
    ),
    claim=_CLAIM,
    mutants={
        "one survivor fewer": _CLAIM | {"count": lambda groups: groups - 1},
        "lost outcomes fall by their odds in the limit of the best group": _CLAIM
        | {"decay": lambda p, r, q: np.exp(r - r.max(axis=1, keepdims=True)).max(axis=0)},
        "decay 1 % slow": scaled(_CLAIM, 1.01, "decay"),
        "multipliers 1 % high": scaled(_CLAIM, 1.01, "multipliers"),
        "multipliers as if the shares were equal": _CLAIM
        | {"multipliers": lambda p, r, q: plural.multipliers(p, r, np.full(len(q), 1 / len(q)))},
    },
)
def survivors(claim, trial):
    r"""As many outcomes survive as there are groups, or fewer, and return without oscillation.

    At the limit the mean odds $u_g = y_g \cdot p_*$ are unique, and survivors lie with their odds
    on the plane $\sum_g \frac{q_g}{u_g} y_{gi} = 1$ in the space of $G$ groups: no more than $G$
    for rewards in general position, whatever the number of outcomes. Lost outcomes fall by the
    factor $W_i < 1$ in a generation; the other multipliers are the eigenvalues of $I -
    \operatorname{diag}(p)\,Y^\top \operatorname{diag}(\frac q{u^2})\,Y$, which are real and lie in
    $[0, 1)$. For two groups and two survivors there is one, $1 - \sum_g q_g
    \frac{\operatorname{Var}_{p_*} y_g}{u_g^2}$.
    """
    counts = []
    for index, (rewards, shares, start, _) in enumerate(
        problems(12, seed=5, groups=(1, 2, 3, 4), outcomes=(3, 5, 8))
    ):
        what = f"case {index}"
        top = trial.once(what, lambda r=rewards, q=shares: plural.limit(r, q))
        alive = int((top > 0).sum())
        counts.append(alive / len(shares))
        yield bound(f"survivors, {what}", alive, claim["count"](len(shares)))
        found = trial.once(
            f"jacobian {what}", lambda p=top, r=rewards, q=shares: _spectrum(p, r, q)
        )
        claimed = claim["multipliers"](top, rewards, shares)
        yield closed_form(f"multipliers, {what}", claimed, found, tolerance=1e-7, scale=1.0)
        states = trial.once(
            f"path {what}", lambda r=rewards, q=shares, p=start: path(r, q, p, 3000)
        )
        # The slowest of the lost outcomes, at the last generation at which it is not nearly zero.
        lost = np.where(top == 0, plural.gains(top, rewards, shares), 0.0).argmax()
        last = np.flatnonzero(states[:, lost] > 1e-250)[-1]
        if top[lost] == 0:
            speed = states[last, lost] / states[last - 1, lost]
            decay = claim["decay"](top, rewards, shares)[lost]
            yield exact_law(f"decay of a lost outcome, {what}", decay, speed, tolerance=1e-4)
    yield bound("in some case there are as many as groups", 1.0, max(counts))
    rewards, shares = np.log([[1.0, 0.2], [0.3, 1.0]]), np.array([0.4, 0.6])
    top = plural.limit(rewards, shares)
    odds = np.exp(rewards)
    means = odds @ top
    spread = odds**2 @ top - means**2
    exact = 1 - shares @ (spread / means**2)
    yield closed_form("two groups", claim["multipliers"](top, rewards, shares), [exact])


def _spectrum(state, rewards, shares):
    """The eigenvalues of the derivative by differences, without that of the mass."""
    count, step = state.size, 1e-6
    odds = np.exp(rewards)

    def free(p):
        return p * ((shares / (odds @ p)) @ odds)

    columns = [(free(state + h) - free(state - h)) / (2 * step) for h in step * np.eye(count)]
    values = np.sort(np.real(np.linalg.eigvals(np.array(columns).T)))[::-1]
    return np.delete(values, np.abs(values).argmin())
