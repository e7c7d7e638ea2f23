"""SQ-4: pairs are outcomes."""

from fractions import Fraction

import jax.numpy as jnp
import numpy as np

from ...certificates import certify_root
from ...loops.chain.pairs import pair_distribution
from ...loops.temperature.proofs.thresholds import ExactLoop, certify_fold
from ...models import MarkovChain
from ...verification import closed_form, proves, scaled, theorem
from ._instances import alone, pair_fold, staged, stands, symmetric


def _drawn(chain, temperature):
    r"""$S_T$ of the pairs as outcomes."""
    return np.asarray(pair_distribution(chain).temper(temperature).probabilities).reshape(4, 4)


_REVERSIBLE = {"pairs": _drawn, "fold": pair_fold}


@theorem(
    spec="SQ-4",
    paper="sequences",
    status="derived",
    hypotheses=("infinite data", "$J = J^\\top$ and $R = R^\\top$", "the fold: T < 1"),
    claim=_REVERSIBLE,
    mutants={
        "contexts alone": _REVERSIBLE | {"fold": alone},
        "the fold 1 % high": scaled(_REVERSIBLE, 1.01, "fold"),
        "the fold 1 % low": scaled(_REVERSIBLE, 0.99, "fold"),
        "the pairs 1 % high": scaled(_REVERSIBLE, 1.01, "pairs"),
        "context frequencies as they were": _REVERSIBLE
        | {
            "pairs": lambda chain, temperature: (
                np.asarray(chain.contexts)[:, None]
                * (chain.transition ** (1 / temperature))
                / (chain.transition ** (1 / temperature)).sum(axis=1, keepdims=True)
            )
        },
    },
)
def pairs_are_outcomes(claim, trial):
    r"""If pairs are as frequent as their reverses, the loop is the temperature loop of the pairs.

    $\sigma_i Q_{ij} = J_{ij}^{1/T} / \sum_{kl} J_{kl}^{1/T}$, so $J' = a R + (1 - a) S_T(J)$ on
    $K^2$ outcomes. A token that repeats itself has won like one outcome, two in turn like two; the
    real fraction that ends it is the fold of that branch, for even real pairs and $T = \frac12$
    $\frac{K^2}{K^2 + 2 \sqrt{m (K^2 - m)}}$, $m = 1$ or $2$.
    """
    for seed, temperature, share in ((1, 0.6, 0.3), (2, 0.8, 0.0), (3, 1.7, 0.6)):
        real, state = symmetric(seed), symmetric(seed + 10, evenness=0.3)
        drawn = claim["pairs"](MarkovChain.of(state), temperature)
        image = np.asarray(staged(state, real, temperature, share))
        what = f"one generation, T = {temperature}, a = {share}"
        yield closed_form(what, share * real + (1 - share) * drawn, image, scale=1.0)
    for outcomes in (3, 4, 20):
        even = MarkovChain.of(np.ones((outcomes, outcomes)))
        for second, number in ((0, 1), (1, 2)):
            fold = claim["fold"](even, temperature=0.5, first=0, second=second)
            size = outcomes**2
            known = size / (size + 2 * np.sqrt(number * (size - number)))
            yield closed_form(f"even pairs, K = {outcomes}, m = {number}", fold, known)
    for seed, temperature, first, second in ((4, 0.6, 0, 0), (5, 0.8, 2, 2), (5, 0.6, 1, 3)):
        real = symmetric(seed, evenness=4.0)
        options = {"temperature": temperature, "first": first, "second": second}
        fold = claim["fold"](MarkovChain.of(real), **options)
        sides = [0.995 * fold, 1.005 * fold]
        found = stands(real, temperature, sides, first, second)
        what = f"{first} and {second} in turn beside the fold, T = {temperature}"
        yield closed_form(what, [1.0, 0.0], found, scale=1.0)


_ROW = [Fraction(w, 10) for w in (5, 3, 2)]


@proves("SQ-4")
def proofs(digits):
    """Folds of a token that repeats itself, and of even pairs with one and with two winners."""
    loop = ExactLoop.of([first * second for first in _ROW for second in _ROW], "0.7")
    # The repetitions of the second and of the third token, among all pairs.
    places = {token: [v for v, _ in loop.classes].index(_ROW[token] ** 2) for token in (1, 2)}
    named = {
        f"independent tokens (5, 3, 2), T = 0.7, token {token + 1} repeats": certify_fold(
            loop, place, digits=digits
        )
        for token, place in places.items()
    }
    for winners in (1, 2):
        named[f"even pairs of 3 tokens, T = 1/2, {winners} winning"] = certify_root(
            lambda a, n, m: a * (n + 2 * jnp.sqrt(m * (n - m))) - n,
            "0",
            "1",
            parameters=["9", str(winners)],
            digits=digits,
        )
    return named
