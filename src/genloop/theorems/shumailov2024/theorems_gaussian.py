"""The theorems on recursive fitting of Gaussians."""

import numpy as np
from scipy import special

from ...analysis import orbits
from ...laws import LogVariance, PooledMoments
from ...loops.gaussian import recursive_fitting
from ...models import Gaussian
from ...papers.shumailov2024 import gaussian_loop
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables
from .._quadrature import chi_square_mean

PAPER = "shumailov2024"
_SAMPLES, _GENERATIONS = 10, 3


def _simulated(trial):
    """Means and variances of generations 1, 2, 3 at n = 10 from a standard normal."""
    path = orbits(
        gaussian_loop(samples=_SAMPLES).step,
        trial.key(),
        Gaussian.of(0.0, 1.0),
        generations=_GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.mean_and_variance,
    )
    return tuple(np.asarray(leaf) for leaf in path)


def _composed(loop, generations, covariance=1.0):
    """Expected covariance and mean error by the loop's own recursion, from the real Gaussian."""
    start = Gaussian.of(np.zeros(np.shape(covariance)[:1] or 1), covariance)
    states = [start.moments()]
    for _ in range(generations):
        states.append(loop.moments(states[-1]))
    covariances = np.stack([state.covariance for state in states])
    errors = np.stack([state.error(start.mean) for state in states])
    return covariances, errors


_ONE_DIMENSION = {
    "spread": recursive_fitting.sample_variance,
    "fourth": recursive_fitting.sample_fourth_moments,
    "risk": recursive_fitting.wasserstein_risk,
    "forward": recursive_fitting.kullback_leibler_to_real,
    "backward": recursive_fitting.kullback_leibler_from_real,
}


