"""CA-A10: With many samples the log-variance is Brownian motion with a downward drift."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import integrate, special, stats

from ...analysis import diffusion_limit, orbits
from ...laws import LogVariance
from ...loops.gaussian import brownian_motion
from ...models import Gaussian
from ...operators import Coordinates
from ...papers.shumailov2024 import gaussian_loop
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables

_LIMIT = {
    "drift": brownian_motion.log_variance_drift,
    "distribution": brownian_motion.log_variance_distribution,
    "passage": brownian_motion.passage_probability,
    "moment": brownian_motion.spread_moment,
    "error": brownian_motion.limit_error_probability,
}


def _as_if(**shrinkages):
    """The limit with a constant added to the shrinkage of some of its parts."""

    def changed(name, extra):
        return lambda *args, shrinkage=0.0: _LIMIT[name](*args, shrinkage=shrinkage + extra)

    return _LIMIT | {name: changed(name, extra) for name, extra in shrinkages.items()}


@theorem(
    spec="CA-A10",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "one-dimensional Gaussians fitted to n samples of the generation before, no real data",
        "variance with the divisor n - 1 + delta, delta > -1",
        "n large, time in units of n generations",
    ),
    claim=_LIMIT,
    mutants={
        "without Ito's term": _as_if(drift=-1.0),
        "unbiased as if by maximum likelihood": _as_if(distribution=1.0),
        "distribution 1 % late": _LIMIT
        | {
            "distribution": lambda y, t, **s: brownian_motion.log_variance_distribution(
                y, 0.99 * t, **s
            )
        },
        "drift 1 % fast": scaled(_LIMIT, 1.01, "drift"),
        "passage 1 % late": _LIMIT
        | {"passage": lambda b, t, **s: brownian_motion.passage_probability(b, 0.99 * t, **s)},
        "moments 1 % large": scaled(_LIMIT, 1.01, "moment"),
        "errors of the mean 1 % wide": _LIMIT
        | {"error": lambda x, **s: brownian_motion.limit_error_probability(x / 1.01, **s)},
        "passage without reflection": _LIMIT
        | {
            "passage": lambda b, t, **s: brownian_motion.log_variance_distribution(-b, t, **s),
        },
        "moments with one degree more": _as_if(moment=0.5),
        "a normal limit of the mean": _LIMIT
        | {"error": lambda x, shrinkage=0.0: 2 * special.ndtr(-x)},
    },
)
def log_variance_brownian_motion(claim, trial):
    r"""With many samples the log-variance is Brownian motion with a downward drift.

    In the time $\tau = t/n$, with $c = 1 + \delta$ and independent $W$ and $B$: $\mathrm d \log
    \sigma^2 = -c\,\mathrm d\tau + \sqrt 2\,\mathrm dW$ and $\mathrm d\mu = \sigma\,\mathrm dB$.
    Hence $P(\log \sigma_\tau^2 \le y) = \Phi(\frac{y + c \tau}{\sqrt{2 \tau}})$ in units of
    $\sigma_0$, up to $O(\frac1n)$; the variance loses a factor $e^b$ by the time $\tau$ with the
    probability $\Phi(\frac{c \tau - b}{\sqrt{2 \tau}}) + e^{c b}\,\Phi(\frac{-b - c
    \tau}{\sqrt{2 \tau}})$; $\int_0^\infty \sigma_\tau^2\,\mathrm d\tau$ is one over a Gamma
    number of shape $c$, and $\sqrt c\,(\mu_\infty - \mu_0)/\sigma_0$ has Student's law with $2 c$
    degrees of freedom.
    """
    for shrinkage, unbiased in ((0.0, True), (1.0, False)):
        slope, noise = trial.once("built", _built)[unbiased]
        what = f"drift and noise of the loop, delta = {shrinkage}"
        yield closed_form(what, [0.0, claim["drift"](shrinkage=shrinkage)], slope, tolerance=1e-5)
        yield closed_form(what, np.diag([_VARIANCE, 2.0]), noise, tolerance=1e-5, scale=1.0)
    y = np.linspace(-3.0, 2.0, 11)
    for shrinkage in (0.0, 1.0, 3.0):
        exact = trial.once(f"law {shrinkage}", lambda s=shrinkage: _exact_distribution(y, 0.8, s))
        found = claim["distribution"](y, 0.8, shrinkage=shrinkage)
        what = f"exact laws as n grows, delta = {shrinkage}"
        yield exact_law(what, found, exact, tolerance=1e-5, scale=1.0)
        transform = lambda q, s=shrinkage: _passage_transform(claim["passage"], q, shrinkage=s)
        rates, fall = np.array([0.3, 2.0]), 1 + shrinkage
        exact = np.exp(np.log(2) * (fall - np.sqrt(fall**2 + 4 * rates)) / 2)
        found = [transform(rate) for rate in rates]
        yield closed_form(f"transform of the passage, delta = {shrinkage}", found, exact)
    powers = np.array([1, 2, 3])
    exact = trial.once("moments", lambda: _exact_moments(3, 4.0))
    found = claim["moment"](powers, shrinkage=4.0)
    yield exact_law("moments of the spread as n grows", found, exact, tolerance=1e-6)
    distance = np.array([0.3, 1.0, 3.0])
    for shrinkage in (0.0, 1.0):
        exact = _mixture(distance, shrinkage)
        found = claim["error"](distance, shrinkage=shrinkage)
        yield closed_form("normal with the variance 1/Gamma", found, exact, tolerance=1e-8)
    path = trial.once("path", lambda: _simulated(trial))
    last = path[:, -1]
    drop = claim["drift"]() * _HORIZON
    yield monte_carlo("mean of the log-variance", drop, last, resolution=0.2)
    found = claim["distribution"](np.array([-1.0, 0.0]), _HORIZON)
    below = last[:, None] <= np.array([-1.0, 0.0])
    yield monte_carlo("distribution", found, below, resolution=0.2)
    # Generations see fewer minima than the path between them: Siegmund's shift of the level.
    depth = np.log(2) + _OVERSHOOT * np.sqrt(2 / _SAMPLES)
    found = claim["passage"](depth, _HORIZON)
    yield monte_carlo("half of the variance lost", found, path.min(axis=1) <= -np.log(2))


_VARIANCE = 2.5


_SAMPLES, _HORIZON = 400, 0.5


_OVERSHOOT = 0.5825971579390106
"""$-\\zeta(\\frac12)/\\sqrt{2 \\pi}$ standard deviations of a step: Siegmund's constant."""


