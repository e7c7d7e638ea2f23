"""The seven expected squares by the pooled fit itself, without stages, at explicit matrices."""

import numpy as np


def numbers(delta, spread):
    """The seven invariants of a mean error and a covariance."""
    error, trace = delta @ delta, np.trace(spread)
    squares = [error**2, error * trace, delta @ spread @ delta, trace**2, (spread**2).sum()]
    return np.array([error, trace, *squares])


def recursion(dimension, samples, real_samples, temperature, unbiased):
    """The matrix and the source that carry the invariants of any state on, by interpolation."""
    random, states, after = np.random.default_rng(7), [], []
    for _ in range(24):
        delta = random.normal(size=dimension)
        root = random.normal(size=(dimension, dimension + 1))
        spread = root @ root.T / dimension
        states.append([*numbers(delta, spread), 1.0])
        after.append(_generation(delta, spread, samples, real_samples, temperature, unbiased))
    # In one dimension several invariants agree: the least solution divides evenly among them.
    found = np.linalg.lstsq(np.array(states), np.array(after), rcond=None)[0].T
    return found[:, :-1], found[:, -1]


def _generation(delta, spread, samples, real_samples, temperature, unbiased):
    r"""Expectations for fixed $(\delta, \Sigma)$: the new mean and the gap are jointly normal.

    The scatter is two Wishart matrices within the groups and the outer product of the gap.
    """
    one, heated, pool = np.eye(len(delta)), temperature * spread, samples + real_samples
    q, p = samples / pool, real_samples / pool
    own, real = samples - 1, real_samples - 1
    within = real * one + own * heated
    between = samples * real_samples / pool
    mean_noise, gap_noise = (p * one + q * heated) / pool, one / real_samples + heated / samples
    cross = (heated - one) / pool
    quadratic = lambda matrix: delta @ matrix @ delta
    error, gap = q**2 * delta @ delta + np.trace(mean_noise), delta @ delta + np.trace(gap_noise)
    both = error * gap + 2 * np.trace(cross @ cross) + 4 * q * quadratic(cross)
    aligned = (q * delta @ delta + np.trace(cross)) ** 2 + np.trace(mean_noise @ gap_noise)
    aligned += np.trace(cross @ cross) + q**2 * quadratic(gap_noise)
    aligned += quadratic(mean_noise) + 2 * q * quadratic(cross)
    square = lambda mean, noise, share: (
        mean**2 + 2 * np.trace(noise @ noise) + 4 * share**2 * quadratic(noise)
    )
    gaps = square(gap, gap_noise, 1)
    trace, pair = np.trace(within), np.trace(heated)
    trace_square = 2 * real * len(delta) + 2 * own * np.trace(heated @ heated) + trace**2
    trace_square += 2 * between * trace * gap + between**2 * gaps
    square_trace = np.trace(within @ within) + real * len(delta) * (1 + len(delta))
    square_trace += own * (np.trace(heated @ heated) + pair**2) + between**2 * gaps
    square_trace += 2 * between * (quadratic(within) + np.trace(within @ gap_noise))
    degrees = pool - 1 if unbiased else pool
    return np.array(
        [
            error,
            (trace + between * gap) / degrees,
            square(error, mean_noise, q),
            (error * trace + between * both) / degrees,
            (q**2 * quadratic(within) + np.trace(within @ mean_noise) + between * aligned)
            / degrees,
            trace_square / degrees**2,
            square_trace / degrees**2,
        ]
    )
