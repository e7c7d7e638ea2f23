r"""DO-3: Sampling at temperature $T$ changes the exponent: $E \simeq A\,n^{-T (1 - 1/\beta)}$."""

import numpy as np

from ...loops.tails import errors, zipf
from ...papers import dohmatob2024
from ...verification import closed_form, monte_carlo, scaled, theorem
from . import _routes
from ._routes import OUTCOMES, SAMPLES

_NARROW = {"error": errors.narrowed_error, "constant": errors.narrowed_constant}


def _wrong_decay(beta, temperature):
    constant, decay = errors.narrowed_constant(beta, temperature)
    return constant, 1 - temperature / beta + 0 * decay


def _narrow_off(*, constant=1.0, decay=1.0):
    """The asymptote with its constant or its exponent multiplied."""
    return lambda *a: np.array([constant, decay]) * errors.narrowed_constant(*a)


@theorem(
    spec="DO-3",
    paper="dohmatob2024",
    status="derived",
    hypotheses=("Zipf's law with beta > 1 on infinitely many tokens", "temperature T < beta"),
    claim=_NARROW,
    mutants={
        "the exponent 1 - 1/beta' of the narrow law": _NARROW | {"constant": _wrong_decay},
        "the constant 0.1 % high": _NARROW | {"constant": _narrow_off(constant=1.001)},
        "the exponent 0.1 % high": _NARROW | {"constant": _narrow_off(decay=1.001)},
        "the error 0.1 % high": scaled(_NARROW, 1.001, "error"),
        "the real law": _NARROW
        | {"error": lambda beta, n, *, temperature: errors.missing_mass(beta, n)},
    },
)
def narrowed_tail(claim, trial):
    r"""Sampling at temperature $T$ changes the exponent: $E \simeq A\,n^{-T (1 - 1/\beta)}$.

    $q_i \propto i^{-\beta'}$, $\beta' = \beta/T$, $s = T(1 - \frac1\beta)$: $A = \frac{c}{\beta'}
    c'^{-s}\,\Gamma(s)$ with $c = 1/\zeta(\beta)$ and $c' = 1/\zeta(\beta')$.
    """
    for beta, temperature in ((1.5, 0.75), (1.5, 1.2), (2.5, 0.5)):
        what = f"beta = {beta}, T = {temperature}"
        for count in (20, 120):
            series = trial.once(
                f"{what} {count}",
                lambda b=beta, t=temperature, n=count: _routes.by_series(
                    b, n, sampled_exponent=b / t
                ),
            )
            error = claim["error"](beta, count, temperature=temperature)
            yield closed_form(f"series, {what}, n = {count}", error, series, tolerance=1e-12)
        constant, decay = claim["constant"](beta, temperature)
        large = 1e9
        error = claim["error"](beta, large, temperature=temperature)
        yield closed_form(f"asymptote, {what}", constant * large**-decay, error, tolerance=1e-8)
    beta, temperature = 1.5, 0.5
    loop = dohmatob2024.narrowed_loop(temperature=temperature, samples=SAMPLES)
    held = trial.once("held", lambda: _routes.held(trial, loop, beta))
    p = np.arange(1.0, OUTCOMES + 1) ** -beta / zipf.normaliser(beta)
    missed = _routes.missing(held, p) + zipf.tail_mass(beta, OUTCOMES)
    expected = claim["error"](beta, SAMPLES, temperature=temperature)
    yield monte_carlo("sampled, but for 1 token in 100,000", expected, missed)
