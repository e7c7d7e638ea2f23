"""ST-B4: With one real set for ever the moments have a limit, and it is that of the set."""

import jax
import numpy as np

from ...certificates import certify_root
from ...loops.gaussian import closed_forms, equations, fixed_real_data
from ...models import Gaussian, GaussianMoments
from ...stages import Draw, Mix, Temper, Unbias
from ...verification import bound, closed_form, exact_law, monte_carlo, proves, scaled, theorem
from .. import _observables

_FIXED = {
    "moments": fixed_real_data.fixed_data_moments,
    "temperature": closed_forms.temperature_threshold,
}


def _fresh(samples, real_samples, **options):
    return closed_forms.stationary_moments(samples, real_samples, **options)


def _all_of_the_set(samples, real_samples, **options):
    error, spread = fixed_real_data.fixed_data_moments(samples, real_samples, **options)
    return error, spread * real_samples / (real_samples - 1)


@theorem(
    spec="ST-B4",
    paper="alemohammad2023",
    status="derived",
    hypotheses=(
        "independent samples of models with T times their covariance",
        "pooled with one real set of two points or more that is drawn once",
        "q T k < 1",
    ),
    claim=_FIXED,
    mutants={
        "moments 1 % large": scaled(_FIXED, 1.01, "moments"),
        "the limit of fresh data": _FIXED | {"moments": _fresh},
        "the set has the covariance of the real distribution": _FIXED
        | {"moments": _all_of_the_set},
        "critical temperature 1 % high": scaled(_FIXED, 1.01, "temperature"),
        "critical temperature of infinitely many samples": _FIXED
        | {"temperature": lambda share, pool, unbiased: 1 / (1 - share)},
    },
)
def one_real_set(claim, trial):
    r"""With one real set for ever the moments have a limit, and it is that of the set.

    Given its mean $\bar x$ and scatter $S_r$, $E\,\Sigma_t \to \frac{S_r}{(N - \kappa)(1 - q T k)}$
    and $E(\mu_t - \bar x)(\mu_t - \bar x)^\top \to \frac{q T}{N (1 - q^2)}$ times that, if and only
    if $q T k < 1$, as with fresh data. On average over real sets $E\,S_r = (n_r - 1) S_0$, and
    $E(\mu_t - \mu_0)(\mu_t - \mu_0)^\top$ is larger by $S_0/n_r$, which no number of generations
    removes.
    """
    for samples, real_samples, heat, unbiased in (
        (90, 10, 0.8, True),
        (5, 5, 1.0, False),
        (60, 40, 1.3, True),
    ):
        options = {"temperature": heat, "unbiased": unbiased}
        error, spread = claim["moments"](samples, real_samples, **options)
        what = f"{samples} + {real_samples}, T = {heat}, unbiased = {unbiased}"
        found = trial.once(what, lambda s=samples, r=real_samples, o=options: _limit(s, r, **o))
        yield closed_form(f"averages by composed moments, {what}", [error, spread], found)
        fresh = closed_forms.stationary_moments(samples, real_samples, **options)
        yield bound(f"fresh data have less error, {what}", fresh[0], error)
        pool, share = samples + real_samples, real_samples / (samples + real_samples)
        hottest = claim["temperature"](share, pool, unbiased=unbiased)
        matrix, _ = _recursion(samples, real_samples, float(hottest), unbiased)
        radius = np.abs(np.linalg.eigvals(matrix)).max()
        yield exact_law(f"critical temperature, {what}", radius, 1.0)
    means, variances = trial.once("orbits", lambda: _orbits(trial))
    error, spread = claim["moments"](10, 10, temperature=0.8)
    yield monte_carlo("E (mu - mu_0)^2", 2 * error, (means[:, -1] - 1.5) ** 2)
    yield monte_carlo("E sigma^2", 2 * spread, variances[:, -1])


def _recursion(samples, real_samples, temperature, unbiased):
    """Matrix and source of (error about the set, covariance) by the composed moments."""
    known, pool = Gaussian.of(0.0, 1.0), samples + real_samples
    loop = Temper(temperature) >> Draw(samples) >> Mix(known, real_samples / pool)
    loop = loop >> Unbias(pool) if unbiased else loop

    def generation(state):
        error, variance = (np.full((1, 1), number) for number in state)
        after = loop.moments(GaussianMoments(np.zeros(1), error, variance))
        return np.array([after.mean_covariance[0, 0], after.covariance[0, 0]])

    source = generation(np.zeros(2))
    return np.stack([generation(row) - source for row in np.eye(2)], axis=1), source


def _limit(samples, real_samples, *, temperature, unbiased):
    """The limit for a set of mean 0 and covariance 1, then averaged: it is linear in the two."""
    matrix, source = _recursion(samples, real_samples, temperature, unbiased)
    error, spread = np.linalg.solve(np.eye(2) - matrix, source)
    own = (real_samples - 1) / real_samples
    return [1 / real_samples + own * error, own * spread]


def _orbits(trial):
    """The ends of runs that have a real set each."""
    real = Gaussian.of(1.5, 2.0)

    def generation(key, model):
        drawn = (Temper(0.8) >> Draw(10)).step(key, model)
        return drawn.mix(known, 0.5).unbias(20)

    keys = jax.random.split(trial.key(), 2)
    known = real.broadcast((trial.replicates,)).draw(keys[0], 10)
    model = Gaussian.of(0.0, 5.0).broadcast((trial.replicates,))
    for key in jax.random.split(keys[1], 25):
        model = generation(key, model)
    return tuple(np.asarray(leaf)[:, None] for leaf in _observables.mean_and_variance(model))


@proves("ST-B4")
def proofs(digits):
    r"""$q T k = 1$ in the temperature at $N = 20$, half of it real."""
    return {
        "N = 20, a = 0.5, temperature": certify_root(
            equations.bounded_moments, "1", "4", parameters=["0.5", "20", "19"], digits=digits
        )
    }
