"""What curators choose among finitely many outcomes: exactly, at any size, with derivatives."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from cases import SKEWED

import genloop as gl
from genloop.loops import curation

REWARD = np.array([0.0, 1.0, 2.0])


def test_the_values_are_those_of_forty_digits():
    known = {"gap": 1.0}
    assert curation.chosen_share(0.3, among=2, **known) == pytest.approx(
        0.3970446030246020492854869, rel=1e-14
    )
    assert curation.chosen_share(0.3, among=5, **known) == pytest.approx(
        0.4792837212431342574787571, rel=1e-14
    )
    multiplier = curation.curated_multiplier(0.1, among=2, real_fraction=0.4, **known)
    assert multiplier == pytest.approx(0.7562258673599219119124622, rel=1e-13)
    limit = curation.curated_limit(SKEWED, REWARD, real_fraction=0.3)
    assert limit.growth * math.exp(2) == pytest.approx(5.662383790162693941576884, rel=1e-13)
    assert limit.rate == pytest.approx(0.3775154353861319456433615, rel=1e-13)
    expected = [0.1711591856736573631041535, 0.1355506888128305449912099]
    np.testing.assert_allclose(limit.probabilities[:2], expected, rtol=1e-13)
    at = curation.curated_flow(SKEWED, REWARD, real_fraction=0.3, times=[0.5])[0, 2]
    assert at == pytest.approx(0.6022136335232251833959558, rel=1e-12)


def test_outcomes_with_one_reward_are_one_class_and_nothing_else_changes():
    rng = np.random.default_rng(0)
    real = gl.Categorical.of(rng.dirichlet(np.ones(2000)))
    reward = rng.integers(0, 3, 2000).astype(float)
    stage = gl.Choose(reward, among=5)
    assert stage.reward.levels.shape == (3,)
    singly = jax.jit(lambda r: gl.Choose(r, among=5)(real).probabilities)(jnp.asarray(reward))
    np.testing.assert_allclose(stage(real).probabilities, singly, rtol=1e-13)
    classes = gl.Categorical.of(np.bincount(reward.astype(int), real.probabilities))
    lumped = gl.Choose([0.0, 1.0, 2.0], among=5)(classes).probabilities
    found = np.bincount(reward.astype(int), np.asarray(stage(real).probabilities))
    np.testing.assert_allclose(found, lumped, rtol=1e-13)


def test_one_candidate_changes_nothing_and_many_tilt():
    few = gl.Choose(REWARD, among=1)(SKEWED).probabilities
    np.testing.assert_allclose(few, SKEWED.probabilities, rtol=1e-14)
    many = gl.Choose(REWARD, among=10**12)(SKEWED).probabilities
    np.testing.assert_allclose(many, gl.Tilt(REWARD)(SKEWED).probabilities, rtol=1e-11)


@pytest.mark.parametrize(
    "stage",
    [
        gl.Choose([0.0, 1.0, 1.0, 0.0, 2.0, 2.0], among=4),
        gl.Choose(np.arange(12.0).reshape(2, 6) % 3, among=3, shares=[0.3, 0.7]),
        gl.Tilt(np.arange(12.0).reshape(2, 6) % 3, [0.3, 0.7]),
        gl.Tilt(np.arange(6.0)),
    ],
)
def test_the_structured_derivative_is_that_of_the_map(stage):
    shares = jnp.asarray(gl.Categorical.of([5.0, 1.0, 0.0, 2.0, 3.0, 4.0]).probabilities)
    image = lambda p: stage(gl.Categorical(p)).probabilities
    found = stage.jacobian(gl.Categorical(shares)).dense()
    np.testing.assert_allclose(found, jax.jacfwd(image)(shares), atol=2e-14)
    np.testing.assert_allclose(found @ shares, 0.0, atol=1e-14)


def test_rewards_and_shares_have_derivatives_where_an_outcome_is_absent_too():
    model = gl.Categorical.of([1.0, 0.0, 2.0])

    def image(x):
        rewards = jnp.stack([x[:3], -x[:3]])
        shares = jnp.stack([x[3], 1 - x[3]])
        return gl.Choose(rewards, among=3, shares=shares)(model).probabilities[2]

    at = jnp.array([0.2, 1.0, -0.4, 0.3])
    slopes, step = jax.grad(image)(at), 1e-6
    for place in range(4):
        move = jnp.zeros(4).at[place].set(step)
        difference = (image(at + move) - image(at - move)) / (2 * step)
        assert slopes[place] == pytest.approx(float(difference), rel=1e-6, abs=1e-10)
    curved = jax.hessian(lambda p: gl.Choose(REWARD, among=2)(gl.Categorical(p)).probabilities)
    assert np.isfinite(curved(jnp.asarray(model.probabilities))).all()


def test_groups_choose_each_for_itself():
    rewards, shares = [[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]], [0.25, 0.75]
    for make in (lambda r, s=None: gl.Choose(r, among=4, shares=s), gl.Tilt):
        parts = [
            share * make(r)(SKEWED).probabilities for r, share in zip(rewards, shares, strict=True)
        ]
        np.testing.assert_allclose(make(rewards, shares)(SKEWED).probabilities, sum(parts))


def test_the_limit_of_fifty_thousand_outcomes_is_a_fixed_point():
    rng = np.random.default_rng(1)
    real = gl.Categorical.of(rng.dirichlet(np.ones(50_000)))
    reward = rng.normal(size=50_000)
    limit = curation.curated_limit(real, reward, real_fraction=0.3)
    after = (gl.Tilt(reward) >> gl.Mix(real, 0.3))(limit.model).probabilities
    np.testing.assert_allclose(after, limit.probabilities, rtol=1e-12)


def test_what_only_the_start_has_keeps_what_real_data_leave():
    real, start = gl.Categorical.of([3.0, 1.0, 0.0]), gl.Categorical.of([1.0, 1.0, 1.0])
    loop = gl.Tilt(REWARD) >> gl.Mix(real, 0.3)
    limit = curation.curated_limit(real, REWARD, real_fraction=0.3, start=start)
    state = start
    for _ in range(200):
        state = loop(state)
    np.testing.assert_allclose(limit.probabilities, state.probabilities, rtol=1e-12)
    assert limit.excess == pytest.approx(float(state.probabilities[2]))
    absent = curation.curated_limit(real, REWARD, real_fraction=0.3)
    assert absent.probabilities[2] == absent.excess == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gl.Tilt([1.0]), "at least two outcomes"),
        (lambda: gl.Tilt([0.0, np.inf]), "finite numbers"),
        (lambda: gl.Tilt([[0.0, 1.0], [1.0, 0.0]]), "give shares="),
        (lambda: gl.Tilt([[0.0, 1.0], [1.0, 0.0]], [0.5, 0.4]), "sum to 0.9"),
        (lambda: gl.Choose([0.0, 1.0], among=0), "at least 1"),
        (lambda: gl.Choose([0.0, 1.0], among=2)(SKEWED), "2 rewards and 3 outcomes"),
        (lambda: curation.curated_limit(SKEWED, REWARD, real_fraction=0.0), "without real data"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_remedy(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_a_traced_range_of_rewards_that_is_too_wide_is_no_number():
    image = jax.jit(lambda r: gl.Choose(r, among=2)(SKEWED).probabilities)
    assert np.isfinite(image(jnp.array([0.0, 30.0, 60.0]))).all()
    assert np.isnan(image(jnp.array([0.0, 30.0, 90.0]))).all()
