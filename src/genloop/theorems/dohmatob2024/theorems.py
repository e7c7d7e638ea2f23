"""Theorems on the test error of recursive training with a heavy tail."""

import numpy as np
from scipy import special

from ...loops.tails import errors, zipf
from ...papers import dohmatob2024
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from . import _routes
from ._routes import OUTCOMES, SAMPLES

PAPER = "dohmatob2024"
_EXPONENTS = (1.2, 1.5, 2.5)


_REAL_DATA = {
    "error": errors.missing_mass,
    "closed": errors.missing_mass_closed,
    "constant": errors.missing_mass_constant,
}


@theorem(
    spec="DO-1",
    paper=PAPER,
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
    for beta in _EXPONENTS:
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
    errors = _routes.missing(held, np.asarray(_routes.real_law(beta).probabilities))
    finite = claim["error"](beta, SAMPLES, outcomes=OUTCOMES)
    yield monte_carlo(f"{OUTCOMES} tokens sampled", finite, errors)


_CUT = {"error": errors.cut_error, "plateau": zipf.tail_mass}


@theorem(
    spec="DO-2",
    paper=PAPER,
    status="reconstructed",
    hypotheses=("Zipf's law with beta > 1", "a model that uses its k likeliest tokens only"),
    claim=_CUT,
    mutants={
        "the plateau from k on": _CUT
        | {"plateau": lambda beta, kept: zipf.tail_mass(beta, kept - 1)},
        "the plateau by its asymptote": _CUT
        | {"plateau": lambda b, kept: kept ** (1 - b) / (b - 1) / zipf.normaliser(b)},
        "the error 0.1 % high": scaled(_CUT, 1.001, "error"),
        "the plateau 0.1 % low": scaled(_CUT, 0.999, "plateau"),
        "the kept tokens not normalised": _CUT
        | {
            "error": lambda beta, n, *, kept: (
                errors.missing_mass(beta, n)
                - zipf.unseen_mass(beta, n, first=kept + 1)
                + zipf.tail_mass(beta, kept)
            )
        },
    },
)
def cut_tail(claim, trial):
    r"""A cut tail ends the scaling law.

    $E = \sum_{i \le k} p_i (1 - p_i/P_k)^n + \zeta(\beta, k + 1)/\zeta(\beta)$, where the second
    term, about $k^{-(\beta - 1)}$, stays for every $n$.
    """
    for beta in _EXPONENTS:
        for kept in (3, 40):
            plateau = claim["plateau"](beta, kept)
            head = sum(float(i) ** -beta for i in range(1, kept + 1)) / zipf.normaliser(beta)
            what = f"beta = {beta}, k = {kept}"
            yield closed_form(f"plateau, {what}", plateau, 1 - head, tolerance=1e-11, scale=1.0)
            limit = claim["error"](beta, 1e9, kept=kept)
            yield closed_form(f"what no data lower, {what}", limit, plateau)
            series = trial.once(what, lambda b=beta, k=kept: _routes.by_series(b, 0, first=k + 1))
            yield closed_form(f"zeta functions, {what}", plateau, series, tolerance=1e-12)
    beta, kept = 1.5, 30
    held = trial.once(
        "held", lambda: _routes.held(trial, dohmatob2024.cut_loop(kept=kept, samples=SAMPLES), beta)
    )
    p = np.arange(1.0, OUTCOMES + 1) ** -beta / zipf.normaliser(beta)
    errors = _routes.missing(held, p) + zipf.tail_mass(beta, OUTCOMES)
    yield monte_carlo("sampled", claim["error"](beta, SAMPLES, kept=kept), errors)


_NARROW = {"error": errors.narrowed_error, "constant": errors.narrowed_constant}


def _wrong_decay(beta, temperature):
    constant, decay = errors.narrowed_constant(beta, temperature)
    return constant, 1 - temperature / beta + 0 * decay


def _narrow_off(*, constant=1.0, decay=1.0):
    """The asymptote with its constant or its exponent multiplied."""
    return lambda *a: np.array([constant, decay]) * errors.narrowed_constant(*a)


@theorem(
    spec="DO-3",
    paper=PAPER,
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
    errors = _routes.missing(held, p) + zipf.tail_mass(beta, OUTCOMES)
    expected = claim["error"](beta, SAMPLES, temperature=temperature)
    yield monte_carlo("sampled, but for 1 token in 100,000", expected, errors)
