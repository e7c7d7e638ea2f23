"""FS-5: Near $T = 1$ with little real data the loop is a diffusion with selection and mutation."""

import itertools

import numpy as np
import sympy
from scipy import special

from ....analysis import diffusion_limit
from ....laws import SelectionMutation, stationary_law
from ....loops.temperature import noise
from ....models import Categorical
from ....verification import closed_form, exact_law, symbolic, theorem
from ._instances import extrapolated, stationary, success_of


def _log_density(p, r, *, selection, mutation):
    r"""$\log \varphi$ up to a constant, in symbols."""
    powers = [(2 * mutation * q - 1) * sympy.log(x) for x, q in zip(p, r, strict=True)]
    return sum(powers) + 2 * selection * sum(x * sympy.log(x) for x in p)


def _drift(p, r, *, selection, mutation):
    r"""$\gamma\,p_i (\log p_i + H) + \theta (r_i - p_i)$, as numbers or as symbols."""
    log = sympy.log if isinstance(p[0], sympy.Basic) else np.log
    entropy = -sum(x * log(x) for x in p)
    return [
        selection * x * (log(x) + entropy) + mutation * (q - x) for x, q in zip(p, r, strict=True)
    ]


_LIMIT = {
    "drift": _drift,
    "log density": _log_density,
    "law": SelectionMutation,
}


def _altered(**factors):
    """The law with some of its numbers multiplied."""
    return lambda selection, mutation, real: SelectionMutation(
        factors.get("selection", 1) * selection, factors.get("mutation", 1) * mutation, real
    )


@theorem(
    spec="FS-5",
    paper="marchi2024",
    status="derived",
    hypotheses=(
        "N samples replace the data, T = 1/(1 + selection/N), a = mutation/N",
        "N large, time in units of N generations",
        "stationary law: every outcome has a positive real probability",
    ),
    claim=_LIMIT,
    mutants={
        "diversity is selected for": _LIMIT | {"law": _altered(selection=-1)},
        "exponent theta r - 1": _LIMIT | {"law": _altered(mutation=0.5)},
        "selection 1 % weaker": _LIMIT | {"law": _altered(selection=0.99)},
        "mutation 1 % weaker": _LIMIT | {"law": _altered(mutation=0.99)},
        "selection 1 % stronger in the density": _LIMIT
        | {
            "log density": lambda p, r, *, selection, mutation: _log_density(
                p, r, selection=sympy.Rational(101, 100) * selection, mutation=mutation
            )
        },
        "drift 1 % fast": _LIMIT
        | {"drift": lambda *a, **o: [1.01 * part for part in _drift(*a, **o)]},
        "density with exponent 2 theta r": _LIMIT
        | {"log density": lambda p, r, **s: _log_density(p, r, **s) + sympy.log(p[0])},
        "drift without the entropy": _LIMIT
        | {
            "drift": lambda p, r, *, selection, mutation: [
                x + selection * y * np.log(y)
                for x, y in zip(_drift(p, r, selection=0, mutation=mutation), p, strict=True)
            ]
        },
    },
)
def selection_mutation_limit(claim, trial):
    r"""Near $T = 1$ with little real data the loop is a diffusion with selection and mutation.

    Let $T = 1/(1 + \gamma/N)$, $a = \theta/N$, $N \to \infty$. In units of $N$ generations the
    drift is $\gamma\,p_i (\log p_i + H) + \theta (r_i - p_i)$, the covariance $p_i (\delta_{ij} -
    p_j)$, and the stationary density $\varphi(p) \propto \prod_i p_i^{2 \theta r_i - 1} e^{-2
    \gamma H(p)}$ with Shannon's entropy $H$; moments of the chain differ from its by
    $O(\frac1N)$.
    """
    point, real = np.array([0.2, 0.5, 0.3]), (0.5, 0.3, 0.2)
    numbers = {"selection": 1.3, "mutation": 0.7}
    slopes, covariance = trial.once("built", lambda: _built(point, real, **numbers))
    found = claim["drift"](point, real, **numbers)
    yield closed_form("drift of the loop", found, slopes, tolerance=1e-6)
    expected = np.diag(point) - np.outer(point, point)
    yield closed_form("covariance of the loop", expected, covariance, tolerance=1e-5, scale=1.0)
    for outcomes in (2, 3):
        yield symbolic(f"no flux, K = {outcomes}", _flux(outcomes, claim["log density"]))
    uniform = claim["law"](0.0, 1.0, (0.5, 0.5)).heterozygosity
    yield closed_form("no selection: a beta law", uniform, 1 / 3, tolerance=1e-12)
    for mutation, selection, share in ((1.0, 1.0, 0.5), (1.5, -2.0, 0.3), (1.0, 2.0, 0.3)):
        chain = lambda n, m=mutation, g=selection, q=share: _heterozygosity(n, m, g, q)
        label = f"{mutation} {selection} {share}"
        exact = trial.once(label, lambda c=chain: extrapolated(c, 150))
        found = claim["law"](selection, mutation, (share, 1 - share)).heterozygosity
        what = f"exact chains, theta = {mutation}, gamma = {selection}, r = {share}"
        yield exact_law(what, found, exact, tolerance=3e-5)
    exact = trial.once("three", lambda: extrapolated(_three_heterozygosity, 12))
    found = claim["law"](1.0, 2.5, real).heterozygosity
    yield exact_law("exact chains of three outcomes", found, exact, tolerance=2e-3)


