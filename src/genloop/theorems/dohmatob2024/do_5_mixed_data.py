r"""DO-5: Real tokens beside a cut tail: a plateau up to $n_r \approx k^\beta \zeta(\beta)$."""

import numpy as np

from ...loops.tails import errors, zipf
from ...papers import dohmatob2024
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from . import _routes
from ._routes import OUTCOMES, SAMPLES

_EXPONENTS = (1.2, 1.5, 2.5)


_MIXED = {"error": errors.mixed_error, "tail": errors.mixed_tail}


@theorem(
    spec="DO-5",
    paper="dohmatob2024",
    status="reconstructed",
    hypotheses=("Zipf's law with beta > 1", "tokens of a model with a cut tail, and real ones"),
    claim=_MIXED,
    mutants={
        "the tail from k + 1": _MIXED
        | {"tail": lambda beta, n, *, kept: errors.mixed_tail(beta, n, kept=kept + 0.5)},
        "the tail 0.1 % high": scaled(_MIXED, 1.001, "tail"),
        "all tokens count as real": _MIXED
        | {
            "error": lambda beta, n, *, real_samples, **o: errors.mixed_error(
                beta, n, real_samples=real_samples + n, **o
            )
        },
        "the error 0.1 % low": scaled(_MIXED, 0.999, "error"),
    },
)
def mixed_data(claim, trial):
    r"""Real tokens beside a cut tail: a plateau up to $n_r \approx k^\beta \zeta(\beta)$.

    The tail contributes $\frac{c^{1/\beta}}\beta n_r^{-\alpha}\,\gamma(\alpha, c\,n_r (k +
    \frac12)^{-\beta})$, $\alpha = 1 - \frac1\beta$, to a relative $O(k^{-2} + n_r^{-1})$: first
    $\zeta(\beta, k + 1)/\zeta(\beta)$, in the end $A\,n_r^{-\alpha}$.
    """
    for beta in _EXPONENTS:
        for kept, count in ((20, 30), (20, 120)):
            what = f"beta = {beta}, k = {kept}, {count} real tokens"
            tail = trial.once(
                what, lambda b=beta, k=kept, n=count: _routes.by_series(b, n, first=k + 1)
            )
            p = np.arange(1.0, kept + 1) ** -beta / zipf.normaliser(beta)
            head = (p * (1 - p) ** count * (1 - p / p.sum()) ** 77).sum()
            error = claim["error"](beta, 77, real_samples=count, kept=kept)
            yield closed_form(f"series, {what}", error, head + tail, tolerance=1e-12)
        kept = 300
        reach = kept**beta * zipf.normaliser(beta)
        counts = reach * 10.0 ** np.arange(-3, 4)
        exact = [zipf.unseen_mass(beta, n, first=kept + 1) for n in counts]
        tail = np.array([claim["tail"](beta, n, kept=kept) for n in counts])
        yield closed_form(f"tail, beta = {beta}", tail, exact, tolerance=2e-5)
        plateau = zipf.tail_mass(beta, kept)
        yield bound(f"plateau, beta = {beta}", 0.99 * plateau, tail[0])
        real = [errors.missing_mass(beta, n) for n in counts[-1:]]
        yield closed_form(f"recovery, beta = {beta}", tail[-1:], real, tolerance=1e-5)
    beta, kept = 1.5, 30
    loop = dohmatob2024.mixed_loop(
        kept=kept, real=_routes.real_law(beta), samples=SAMPLES, real_samples=SAMPLES
    )
    held = trial.once("held", lambda: _routes.held(trial, loop, beta))
    missed = _routes.missing(held, np.asarray(_routes.real_law(beta).probabilities))
    finite = claim["error"](beta, SAMPLES, real_samples=SAMPLES, kept=kept, outcomes=OUTCOMES)
    yield monte_carlo(f"{OUTCOMES} tokens sampled", finite, missed)
