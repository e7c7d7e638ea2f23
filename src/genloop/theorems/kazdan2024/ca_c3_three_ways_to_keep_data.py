"""CA-C3: Gaussians that accumulate data keep a known share of their variance, the rest lose it."""

import mpmath
import numpy as np
from numpy.polynomial import hermite_e

from ...analysis import orbits
from ...loops.memory import pools
from ...models import Dataset, DatasetMoments, Gaussian, PairMoments
from ...papers.kazdan2024 import accumulate, replace, subsample
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from .. import _observables
from .._quadrature import chi_square_mean

_CLAIM = {
    "covariance": pools.kept_variance,
    "unbiased": pools.kept_unbiased_variance,
    "square": pools.kept_square,
    "log": pools.kept_log_variance,
    "subsample": pools.subsampled_variance,
}
_GENERATIONS = 5


def _changed(name, change):
    return _CLAIM | {name: lambda t, **sizes: change(_CLAIM[name], t, **sizes)}


def _of_an_infinite_pool(generations, *, samples):
    """As if the points were chosen from infinitely many, without a correction of the variance."""
    pool, fit, error = pools.subsampled_variance(generations, samples=samples)
    if np.isinf(generations):
        return pool, fit, error
    return pool, pool * (1 - 1 / samples), 1 - pool * (1 - 1 / samples)


@theorem(
    spec="CA-C3",
    paper="kazdan2024",
    status="derived",
    hypotheses=(
        "n points of the fit join in every generation; the first generation is n real points",
        "maximum likelihood, or for one of the laws the unbiased covariance; any dimension",
        "any distributions with these second moments; Gaussian for E sigma^4 and the logarithm",
    ),
    claim=_CLAIM,
    mutants={
        "1/n^2 in place of 1/n": _changed(
            "covariance", lambda f, t, samples, **o: f(t, samples=samples**2, **o)
        ),
        "one generation late": _changed("covariance", lambda f, t, **o: f(t - 1, **o)),
        "covariance 1 % high": scaled(_CLAIM, 1.01, "covariance"),
        "unbiased with 1/(s (s n))": _changed(
            "unbiased", lambda f, t, samples, **o: f(t, samples=samples + 1 / 2, **o)
        ),
        "unbiased 1 % high": scaled(_CLAIM, 1.01, "unbiased"),
        "E sigma^4 is the square of E sigma^2": _changed(
            "square", lambda f, t, **o: pools.kept_variance(t, **o) ** 2
        ),
        "E sigma^4 1 % high": scaled(_CLAIM, 1.01, "square"),
        "the logarithm of the mean": _changed(
            "log", lambda f, t, **o: np.log(pools.kept_variance(t, **o))
        ),
        "the logarithm 1 % high": scaled(_CLAIM, 1.01, "log"),
        "points of an infinite pool are chosen": _CLAIM | {"subsample": _of_an_infinite_pool},
        "chosen points 1 % high": scaled(_CLAIM, 1.01, "subsample"),
    },
)
def three_ways_to_keep_data(claim, trial):
    r"""Gaussians that accumulate data keep a known share of their variance, the rest lose it.

    Replaced data lose all, $E\,\Sigma_t = (1 - \frac1n)^t S_0$. With all data kept $E\,\Sigma_t =
    P_t S_0$, $P_t = \prod_{s \le t} (1 - \frac1{n s^2}) \to \frac{\sin(\pi/\sqrt n)}{\pi/\sqrt n}$
    and $E |\mu_t - \mu_0|^2 = (1 - P_t) \operatorname{tr} S_0$; unbiased $\prod_{s=2}^t (1 -
    \frac1{s (s n - 1)}) \to \frac{\Gamma(2 - 1/n)}{\Gamma(2 - r_1) \Gamma(2 - r_2)}$, $r = \frac{1
    \pm \sqrt{1 + 4n}}{2n}$; in one dimension $E\,\sigma_t^4 = \prod_s (1 - \frac{4s - 3}{n^2
    s^4})$, and a run converges almost surely to a positive variance with $E \log \sigma_\infty^2 =
    \sum_s E \log F_s > -\infty$. With $n$ of all points chosen the pool follows $P_{t+1} = P_t [1 -
    \frac{2tn - t - n}{n (t + 1)^2 (tn - 1)}]$ to $(1 - \frac1n) \frac{\Gamma(1 - 1/n)}{\Gamma(1 -
    a_1) \Gamma(1 - a_2)}$, $a = -1 + \frac{1 \pm \sqrt{3 (4n - 1)}}{2n}$, and the fit has $P_t
    \frac{t (n - 1)}{tn - 1}$. Replacing loses most, then choosing, then keeping all.
    """
    for samples in (2, 4, 10, 100):
        yield from _moments(claim, trial, samples)
        yield from _limits(claim, samples)
        yield from _orders(claim, samples)
    for samples, place in ((3, 1), (3, 2), (10, 2), (10, 7)):
        factor = claim["log"](place, samples=samples) - claim["log"](place - 1, samples=samples)
        what = f"E log F_{place} by quadrature, n = {samples}"
        exact = trial.once(what, lambda s=place, n=samples: _mean_log_factor(s, n))
        yield closed_form(what, factor, exact, tolerance=1e-10)
    first = [claim["log"](t, samples=10, size=70) for t in (1, 30)]
    shifted = [claim["log"](t + 7, samples=10) - claim["log"](7, samples=10) for t in (1, 30)]
    yield closed_form("a first dataset counts as generations", first, shifted, tolerance=1e-11)
    mean, variance = trial.once("orbits", lambda: _paths(trial))
    sizes = {"samples": 10}
    yield monte_carlo("E log-variance", claim["log"](_GENERATIONS, **sizes), np.log(variance))
    yield monte_carlo("E sigma^4", claim["square"](_GENERATIONS, **sizes), variance**2)
    yield monte_carlo("E mu^2", 1 - claim["covariance"](_GENERATIONS, **sizes), mean**2)
    chosen = trial.once("points", lambda: _chosen_points(trial))
    found = claim["subsample"](4, samples=5)
    yield monte_carlo("E sigma^2, point by point", found[1], chosen[1])
    yield monte_carlo("E mu^2, point by point", found[2], chosen[0] ** 2)


