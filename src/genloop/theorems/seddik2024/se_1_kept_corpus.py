"""SE-1: With a real corpus kept for ever, synthetic data add less than half of its own error."""

import numpy as np

from ...analysis import orbits
from ...laws import binomial_law, stationary_law, transition_matrix
from ...loops.resampling import fixed_real_data
from ...models import Categorical
from ...papers.seddik2024 import fully_synthetic_loop, partially_synthetic_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables

_REAL = (0.5, 0.3, 0.2)


_SIZES = {"samples": 15, "real_samples": 10}


_GENERATIONS = 3


_CLAIM = {
    "concentration": fixed_real_data.concentration,
    "square": fixed_real_data.square_distance,
    "bound": fixed_real_data.distance_bound,
    "ratio": fixed_real_data.excess_ratio,
}


def _changed(name, change):
    return _CLAIM | {name: lambda *args, **sizes: change(_CLAIM[name](*args, **sizes), **sizes)}


def _without_resampling(generations, *, samples, real_samples, first):
    """As if the noise of a generation did not shrink what it is added to."""
    memory = (samples / (real_samples + samples)) ** 2
    noise = memory / samples * (1 - np.sum(np.square(first)))
    return noise * (1 - memory**generations) / (1 - memory)


@theorem(
    spec="SE-1",
    paper="seddik2024",
    status="derived",
    hypotheses=(
        "frequencies refitted to n samples of the model, alone or beside N fixed real ones",
        "temperature 1; the first model is fitted to the real ones",
    ),
    claim=_CLAIM,
    mutants={
        "beta is alpha squared": _CLAIM | {"square": _without_resampling},
        "one generation more": _CLAIM
        | {"square": lambda m, **sizes: fixed_real_data.square_distance(m + 1, **sizes)},
        "alpha in place of its square": _changed(
            "square", lambda value, samples, real_samples, **_: value * (1 + real_samples / samples)
        ),
        "the squared distance 1 % high": scaled(_CLAIM, 1.01, "square"),
        "the absolute distance cut by 1 %": scaled(_CLAIM, 0.99, "bound"),
        "the ratio 1 % high": scaled(_CLAIM, 1.01, "ratio"),
        "the absolute distance without a factor of the outcomes": _CLAIM
        | {"bound": lambda m, **sizes: fixed_real_data.square_distance(m, **sizes) ** 0.5},
        "the ratio n/(N + 2 n)": _CLAIM
        | {"ratio": lambda samples, real_samples: samples / (real_samples + 2 * samples)},
        "without real data the rate of n - 1": _CLAIM
        | {"concentration": lambda m, n, start: fixed_real_data.concentration(m, n - 1, start)},
    },
)
def kept_corpus(claim, trial):
    r"""With a real corpus kept for ever, synthetic data add less than half of its own error.

    Fully synthetic: $S_m = 1 - (1 - \frac1n)^m (1 - S_0)$, which tends to one. With $N$ kept real
    tokens, $\alpha = n/(N + n)$ and $\beta = \alpha^2 (1 - \frac1n)$: $E \|p^{(m+1)} -
    p^{(1)}\|_2^2 = \frac{\alpha^2}n (1 - R_1) \frac{1 - \beta^m}{1 - \beta}$, outcome by outcome
    with $p_i^{(1)} (1 - p_i^{(1)})$ for $1 - R_1$, so $E \|\cdot\|_1$ is at most the sum of the
    roots, at most $\sqrt K$ times the root of the whole. In the limit, over the law of the corpus,
    this is $\frac{(N - 1) n}{N^2 + 2 N n + n} < \frac12$ of the statistical error $E \|p^{(1)} -
    p\|_2^2 = (1 - R)/N$, and the total error is the sum of both.
    """
    yield from _pair_chains(claim)
    yield from _ratios(claim)
    squares, first, distances = trial.once("moments", lambda: _composed(trial))
    for generation, square in enumerate(squares, 1):
        claimed = claim["concentration"](generation, 9, np.sum(np.square(_REAL)))
        what = f"fully synthetic, generation {generation}"
        yield closed_form(what, claimed, square, tolerance=1e-12)
    for generation, distance in enumerate(distances, 1):
        claimed = claim["square"](generation, first=first, **_SIZES)
        what = f"the kept corpus by composed moments, generation {generation}"
        yield closed_form(what, claimed, distance, tolerance=1e-11)
    gap = trial.once("orbits", lambda: _paths(trial) - first)[:, [0, _GENERATIONS - 1]]
    claimed = [claim["square"](m, first=first, **_SIZES) for m in (1, _GENERATIONS)]
    yield monte_carlo("the kept corpus, realised", claimed, (gap**2).sum(axis=-1))
    distance = np.abs(gap[:, 1]).sum(axis=-1)
    error = 8 * distance.std() / len(distance) ** 0.5
    limit = claim["bound"](_GENERATIONS, first=first, **_SIZES)
    what = "absolute distance, realised, with eight standard errors"
    yield bound(what, distance.mean() + error, limit)
    root = (3 * fixed_real_data.square_distance(_GENERATIONS, first=first, **_SIZES)) ** 0.5
    yield bound("the sum over outcomes is below the root", limit, root)


