"""Theorems on finite samples at temperature one: absorption, spectrum, concentration."""

import itertools

import jax
import numpy as np
from scipy import stats

from ...laws import binomial_law, fixation_probabilities, stationary_law, transition_matrix
from ...loops.temperature import finite_samples
from ...loops.temperature.recipes import fixed_set_loop, multinomial_loop, stratified_loop
from ...models import Categorical
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from ._instances import QUICK

PAPER = "marchi2024"

REAL = Categorical.of(np.array([0.5, 0.3, 0.2]))
START = Categorical.of(np.array([0.1, 0.3, 0.6]))


def tempered(temperature):
    """The tempered frequency of the first of two outcomes."""

    def success(frequency):
        first, second = frequency ** (1 / temperature), (1 - frequency) ** (1 / temperature)
        return first / (first + second)

    return success


@theorem(
    spec="FS-1",
    paper=PAPER,
    status="derived",
    hypotheses=("no real data, a = 0", "N samples replace the data", "T = 1 for the probabilities"),
    claim=finite_samples.fixation_probabilities,
    mutants={
        "probabilities of the squares": lambda model: model.temper(0.5).probabilities,
        "1 % flatter": lambda model: model.temper(1.01).probabilities,
        "1 % high": scaled(finite_samples.fixation_probabilities, 1.01),
    },
)
def absorption(claim, trial):
    r"""With finite samples and no real data one outcome ends with all the probability.

    The corners absorb at every temperature (above one, too, where the uniform state is only
    long-lived); at $T = 1$ outcome $i$ wins with probability $p_i(0)$.
    """
    for samples in (2, 10, 40):
        matrix = transition_matrix(samples)
        exact = fixation_probabilities(matrix)
        frequency = np.arange(1, samples) / samples
        pairs = Categorical.of(np.stack([frequency, 1 - frequency], axis=-1))
        what = f"who wins among two, N = {samples}"
        yield exact_law(what, np.asarray(claim(pairs))[:, 0], exact, tolerance=1e-11)
    for temperature in (0.5, 0.9, 1.0, 2.0):
        matrix = transition_matrix(12, tempered(temperature))
        yield exact_law(f"corners absorb, T = {temperature}", np.diag(matrix)[[0, -1]], 1.0)
        mass = np.linalg.matrix_power(matrix, 2**20)[:, [0, -1]].sum(axis=1)
        yield exact_law(f"nothing else is left, T = {temperature}", mass, 1.0, tolerance=1e-9)
    loop = multinomial_loop(temperature=1.0, real_fraction=0.0, real=REAL, samples=2)
    shares = trial.once(
        "winners", lambda: _realised(loop, trial, generations=8, replicates=trial.replicates)[-1]
    )
    # A few in a thousand are still undecided; the mean share is a martingale, so nothing is lost.
    yield monte_carlo("who wins among three", claim(START), shares, resolution=0.2)


def _realised(loop, trial, *, generations, replicates):
    """Frequencies of independent realisations, shape `(generations, replicates, 3)`."""

    def run(loop, key):
        def step(model, key):
            model = loop.step(key, model)
            return model, model.probabilities

        keys = jax.random.split(key, generations)
        return jax.lax.scan(step, START.broadcast((replicates,)), keys)[1]

    return np.asarray(jax.jit(run, compiler_options=QUICK)(loop, trial.key()))


def _powers(samples, *, outcomes, real_fraction=0.0):
    """As if every mode lost the share 1/N of the one before it."""
    values = ((1 - real_fraction) * (1 - 1 / samples)) ** np.arange(samples + 1)
    return values, finite_samples.chain_spectrum(samples, outcomes=outcomes)[1]


def _without_real_data(samples, *, outcomes, real_fraction=0.0):
    return finite_samples.chain_spectrum(samples, outcomes=outcomes)


