"""SQ-3: equal successors."""

import numpy as np

from ...certificates import certify_root
from ...loops.temperature.proofs.thresholds import ExactLoop, certify_local
from ...verification import closed_form, proves, scaled, theorem
from ._instances import pairs_of, spectrum, staged


def _equal(real_fraction, temperature):
    return (1 - real_fraction) / temperature


_GRAPHS = {
    "all equal": np.ones((4, 4)),
    "a one-way graph": np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 0]], float),
    "uneven degrees": np.array([[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 1], [1, 1, 0, 0]], float),
}


@theorem(
    spec="SQ-3",
    paper="sequences",
    status="derived",
    hypotheses=("T < 1, infinite data", "every token has equally likely successors"),
    claim=_equal,
    mutants={
        "1 % high": scaled(_equal, 1.01),
        "1 % low": scaled(_equal, 0.99),
        "as at temperature one": lambda real_fraction, temperature: 1 - real_fraction,
        "the square of the temperature": lambda real_fraction, temperature: (
            (1 - real_fraction) / temperature**2
        ),
    },
)
def equal_successors(claim, trial):
    r"""A walk with equally likely successors rests, with multipliers $\frac{1-a}T$ and zero only.

    $\frac{1-a}T$ comes once for every successor but one of each context, as if contexts were alone:
    the walk is stable if and only if $a > 1 - T$, however unevenly it visits its contexts.
    """
    for name, graph in _GRAPHS.items():
        real = pairs_of(_lazy(graph))
        for temperature, share in ((0.5, 0.6), (0.8, 0.15)):
            what = f"{name}, T = {temperature}, a = {share}"
            image = np.asarray(staged(real, real, temperature, share))
            yield closed_form(f"rest, {what}", real, image, scale=1.0)
            find = lambda r=real, t=temperature, a=share: spectrum(r, r, t, a)
            values = trial.once(what, find)
            expected = np.where(np.arange(16) < graph.sum() - 4, claim(share, temperature), 0.0)
            # Repeated eigenvalues are known to the root of the rounding.
            yield closed_form(what, expected, values, scale=1.0, tolerance=1e-6)


def _lazy(graph):
    return graph / graph.sum(axis=1, keepdims=True)


@proves("SQ-3")
def proofs(digits):
    r"""$(1 - a)/T = 1$, the threshold of each context alone."""
    return {
        "T = 0.7, multiplier": certify_root(
            lambda a, t: (1 - a) / t - 1, "0", "1", parameters=["0.7"], digits=digits
        ),
        "T = 0.7, one context with 3 successors": certify_local(
            ExactLoop.uniform(3, "0.7"), digits=digits
        ),
    }
