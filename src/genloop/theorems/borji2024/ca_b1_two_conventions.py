"""CA-B1: Two libraries name the same rules, for a factor of the spread and for a length."""

import numpy as np
from scipy import stats

from ...loops.kernel_density import scott_factor, silverman_factor
from ...verification import closed_form, scaled, theorem


def _covariance(data, rule):
    """Of the kernel, relative: the rule times the sample covariance, shape (d, d)."""
    return rule**2 * np.atleast_2d(np.cov(data))


_CLAIM = {
    "scott": scott_factor,
    "silverman": silverman_factor,
    "covariance": _covariance,
    "factor": lambda bandwidth, data: bandwidth / data.std(ddof=1),
}


@theorem(
    spec="CA-B1",
    paper="borji2024",
    status="reconstructed",
    hypotheses=("n points in d dimensions, Gaussian kernels",),
    claim=_CLAIM,
    mutants={
        "the exponent of one dimension": _CLAIM | {"scott": lambda n, d: scott_factor(n)},
        "Silverman without the dimension": _CLAIM
        | {"silverman": lambda n, d: scott_factor(0.75 * n, d)},
        "the covariance with the divisor n": _CLAIM
        | {"covariance": lambda data, rule: rule**2 * np.atleast_2d(np.cov(data, bias=True))},
        "a bandwidth is a factor": _CLAIM | {"factor": lambda bandwidth, data: bandwidth},
        "Scott 1 % wide": scaled(_CLAIM, 1.01, "scott"),
        "Silverman 1 % wide": scaled(_CLAIM, 1.01, "silverman"),
        "covariance 1 % wide": scaled(_CLAIM, 1.01, "covariance"),
        "factor 1 % wide": scaled(_CLAIM, 1.01, "factor"),
    },
)
def two_conventions(claim, trial):
    r"""Two libraries name the same rules, for a factor of the spread and for a length.

    Scott's number is $n^{-1/(d+4)}$ and Silverman's $\left(\frac{n (d+2)}4\right)^{-1/(d+4)}$. In
    SciPy's `gaussian_kde` it is a factor $f$: the kernel has the covariance $f^2 S$, $S$ with the
    divisor $n - 1$. In scikit-learn's `KernelDensity` it is the bandwidth $h$ itself, whatever the
    spread. In one dimension an estimate with the bandwidth $h$ is one with the factor $h/s$.
    """
    generator = np.random.default_rng([trial.seed, 1])
    for size, dimension in ((2, 1), (30, 1), (50, 2), (12, 5)):
        data = 3.0 * generator.standard_normal((dimension, size)) + generator.random(size)
        name = f"n = {size}, d = {dimension}"
        for rule in ("scott", "silverman"):
            fit = stats.gaussian_kde(data, bw_method=rule)
            number = claim[rule](size, dimension)
            yield closed_form(f"{rule}, {name}", number, fit.factor, tolerance=1e-12)
            kernel = claim["covariance"](data, fit.factor)
            yield closed_form(f"kernel of {rule}, {name}", kernel, fit.covariance)
    data, places = generator.exponential(size=40), np.linspace(-1.0, 4.0, 7)
    for bandwidth in (0.1, float(claim["scott"](40, 1))):
        gaps = (places[:, None] - data) / bandwidth
        lengths = np.exp(-(gaps**2) / 2).mean(1) / (bandwidth * np.sqrt(2 * np.pi))
        fit = stats.gaussian_kde(data, bw_method=claim["factor"](bandwidth, data))
        yield closed_form(f"a length as a factor, h = {bandwidth:.3g}", fit(places), lengths)
