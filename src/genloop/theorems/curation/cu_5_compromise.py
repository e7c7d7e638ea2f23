"""CU-5: A compromise takes everything if no rival has mean relative odds above one."""

import numpy as np

from ...certificates import certify_root
from ...loops.curation import plural
from ...verification import bound, closed_form, proves, scaled, theorem
from ._instances import engine, orbit, problems

_CASES = ((0.01, 0.01, 0.8, 0.8), (0.1, 0.3, 0.7, 0.6), (0.05, 0.2, 0.3, 0.9))

_CLAIM = {
    "rival": plural.strongest_rival,
    "gain": plural.compromise_gain,
    "region": plural.compromise_region,
    "gap": plural.safe_gap,
}


def _by_welfare(rewards, shares):
    """Compared by the welfare that an outcome has alone."""
    apart = rewards[:, :, None] - rewards[:, None, :]
    return np.exp(np.tensordot(shares, apart, 1)).max(axis=0)


@theorem(
    spec="CU-5",
    paper="curation",
    status="derived",
    hypotheses=("infinitely many candidates and data, no real data, a start with every outcome",),
    claim=_CLAIM,
    mutants={
        "rivals are compared by their Nash products": _CLAIM | {"rival": _by_welfare},
        "rivals 1 % stronger": scaled(_CLAIM, 1.01, "rival"),
        "the mean of the compromise counts": _CLAIM
        | {"gain": lambda one, two, c, d: (c + d) / (1 + (one + two) / 2)},
        "gain 1 % high": scaled(_CLAIM, 1.01, "gain"),
        "the region of coexistence": _CLAIM
        | {"region": lambda one, two, c, d: plural.coexistence_region(one, two)},
        "region 1 % off": scaled(_CLAIM, 1.01, "region"),
        "a gap of log 2 for any number of groups": _CLAIM | {"gap": lambda groups: np.log(2)},
        "1 % less of a gap is enough": scaled(_CLAIM, 0.99, "gap"),
    },
)
def compromise(claim, trial):
    r"""A compromise takes everything if no rival has mean relative odds above one.

    The limit is all $c$ if and only if $\max_i \sum_g q_g e^{r_{gi} - r_{gc}} \le 1$. Between two
    favourites with leaks $\kappa_g$, a compromise with $c_g$ of the best odds of group $g$ invades
    if and only if $c_1 (1 - \kappa_2) + c_2 (1 - \kappa_1) > 1 - \kappa_1 \kappa_2$, whatever $q$
    where both live; it takes everything for $\frac{1/c_2 - 1}{1/c_2 - \kappa_1/c_1} \le q \le
    \frac{1 - \kappa_2/c_2}{1/c_1 - \kappa_2/c_2}$. Only outcomes on the upper boundary of the
    convex hull of all $(e^{r_{1i}}, \dots, e^{r_{Gi}})$ survive; so those at least $\delta > \log
    G$ below the best of every group are lost, and no smaller $\delta$ will do.
    """
    for index, (rewards, shares, *_) in enumerate(problems(12, seed=8, outcomes=(3, 4, 5))):
        top = trial.once(f"limit {index}", lambda r=rewards, q=shares: plural.limit(r, q))
        rivals = claim["rival"](rewards, shares)
        exact = _growth_against_each(rewards, shares)
        yield closed_form(f"growth against each outcome alone, case {index}", rivals, exact)
        alone = np.sum(top > 0) == 1
        yield closed_form(
            f"one is left, case {index}", float(rivals.min() < 1 + 1e-9), float(alone)
        )
    for case in _CASES:
        yield from _between(claim, trial, case)
    for groups in (2, 3, 4):
        yield from _gaps(claim, trial, groups)


def _growth_against_each(rewards, shares):
    """The largest gain where all have one outcome."""
    corners = np.eye(rewards.shape[1])
    return [plural.gains(corner, rewards, shares).max() for corner in corners]


def _between(claim, trial, case):
    one, two, first, second = case
    what = f"leaks {one}, {two}, compromise {first}, {second}"
    rewards = np.log([[1.0, one, first], [two, 1.0, second]])
    low, high = plural.coexistence_region(one, two)
    for q in (low + 0.1 * (high - low), low + 0.8 * (high - low)):
        shares = np.array([q, 1 - q])
        pair = np.append(plural.limit(rewards[:, :2], shares), 0.0)
        found = plural.gains(pair, rewards, shares)[2]
        yield closed_form(f"gain of a rare compromise, {what}", claim["gain"](*case), found)
    lower, upper = claim["region"](*case)
    if claim["gain"](*case) < 1:
        yield bound(f"without gain the region is empty, {what}", upper, lower)
        return
    for name, edge, inside in (("lower", lower, 1e-3), ("upper", upper, -1e-3)):
        for step, alone in ((inside, 1.0), (-inside, 0.0)):
            shares = np.array([edge + step, 1 - edge - step])
            end = trial.once(
                f"{what} {edge} {step}",
                lambda q=shares: orbit(engine(rewards, q), np.ones(3) / 3, 40_000),
            )
            taken = float(end[2] > 1 - 1e-4)
            yield closed_form(f"{name} end, all is the compromise, {what}", alone, taken)


def _gaps(claim, trial, groups):
    """Favourites without leaks, and one outcome that is as good for all."""
    shares = np.full(groups, 1 / groups)
    for side, alive in ((1.0005, 0.0), (0.9995, 1.0)):
        odds = np.hstack(
            [np.eye(groups) + 1e-12, np.exp(-side * claim["gap"](groups)) * np.ones((groups, 1))]
        )
        top = plural.limit(np.log(odds), shares)
        what = f"{groups} groups, {side} of the safe gap: the compromise lives"
        yield closed_form(what, alive, float(top[-1] > 0))


@proves("CU-5")
def proofs(digits):
    r"""Where a compromise of two equal groups invades, and the ends of its region in $q$."""
    level = lambda c, leak: 2 * c * (1 - leak) - (1 - leak**2)
    favourite = lambda q, one, two, c, d: q / c + (1 - q) * two / d - 1
    other = lambda q, one, two, c, d: q * one / c + (1 - q) / d - 1
    known = ["0.01", "0.01", "0.8", "0.8"]
    return {
        "equal groups, leak 0.01": certify_root(
            level, "0", "1", parameters=["0.01"], digits=digits
        ),
        "upper end": certify_root(favourite, "0", "1", parameters=known, digits=digits),
        "lower end": certify_root(other, "0", "1", parameters=known, digits=digits),
    }
