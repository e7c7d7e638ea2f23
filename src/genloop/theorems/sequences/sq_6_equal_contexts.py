"""SQ-6: equal contexts."""

import numpy as np

from ...loops.chain.spectra import circular_multipliers
from ...verification import closed_form, scaled, theorem
from ._instances import escort, spectrum, staged


def _coupled(factor):
    """The multipliers with another strength of the coupling between contexts."""

    def multipliers(state, real, *, temperature, real_fraction):
        drawn = escort(state, temperature)
        other = drawn + factor * (real - drawn)
        return circular_multipliers(
            state, other, temperature=temperature, real_fraction=real_fraction
        )

    return multipliers


@theorem(
    spec="SQ-6",
    paper="sequences",
    status="derived",
    hypotheses=("infinite data", "contexts that are equal up to a rotation, $R_{ij} = r_{j-i}/K$"),
    claim=circular_multipliers,
    mutants={
        "contexts alone": _coupled(0.0),
        "the coupling 1 % high": _coupled(1.01),
        "1 % high": scaled(circular_multipliers, 1.01),
        "the coupling reversed": _coupled(-1.0),
    },
)
def equal_contexts(claim, trial):
    r"""If all contexts are equal up to a rotation, they rest like one alone but are less stable.

    $P_{ij} = x_{j-i}$ is a fixed point if and only if $x$ is one of the single context at the same
    $a$. Its multipliers are those of the single context and of $K - 1$ waves; among these
    $\frac{(1-a)\,s_0}{T\,x_0}$, $K - 1$ times, belongs to contexts that repeat themselves more or
    less. So a repetition that wins, which is stable in a context alone, ends their balance.
    """
    for weights, temperature, share in (
        ((4, 3, 2, 1), 0.7, 0.5),
        ((4, 3, 2, 1), 0.7, 0.35),
        ((1, 3, 2, 2), 0.6, 0.45),
    ):
        row = np.array(weights) / sum(weights)
        what = f"r = {weights}, T = {temperature}, a = {share}"
        state = trial.once(what, lambda r=row, t=temperature, a=share: _single(r, t, a))
        real, pairs = _circular(row), _circular(state)
        image = np.asarray(staged(pairs, real, temperature, share))
        yield closed_form(f"rest, {what}", pairs, image, scale=1.0)
        find = lambda p=pairs, r=real, t=temperature, a=share: spectrum(p, r, t, a)
        values = trial.once(f"spectrum {what}", find)[:12]
        claimed = claim(state, row, temperature=temperature, real_fraction=share)
        # Sums of powers know a spectrum without an order, and repeated values without loss.
        for power in (1, 2, 3, 4):
            traces = (claimed**power).sum(), (values**power).sum()
            yield closed_form(f"trace of the power {power}, {what}", *traces)
        drawn = escort(state, temperature)
        repeated = (1 - share) * drawn[0] / (temperature * state[0])
        gaps = np.sort(np.abs(claimed - repeated))[:3]
        yield closed_form(f"repetition, {what}", gaps, np.zeros(3), tolerance=1e-6)


def _single(row, temperature, share):
    """The fixed point of one context alone, by its orbit."""
    state = row
    for _ in range(4000):
        state = share * row + (1 - share) * escort(state, temperature)
    return state


def _circular(row):
    return np.array([np.roll(row, i) for i in range(len(row))]) / len(row)
