"""CA-B2: The moments of a kernel density loop are exact, and with every rule it blows up."""

import numpy as np
from scipy import stats

from ...certificates import certify_root
from ...loops import kernel_density as kernel
from ...loops.kernel_density import equations
from ...models import Particles
from ...stages import Draw, Smooth
from ...verification import bound, closed_form, exact_law, monte_carlo, proves, scaled, theorem
from ._points import fit_and_sample, statistics_after

_CLAIM = {
    "growth": kernel.variance_growth,
    "variance": kernel.expected_variance,
    "mean error": kernel.expected_mean_error,
    "third": kernel.third_moment_factor,
    "fourth": kernel.fourth_moment_matrix,
    "fixed": kernel.fixed_variance,
    "neutral": kernel.neutral_factor,
}
_DATA = {4: np.array([-1.3, 0.2, 0.9, 3.0]), 5: np.array([-1.0, 0.0, 0.1, 0.4, 2.0])}
_KERNELS = ({"factor": 0.7}, {"bandwidth": 0.6}, {"factor": 0.4, "bandwidth": 0.3})


def _of_normal_data(samples, factor=0.0, bandwidth=0.0, shrink=1.0):
    """As if the fit were Gaussian: without a fourth cumulant."""
    matrix = kernel.fourth_moment_matrix(samples, factor, bandwidth, shrink)
    growth = (samples + 1) / (samples - 1) * kernel.variance_growth(samples, factor, shrink) ** 2
    matrix[0], matrix[1, :2] = 0.0, (0.0, growth)
    return matrix


@theorem(
    spec="CA-B2",
    paper="borji2024",
    status="derived",
    hypotheses=(
        "each generation is n points of the kernel density estimate of the one before",
        "kernels with finite second moments, symmetric for k_3 and Gaussian for k_4",
        "no real data",
    ),
    claim=_CLAIM,
    mutants={
        "points are not chosen with repetition": _CLAIM
        | {"growth": lambda n, f, b=1.0: b**2 * (1 + f**2)},
        "the kernel has the divisor n": _CLAIM
        | {"growth": lambda n, f, b=1.0: kernel.variance_growth(n, f * (1 - 1 / n) ** 0.5, b)},
        "a third moment lost once": _CLAIM | {"third": lambda n, b=1.0: b**3 * (1 - 1 / n)},
        "normal data": _CLAIM | {"fourth": _of_normal_data},
        "the mean moves one generation late": _CLAIM
        | {"mean error": lambda t, *a, **o: kernel.expected_mean_error(t - 1, *a, **o)},
        "the fixed variance of n - 1 points": _CLAIM | {"fixed": lambda n, h: (n - 1) * h**2},
        "growth 1 % large": scaled(_CLAIM, 1.01, "growth"),
        "variance 1 % large": scaled(_CLAIM, 1.01, "variance"),
        "mean error 1 % large": scaled(_CLAIM, 1.01, "mean error"),
        "third moment 1 % large": scaled(_CLAIM, 1.01, "third"),
        "fourth moments 1 % large": scaled(_CLAIM, 1.01, "fourth"),
        "fixed variance 1 % large": scaled(_CLAIM, 1.01, "fixed"),
        "neutral factor 1 % wide": scaled(_CLAIM, 1.01, "neutral"),
    },
)
def exact_moments(claim, trial):
    r"""The moments of a kernel density loop are exact, and with every rule it blows up.

    With a kernel of variance $f^2 S^2 + h^2$ and $c = 1 - \frac1n + f^2$: $E\,S'^2 = c\,S^2 + h^2$,
    the mean moves by $D' = D + (c V + h^2)/n$, $E\,k_3' = \frac{(n-1)(n-2)}{n^2} k_3$, and the
    moments $(E\,k_4, E\,k_2^2, E\,k_2, 1)$ have a known matrix. $c > 1$ with Scott's and
    Silverman's rule for all $n \ge 2$ and $d \ge 1$: the variance blows up. It is neutral at $f =
    n^{-1/2}$; with an absolute bandwidth it ends at $n h^2$.
    """
    for size, data in _DATA.items():
        second, third, fourth = (float(stats.kstat(data, k)) for k in (2, 3, 4))
        # Five points have three thousand choices: one kernel of both kinds is enough.
        for widths in _KERNELS[0 if size == 4 else 2 :]:
            what = f"of all choices, {widths}, n = {size}"
            exact = trial.once(what, lambda d=data, w=widths: statistics_after(d, **w))
            start = np.array([fourth, second**2, second, 1.0])
            claimed = (claim["fourth"](size, **widths) @ start)[:2]
            yield closed_form(f"k_4 and k_2^2 {what}", claimed, exact[:2])
            claimed = claim["growth"](size, widths.get("factor", 0.0)) * second
            yield closed_form(f"k_2 {what}", claimed + widths.get("bandwidth", 0.0) ** 2, exact[2])
            yield closed_form(f"k_3 {what}", claim["third"](size) * third, exact[3])
    yield from _along_the_generations(claim)
    sizes = np.array([2, 3, 5, 10, 100, 10_000, 10**8])[:, None]
    for rule in (kernel.scott_factor, kernel.silverman_factor):
        growth = claim["growth"](sizes, rule(sizes, np.arange(1, 41)))
        yield bound(f"{rule.__name__}: every n and d blows up", 1.0, growth)
    for rule, dimension in (("scott", 1), ("silverman", 2)):
        start = Particles.of(np.eye(4)[:, :dimension]).moments()
        after = (Draw(50) >> Smooth(rule)).moments(start).covariance[0, 0]
        number = getattr(kernel, f"{rule}_factor")(50, dimension)
        claimed = claim["growth"](50, number) * start.covariance[0, 0]
        yield closed_form(f"composed of stages, {rule}, d = {dimension}", claimed, after)
    numbers = trial.once("runs", lambda: _runs(trial))
    start = np.array([0.0, (_SIZE + 1) / (_SIZE - 1), 1.0, 1.0])
    matrix = claim["fourth"](_SIZE, kernel.scott_factor(_SIZE))
    expected = (np.linalg.matrix_power(matrix, 4) @ start)[:2]
    yield monte_carlo(
        "k_4 and k_2^2 at t = 4, Scott's rule", expected, numbers, scale=16.0, resolution=0.15
    )


