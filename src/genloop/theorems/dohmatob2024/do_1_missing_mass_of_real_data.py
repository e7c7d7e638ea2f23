"""DO-1: missing mass of real data."""

import numpy as np
from scipy import special

from ...loops.tails import errors
from ...papers import dohmatob2024
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from . import _routes
from ._instances import EXPONENTS
from ._routes import OUTCOMES, SAMPLES

_REAL_DATA = {
    "error": errors.missing_mass,
    "closed": errors.missing_mass_closed,
    "constant": errors.missing_mass_constant,
}


@theorem(
    spec="DO-1",
    paper="dohmatob2024",
    status="derived",
    hypotheses=("Zipf's law with beta > 1 on infinitely many tokens", "n independent tokens"),
    claim=_REAL_DATA,
    mutants={
        "the error 0.1 % high": scaled(_REAL_DATA, 1.001, "error"),
        "the closed form with n for n + 1": _REAL_DATA
        | {"closed": lambda beta, n: errors.missing_mass_closed(beta, n - 1)},
        "the constant without zeta": _REAL_DATA
        | {"constant": lambda beta: special.gamma(1 - 1 / beta) / beta},
        "the constant 0.1 % low": scaled(_REAL_DATA, 0.999, "constant"),
    },
)
def missing_mass_of_real_data(claim, trial):
    r"""What $n$ real tokens do not show: $E = \sum_i p_i (1 - p_i)^n \simeq A\,n^{-(1 - 1/\beta)}$.

    $A = c^{1/\beta}\,\Gamma(1 - \frac1\beta)/\beta$ with $c = 1/\zeta(\beta)$, and up to an error
    that falls faster than every power of $n$, $E = \frac{c^{1/\beta}}\beta B(1 - \frac1\beta, n +
    1)$.
    """
    for beta in EXPONENTS:
        for count in (1, 20, 90):
            series = trial.once(f"{beta} {count}", lambda b=beta, n=count: _routes.by_series(b, n))
            yield closed_form(
                f"series in zeta functions, beta = {beta}, n = {count}",
                claim["error"](beta, count),
                series,
                tolerance=1e-12,
            )
        large = 10.0 ** np.array([4, 6, 8, 10])
        error = np.array([claim["error"](beta, n) for n in large])
        closed = np.array([claim["closed"](beta, n) for n in large])
        yield closed_form(f"closed form, beta = {beta}", closed, error, tolerance=1e-7)
        power = 1 - 1 / beta
        ratio = error * large**power / claim["constant"](beta)
        yield bound(f"it is below its asymptote, beta = {beta}", ratio, 1.0, tolerance=1e-12)
        gap = (1 - ratio) * large
        limit = np.full(4, power * (1 + power) / 2)
        yield closed_form(
            f"gap to the asymptote, beta = {beta}", gap[:2], limit[:2], tolerance=1e-3
        )
    beta = 1.5
    held = trial.once(
        "held", lambda: _routes.held(trial, dohmatob2024.replace_loop(samples=SAMPLES), beta)
    )
    missed = _routes.missing(held, np.asarray(_routes.real_law(beta).probabilities))
    finite = claim["error"](beta, SAMPLES, outcomes=OUTCOMES)
    yield monte_carlo(f"{OUTCOMES} tokens sampled", finite, missed)
