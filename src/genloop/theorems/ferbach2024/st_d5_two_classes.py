"""ST-D5: two classes of outcomes, and a preferred one that real data do not have."""

import math

import jax.numpy as jnp
import numpy as np

from ...analysis import bifurcation_point, multipliers
from ...certificates import certify_root
from ...loops.curation import (
    chosen_share,
    chosen_slope,
    common_multiplier,
    curated_multiplier,
    curated_share,
    invasion_threshold,
    rare_multiplier,
)
from ...models import Categorical
from ...papers.ferbach2024 import curation, loop
from ...verification import bound, closed_form, proves, scaled, theorem
from ._instances import orbit

_CLAIM = {
    "share": chosen_share,
    "slope": chosen_slope,
    "rare": rare_multiplier,
    "common": common_multiplier,
    "threshold": invasion_threshold,
    "end": curated_share,
    "multiplier": curated_multiplier,
}


@theorem(
    spec="ST-D5",
    paper="ferbach2024",
    status="derived",
    hypotheses=("two classes whose rewards differ by D", "the better one has the real share rho"),
    claim=_CLAIM,
    mutants={
        "the threshold of infinitely many candidates": _CLAIM
        | {"threshold": lambda gap, among: -np.expm1(-gap)},
        "tanh D instead of tanh D/2": _CLAIM
        | {"share": lambda p, gap, among: chosen_share(p, gap=2 * gap, among=among)},
        "slopes 1 % high": scaled(_CLAIM, 1.01, "slope"),
        "fixed points 0.1 % high": scaled(_CLAIM, 1.001, "end"),
        "threshold 0.1 % high": scaled(_CLAIM, 1.001, "threshold"),
        "multiplier without the factor 1 - a": _CLAIM
        | {
            "multiplier": lambda rho, gap, among, real_fraction: (
                curated_multiplier(rho, gap=gap, among=among, real_fraction=real_fraction)
                / (1 - real_fraction)
            )
        },
        "multipliers of rare and common exchanged": _CLAIM
        | {"rare": common_multiplier, "common": rare_multiplier},
    },
)
def two_classes(claim, trial):
    r"""A preferred class that real data lack stays away iff real data are enough.

    $F_K(p) = \sum_j \binom Kj p^j (1 - p)^{K - j} \frac{j e^\Delta}{j e^\Delta + K - j}$ is concave
    with $F_K'(0) = \frac{K e^\Delta}{e^\Delta + K - 1}$, $F_K'(1) = \frac K{1 + (K - 1) e^\Delta}$.
    So $p' = a \rho + (1 - a) F_K(p)$ has one attractor for $\rho > 0$, and for $\rho = 0$ the class
    dies out iff $a \ge a_c = \frac{(K - 1)(e^\Delta - 1)}{K e^\Delta}$: a transcritical point.
    """
    grid = np.linspace(0.0, 1.0, 21)
    for gap, among in ((0.5, 2), (2.0, 5), (0.5, 40), (2.0, math.inf)):
        known, name = {"gap": gap, "among": among}, f"gap {gap}, K = {among}"
        exact = trial.once(f"grid {name}", lambda g=gap, k=among: _by_the_stage(grid, g, k))
        yield closed_form(f"map, {name}", claim["share"](grid, **known), exact, scale=1.0)
        slopes = claim["slope"](grid, **known)
        edges = [claim["rare"](**known), claim["common"](**known)]
        yield closed_form(f"slopes at the ends, {name}", edges, slopes[[0, -1]])
        yield bound(f"concave, {name}", slopes[1:], slopes[:-1])
        yield from _with_real_data(claim, trial, gap, among, name)
        yield from _threshold(claim, trial, gap, among, name)
    for among in (3, math.inf):
        found = trial.once(f"engine {among}", lambda k=among: _crossing(1.0, k))
        claimed = claim["threshold"](gap=1.0, among=among)
        what = f"branches cross at the border of the simplex, by the engine, K = {among}"
        yield closed_form(what, claimed, found, tolerance=1e-12)
    p, bend = grid, math.tanh(0.25)
    logistic = p + bend * p * (1 - p)
    two = claim["share"](p, gap=0.5, among=2)
    yield closed_form("K = 2 is a logistic map", two, logistic, scale=1.0)


def _with_real_data(claim, trial, gap, among, name):
    for share, real_share in ((0.2, 0.05), (0.7, 0.4)):
        known = {"gap": gap, "among": among, "real_fraction": share}
        real = Categorical.of([1 - real_share, real_share])
        run = loop(real, reward=[0.0, gap], among=among, real_fraction=share)
        what = f"a = {share}, rho = {real_share}, {name}"
        end = trial.once(f"end {what}", lambda r=run, m=real: orbit(r, m, 400)[-1])
        found = float(end.probabilities[1])
        yield closed_form(f"end of an orbit, {what}", claim["end"](real_share, **known), found)
        steepest = trial.once(
            f"steepest {what}", lambda r=run, e=end: np.real(multipliers(r, e)).max()
        )
        claimed = claim["multiplier"](real_share, **known)
        yield closed_form(f"its multiplier, {what}", claimed, steepest)


def _threshold(claim, trial, gap, among, name):
    r"""The multiplier of the boundary state is one there, and on both sides of it what is said."""
    real, critical = Categorical.of([1.0, 0.0]), claim["threshold"](gap=gap, among=among)
    at = loop(real, reward=[0.0, gap], among=among, real_fraction=float(critical))
    found = np.real(multipliers(at, real)).max()
    yield closed_form(f"multiplier one where the class is absent, {name}", 1.0, found)
    below = 0.9 * invasion_threshold(gap=gap, among=among)
    run = loop(real, reward=[0.0, gap], among=among, real_fraction=float(below))
    seed = Categorical.of([0.999, 0.001])
    end = trial.once(f"invaded {name}", lambda: orbit(run, seed, 1500)[-1].probabilities[1])
    claimed = claim["end"](0.0, gap=gap, among=among, real_fraction=float(below))
    yield closed_form(f"below it the class stays, {name}", claimed, float(end), tolerance=1e-9)


def _crossing(gap, among):
    """The real fraction at which the branch without the class is crossed, from the map alone."""
    real = Categorical.of([1.0, 0.0])
    family = lambda a: loop(real, reward=[0.0, gap], among=among, real_fraction=a)
    found = bifurcation_point("branch point", family, real, 0.5)
    return float(found.parameter) if bool(found.converged) else math.nan


def _by_the_stage(grid, gap, among):
    stage = curation(np.array([0.0, gap]), among=among)
    return np.asarray(stage(Categorical(np.stack([1 - grid, grid], axis=1))).probabilities)[:, 1]


def _excess(a, gap, among):
    r"""$(1 - a) K e^\Delta - (e^\Delta + K - 1)$, zero where a rare class keeps its share."""
    odds = jnp.exp(gap)
    return (1 - a) * among * odds - (odds + among - 1)


@proves("ST-D5")
def proofs(digits):
    """The real fraction that keeps out a preferred class: the multiplier of its absence is one."""
    return {
        f"D = {gap}, K = {among}": certify_root(
            _excess, "0", "1", parameters=[gap, among], digits=digits
        )
        for gap, among in (("1", "2"), ("1", "4"), ("3", "100"))
    }
