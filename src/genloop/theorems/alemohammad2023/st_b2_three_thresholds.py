"""ST-B2: three thresholds."""

import numpy as np

from ...certificates import certify_root
from ...laws import LogVariance, PooledMoments
from ...loops.gaussian import closed_forms, equations
from ...models import Gaussian
from ...papers.alemohammad2023 import fully_synthetic
from ...stages import Draw, Temper, Unbias
from ...verification import (
    bound,
    closed_form,
    exact_law,
    monte_carlo,
    proves,
    scaled,
    theorem,
)
from .._quadrature import chi_square_mean
from ._general_solver import critical_temperature
from ._instances import SAMPLES, plane

_COLLAPSE = {
    "growth": closed_forms.covariance_growth,
    "exponents": closed_forms.lyapunov_exponents,
    "mean": closed_forms.mean_threshold,
    "almost sure": closed_forms.almost_sure_threshold,
    "mean square": closed_forms.mean_square_threshold,
    "risk": closed_forms.wasserstein_risk,
}


@theorem(
    spec="ST-B2",
    paper="alemohammad2023",
    status="derived",
    hypotheses=(
        "Gaussian models in d < n dimensions sampled with T times their covariance",
        "mean and covariance of n samples, unbiased or maximum likelihood, no real data",
    ),
    claim=_COLLAPSE,
    mutants={
        "exponents with one sample more": _COLLAPSE
        | {
            "exponents": lambda n, d, **options: closed_forms.lyapunov_exponents(
                n + 1, d, **options
            )
        },
        "all exponents are the first": _COLLAPSE
        | {
            "exponents": lambda n, d, **options: np.repeat(
                np.asarray(closed_forms.lyapunov_exponents(n, 1, **options)), d
            )
        },
        "almost sure threshold is the one of the mean": _COLLAPSE
        | {"almost sure": closed_forms.mean_threshold},
        "growth 1 % large": scaled(_COLLAPSE, 1.01, "growth"),
        "exponents 1 % large": scaled(_COLLAPSE, 1.01, "exponents"),
        "risk 1 % large": scaled(_COLLAPSE, 1.01, "risk"),
        "mean threshold 1 % high": scaled(_COLLAPSE, 1.01, "mean"),
        "almost sure threshold 1 % high": scaled(_COLLAPSE, 1.01, "almost sure"),
        "mean square threshold 1 % high": scaled(_COLLAPSE, 1.01, "mean square"),
        "growth without the divisor": _COLLAPSE
        | {"growth": lambda n, temperature, **o: temperature},
        "risk without temperature in the drift": _COLLAPSE
        | {
            "risk": lambda t, n, temperature: (
                closed_forms.wasserstein_risk(t, n, temperature=temperature)
                + t / n * (1 - temperature)
            )
        },
    },
)
def three_thresholds(claim, trial):
    r"""Without real data the mean, the path and the mean square have three critical temperatures.

    $E\,\Sigma_t$ is multiplied by $T \frac{n-1}{n-\kappa}$ and the $i$-th largest eigenvalue of
    $\Sigma_t$ behaves as $e^{t \ell_i}$, $\ell_i = \log T + \psi(\frac{n-i}2) -
    \log\frac{n-\kappa}2$. So $\Sigma_t \to 0$ almost surely iff $T < \exp[\log\frac{n-\kappa}2 -
    \psi(\frac{n-1}2)]$, $E\,\Sigma_t \to 0$ iff $T < \frac{n-\kappa}{n-1}$ and $E\|\Sigma_t\|^2
    \to 0$ iff $T < \frac{n-\kappa}{\sqrt{n^2-1}}$. For $d = 1$, unbiased, with a first fit to $n$
    real points, $E\,W_2^2/\sigma_0^2 = \frac1n \sum_{s<t} T^s + T^{t-1} + 1 - 2 T^{(t-1)/2} c_4^t$.
    """
    for samples, unbiased, heat in ((5, True, 0.9), (10, False, 1.05), (100, True, 1.0)):
        options = {"unbiased": unbiased}
        divisor = samples - unbiased
        name = f"n = {samples}, unbiased = {unbiased}"
        growth = claim["growth"](samples, temperature=heat, **options)
        loop = Temper(heat) >> Draw(samples)
        run = fully_synthetic(samples=samples, temperature=heat) if unbiased else loop
        after = run.moments(Gaussian.of(0.0, 1.0).moments())
        yield closed_form(f"growth, {name}", growth, after.covariance[0, 0], tolerance=1e-12)
        exact = trial.once(f"exponents {name}", lambda n=samples, d=divisor: _exponents(n, d, 3))
        exponents = claim["exponents"](samples, 3, temperature=heat, **options)
        what = f"exponents by quadrature, {name}"
        yield closed_form(what, exponents, exact + np.log(heat))
        law = LogVariance(samples, 1, divisor / heat)
        yield exact_law(f"first exponent, {name}", exponents[0], law.exponent, scale=1e-2)
        temperatures = [
            claim[key](samples, **options) for key in ("mean", "almost sure", "mean square")
        ]
        laws = [LogVariance(samples, 1, divisor / float(t)) for t in temperatures]
        found = [laws[0].moment(1) - 1, laws[1].exponent, laws[2].moment(2) - 1]
        yield exact_law(f"the three thresholds are critical, {name}", 0.0, found, scale=1.0)
        critical = trial.once(f"engine {name}", lambda n=samples, u=unbiased: _critical(n, u))
        yield closed_form(f"critical mean by the engine, {name}", temperatures[0], critical)
        order = [temperatures[2], temperatures[0]], [temperatures[0], temperatures[1]]
        yield bound(f"mean square < mean < almost sure, {name}", *order)
    for samples, heat in ((10, 0.8), (10, 1.0), (50, 1.1)):
        for generations in (1, 4, 30):
            exact = _risk(samples, heat, generations)
            claimed = claim["risk"](generations, samples, temperature=heat)
            what = f"Wasserstein risk, n = {samples}, T = {heat}, t = {generations}"
            yield exact_law(what, claimed, exact)
    means, factors = trial.once("plane", lambda: plane(0.8, trial))
    logs = 2 * np.log(np.abs(np.diagonal(factors[:, -1], axis1=-2, axis2=-1)))
    exponents = np.asarray(claim["exponents"](SAMPLES, 2, temperature=0.8))
    start = np.log(np.array([1.0, 4.0]) / 0.8)
    yield monte_carlo("both exponents, d = 2", 3 * exponents + start, logs, scale=1.0)
    # The first coordinate is a one-dimensional loop whose first generation samples N(0, 1).
    risk = means[:, -1, 0] ** 2 + (np.abs(factors[:, -1, 0, 0]) - 1) ** 2
    yield monte_carlo("Wasserstein risk", claim["risk"](3, SAMPLES, temperature=0.8), risk)


