"""The theorems on Gaussians and on one-parameter families."""

import mpmath
import numpy as np
from scipy import stats

from ...analysis import orbits
from ...laws import LogVariance, loss_bounds, transition_matrix
from ...loops.resampling import forgetting
from ...models import Categorical, Gaussian
from ...papers.suresh2024 import gaussian_loop, unigram_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables
from .._quadrature import chi_square_mean

PAPER = "suresh2024"
_SAMPLES, _GENERATIONS = 10, 5

_RATES = {
    "mean": forgetting.mean_deviation,
    "mean bound": forgetting.mean_deviation_bound,
    "bound": forgetting.deviation_bound,
    "exponent": forgetting.variance_exponent,
}


@theorem(
    spec="SU-2",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "one-dimensional Gaussians refitted to n >= 2 samples, no real data",
        "unbiased variance, or maximum likelihood where it is said",
    ),
    claim=_RATES,
    mutants={
        "c_4 of n + 1 samples": _RATES
        | {"mean": lambda k, n, **options: forgetting.mean_deviation(k, n + 1, **options)},
        "maximum likelihood without its factor": _RATES
        | {"mean": lambda k, n, unbiased=True: forgetting.mean_deviation(k, n)},
        "the mean decays at the typical rate": _RATES
        | {"mean bound": lambda k, n: np.exp(-np.asarray(k) / (2 * n - 2))},
        "the mean 1 % large": scaled(_RATES, 1.01, "mean"),
        "the bound of the mean cut by 1 %": scaled(_RATES, 0.99, "mean bound"),
        "the bound of the mean decays 1 % faster": _RATES
        | {"mean bound": lambda k, n: forgetting.mean_deviation_bound(1.01 * np.asarray(k), n)},
        "the bound cut by 1 %": scaled(_RATES, 0.99, "bound"),
        "the exponent 1 % large": scaled(_RATES, 1.01, "exponent"),
        "the bound without the level": _RATES
        | {"bound": lambda level, k, n: forgetting.mean_deviation_bound(k, n) + 0 * level},
        "the exponent of its leading term": _RATES
        | {"exponent": lambda n, **options: -1 / (n - 1)},
    },
)
def gaussian_rate(claim, trial):
    r"""The standard deviation decays as $e^{-k/(4n)}$ in the mean, typically as $e^{-k/(2n)}$.

    $E\,\sigma_k = \sigma_0\,c_4(n)^k$, $c_4 = \sqrt{\frac2{n-1}}\,\Gamma(\frac n2)/
    \Gamma(\frac{n-1}2)$, and for every $n \ge 2$ $c_4^2 < \frac{2n - 2}{2n - 1} < e^{-1/(2n - 1)} <
    e^{-1/(2n)}$; so $P(\sigma_k > \varepsilon \sigma_0) \le \frac1\varepsilon \left(\frac{2n -
    2}{2n - 1}\right)^{k/2} < \frac1\varepsilon e^{-k/(4n)}$. Maximum likelihood multiplies
    $E\,\sigma_k$ by $(1 - \frac1n)^{k/2}$. $E\,\sigma_k^2$ is constant, yet $\frac1k \log
    \sigma_k^2 \to \psi(\frac{n-1}2) - \log\frac{n-1}2 < -\frac1{n-1}$ almost surely.
    """
    for samples in (2, 3, 10, 100, 5000):
        claimed = claim["mean"](1, samples)
        with mpmath.workdps(30):
            half = mpmath.mpf(samples - 1) / 2
            root = mpmath.sqrt(1 / half)
            exact = float(root * mpmath.gammaprod([half + 0.5], [half]))
            rate = float(mpmath.digamma(half) - mpmath.log(half))
        yield closed_form(f"c_4({samples})", claimed, exact, tolerance=1e-13)
        exponent = claim["exponent"](samples)
        yield closed_form(f"exponent, n = {samples}", exponent, rate, tolerance=1e-12)
        shrunk = rate + np.log1p(-1 / samples)
        exponent = claim["exponent"](samples, unbiased=False)
        what = f"exponent of maximum likelihood, n = {samples}"
        yield closed_form(what, exponent, shrunk, tolerance=1e-12)
        yield bound(f"the exponent is below -1/(n - 1), n = {samples}", rate, -1 / (samples - 1))
    mean = chi_square_mean(np.sqrt, 39)
    yield closed_form("c_4(40) by quadrature", claim["mean"](1, 40), mean, tolerance=1e-12)
    for samples in (2, 3, 7, 30, 1000, 10**6):
        means = np.array([forgetting.mean_deviation(k, samples) for k in (1, 100)])
        limits = claim["mean bound"](np.array([1, 100]), samples)
        yield bound(f"c_4^k below its bound, n = {samples}", means, limits)
        published = forgetting.published_deviation_bound(1.0, np.array([1, 100]), samples)
        yield bound(f"the published bound is above it, n = {samples}", limits, published)
    levels = np.array([1e-3, 0.05, 0.5, 1.0, 2.0])
    for samples, generations in ((3, 20), (10, 100), (100, 400)):
        alive = 1 - LogVariance(samples, generations).cdf(2 * np.log(levels))
        claimed = claim["bound"](levels, generations, samples)
        markov = forgetting.mean_deviation_bound(generations, samples) / levels
        what = f"Markov's inequality, n = {samples}, k = {generations}"
        yield closed_form(what, claimed, markov, tolerance=1e-12)
        yield bound(f"survival, n = {samples}, k = {generations}", alive, claimed)
        factor = claim["mean"](generations, samples, unbiased=False)
        law = LogVariance(samples, generations, samples)
        ladder = law.moment(0.5)
        what = f"maximum likelihood, n = {samples}"
        yield exact_law(what, factor, ladder, tolerance=1e-12)
    variances = trial.once("orbits", lambda: _variances(trial))
    claimed = [claim["mean"](k, _SAMPLES) for k in (1, _GENERATIONS)]
    seen = np.sqrt(variances)[:, [0, _GENERATIONS - 1]]
    yield monte_carlo("E sigma in the loop", claimed, seen)
    yield monte_carlo("E sigma^2 in the loop", 1.0, variances[:, _GENERATIONS - 1])


