r"""U-6: For many outcomes $1 - a_\mathrm{fold} \simeq K^{-(1-T)}/(T^T (1 - T)^{1-T})$."""

import math

import mpmath
import numpy as np

from ....loops.temperature.closed_forms import many_outcomes, uniform
from ....loops.temperature.proofs.thresholds import ExactLoop, certify_unique
from ....verification import bound, closed_form, proves, scaled, theorem
from .._instances import evaluate

_LIMITS = {"slope": many_outcomes.fold_slope, "fold": many_outcomes.many_outcomes_fold}


_SLOPES = {
    2: 1.0,
    3: 1.04488550133987,
    10: 1.43747428516998,
    100: 2.73177621085646,
    50_000: 7.77091025996549,
}


def _other_fold(**changes):
    def fold(**parameters):
        value = many_outcomes.many_outcomes_fold(**parameters)
        return value._replace(**{name: f(value, **parameters) for name, f in changes.items()})

    return _LIMITS | {"fold": fold}


@theorem(
    spec="U-6",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "K to infinity at fixed T < 1, or T to 1 at fixed K >= 2"),
    claim=_LIMITS,
    mutants={
        "the slope 0.01 % high": scaled(_LIMITS, 1.0001, "slope"),
        "the synthetic share at the fold 1 % high": _other_fold(
            synthetic_share=lambda f, **p: 1.01 * f.synthetic_share
        ),
        "the ratio at the fold 1 % high": _other_fold(
            log_ratio=lambda f, **p: f.log_ratio + np.log(1.01)
        ),
        "the slope of one outcome more": _LIMITS
        | {"slope": lambda *, outcomes: many_outcomes.fold_slope(outcomes=outcomes + 1)},
        "without T^T": _other_fold(
            synthetic_share=lambda f, *, temperature, outcomes: (
                f.synthetic_share * temperature**temperature
            )
        ),
        "the ratio without its factor": _other_fold(
            log_ratio=lambda f, *, temperature, outcomes: temperature * np.log(outcomes)
        ),
    },
)
def limits_of_the_fold(claim, trial):
    r"""For many outcomes $1 - a_\mathrm{fold} \simeq K^{-(1-T)}/(T^T (1 - T)^{1-T})$.

    The ratio there is $\rho \simeq ((1 - T) K/T)^T$. For $T \to 1$ at fixed $K$,
    $a_\mathrm{fold}/(1 - T) \to g(K) = \max_h \frac{h \operatorname{csch}^2 h}{\coth h + 2/K - 1}$
    ($g(2) = 1$, $g(50{,}000) = 7.77$): near temperature one a large vocabulary needs several times
    the real fraction $1 - T$ that keeps the uniform state stable.
    """
    slopes = {k: float(claim["slope"](outcomes=float(k))) for k in _SLOPES}
    stored = list(_SLOPES.values())
    yield closed_form("g, stored digits", list(slopes.values()), stored, tolerance=1e-12)
    exact = trial.once("maximum", lambda: {k: _slope(k) for k in (3, 17, 50_000)})
    found = [float(claim["slope"](outcomes=float(k))) for k in exact]
    yield closed_form("g, maximised with 30 digits", found, list(exact.values()), tolerance=1e-12)
    cooling = 2.0**-30
    rate = lambda k: uniform.fold(temperature=1 - cooling, outcomes=k).real_fraction / cooling
    near = trial.once("near one", lambda: evaluate(rate, np.array([3.0, 17.0, 50_000.0])))
    yield closed_form("the fold near temperature one", found, near, tolerance=1e-7)
    temperature = np.array([0.2, 0.5, 0.7])
    ratio = lambda t, k: uniform.fold(temperature=t, outcomes=k).log_ratio
    gaps = []
    for outcomes in (1e6, 1e12, 1e24):
        sizes = np.full(3, outcomes)
        search = lambda sizes=sizes: evaluate(ratio, temperature, sizes)
        delta = trial.once(f"folds {outcomes}", search)
        limit = claim["fold"](temperature=temperature, outcomes=sizes)
        # The share by the sinh form of U-4: one minus the real fraction would be zero.
        share = (np.sinh(delta / 2) / np.sinh(delta / temperature / 2)) ** 2 / temperature
        off = np.abs(np.asarray(limit.synthetic_share) / share - 1)
        gaps.append(np.maximum(off, np.abs(np.asarray(limit.log_ratio) - delta)))
    yield bound("the error falls with the number of outcomes", np.diff(gaps, axis=0), -1e-9)
    yield closed_form("for 10^24 outcomes", gaps[-1], 0.0, tolerance=1e-4)


def _slope(outcomes):
    """The maximum of the stated function with 30 digits."""
    with mpmath.workdps(30):
        weight = 2 / mpmath.mpf(outcomes) - 1
        value = lambda h: h * mpmath.csch(h) ** 2 / (mpmath.coth(h) + weight)
        grid = np.linspace(1e-3, 0.5 * math.log(outcomes) + 0.1, 400)
        start = grid[np.argmax([float(value(mpmath.mpf(h))) for h in grid])]
        return float(value(mpmath.findroot(lambda h: mpmath.diff(value, h), mpmath.mpf(start))))


@proves("U-6")
def proofs(digits):
    """The last folds of many outcomes, and close to temperature one."""
    return {
        f"K = {outcomes}, T = {temperature}, last fold": certify_unique(
            ExactLoop.uniform(outcomes, temperature), digits=digits
        )
        for outcomes, temperature in ((10**6, "1/2"), (10, "0.999"))
    }
