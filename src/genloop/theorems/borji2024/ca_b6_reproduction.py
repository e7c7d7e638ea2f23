"""CA-B6: A mixture becomes one Gaussian-like mode in 30 generations, and goes on moving away."""

import dataclasses
import functools

import numpy as np
from scipy import special, stats

from ...loops import kernel_density as kernel
from ...verification import bound, closed_form, exact_law, monte_carlo, scaled, theorem
from ._points import fit_and_sample

_SCOTT = kernel.scott_factor(1000)
_KERNELS = {
    "Scott": {"factor": _SCOTT},
    "absolute": {"bandwidth": 0.5},
    "shrunk": {"factor": _SCOTT, "shrink": kernel.balanced_shrink(np.inf, _SCOTT)},
}
_PRINTED = {
    ("Scott", 30): (1.01907896006, 2.658015493399, 3.545247392336),
    ("Scott", 300): (9.196631734883, 17526.28692494, 21966.13339394),
    ("absolute", 300): (1.423878268564, 5.256667485166, 6.792948395507),
    ("shrunk", 30): (0.5167675247231, 0.4719630864319, 0.6067609476887),
}


def _distances(start, after):
    parts = lambda p: tuple(tuple(getattr(p, field.name)) for field in dataclasses.fields(p))
    return np.array(_measured(parts(start), parts(after)))


@functools.cache
def _measured(start, after):
    """KL, W_1 and W_2 once for every pair, as the mutants ask for the same ones."""
    p, q = (kernel.KernelMixture(*map(np.array, parts)) for parts in (start, after))
    found = kernel.kullback_leibler(p, q), kernel.wasserstein(p, q), kernel.wasserstein(p, q, 2)
    return tuple(one.value for one in found)


_CLAIM = {
    "distances": _distances,
    "after": kernel.population_after,
    "variance": kernel.expected_variance,
}


@theorem(
    spec="CA-B6",
    paper="borji2024",
    status="reconstructed",
    hypotheses=(
        "0.4 N(-2, 0.5^2) + 0.35 N(1, 0.3^2) + 0.25 U(2, 5), ours in place of the note's numbers",
        "populations; and runs of 200 points",
    ),
    claim=_CLAIM,
    mutants={
        "one generation late": _CLAIM
        | {"after": lambda p, t, **o: kernel.population_after(p, t - 1, **o)},
        "divergence of the start from the end": _CLAIM
        | {"distances": lambda p, q: _distances(q, p) * [1.0, 1.0, 1.0]},
        "W_1 in place of W_2": _CLAIM | {"distances": lambda p, q: _distances(p, q)[[0, 1, 1]]},
        "runs as the population": _CLAIM
        | {"variance": lambda t, n, **o: kernel.expected_variance(t, np.inf, **o)},
        "distances 1 % large": scaled(_CLAIM, 1.01, "distances"),
        "variance 1 % large": scaled(_CLAIM, 1.01, "variance"),
    },
)
def reproduction(claim, trial):
    r"""A mixture becomes one Gaussian-like mode in 30 generations, and goes on moving away.

    For two Gaussians and a uniform distribution $\mathrm{KL}(p_0 \| p_t)$, $W_1$ and $W_2$ rise in
    every generation up to 300, with Scott's factor to 9.1966 nats, 17526.29 and 21966.13, with the
    bandwidth 0.5 to 1.4239, 5.2567 and 6.7929; with the shrink the divergence tends to 0.518858.
    In generation 30 there is one mode, and the excess kurtosis is within 0.03 (Scott) or 0.19
    (bandwidth) of zero.
    """
    start = kernel.reference_mixture()
    for (name, time), printed in _PRINTED.items():
        found = claim["distances"](start, claim["after"](start, time, **_KERNELS[name]))
        what = f"{name}, t = {time}"
        yield exact_law(f"KL, W_1, W_2 as printed, {what}", found, printed, tolerance=1e-9)
        if time == 30:
            plain = trial.once(what, lambda n=name: _on_a_grid(n))
            yield closed_form(f"on a grid, {what}", found, plain, tolerance=1e-4)
    for name, least in (("Scott", 0.03), ("absolute", 0.19)):
        after = claim["after"](start, 30, **_KERNELS[name])
        yield closed_form(f"one mode, {name}", after.modes().size, 1)
        kurtosis = after.cumulants()[3] / after.variance**2
        yield bound(f"excess kurtosis, {name}", abs(kurtosis), least)
        path = trial.once(f"path {name}", lambda n=name: _path(start, n))
        yield bound(f"the distances rise, {name}", path[:-1], path[1:])
    for name, widths in (
        ("Scott", {"factor": kernel.scott_factor(_SIZE)}),
        ("absolute", {"bandwidth": 0.5}),
    ):
        squares = trial.once(f"runs {name}", lambda w=widths: _runs(trial, start, w))
        expected = claim["variance"](_LAST, _SIZE, **widths, variance=start.variance)
        exact = kernel.KernelMoments(_SIZE, **widths).after(_LAST, start.variance)[0]
        yield exact_law(f"E S^2 by its recursion, {name}", expected, exact)
        yield monte_carlo(f"E S^2 of runs, {name}", expected, squares, resolution=0.12)


_SIZE, _LAST, _RUNS = 200, 10, 3000


def _path(start, name):
    """All distances every 50 generations."""
    after = [kernel.population_after(start, t, **_KERNELS[name]) for t in range(50, 301, 50)]
    return np.array([_distances(start, one) for one in after])


def _on_a_grid(name):
    """KL, W_1 and W_2 at t = 30 by sums over a fine grid, with SciPy's normal functions."""
    start = kernel.reference_mixture()
    widths, spread = _KERNELS[name], start.variance
    square = widths.get("factor", 0.0) ** 2
    added = 30 * 0.25 if name == "absolute" else spread * ((1 + square) ** 30 - 1)
    left = 1.0
    if name == "shrunk":
        left = (1 + square) ** -15
        added = spread * (1 - left**2)
    x = np.linspace(-60.0, 60.0, 400_001)
    step, centre = x[1] - x[0], start.mean
    parts = ((0.4, -2.0, 0.5), (0.35, 1.0, 0.3))
    normal = lambda m, s: stats.norm(centre + left * (m - centre), (left**2 * s**2 + added) ** 0.5)
    mass = [w * stats.norm(m, s).pdf(x) for w, m, s in parts] + [0.25 / 3 * ((x > 2) & (x < 5))]
    ends = [centre + left * (e - centre) for e in (2.0, 5.0)]
    edge = [special.ndtr((x - e) / added**0.5) for e in ends]
    other = sum(w * normal(m, s).pdf(x) for w, m, s in parts)
    other = other + 0.25 * (edge[0] - edge[1]) / (ends[1] - ends[0])
    density = sum(mass)
    inside = density > 1e-300
    divergence = step * (density[inside] @ np.log(density[inside] / other[inside]))
    first, second = (step * np.cumsum(one) - step / 2 * one for one in (density, other))
    levels = (np.arange(400_000) + 0.5) / 400_000
    gaps = np.interp(levels, first, x) - np.interp(levels, second, x)
    return divergence, step * np.abs(first - second).sum(), np.mean(gaps**2) ** 0.5


def _runs(trial, start, widths):
    """Variances of runs after ten generations."""
    rng = np.random.default_rng([trial.seed, 6])
    data = start.sample(rng, (_RUNS, _SIZE))
    for _ in range(_LAST):
        data = fit_and_sample(rng, data, _SIZE, **widths)
    return data.var(1, ddof=1)
