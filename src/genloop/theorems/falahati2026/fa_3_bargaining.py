"""FA-3: The limit is the bargaining solution of mean odds; its share is q only without leaks."""

import numpy as np
from scipy import optimize

from ...loops.curation import plural
from ...verification import closed_form, scaled, theorem
from ..curation._instances import engine, orbit

_CASES = ((0.6, 0.1, 0.1), (0.3, 0.2, 0.01), (0.7, 1e-13, 1e-13))

_CLAIM = {
    "share": plural.coexisting_share,
    "conditional": lambda q: q,
    "plateau": lambda q: q,
}


@theorem(
    spec="FA-3",
    paper="falahati2026",
    status="derived",
    hypotheses=(
        "two groups, two plateaus, infinitely many candidates and data, no real data",
        "utilities are mean odds; the disagreement is zero, or what the other's favourite gives",
    ),
    claim=_CLAIM,
    mutants={
        "the limit has the share q whatever the leaks": _CLAIM | {"share": lambda q, one, two: q},
        "share 1 % high": scaled(_CLAIM, 1.01, "share"),
        "the square of the share": _CLAIM | {"conditional": lambda q: q**2},
        "conditional share 1 % high": scaled(_CLAIM, 1.01, "conditional"),
        "plateau share 1 % high": scaled(_CLAIM, 1.01, "plateau"),
    },
)
def bargaining(claim, trial):
    r"""The limit is the bargaining solution of mean odds; its share is q only without leaks.

    Among all distributions the limit maximises $\prod_g (E_p e^{r_g})^{q_g}$, whatever the rewards
    (CU-1): the disagreement is zero. For two plateaus its share is $x = q + \frac{q \kappa_2}{1 -
    \kappa_2} - \frac{(1 - q) \kappa_1}{1 - \kappa_1}$. The mixture of the two plateaus that
    maximises $(u_1 - d_1)^q (u_2 - d_2)^{1 - q}$ with $d_g$ = what group $g$ has from the other's
    plateau has the share $q$, as published; it is the limit only if $q\,\kappa_2 (1 - \kappa_1) =
    (1 - q)\,\kappa_1 (1 - \kappa_2)$, as with $\kappa = 0$.
    """
    for q, one, two in _CASES:
        what = f"q = {q}, leaks {one} and {two}"
        rewards, shares = np.log([[1.0, one], [two, 1.0]]), np.array([q, 1 - q])
        end = trial.once(what, lambda r=rewards, s=shares: orbit(engine(r, s), [0.5, 0.5], 3000))
        yield closed_form(f"limit by stages, {what}", claim["share"](q, one, two), end[0])
        zero = trial.once(f"zero {what}", lambda r=rewards, s=q: _bargain(np.exp(r), s, 0.0))
        share = claim["share"](q, one, two)
        yield closed_form(f"disagreement zero, {what}", share, zero, tolerance=1e-7)
        other = np.array([one, two])
        found = trial.once(
            f"other {what}", lambda r=rewards, s=q, d=other: _bargain(np.exp(r), s, d)
        )
        yield closed_form(
            f"disagreement the other's, {what}", claim["conditional"](q), found, tolerance=1e-7
        )
    yield closed_form("limit without leaks", claim["plateau"](0.7), end[0], tolerance=1e-9)


def _bargain(odds, share, disagreement):
    """The mixture of the plateaus with the largest weighted product of what groups gain."""

    def slope(alpha):
        gained = odds @ np.array([alpha, 1 - alpha]) - disagreement
        moved = odds[:, 0] - odds[:, 1]
        return np.array([share, 1 - share]) @ (moved / gained)

    return optimize.brentq(slope, 1e-9, 1 - 1e-9, xtol=1e-13)