@theorem(
    spec="CA-A3",
    paper=PAPER,
    status="reconstructed",
    hypotheses=(
        "one-dimensional Gaussians fitted to n samples of the generation before",
        "no real data and temperature 1; unbiased variance except where said otherwise",
    ),
    claim=_ONE_DIMENSION,
    mutants={
        "spread 1 + t/(n - 1)": _ONE_DIMENSION
        | {"spread": lambda t, n: recursive_fitting.sample_variance(t, n - 1)},
        "fourth moment without its noise term": _ONE_DIMENSION
        | {"fourth": lambda n: recursive_fitting.sample_fourth_moments(n) * (1 - np.eye(3, k=2))},
        "risk (3/2) t/n": _ONE_DIMENSION | {"risk": lambda t, n, unbiased=True: 1.5 * t / n},
        "spread 1 % large": scaled(_ONE_DIMENSION, 1.01, "spread"),
        "fourth moments 1 % large": scaled(_ONE_DIMENSION, 1.01, "fourth"),
        "risk 1 % large": scaled(_ONE_DIMENSION, 1.01, "risk"),
        "divergence 1 % large": scaled(_ONE_DIMENSION, 1.01, "forward"),
        "divergence from the real data 1 % large": scaled(_ONE_DIMENSION, 1.01, "backward"),
        "the two divergences agree": _ONE_DIMENSION
        | {"backward": recursive_fitting.kullback_leibler_to_real},
    },
)
def one_dimension(claim, trial):
    r"""Over many runs the samples spread out, linearly in time, although every run collapses.

    A sample of generation $t$ has variance $\sigma_0^2 (1 + t/n)$; it has the fourth moments of a
    linear recursion, $E\,W_2^2(p_t, p_0)/\sigma_0^2 = \frac tn + 2 - 2 c_4^t$ (for maximum
    likelihood $2 - 2 [c_4 \sqrt{1 - 1/n}]^t$, bounded), $E\,\mathrm{KL}(p_t\|p_0) = \frac t2
    (\frac1n - \lambda)$ and $E\,\mathrm{KL}(p_0\|p_t) = \frac12 [t\lambda + q^t +
    \frac{n-1}{2n}(q^t - 1) - 1]$ with $c_4 = E\,\sigma_1/\sigma_0$, $\lambda$ the Lyapunov exponent
    and $q = \frac{n-1}{n-3}$.
    """
    for samples in (2, 10, 100):
        covariances, errors = _composed(gaussian_loop(samples=samples), 6)
        spreads = [claim["spread"](t, samples) for t in range(7)]
        what = f"variance of a sample by composed moments, n = {samples}"
        yield closed_form(what, spreads, (covariances + errors)[:, 0, 0], tolerance=1e-12)
        matrix, square = claim["fourth"](samples), PooledMoments(samples).square_matrix
        yield exact_law(f"fourth moments, n = {samples}", matrix, square, scale=1.0)
        power = np.linalg.matrix_power(np.asarray(matrix), 6)[2, 2]
        law = LogVariance(samples, 6)
        yield exact_law(f"E sigma^4 at t = 6, n = {samples}", power, law.moment(2))
        for unbiased in (True, False):
            law = LogVariance(samples, 6, None if unbiased else samples)
            total = 1 + 6 / samples if unbiased else 1.0
            exact = total + 1 - 2 * law.moment(0.5)
            claimed = claim["risk"](6, samples, unbiased=unbiased)
            what = f"Wasserstein risk, n = {samples}, unbiased = {unbiased}"
            yield exact_law(what, claimed, exact)
    for samples, generations in ((10, 20), (100, 100)):
        law = LogVariance(samples, generations)
        exact = (generations / samples - law.mean) / 2
        what = f"expected KL(p_t, p_0), n = {samples}, t = {generations}"
        yield exact_law(what, claim["forward"](generations, samples), exact)
        # E mu_t^2/sigma_t^2 sums the later generations' inverse variances.
        ratios = sum(LogVariance(samples, s).moment(-1) for s in range(1, generations + 1))
        exact = (law.mean + law.moment(-1) + ratios / samples - 1) / 2
        what = f"expected KL(p_0, p_t), n = {samples}, t = {generations}"
        yield exact_law(what, claim["backward"](generations, samples), exact)
    mean, variance = (leaf[:, 2] for leaf in trial.once("path", lambda: _simulated(trial)))
    yield monte_carlo("variance of a sample", claim["spread"](3, 10), mean**2 + variance)
    risk = mean**2 + (np.sqrt(variance) - 1) ** 2
    yield monte_carlo("Wasserstein risk", claim["risk"](3, 10), risk)
    forward = (mean**2 + variance - 1 - np.log(variance)) / 2
    yield monte_carlo("KL(p_t, p_0)", claim["forward"](3, 10), forward)
    fourth = (np.linalg.matrix_power(np.asarray(claim["fourth"](10)), 3) @ [0, 0, 1])[1]
    yield monte_carlo("E m^2 sigma^2", fourth, mean**2 * variance, resolution=0.15)


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
    paper=PAPER,
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
    _, variance = trial.once("path", lambda: _simulated(trial))
    log = np.log(variance[:, 2])
    yield monte_carlo("mean of the log-variance", 3 * claim["exponent"](10), log)
    yield monte_carlo("E sigma", claim["moment"](0.5, 3, 10), np.exp(log / 2))
    levels = np.log([0.25, 0.5, 1.0])
    below = log[:, None] <= levels
    yield monte_carlo("P(log-variance <= y)", claim["distribution"](levels, 3, 10), below)


def _mean_error(generations, samples, covariance):
    return generations / samples * np.asarray(covariance)


_COLLAPSE = {
    "error": _mean_error,
    "deviation": recursive_fitting.mean_standard_deviation,
}


@theorem(
    spec="CA-A6",
    paper=PAPER,
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
        covariances, errors = _composed(gaussian_loop(samples=samples), 8, covariance)
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
    mean, variance = trial.once("path", lambda: _simulated(trial))
    for generation in (1, 3):
        what = f"E (mu - mu_0)^2, generation {generation}"
        claimed = claim["error"](generation, 10, 1.0)
        yield monte_carlo(what, claimed, mean[:, generation - 1] ** 2)
    yield monte_carlo("E sigma, generation 3", claim["deviation"](3, 10), np.sqrt(variance[:, 2]))