def _along_the_generations(claim):
    """Closed forms against the recursion, and what they say about fixed points."""
    for size, widths in ((10, {"factor": 0.5}), (1000, {"bandwidth": 0.5}), (4, {"factor": 0.5})):
        for time in (1, 7, 40):
            exact = kernel.KernelMoments(size, **widths).after(time, 2.0)
            what = f"{widths}, n = {size}, t = {time}"
            spread = claim["variance"](time, size, **widths, variance=2.0)
            error = claim["mean error"](time, size, **widths, variance=2.0)
            yield exact_law(f"E S^2 by its recursion, {what}", spread, exact[0])
            yield exact_law(f"the mean by its recursion, {what}", error, exact[1])
    for size in (2, 12, 1000):
        limit = claim["fixed"](size, 0.3)
        again = kernel.KernelMoments(size, bandwidth=0.3).after(1, limit)[0]
        yield closed_form(f"n h^2 stays, n = {size}", limit, again)
        neutral = kernel.KernelMoments(size, factor=float(claim["neutral"](size))).after(1, 2.0)[0]
        yield closed_form(f"the neutral factor keeps the variance, n = {size}", 2.0, neutral)


_SIZE = 12


def _runs(trial):
    rng = np.random.default_rng([trial.seed, 2])
    data = rng.standard_normal((trial.replicates, _SIZE))
    for _ in range(4):
        data = fit_and_sample(rng, data, _SIZE, factor=kernel.scott_factor(_SIZE))
    return np.stack([stats.kstat(data, 4, axis=1), data.var(1, ddof=1) ** 2], axis=-1)


@proves("CA-B2")
def proofs(digits):
    """The factor at which the expected variance stays as it is."""
    known = {"parameters": ["1000"], "digits": digits}
    return {"n = 1000, factor": certify_root(equations.neutral_factor, "0", "1", **known)}
