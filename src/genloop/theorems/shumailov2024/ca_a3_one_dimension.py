"""CA-A3: Over many runs the samples spread out, linearly in time, although every run collapses."""

import numpy as np
from scipy import special

from ...laws import LogVariance, PooledMoments
from ...loops.gaussian import recursive_fitting
from ...papers.shumailov2024 import gaussian_loop
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from ._instances import composed, simulated

_ONE_DIMENSION = {
    "spread": recursive_fitting.sample_variance,
    "fourth": recursive_fitting.sample_fourth_moments,
    "risk": recursive_fitting.wasserstein_risk,
    "forward": recursive_fitting.kullback_leibler_to_real,
    "backward": recursive_fitting.kullback_leibler_from_real,
    "any data": recursive_fitting.risk_to_any_data,
}


@theorem(
    spec="CA-A3",
    paper="shumailov2024",
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
        "any data are normal": _ONE_DIMENSION
        | {"any data": lambda t, n, r: recursive_fitting.risk_to_any_data(t, n)},
        "risk to any data 1 % large": scaled(_ONE_DIMENSION, 1.01, "any data"),
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
    and $q = \frac{n-1}{n-3}$. From real data of any distribution $F_0$, with a first fit to
    infinitely many of them, $E\,W_2^2(p_t, F_0)/\sigma_0^2 = \frac tn + 2 - 2 \rho c_4^t$ with
    $\rho\,\sigma_0 = \int F_0^{-1} \Phi^{-1}$.
    """
    for samples in (2, 10, 100):
        covariances, errors = composed(gaussian_loop(samples=samples), 6)
        spreads = [claim["spread"](t, samples) for t in range(7)]
        what = f"variance of a sample by composed moments, n = {samples}"
        yield closed_form(what, spreads, (covariances + errors)[:, 0, 0], tolerance=1e-12)
        matrix, square = claim["fourth"](samples), PooledMoments(samples).fourth_moment_matrix
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
    yield from _any_data(claim, trial)
    mean, variance = (leaf[:, 2] for leaf in trial.once("path", lambda: simulated(trial)))
    yield monte_carlo("variance of a sample", claim["spread"](3, 10), mean**2 + variance)
    risk = mean**2 + (np.sqrt(variance) - 1) ** 2
    yield monte_carlo("Wasserstein risk", claim["risk"](3, 10), risk)
    forward = (mean**2 + variance - 1 - np.log(variance)) / 2
    yield monte_carlo("KL(p_t, p_0)", claim["forward"](3, 10), forward)
    fourth = (np.linalg.matrix_power(np.asarray(claim["fourth"](10)), 3) @ [0, 0, 1])[1]
    yield monte_carlo("E m^2 sigma^2", fourth, mean**2 * variance, resolution=0.15)


def _any_data(claim, trial):
    """Uniform and exponential real data: distances between quantile functions, run by run."""
    quantiles = {
        "uniform": lambda z: np.sqrt(12) * (special.ndtr(z) - 0.5),
        "exponential": lambda z: -special.log_ndtr(-z) - 1,
    }
    z, step = np.linspace(-9.0, 9.0, 601, retstep=True)
    weights = step * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    mean, variance = (leaf[:4000, 2] for leaf in trial.once("path", lambda: simulated(trial)))
    for name, quantile in quantiles.items():
        real = quantile(z)
        normality = weights @ (real * z)
        models = mean[:, None] + np.sqrt(variance)[:, None] * z
        distance = (models - real) ** 2 @ weights
        found = claim["any data"](3, 10, normality)
        yield monte_carlo(f"Wasserstein risk, {name} data", found, distance, resolution=0.5)
    law = LogVariance(10, 5)
    exact = (0.5 + 2 - 2 * np.sqrt(3 / np.pi) * law.moment(0.5)) / 12
    found = claim["any data"](5, 10, np.sqrt(3 / np.pi)) / 12
    yield exact_law("uniform data on the unit interval", found, exact)
