"""SQ-2: At $T = 1$ the pairs go straight to the real ones, $J_t - R = (1 - a)^t (J_0 - R)$."""

import numpy as np

from ...verification import closed_form, scaled, theorem
from ._instances import pairs_of, random_rows, spectrum, staged


def _linear(real_fraction, temperature):
    return 1 - real_fraction


@theorem(
    spec="SQ-2",
    paper="sequences",
    status="derived",
    hypotheses=("T = 1, infinite data", "one class of contexts"),
    claim=_linear,
    mutants={
        "the square": lambda real_fraction, temperature: (1 - real_fraction) ** 2,
        "1 % high": scaled(_linear, 1.01),
    },
)
def temperature_one(claim, trial):
    r"""At $T = 1$ the pairs go straight to the real ones, $J_t - R = (1 - a)^t (J_0 - R)$.

    Without real data every chain stays as it is. With real data all $K^2 - K$ multipliers are
    $1 - a$: contexts are not coupled in the pairs, however different their rows are.
    """
    for seed, share in ((1, 0.0), (2, 0.3), (3, 0.9)):
        real, start = pairs_of(random_rows(seed)), pairs_of(random_rows(seed + 5, evenness=0.7))
        state = start
        for count in (1, 2, 3):
            state = np.asarray(staged(state, real, 1.0, share))
            expected = real + claim(share, 1.0) ** count * (start - real)
            yield closed_form(f"pairs after {count}, a = {share}", expected, state, scale=1.0)
        values = trial.once(f"a = {share}", lambda r=real, a=share: spectrum(r, r, 1.0, a))
        expected = np.where(np.arange(16) < 12, claim(share, 1.0), 0.0)
        yield closed_form(f"multipliers, a = {share}", expected, values, scale=1.0)
