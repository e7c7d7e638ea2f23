r"""U-2: The ratio $\rho = e^\delta$ of winners to losers gives the real fraction explicitly."""

import itertools

import mpmath
import numpy as np

from ....loops.temperature.closed_forms import uniform
from ....verification import closed_form, scaled, theorem
from .._instances import evaluate
from ._instances import SIZE, cases_of, image, two_level_states


def _fractions(claim, points):
    """The claimed real fractions at rows of log ratio, temperature, outcomes and winners."""
    one = lambda d, t, k, m: claim(d, temperature=t, outcomes=k, winners=m)
    return evaluate(one, *points.T)


def _exchanged(log_ratio, *, temperature, outcomes, winners):
    return uniform.branch_fraction(
        log_ratio, temperature=temperature, outcomes=outcomes, winners=outcomes - winners
    )


@theorem(
    spec="U-2",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "T < 1", "infinite data", "1 <= m < K winners"),
    claim=uniform.branch_fraction,
    mutants={
        "winners and losers exchanged": _exchanged,
        "1 % high": scaled(uniform.branch_fraction, 1.01),
        "the synthetic share instead": lambda d, **p: 1 - uniform.branch_fraction(d, **p),
    },
)
def branch_equation(claim, trial):
    r"""The ratio $\rho = e^\delta$ of winners to losers gives the real fraction explicitly.

    $1 - a = \frac{(\rho - 1)(m \rho^b + K - m)}{(\rho^b - 1)(m \rho + K - m)} = \frac{\coth(b
    \delta/2) + w}{\coth(\delta/2) + w}$, $w = 2m/K - 1$. To first order in $\delta$,
    $a = 1 - T - \frac w2 (1 - T)\,\delta$.
    """
    sizes = ((2, 1), (3, 1), (SIZE, 1), (SIZE, 7), (SIZE, 11), (1000, 1), (1000, 400))
    product = itertools.product((1e-3, 0.7, 4.0), (0.1, 0.5, 0.9), sizes)
    points = np.array([(d, t, k, m) for d, t, (k, m) in product])
    fractions = _fractions(claim, points)
    for outcomes in (2, 3, SIZE, 1000):
        delta, temperature, _, winners = points[points[:, 2] == outcomes].T
        states = two_level_states(delta, winners, outcomes)
        cases = cases_of(temperature, fractions[points[:, 2] == outcomes], states)
        yield closed_form(
            f"fixed points, {outcomes} outcomes", image(cases), states, tolerance=1e-12
        )
    product = itertools.product((1e-7, 0.3, 30.0, 200.0), (0.01, 0.6, 0.999), (2, 3, 50_000))
    points = np.array([(*point, 1) for point in product])
    exact = trial.once("coth", lambda: [_coth_branch(*point) for point in points])
    yield closed_form("other form, 200 digits", _fractions(claim, points), exact, tolerance=1e-12)
    product = itertools.product((1e-5,), (0.2, 0.5, 0.9), (3, 10), (1, 2))
    points = np.array(list(product))
    delta, temperature, outcomes, winners = points.T
    start = (1 - temperature) * (1 - (2 * winners / outcomes - 1) / 2 * delta)
    yield closed_form("small ratios", _fractions(claim, points), start, tolerance=1e-8)


def _coth_branch(delta, temperature, outcomes, winners):
    with mpmath.workdps(200):
        half, weight = mpmath.mpf(delta) / 2, 2 * mpmath.mpf(winners) / outcomes - 1
        above = mpmath.coth(half / mpmath.mpf(temperature)) + weight
        return float(1 - above / (mpmath.coth(half) + weight))
