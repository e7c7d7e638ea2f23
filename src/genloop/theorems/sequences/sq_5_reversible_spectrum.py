"""SQ-5: At a reversible fixed point all multipliers are real and not negative."""

import numpy as np

from ...loops.chain.spectra import reversible_multipliers
from ...models import MarkovChain
from ...verification import closed_form, scaled, theorem
from ._instances import generation, rested, spectrum, symmetric


def _pairs_only(state, *, temperature, real_fraction):
    """The spectrum of as many outcomes as there are pairs, ordered ones."""
    x = np.asarray(state.pairs).ravel()
    s = x ** (1 / temperature) / (x ** (1 / temperature)).sum()
    matrix = np.diag(s / x) - np.outer(s, s) / np.sqrt(np.outer(x, x))
    values = np.linalg.eigvalsh((1 - real_fraction) / temperature * matrix)
    return values[::-1][: state.outcomes**2 - state.outcomes]


@theorem(
    spec="SQ-5",
    paper="sequences",
    status="derived",
    hypotheses=("infinite data", "a fixed point with $J = J^\\top > 0$"),
    claim=reversible_multipliers,
    mutants={
        "all pairs on their own": _pairs_only,
        "1 % high": scaled(reversible_multipliers, 1.01),
    },
)
def reversible_spectrum(claim, trial):
    r"""At a reversible fixed point all multipliers are real and not negative.

    Symmetric changes have those of the temperature loop of unordered pairs [HD-6]; flows
    $A = -A^\top$ without sources have the stationary values of
    $\frac{1-a}T \sum_{i<j} \frac{A_{ij}^2}{J_{ij}} \big/ \sum_{i<j} \frac{A_{ij}^2}{S_{ij}}$,
    between the least and the largest $\frac{(1-a) S_{ij}}{T J_{ij}}$. No flips, no rotation.
    """
    for seed, temperature, share in ((1, 0.6, 0.3), (2, 0.8, 0.1), (3, 1.6, 0.4), (4, 0.7, 0.55)):
        real = symmetric(seed)
        what = f"T = {temperature}, a = {share}"
        find = lambda r=real, t=temperature, a=share: np.asarray(rested(r, r, t, a))
        state = trial.once(f"rest {what}", find)
        again = generation(state, real, temperature, share)
        yield closed_form(f"rest, {what}", state, again, scale=1.0)
        dense = lambda x=state, r=real, t=temperature, a=share: spectrum(x, r, t, a)
        values = trial.once(f"spectrum {what}", dense)[:12]
        options = {"temperature": temperature, "real_fraction": share}
        claimed = claim(MarkovChain.of((state + state.T) / 2), **options)
        yield closed_form(what, claimed, values, scale=1.0, tolerance=1e-8)
