"""What samplers keep where an outcome lies just on the boundary, and in which order they act."""

from fractions import Fraction

import numpy as np
import pytest

import genloop as gl
from genloop.loops.truncation.paths import truncation_path
from genloop.loops.truncation.states import truncated_fixed_points, truncated_states
from genloop.stages import InTurn


def kept(rule, weights):
    with gl.x64():
        return np.asarray(rule.kept(gl.Categorical.of(np.asarray(weights, float)).probabilities))


def test_a_tenth_of_the_largest_is_at_the_boundary_of_min_p():
    assert kept(gl.MinP(0.1), [20, 11, 2, 1]).tolist() == [True, True, True, False]


def test_exact_ratios_are_kept_and_the_next_smaller_counts_are_not():
    random = np.random.default_rng(2)
    for _ in range(300):
        ratio = Fraction(int(random.integers(1, 100)), 100)
        scale = int(random.integers(1, 10**4))
        counts = [100 * scale, int(ratio * 100 * scale), int(ratio * 100 * scale) - 1, 7]
        counts = [count for count in counts if count > 0]
        expected = [Fraction(count, 100 * scale) >= ratio for count in counts]
        assert kept(gl.MinP(float(ratio)), counts).tolist() == expected


def test_exact_masses_are_reached_by_a_nucleus():
    random = np.random.default_rng(3)
    for _ in range(300):
        counts = np.sort(random.integers(1, 1000, 8))[::-1]
        size = int(random.integers(1, 9))
        mass = Fraction(int(counts[:size].sum()), int(counts.sum()))
        assert kept(gl.Nucleus(float(mass)), counts).sum() == size


def test_single_precision_keeps_its_own_ties():
    with gl.x64():
        p = np.asarray([20, 11, 2, 1], np.float32) / np.float32(34)
        assert np.asarray(gl.MinP(0.1).kept(p)).sum() == 3


@pytest.mark.parametrize(
    ("rule", "first", "all_"),
    [(gl.TopK, 2, 2), (gl.Nucleus, 0.5, 0.5)],
)
def test_ties_at_the_boundary_are_cut_or_all_kept(rule, first, all_):
    weights = [4, 2, 2, 2, 1]
    assert kept(rule(first), weights).tolist() == [True, True, False, False, False]
    assert kept(rule(all_, ties="all"), weights).tolist() == [True, True, True, True, False]
    with pytest.raises(ValueError, match='it must be "first" or "all"'):
        rule(first, ties="last")


def test_all_ties_of_a_uniform_distribution_are_everything():
    assert kept(gl.TopK(1, ties="all"), np.ones(7)).all()


def test_rules_in_turn_see_what_is_left():
    weights = [5, 3, 1, 1]
    # Of the first two, 5/8 is more than 0.6; of all four, 5/10 is not.
    assert kept(gl.Nucleus(0.6), weights).sum() == 2
    assert kept(InTurn([gl.TopK(2), gl.Nucleus(0.6)]), weights).sum() == 1
    with gl.x64():
        real = gl.Categorical.of(weights)
        both = (gl.TopK(2) >> gl.Nucleus(0.6))(real)
        one = InTurn([gl.TopK(2), gl.Nucleus(0.6)])(real)
        np.testing.assert_allclose(one.probabilities, both.probabilities, rtol=1e-15)


def test_the_order_of_temperature_and_nucleus_decides():
    real = gl.Categorical.of(np.exp([3.0, 2.0, 1.0]))
    options = {"temperature": 0.5, "generations": 1}
    path = lambda first: truncation_path(gl.Nucleus(0.8), real, **options, temperature_first=first)
    kept = {first: int(path(first).kept[0]) for first in (True, False)}
    assert kept == {True: 1, False: 2}


@pytest.mark.parametrize("rule", [gl.MinP(0.1), gl.MinP(0.25), gl.Nucleus(0.9), gl.TopK(2)])
def test_the_tops_agree_with_all_sets_at_exact_boundaries(rule):
    with gl.x64():
        real = gl.Categorical.of([20.0, 11, 5, 2, 2])
        sets = truncated_fixed_points(rule, real, real_fraction=0.5)
        tops = [row.sum() for row in sets if row[: row.sum()].all()]
        assert truncated_states(rule, real, real_fraction=0.5).kept.tolist() == sorted(tops)
