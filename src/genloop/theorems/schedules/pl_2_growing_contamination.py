"""PL-2: Growing contamination is consistent iff n a grows beyond all bounds and sum a diverges."""

import numpy as np

from ...loops.contamination import Limit, PowerLaw, drawn, limit_of_losses, mixed
from ...models import GaussianMoments
from ...verification import bound, closed_form, exact_law, theorem
from ._instances import line

_FAR, _LONG = 10**7, (20_000, 200_000)
_CASES = {
    "n ~ t, a ~ 1/t": (PowerLaw(100.0, 1.0), PowerLaw(0.9, -1.0), None),
    "n ~ t, a ~ 1/t, m ~ 1": (PowerLaw(100.0, 1.0), PowerLaw(0.9, -1.0), PowerLaw(5.0)),
    "n ~ t^2, a ~ 1/t": (PowerLaw(10.0, 2.0), PowerLaw(0.9, -1.0), None),
    "n = 2, a ~ t^(-1/2)": (PowerLaw(2.0), PowerLaw(0.5, -0.5), None),
    "n = 100, a = 0.1, m = 10": (PowerLaw(100.0), PowerLaw(0.1), PowerLaw(10.0)),
    "n ~ t, a = 0.1, m = 10": (PowerLaw(10.0, 1.0), PowerLaw(0.1), PowerLaw(10.0)),
    "n ~ t^2, a ~ t^(-2)": (PowerLaw(10.0, 2.0), PowerLaw(0.5, -2.0), None),
    "n ~ t, a ~ t^(-2)": (PowerLaw(2.0, 1.0), PowerLaw(0.5, -2.0), None),
}
"""Samples, real shares, real points."""


def _limit(samples, share, points):
    return limit_of_losses(samples=[samples], mixes=[(share, points)])


def _changed(change):
    """The limits with another value where there is one."""

    def limit(*schedule):
        found = _limit(*schedule)
        return found if found.value is None else Limit(change(found.value), found.forgets)

    return limit


@theorem(
    spec="PL-2",
    paper="schedules",
    status="derived",
    hypotheses=(
        "as in PL-1",
        "numbers with leading terms: n_t, a_t and m_t are asymptotic to c t^p",
    ),
    claim=_limit,
    mutants={
        "1/(1 + n a)": _changed(lambda x: 2 * x / (1 + x)),
        "real data that never end are enough": _changed(lambda x: 0.0),
        "limit 1 % large": _changed(lambda x: 1.01 * x),
        "every start is forgotten": lambda *s: Limit(_limit(*s).value or 0.0, True),
    },
)
def growing_contamination(claim, trial):
    r"""Growing contamination is consistent iff $n_t a_t \to \infty$ and $\sum a_t = \infty$.

    With $\theta_t = 1 - \kappa_t$ and the recursion of PL-1: every start is forgotten if and only
    if $\sum \theta_t = \infty$, and then $\ell_t \to \lim w_t/\theta_t$. For $a_t \to 0$ this
    limit is $\frac1{1 + 2 L}$ with $L = \lim n_t a_t$, whether the real points are fresh ones or
    infinitely many: the error vanishes if and only if $L = \infty$ and $\sum a_t = \infty$. If
    $\sum \theta_t < \infty$, what is lost stays lost.
    """
    for name, schedule in _CASES.items():
        found = claim(*schedule)
        before, after = trial.once(f"runs {name}", lambda s=schedule: _two_starts(s))
        gone = after[1] - after[0] < 0.1
        yield exact_law(f"starts are forgotten, {name}", float(found.forgets), float(gone))
        if not found.forgets:
            yield bound(f"two starts stay apart, {name}", 0.1, after[1] - after[0])
            continue
        far = trial.once(f"far {name}", lambda s=schedule: _frozen(s))
        what = f"end of the generation {_FAR:,} for ever, {name}"
        yield closed_form(what, found.value, far, scale=max(found.value, 1e-3), tolerance=2e-3)
        gaps = [max(abs(x - found.value) for x in ends) for ends in (after, before)]
        what = f"nearer after {_LONG[1]:,} generations than after {_LONG[0]:,}, {name}"
        yield bound(what, gaps[0], 0.8 * gaps[1] + 1e-12)


def _numbers(schedule, places):
    """Samples, shares and points in generations, from their leading terms."""
    at = lambda law: law.coefficient * (places + 1.0) ** law.exponent
    samples, share, points = schedule
    return at(samples), at(share), np.inf if points is None else at(points)


def _two_starts(schedule):
    """The lost shares from nothing and from everything lost, after two numbers of generations."""
    n, a, m = _numbers(schedule, np.arange(_LONG[1]))
    whole = drawn(n).then(mixed(a, m))
    low, high, found = 0.0, 1.0, []
    for t, (kept, noise) in enumerate(zip(*(x.tolist() for x in whole), strict=True), 1):
        low, high = kept * low + noise, kept * high + noise
        if t in _LONG:
            found.append((low, high))
    return found


def _frozen(schedule):
    """The fixed point of one far generation, by the moments of its stages."""
    n, a, m = (np.asarray(x, dtype=float) for x in _numbers(schedule, np.array(float(_FAR))))
    real = line()

    def after(lost):
        start = GaussianMoments(real.mean, lost * real.covariance, (1 - lost) * real.covariance)
        state = start.draw(float(n)).mix(real, float(a), None if np.isinf(m) else float(m))
        return float(state.mean_covariance[0, 0] / real.covariance[0, 0])

    source = after(0.0)
    return source / (1 - (after(1.0) - source))
