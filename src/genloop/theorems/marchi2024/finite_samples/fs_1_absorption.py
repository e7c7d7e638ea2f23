"""FS-1: With finite samples and no real data one outcome ends with all the probability."""

import numpy as np

from ....laws import fixation_probabilities, transition_matrix
from ....loops.temperature import finite_samples
from ....loops.temperature.recipes import multinomial_loop
from ....models import Categorical
from ....verification import exact_law, monte_carlo, scaled, theorem
from ._instances import REAL, START, realised, success_of


@theorem(
    spec="FS-1",
    paper="marchi2024",
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
        matrix = transition_matrix(12, success_of(sharpness=1 / temperature))
        yield exact_law(f"corners absorb, T = {temperature}", np.diag(matrix)[[0, -1]], 1.0)
        mass = np.linalg.matrix_power(matrix, 2**20)[:, [0, -1]].sum(axis=1)
        yield exact_law(f"nothing else is left, T = {temperature}", mass, 1.0, tolerance=1e-9)
    loop = multinomial_loop(temperature=1.0, real_fraction=0.0, real=REAL, samples=2)
    shares = trial.once(
        "winners", lambda: realised(loop, trial, generations=8, replicates=trial.replicates)[-1]
    )
    # A few in a thousand are still undecided; the mean share is a martingale, so nothing is lost.
    yield monte_carlo("who wins among three", claim(START), shares, resolution=0.2)