def _moments(claim, trial, samples):
    """All laws against the moments of the stages, generation by generation."""
    found = trial.once(f"stages {samples}", lambda: _composed(samples))
    generations = range(1, _GENERATIONS + 1)
    path = lambda name, **o: [claim[name](t, samples=samples, **o) for t in generations]
    for name, exact in found.items():
        what = f"{name} by the stages, n = {samples}"
        yield closed_form(what, path(name), exact, tolerance=1e-12)
    size = 3.0 * samples
    later = [pools.kept_variance(t + 3, samples=samples) for t in (1, 4)]
    exact = np.array(later) / pools.kept_variance(3, samples=samples)
    claimed = [claim["covariance"](t, samples=samples, size=size) for t in (1, 4)]
    yield closed_form(f"a first dataset, n = {samples}", claimed, exact, tolerance=1e-12)
    squares = np.cumprod([_mean_square_factor(s, samples) for s in generations])
    yield closed_form(f"E sigma^4, n = {samples}", path("square"), squares, tolerance=1e-12)


def _composed(samples):
    """Covariances of four loops from one Gaussian of the plane, in its units."""
    real = Gaussian.of([1.0, -2.0], [[2.0, 0.5], [0.5, 1.0]])
    unit = lambda moments: float(moments.covariance[0, 1] / 0.5)
    keep, choose = accumulate(samples=samples), subsample(samples=samples, generations=9)
    kept = unbiased = DatasetMoments(real.moments(), np.zeros(()), np.zeros(()))
    chosen = choose.begin(real).moments()
    rows = []
    for t in range(_GENERATIONS):
        kept, chosen = keep.moments(kept), choose.moments(chosen)
        pair = PairMoments.of(unbiased.moments)
        pair = pair.unbias(t * samples) if t else pair
        unbiased = keep.pooled(pair, unbiased)
        fit = unbiased.moments.unbias((t + 1) * samples)
        error = float(chosen.moments.mean_covariance[0, 1] / 0.5)
        rows.append(
            (
                unit(kept.moments),
                unit(fit),
                (unit(chosen.pool.moments), unit(chosen.moments), error),
            )
        )
    return dict(zip(("covariance", "unbiased", "subsample"), zip(*rows, strict=True), strict=True))


def _mean_square_factor(place, samples):
    r"""$E\,F_s^2$ from the moments of its two independent chi-square numbers."""
    rest = place - 1
    first, between = samples - 1, rest / place
    square = (rest * samples) ** 2 + 2 * rest * samples * (first + between)
    square += first * (first + 2) + 2 * first * between + 3 * between**2
    return square / (place * samples) ** 2


