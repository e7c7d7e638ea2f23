"""Theorems on finite samples at any temperature: fluctuations, diffusion limit, exact chain."""

import itertools

import jax
import numpy as np
import sympy
from scipy import special

from ...analysis import diffusion_limit, fluctuations
from ...laws import (
    SelectionMutation,
    stationary_law,
    transition_matrix,
)
from ...loops.temperature import noise
from ...loops.temperature.recipes import multinomial_loop
from ...models import Categorical
from ...verification import closed_form, exact_law, monte_carlo, scaled, symbolic, theorem

PAPER = "marchi2024"


def success_of(*, sharpness, real_fraction=0.0, share=0.5):
    """The loop's image of the frequency of the first of two outcomes."""

    def success(x):
        first, second = x**sharpness, (1 - x) ** sharpness
        return (1 - real_fraction) * first / (first + second) + real_fraction * share

    return success


def _extrapolated(quantity, samples):
    """The limit of many samples from N, 2N and 4N, for errors in whole powers of 1/N."""
    one, two, four = (quantity(samples * factor) for factor in (1, 2, 4))
    return (8 * four - 6 * two + one) / 3


_FLUCTUATION = {
    "covariance": noise.fluctuation_covariance,
    "size": noise.fluctuation_size,
    "uniform": noise.uniform_fluctuation,
    "neutral": noise.neutral_fluctuation,
}


def _continuous_size(state, *, temperature, real_fraction, samples):
    """The size of the Ornstein-Uhlenbeck process with the same drift and noise."""
    x = np.asarray(state.probabilities)
    tempered = x ** (1 / temperature) / (x ** (1 / temperature)).sum()
    centered = np.diag(tempered) - np.outer(tempered, tempered)
    values = np.linalg.eigvals((1 - real_fraction) / temperature * centered / x)
    return ((0.5 / (1 - values.real)).sum() - 0.5) / samples


@theorem(
    spec="FS-4",
    paper=PAPER,
    status="derived",
    hypotheses=(
        "N samples replace the data, every one real with probability a",
        "a stable fixed point in the interior, any temperature",
        "leading order in 1/N; exact at T = 1",
    ),
    claim=_FLUCTUATION,
    mutants={
        "the noise of one generation only": _FLUCTUATION
        | {"size": lambda state, *, samples, **p: (state.outcomes - 1) / samples},
        "1/(2 (1 - mu)) as in continuous time": _FLUCTUATION | {"size": _continuous_size},
        "the uniform state with K in place of K - 1": _FLUCTUATION
        | {"uniform": lambda *, outcomes, **p: noise.uniform_fluctuation(outcomes=1e9, **p)},
        "N - 1 samples at T = 1": _FLUCTUATION
        | {"neutral": lambda *, samples, **p: noise.neutral_fluctuation(samples=samples - 1, **p)},
        "the covariance 1 % large": scaled(_FLUCTUATION, 1.01, "covariance"),
        "the size 1 % large": scaled(_FLUCTUATION, 1.01, "size"),
        "the uniform state 1 % more": scaled(_FLUCTUATION, 1.01, "uniform"),
        "1 % more at T = 1": scaled(_FLUCTUATION, 1.01, "neutral"),
    },
)
def fluctuation_spectrum(claim, trial):
    r"""The multipliers of a stable fixed point give the size of the fluctuations about it.

    $\mathbb{E} \sum_i \frac{(p_i - x_i)^2}{x_i} \simeq \frac1N \sum_k \frac1{1 - \mu_k^2}$, over
    the $K - 1$ multipliers along the simplex. In $y = D^{-1/2} (p - x)$ the stationary covariance
    is $\frac1N \sum_k \frac{v_k v_k^\top}{1 - \mu_k^2}$ with the eigenvectors $v_k$ of the
    symmetric derivative. About the uniform state $\mathbb{E} \|p - u\|^2 \simeq (1 - \frac1K)/[N
    (1 - (\frac{1 - a}T)^2)]$; at $T = 1$ exactly $\frac{K - 1}{N - (N - 1)(1 - a)^2}$.
    """
    for (temperature, fraction), (state, linear) in trial.once("settled", _settled).items():
        here = {"temperature": temperature, "real_fraction": fraction, "samples": _SAMPLES}
        what = f"Stein equation, T = {temperature}, a = {fraction}"
        size = claim["size"](state, **here)
        yield closed_form(what, size, linear.chi_square, tolerance=1e-9)
        found, expected = claim["covariance"](state, **here), np.asarray(linear.covariance)
        yield closed_form(what, found, expected, tolerance=1e-9, scale=np.abs(expected).max())
    state = Categorical.uniform(3)
    for temperature, fraction in ((0.7, 0.5), (2.0, 0.1)):
        here = {"temperature": temperature, "real_fraction": fraction, "samples": _SAMPLES}
        # With equal probabilities the squares are a third of the chi-square numbers.
        found = claim["uniform"](outcomes=3, **here)
        yield closed_form("uniform state", found, noise.fluctuation_size(state, **here) / 3)
    for samples, fraction, share in ((10, 0.1, 0.3), (60, 0.4, 0.8)):
        law = _stationary(samples, success_of(sharpness=1.0, real_fraction=fraction, share=share))
        exact = _chi_square(law, share)
        found = claim["neutral"](outcomes=2, real_fraction=fraction, samples=samples)
        yield exact_law(f"exact chain at T = 1, N = {samples}", found, exact, tolerance=1e-11)
    yield exact_law("exact chains as N grows", *_many_samples(claim, trial), tolerance=5e-5)
    center = trial.once("settled", _settled)[0.8, 0.4][0]
    size = claim["size"](center, temperature=0.8, real_fraction=0.4, samples=_SAMPLES)
    sizes = trial.once("orbits", lambda: _realised(trial))
    yield monte_carlo("three outcomes", size, sizes, resolution=0.2)


