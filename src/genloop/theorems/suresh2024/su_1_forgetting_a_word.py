"""SU-1: forgetting a word."""

import numpy as np
from scipy import stats

from ...analysis import orbits
from ...laws import Extinction, lineage_share, loss_bounds, loss_probabilities
from ...loops.resampling import forgetting
from ...models import Categorical
from ...papers.suresh2024 import unigram_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables

_SAMPLES, _GENERATIONS = 12, 6


_START = (0.5, 0.3, 0.2)


def _lost(samples, probability, generations):
    return Extinction(samples).lost(probability, generations)


def _published_share(generations):
    return 1 / np.arange(1.0, generations + 1)


def _limit_share(generations):
    return 2 / np.arange(2.0, generations + 2)


def _bounds_off(*factors):
    """The bounds of the loss, each multiplied."""
    return lambda *a: [factor * side for factor, side in zip(factors, loss_bounds(*a), strict=True)]


_CLAIM = {
    "share": lineage_share,
    "lost": _lost,
    "bounds": loss_bounds,
    "half-life": forgetting.half_life,
}


@theorem(
    spec="SU-1",
    paper="suresh2024",
    status="derived",
    hypotheses=(
        "frequencies of outcomes, refitted to n samples; or counts, each followed by a Poisson "
        "number of that mean",
        "no real data and temperature 1",
    ),
    claim=_CLAIM,
    mutants={
        "the published exponent 1/k is exact": _CLAIM | {"share": _published_share},
        "the upper bound 2/(k + 1) is exact": _CLAIM | {"share": _limit_share},
        "a fixed number of samples behaves as a Poisson one": _CLAIM
        | {"lost": lambda n, p, k: np.exp(-n * p * lineage_share(int(np.max(k)))[k - 1])},
        "the share 1 % high": scaled(_CLAIM, 1.01, "share"),
        "the loss 1 % high": scaled(_CLAIM, 1.01, "lost"),
        "loss one generation late": _CLAIM | {"lost": lambda n, p, k: _lost(n, p, k + 1)},
        "the lower bound of the loss 1 % high": _CLAIM | {"bounds": _bounds_off(1.01, 1.0)},
        "the upper bound of the loss 1 % low": _CLAIM | {"bounds": _bounds_off(1.0, 0.99)},
        "the bounds change places": _CLAIM | {"bounds": lambda *a: loss_bounds(*a)[::-1]},
        "the half-life 1 % long": _CLAIM
        | {"half-life": lambda count: round(1.01 * forgetting.half_life(count))},
        "half-life without the logarithm": _CLAIM | {"half-life": lambda count: 2 * count},
    },
)
def forgetting_a_word(claim, trial):
    r"""A word with count $\lambda$ is lost by generation $k$ with a chance near $e^{-2\lambda/k}$.

    For Poisson counts exactly $e^{-\lambda s_k}$ with $s_1 = 1$, $s_{k+1} = 1 -
    e^{-s_k}$, and $\frac2{k + 1 + (H_k - 1)/3} \le s_k \le \frac2{k + 1}$, so $k s_k \to 2$; the
    published exponent $1/k$ is below. For exactly $n$ samples the probability is $E (1 -
    p)^{A_k}$, where $A_k$ is the number of tokens of the first generation that have descendants in
    generation $k$ ($A_1 = n$; $A$ balls thrown into $n$ boxes occupy the next $A$), and it lies
    between $(1 - p)^{n \sigma_k}$, $\sigma_{k+1} = 1 - (1 - \frac1n)^{n \sigma_k}$, and
    $e^{-\lambda s_k}$. Half of such words are lost after about $2 \lambda/\log 2$ generations.
    """
    yield from _poisson_numbers(claim, trial)
    yield from _fixed_numbers(claim, trial)
    yield from _half_lives(claim)


def _poisson_numbers(claim, trial):
    share = claim["share"](20_000)
    sparse = np.array([1, 2, 5, 10, 100, 1000, 20_000])
    lower, upper = forgetting.share_bounds(sparse)
    yield bound("2/(k + 1 + (H_k - 1)/3) <= s_k", lower, share[sparse - 1], tolerance=1e-14)
    yield bound("s_k <= 2/(k + 1)", share[sparse - 1], upper, tolerance=1e-14)
    yield bound("the published 1/k <= s_k", 1 / sparse, share[sparse - 1], tolerance=1e-14)
    exact = trial.once("Poisson chain", lambda: _poisson_chain(counts=(1, 4), generations=10))
    claimed = np.exp(-np.outer([1, 4], share[:10]))
    yield exact_law("loss in the chain of Poisson counts", claimed, exact)
    rng = np.random.default_rng([trial.seed, 1])
    lost = trial.once("Poisson", lambda: _poisson_paths(rng, 3.0, trial.replicates))
    yield monte_carlo("Poisson counts, mean 3, generation 8", np.exp(-3 * share[7]), lost)


