"""ST-B3: With fresh real data the expected moments have a limit, the same from every start."""

import jax.numpy as jnp
import numpy as np

from ...analysis import orbits
from ...certificates import certify_root
from ...laws import PooledMoments
from ...loops.gaussian import closed_forms, equations
from ...models import Gaussian
from ...papers.alemohammad2023 import fresh_data
from ...stages import Draw, Mix, Temper, Unbias
from ...verification import closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .. import _observables
from ._general_solver import critical_temperature
from ._instances import POOL

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
    paper="alemohammad2023",
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


@proves("ST-B3")
def proofs(digits):
    r"""$q T k = 1$ in the temperature and in the real fraction (the unbiased fit)."""
    pool = [str(POOL), str(POOL - 1)]
    return {
        f"N = {POOL}, a = 0.1, temperature": certify_root(
            equations.bounded_moments, "1", "2", parameters=["0.1", *pool], digits=digits
        ),
        f"N = {POOL}, T = 1.5, real fraction": certify_root(
            equations.bounded_fraction, "0", "1", parameters=["1.5", *pool], digits=digits
        ),
    }