def _critical(samples, unbiased):
    plain = lambda heat: Temper(heat) >> Draw(samples)
    design = lambda heat: plain(heat) >> Unbias(samples) if unbiased else plain(heat)
    return critical_temperature(design, mean_error=False)


def _exponents(samples, divisor, dimension):
    degrees = samples - np.arange(1, dimension + 1)
    return np.array([chi_square_mean(np.log, d) for d in degrees]) + np.log(degrees / divisor)


def _risk(samples, temperature, generations):
    """Mean error by the moment recursion, mean standard deviation by the law of the variance."""
    first = PooledMoments(samples).trajectory(1)
    path = PooledMoments(samples, 0, temperature).trajectory(generations - 1, first[-1])
    divisor = (samples - 1) / temperature
    deviation = LogVariance(samples).moment(0.5)
    if generations > 1:
        deviation *= LogVariance(samples, generations - 1, divisor).moment(0.5)
    return path[-1].sum() + 1 - 2 * deviation


@proves("ST-B2")
def proofs(digits):
    r"""$\kappa = 1$ and $\kappa = 0$: below which temperature the covariance goes to zero."""
    named = {}
    for fit, bias in (("unbiased", 1), ("maximum likelihood", 0)):
        divisor = SAMPLES - bias
        named_excess = {
            "almost surely": equations.almost_sure,
            "in mean square": equations.square_alone,
        }
        for name, excess in named_excess.items():
            named[f"n = {SAMPLES}, {fit}, {name}"] = certify_root(
                excess, "1/2", "2", parameters=[str(SAMPLES), str(divisor)], digits=digits
            )
    return named
