"""Relatives of the temperature loop: the law of extinction and the rates of other papers."""

import fractions
import math

import numpy as np
import pytest

from genloop.laws import (
    Extinction,
    expected_outcomes,
    lineage_share,
    loss_bounds,
    transition_matrix,
)
from genloop.loops.temperature import finite_samples
from genloop.papers import borkar2025, seddik2024, suresh2024, taori2022

F = fractions.Fraction


def close(computed, stored, tolerance=1e-12):
    np.testing.assert_allclose(np.asarray(computed), stored, rtol=tolerance, atol=0)


def test_stored_values():
    close(
        [suresh2024.mean_deviation(1, 10), suresh2024.mean_deviation(1, 100)],
        [0.9726592741215882433583, 0.9974779760712635107808],
    )
    first = [0.5, 0.3, 0.2]
    distance = seddik2024.square_distance(50, samples=100, real_samples=1000, first=first)
    close(distance, 0.00005166236146987751020748)
    close(finite_samples.halving_time(100), 68.96756393652849329616)


def rational(samples, start, generations, real_fraction, real):
    """First loss and absence by rational arithmetic; shapes `(generations,)`."""
    success = lambda x: real_fraction * real + (1 - real_fraction) * x
    law = lambda p: [
        math.comb(samples, j) * p**j * (1 - p) ** (samples - j) for j in range(samples + 1)
    ]
    rows = [law(success(F(i, samples))) for i in range(samples + 1)]
    push = lambda weights, least: [
        sum(weights[i] * rows[i][j] for i in range(least, samples + 1)) for j in range(samples + 1)
    ]
    alive = anything = law(success(start))
    lost, seen, missing = F(0), [], []
    for _ in range(generations):
        lost += alive[0]
        seen.append(float(lost))
        missing.append(float(anything[0]))
        alive, anything = push(alive, 1), push(anything, 0)
    return seen, missing


@pytest.mark.parametrize("samples", [1, 2, 5])
@pytest.mark.parametrize("real", [(0, 0), (F(1, 5), F(1, 3)), (F(1, 2), 0), (1, F(1, 4))])
def test_extinction_in_rational_arithmetic(samples, real):
    law = Extinction(samples, *map(float, real))
    for start in (F(0), F(1, 7), F(9, 10), F(1)):
        lost, missing = rational(samples, start, 5, *map(F, real))
        generations = np.arange(1, 6)
        np.testing.assert_allclose(law.lost(float(start), generations), lost, atol=1e-14)
        np.testing.assert_allclose(law.missing(float(start), generations), missing, atol=1e-14)


@pytest.mark.parametrize("real", [(0.0, 0.0), (0.05, 0.004), (0.5, 0.5)])
def test_extinction_in_the_whole_chain(real):
    fraction, share = real
    samples, generations = 400, np.array([1, 2, 7, 60, 500])
    matrix = transition_matrix(samples, lambda x: fraction * share + (1 - fraction) * x)
    matrix[0] = 0
    alive, tail = np.ones(samples + 1), []
    for _ in range(generations[-1]):
        alive = matrix @ np.where(np.arange(samples + 1) > 0, alive, 0)
        tail.append(alive)
    counts = np.array([1, 3, 40, 200, 390])
    survival = np.array(tail)[generations - 1][:, counts].T
    law = Extinction(samples, fraction, share)
    lost = law.lost(counts / samples, generations)
    np.testing.assert_allclose(lost, 1 - survival, rtol=0, atol=1e-13)
    reached = 1 - np.array(tail)[:, counts].T
    for level in (0.05, 0.5):
        expected = [
            np.flatnonzero(row >= level)[0] + 1 if row[-1] >= level else None for row in reached
        ]
        found = law.quantile(counts / samples, level)
        for left, right in zip(found, expected, strict=True):
            assert left == right if right else left > generations[-1]