def _loop(trial):
    real = Categorical.of(_REAL)
    return trial.once("loop", lambda: partially_synthetic_loop(trial.key(1), real, **_SIZES))


def _composed(trial):
    """By the moments of the stages: concentrations, the corpus, distances from it."""
    moments, loop, squares = Categorical.of(_REAL).moments(), fully_synthetic_loop(samples=9), []
    for _ in range(3):
        moments = loop.moments(moments)
        squares.append(float(moments.square))
    loop = _loop(trial)
    corpus = loop.stages[-1].real
    first, moments, distances = np.asarray(corpus.probabilities), corpus.moments(), []
    for _ in range(_GENERATIONS):
        moments = loop.moments(moments)
        overlap = np.asarray(moments.mean) @ first
        distances.append(float(moments.square) - 2 * overlap + first @ first)
    return squares, first, distances


def _pair_chains(claim):
    """Two outcomes: the exact chain of counts beside a fixed corpus.

    One sample beside an even corpus is at one distance always, where the bound is attained.
    """
    for samples, real_samples, share in ((6, 18, 1 / 3), (20, 5, 0.2), (40, 1, 1.0), (1, 2, 0.5)):
        weight = samples / (samples + real_samples)
        sizes = {"samples": samples, "real_samples": real_samples}
        mixed = lambda x, w=weight, r=share: w * x + (1 - w) * r
        values = mixed(np.arange(samples + 1) / samples)
        matrix, first = transition_matrix(samples, mixed), np.array([share, 1 - share])
        law = binomial_law(samples, share)
        for generation in (1, 2, 7):
            claimed = claim["square"](generation, first=first, **sizes)
            exact = 2 * law @ (values - share) ** 2
            what = f"n = {samples}, N = {real_samples}, generation {generation}"
            yield exact_law(what, claimed, exact, tolerance=1e-11, scale=max(exact, 1e-6))
            distance = 2 * law @ np.abs(values - share)
            limit = claim["bound"](generation, first=first, **sizes)
            yield bound(f"absolute distance, {what}", distance, limit, tolerance=1e-12)
            law = law @ np.linalg.matrix_power(matrix, {1: 1, 2: 5, 7: 0}[generation])


def _ratios(claim):
    """The average over all corpora of two outcomes, of the stationary chains."""
    for samples, real_samples, share in ((7, 6, 0.3), (30, 4, 0.5)):
        weight = samples / (samples + real_samples)
        corpora = np.arange(real_samples + 1) / real_samples
        excess = []
        for corpus in corpora[1:-1]:
            mixed = lambda x, w=weight, r=corpus: w * x + (1 - w) * r
            law = stationary_law(transition_matrix(samples, mixed))
            values = mixed(np.arange(samples + 1) / samples)
            excess.append(law @ (values - corpus) ** 2)
        chance = binomial_law(real_samples, share)
        error = chance @ (corpora - share) ** 2
        exact = chance[1:-1] @ np.array(excess) / error
        claimed = claim["ratio"](samples=samples, real_samples=real_samples)
        what = f"share of the statistical error, n = {samples}, N = {real_samples}"
        yield exact_law(what, claimed, exact, tolerance=1e-11)
    many = 10.0 ** np.arange(10)
    yield bound("below one half", claim["ratio"](samples=many, real_samples=1000), 0.5)


def _paths(trial):
    loop = _loop(trial)
    path = orbits(
        loop.step,
        trial.key(),
        loop.stages[-1].real,
        generations=_GENERATIONS,
        replicates=-(-trial.replicates // 2),
        observe=_observables.probabilities,
    )
    return np.asarray(path)
