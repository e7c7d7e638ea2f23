"""Certificates of the thresholds of texts: `genloop verify --certify`."""

from fractions import Fraction

import jax.numpy as jnp

from ...certificates import certify_root
from ...loops.temperature.proofs.thresholds import ExactLoop, certify_fold, certify_local
from ...verification import certificates

_ROW = [Fraction(w, 10) for w in (5, 3, 2)]


@certificates("SQ-3")
def even_successors(digits):
    r"""$(1 - a)/T = 1$, the threshold of each context alone."""
    return {
        "T = 0.7, multiplier": certify_root(
            lambda a, t: (1 - a) / t - 1, "0", "1", parameters=["0.7"], digits=digits
        ),
        "T = 0.7, one context with 3 successors": certify_local(
            ExactLoop.uniform(3, "0.7"), digits=digits
        ),
    }


@certificates("SQ-4")
def pairs_as_outcomes(digits):
    """Folds of a token that repeats itself, and of even pairs with one and with two winners."""
    loop = ExactLoop.of([first * second for first in _ROW for second in _ROW], "0.7")
    # The repetitions of the second and of the third token, among all pairs.
    levels = {token: [v for v, _ in loop.levels].index(_ROW[token] ** 2) for token in (1, 2)}
    named = {
        f"independent tokens (5, 3, 2), T = 0.7, token {token + 1} repeats": certify_fold(
            loop, level, digits=digits
        )
        for token, level in levels.items()
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
