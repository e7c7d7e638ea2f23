"""SU-2: The standard deviation decays as $e^{-k/(4n)}$ in the mean, typically as $e^{-k/(2n)}$."""

import mpmath
import numpy as np

from ...analysis import orbits
from ...laws import LogVariance
from ...loops.resampling import forgetting
from ...models import Gaussian
from ...papers.suresh2024 import gaussian_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables
from .._quadrature import chi_square_mean

_SAMPLES, _GENERATIONS = 10, 5


_RATES = {
    "mean": forgetting.mean_deviation,
    "mean bound": forgetting.mean_deviation_bound,
    "bound": forgetting.deviation_bound,
    "exponent": forgetting.variance_exponent,
}


@theorem(
    spec="SU-2",
    paper="suresh2024",
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
