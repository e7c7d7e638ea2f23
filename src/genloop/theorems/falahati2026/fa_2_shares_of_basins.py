"""FA-2: Basins that hardly leak keep both groups, after generations that depend on the start."""

import numpy as np

from ...certificates import certify_root
from ...loops.curation import plural
from ...verification import bound, closed_form, proves, scaled, theorem
from ..curation._instances import path

_CLAIM = {
    "share": plural.least_share,
    "leak": plural.basin_leak,
    "variance": plural.least_reward_variance,
}


def _at_once(start, generations, share, leak):
    """The bound of the limit in every generation."""
    return (share - leak) / (1 - leak) + 0 * np.asarray(generations)


@theorem(
    spec="FA-2",
    paper="falahati2026",
    status="reconstructed",
    hypotheses=(
        "two groups, infinitely many candidates and data, no real data",
        "rewards in the basins as in Assumption 2.1, no mass outside, kappa_1 < q < 1 - kappa_2",
    ),
    claim=_CLAIM,
    mutants={
        "the first generation comes one earlier": _CLAIM
        | {"share": lambda a, t, q, k: plural.least_share(a, t + 1, q, k)},
        "share 1 % high": scaled(_CLAIM, 1.01, "share"),
        "a leak without the tolerance twice": _CLAIM
        | {"leak": lambda gap, tolerance=0.0: np.exp(-2 * gap)},
        "leak 1 % small": scaled(_CLAIM, 0.99, "leak"),
        "the variance of the gap whatever the tolerance": _CLAIM
        | {"variance": lambda a, gap, e=0.0: plural.least_reward_variance(a, gap, 0.0)},
        "variance 1 % large": scaled(_CLAIM, 1.01, "variance"),
    },
    refutes={
        "Lemma 3.5 of arXiv 2605.07724v1, if its interval is read for every generation": _CLAIM
        | {"share": _at_once},
    },
)
def shares_of_basins(claim, trial):
    r"""Basins that hardly leak keep both groups, after generations that depend on the start.

    The mass $a_t$ of the first basin has $\frac1{a_t} \le \frac1L + (\frac{\kappa_1}q)^t
    (\frac1{a_0} - \frac1L)$, $L = \frac{q - \kappa_1}{1 - \kappa_1}$, and $1 - a_t$ the same with
    $1 - q$, $\kappa_2$: in the limit $a$ lies in $[\frac{q - \kappa_1}{1 - \kappa_1}, \frac q{1 -
    \kappa_2}]$, as published; the start may lie outside of it. Then $\operatorname{Var} r_g \ge a
    (1 - a) \max(\Delta_g - \epsilon, 0)^2$, sharper than the published $\Delta_g - 2 \epsilon$.
    """
    rewards, shares = np.log([[1.0, 0.1], [1e-13, 1.0]]), np.array([0.5, 0.5])
    states = path(rewards, shares, [0.01, 0.99], 40)
    claimed = claim["share"](0.01, np.arange(41), 0.5, claim["leak"](np.log(10)))
    what = "odds (1, 0) and (1/10, 1), half of the curators each, from (1/100, 99/100)"
    yield bound(f"least mass of the first basin, {what}", claimed, states[:, 0], tolerance=1e-11)
    random = np.random.default_rng(4)
    for index in range(12):
        tolerance = 0.4 * random.random()
        gaps = 2 * tolerance + 1 + 2 * random.random(2)
        rewards = _basins(random, gaps, tolerance)
        leaks = claim["leak"](gaps, tolerance)
        q = leaks[0] + (1 - leaks.sum()) * (0.1 + 0.8 * random.random())
        start = random.dirichlet(np.ones(6))
        states = path(rewards, np.array([q, 1 - q]), start, 60)
        mass = states[:, :3].sum(axis=1)
        ages = np.arange(61)
        lower = claim["share"](mass[0], ages, q, leaks[0])
        upper = claim["share"](1 - mass[0], ages, 1 - q, leaks[1])
        yield bound(f"first basin, case {index}", lower, mass, tolerance=1e-12)
        yield bound(f"second basin, case {index}", upper, 1 - mass, tolerance=1e-12)
        for group in (0, 1):
            mean = states[-1] @ rewards[group]
            found = states[-1] @ (rewards[group] - mean) ** 2
            least = claim["variance"](mass[-1], gaps[group], tolerance)
            yield bound(f"variance of reward {group}, case {index}", least, found, tolerance=1e-12)
    yield from _attained(claim)


def _basins(random, gaps, tolerance):
    """Rewards of three outcomes in each basin that use all that is allowed."""
    near = -tolerance * random.random((2, 3))
    far = -gaps[:, None] - random.random((2, 3))
    return np.array([np.append(near[0], far[0]), np.append(far[1], near[1])])


def _attained(claim):
    """The variance of two values, the better one at the tolerance below its best."""
    for share, gap, tolerance in ((0.3, 2.0, 0.0), (0.5, 1.0, 0.25)):
        values, law = np.array([-tolerance, -gap]), np.array([share, 1 - share])
        found = law @ (values - law @ values) ** 2
        least = claim["variance"](share, gap, tolerance)
        yield bound(
            f"the bound on the variance is attained, a = {share}", found, least, tolerance=1e-12
        )
        yield bound(f"the variance has it, a = {share}", least, found, tolerance=1e-12)
    for tolerance in (0.0, 0.2):
        # The best of a group at its tolerance, and twice that in the leak.
        exact = np.exp(-(2.0 - 2 * tolerance))
        yield closed_form(f"leak as published, {tolerance}", claim["leak"](2.0, tolerance), exact)


@proves("FA-2")
def proofs(digits):
    r"""The lower end of the interval for $q = 0.5$, $\kappa_1 = 0.1$, as a fixed point."""
    level = lambda a, q, leak: q * a / (a + leak * (1 - a)) - a
    known = ["0.5", "0.1"]
    return {"lower end": certify_root(level, "0.1", "1", parameters=known, digits=digits)}
