"""The theorems on loops with fresh real data."""

import jax.numpy as jnp
import numpy as np
from numpy.polynomial import hermite_e

from ...analysis import orbits
from ...laws import PooledMoments
from ...loops.gaussian import closed_forms
from ...models import Gaussian
from ...papers.alemohammad2023 import fresh_data
from ...stages import Draw, Mix, Temper, Unbias
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables
from ._engine import critical_temperature

PAPER = "alemohammad2023"

_FRESH = {
    "limit": closed_forms.stationary_moments,
    "radius": closed_forms.fresh_data_radius,
    "temperature": closed_forms.temperature_threshold,
    "fraction": closed_forms.required_real_fraction,
}


def _limit_with(correction):
    """The limits with another constant in place of $k$."""

    def limit(samples, real_samples, *, temperature=1.0, unbiased=True):
        pool, share = samples + real_samples, real_samples / (samples + real_samples)
        k = correction(1 - share, pool, unbiased)
        left = 1 - (1 - share) * temperature * k
        return 1 / (pool * (2 - share) * left), k * share / left

    return limit


@theorem(
    spec="ST-B3",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "each generation is fitted to n_s samples of the model, whose covariance is multiplied by "
        "T, and n_r fresh real points",
        "independent samples with finite second moments; any dimension and any distributions",
    ),
    claim=_FRESH,
    mutants={
        "k has 1/N in place of 1/(N - 1)": _FRESH
        | {
            "limit": _limit_with(
                lambda q, n, u: 1 + q / (n * (1 + q)) if u else 1 - 1 / (n * (1 + q))
            )
        },
        "k = 1": _FRESH | {"limit": _limit_with(lambda q, n, u: 1.0)},
        "the threshold of an infinite pool": _FRESH
        | {"temperature": lambda a, n, unbiased: 1 / (1 - a)},
        "the real fraction of an infinite pool": _FRESH
        | {"fraction": lambda t, n, unbiased: 1 - 1 / t},
        "limits 1 % large": scaled(_FRESH, 1.01, "limit"),
        "radius 1 % large": scaled(_FRESH, 1.01, "radius"),
        "temperature 1 % high": scaled(_FRESH, 1.01, "temperature"),
        "real fraction 1 % high": scaled(_FRESH, 1.01, "fraction"),
    },
)
def fresh_data_loop(claim, trial):
    r"""With fresh real data the expected moments have a limit, the same from every start.

    $E\,\Sigma \to S_0\,\frac{k a}{1 - q T k}$ and $E(\mu - \mu_0)(\mu - \mu_0)^\top \to
    \frac{S_0}{N (1 + q)(1 - q T k)}$ with $k = \frac{N - 1 + N q}{(N - \kappa)(1 + q)}$, if and
    only if $q T k < 1$; at temperature $T > 1$ that needs a real fraction $a = 1 - q$ with $q$
    below the positive root of $T N q^2 + [T (N - 1) - (N - \kappa)] q = N - \kappa$. The moments
    approach their limits as powers of $\frac12 [q^2 + c q T + \sqrt{(q^2 - c q T)^2 + 4 b q T/N}]$
    with $c = \frac{N-1}{N-\kappa}$ and $b = \frac{a q N}{N - \kappa}$.
    """
    real = Gaussian.of([1.0, -2.0], [[2.0, 0.5], [0.5, 1.0]])
    for samples, real_samples, heat, unbiased in (
        (900, 100, 1.0, True),
        (900, 100, 0.8, True),
        (30, 10, 1.0, False),
        (8, 2, 1.1, True),
        (2, 1, 1.0, True),
    ):
        pool = samples + real_samples
        share = real_samples / pool
        name = f"{samples} + {real_samples}, T = {heat}, unbiased = {unbiased}"
        law = PooledMoments(samples, real_samples, heat, unbiased)
        limit = claim["limit"](samples, real_samples, temperature=heat, unbiased=unbiased)
        yield exact_law(f"limits, {name}", limit, law.stationary())
        after = _generation(real, limit, samples, real_samples, heat, unbiased)
        exact = [x * real.covariance for x in limit]
        yield closed_form(f"the limits are fixed, {name}", exact, after, scale=1.0)
        radius = claim["radius"](share, pool, temperature=heat, unbiased=unbiased)
        yield exact_law(f"spectral radius, {name}", radius, law.spectral_radius)
        hottest = float(claim["temperature"](share, pool, unbiased=unbiased))
        critical = PooledMoments(samples, real_samples, hottest, unbiased).spectral_radius
        yield exact_law(f"critical temperature, {name}", 1.0, critical)
        design = (samples, real_samples, unbiased)
        engine = trial.once(f"engine {name}", lambda design=design: _by_the_engine(*design))
        yield closed_form(f"by the engine, {name}", hottest, engine, tolerance=1e-10)
        hottest = trial.once(f"critical {name}", lambda law=law: _critical_temperature(law))
        found = claim["fraction"](hottest, pool, unbiased=unbiased)
        yield exact_law(f"critical real fraction, {name}", found, share, scale=1.0)
    means, variances = trial.once("orbits", lambda: _fresh_orbits(trial))
    limit = claim["limit"](10, 10, temperature=0.8)
    yield monte_carlo("E (mu - mu_0)^2", 2 * limit[0], (means[:, -1] - 1.5) ** 2)
    yield monte_carlo("E sigma^2", 2 * limit[1], variances[:, -1])


