"""CA-A6: Gaussian model collapse: the expected risk diverges while every covariance vanishes."""

import numpy as np

from ...laws import LogVariance
from ...loops.gaussian import recursive_fitting
from ...papers.shumailov2024 import gaussian_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from ._instances import composed, simulated


def _mean_error(generations, samples, covariance):
    return generations / samples * np.asarray(covariance)


_COLLAPSE = {
    "error": _mean_error,
    "deviation": recursive_fitting.mean_standard_deviation,
}


@theorem(
    spec="CA-A6",
    paper="shumailov2024",
    status="published",
    hypotheses=(
        "Gaussian models fitted to n samples of the generation before, n > d",
        "unbiased mean and covariance, fixed n, no real data",
        "real data of any distribution with a positive definite covariance",
    ),
    claim=_COLLAPSE,
    mutants={
        "error t/(n - 1)": _COLLAPSE | {"error": lambda t, n, c: _mean_error(t, n - 1, c)},
        "error of accumulated data": _COLLAPSE
        | {"error": lambda t, n, c: _mean_error(sum(1 / s**2 for s in range(1, t + 1)), n, c)},
        "standard deviations keep their mean": _COLLAPSE | {"deviation": lambda t, n: 1.0},
        "error 1 % large": scaled(_COLLAPSE, 1.01, "error"),
        "standard deviations decay 1 % faster": _COLLAPSE
        | {"deviation": lambda t, n: recursive_fitting.mean_standard_deviation(1.01 * t, n)},
    },
)
def collapse(claim, trial):
    r"""Gaussian model collapse: the expected risk diverges while every covariance vanishes.

    $E\,W_2^2(p_t, p_0) \to \infty$ and $\Sigma_t \to 0$ almost surely:
    $E(\mu_t - \mu_0)(\mu_t - \mu_0)^\top = \frac tn \Sigma_0$ grows without bound, and in every
    direction $E\,\sigma_t = c_4(n)^t \sigma_0$ with $c_4(n) < 1$, hence
    $P(\sigma_t^2 > x \sigma_0^2) \le c_4^t/\sqrt x$ is summable in $t$.
    """
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    for samples in (5, 50):
        covariances, errors = composed(gaussian_loop(samples=samples), 8, covariance)
        claimed = np.stack([claim["error"](t, samples, covariance) for t in (1, 8)])
        what = f"mean error by composed moments, d = 2, n = {samples}"
        yield closed_form(what, claimed, errors[[1, 8]], tolerance=1e-12, scale=1.0)
        yield closed_form("E Sigma stays", covariances[8], covariance, scale=1.0)
    for samples in (2, 10, 100):
        for generations in (1, 10, 200):
            law = LogVariance(samples, generations)
            deviation = claim["deviation"](generations, samples)
            what = f"n = {samples}, t = {generations}"
            yield exact_law(f"E sigma, {what}", deviation, law.moment(0.5))
            levels = np.array([1e-6, 1e-3, 0.1, 1.0, 3.0])
            alive = 1 - law.cdf(np.log(levels))
            # Markov's inequality.
            yield bound(f"survival below its bound, {what}", alive, deviation / np.sqrt(levels))
        late = claim["deviation"](10**5, samples) / np.sqrt(1e-9)
        yield bound(f"the bound vanishes, n = {samples}", late, 1e-9)
    mean, variance = trial.once("path", lambda: simulated(trial))
    for generation in (1, 3):
        what = f"E (mu - mu_0)^2, generation {generation}"
        claimed = claim["error"](generation, 10, 1.0)
        yield monte_carlo(what, claimed, mean[:, generation - 1] ** 2)
    yield monte_carlo("E sigma, generation 3", claim["deviation"](3, 10), np.sqrt(variance[:, 2]))
