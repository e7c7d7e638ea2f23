"""CA-A5: Covariances in several dimensions: exponents, determinants, traces and directions."""

import numpy as np
from scipy import special

from ...analysis import orbits
from ...laws import LogDeterminant, LogVariance, WishartProducts
from ...loops.gaussian import closed_forms, recursive_fitting
from ...models import Gaussian
from ...papers.shumailov2024 import gaussian_loop
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from .. import _observables
from .._quadrature import chi_square_mean

_START = np.array([[2.0, 0.6], [0.6, 1.0]])
_SAMPLES, _GENERATIONS = 15, 2


def _traces(order, samples, generations, covariance):
    law = WishartProducts(samples, len(covariance))
    return np.array(list(law.trace_moments(order, generations, covariance).values()))


_PRODUCTS = {
    "spectrum": lambda n, d: WishartProducts(n, d).exponents,
    "determinant": lambda y, n, d, t: LogDeterminant(n, d, t).cdf(y),
    "traces": _traces,
    "sliced": recursive_fitting.sliced_wasserstein_risk,
    "divergence": lambda t, n, d: recursive_fitting.kullback_leibler_to_real(t, n, dimension=d),
}


def _isotropic_traces(order, samples, generations, covariance):
    """As if all directions grew together."""
    start = _traces(order, samples, 0, covariance)
    return LogVariance(samples, generations).moment(order) * start


@theorem(
    spec="CA-A5",
    paper="shumailov2024",
    status="derived",
    hypotheses=(
        "Gaussians in d dimensions, fitted to n samples of the generation before, n > d",
        "unbiased mean and covariance, no real data",
    ),
    claim=_PRODUCTS,
    mutants={
        "all exponents alike": _PRODUCTS
        | {"spectrum": lambda n, d: np.full(d, LogVariance(n).exponent)},
        "determinant of independent directions": _PRODUCTS
        | {"determinant": lambda y, n, d, t: LogVariance(n, d * t).cdf(y)},
        "traces of one direction": _PRODUCTS | {"traces": _isotropic_traces},
        "sliced risk of the largest direction": _PRODUCTS
        | {
            "sliced": lambda t, n, c: (
                np.linalg.eigvalsh(c)[-1] * recursive_fitting.wasserstein_risk(t, n)
            )
        },
        "divergence of d single dimensions": _PRODUCTS
        | {"divergence": lambda t, n, d: d * recursive_fitting.kullback_leibler_to_real(t, n)},
        "spectrum 1 % large": scaled(_PRODUCTS, 1.01, "spectrum"),
        "determinant 1 % likelier": scaled(_PRODUCTS, 1.01, "determinant"),
        "traces 1 % large": scaled(_PRODUCTS, 1.01, "traces"),
        "sliced risk 1 % large": scaled(_PRODUCTS, 1.01, "sliced"),
        "divergence 1 % large": scaled(_PRODUCTS, 1.01, "divergence"),
    },
)
def several_dimensions(claim, trial):
    r"""Covariances in several dimensions: exponents, determinants, traces and directions.

    With $\nu = n - 1$ the $i$-th largest eigenvalue of $\Sigma_t$ behaves as $e^{t \ell_i}$,
    $\ell_i = \psi(\frac{\nu - i + 1}2) + \log\frac2\nu$, almost surely. $\det \Sigma_t/\det
    \Sigma_0$ is a product of independent $\chi^2_{\nu - i + 1}/\nu$, and $a^\top \Sigma_t a$ for a
    fixed $a$ one of $\chi^2_\nu/\nu$: all laws of one dimension hold in it. Zonal polynomials are
    multiplied by $(\frac2\nu)^k \prod_i (\frac{\nu - i + 1}2)_{\kappa_i}$ in the mean, so that
    $(E\,\operatorname{tr} \Sigma^2, E(\operatorname{tr} \Sigma)^2) \mapsto
    \begin{pmatrix} 1 + \frac1\nu & \frac1\nu \\ \frac2\nu & 1 \end{pmatrix}$ times it. The mean of
    the squared Wasserstein distance over directions is $\frac{\operatorname{tr} \Sigma_0}d [\frac
    tn + 2 - 2 c_4^t]$, and $E\,\mathrm{KL}(p_t \| p_0) = \frac t2 (\frac dn - \sum_i \ell_i)$.
    """
    for samples, dimension in ((9, 3), (20, 5), (4, 3)):
        what = f"n = {samples}, d = {dimension}"
        found = claim["spectrum"](samples, dimension)
        degrees = samples - np.arange(1, dimension + 1)
        exact = [chi_square_mean(np.log, nu) + np.log(nu / (samples - 1)) for nu in degrees]
        yield closed_form(f"Gram-Schmidt by quadrature, {what}", found, exact)
        exact = closed_forms.lyapunov_exponents(samples, dimension)
        yield closed_form(f"exponents of ST-B2, {what}", found, exact, tolerance=1e-12)
        exact = 0.5 * (5 * dimension / samples - 5 * np.sum(exact))
        yield closed_form(f"divergence, {what}", claim["divergence"](5, samples, dimension), exact)
    y = np.linspace(-2.0, 0.5, 6)
    exact = [chi_square_mean(lambda x, y=y: special.chdtr(8, 9 * np.exp(y) / x), 9) for y in y]
    yield exact_law(
        "determinant by convolution", claim["determinant"](y, 10, 2, 1), exact, scale=1.0
    )
    nu = 8.0
    matrix = np.array([[1 + 1 / nu, 1 / nu], [2 / nu, 1.0]])
    start = np.array([np.trace(_START @ _START), np.trace(_START) ** 2])
    exact = np.linalg.matrix_power(matrix, 4) @ start
    yield closed_form("two traces", claim["traces"](2, 9, 4, _START), exact)
    exact = trial.once("traces", lambda: _traces_by_moments(_START, 9))
    yield closed_form("three traces by moments of normals", claim["traces"](3, 9, 1, _START), exact)
    law = LogVariance(9, 4)
    exact = np.trace(_START) / 2 * (4 / 9 + 2 - 2 * law.moment(0.5))
    yield exact_law("mean over directions", claim["sliced"](4, 9, _START), exact)
    yield from _simulated(claim, trial)