_SAMPLES = 4000
_REAL = Categorical.of(np.array([0.5, 0.3, 0.2]))


def _settled():
    """Fixed points of loops on three outcomes and the linear noise about them."""

    @jax.jit
    def settle(temperature, fraction):
        loop = multinomial_loop(
            temperature=temperature, real_fraction=fraction, real=_REAL, samples=_SAMPLES
        )
        state = jax.lax.fori_loop(0, 2000, lambda _, p: loop(p), _REAL)
        return state, fluctuations(loop, state)

    return {case: settle(*case) for case in ((0.8, 0.4), (0.5, 0.55), (1.0, 0.2), (2.5, 0.05))}


def _stationary(samples, success):
    return stationary_law(transition_matrix(samples, success))


def _chi_square(law, center):
    frequency = np.arange(len(law)) / (len(law) - 1)
    return law @ (frequency - center) ** 2 / (center * (1 - center))


def _many_samples(claim, trial):
    """N times the size: claimed, and of exact chains of two outcomes extrapolated to N = oo."""
    success = success_of(sharpness=1.25, real_fraction=0.4, share=0.6)
    center = trial.once("center", lambda: _iterated(success, 0.6))
    size = lambda n: n * _chi_square(_stationary(n, success), center)
    exact = trial.once("chains", lambda: _extrapolated(size, 150))
    state = Categorical.of(np.array([center, 1 - center]))
    return claim["size"](state, temperature=0.8, real_fraction=0.4, samples=1), exact


def _iterated(success, x):
    for _ in range(500):
        x = success(x)
    return x


def _realised(trial):
    """Chi-square sizes of independent replicates after twenty generations, drawn by NumPy."""
    generator = np.random.default_rng([trial.seed, 4])
    center = np.asarray(trial.once("settled", _settled)[0.8, 0.4][0].probabilities)
    p = np.tile(center, (trial.replicates // 4 + 1, 1))
    for _ in range(20):
        weights = p**1.25
        image = 0.6 * weights / weights.sum(axis=1, keepdims=True) + 0.4 * _REAL.probabilities
        p = generator.multinomial(_SAMPLES, image) / _SAMPLES
    return ((p - center) ** 2 / center).sum(axis=1)


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
    paper=PAPER,
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
        exact = trial.once(label, lambda c=chain: _extrapolated(c, 150))
        found = claim["law"](selection, mutation, (share, 1 - share)).heterozygosity
        what = f"exact chains, theta = {mutation}, gamma = {selection}, r = {share}"
        yield exact_law(what, found, exact, tolerance=3e-5)
    exact = trial.once("three", lambda: _extrapolated(_three_heterozygosity, 12))
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
    return _stationary(samples, success) @ (2 * frequency * (1 - frequency))


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