def _mean_log_factor(place, samples):
    r"""$E \log F_s$ by quadrature over the normal and the chi-square number in it."""
    rest = place - 1
    z, weights = hermite_e.hermegauss(60)
    within = lambda x, y: rest * samples + (samples - 1) * x + rest / place * y
    log = lambda y: chi_square_mean(lambda x: np.log(within(x, y)), samples - 1)
    mean = sum(w * log(y**2) for w, y in zip(weights, z, strict=True)) / weights.sum()
    return mean - np.log(place * samples)


def _limits(claim, samples):
    """Limits against gamma functions and roots of many digits."""
    n, inf = mpmath.mpf(samples), np.inf
    with mpmath.workdps(40):
        z = 1 / mpmath.sqrt(n)
        gammas = lambda roots: mpmath.fprod(1 / mpmath.gamma(1 - root) for root in roots).real
        quartic = mpmath.polyroots([n**2, 0, 0, -4, 3], maxsteps=200, extraprec=200)
        root = mpmath.sqrt(1 + 4 * n)
        pair = [(1 + root) / (2 * n) - 1, (1 - root) / (2 * n) - 1]
        root = mpmath.sqrt(3 * (4 * n - 1))
        a = [-1 + (1 + root) / (2 * n), -1 + (1 - root) / (2 * n)]
        pool = (1 - 1 / n) * mpmath.gamma(1 - 1 / n) * gammas(a)
        exact = {
            "covariance": mpmath.sin(mpmath.pi * z) / (mpmath.pi * z),
            "square": gammas(quartic),
            "unbiased": mpmath.gamma(2 - 1 / n) * gammas(pair),
            "subsample": [pool, pool * (1 - 1 / n), 1 - pool * (1 - 1 / n)],
        }
    for name, value in exact.items():
        value = np.array(value, dtype=float)
        found = claim[name](inf, samples=samples)
        yield closed_form(f"limit of {name}, n = {samples}", found, value, tolerance=1e-12)
    log = claim["log"](inf, samples=samples)
    mean = np.log(float(exact["covariance"]))
    yield bound(f"the typical run keeps less, n = {samples}", log, mean)
    # At last E log F_s = -2/(n s^2), half of it from the mean and half from the variance.
    late = 10**5
    ahead = late * (claim["log"](late, samples=samples) - log)
    yield closed_form(f"its last steps, n = {samples}", ahead, 2 / samples, tolerance=1e-4)


def _orders(claim, samples):
    """Replacing loses most, then choosing, then keeping all; from the second generation on."""
    generations = np.array([2, 3, 10, 1000])
    moments, replaced = Gaussian.of(0.0, 1.0).moments(), []
    for t in range(1, generations[-1] + 1):
        moments = replace(samples=samples).moments(moments) if t <= 10 else moments
        if t in generations[:3]:
            replaced.append(float(moments.covariance[0, 0]))
    replaced.append((1 - 1 / samples) ** 1000)
    chosen = [claim["subsample"](t, samples=samples)[1] for t in generations]
    kept = [claim["covariance"](t, samples=samples) for t in generations]
    yield bound(f"replacing loses more than choosing, n = {samples}", replaced, chosen)
    yield bound(f"choosing loses more than keeping, n = {samples}", chosen, kept)


def _paths(trial):
    """Means and variances of runs that keep everything, from no points at all."""
    real = Gaussian.of(0.0, 1.0)
    path = orbits(
        accumulate(samples=10).step,
        trial.key(),
        Dataset(real, np.zeros(()), np.zeros(())),
        generations=_GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.mean_and_variance_of_data,
    )
    return tuple(np.asarray(leaf)[:, -1] for leaf in path)


def _chosen_points(trial, samples=5, generations=4):
    """Means and variances of fits to points chosen from a growing array, without the stages."""
    rng = np.random.default_rng([trial.seed, 3])
    count = trial.replicates // 2
    pool = rng.normal(size=(count, samples))
    for t in range(1, generations + 1):
        order = rng.random(pool.shape).argsort(axis=1)[:, :samples]
        chosen = np.take_along_axis(pool, order, axis=1)
        mean, deviation = chosen.mean(axis=1), chosen.std(axis=1)
        if t < generations:
            new = mean[:, None] + deviation[:, None] * rng.normal(size=(count, samples))
            pool = np.concatenate([pool, new], axis=1)
    return mean, deviation**2
