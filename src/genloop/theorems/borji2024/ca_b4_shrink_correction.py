"""CA-B4: Points drawn back to their mean keep the variance and become Gaussian as fast."""

import numpy as np
from scipy import stats

from ...loops import kernel_density as kernel
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from ._points import fit_and_sample, statistics_after

_CLAIM = {
    "balanced": kernel.balanced_shrink,
    "growth": kernel.variance_growth,
    "third": kernel.third_moment_factor,
    "fourth": kernel.fourth_moment_matrix,
    "after": lambda p, t, f: kernel.population_after(
        p, t, factor=f, shrink=kernel.balanced_shrink(np.inf, f)
    ),
    "shape": lambda r, t, f: (1 + f**2) ** (-r * t / 2),
    "rate": lambda n, f: kernel.typical_growth(n, f, kernel.balanced_shrink(n, f)),
}
_SCOTT = kernel.scott_factor(1000)


@theorem(
    spec="CA-B4",
    paper="borji2024",
    status="derived",
    hypotheses=("as CA-B2 and CA-B3, with points x' = m + b (x_I - m + kernel)",),
    claim=_CLAIM,
    mutants={
        "the shrink of infinitely many samples": _CLAIM
        | {"balanced": lambda n, f: kernel.balanced_shrink(np.inf, f)},
        "only the points are drawn back": _CLAIM
        | {"growth": lambda n, f, b: b**2 * (1 - 1 / n) + f**2},
        "the third moment is not drawn back": _CLAIM | {"third": lambda n, b: 1 - 1 / n},
        "the fourth moments of a plain loop": _CLAIM
        | {"fourth": lambda n, f, h, b: kernel.fourth_moment_matrix(n, f)},
        "the population is not drawn back": _CLAIM
        | {"after": lambda p, t, f: kernel.population_after(p, t, factor=f)},
        "the shape is kept": _CLAIM | {"shape": lambda r, t, f: 1.0},
        "runs keep their variance": _CLAIM | {"rate": lambda n, f: 0.0},
        "balanced 1 % wide": scaled(_CLAIM, 1.01, "balanced"),
        "rate 1 % fast": scaled(_CLAIM, 1.01, "rate"),
        "shape 1 % large": scaled(_CLAIM, 1.01, "shape"),
    },
)
def shrink_correction(claim, trial):
    r"""Points drawn back to their mean keep the variance and become Gaussian as fast.

    $E\,S'^2 = b^2 c\,S^2$: $b = c^{-1/2}$ keeps the expected variance, $E\,k_3$ has the factor
    $b^3$ more and the cumulants of fourth order $b^4$. With infinitely many samples $b^2 (1 + f^2)
    = 1$, $p_t$ is $m + b^t (X_0 - m)$ smoothed by $N(0, V_0 (1 - b^{2t}))$, the law of an
    Ornstein-Uhlenbeck process: it tends to $N(m, V_0)$, its standardised cumulants by $(1 +
    f^2)^{-r t/2}$ and its modes as without a shrink. Runs of $n$ points still collapse, at a rate
    of about $-\frac1n$.
    """
    data = np.array([-1.3, 0.2, 0.9, 3.0])
    second, third, fourth = (float(stats.kstat(data, k)) for k in (2, 3, 4))
    factor, shrink = 0.7, 0.85
    exact = trial.once("all choices", lambda: statistics_after(data, factor, shrink=shrink))
    start = np.array([fourth, second**2, second, 1.0])
    claimed = (claim["fourth"](4, factor, 0.0, shrink) @ start)[:2]
    yield closed_form("k_4 and k_2^2 of all choices", claimed, exact[:2])
    yield closed_form("k_2 of all choices", claim["growth"](4, factor, shrink) * second, exact[2])
    yield closed_form("k_3 of all choices", claim["third"](4, shrink) * third, exact[3])
    for size in (2, 10, 1000):
        kept = kernel.KernelMoments(size, factor=0.3, shrink=claim["balanced"](size, 0.3))
        yield closed_form(f"the variance is kept, n = {size}", kept.after(5, 2.0)[0], 2.0)
    squares = trial.once("squares", lambda: _squares(trial))
    yield monte_carlo("E S^2 at t = 3, point by point", 1.0, squares)
    start = kernel.reference_mixture()
    for time in (1, 30):
        after = claim["after"](start, time, _SCOTT)
        what = f"t = {time}"
        yield closed_form(f"the population keeps it, {what}", after.variance, start.variance)
        exact = trial.once(what, lambda t=time: _step_by_step(start, t))
        yield closed_form(f"step by step, {what}", after.density(_PLACES), exact)
        for order in (3, 4):
            cumulants = after.cumulants()[order - 1] / start.cumulants()[order - 1]
            yield closed_form(
                f"cumulant {order}, {what}", claim["shape"](order, time, _SCOTT), cumulants
            )
    far = kernel.population_after(
        start, 2000, _SCOTT, shrink=kernel.balanced_shrink(np.inf, _SCOTT)
    )
    normal = kernel.KernelMixture.of([(1.0, start.mean, start.variance**0.5)])
    distance = kernel.kullback_leibler(start, normal).value
    yield closed_form("the limit", kernel.kullback_leibler(start, far).value, distance)
    yield closed_form("the limit as printed", distance, 0.518858339593, tolerance=1e-11)
    two = kernel.KernelMixture.of([(0.5, -2.0, 0.5), (0.5, 2.0, 0.5)])
    merged = kernel.merge_time(2.0, 0.5, _SCOTT)
    counts = [claim["after"](two, merged * share, _SCOTT).modes().size for share in (0.99, 1.01)]
    yield closed_form("modes merge as without a shrink", counts, [2, 1])
    for size, width in ((20, 0.5), (100, 0.4)):
        matrix, kurtosis = kernel.fourth_moment_matrix(size, width), 0.0
        for _ in range(2000):
            kurtosis = (matrix[0, 0] * kurtosis + matrix[0, 1]) / matrix[2, 2] ** 2
        exact = -1 / (size - 1) - kurtosis / (2 * size)
        yield closed_form(f"rate of runs, n = {size}", claim["rate"](size, width), exact)
        rates = trial.once(f"rates {size}", lambda n=size, f=width: _rates(trial, n, f))
        gap = abs(claim["rate"](size, width) - rates.mean()) * size
        yield bound(
            f"runs collapse, n = {size}", gap, 5 * size * rates.std() / len(rates) ** 0.5 + 0.1
        )


