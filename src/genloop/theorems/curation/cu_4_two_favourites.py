"""CU-4: Two groups with a favourite each: the share of the limit, and when neither is lost."""

import numpy as np
from scipy import optimize

from ...analysis import multipliers
from ...certificates import certify_root
from ...loops.curation import plural
from ...models import Categorical
from ...verification import bound, closed_form, proves, scaled, theorem
from ._instances import engine, orbit

_CASES = ((0.5, 0.1, 0.1), (0.3, 0.05, 0.4), (0.8, 0.3, 0.02), (0.45, 0.6, 0.5))

_CLAIM = {
    "share": plural.coexisting_share,
    "region": plural.coexistence_region,
    "multiplier": plural.coexistence_multiplier,
    "fraction": plural.keeping_fraction,
}


@theorem(
    spec="CU-4",
    paper="curation",
    status="derived",
    hypotheses=(
        "two outcomes, two groups with different favourites, infinitely many candidates and data",
        "the odds of the other favourite are kappa_1 and kappa_2 of those of the own one, above 0",
    ),
    claim=_CLAIM,
    mutants={
        "the limit share is that of the group": _CLAIM | {"share": lambda q, one, two: q},
        "the limit share is the lower bound": _CLAIM
        | {"share": lambda q, one, two: (q - one) / (1 - one)},
        "the region where both bounds are positive": _CLAIM
        | {"region": lambda one, two: (one, 1 - two)},
        "the fraction without leaks": _CLAIM
        | {"fraction": lambda x, q, one, two, r: plural.keeping_fraction(x, q, 0.0, 0.0, r)},
        "share 1 % high": scaled(_CLAIM, 1.01, "share"),
        "region 1 % off": scaled(_CLAIM, 1.01, "region"),
        "multiplier 1 % high": scaled(_CLAIM, 1.01, "multiplier"),
        "fraction 1 % high": scaled(_CLAIM, 1.01, "fraction"),
    },
)
def two_favourites(claim, trial):
    r"""Two groups with a favourite each: the share of the limit, and when neither is lost.

    The first has the share $q$. The favourite of the first ends at $x = \frac q{1 - \kappa_2} -
    \frac{(1 - q) \kappa_1}{1 - \kappa_1}$ from every start; both live if and only if
    $\frac{\kappa_1 (1 - \kappa_2)}{1 - \kappa_1 \kappa_2} < q < \frac{1 - \kappa_2}{1 - \kappa_1
    \kappa_2}$ (transcritical at both ends), and then the groups' mean odds are $q \frac{1 -
    \kappa_1 \kappa_2}{1 - \kappa_2}$ and $(1 - q) \frac{1 - \kappa_1 \kappa_2}{1 - \kappa_1}$, in
    units of their best. The multiplier is $1 - \frac{x (1 - x)}{q (1 - q)} \big(\frac{(1 -
    \kappa_1)(1 - \kappa_2)}{1 - \kappa_1 \kappa_2}\big)^2$. Real data with the share $r$ keep a
    goal between $x$ and $r$ from $a = \frac D{D + R}$ on.
    """
    for q, one, two in _CASES:
        what = f"q = {q}, leaks {one} and {two}"
        rewards, shares = np.log([[1.0, one], [two, 1.0]]), np.array([q, 1 - q])
        loop = engine(rewards, shares)
        end = trial.once(what, lambda loop=loop: orbit(loop, [0.9, 0.1], 20_000))
        share = claim["share"](q, one, two)
        yield closed_form(f"share by stages, {what}", share, end[0], tolerance=1e-9)
        means = np.exp(rewards) @ end
        whole = 1 - one * two
        exact = [q * whole / (1 - two), (1 - q) * whole / (1 - one)]
        yield closed_form(f"mean odds, {what}", exact, means, tolerance=1e-9)
        found = trial.once(
            f"multiplier {what}", lambda loop=loop, p=end: multipliers(loop, Categorical.of(p))[0]
        )
        claimed = claim["multiplier"](q, one, two)
        yield closed_form(f"multiplier by the engine, {what}", claimed, found, tolerance=1e-8)
        ends = claim["region"](one, two)
        lower, upper = trial.once(f"ends {what}", lambda k=one, c=two: _ends(k, c))
        yield closed_form(f"where neither crowds out the other, {what}", ends, (lower, upper))
        yield bound(f"the published region is smaller, {what}", ends[0], one)
        yield bound(f"on both sides, {what}", 1 - two, ends[1])
    yield from _goals(claim, trial)


def _ends(one, two):
    """Where an outcome that is rare neither grows nor falls, by a search on the gains."""
    rewards = np.log([[1.0, one], [two, 1.0]])

    def end(index):
        corner = np.arange(2) != index
        growth = lambda q: plural.gains(corner, rewards, np.array([q, 1 - q]))[index] - 1
        return optimize.brentq(growth, 0.0, 1.0, xtol=1e-14)

    return end(0), end(1)


def _goals(claim, trial):
    for goal, q, one, two, real in (
        (0.1, 0.05, 0.1, 0.1, 0.5),
        (0.3, 0.2, 0.3, 0.1, 0.9),
        (0.6, 0.7, 0.05, 0.1, 0.4),
    ):
        fraction = float(claim["fraction"](goal, q, one, two, real))
        rewards, shares = np.log([[1.0, one], [two, 1.0]]), np.array([q, 1 - q])
        loop = engine(rewards, shares, np.array([real, 1 - real]), fraction)
        end = orbit(loop, [0.5, 0.5], 4000)
        yield closed_form(f"goal {goal} from q = {q} by stages", end[0], goal, tolerance=1e-9)


@proves("CU-4")
def proofs(digits):
    r"""Both ends of the region, and the real fraction for a goal, as roots of the loop's gains."""
    rare = lambda q, one, two: (1 - q) / two + q * one - 1
    other = lambda q, one, two: q / one + (1 - q) * two - 1

    def balance(a, goal, q, one, two, real):
        curated = q / (one + (1 - one) * goal) + (1 - q) * two / (1 - (1 - two) * goal)
        return (1 - a) * goal * curated + a * real - goal

    leaks, goal = ["0.1", "0.2"], ["0.1", "0.05", "0.1", "0.1", "0.5"]
    return {
        "upper end": certify_root(rare, "0.5", "1", parameters=leaks, digits=digits),
        "lower end": certify_root(other, "0", "0.5", parameters=leaks, digits=digits),
        "real fraction for a goal": certify_root(balance, "0", "1", parameters=goal, digits=digits),
    }
