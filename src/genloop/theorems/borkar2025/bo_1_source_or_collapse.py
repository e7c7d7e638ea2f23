"""BO-1: Without a source one outcome is left; with one, howsoever minor, one stationary law."""

import itertools

import numpy as np
from scipy import stats

from ...laws import fixation_probabilities, stationary_law, transition_matrix
from ...loops.resampling import external_source
from ...models import Categorical
from ...papers.borkar2025 import loop
from ...verification import bound, closed_form, exact_law, scaled, theorem

_PAIRS = ((12, 0.1, 0.3), (30, 0.02, 0.5), (40, 0.5, 0.8))


_CLAIM = {
    "mean": external_source.transient_mean,
    "variance": external_source.relative_variance,
    "mixing": external_source.mixing_bound,
    "gap": lambda samples, real_fraction: real_fraction,
    "winner": lambda start: start,
}


@theorem(
    spec="BO-1",
    paper="borkar2025",
    status="derived",
    hypotheses=(
        "finitely many outcomes, N samples replace the data",
        "every sample is from the source with probability a, temperature 1",
    ),
    claim=_CLAIM,
    mutants={
        "the linear variance 1/(2 a N)": _CLAIM | {"variance": lambda n, a: 1 / (2 * a * n)},
        "the gap of the second moments": _CLAIM | {"gap": lambda n, a: 1 - (1 - a) ** 2},
        "the gap with drift": _CLAIM | {"gap": lambda n, a: 1 - (1 - a) * (1 - 1 / n)},
        "the variance 1 % high": scaled(_CLAIM, 1.01, "variance"),
        "the gap 1 % wide": scaled(_CLAIM, 1.01, "gap"),
        "N cut by 1 % in the bound of the mixing": scaled(_CLAIM, 0.99, "mixing"),
        "the start is forgotten 1 % faster": _CLAIM
        | {"mixing": lambda t, n, a: external_source.mixing_bound(1.01 * t, n, a)},
        "the mean moves 1 % faster": _CLAIM
        | {
            "mean": lambda t, a, start, source: external_source.transient_mean(
                1.01 * t, a, start, source
            )
        },
        "the likelier outcome wins more than its share": _CLAIM
        | {"winner": lambda x: x**1.01 / (x**1.01 + (1 - x) ** 1.01)},
    },
)
def source_or_collapse(claim, trial):
    r"""Without a source one outcome is left; with one, howsoever minor, one stationary law.

    $a = 0$: $\mu_t$ is a bounded martingale that ends at the point mass of an outcome drawn from
    $\mu_0$. $a > 0$: the law of $\mu_t$ tends to one law $\pi$ from every start, with mean $r$ and,
    for every function $f$ of an outcome, $\operatorname{Var} \mu_\infty(f) = \operatorname{Var}_r f
    /(N - (N - 1)(1 - a)^2)$. On the way $E\,\mu_t = r + (1 - a)^t (\mu_0 - r)$, the spectral gap is
    $a$, and $(1 - a)^t |\mu_0(f) - r(f)| \le \|P^t(\mu_0, \cdot) - \pi\|_\mathrm{TV} \le N (1 -
    a)^t$ for $0 \le f \le 1$; no factor below $N$ will do.
    """
    for samples in (5, 20):
        shares = np.arange(1, samples) / samples
        exact = fixation_probabilities(transition_matrix(samples))
        what = f"who is left without a source, N = {samples}"
        yield exact_law(what, claim["winner"](shares), exact, tolerance=1e-11)
    for case in _PAIRS:
        yield from _pair(claim, trial, *case)
    yield from _three_outcomes(claim, trial)
    # One generation from a point mass that the source hardly knows, and hardly any drift.
    samples, rare = 12, 1e-4
    matrix, law, _ = _pair_chain(samples, 1 - rare, rare)
    distance = np.abs(matrix[-1] - law).sum() / 2
    upper = claim["mixing"](1, samples, 1 - rare)
    yield bound("mixing from above, where it is sharp", distance, upper)
    yield bound("it is nearly attained", 0.998 * samples * rare, distance)
    yield bound("the source need not be large", claim["variance"](10**6, 1e-3), 1e-3)