def _built(point, real, *, selection, mutation, samples=10**6):
    """Drift and covariance that the library builds from the loop, extrapolated to N = oo."""

    def scaled(n):
        loop = noise.weak_loop(
            selection=selection, mutation=mutation, samples=n, real=Categorical.of(np.array(real))
        )
        limit = diffusion_limit(loop, Categorical.of(point))
        return n * limit.drift(point), n * limit.covariance(point).dense()

    coarse, fine = scaled(samples // 10**3)[0], scaled(samples // 500)[0]
    return np.asarray(2 * fine - coarse), np.asarray(scaled(samples)[1])


def _flux(outcomes, log_density):
    r"""$b_i - \frac12 \sum_j [\partial_j A_{ij} + A_{ij}\,\partial_j \log \varphi]$, $i < K$."""
    free = sympy.symbols(f"p1:{outcomes}", positive=True)
    p = [*free, 1 - sum(free)]
    free_r = sympy.symbols(f"r1:{outcomes}", positive=True)
    r = [*free_r, 1 - sum(free_r)]
    strength = dict(zip(("selection", "mutation"), sympy.symbols("g t"), strict=True))
    logarithm = log_density(p, r, **strength)
    drift = _drift(p, r, **strength)
    matrix = lambda i, j: free[i] * ((1 if i == j else 0) - free[j])
    terms = lambda i: [
        sympy.diff(matrix(i, j), free[j]) + matrix(i, j) * sympy.diff(logarithm, free[j])
        for j in range(outcomes - 1)
    ]
    return [sympy.expand(drift[i] - sum(terms(i)) / 2) for i in range(outcomes - 1)]


def _heterozygosity(samples, mutation, selection, share):
    success = success_of(
        sharpness=1 + selection / samples, real_fraction=mutation / samples, share=share
    )
    frequency = np.arange(samples + 1) / samples
    return stationary(samples, success) @ (2 * frequency * (1 - frequency))


def _three_heterozygosity(samples, mutation=2.5, selection=1.0, real=(0.5, 0.3, 0.2)):
    """By enumeration of the counts of three outcomes."""
    pairs = itertools.product(range(samples + 1), repeat=2)
    counts = np.array([(i, j, samples - i - j) for i, j in pairs if i + j <= samples])
    p = counts / samples
    weights = p ** (1 + selection / samples)
    image = weights / weights.sum(axis=1, keepdims=True)
    image += mutation / samples * (np.array(real) - image)
    ways = special.gammaln(samples + 1) - special.gammaln(counts + 1).sum(axis=1)
    law = stationary_law(np.exp(ways + np.log(image) @ counts.T))
    return law @ (1 - (p**2).sum(axis=1))