@theorem(
    spec="FS-2",
    paper=PAPER,
    status="derived",
    hypotheses=("T = 1", "N samples replace the data", "any real distribution"),
    claim=finite_samples.chain_spectrum,
    mutants={
        "powers of the first multiplier": _powers,
        "the multipliers 1 % high": lambda samples, **p: (
            1.01 * finite_samples.chain_spectrum(samples, **p)[0],
            finite_samples.chain_spectrum(samples, **p)[1],
        ),
        "the real fraction left out": _without_real_data,
        "N + 1 samples": lambda samples, **p: [
            part[: samples + 1] for part in finite_samples.chain_spectrum(samples + 1, **p)
        ],
    },
)
def chain_multipliers(claim, trial):
    r"""The chain of counts has the eigenvalues $(1 - a)^j \frac{N!}{(N - j)!\,N^j}$.

    $j = 0, \dots, N$, each $\binom{K + j - 2}{j}$ times; so without real data $\mathbb{E} H_t =
    (1 - \frac1N)^t H_0$ for the heterozygosity $H = 1 - \sum_i p_i^2$.
    """
    for samples, fraction, share in ((4, 0.0, 0.5), (10, 0.2, 0.3), (16, 0.05, 0.9)):
        success = lambda x, a=fraction, r=share: (1 - a) * x + a * r
        matrix = transition_matrix(samples, success)
        exact = np.sort(np.linalg.eigvals(matrix).real)
        values, counts = claim(samples, outcomes=2, real_fraction=fraction)
        expected = np.sort(np.repeat(values, counts))
        what = f"two outcomes, N = {samples}, a = {fraction}"
        yield exact_law(what, expected, exact, tolerance=1e-11, scale=1.0)
    for samples, fraction in ((4, 0.0), (6, 0.15)):
        solve = lambda n=samples, a=fraction: _three_outcomes(n, a)
        exact = trial.once(f"{samples} {fraction}", solve)
        values, counts = claim(samples, outcomes=3, real_fraction=fraction)
        expected = np.sort(np.repeat(values, counts))
        what = f"three outcomes, N = {samples}, a = {fraction}"
        yield exact_law(what, expected, exact, tolerance=1e-9, scale=1.0)
    matrix, frequency = transition_matrix(20), np.arange(21) / 20
    law = np.linalg.matrix_power(matrix, 30)[8]
    kept = law @ (2 * frequency * (1 - frequency)) / (2 * 0.4 * 0.6)
    expected = claim(20, outcomes=2)[0][2] ** 30
    yield exact_law("heterozygosity after 30 generations", expected, kept, tolerance=1e-11)


def _three_outcomes(samples, real_fraction):
    """All eigenvalues of the chain of three counts, by enumeration of its states."""
    pairs = itertools.product(range(samples + 1), repeat=2)
    states = np.array([(i, j, samples - i - j) for i, j in pairs if i + j <= samples])
    success = (1 - real_fraction) * states / samples + real_fraction * REAL.probabilities
    matrix = [stats.multinomial.pmf(states, samples, p) for p in success]
    return np.sort(np.linalg.eigvals(np.array(matrix)).real)


_DESIGNS = {
    "multinomial": finite_samples.multinomial_concentration,
    "stratified": finite_samples.stratified_concentration,
    "fixed": finite_samples.fixed_set_concentration,
}


def _changed(name, **fields):
    """The designs with some coefficients of one multiplied."""

    def mutant(**parameters):
        recursion = _DESIGNS[name](**parameters)
        changes = {field: getattr(recursion, field) * f for field, f in fields.items()}
        return recursion._replace(**changes)

    return _DESIGNS | {name: mutant}