def _pair(claim, trial, samples, fraction, share):
    """Two outcomes, by the exact chain."""
    what = f"N = {samples}, a = {fraction}"
    matrix, law, second = trial.once(what, lambda: _pair_chain(samples, fraction, share))
    frequency = np.arange(samples + 1) / samples
    yield exact_law(f"stationary mean, {what}", share, law @ frequency, tolerance=1e-11)
    claimed = claim["variance"](samples, fraction) * share * (1 - share)
    exact = law @ (frequency - share) ** 2
    yield exact_law(f"stationary variance, {what}", claimed, exact, tolerance=1e-10)
    yield exact_law(f"gap, {what}", 1 - claim["gap"](samples, fraction), second, tolerance=1e-11)
    for generation in (1, 8, 32):
        power = np.linalg.matrix_power(matrix, generation)
        claimed = claim["mean"](generation, fraction, frequency, share)
        when = f"{what}, generation {generation}"
        yield exact_law(f"mean, {when}", claimed, power @ frequency, tolerance=1e-11)
        distance = np.abs(power - law).sum(axis=1) / 2
        upper = claim["mixing"](generation, samples, fraction)
        yield bound(f"mixing from above, {when}", distance, upper, tolerance=1e-10)
        lower = (1 - fraction) ** generation * np.abs(frequency - share)
        yield bound(f"mixing from below, {when}", lower, distance, tolerance=1e-10)


def _pair_chain(samples, fraction, share):
    matrix = transition_matrix(samples, lambda x: (1 - fraction) * x + fraction * share)
    values = np.sort(np.linalg.eigvals(matrix).real)
    return matrix, stationary_law(matrix), values[-2]


def _three_outcomes(claim, trial):
    """Three outcomes: the whole chain of counts, and the moments of the stages."""
    samples, fraction = 7, 0.2
    source, function = np.array([0.5, 0.3, 0.2]), np.array([1.0, -2.0, 4.0])
    frequencies, matrix = trial.once("three", lambda: _triple_chain(samples, fraction, source))
    law = trial.once("three stationary", lambda: stationary_law(matrix))
    yield exact_law("barycentre, three outcomes", source, law @ frequencies, tolerance=1e-11)
    mean = source @ function
    claimed = claim["variance"](samples, fraction) * source @ (function - mean) ** 2
    exact = law @ (frequencies @ function - mean) ** 2
    yield exact_law("variance of a function of three outcomes", claimed, exact, tolerance=1e-11)
    step = loop(Categorical.of(source), samples=samples, real_fraction=fraction)
    start = np.array([0.0, 0.0, 1.0])
    moments = trial.once("moments", lambda: _moments(step, start, generations=60))
    claimed = claim["mean"](3, fraction, start, source)
    yield closed_form("mean by composed moments", claimed, moments[2][0], tolerance=1e-12)
    spread = claim["variance"](samples, fraction) * (1 - source @ source)
    excess = moments[-1][1] - source @ source
    yield closed_form("spread by composed moments", spread, excess, tolerance=1e-4)


def _triple_chain(samples, fraction, source):
    pairs = itertools.product(range(samples + 1), repeat=2)
    counts = np.array([(i, j, samples - i - j) for i, j in pairs if i + j <= samples])
    success = (1 - fraction) * counts / samples + fraction * source
    return counts / samples, np.array([stats.multinomial.pmf(counts, samples, p) for p in success])


def _moments(step, start, generations):
    moments, path = Categorical.of(start).moments(), []
    for _ in range(generations):
        moments = step.moments(moments)
        path.append((np.asarray(moments.mean), float(moments.square)))
    return path
