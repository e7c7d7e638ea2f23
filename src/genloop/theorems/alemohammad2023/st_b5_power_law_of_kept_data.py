"""ST-B5: Where all data are kept the covariance falls like a power, and real data decide."""

import jax.numpy as jnp
import jax.random as jr
import numpy as np

from ...laws import PooledMoments
from ...loops.gaussian import kept_data
from ...models import Dataset, Gaussian
from ...stages import Accumulate, Temper
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem

_KEPT = {
    "moments": lambda law, *run: law.kept(*run),
    "covariance": kept_data.kept_covariance,
    "constant": kept_data.kept_covariance_constant,
    "limit": kept_data.kept_limit,
    "exponent": kept_data.kept_error_exponent,
    "error": kept_data.kept_error_constant,
}
_LATE = 2 * 10**4


@theorem(
    spec="ST-B5",
    paper="alemohammad2023",
    status="derived",
    hypotheses=(
        "independent samples of models with T times their covariance, and real points",
        "all of them are kept, and the model is the fit to all",
    ),
    claim=_KEPT,
    mutants={
        "moments 1 % large": scaled(_KEPT, 1.01, "moments"),
        "what joins replaces the pool": _KEPT
        | {"moments": lambda law, generations, size, *start: law.trajectory(generations, *start)},
        "covariance 1 % large": scaled(_KEPT, 1.01, "covariance"),
        "constant 1 % large": scaled(_KEPT, 1.01, "constant"),
        "the covariance falls like the powers of T": _KEPT
        | {"covariance": lambda t, n, temperature, **options: temperature**t},
        "limit 1 % large": scaled(_KEPT, 1.01, "limit"),
        "exponent 1 % large": scaled(_KEPT, 1.01, "exponent"),
        "the exponent is the real fraction": _KEPT | {"exponent": lambda p: p},
        "error 1 % large": scaled(_KEPT, 1.01, "error"),
        "error of independent data": _KEPT | {"error": lambda p, temperature: 1 / p},
    },
)
def power_law_of_kept_data(claim, trial):
    r"""Where all data are kept the covariance falls like a power, and real data decide.

    Pools of $N$ points, of which $a$ real and $b$ synthetic ones are new in every generation, have
    a recursion of $(E\,\delta\delta^\top, E\,\Sigma)$ of which ST-B3 is the case $N = 0$. Without
    new real data $E\,\Sigma_t/\Sigma_0$ is a ratio of gamma functions, $\approx A\,t^{T - 1}$; at
    $T = 1$ its limit is positive. With a share $p$ of real data $E\,\Sigma_t \to \frac{p}{1 - q T}
    S_0$ for $q T < 1$ and $E|\delta_t|^2$ falls like $N^{-\min(1, 2 p)}$, up to a logarithm at $p =
    \frac12$; for $p > \frac12$, $N_t\,E\,\delta_t \delta_t^\top \to \frac{p}{(1 - q T)(2 p -
    1)} S_0$.
    """
    for samples, real_samples, size, heat in ((10, 0, 10, 0.8), (5, 3, 20, 1.1), (8, 8, 2, 0.5)):
        law = PooledMoments(samples, real_samples, heat, unbiased=False)
        found = _composed(samples, real_samples, size, heat)
        what = f"composed moments, {size} + t ({samples} + {real_samples}), T = {heat}"
        yield closed_form(what, claim["moments"](law, 12, size), found, scale=1.0)
    for law in (PooledMoments(10, 4, 0.8), PooledMoments(3, 9, 1.2, False)):
        one = claim["moments"](law, 1, 0)[-1]
        yield exact_law(f"replaced data, {law.samples} synthetic", one, law.trajectory(1)[-1])
    law = PooledMoments(6, 2, 0.8)
    runs = trial.once("pools", lambda: _pools(law, 10, trial))
    yield monte_carlo(
        "E (error^2, covariance), unbiased", claim["moments"](law, 3, 10, (0.1, 1.0))[-1], runs
    )
    for samples, size, heat, unbiased in (
        (5, 5, 1.0, True),
        (7, 20, 0.8, False),
        (9, 3, 1.2, True),
    ):
        options = {"temperature": heat, "unbiased": unbiased}
        path = PooledMoments(samples, 0, heat, unbiased).kept(200, size)[:, 1]
        what = f"{size} + {samples} t, T = {heat}, unbiased = {unbiased}"
        for generations in (1, 20, 200):
            claimed = claim["covariance"](generations, samples, size=size, **options)
            at = f"covariance at t = {generations}, {what}"
            yield closed_form(at, claimed, path[generations], tolerance=1e-11)
        late = float(kept_data.kept_covariance(1e9, samples, size=size, **options))
        constant = float(claim["constant"](samples, size=size, **options)) * 1e9 ** (heat - 1)
        yield exact_law(f"power of the generation, {what}", constant, late, tolerance=1e-6)
    for fresh, heat in ((2, 0.5), (9, 0.9), (9, 1.2)):
        yield from _with_real_data(claim, trial, fresh, heat)


def _with_real_data(claim, trial, fresh, heat):
    """Of every ten points that join `fresh` are real; the long run from 100 points."""
    law = PooledMoments(10 - fresh, fresh, heat, unbiased=False)
    share, size = fresh / 10, 100.0
    limit = share / (1 - (1 - share) * heat)
    what = f"p = {share}, T = {heat}"
    # What would be slow is forgotten at the start: the covariance is at its limit already.
    start = (1.0 if share < 0.5 else 0.0), limit
    path = trial.once(what, lambda: law.kept(4 * _LATE, size, start))
    sizes = size + 10 * np.arange(len(path))
    early, late = path[_LATE], path[-1]
    slope = -np.log(late[0] / early[0]) / np.log(sizes[-1] / sizes[_LATE])
    yield exact_law(f"power of the size, {what}", claim["exponent"](share), slope, tolerance=5e-3)
    if share > 0.5:
        constant = claim["error"](share, temperature=heat)
        found = claim["limit"](share, temperature=heat)
        yield exact_law(f"covariance, {what}", found, late[1], tolerance=1e-3)
        yield exact_law(f"error, {what}", constant, sizes[-1] * late[0], tolerance=5e-3)


def _composed(samples, real_samples, size, temperature):
    """Twelve generations of the stage that keeps everything, as (error, covariance)."""
    real = Gaussian.of(0.0, 1.0)
    joined = {"real": real, "real_samples": real_samples} if real_samples else {}
    stage = Accumulate(Temper(temperature), samples=samples, **joined)
    moments, states = Dataset.of(real, size).moments(), [[0.0, 1.0]]
    for _ in range(12):
        moments = stage.moments(moments)
        own = moments.moments
        states.append([own.error(jnp.zeros(1))[0, 0], own.covariance[0, 0]])
    return np.array(states)


def _pools(law, size, trial):
    """Three generations of pools that are kept point by point, as (error^2, unbiased variance).

    They begin with real points. Shape (replicates, 2).
    """
    keys = jr.split(trial.key(), 4)
    pool = jr.normal(keys[0], (trial.replicates, size))
    for key in keys[1:]:
        mean, spread = pool.mean(1, keepdims=True), pool.std(1, ddof=1, keepdims=True)
        new = jr.normal(key, (trial.replicates, law.pool))
        learned = mean + jnp.sqrt(law.temperature) * spread * new[:, : law.samples]
        pool = jnp.concatenate([pool, learned, new[:, law.samples :]], axis=1)
    return np.stack([pool.mean(1) ** 2, pool.var(1, ddof=1)], axis=1)