def _variances(trial):
    path = orbits(
        gaussian_loop(samples=_SAMPLES).step,
        trial.key(),
        Gaussian.of(0.0, 1.0),
        generations=_GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.mean_and_variance,
    )
    return np.asarray(path[1])


_FAMILIES = {
    "bernoulli": forgetting.bernoulli_variance,
    "variance": forgetting.poisson_variance,
    "laplace": forgetting.poisson_laplace,
}


@theorem(
    spec="SU-3",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "Bernoulli or Poisson models refitted to n samples by maximum likelihood",
        "no real data",
    ),
    claim=_FAMILIES,
    mutants={
        "the Bernoulli variance decays with n - 1": _FAMILIES
        | {"bernoulli": lambda k, n, p: forgetting.bernoulli_variance(k, n - 1, p)},
        "the Bernoulli variance 1 % large": scaled(_FAMILIES, 1.01, "bernoulli"),
        "the Poisson variance 1 % large": scaled(_FAMILIES, 1.01, "variance"),
        "the Poisson law 1 % high": scaled(_FAMILIES, 1.01, "laplace"),
        "the Poisson variance saturates": _FAMILIES
        | {"variance": lambda k, n, m: m * (1 - (1 - 1 / n) ** k)},
        "one generation less": _FAMILIES
        | {"laplace": lambda x, k, n, m: forgetting.poisson_laplace(x, k - 1, n, m)},
        "counts of one sample": _FAMILIES
        | {"laplace": lambda x, k, n, m: forgetting.poisson_laplace(x, k, 1, m)},
    },
)
def one_parameter_families(claim, trial):
    r"""Bernoulli and Poisson models collapse as one word of a unigram model does.

    Bernoulli: $E[p_k (1 - p_k)] = (1 - \frac1n)^k p_0 (1 - p_0)$, and $p_k$ ends at 1 with
    probability $p_0$, else at 0. Poisson, mean $\Lambda_k$: $E\,\Lambda_k = \Lambda_0$,
    $\operatorname{Var} \Lambda_k = k \Lambda_0/n$ and $E\,e^{-\theta n \Lambda_k} = e^{-n \Lambda_0
    \varphi^k(\theta)}$ with $\varphi(s) = 1 - e^{-s}$ iterated $k$ times; so $P(\Lambda_k = 0) =
    e^{-n \Lambda_0 s_k}$ tends to one, the variance grows without bound and $\Lambda_k \to 0$.
    """
    for samples, share in ((8, 0.25), (25, 0.6)):
        moments = Categorical.of([share, 1 - share]).moments()
        matrix, frequency = transition_matrix(samples), np.arange(samples + 1) / samples
        start = round(share * samples)
        for generations in (1, 6):
            claimed = claim["bernoulli"](generations, samples, frequency[start])
            law = np.linalg.matrix_power(matrix, generations)[start]
            what = f"Bernoulli, n = {samples}, k = {generations}"
            yield exact_law(what, claimed, law @ (frequency * (1 - frequency)))
        for _ in range(6):
            moments = unigram_loop(samples=samples).moments(moments)
        claimed = claim["bernoulli"](6, samples, share)
        what = f"Bernoulli by composed moments, n = {samples}"
        yield closed_form(what, claimed, (1 - float(moments.square)) / 2, tolerance=1e-12)
        lower, upper = (side[-1] for side in loss_bounds(samples, share, 6))
        lost = np.linalg.matrix_power(matrix, 6)[start, 0]
        yield bound(f"Bernoulli, lost at 0 by k = 6, n = {samples}", [lower, lost], [lost, upper])
    counts, law = trial.once("Poisson law", lambda: _poisson_law(samples=4, mean=0.75, steps=6))
    means = counts / 4
    yield exact_law("Poisson mean", 0.75, law @ means)
    variance = law @ (means - 0.75) ** 2
    yield exact_law("Poisson variance, k = 6", claim["variance"](6, 4, 0.75), variance)
    for argument in (0.01, 0.4, 3.0, np.inf):
        weight = np.append(1.0, np.exp(-argument * counts[1:]))
        claimed = claim["laplace"](argument, 6, 4, 0.75)
        yield exact_law(f"Poisson law at theta = {argument}", claimed, law @ weight)
    rng = np.random.default_rng([trial.seed, 3])
    drawn = trial.once("Poisson", lambda: _poisson_sums(rng, 20, 2.0, trial.replicates))
    claimed = claim["laplace"](0.04, 4, 20, 2.0)
    yield monte_carlo("Poisson models point by point", claimed, np.exp(-0.04 * 20 * drawn))
    spread = claim["variance"](4, 20, 2.0)
    yield monte_carlo("their variance", spread, (drawn - 2.0) ** 2, resolution=0.2)


def _poisson_law(samples, mean, steps, largest=400):
    """The law of the sum of a generation's samples; nothing is left beyond the largest."""
    states = np.arange(largest + 1)
    matrix = stats.poisson.pmf(states, states[:, None])
    law = stats.poisson.pmf(states, samples * mean)
    for _ in range(steps - 1):
        law = law @ matrix
    return states.astype(float), law


def _poisson_sums(rng, samples, mean, replicates):
    """Means of Poisson models whose every sample is drawn, one run after the other."""
    means = np.full(-(-replicates // 4), mean)
    for _ in range(4):
        means = rng.poisson(means[:, None], (len(means), samples)).mean(axis=1)
    return means
