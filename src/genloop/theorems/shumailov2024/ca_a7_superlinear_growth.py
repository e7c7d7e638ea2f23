"""CA-A7: The risk stays bounded if and only if the numbers of samples grow faster than linearly."""

import numpy as np

from ...laws import LogVariance, PooledMoments
from ...loops.gaussian import growing_samples
from ...models import Gaussian
from ...stages import Draw, Unbias
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem

_GROWING = {
    "risk": growing_samples.risk_along,
    "spread": growing_samples.variance_spread_along,
    "log": growing_samples.log_variance_along,
    "limit": growing_samples.growth_limit,
}
_SIZES = (5, 9, 30, 12)


@theorem(
    spec="CA-A7",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "one-dimensional Gaussians, M_t samples of the generation before in generation t, M_t >= 2",
        "unbiased mean and variance, no real data",
    ),
    claim=_GROWING,
    mutants={
        "risk (3/2) sum of 1/M": _GROWING | {"risk": lambda m: 1.5 * np.cumsum(1 / np.asarray(m))},
        "spread with M samples in place of M - 1": _GROWING
        | {"spread": lambda m: growing_samples.variance_spread_along(np.asarray(m) + 1.0)},
        "logarithm -1/(M - 1)": _GROWING | {"log": lambda m: -np.cumsum(1 / (np.asarray(m) - 1))},
        "risk 1 % large": scaled(_GROWING, 1.01, "risk"),
        "spread 1 % large": scaled(_GROWING, 1.01, "spread"),
        "logarithm 1 % large": scaled(_GROWING, 1.01, "log"),
        "limits of a first number 1 % larger": _GROWING
        | {"limit": lambda m, p: growing_samples.growth_limit(1.01 * m, p)},
        "limits of another power": _GROWING
        | {"limit": lambda m, p: growing_samples.growth_limit(m, 1.01 * p)},
    },
)
def superlinear_growth(claim, trial):
    r"""The risk stays bounded if and only if the numbers of samples grow faster than linearly.

    $E\,W_2^2(p_t, p_0)/\sigma_0^2 = \sum_{s \le t} \frac1{M_s} + 2 - 2 \prod_{s \le t} c_4(M_s)$
    lies between $\sum 1/M_s$ and $2 + \sum 1/M_s$. The variance has $\operatorname{Var}
    \sigma_t^2/\sigma_0^4 = \prod (1 + \frac2{M_s - 1}) - 1$ over many runs and $E \log \sigma_t^2
    = \sum [\psi(\frac{M_s - 1}2) + \log\frac2{M_s - 1}]$; its limit is positive almost surely if
    $\sum 1/M_s < \infty$, and zero almost surely if not: $M_t \propto t^{1 + \epsilon}$ is enough,
    $M_t \propto t$ is not.
    """
    state, square = Gaussian.of(0.0, 1.0).moments(), np.eye(3)
    laws = [LogVariance(samples) for samples in _SIZES]
    for t, samples in enumerate(_SIZES, 1):
        state = (Draw(samples) >> Unbias(samples)).moments(state)
        square = PooledMoments(samples).fourth_moment_matrix @ square
        mean_sigma = np.prod([law.moment(0.5) for law in laws[:t]])
        error = float(state.error(np.zeros(1))[0, 0])
        exact = error + float(state.covariance[0, 0]) + 1 - 2 * mean_sigma
        what = f"after {_SIZES[:t]}"
        yield closed_form(f"risk by composed moments, {what}", claim["risk"](_SIZES)[t - 1], exact)
        spread = claim["spread"](_SIZES)[t - 1]
        yield exact_law(f"fourth moments, {what}", spread, square[2, 2] - 1)
        exact = sum(law.exponent for law in laws[:t])
        yield exact_law(f"mean logarithm, {what}", claim["log"](_SIZES)[t - 1], exact)
    yield from _growth(claim)
    mean, variance = trial.once("paths", lambda: _paths(trial))
    risk = mean**2 + (np.sqrt(variance) - 1) ** 2
    yield monte_carlo("risk", claim["risk"](_SIZES)[-1], risk)
    yield monte_carlo("mean logarithm", claim["log"](_SIZES)[-1], np.log(variance))


def _growth(claim):
    """Faster than linear growth, linear growth, and the two sides of the equivalence."""
    place = np.arange(1.0, 4001.0)
    quadratic = 10 * place**2
    # sinh(x)/sin(x) is the infinite product, the tail of the sum of 1/(5 s^2) is known.
    x = np.pi / np.sqrt(10)
    rest = _tail_of_squares(len(place)) / 10
    limit = (1 + claim["spread"](quadratic)[-1]) * np.exp(2 * rest)
    yield closed_form("quadratic growth has a limit", limit, np.sinh(x) / np.sin(x), tolerance=1e-9)
    found = claim["limit"](10, 2.0)
    spread = np.sinh(x) / np.sin(x) - 1
    yield closed_form("spread in the limit", found.variance_spread, spread, tolerance=1e-12)
    # Beyond the last generation the logarithm of c_4 is -1/(4 M) and that of the variance -1/M.
    along = claim["risk"](quadratic)[-1]
    deviation = ((1 / quadratic).sum() + 2 - along) / 2 * np.exp(-rest / 4)
    exact = np.pi**2 / 60 + 2 - 2 * deviation
    yield closed_form("risk in the limit", found.risk, exact, tolerance=1e-9)
    exact = claim["log"](quadratic)[-1] - rest
    yield closed_form("logarithm in the limit", found.log_variance, exact, tolerance=1e-9)
    bounded = claim["risk"](quadratic)
    yield bound("quadratic growth, risk", bounded[-1], 0.2507)
    linear = claim["risk"](10 * place)
    harmonic = np.cumsum(1 / place)
    yield bound("linear growth, at least the sum", harmonic / 10, linear)
    yield bound("linear growth, at most two more", linear, harmonic / 10 + 2)
    vanishing = np.exp(claim["log"](10 * place))
    yield bound("linear growth, the typical variance vanishes", vanishing, place**-0.1)


def _tail_of_squares(last):
    r"""$\sum_{s > m} s^{-2}$ by Euler and Maclaurin."""
    return 1 / last - 1 / (2 * last**2) + 1 / (6 * last**3)


def _paths(trial):
    """Mean and variance of the last generation, point by point."""
    generator = np.random.default_rng([trial.seed, 7])
    mean, variance = np.zeros((min(trial.replicates, 2**16), 1)), 1.0
    for samples in _SIZES:
        noise = generator.standard_normal((len(mean), samples))
        points = mean + np.sqrt(variance) * noise
        mean, variance = points.mean(1, keepdims=True), points.var(1, ddof=1, keepdims=True)
    return mean[:, 0], variance[:, 0]