@theorem(
    spec="FS-3",
    paper=PAPER,
    status="derived",
    hypotheses=("T = 1", "n samples of the model in every generation", "one of three designs"),
    claim=_DESIGNS,
    mutants={
        "stratified data as if they were multinomial": _DESIGNS
        | {"stratified": finite_samples.multinomial_concentration},
        "multinomial data as if they were stratified": _DESIGNS
        | {"multinomial": finite_samples.stratified_concentration},
        "multinomial data with 1 % more noise": _changed("multinomial", source=1.01),
        "stratified data with 1 % more noise": _changed("stratified", source=1.01),
        "the start forgotten 1 % faster": _changed("multinomial", transient=0.99),
        "a fixed set with 1 % more noise": _changed("fixed", source=1.01),
    },
)
def concentration(claim, trial):
    r"""$S_t = \mathbb{E} \sum_i p_{t,i}^2$ obeys a linear recursion in three designs.

    With $q = 1 - a$, $R = \sum r_i^2$ the stationary values are $[(1 - \frac1N)(1 - q^2) R +
    \frac1N]/[1 - (1 - \frac1N) q^2]$ (every point real with probability $a$), $[(1 - q^2) R + (1 -
    a R)/N]/[1 - q^2 + q/N]$ (exactly $a N$ fresh real points) and $[(1 - \alpha^2) R_1 +
    \alpha^2/n]/[1 - \alpha^2 (1 - \frac1n)]$ (one real set for ever, synthetic share $\alpha$).
    """
    for name, (parameters, chain) in trial.once("chains", _pair_chains).items():
        values, matrix, first = chain
        square = values**2 + (1 - values) ** 2
        start = Categorical.of(np.array([values[first], 1 - values[first]]))
        recursion = claim[name](**parameters, start=start)
        exact = stationary_law(matrix) @ square
        yield exact_law(f"{name}, stationary", recursion.stationary, exact, tolerance=1e-11)
        later = np.linalg.matrix_power(matrix, 5)[first] @ square
        expected = recursion.after(5, square[first])
        yield exact_law(f"{name}, generation 5", expected, later, tolerance=1e-11)
    for name, (parameters, loop) in _triple_loops(trial).items():
        recursion = claim[name](**parameters, start=START)
        start = float((START.probabilities**2).sum())
        generations = np.array([1, 4])
        expected = recursion.after(generations, start)
        moments, composed = START.moments(), []
        for _ in range(4):
            moments = loop.moments(moments)
            composed.append(float(moments.square))
        composed = np.array(composed)[generations - 1]
        yield closed_form(f"{name}, composed moments", expected, composed, tolerance=1e-12)
        if name == "multinomial":
            continue  # Its realisations are those of FS-1.
        # It varies little: a quarter of the replicates sees an error of one per cent.
        count = -(-trial.replicates // 4)
        solve = lambda loop=loop, count=count: _realised(
            loop, trial, generations=4, replicates=count
        )
        squares = (trial.once(name, solve)[generations - 1] ** 2).sum(axis=-1).T
        yield monte_carlo(f"{name}, realised", expected, squares)


def _pair_chains():
    """Two outcomes: parameters, values of the first frequency, transition matrix, first state."""
    samples, real_samples, share = 18, 6, 0.7
    total = samples + real_samples
    fraction, real = real_samples / total, Categorical.of(np.array([share, 1 - share]))
    frequency = np.arange(total + 1) / total
    pooled = transition_matrix(total, lambda x: (1 - fraction) * x + fraction * share)
    fresh = binomial_law(real_samples, share)
    rows = [np.convolve(fresh, binomial_law(samples, x)) for x in frequency]
    parameters = {"samples": total, "real_fraction": fraction, "real": real}
    chains = {
        "multinomial": (parameters, (frequency, pooled, 5)),
        "stratified": (parameters, (frequency, np.array(rows), 5)),
    }
    real_set = Categorical.of(np.array([4.0, 2.0]))
    mixed = lambda x: (1 - fraction) * x + fraction * real_set.probabilities[0]
    values = mixed(np.arange(samples + 1) / samples)
    parameters = {"samples": samples, "real_samples": real_samples, "real_set": real_set}
    chains["fixed"] = (parameters, (values, transition_matrix(samples, mixed), 5))
    return chains


def _triple_loops(trial):
    """Three outcomes: the parameters of the closed form and the loop of each design."""
    samples, real_samples = 30, 10
    sizes = {"samples": samples, "real_samples": real_samples}
    fraction = real_samples / (samples + real_samples)
    pooled = {"samples": samples + real_samples, "real_fraction": fraction, "real": REAL}
    fixed = fixed_set_loop(trial.key(1), temperature=1.0, real=REAL, **sizes)
    set_parameters = sizes | {"real_set": fixed.stages[-1].real}
    return {
        "multinomial": (pooled, multinomial_loop(temperature=1.0, **pooled)),
        "stratified": (pooled, stratified_loop(temperature=1.0, real=REAL, **sizes)),
        "fixed": (set_parameters, fixed),
    }
