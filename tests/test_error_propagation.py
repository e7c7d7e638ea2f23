"""How errors of learning add up over generations, and loops that are learned by diffusion."""

import jax.numpy as jnp
import numpy as np
import pytest
from cases import PLANE, SKEWED

import genloop as gl
from genloop import answers
from genloop.loops import error_propagation


def test_weights_by_age_are_the_multipliers_of_a_window():
    weights, real_fraction = (0.5, 0.3, 0.2), 0.3
    window = gl.Window(gl.Mix(SKEWED, real_fraction), samples=9, weights=weights)
    history = window.begin(gl.Categorical.of([1, 1, 8]))
    for _ in range(60):
        before, history = history, window(history)
    gaps = [
        np.abs(np.asarray(h.models.probabilities[0]) - SKEWED.probabilities).sum()
        for h in (before, history)
    ]
    rate = error_propagation.rate(0.7 * np.array(weights))
    np.testing.assert_allclose(gaps[1] / gaps[0], rate, rtol=1e-9)


def test_equal_weights_are_those_of_points_in_equal_numbers():
    plain, weighted = (
        gl.Window(gl.Temper(0.8), samples=7, generations=3, **kept)
        for kept in ({}, {"weights": (2, 2, 2)})
    )
    one, other = plain.begin(PLANE), weighted.begin(PLANE)
    for _ in range(5):
        one, other = plain(one), weighted(other)
    np.testing.assert_allclose(one.sizes, other.sizes)
    assert float(one.separation(other)) < 1e-15


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gl.Window(gl.Draw(3), samples=2, weights=(1, 0)), "weights must be positive"),
        (
            lambda: gl.Window(gl.Draw(3), samples=2, weights=(1, 2), generations=3),
            "as many weights",
        ),
        (lambda: gl.Diffuse(1.0, 0.5), "stop must come before the horizon"),
        (lambda: gl.Diffuse(-1.0), "stop must lie in"),
        (lambda: gl.Diffuse(0.1)(SKEWED), "not learned by diffusion; use a Gaussian"),
        (lambda: error_propagation.error_bound([[0, 0.5], [0, 0]], [0, 0]), "earlier ones only"),
        (lambda: error_propagation.error_bound([[0, 0], [1.5, 0]], [0, 0]), "more than one"),
        (
            lambda: error_propagation.error_bound([[0, 0], [0.5, 0]], [0, -1]),
            "one error of at least",
        ),
        (lambda: error_propagation.worst_ratio(5, rate=1.0), "rate must lie between 0 and 1"),
    ],
)
def test_what_is_no_loop_of_these_says_why(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_a_diffusion_of_a_far_horizon_adds_noise_and_no_more():
    far, infinite = gl.Diffuse(0.3, 40.0)(PLANE), gl.Diffuse(0.3)(PLANE)
    np.testing.assert_allclose(far.mean, infinite.mean, rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(far.covariance, infinite.covariance, rtol=1e-14)
    twice = gl.Diffuse(0.1)(gl.Diffuse(0.2)(PLANE))
    np.testing.assert_allclose(twice.covariance, infinite.covariance, rtol=1e-14)


def test_a_diffusion_turns_with_the_axes_of_its_data():
    turn = jnp.array([[0.6, -0.8], [0.8, 0.6]])
    turned = gl.Gaussian.of(turn @ PLANE.mean, turn @ PLANE.covariance @ turn.T)
    stage = gl.Diffuse(0.1, 0.9)
    learned, other = stage(PLANE), stage(turned)
    np.testing.assert_allclose(other.mean, turn @ learned.mean, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(other.covariance, turn @ learned.covariance @ turn.T, rtol=1e-13)


def test_more_synthetic_data_never_help_after_a_model_of_the_same_real_data():
    answer = answers.synthetic_amount(gl.Categorical.uniform(4), generations=7, rate=0.4)
    assert np.isinf(answer.fitted.back) and all(one.fitted >= 1 for one in answer.amounts)
    assert answer.perfect.worst < answer.perfect.back < np.inf
    at_worst = [one for one in answer.amounts if one.ratio == answer.fitted.worst]
    assert at_worst[0].fitted == answer.fitted.worst_bound == max(a.fitted for a in answer.amounts)