_PLACES = np.linspace(-5.0, 7.0, 7)


def _step_by_step(start, generations):
    """Smooth, then draw back, again and again: the density at the places."""
    density = start
    for _ in range(generations):
        spread = density.variance
        density = density.smooth(_SCOTT**2 * spread).scale((1 + _SCOTT**2) ** -0.5)
    return density.density(_PLACES)


def _squares(trial, size=10, generations=3):
    rng = np.random.default_rng([trial.seed, 4])
    data = rng.standard_normal((trial.replicates, size))
    for _ in range(generations):
        data = fit_and_sample(rng, data, size, 0.4, shrink=kernel.balanced_shrink(size, 0.4))
    return data.var(1, ddof=1)


def _rates(trial, size, factor, generations=300, runs=150, rest=100):
    """The rates at which the variance of runs changes."""
    rng = np.random.default_rng([trial.seed, 5, size])
    data, total = rng.standard_normal((runs, size)), np.zeros(runs)
    shrink = kernel.balanced_shrink(size, factor)
    for generation in range(rest + generations):
        data = fit_and_sample(rng, data, size, factor, shrink=shrink)
        spread = data.std(1, ddof=1, keepdims=True)
        data = (data - data.mean(1, keepdims=True)) / spread
        total += 2 * np.log(spread[:, 0]) * (generation >= rest)
    return total / generations