def _generation(real, limit, samples, real_samples, temperature, unbiased):
    """Mean error and covariance after one generation from the limits, by composed moments."""
    start = real.moments()
    moments = type(start)(start.mean, limit[0] * real.covariance, limit[1] * real.covariance)
    if unbiased:
        loop = fresh_data(real, samples=samples, real_samples=real_samples, temperature=temperature)
    else:
        mix = Mix(real, real_samples / (samples + real_samples), samples=real_samples)
        loop = Temper(temperature) >> Draw(samples) >> mix
    after = loop.moments(moments)
    return [after.error(real.mean), after.covariance]


def _by_the_engine(samples, real_samples, unbiased):
    pool, real = samples + real_samples, Gaussian.of(0.0, 1.0)
    mix = Mix(real, real_samples / pool, samples=real_samples)
    plain = lambda heat: Temper(heat) >> Draw(samples) >> mix
    design = lambda heat: plain(heat) >> Unbias(pool) if unbiased else plain(heat)
    return critical_temperature(design, mean_error=True)


def _critical_temperature(law):
    lower, upper = 0.0, 4.0 * law.pool
    for _ in range(100):
        middle = (lower + upper) / 2
        trial = PooledMoments(law.samples, law.real_samples, middle, law.unbiased)
        lower, upper = (middle, upper) if trial.spectral_radius < 1 else (lower, middle)
    return lower


def _fresh_orbits(trial):
    real = Gaussian.of(1.5, 2.0)
    loop = fresh_data(real, samples=10, real_samples=10, temperature=jnp.asarray(0.8))
    path = orbits(
        loop.step,
        trial.key(),
        Gaussian.of(0.0, 5.0),
        generations=20,
        replicates=trial.replicates,
        observe=_observables.mean_and_variance,
    )
    return tuple(np.asarray(leaf) for leaf in path)


_SQUARE = {
    "matrix": lambda *sizes: PooledMoments(*sizes).square_matrix,
    "one": lambda n: -(8 * n**4 + 6 * n**3 + 5 * n**2 + 11 * n + 6) / (n * (n + 1) ** 6),
    "two": lambda n: (
        8
        * (n**2 + 2 * n + 2)
        * (5 * n**4 + 13 * n**3 + 21 * n**2 + 20 * n + 4)
        / ((n + 1) ** 3 * (n + 2) ** 6)
    ),
}


@theorem(
    spec="ST-B6",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "Gaussian models fitted to n_s of their samples and n_r fresh real points",
        "unbiased covariance and temperature 1",
        "real data symmetric about their mean, with finite fourth moments",
    ),
    claim=_SQUARE,
    mutants={
        "one real point suffices": _SQUARE | {"one": lambda n: abs(_SQUARE["one"](n))},
        "determinant for one point 1 % large": scaled(_SQUARE, 1.01, "one"),
        "determinant for two points 1 % large": scaled(_SQUARE, 1.01, "two"),
        "matrix 1 % large": scaled(_SQUARE, 1.01, "matrix"),
        "chi-square moments with n_s degrees of freedom": _SQUARE
        | {"matrix": lambda n, m: PooledMoments(n + 1, m).square_matrix},
    },
)
def two_real_points(claim, trial):
    r"""Two fresh real points in every generation bound the second moments of the variance.

    One does not: they stay bounded if and only if $n_r \ge 2$. The quadratic moments $(\delta^4,
    \delta^2 \sigma^2, \sigma^4)$ of a fixed direction follow an affine recursion with a matrix $P
    \ge 0$; at $n_r = 1$, $\det(I - P) = -\frac{8 n^4 + 6 n^3 + 5 n^2 + 11 n + 6}{n (n+1)^6} < 0$
    and at $n_r = 2$, $\det(I - P) = \frac{8 (n^2 + 2n + 2)(5 n^4 + 13 n^3 + 21 n^2 + 20 n +
    4)}{(n+1)^3 (n+2)^6} > 0$, $n = n_s$.
    """
    for samples in (2, 3, 7, 50):
        one, two = (PooledMoments(samples, m) for m in (1, 2))
        found = [np.linalg.det(np.eye(3) - law.square_matrix) for law in (one, two)]
        claimed = [claim["one"](samples), claim["two"](samples)]
        yield exact_law(f"determinants, n_s = {samples}", claimed, found, tolerance=1e-6)
        yield bound(f"n_r = 1 diverges, n_s = {samples}", 1.0, one.square_radius)
        yield bound(f"n_r = 2 does not, n_s = {samples}", two.square_radius, 1.0)
        yield bound(f"signs, n_s = {samples}", [claimed[0], 0], [0, claimed[1]])
        for real_samples in (1, 5):
            matrix = claim["matrix"](samples, real_samples)
            exact = _quadratic_moments(samples, real_samples)
            what = f"matrix by quadrature, {samples} + {real_samples}"
            yield closed_form(what, matrix, exact, scale=1.0)
    for samples in (3, 1000):
        radii = [PooledMoments(samples, m).square_radius for m in range(2, 40)]
        yield bound(f"more real points help, n_s = {samples}", radii[1:], radii[:-1])


