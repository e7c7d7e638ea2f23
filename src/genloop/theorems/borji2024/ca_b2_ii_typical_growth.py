"""CA-B2(ii): The variance of one run of a kernel density loop grows more slowly than the mean."""

import numpy as np
from scipy import integrate, special

from ...loops import kernel_density as kernel
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from ._points import fit_and_sample

_CLAIM = {
    "two": kernel.two_point_growth,
    "many": kernel.typical_growth,
    "neutral": lambda: 1.746288489357351,
}


@theorem(
    spec="CA-B2(ii)",
    paper="borji2024",
    status="numerical",
    hypotheses=(
        "as CA-B2, with a Gaussian kernel that is f times as wide as the sample",
        "n f^2 much larger than 1, but for two points",
    ),
    claim=_CLAIM,
    mutants={
        "two points always part": _CLAIM
        | {"two": lambda f, b=1.0: 2 * kernel.two_point_growth(f, b) - _equal(f, b)},
        "two points, the rate of the mean": _CLAIM
        | {"two": lambda f, b=1.0: np.log(kernel.variance_growth(2, f, b))},
        "two points 1 % fast": scaled(_CLAIM, 1.01, "two"),
        "the rate of the mean": _CLAIM
        | {"many": lambda n, f, b=1.0: np.log(kernel.variance_growth(n, f, b))},
        "without the noise of later fits": _CLAIM
        | {"many": lambda n, f, b=1.0: 2 * kernel.typical_growth(n, f, b)},
        "neutral 1 % wide": scaled(_CLAIM, 1.01, "neutral"),
        "neutral where the mean is": _CLAIM | {"neutral": lambda: 2**-0.5},
    },
)
def typical_growth(claim, trial):
    r"""The variance of one run of a kernel density loop grows more slowly than the mean.

    $\frac1t \log S_t^2 \to \lambda < \log c$. For two points $\lambda = \log f^2 + E \log z^2 +
    \frac12 [E \log (z + \frac1f)^2 - E \log z^2]$ exactly, zero at $f = 1.7463$; for many $\lambda
    \approx \log c - \frac12 [\frac2{n-1} + \frac\gamma n]$, $\gamma = -\frac{6 (n-1)^2}{n^2 (n+1)
    (c^2 - a_4)}$, for $n f^2 \gg 1$. The runs are neutral near $f^2 = 2/n$, where the mean already
    grows; in between the mean explodes and every run collapses.
    """
    for factor in (0.4, 1.0, 3.0):
        exact = trial.once(f"two points {factor}", lambda f=factor: _two_points(f))
        yield closed_form(f"two points, f = {factor}", claim["two"](factor), exact, tolerance=1e-9)
    yield closed_form("two points, neutral", 0.0, _two_points(claim["neutral"]()), scale=1.0)
    gaps = trial.once("gaps", lambda: _gaps(trial, 0.8, 0.9))
    yield monte_carlo("two points from an estimate", claim["two"](0.8, 0.9), gaps, scale=1.0)
    for size, factor in ((100, kernel.scott_factor(100)), (100, 1.0), (20, 1.0)):
        found, what = claim["many"](size, factor), f"n = {size}, f = {factor:.3g}"
        yield closed_form(f"shape by iteration, {what}", found, _iterated(size, factor))
        rates = trial.once(what, lambda n=size, f=factor: _rates(trial, n, f))
        limit = 0.004 + 4 * rates.std() / len(rates) ** 0.5 / rates.mean()
        yield bound(f"many points, {what}", abs(found / rates.mean() - 1), limit)
    for size in (20, 100):
        factors = np.sqrt(np.array([1.5, 2.5]) / size)
        below, above = (
            trial.once(f"near {size} {f}", lambda n=size, f=f: _rates(trial, n, f, 600))
            for f in factors
        )
        error = lambda rates: 5 * rates.std() / len(rates) ** 0.5
        yield bound(f"f^2 = 1.5/n collapses, n = {size}", below.mean() + error(below), 0.0)
        yield bound(f"f^2 = 2.5/n does not, n = {size}", 0.0, above.mean() - error(above))
        yield bound(
            f"the mean grows at both, n = {size}", 1.0, kernel.variance_growth(size, factors)
        )


def _iterated(size, factor):
    """The rate with the kurtosis that the cumulants of CA-B2 come to, step by step."""
    matrix, kurtosis = kernel.fourth_moment_matrix(size, factor), 0.0
    for _ in range(2000):
        kurtosis = (matrix[0, 0] * kurtosis + matrix[0, 1]) / matrix[2, 2] ** 2
    return np.log(matrix[2, 2]) - 1 / (size - 1) - kurtosis / (2 * size)


def _equal(factor, shrink):
    """The rate if both points were always copies of one."""
    return np.log(shrink**2 * factor**2) + special.psi(0.5) + np.log(2.0)


def _two_points(factor):
    """The expected logarithm of the squared gap, by quadrature."""
    density = lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    log = lambda place: lambda z: np.log((place + factor * z) ** 2) * density(z)
    pieces = lambda place: ((-40.0, -place / factor), (-place / factor, 40.0))
    expect = lambda place: sum(
        integrate.quad(log(place), *sorted(ends), epsabs=1e-12, epsrel=1e-12, limit=400)[0]
        for ends in pieces(place)
    )
    return (expect(0.0) + expect(1.0)) / 2


def _gaps(trial, factor, shrink):
    """The logarithm of the squared gap of two points, a generation later."""
    rng = np.random.default_rng([trial.seed, 3])
    data = np.tile([[0.0, 1.0]], (trial.replicates, 1))
    new = fit_and_sample(rng, data, 2, factor, shrink=shrink)
    return np.log((new[:, 1] - new[:, 0]) ** 2)


def _rates(trial, size, factor, generations=300, runs=150, rest=100):
    """Growth rates of runs, with the points brought back to their spread in every generation."""
    rng = np.random.default_rng([trial.seed, 4, size])
    data, total = rng.standard_normal((runs, size)), np.zeros(runs)
    for generation in range(rest + generations):
        data = fit_and_sample(rng, data, size, factor)
        spread = data.std(1, ddof=1, keepdims=True)
        data = (data - data.mean(1, keepdims=True)) / spread
        total += 2 * np.log(spread[:, 0]) * (generation >= rest)
    return total / generations
