"""Bounds of the literature beside sharp values, and what recursive training loses of a tail."""

import math

import numpy as np
import pytest

import genloop as gl
from genloop.papers import dohmatob2024, marchi2024, marchi2026

NAMES = ("unique", "unique_any", "contraction", "published_gharesifard", "published_fisher_rao")

# Real points for each synthetic one, for uniform data of K outcomes at temperature T.
TABLE = {
    (2, 0.5): (1, 1, 1, 4, 16),
    (3, 0.5): (1.0607, 1.2247, 1.5, 6, 36),
    (10, 0.5): (1.6667, 2.2361, 5, 20, 400),
    (10, 0.8): (0.3774, 0.4663, 1.25, 12.5, 250),
    (100, 0.9): (0.3330, 0.3908, 5.5556, 111.1, 22222),
}


def rows_of(real, temperature):
    return {row.name: row for row in marchi2026.comparison(real, temperature=temperature)}


@pytest.mark.parametrize("outcomes, temperature", TABLE)
def test_the_comparison_meets_its_table(outcomes, temperature):
    rows = rows_of(gl.Categorical.uniform(outcomes), temperature)
    odds = [rows[name].real_per_synthetic for name in NAMES]
    np.testing.assert_allclose(odds, TABLE[outcomes, temperature], rtol=1e-3 / 5)


@pytest.mark.parametrize(
    "weights, temperature",
    [([5.0, 3.0, 1.0, 0.5], 0.6), (np.repeat([900.0, 70, 8, 1], [3, 40, 900, 49_057]), 0.9)],
)
def test_every_row_is_consistent_with_the_thresholds(weights, temperature):
    real = gl.Categorical.of(weights)
    rows = rows_of(real, temperature)
    named = marchi2024.thresholds(real, temperature=temperature)
    named |= marchi2026.bounds(real, temperature=temperature)
    for name, row in rows.items():
        if name in named and named[name].value is not None:
            np.testing.assert_allclose(row.real_fraction, named[name].value, rtol=1e-12)
        if row.reason is None:
            odds = row.real_per_synthetic
            np.testing.assert_allclose(row.real_fraction, odds / (1 + odds), rtol=1e-14)
            np.testing.assert_allclose(row.factor, odds / rows["unique"].real_per_synthetic)
    values = [rows[name].real_per_synthetic for name in NAMES]
    assert values == sorted(values)
    assert rows["unique_any"].factor <= rows["unique_any_simple"].factor


def test_the_fold_of_the_comparison_meets_its_reference_value():
    rows = rows_of(gl.Categorical.uniform(10), 0.9)
    np.testing.assert_allclose(rows["unique"].real_fraction, 0.1404913781995097703791, rtol=1e-12)


def test_the_published_bounds_are_the_conditions_at_their_equilibrium():
    real, temperature = gl.Categorical.of([5.0, 3.0, 1.0]), 0.7
    odds = marchi2026.fisher_rao_odds(real, temperature=temperature)
    state = marchi2024.healthy_state(real, temperature=temperature, real_fraction=odds / (1 + odds))
    needed = marchi2026.fisher_rao_condition(
        np.asarray(state.probabilities), temperature=temperature, smallest=1 / 9, settled=1.0
    )
    np.testing.assert_allclose(odds, needed, rtol=1e-12)


def test_bounds_that_do_not_apply_say_why():
    rows = rows_of(gl.Categorical.of([3.0, 2.0, 0.0]), 0.8)
    assert all(row.real_fraction is None and "no real data" in row.reason for row in rows.values())
    hot = rows_of(gl.Categorical.of([3.0, 2.0]), 1.5)
    assert hot["unique"].reason and hot["unique"].factor is None
    assert hot["published_gharesifard"].real_per_synthetic == pytest.approx(1 / (1.5 * 0.4))
    with pytest.raises(ValueError, match="temperature"):
        marchi2026.comparison(gl.Categorical.uniform(3), temperature=0.0)


def test_tails_meet_their_reference_values():
    beta = 1.5
    np.testing.assert_allclose(
        dohmatob2024.missing_mass_constant(beta), 0.94155950582652848, rtol=1e-14
    )
    np.testing.assert_allclose(dohmatob2024.tail_mass(beta, 100), 0.0763677585926380052, rtol=1e-14)
    constant, decay = dohmatob2024.narrowed_constant(beta, 0.75)
    np.testing.assert_allclose((constant, decay), (0.785873466998233105, 0.25), rtol=1e-14)
    asymptote = dohmatob2024.missing_mass_constant(beta) * np.array([1e3, 1e5]) ** (1 / beta - 1)
    ratio = [dohmatob2024.missing_mass(beta, n) for n in (1e3, 1e5)] / asymptote
    np.testing.assert_allclose(1 - ratio, (2.221e-4, 2.222e-6), rtol=1e-3)


@pytest.mark.parametrize("samples, exponent", [(1e2, 1.05), (1e4, 1.3), (1e7, 2.0), (1e11, 1.5)])
def test_a_tail_does_not_depend_on_where_the_head_ends(samples, exponent):
    from genloop.loops.tails import zipf as tails

    whole = tails.unseen_mass(exponent, samples)
    i = np.arange(1.0, 2_000_001)
    p = i**-exponent / tails.normaliser(exponent)
    head = (p * np.exp(samples * np.log1p(-p))).sum()
    split = head + tails.unseen_mass(exponent, samples, first=len(i) + 1)
    np.testing.assert_allclose(whole, split, rtol=1e-12)


def test_generations_know_less_and_real_data_keep_a_share():
    known = [dohmatob2024.effective_samples(1e6, g) for g in (1, 10, 100)]
    np.testing.assert_allclose(known, (1e6, 172254.625, 19542.61), rtol=1e-7)
    for share in (1e-3, 0.3):
        options = {"real_fraction": share}
        limit = dohmatob2024.effective_samples(1.0, math.inf, **options)
        late = dohmatob2024.effective_samples(1.0, 60_000, **options)
        np.testing.assert_allclose(limit, late, rtol=1e-12)
    error = [
        dohmatob2024.test_error(1.3, samples=1e6, generations=20, real_fraction=a, outcomes=k)
        for k in (None, 50_000)
        for a in (0.0, 0.01, 0.5, 1.0)
    ]
    assert error[:4] == sorted(error[:4], reverse=True)
    assert error[4:] == sorted(error[4:], reverse=True)


def test_tails_that_have_no_law_are_refused():
    with pytest.raises(ValueError, match="outcomes"):
        dohmatob2024.missing_mass(1.0, 100)
    with pytest.raises(ValueError, match="below the exponent"):
        dohmatob2024.narrowed_error(1.5, 100, temperature=1.6)
    with pytest.raises(ValueError, match="real fraction"):
        dohmatob2024.test_error(1.5, samples=100, generations=math.inf)