def _simulated(claim, trial):
    mean, factor = trial.once("orbits", lambda: _orbits(trial))
    covariance = factor @ np.swapaxes(factor, -1, -2)
    log = np.linalg.slogdet(covariance)[1] - np.linalg.slogdet(_START)[1]
    total = _GENERATIONS * np.sum(claim["spectrum"](_SAMPLES, 2))
    yield monte_carlo("mean of the log-determinant", total, log)
    levels = np.array([-1.0, -0.3, 0.3])
    found = claim["determinant"](levels, _SAMPLES, 2, _GENERATIONS)
    yield monte_carlo("determinant", found, log[:, None] <= levels, resolution=0.2)
    square = np.einsum("nij,nji->n", covariance, covariance)
    traces = np.stack([square, np.trace(covariance, axis1=1, axis2=2) ** 2], axis=1)
    found = claim["traces"](2, _SAMPLES, _GENERATIONS, _START)
    yield monte_carlo("squares of traces", found, traces)
    gap = np.linalg.solve(_START, covariance)
    error = np.einsum("ni,ni->n", mean, np.linalg.solve(_START, mean.T).T)
    divergence = (np.trace(gap, axis1=1, axis2=2) + error - 2 - log) / 2
    found = claim["divergence"](_GENERATIONS, _SAMPLES, 2)
    yield monte_carlo("divergence from the real data", found, divergence)
    angle = np.random.default_rng([trial.seed, 5]).uniform(0, np.pi, len(mean))
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    own = np.sqrt(np.einsum("ni,nij,nj->n", way, covariance, way))
    real = np.sqrt(np.einsum("ni,ij,nj->n", way, _START, way))
    sliced = np.einsum("ni,ni->n", mean, way) ** 2 + (own - real) ** 2
    found = claim["sliced"](_GENERATIONS, _SAMPLES, _START)
    yield monte_carlo("mean over directions", found, sliced)


def _orbits(trial):
    path = orbits(
        gaussian_loop(samples=_SAMPLES).step,
        trial.key(),
        Gaussian.of(np.zeros(2), _START),
        generations=_GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.mean_and_factor,
    )
    return tuple(np.asarray(leaf)[:, -1] for leaf in path)


def _traces_by_moments(covariance, samples):
    r"""The means of three products of traces after one fit in two dimensions.

    Of $S = L A A^\top L^\top/\nu$ from the moments of the entries of Bartlett's $A$.
    """
    degrees = samples - 1
    root = np.linalg.cholesky(covariance)
    # A chi-square, another with a degree less, and a normal number: Gauss rules are exact here.
    chi = [special.roots_genlaguerre(8, nu / 2 - 1) for nu in (degrees, degrees - 1)]
    normal = special.roots_hermitenorm(9)
    found = np.zeros(3)
    for x, u in zip(*chi[0], strict=True):
        for y, v in zip(*chi[1], strict=True):
            for z, w in zip(*normal, strict=True):
                factor = root @ np.array([[np.sqrt(2 * x), 0], [z, np.sqrt(2 * y)]])
                s = factor @ factor.T / degrees
                one, two, three = (np.trace(np.linalg.matrix_power(s, k)) for k in (1, 2, 3))
                found += u * v * w * np.array([three, two * one, one**3])
    return found / (chi[0][1].sum() * chi[1][1].sum() * normal[1].sum())
