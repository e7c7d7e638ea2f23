"""PL-4: With the unbiased fit half a real point in each generation decides, as models grow."""

import math

import numpy as np

from ...loops.contamination import Limit, PowerLaw, limit_of_error
from ...loops.gaussian import closed_forms
from ...verification import bound, closed_form, exact_law, theorem

_FAR, _LONG = 10**8, (20_000, 200_000)
_CASES = {
    "n ~ 2 t, 3 real points": (PowerLaw(2.0, 1.0), PowerLaw(1.5, -1.0)),
    "n ~ t, one real point": (PowerLaw(1.0, 1.0), PowerLaw(1.0, -1.0)),
    "n ~ t^(3/2), a ~ 1/t": (PowerLaw(3.0, 1.5), PowerLaw(0.9, -1.0)),
    "n ~ t, 0.3 real points": (PowerLaw(1.0, 1.0), PowerLaw(0.3, -1.0)),
    "n ~ t, a ~ t^(-2)": (PowerLaw(2.0, 1.0), PowerLaw(0.5, -2.0)),
    "n ~ t^2, a ~ t^(-2)": (PowerLaw(3.0, 2.0), PowerLaw(0.5, -2.0)),
}
"""Samples and real shares."""


def _changed(change):
    def limit(*schedule):
        found = limit_of_error(*schedule)
        usual = found.value is not None and math.isfinite(found.value)
        return Limit(change(found.value), True) if usual else found

    return limit


@theorem(
    spec="PL-4",
    paper="schedules",
    status="derived",
    hypotheses=(
        "temperature 1, n samples and n_r fresh real points, the unbiased fit to all N = n + n_r",
        "real shares a = n_r/N that tend to zero, numbers with leading terms; any dimension",
    ),
    claim=limit_of_error,
    mutants={
        "the limit of maximum likelihood": _changed(lambda x: x / (1 + 2 * x)),
        "limit 1 % large": _changed(lambda x: 1.01 * x),
        "half of the points": _changed(lambda x: 2 * x / (1 - x) if x < 1 else 1e3),
        "never without limit": lambda *s: (
            Limit(1.0, True) if limit_of_error(*s).value == math.inf else limit_of_error(*s)
        ),
    },
)
def unbiased_fit(claim, trial):
    r"""With the unbiased fit half a real point in each generation decides, as models grow.

    Let $a_t \to 0$, $\sum (a_t + \frac1{n_t}) = \infty$ and $L = \lim n_t a_t$. If $L > \frac12$,
    then $E|\mu_t - \mu_0|^2/\operatorname{tr} S_0 \to \frac1{2L - 1}$ and $E\,\Sigma_t \to (1 +
    \frac1{2L - 1}) S_0$: the loop is consistent if and only if $n_t a_t \to \infty$. If $L <
    \frac12$, the error grows without limit. If the sum is finite, it tends to a limit that depends
    on every generation.
    """
    for name, schedule in _CASES.items():
        found = claim(*schedule)
        before, after = trial.once(f"run {name}", lambda s=schedule: _errors(s))
        grown = float(after > 1.2 * before)
        if found.value is None:
            yield bound(f"nothing moves any more, {name}", abs(after - before), 1e-3 * after)
            continue
        if found.value == math.inf:
            yield exact_law(f"grows, {name}", 1.0, grown)
            continue
        yield exact_law(f"does not grow, {name}", 0.0, grown)
        far = trial.once(f"far {name}", lambda s=schedule: _frozen(s))
        what = f"end of the generation {_FAR:,} for ever, {name}"
        yield closed_form(what, found.value, far, scale=max(found.value, 1e-2), tolerance=2e-3)
        gaps = abs(after - found.value), abs(before - found.value)
        what = f"nearer after {_LONG[1]:,} generations than after {_LONG[0]:,}, {name}"
        yield bound(what, gaps[0], 0.8 * gaps[1])


def _numbers(schedule, places):
    """Samples and real points, which need not be whole here."""
    samples, share = (law.coefficient * places**law.exponent for law in schedule)
    return samples, samples * share / (1 - share)


def _errors(schedule):
    """The error of the mean after two numbers of generations, by the recursion of ST-B3."""
    error, variance, found = 0.0, 1.0, []
    samples, points = _numbers(schedule, np.arange(3.0, _LONG[1] + 3.0))
    for t, (n, m) in enumerate(zip(samples.tolist(), points.tolist(), strict=True), 1):
        pool, a = n + m, m / (n + m)
        inner = a + (1 - a) * variance
        variance = inner + (1 - a) * a * pool / (pool - 1) * error
        error = (1 - a) ** 2 * error + inner / pool
        if t in _LONG:
            found.append(error)
    return found


def _frozen(schedule):
    """The limit of the error with the numbers of one far generation, in closed form [ST-B3]."""
    samples, points = _numbers(schedule, np.array(float(_FAR)))
    return float(closed_forms.stationary_moments(float(samples), float(points))[0])
