"""Independent routes to a test error: series in high precision, exact chains, sampled tokens."""

import functools

import numpy as np
from scipy import special

from ...laws import binomial_law
from ...models import Categorical
from ...papers import dohmatob2024

OUTCOMES, SAMPLES, REPLICATES = 200, 50, 1000


def by_series(exponent, samples, *, sampled_exponent=None, first=1) -> float:
    r"""$\sum_{i \ge k} p_i (1 - q_i)^n$ by the binomial theorem, term by term in zeta functions.

    $\sum_j \binom nj (-1)^j \zeta(\beta + j\beta', k)/[\zeta(\beta)\,\zeta(\beta')^j]$ with enough
    digits for its cancellation; no sum over tokens.
    """
    import mpmath

    with mpmath.workdps(40 + samples // 2):
        beta = mpmath.mpf(exponent)
        narrow = beta if sampled_exponent is None else mpmath.mpf(sampled_exponent)
        real, source, total = mpmath.zeta(beta), mpmath.zeta(narrow), mpmath.mpf(0)
        for j in range(samples + 1):
            term = mpmath.binomial(samples, j) * mpmath.zeta(beta + j * narrow, first)
            total += (-1) ** j * term / source**j
        return float(total / real)


def by_series_poisson(exponent, samples) -> float:
    r"""$\sum_i p_i e^{-n p_i}$ by the series of the exponential function, as in `by_series`."""
    import mpmath

    with mpmath.workdps(40 + int(samples)):
        beta = mpmath.mpf(exponent)
        real, factor, total = mpmath.zeta(beta), mpmath.mpf(1), mpmath.mpf(0)
        for j in range(int(6 * samples) + 60):
            total += factor * mpmath.zeta(beta * (j + 1)) / real ** (j + 1)
            factor *= -mpmath.mpf(samples) / (j + 1)
        return float(total)


@functools.cache
def by_chain(exponent, samples, *, generations, real_samples=0, outcomes=60) -> np.ndarray:
    r"""The missing mass of generations $1, \dots, g$ by the exact chain of every token's count.

    A generation has `samples` synthetic and `real_samples` real tokens of a finite alphabet, the
    first one as many real ones in all. Shape `(g,)`.
    """
    pool = samples + real_samples
    counts = np.arange(pool + 1)
    drawn = binomial_law(samples, counts / pool)
    lost = []
    for p in np.asarray(dohmatob2024.zipf(exponent, outcomes).probabilities):
        fresh = binomial_law(real_samples, p) if real_samples else np.ones(1)
        matrix = np.stack([np.convolve(row, fresh) for row in drawn])
        law, missing = binomial_law(pool, p), []
        for _ in range(generations):
            missing.append(p * law[0])
            law = law @ matrix
        lost.append(missing)
    return np.sum(lost, axis=0)


def by_branching(generations, real_fraction, *, largest=400) -> np.ndarray:
    r"""The chance that a token has descendants after $0, 1, \dots$ generations.

    From the law of their number, where each has a Poisson number of mean $1 - a$ in the next
    generation; more than `largest` are taken to last.
    """
    count = np.arange(largest)
    mean = (1 - real_fraction) * np.arange(1.0, largest)[:, None]
    law = np.exp(count * np.log(mean) - mean - special.gammaln(count + 1))
    alive, chances = np.eye(largest)[1], []
    for _ in range(generations):
        chances.append(1 - alive[0])
        gone = alive[0]
        alive = alive[1:] @ law
        alive[0] += gone
    return np.array(chances)


def sampled(key, loop, exponent, *, generations=1) -> np.ndarray:
    """Whether the model holds each token after some generations; shape `(REPLICATES, OUTCOMES)`.

    It starts with the real law, so that the first generation sees real tokens.
    """
    import jax

    state = dohmatob2024.zipf(exponent, OUTCOMES).broadcast((REPLICATES,))
    for one in jax.random.split(key, generations):
        state = loop.step(one, state)
    return np.asarray(state.probabilities) > 0


def missing(held, probabilities) -> np.ndarray:
    """The real mass of the tokens that are not held, for every replicate."""
    return np.where(held, 0.0, probabilities).sum(axis=-1)


def held(trial, loop, exponent, **options) -> np.ndarray:
    """`sampled` with the key of a theorem."""
    return sampled(trial.key(), loop, exponent, **options)


def real_law(exponent) -> Categorical:
    """Zipf's law on `OUTCOMES` tokens."""
    return dohmatob2024.zipf(exponent, OUTCOMES)