@jax.jit
def _built():
    """n times the drift and the covariance of (mean, log-variance) that the library derives."""
    start = Gaussian.of(0.7, _VARIANCE)
    chart = Coordinates(
        lambda x: jnp.stack([x[0], jnp.log(x[1] - x[0] ** 2)]),
        lambda y: jnp.stack([y[0], jnp.exp(y[1]) + y[0] ** 2]),
    )
    samples = 10**6
    loop = gaussian_loop(samples=samples)
    found = {}
    for unbiased, stages in ((True, loop), (False, loop.stages[0])):
        limit = diffusion_limit(stages, start, chart=chart)
        y = limit.coordinates.enter(start)
        found[unbiased] = samples * limit.drift(y), samples * limit.covariance(y).dense()
    return found


def _exact_distribution(y, time, shrinkage):
    """The law of the log-variance after n tau generations, extrapolated from n, 2n and 4n."""

    def law(n):
        return LogVariance(n, round(n * time), n - 1 + shrinkage).cdf(y)

    return (8 * law(800) - 6 * law(400) + law(200)) / 3


def _passage_transform(passage, rate, *, shrinkage):
    r"""$E e^{-q \tau}$ of the passage time from its distribution."""
    density = lambda s: np.exp(-rate * s) * rate * passage(np.log(2), s, shrinkage=shrinkage)
    return integrate.quad(density, 0, np.inf, epsabs=1e-13, epsrel=1e-12, limit=400)[0]


def _exact_moments(order, shrinkage):
    r"""$E (\frac1n \sum_t \sigma_t^2)^k$ from $R = \frac1n + S R$ in law, extrapolated."""

    def moments(n):
        growth = lambda k: LogVariance(n, 1, n - 1 + shrinkage).moment(k)
        known = [1.0]
        for k in range(1, order + 1):
            lower = [special.comb(k, j) * n ** (j - k) * growth(j) * known[j] for j in range(k)]
            known.append(sum(lower) / (1 - growth(k)))
        return np.array(known[1:])

    return (8 * moments(4000) - 6 * moments(2000) + moments(1000)) / 3


def _mixture(distance, shrinkage):
    """The tail of a normal number whose variance is one over a Gamma number, by quadrature."""
    gamma = stats.gamma(1 + shrinkage)
    tail = lambda g, x: gamma.pdf(g) * 2 * special.ndtr(-x * np.sqrt(g))
    return [integrate.quad(tail, 0, np.inf, args=(x,), epsabs=1e-12)[0] for x in distance]


def _simulated(trial):
    """Log-variances of the refitted Gaussians; shape `(replicates, generations)`."""
    path = orbits(
        gaussian_loop(samples=_SAMPLES).step,
        trial.key(),
        Gaussian.of(0.0, 1.0),
        generations=round(_SAMPLES * _HORIZON),
        replicates=-(-trial.replicates // 8),
        observe=_observables.mean_and_variance,
    )
    return np.log(np.asarray(path[1]))
