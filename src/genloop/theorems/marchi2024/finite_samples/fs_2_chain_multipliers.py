r"""FS-2: The chain of counts has the eigenvalues $(1 - a)^j \frac{N!}{(N - j)!\,N^j}$."""

import itertools

import numpy as np
from scipy import stats

from ....laws import transition_matrix
from ....loops.temperature import finite_samples
from ....verification import exact_law, theorem
from ._instances import REAL


def _powers(samples, *, outcomes, real_fraction=0.0):
    """As if every mode lost the share 1/N of the one before it."""
    values = ((1 - real_fraction) * (1 - 1 / samples)) ** np.arange(samples + 1)
    return values, finite_samples.chain_spectrum(samples, outcomes=outcomes)[1]


def _without_real_data(samples, *, outcomes, real_fraction=0.0):
    return finite_samples.chain_spectrum(samples, outcomes=outcomes)


@theorem(
    spec="FS-2",
    paper="marchi2024",
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