def _fixed_numbers(claim, trial):
    generations = np.array([1, 2, 5, 20])
    for samples, probability in ((30, 0.1), (30, 0.4), (100, 0.02)):
        chain = loss_probabilities(samples, probability, 20)[generations - 1]
        claimed = claim["lost"](samples, probability, generations)
        what = f"loss in the chain of counts, n = {samples}, p = {probability}"
        yield exact_law(what, claimed, chain, tolerance=1e-13, scale=1.0)
        lines = trial.once(f"lines {samples}", lambda n=samples: _ancestors(n, 20))
        dual = lines[generations - 1] @ (1 - probability) ** np.arange(samples + 1)
        yield exact_law(f"{what}, by ancestors", claimed, dual, tolerance=1e-13, scale=1.0)
    for samples, count in ((50, 5), (10**6, 1), (10**6, 40), (10**7, 300)):
        # Where the loss is not so small that its rounding would decide.
        generations = count * np.array([1, 3, 10])
        lost = claim["lost"](samples, count / samples, generations)
        sides = claim["bounds"](samples, count / samples, 10 * count)
        lower, upper = (side[generations - 1] for side in sides)
        what = f"n = {samples}, count {count}"
        yield bound(f"ancestors bound the loss from below, {what}", lower, lost, tolerance=1e-11)
        yield bound(f"Poisson bounds the loss from above, {what}", lost, upper, tolerance=1e-11)
        published = forgetting.published_survival(count, generations)
        yield bound(f"the published bound, {what}", published, 1 - lost, tolerance=1e-11)
    path = trial.once("orbits", lambda: _paths(trial))
    claimed = claim["lost"](_SAMPLES, _START[2], np.array([2, _GENERATIONS]))
    yield monte_carlo("loss in the loop", claimed, path[:, [1, _GENERATIONS - 1], 2] == 0)


def _half_lives(claim):
    for count in (1.0, 30.0, 1000.0):
        claimed = claim["half-life"](count)
        survival = [forgetting.survival(count, int(k)) for k in (claimed - 1, claimed) if k >= 1]
        yield bound(f"half are lost, count {count:g}", survival[-1], 0.5)
        yield bound(f"not before, count {count:g}", 0.5, survival[0] if claimed > 1 else 1.0)
        samples = 10**6
        median = Extinction(samples).quantile(count / samples)
        yield closed_form(f"median of the exact law, {count:g}", claimed, median, tolerance=5e-3)


def _poisson_chain(counts, generations, largest=400):
    """Loss by generation 1, 2, ... in the chain of counts, cut where nothing is left."""
    states = np.arange(largest + 1)
    matrix = stats.poisson.pmf(states, states[:, None])
    lost, columns = (states == 0).astype(float), []
    for _ in range(generations):
        columns.append(stats.poisson.pmf(states, np.array(counts)[:, None]) @ lost)
        lost = matrix @ lost
    return np.stack(columns, axis=1)


def _poisson_paths(rng, mean, replicates):
    counts = np.full(replicates, mean)
    for _ in range(8):
        counts = rng.poisson(counts)
    return counts == 0


def _ancestors(samples, generations):
    """The laws of the numbers of ancestors, ball by ball; shape `(generations, n + 1)`."""
    boxes = np.arange(samples + 1) / samples
    occupied = np.zeros((samples + 1, samples + 1))
    occupied[0, 0] = 1
    for ball in range(samples):
        occupied[ball + 1] = occupied[ball] * boxes
        occupied[ball + 1, 1:] += (occupied[ball] * (1 - boxes))[:-1]
    laws = [np.eye(samples + 1)[samples]]
    while len(laws) < generations:
        laws.append(laws[-1] @ occupied)
    return np.stack(laws)


def _paths(trial):
    path = orbits(
        unigram_loop(samples=_SAMPLES).step,
        trial.key(),
        Categorical.of(_START),
        generations=_GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.probabilities,
    )
    return np.asarray(path)
