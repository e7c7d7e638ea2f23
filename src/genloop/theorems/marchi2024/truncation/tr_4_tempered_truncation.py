"""TR-4: Top-k sampling at $T > 1$ ends uniform on $k$ outcomes, at $T < 1$ in a single one."""

import numpy as np

from ....stages import Temper, TopK
from ....verification import closed_form, scaled, theorem
from ._instances import applied, random_states


def _end(p, *, outcomes, temperature):
    r"""Uniform on the kept outcomes for $T > 1$, the likeliest outcome alone for $T < 1$."""
    order = np.argsort(-p, axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1)
    winners = outcomes if temperature > 1 else 1
    return np.where(rank < winners, 1 / winners, 0.0)


@theorem(
    spec="TR-4",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, infinite data", "one likeliest outcome for T < 1"),
    claim=_end,
    mutants={
        "1 % more": scaled(_end, 1.01),
        "1 % less": scaled(_end, 0.99),
        "uniform on one outcome more": lambda p, *, outcomes, temperature: _end(
            p, outcomes=outcomes + 1, temperature=temperature
        ),
        "hot and cold exchanged": lambda p, *, outcomes, temperature: _end(
            p, outcomes=outcomes, temperature=1 / temperature
        ),
    },
)
def tempered_truncation(claim, trial):
    r"""Top-k sampling at $T > 1$ ends uniform on $k$ outcomes, at $T < 1$ in a single one.

    Both ends of [HD-1] in one map: from the second generation on the kept outcomes are the same,
    and among them tempering acts as without truncation.
    """
    states = random_states(7, 12)
    for temperature in (0.8, 1.25):
        rule = TopK(3) >> Temper(temperature)
        expected = claim(states, outcomes=3, temperature=temperature)
        found = trial.once(f"end {temperature}", lambda rule=rule: _iterated(rule, states))
        yield closed_form(f"the end at T = {temperature}", expected, found, scale=1.0)


def _iterated(rule, states):
    for _ in range(250):
        states = applied(rule, states)
    return states
