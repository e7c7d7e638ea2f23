"""Several groups of curators: limits at size, and what is refused."""

import numpy as np
import pytest

import genloop as gl
from genloop.loops.curation import plural


def test_of_fifty_thousand_outcomes_as_many_as_groups_are_left():
    rewards = np.random.default_rng(0).normal(size=(3, 50_000))
    shares = np.array([0.5, 0.3, 0.2])
    limit = plural.limit(rewards, shares)
    assert np.count_nonzero(limit) == 3
    assert plural.gains(limit, rewards, shares).max() < 1 + 1e-12


def test_with_real_data_every_outcome_of_fifty_thousand_lives():
    random = np.random.default_rng(1)
    rewards, real = random.normal(size=(2, 50_000)), random.dirichlet(np.ones(50_000))
    known = {"real": real, "real_fraction": 0.1}
    limit = plural.limit(rewards, [0.5, 0.5], **known)
    assert (limit > 0.1 * real).all()
    again = plural.generation(limit, rewards, np.array([0.5, 0.5]), **known)
    np.testing.assert_allclose(again, limit, rtol=1e-9)


def test_the_limit_of_one_group_with_real_data_is_the_perron_limit():
    rewards, real = np.array([0.0, 0.5, 1.2]), np.array([0.5, 0.3, 0.2])
    perron = gl.loops.curation.curated_limit(gl.Categorical.of(real), rewards, real_fraction=0.2)
    found = plural.limit(rewards[None], [1.0], real=real, real_fraction=0.2)
    np.testing.assert_allclose(found, perron.model.probabilities, rtol=1e-12)


def test_equals_are_kept_in_the_ratio_of_a_barrier_and_generations_follow_the_start():
    rewards = np.log([[1.0, 1.0, 0.1], [0.1, 0.1, 1.0]])
    start = np.array([0.3, 0.1, 0.6])
    state = start
    for _ in range(200):
        state = plural.generation(state, rewards, np.array([0.6, 0.4]))
    assert state[0] / state[1] == pytest.approx(3.0, rel=1e-12)
    total = plural.limit(rewards[:, 1:], np.array([0.6, 0.4]))
    assert state[0] + state[1] == pytest.approx(total[0], rel=1e-9)


def test_a_tournament_with_a_winner_has_no_balance():
    matrix = plural.majorities(np.array([[2.0, 1.0, 0.0]]), [1.0])
    with pytest.raises(ValueError, match="one of them wins"):
        plural.calming_fraction(matrix)


def test_goals_outside_of_what_real_data_can_reach_have_no_fraction():
    fractions = plural.keeping_fraction([0.02, 0.1, 0.6], 0.2, 0.1, 0.1, 0.5)
    assert np.isnan(fractions[[0, 2]]).all()
    assert np.isnan(plural.keeping_fraction(0.3, 0.5, 0.1, 0.1, 0.9))
