r"""FS-3: $S_t = \mathbb{E} \sum_i p_{t,i}^2$ obeys a linear recursion in three designs."""

import numpy as np

from ....laws import binomial_law, stationary_law, transition_matrix
from ....loops.temperature import finite_samples
from ....loops.temperature.recipes import fixed_set_loop, multinomial_loop, stratified_loop
from ....models import Categorical
from ....verification import closed_form, exact_law, monte_carlo, theorem
from ._instances import REAL, START, realised

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
    paper="marchi2024",
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
        solve = lambda loop=loop, count=count: realised(
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
