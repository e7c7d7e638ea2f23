"""CA-A6: Gaussian model collapse: the expected risk diverges while every covariance vanishes."""

import numpy as np

from ...certificates import certify_root
from ...laws import LogVariance, TotalVariance
from ...loops.gaussian import brownian_motion, equations, recursive_fitting
from ...papers.shumailov2024 import gaussian_loop
from ...verification import (
    bound,
    closed_form,
    exact_law,
    monte_carlo,
    proves,
    scaled,
    theorem,
)
from ._instances import composed, simulated


def _mean_error(generations, samples, covariance):
    return generations / samples * np.asarray(covariance)


_COLLAPSE = {
    "error": _mean_error,
    "deviation": recursive_fitting.mean_standard_deviation,
    "risk": recursive_fitting.risk_with_divisor,
    "tail": recursive_fitting.kesten_constant,
    "limit": brownian_motion.limit_error_probability,
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
        "the risk diverges with every divisor": _COLLAPSE
        | {"risk": lambda t, n, d: recursive_fitting.risk_with_divisor(t, n, n - 1.0)},
        "tail of the logarithm, not weighted by its size": _COLLAPSE
        | {"tail": lambda n: -1 / recursive_fitting.lyapunov_exponent(n)},
        "a normal limit of the mean": _COLLAPSE
        | {"limit": lambda x, shrinkage=0.0: np.exp(-np.asarray(x))},
        "risk 1 % large": scaled(_COLLAPSE, 1.01, "risk"),
        "tail 1 % large": scaled(_COLLAPSE, 1.01, "tail"),
        "limit 1 % likelier": scaled(_COLLAPSE, 1.01, "limit"),
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
    $P(\sigma_t^2 > x \sigma_0^2) \le c_4^t/\sqrt x$ is summable in $t$. With the divisor $d$ and
    $r = \frac{n - 1}d$ the risk is $\sigma_0^2 [\frac1n \sum_{s < t} r^s + r^t + 1 - 2 (c_4 \sqrt
    r)^t]$, bounded for maximum likelihood. Each run has a limit: $y^2\,P(|\mu_\infty - \mu_0| > y
    \sigma_0) \to \frac1n [\psi(\frac{n+1}2) + \log\frac2{n-1}]^{-1}$ as $y \to \infty$, and with
    the divisor $n - 1 + \delta$ the error tends to Student's law with $2 (1 + \delta)$ degrees of
    freedom over $\sqrt{1 + \delta}$ as $n \to \infty$.
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
    yield from _divisors(claim)
    yield from _heavy_tail(claim, trial)
    mean, variance = trial.once("path", lambda: simulated(trial))
    for generation in (1, 3):
        what = f"E (mu - mu_0)^2, generation {generation}"
        claimed = claim["error"](generation, 10, 1.0)
        yield monte_carlo(what, claimed, mean[:, generation - 1] ** 2)
    yield monte_carlo("E sigma, generation 3", claim["deviation"](3, 10), np.sqrt(variance[:, 2]))


def _divisors(claim):
    """The risk by the exact law of every generation."""
    for samples, divisor in ((10, 9.0), (10, 10.0), (10, 9.5), (10, 8.5), (100, 100.0)):
        laws = [LogVariance(samples, t, divisor) for t in range(1, 13)]
        error = (1 + sum(law.moment(1) for law in laws[:-1])) / samples
        exact = error + laws[-1].moment(1) + 1 - 2 * laws[-1].moment(0.5)
        what = f"risk, n = {samples}, d = {divisor}"
        yield exact_law(what, claim["risk"](12, samples, divisor), exact)
        if divisor > samples - 1:
            limit = 1 + divisor / (samples * (divisor - samples + 1))
            yield closed_form(f"limit of the {what}", claim["risk"](10**5, samples, divisor), limit)


def _heavy_tail(claim, trial):
    """By the exact law of the sum of all variances, from its renewal equation."""
    for samples in (2, 3, 10):
        law = trial.once(f"total {samples}", lambda n=samples: TotalVariance(n))
        constant = claim["tail"](samples)
        what = f"Kesten's constant, n = {samples}"
        yield exact_law(what, constant, law.tail_constant, tolerance=1e-9)
        far = law.error_probability(1e5) * 1e10 * samples
        yield exact_law(f"tail of the mean, n = {samples}", constant, far, tolerance=1e-6)
    distance = np.array([0.3, 1.0, 3.0])
    for shrinkage in (0.0, 1.0):
        exact = trial.once(f"limit {shrinkage}", lambda s=shrinkage: _many_samples(distance, s))
        found = claim["limit"](distance, shrinkage=shrinkage)
        what = f"error of the mean as n grows, delta = {shrinkage}"
        yield exact_law(what, found, exact, tolerance=1e-4)


def _many_samples(distance, shrinkage):
    """Exact probabilities at n = 8, 16 and 32, extrapolated to n = infinity."""
    laws = [TotalVariance(n, n - 1 + shrinkage) for n in (8, 16, 32)]
    first, second, third = (law.error_probability(distance) for law in laws)
    return (first - 6 * second + 8 * third) / 3


@proves("CA-A6")
def proofs(digits):
    r"""$E S^\kappa = 1$: the tail of the unbiased fit has the index one."""
    return {
        f"n = {samples}, tail index": certify_root(
            equations.tail_index, "0.98", "1.02", parameters=[half, degrees], digits=digits
        )
        for samples, half, degrees in ((100, "99/2", "99"),)
    }
