"""U-5: At $T = 1/2$ the branch equation is quadratic."""

import numpy as np

from ....loops.temperature.closed_forms import special_cases, uniform
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_unique
from ....verification import closed_form, proves, scaled, theorem
from .._instances import evaluate
from ._instances import cases_of, folds_by_continuation, image, two_level_states

_HALF = {
    "fold": special_cases.half_temperature_fold,
    "ratios": special_cases.half_temperature_ratios,
}


@theorem(
    spec="U-5",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "T = 1/2", "m < K/2 winners, for the fold"),
    claim=_HALF,
    mutants={
        "K - 1 instead of its root": _HALF
        | {
            "fold": lambda *, outcomes, winners: special_cases.half_temperature_fold(
                outcomes=outcomes, winners=winners
            )._replace(real_fraction=outcomes / (outcomes + 2 * (outcomes - winners)))
        },
        "the ratio at the fold without its root": _HALF
        | {
            "fold": lambda **p: special_cases.half_temperature_fold(**p)._replace(
                log_ratio=2 * special_cases.half_temperature_fold(**p).log_ratio
            )
        },
        "the fold 1 % high": scaled(_HALF, 1.01, "fold"),
        "ratios 1 % high": scaled(_HALF, 1.01, "ratios"),
    },
)
def half_temperature(claim, trial):
    r"""At $T = 1/2$ the branch equation is quadratic.

    $a_\mathrm{fold} = \frac{K}{K + 2 \sqrt{m (K - m)}}$ at $\rho = \sqrt{(K - m)/m}$; the states at
    a real fraction $a$ have $\rho_\pm = [K (1 - a) \pm \sqrt{K^2 (1 - a)^2 - 4 a^2 m (K - m)}]/(2 a
    m)$.
    """
    outcomes, winners = np.array([(3, 1), (5, 2), (12, 1), (12, 5), (1e3, 1), (5e4, 7)]).T
    general = lambda k, m: tuple(uniform.fold(temperature=0.5, outcomes=k, winners=m))
    exact = trial.once("folds", lambda: evaluate(general, outcomes, winners))
    found = tuple(claim["fold"](outcomes=outcomes, winners=winners))
    yield closed_form("general fold", found, exact, tolerance=1e-12)
    few = slice(2, 4)
    folds = trial.once("engine", lambda: folds_by_continuation(0.5, winners[few]))
    yield closed_form("folds by the engine", found[0][few], folds, tolerance=1e-10)
    fraction = 0.5 + 0.7 * (exact[0] - 0.5)
    options = {"outcomes": outcomes, "winners": winners}
    ratios = claim["ratios"](real_fraction=fraction, **options)
    for name, ratio in zip(("upper", "lower"), ratios, strict=True):
        on_branch = uniform.branch_fraction(np.log(ratio), temperature=0.5, **options)
        yield closed_form(f"{name} state on the branch", on_branch, fraction, tolerance=1e-12)
    ratio = np.asarray(claim["ratios"](real_fraction=0.3, outcomes=12, winners=1.0)[0])[None]
    states = two_level_states(np.log(ratio), np.ones(1), 12)
    cases = cases_of(np.full(1, 0.5), 0.3, states)
    yield closed_form("a fixed point of the loop", image(cases), states, tolerance=1e-12)


@proves("U-5")
def proofs(digits):
    r"""$9 - 6 \sqrt 2$ for three outcomes."""
    return {
        f"K = {outcomes}, last fold": certify_unique(
            ExactLoop.uniform(outcomes, "1/2"), digits=digits
        )
        for outcomes in (3, 10, 100)
    }