def _quadratic_moments(samples, real_samples):
    """The matrix from expectations at three states, by quadrature that is exact for polynomials.

    The real points sit at their mean: their noise does not enter the quadratic part.
    """
    pool = samples + real_samples
    z, weights = hermite_e.hermegauss(8)
    weights = weights / weights.sum()
    square = (samples - 1, samples**2 - 1)
    states = np.array([[1.0, 0.0], [1.0, 1.0], [0.5, 1.0]])
    before, after = [], []
    for error, deviation in states:
        before.append([error**4, error**2 * deviation**2, deviation**4])
        mean = error + deviation * z / np.sqrt(samples)
        between = samples * real_samples / pool * mean**2
        new_error = samples / pool * mean
        scatter = deviation**2 * square[0] + between
        scatter_square = deviation**4 * square[1] + 2 * deviation**2 * square[0] * between
        scatter_square = scatter_square + between**2
        new = [new_error**4, new_error**2 * scatter / (pool - 1), scatter_square / (pool - 1) ** 2]
        after.append([weights @ number for number in new])
    return np.linalg.solve(np.array(before), np.array(after)).T


_GOAL = {
    "fraction": closed_forms.real_fraction_for_variance,
    "truncation": closed_forms.truncation_temperature,
}


@theorem(
    spec="ST-B8",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "Gaussian models sampled with T times their covariance, pooled with fresh real data",
        "a goal below 1 for T < 1, above 1 for T > 1",
    ),
    claim=_GOAL,
    mutants={
        "the goal is for the standard deviation": _GOAL
        | {"fraction": lambda r, **o: closed_forms.real_fraction_for_variance(r**2, **o)},
        "real fraction 1 % more": scaled(_GOAL, 1.01, "fraction"),
        "temperature of a truncation 1 % high": scaled(_GOAL, 1.01, "truncation"),
        "the pool is infinite": _GOAL
        | {
            "fraction": lambda r, temperature, **o: closed_forms.real_fraction_for_variance(
                r, temperature=temperature
            )
        },
        "truncation at one side": _GOAL
        | {"truncation": lambda c: 1 - (1 - closed_forms.truncation_temperature(c)) / 2},
    },
)
def variance_goal(claim, trial):
    r"""The real fraction that keeps the expected variance within a goal, in closed form.

    The limit of $E\,\Sigma$ is $\rho S_0$ at $a = \frac{\rho (1 - T)}{1 - \rho T}$ for infinitely
    many samples; with a pool of $N$, $a = 1 - q$ solves
    $N (\rho T - 1) q^2 + [N + (N-1)(\rho T - 1) - \rho (N-\kappa)] q = \rho (N-\kappa) - N + 1$.
    Keeping the samples within $c$ standard deviations is sampling at temperature
    $T = 1 - \frac{2 c \varphi(c)}{2 \Phi(c) - 1}$.
    """
    for samples, real_samples, heat, unbiased in (
        (90, 10, 0.8, True),
        (5, 5, 0.5, False),
        (60, 40, 1.3, True),
        (9, 91, 3.0, False),
    ):
        law = PooledMoments(samples, real_samples, heat, unbiased)
        found = claim["fraction"](
            law.stationary()[1], temperature=heat, pool=law.pool, unbiased=unbiased
        )
        what = f"{samples} + {real_samples}, T = {heat}, unbiased = {unbiased}"
        yield exact_law(what, found, real_samples / law.pool)
    for goal, heat in ((0.5, 0.7), (0.9, 0.2), (2.0, 1.5)):
        share = claim["fraction"](goal, temperature=heat)
        real, model = Gaussian.of(0.0, 1.0), Gaussian.of(0.0, goal)
        after = (Temper(heat) >> Mix(real, float(share)))(model)
        what = f"the goal is the fixed point, goal = {goal}, T = {heat}"
        yield closed_form(what, goal, after.covariance[0, 0])
    cutoffs = np.array([0.5, 1.0, 2.0, 3.0])
    nodes, weights = np.polynomial.legendre.leggauss(60)
    density = weights * np.exp(-((cutoffs[:, None] * nodes) ** 2) / 2)
    exact = (density * (cutoffs[:, None] * nodes) ** 2).sum(axis=1) / density.sum(axis=1)
    yield closed_form("variance of a truncated normal", claim["truncation"](cutoffs), exact)