def test_extinction_of_a_large_corpus_lies_between_its_bounds():
    samples, counts = 10**7, np.array([1, 20, 5000])
    law, generations = Extinction(samples), np.array([1, 30, 2000])
    lower, upper = loss_bounds(samples, counts / samples, 2000)
    lost = law.lost(counts / samples, generations)
    assert (lower[:, generations - 1] <= lost + 1e-12).all()
    assert (lost <= upper[:, generations - 1] + 1e-12).all()
    assert (upper - lower).max() < 1e-3
    # In the end it survives with the probability of its share; heterozygosity keeps its rate.
    close(1 - law.lost(0.3, 10**9), 0.3, 1e-10)
    assert law.quantile(0.3, 0.75) == np.inf
    late = np.array([5, 6]) * 10**7
    left = law.lost(0.3, 10**9) - law.lost(0.3, late)
    close(left[1] / left[0], math.exp(10**7 * math.log1p(-1 / samples)), 1e-3)


def test_a_token_with_enough_real_data_is_never_lost():
    law = Extinction(10**6, 0.1, 0.5)
    assert law.quantile(0.5) == np.inf
    assert law.lost(0.5, 10**9) == 0
    assert law.missing(0.0, 1) < 1e-300


def test_outcomes_that_are_left():
    start = np.array([0.4, 0.2, 0.2, 0.1, 0.1])
    matrix, left = transition_matrix(50), 0.0
    for share in start:
        left += 1 - np.linalg.matrix_power(matrix, 9)[round(50 * share), 0]
    close(expected_outcomes(50, start, 9), left)
    real = expected_outcomes(50, start, np.array([9, 10**6]), real_fraction=0.2)
    assert left < real[1] < real[0] < 5
    # More different probabilities than nodes: the interpolation in them changes nothing.
    many = 1 / np.arange(1.0, 131.0)
    many /= many.sum()
    direct = sum(1 - Extinction(40, 0.1, p).missing(p, 5) for p in many)
    close(expected_outcomes(40, many, 5, real_fraction=0.1), direct)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Extinction(0), "at least 1"),
        (lambda: Extinction(5, 1.5), "real_fraction must lie in [0, 1]"),
        (lambda: Extinction(5).lost(2.0, 1), "probability must lie in [0, 1]"),
        (lambda: Extinction(5).lost(0.5, 0), "whole numbers from 1 on"),
        (lambda: Extinction(5).quantile(0.5, 1.0), "strictly between 0 and 1"),
        (lambda: borkar2025.mixing_time(10, 0.0), "real_fraction must lie in (0, 1]"),
        (
            lambda: taori2022.accumulated_bias(1, 0.1, human=1, synthetic=0, initial=0),
            "synthetic ones be positive",
        ),
    ],
)
def test_misuse_is_an_error_in_one_sentence(call, words):
    with pytest.raises(ValueError) as caught:
        call()
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_the_share_of_lineages_has_its_expansion():
    generations = np.array([10**3, 10**4, 10**5])
    share = lineage_share(10**5)[generations - 1]
    rest = 1 / share - generations / 2 - np.log(generations) / 6
    assert np.ptp(rest) < 2e-3
    lower, upper = suresh2024.share_bounds(generations)
    assert ((lower < share) & (share < upper)).all()


def test_the_source_is_felt_after_the_mixing_time():
    time = borkar2025.mixing_time(1000, 0.05, distance=0.01)
    assert borkar2025.mixing_bound(time, 1000, 0.05) <= 0.01
    assert borkar2025.mixing_bound(time - 1, 1000, 0.05) > 0.01


def test_a_bias_starts_at_zero_and_never_passes_its_limit():
    rounds = np.array([0, 1, 10**6, 10**12])
    bias = taori2022.model_bias(rounds, 0.02, human=10, synthetic=90, initial=500)
    close(bias[0], 0.02)
    assert (np.diff(bias) > 0).all()
    assert bias[-1] < taori2022.bias_limit(0.02, 0.1)
    tiny = taori2022.accumulated_bias(5, 0.02, human=1e-9, synthetic=90, initial=500)
    none = taori2022.accumulated_bias(5, 0.02, human=0, synthetic=90, initial=500)
    close(tiny, none, 1e-6)
