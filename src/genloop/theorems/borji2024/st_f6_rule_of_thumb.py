"""ST-F6: A bandwidth that follows the data multiplies their variance, by more than one."""

import numpy as np
from scipy import stats

from ...certificates import certify_root
from ...loops import kernel_density as kernel
from ...loops.kernel_density import equations
from ...verification import bound, closed_form, monte_carlo, proves, scaled, theorem
from ._points import fit_and_sample

_CLAIM = {
    "growth": lambda share, n, d: kernel.variance_growth(n, share * kernel.scott_factor(n, d)),
    "neutral": kernel.neutral_share,
}


@theorem(
    spec="ST-F6",
    paper="borji2024",
    status="derived",
    hypotheses=("a Gaussian kernel with the covariance s^2 n^{-2/(d+4)} S, no real data",),
    claim=_CLAIM,
    mutants={
        "the exponent of one dimension": _CLAIM
        | {"growth": lambda s, n, d: kernel.variance_growth(n, s * kernel.scott_factor(n))},
        "choosing costs no variance": _CLAIM
        | {"growth": lambda s, n, d: 1 + (s * kernel.scott_factor(n, d)) ** 2},
        "neutral where the bandwidth is one": _CLAIM
        | {"neutral": lambda n, d: n ** (-1 / (d + 4))},
        "growth 1 % large": scaled(_CLAIM, 1.01, "growth"),
        "neutral 1 % wide": scaled(_CLAIM, 1.01, "neutral"),
    },
)
def rule_of_thumb(claim, trial):
    r"""A bandwidth that follows the data multiplies their variance, by more than one.

    With $h^2 = s^2 n^{-2/(d+4)} S^2$ the expected covariance grows by $\frac{n-1}n + s^2
    n^{-2/(d+4)}$ a generation, in one dimension $\frac{n-1}n + s^2 n^{-2/5}$: neutral if and only
    if $s = n^{-\frac{d+2}{2 (d+4)}}$, $n^{-3/10}$ in one dimension. Scott's rule is $s = 1$.
    """
    generator = np.random.default_rng([trial.seed, 9])
    for size, dimension, share in ((30, 1, 1.0), (50, 3, 0.6), (7, 2, 1.5)):
        data = generator.standard_normal((dimension, size)) ** 3
        fit = stats.gaussian_kde(data, bw_method=share * stats.gaussian_kde(data).factor)
        of_the_fit = np.atleast_2d(np.cov(data, bias=True)) + fit.covariance
        exact = claim["growth"](share, size, dimension) * np.atleast_2d(np.cov(data))
        yield closed_form(f"SciPy's estimate, n = {size}, d = {dimension}", exact, of_the_fit)
    for size in (2, 10, 1000):
        for dimension in (1, 4):
            share = claim["neutral"](size, dimension)
            growth = kernel.variance_growth(size, share * size ** (-1 / (dimension + 4)))
            yield closed_form(f"neutral, n = {size}, d = {dimension}", 1.0, growth)
            yield bound(f"below Scott's rule, n = {size}, d = {dimension}", share, 1.0)
    squares = trial.once("squares", lambda: _squares(trial))
    yield monte_carlo("E S^2 at t = 3", claim["growth"](0.8, 15, 1) ** 3, squares)


def _squares(trial):
    rng = np.random.default_rng([trial.seed, 10])
    data = rng.standard_normal((trial.replicates, 15))
    for _ in range(3):
        data = fit_and_sample(rng, data, 15, 0.8 * 15**-0.2)
    return data.var(1, ddof=1)


@proves("ST-F6")
def proofs(digits):
    """The share of Scott's factor at which the expected variance stays as it is."""
    found = {}
    for dimension in ("1", "3"):
        known = {"parameters": ["1000", dimension], "digits": digits}
        found[f"n = 1000, d = {dimension}"] = certify_root(
            equations.neutral_share, "1/100", "1", **known
        )
    return found
