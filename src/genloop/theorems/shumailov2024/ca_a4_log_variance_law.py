"""CA-A4: The log-variance is a random walk with a negative drift, whose law is known exactly."""

import numpy as np
from scipy import special

from ...laws import LogVariance
from ...loops.gaussian import recursive_fitting
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from .._quadrature import chi_square_mean
from ._instances import simulated

_LAW = {
    "exponent": recursive_fitting.lyapunov_exponent,
    "moment": recursive_fitting.variance_moment,
    "distribution": lambda y, t, n: LogVariance(n, t).cdf(y),
}


def _normal_distribution(y, generations, samples):
    law = LogVariance(samples, generations)
    return special.ndtr((y - law.mean) / law.variance**0.5)


@theorem(
    spec="CA-A4",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "one-dimensional Gaussians, or a fixed direction of Gaussians in any dimension",
        "unbiased variance of n samples of the generation before, no real data",
    ),
    claim=_LAW,
    mutants={
        "exponent -1/(n - 1)": _LAW | {"exponent": lambda n: -1 / (n - 1)},
        "exponent with n degrees of freedom": _LAW
        | {"exponent": lambda n: recursive_fitting.lyapunov_exponent(n + 1)},
        "exponent 1 % large": scaled(_LAW, 1.01, "exponent"),
        "moments 1 % large": scaled(_LAW, 1.01, "moment"),
        "distribution 1 % high": scaled(_LAW, 1.01, "distribution"),
        "moments with n degrees of freedom": _LAW
        | {"moment": lambda k, t, n: recursive_fitting.variance_moment(k, t, n + 1)},
        "distribution of the central limit": _LAW | {"distribution": _normal_distribution},
        "distribution one generation late": _LAW
        | {"distribution": lambda y, t, n: LogVariance(n, t + 1).cdf(y)},
    },
)
def log_variance_law(claim, trial):
    r"""The log-variance is a random walk with a negative drift, whose law is known exactly.

    Its steps are $\log(\chi^2_\nu/\nu)$, $\nu = n - 1$. So $\frac1t \log \sigma_t^2 \to \lambda =
    \psi(\frac\nu2) + \log\frac2\nu < 0$ almost surely, $E\,\sigma_t^{2k} = [(\frac2\nu)^k
    \Gamma(\frac\nu2 + k)/\Gamma(\frac\nu2)]^t$ in units of $\sigma_0$, and $P(\log \sigma_t^2 \le
    y)$ is the Gil-Pelaez integral of $[(\frac2\nu)^{is} \Gamma(\frac\nu2 +
    is)/\Gamma(\frac\nu2)]^t$.
    """
    for samples in (2, 3, 10, 100):
        degrees = samples - 1.0
        exact = chi_square_mean(np.log, degrees)
        yield closed_form(
            f"exponent by quadrature, n = {samples}", claim["exponent"](samples), exact
        )
        exact = chi_square_mean(np.sqrt, degrees) ** 5
        what = f"E sigma by quadrature, n = {samples}"
        yield closed_form(what, claim["moment"](0.5, 5, samples), exact)
        whole = np.array([1.0, 2.0, 3.0])
        exact = np.cumprod(1 + 2 * (whole - 1) / degrees) ** 5
        claimed = claim["moment"](whole, 5, samples)
        yield closed_form(f"whole moments as products, n = {samples}", claimed, exact)
        y = np.linspace(-3.0, 1.5, 10)
        exact = special.chdtr(degrees, degrees * np.exp(y))
        what = f"one generation is a chi-square, n = {samples}"
        yield exact_law(what, claim["distribution"](y, 1, samples), exact, scale=1.0)
    # With n = 3 the variance is a product of exponential numbers: a Bessel function for two.
    y = np.linspace(-4.0, 2.0, 13)
    exact = 1 - 2 * np.exp(y / 2) * special.kv(1, 2 * np.exp(y / 2))
    yield exact_law("two exponentials", claim["distribution"](y, 2, 3), exact, scale=1.0)
    exact = chi_square_mean(lambda x: special.chdtr(9, 9 * np.exp(0.3) / x), 9)
    yield exact_law("two generations by convolution", claim["distribution"](0.3, 2, 10), exact)
    _, variance = trial.once("path", lambda: simulated(trial))
    log = np.log(variance[:, 2])
    yield monte_carlo("mean of the log-variance", 3 * claim["exponent"](10), log)
    yield monte_carlo("E sigma", claim["moment"](0.5, 3, 10), np.exp(log / 2))
    levels = np.log([0.25, 0.5, 1.0])
    below = log[:, None] <= levels
    yield monte_carlo("P(log-variance <= y)", claim["distribution"](levels, 3, 10), below)
