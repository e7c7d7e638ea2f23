"""CA-A1b: One fresh real point in every generation keeps the expected moments of a loop bounded."""

import numpy as np

from ...certificates import certify_root
from ...laws import PooledMoments
from ...loops.gaussian import recursive_fitting
from ...models import Gaussian
from ...papers.shumailov2024 import stratified_loop
from ...verification import (
    bound,
    closed_form,
    exact_law,
    monte_carlo,
    proves,
    scaled,
    theorem,
)

_STRATIFIED = {
    "step": recursive_fitting.stratified_step,
    "limit": recursive_fitting.stratified_limit,
}


def _between_over_square(variance, mean_error, *, samples, real_samples):
    pool = samples + real_samples
    exact = recursive_fitting.stratified_step(
        variance, mean_error, samples=samples, real_samples=real_samples
    )
    return exact[0] - samples * real_samples / (pool**2 * (pool - 1)) * mean_error, exact[1]


def _without_between(variance, mean_error, *, samples, real_samples):
    return recursive_fitting.stratified_step(
        variance, 0.0, samples=samples, real_samples=real_samples
    )


@theorem(
    spec="CA-A1b",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "each generation is fitted to n_s samples of the model and n_r fresh real ones",
        "finite variances; the distributions are arbitrary otherwise",
        "unbiased variance of the pooled set",
    ),
    claim=_STRATIFIED,
    mutants={
        "between-group term over N^2": _STRATIFIED | {"step": _between_over_square},
        "no memory of the mean error": _STRATIFIED | {"step": _without_between},
        "limit for one real point more": _STRATIFIED
        | {"limit": lambda n, m: recursive_fitting.stratified_limit(n, m + 1)},
        "step 1 % large": scaled(_STRATIFIED, 1.01, "step"),
        "limit 1 % large": scaled(_STRATIFIED, 1.01, "limit"),
    },
)
def stratified_real_data(claim, trial):
    r"""One fresh real point in every generation keeps the expected moments of a loop bounded.

    With $a = n_r/N$, $q = 1 - a$: $V' = q V + a \sigma_0^2 + \frac{n_s n_r}{N (N-1)} D$ and
    $D' = q^2 D + \frac{q V + a \sigma_0^2}N$ for $V = E\,\mathrm{Var}\,p_t$ and $D$ the mean
    squared error of the mean, with limits $D_* = \frac{\sigma_0^2}N/(1 - \frac{q^2 N}{N-1})$ and
    $V_* = \sigma_0^2 + \frac{q N}{N-1} D_*$. Bounded if and only if $q^2 < \frac{N-1}N$.
    """
    for samples, real_samples in ((90, 10), (99, 1), (3, 4)):
        real = Gaussian.of(0.0, 1.0)
        loop = stratified_loop(real, samples=samples, real_samples=real_samples)
        start = Gaussian.of(0.7, 3.0).moments()
        after = loop.moments(start)
        sizes = {"samples": samples, "real_samples": real_samples}
        claimed = claim["step"](3.0, 0.49, **sizes)
        found = (after.covariance[0, 0], after.error(real.mean)[0, 0])
        what = f"composed moments, {samples} + {real_samples}"
        yield closed_form(what, np.ravel(claimed), np.ravel(found), tolerance=1e-12)
        law = PooledMoments(samples, real_samples)
        limit = claim["limit"](samples, real_samples)
        yield exact_law(f"limit, {samples} + {real_samples}", limit, law.stationary()[::-1])
        again = claim["step"](*limit, **sizes)
        yield closed_form(f"the limit is fixed, {samples} + {real_samples}", again, limit)
        yield bound(f"spectral radius, {samples} + {real_samples}", law.spectral_radius, 1.0)
    variances, errors = trial.once("pooled samples", lambda: _pooled_samples(trial))
    state = (1.0, 0.0)
    for generation in range(variances.shape[1]):
        state = claim["step"](*state, samples=6, real_samples=4)
        for name, number, draws in zip("VD", state, (variances, errors), strict=True):
            what = f"{name} of generation {generation + 1}, exponential real data, uniform models"
            yield monte_carlo(what, number, draws[:, generation])


def _pooled_samples(trial, generations=3):
    """Sample by sample, with models that are uniform distributions: nothing is Gaussian here."""
    generator = np.random.default_rng([trial.seed, 6, 4])
    runs = min(trial.replicates, 2**16)
    mean, variance, path = np.zeros((runs, 1)), np.ones((runs, 1)), []
    for _ in range(generations):
        synthetic = mean + np.sqrt(12 * variance) * (generator.random((runs, 6)) - 0.5)
        real = generator.exponential(size=(runs, 4)) - 1
        pool = np.concatenate([synthetic, real], axis=1)
        mean, variance = pool.mean(1, keepdims=True), pool.var(1, ddof=1, keepdims=True)
        path.append((variance, mean**2))
    variances, errors = zip(*path, strict=True)
    return np.hstack(variances), np.hstack(errors)


_POOL = 100


@proves("CA-A1b")
def proofs(digits):
    r"""$q^2 = (N - 1)/N$: the synthetic share at which the moments stop being bounded."""
    return {
        f"N = {_POOL}, synthetic share": certify_root(
            lambda q, n: q**2 * n - (n - 1), "1/2", "1", parameters=[str(_POOL)], digits=digits
        )
    }
