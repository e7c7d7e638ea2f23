"""Gaussians that curators choose from: rewards of points, by quadrature and by simulation."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from cases import LINE, PLANE, SPACE
from scipy import integrate, stats

import genloop as gl
from genloop.loops import curation

RISING = gl.LinearReward([0.7, -0.4])
NEAR = gl.QuadraticReward([1.0, 2.0], 1.3)


def on_a_grid(model, reward, weight):
    """Mean and covariance of a density on a plane that is reweighted, by sums over a grid."""
    axis = np.linspace(-14, 14, 561)
    points = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    density = stats.multivariate_normal(model.mean, model.covariance).pdf(points)
    density = density * weight(np.asarray(reward(points)))
    density /= density.sum()
    mean = density @ points
    return mean, (points - mean).T @ ((points - mean) * density[:, None])


@pytest.mark.parametrize("reward", [RISING, NEAR], ids=["linear", "quadratic"])
def test_a_tilted_gaussian_has_the_moments_of_the_reweighted_density(reward):
    mean, covariance = on_a_grid(PLANE, reward, np.exp)
    tilted = gl.Tilt(reward)(PLANE)
    np.testing.assert_allclose(tilted.mean, mean, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(tilted.covariance, covariance, rtol=1e-12, atol=1e-12)


def test_groups_of_curators_make_a_mixture_whose_moments_are_fitted():
    shares = [0.3, 0.7]
    parts = [on_a_grid(PLANE, reward, np.exp) for reward in (RISING, NEAR)]
    mean = sum(share * part[0] for share, part in zip(shares, parts, strict=True))
    covariance = sum(
        share * (part[1] + np.outer(part[0] - mean, part[0] - mean))
        for share, part in zip(shares, parts, strict=True)
    )
    both = gl.Tilt([RISING, NEAR], shares=shares)(PLANE)
    np.testing.assert_allclose(both.mean, mean, rtol=1e-12)
    np.testing.assert_allclose(both.covariance, covariance, rtol=1e-12)


@pytest.mark.parametrize(("among", "slope"), [(2, 0.9), (3, 0.01), (3, 1.3), (8, 0.9), (8, 12.0)])
def test_the_chosen_of_several_has_the_moments_of_its_density(among, slope):
    """Given the size of the reward, the chance to be chosen by adaptive quadrature."""
    model = gl.Gaussian.of(0.5, 1.0)
    gumbel, normal = stats.gumbel_r(), stats.norm(0.0, slope)
    nodes, weights = np.polynomial.legendre.leggauss(300)
    y = 10 * slope * nodes
    z = np.linspace(-10 * slope - 4, 10 * slope + 40, 1000)
    below = np.array([(normal.pdf(y) * 10 * slope * weights) @ gumbel.cdf(at - y) for at in z])
    chance = among * gumbel.pdf(z[:, None] - y) * below[:, None] ** (among - 1)
    density = normal.pdf(y) * 10 * slope * weights * integrate.simpson(chance, x=z, axis=0)
    assert density.sum() == pytest.approx(1, abs=1e-9)
    mean = density @ y
    variance = density @ (y - mean) ** 2
    chosen = gl.Choose(gl.LinearReward(slope), among=among)(model)
    assert chosen.mean[0] - 0.5 == pytest.approx(mean / slope, rel=1e-7)
    assert chosen.covariance[0, 0] == pytest.approx(variance / slope**2, rel=1e-7)


def test_only_the_direction_of_the_reward_changes_when_several_are_compared():
    slope = jnp.array([0.3, -0.2, 0.4])
    chosen = gl.Choose(gl.LinearReward(slope), among=5)(SPACE)
    spread = jnp.sqrt(slope @ SPACE.covariance @ slope)
    along = gl.Choose(gl.LinearReward(1.0), among=5)(gl.Gaussian.of(0.0, spread**2))
    assert slope @ (chosen.mean - SPACE.mean) == pytest.approx(float(along.mean[0]), rel=1e-13)
    assert slope @ chosen.covariance @ slope == pytest.approx(float(along.covariance[0, 0]))
    lost = SPACE.covariance - chosen.covariance
    pull = SPACE.covariance @ slope
    np.testing.assert_allclose(lost * pull[0] ** 2, lost[0, 0] * jnp.outer(pull, pull), rtol=1e-10)


def test_candidates_without_a_reward_or_alone_change_nothing_and_have_derivatives():
    for stage in (gl.Choose(gl.LinearReward(0.0), among=4), gl.Choose(RISING, among=1)):
        same = stage(PLANE)
        np.testing.assert_allclose(same.mean, PLANE.mean, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(same.covariance, PLANE.covariance, rtol=1e-12)
    shift = lambda b: LINE.choose(gl.LinearReward(b), 4).mean[0]
    assert jax.grad(shift)(0.0) == pytest.approx(2.0 * 3 / 4)
    step = 1e-6
    slope = (shift(0.6 + step) - shift(0.6 - step)) / (2 * step)
    assert jax.grad(shift)(0.6) == pytest.approx(float(slope), rel=1e-8)


def test_more_candidates_approach_the_tilt():
    reward = gl.LinearReward(0.5)
    tilted = gl.Tilt(reward)(LINE)
    gaps = [abs(LINE.choose(reward, among).mean - tilted.mean)[0] for among in (10, 100, 1000)]
    assert gaps[2] < gaps[1] / 8 < gaps[0] / 50


def test_batches_are_curated_row_by_row():
    models = gl.Gaussian(jnp.stack([PLANE.mean, -PLANE.mean]), jnp.stack([PLANE.factor] * 2))
    for stage in (gl.Tilt(RISING), gl.Tilt(NEAR), gl.Choose(RISING, among=2)):
        together, second = stage(models), stage(gl.Gaussian(models.mean[1], models.factor[1]))
        np.testing.assert_allclose(together.mean[1], second.mean, rtol=1e-14)
        np.testing.assert_allclose(together.factor[1], second.factor, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: gl.Tilt(gl.Rewards.of([0, 1]))(LINE), "reward of outcomes"),
        (lambda: gl.Tilt(gl.LinearReward([1, 2, 3]))(PLANE), "does not fit data of 2 dimensions"),
        (lambda: gl.Choose(NEAR, among=3)(PLANE), "use Tilt"),
        (lambda: gl.Tilt([RISING, NEAR]), "give shares="),
        (lambda: gl.Tilt(RISING, shares=[0.5, 0.5]), "1 group"),
        (lambda: gl.Tilt(RISING)(gl.Categorical.of([1, 1])), "these are outcomes"),
        (lambda: gl.QuadraticReward(0.0, 0.0), "width must lie in"),
        (lambda: gl.LinearReward(np.inf), "slope must lie in"),
        (lambda: curation.estimated_condensation([1.0, 2.0]), "at least 100"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(wrong, words):
    with pytest.raises(ValueError, match=words) as caught:
        wrong()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("loop", "fraction"),
    [
        ("Tilt(LinearReward(0.4)) >> Mix(real, a)", curation.linear_reward_fraction),
        pytest.param(
            "Choose(LinearReward(0.4), among=2) >> Mix(real, a)",
            curation.choice_fraction,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_answer_has_the_fold_of_the_engine_beside_its_closed_form(loop, fraction):
    exact = float(fraction(0.4**2 * 2.0))
    found = gl.answers.threshold(LINE, loop=loop)
    assert found.thresholds["runaway"].value == pytest.approx(exact, rel=1e-14)
    assert found.thresholds["local"].value == pytest.approx(exact, rel=1e-9)
    said = f"Below {100 * exact:.3g} % real data mean and variance grow without end"
    assert found.notes[0].startswith(said)


@pytest.mark.slow
def test_a_slope_without_columns_holds_for_each_of_them_and_is_said_to():
    loop = "Tilt(LinearReward(0.1)) >> Mix(real, a)"
    found = gl.answers.fixed_points(PLANE, loop=loop, values={"a": 0.9})
    exact = curation.linear_reward_state(PLANE, gl.LinearReward(0.1), 0.9)
    np.testing.assert_allclose(found.fixed_points[0].state.mean, exact.mean, rtol=1e-10)
    assert "each of the 2 columns" in found.notes[1]


def test_an_estimate_from_rewards_comes_near_the_threshold_and_to_its_exponent():
    rng = np.random.default_rng(3)
    rewards = np.log1p(-rng.beta(3.0, 1.0, 40_000))
    found = curation.estimated_condensation(rewards, maximum=0.0)
    exact = curation.beta_condensation_fraction(2.0)
    assert abs(found.real_fraction - exact) < 5 * found.uncertainty < 0.02
    assert abs(found.exponent - 2.0) < 5 * found.exponent_error
    without = curation.estimated_condensation(rewards)
    assert without.real_fraction == pytest.approx(exact, abs=0.05)
