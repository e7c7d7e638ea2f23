r"""DO-4: $g$ generations know as much as $n_g = n\,[s_g + a \sum_{j < g} s_j]$ real tokens once."""

import numpy as np

from ...laws import Extinction
from ...loops.tails import errors
from ...papers import dohmatob2024
from ...verification import bound, closed_form, monte_carlo, scaled, theorem
from . import _routes
from ._routes import OUTCOMES, SAMPLES

_GENERATIONS = {
    "error": errors.test_error,
    "survival": errors.survival,
    "chain": _routes.by_chain,
}


def _off_by_one(exponent, *, generations, **options):
    return errors.test_error(exponent, generations=generations + 1, **options)


@theorem(
    spec="DO-4",
    paper="dohmatob2024",
    status="derived",
    hypotheses=(
        "n tokens a generation, a share a of them new real ones, the rest from the generation "
        "before; the first all real",
        "a Poisson number of tokens; for a fixed number an upper bound",
    ),
    claim=_GENERATIONS,
    mutants={
        "one generation late": _GENERATIONS | {"error": _off_by_one},
        "the error 0.1 % low": scaled(_GENERATIONS, 0.999, "error"),
        "the error 0.1 % high": scaled(_GENERATIONS, 1.001, "error"),
        "survival 0.1 % high": scaled(_GENERATIONS, 1.001, "survival"),
        "the chain 0.1 % low": scaled(_GENERATIONS, 0.999, "chain"),
        "survival 2/(g + 1)": _GENERATIONS
        | {"survival": lambda g, a=0.0: 2 / (np.arange(1, g + 1) + 1.0)},
        "no real data seen": _GENERATIONS
        | {
            "error": lambda *a, real_fraction, **o: errors.test_error(*a, **o),
        },
        "the chain a generation late": _GENERATIONS
        | {
            "chain": lambda *a, generations, **o: _routes.by_chain(
                *a, generations=generations + 1, **o
            )[1:]
        },
    },
)
def generations_of_own_tokens(claim, trial):
    r"""$g$ generations know as much as $n_g = n\,[s_g + a \sum_{j < g} s_j]$ real tokens once.

    $s_1 = 1$, $s_{j+1} = 1 - e^{-(1 - a) s_j}$, and $E_g = \sum_i p_i e^{-n_g p_i} \simeq A\,
    n_g^{-(1 - 1/\beta)}$. Without real data $s_g \simeq 2/g$, so $E_g \propto (g/n)^{1 - 1/\beta}$:
    slower than linear in $g$. With real data $n_g$ has a positive limit.
    """
    for beta, count, fresh in ((1.5, 200, 0), (1.2, 200, 0), (1.5, 180, 20)):
        what = f"beta = {beta}, {count} + {fresh} tokens"
        exact = trial.once(
            what,
            lambda b=beta, n=count, r=fresh: _routes.by_chain(
                b, n, generations=6, real_samples=r, outcomes=40
            ),
        )
        pool = count + fresh
        error = np.array(
            [
                claim["error"](
                    beta,
                    samples=pool,
                    generations=g,
                    real_fraction=fresh / pool,
                    outcomes=40,
                )
                for g in range(1, 7)
            ]
        )
        yield bound(f"a fixed number of tokens loses less, {what}", exact, error)
        yield bound(f"but hardly less, {what}", error, exact * (1 + 4 / pool))
    for share in (0.0, 0.2):
        law = trial.once(f"branching {share}", lambda a=share: _routes.by_branching(20, a))
        chances = claim["survival"](20, share)
        yield closed_form(f"survival of a line of tokens, a = {share}", chances, law)
    chances, steps = claim["survival"](400), np.arange(1, 400)
    yield bound("survival, upper", chances[1:], 2 / (steps + 2.0))
    yield bound("survival, lower", 1 / (1 + 0.582 * steps), chances[1:])
    for share in (0.0, 0.1):
        known = errors.effective_samples(60, 4, real_fraction=share)
        series = trial.once(f"{share}", lambda n=known: _routes.by_series_poisson(1.5, n))
        error = claim["error"](1.5, samples=60, generations=4, real_fraction=share)
        yield closed_form(f"series in zeta functions, a = {share}", error, series, tolerance=1e-12)
    error = claim["error"](1.5, samples=1e5, generations=30, real_fraction=0.0)
    tokens = 1e5 * errors.survival(30)[-1]
    closed = errors.missing_mass_constant(1.5) * tokens ** -(1 / 3)
    yield closed_form("closed form for many tokens", closed, error, tolerance=1e-9)
    # A token is lost if none of the first tokens that have descendants was one of its kind.
    p = np.asarray(dohmatob2024.zipf(1.5, 20).probabilities)
    dual = trial.once("ancestors", lambda: [q * Extinction(SAMPLES).lost(q, 4) for q in p])
    chain = claim["chain"](1.5, SAMPLES, generations=4, outcomes=20)
    yield closed_form("the chain of counts by ancestors", chain[-1], np.sum(dual), tolerance=1e-9)
    for fresh in (0, SAMPLES):
        yield _sampled_generations(claim, trial, fresh)


def _sampled_generations(claim, trial, fresh):
    beta = 1.5
    real = _routes.real_law(beta)
    loop = (
        dohmatob2024.fresh_data_loop(real=real, samples=SAMPLES, real_samples=fresh)
        if fresh
        else dohmatob2024.replace_loop(samples=SAMPLES)
    )
    held = trial.once(
        f"held {fresh}",
        lambda: _routes.held(trial, loop, beta, generations=4),
    )
    missed = _routes.missing(held, np.asarray(real.probabilities))
    exact = claim["chain"](beta, SAMPLES, generations=4, real_samples=fresh, outcomes=OUTCOMES)
    return monte_carlo(f"sampled, {SAMPLES} + {fresh} tokens", exact[-1], missed)
