"""DO-2: A cut tail ends the scaling law."""

import numpy as np

from ...loops.tails import errors, zipf
from ...papers import dohmatob2024
from ...verification import closed_form, monte_carlo, scaled, theorem
from . import _routes
from ._instances import EXPONENTS
from ._routes import OUTCOMES, SAMPLES

_CUT = {"error": errors.cut_error, "plateau": zipf.tail_mass}


@theorem(
    spec="DO-2",
    paper="dohmatob2024",
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
    for beta in EXPONENTS:
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
    missed = _routes.missing(held, p) + zipf.tail_mass(beta, OUTCOMES)
    yield monte_carlo("sampled", claim["error"](beta, SAMPLES, kept=kept), missed)
