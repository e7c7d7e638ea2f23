"""Closed forms of iterative retraining against stored values and identities."""

import math

import jax.random as jr
import numpy as np
import pytest
from cases import CHAIN, LINE, SKEWED

import genloop as gl
from genloop.loops import retraining
from genloop.loops.gaussian import mean_standard_deviation, plane_deviation_factor
from genloop.loops.retraining import cauchy, circle, curved_surface, hard_assignment

# Values of 25 digits, computed elsewhere.
STORED = {
    "c4(5)": (mean_standard_deviation(1, 5), 0.939985602986625188405912),
    "c4(10)": (mean_standard_deviation(1, 10), 0.9726592741215882433583447),
    "circle, the worst angle": (
        circle.angle_multipliers(radius=2.0, distance=1.0, synthetic_weight=3.0)[1],
        1.2,
    ),
    "L": (cauchy.SMOOTHNESS, 2.914213562373095048801689),
    "beta": (-0.5 / cauchy.real_curvature(1.0), 2.083333333333333333333333),
    "multiplier": (cauchy.centre_multiplier(1.0, 0.3), 0.3846153846153846153846154),
    "level of a correction": (retraining.sufficient_weight(1.0, 2.0), 0.75),
    "corrected multiplier": (
        retraining.corrected_multipliers(np.array([[-0.24]]), np.array([[-0.5]]), 0.5, 2.0)[0],
        0.1700680272108843537414966,
    ),
}


@pytest.mark.parametrize("name", STORED)
def test_a_closed_form_has_its_stored_value(name):
    found, stored = STORED[name]
    assert float(found) == pytest.approx(stored, rel=1e-12)


def test_the_threshold_of_lock_in_has_its_stored_value():
    weight = retraining.lock_in_threshold(0.6, 4.0)[2]
    assert weight == pytest.approx(0.2115950890850587522046355, rel=1e-9)
    with pytest.raises(ValueError, match="one peak only; move the peaks apart"):
        retraining.lock_in_threshold(0.6, 1.0)


def test_the_general_bound_asks_for_a_small_weight_where_every_weight_is_stable():
    assert float(cauchy.sufficient_weight(1.0)) == pytest.approx(0.11384, abs=5e-6)
    assert math.isnan(cauchy.sufficient_weight(2.5))
    assert math.isnan(cauchy.centre_multiplier(3.0, 0.1))


def test_an_angle_that_is_no_fixed_point_has_no_multiplier():
    low = circle.angle_multipliers(radius=2.0, distance=1.0, synthetic_weight=0.4)
    assert 0 < low[0] < 1 and math.isnan(low[1])


def test_the_end_of_hard_assignments_is_fixed_for_the_smallest_real_fractions():
    shares = np.array([1e-9, 1e-4, 0.3, 1.0])
    ends = hard_assignment.fixed_centre(1.0, shares)
    again = hard_assignment.refitted_centre(ends, 1.0, shares)
    np.testing.assert_allclose(again, ends, rtol=1e-14)
    assert (np.diff(ends) < 0).all()
    assert np.isnan(hard_assignment.fixed_centre(1.0, 0.0))


def test_a_surface_has_its_curvatures_back():
    real, own = -np.array([[5.0, 2.0], [2.0, 1.0]]), -np.array([[9.0, -2.0], [-2.0, 1.0]])
    slope, bend = curved_surface.surface(real, own)
    np.testing.assert_allclose(-slope.T @ slope, own, atol=1e-14)
    np.testing.assert_allclose(-slope.T @ (np.eye(2) - bend) @ slope, real, atol=1e-14)
    with pytest.raises(ValueError, match="positive definite"):
        curved_surface.surface(real, -own)


def test_a_plane_needs_three_samples():
    assert plane_deviation_factor(3) < float(mean_standard_deviation(1, 3))
    with pytest.raises(ValueError, match="at least 3"):
        plane_deviation_factor(2)


def test_without_a_contraction_errors_add_up():
    assert retraining.error_bound(4, rate=1.0, error=0.25, start=1.0) == 2.0
    near = retraining.error_bound(4, rate=1 - 1e-9, error=0.25, start=1.0)
    assert near == pytest.approx(2.0, rel=1e-7)


def test_where_a_correction_does_not_suffice_no_rate_is_told():
    weight = retraining.sufficient_weight(2.0, 0.7)
    assert math.isnan(retraining.sufficient_rate(2.0, weight, 0.7))
    assert retraining.sufficient_rate(2.0, weight * (1 - 1e-12), 0.7) == pytest.approx(1.0)


FAR = gl.Gaussian.of(4.0, 0.2)


def test_the_noise_of_corrected_samples_is_that_of_the_mixture_and_not_of_its_fit():
    loop = gl.Blend(FAR, 0.4, samples=12)
    models = loop.step(jr.key(5), LINE.broadcast((50_000,)))
    numbers = np.asarray(models.mean_parameters())
    gaps = numbers - numbers.mean(axis=0)
    products = gaps[:, :, None] * gaps[:, None, :]
    error = products.std(axis=0) / len(products) ** 0.5
    seen, exact = products.mean(axis=0), np.asarray(loop.covariance(LINE).dense())
    assert (np.abs(seen - exact) < 5 * error).all()
    fitted = gl.Mix(FAR, float(loop.share)) >> gl.Draw(12)
    apart = np.abs(seen - np.asarray(fitted.covariance(LINE).dense()))
    assert (apart[1, 1] > 20 * error[1, 1]).all()


def test_without_a_correction_samples_are_drawn_as_ever():
    for model, target in ((LINE, FAR), (SKEWED, gl.Categorical.uniform(3)), (CHAIN, CHAIN)):
        same, drawn = gl.Blend(target, 0.0, samples=9), gl.Draw(9)
        np.testing.assert_array_equal(same(model).mean_parameters(), model.mean_parameters())
        exact = drawn.covariance(model).dense()
        np.testing.assert_allclose(same.covariance(model).dense(), exact, atol=1e-15)
    tokens = gl.Blend(gl.Categorical.uniform(3), 0.0, samples=9)
    same = tokens.step(jr.key(3), SKEWED).probabilities
    np.testing.assert_array_equal(same, gl.Draw(9).step(jr.key(3), SKEWED).probabilities)


def test_squares_of_corrected_gaussians_do_not_close():
    moments = gl.models.GaussianSquareMoments.of(LINE)
    with pytest.raises(ValueError, match="moments of Blend do not close"):
        gl.Blend(LINE, 0.5, samples=9).moments(moments)


def test_a_family_by_its_log_density_is_corrected_and_refitted():
    support = gl.models.Support.grid(-9.0, 9.0, 60)
    model = gl.Parametric.of(lambda t, x: -((x - t) ** 2) / 2, 2.0, support)
    loop = gl.Blend(gl.Points.of([0.0]), 3.0) >> gl.Mix(gl.Points.of([1.0]), 0.5) >> gl.Refit()
    assert float(loop(model).parameters) == pytest.approx(0.5 * 0.5 + 0.5, rel=1e-9)
    drawn = gl.Blend(gl.Points.of([0.0]), 3.0, samples=400) >> gl.Refit()
    assert abs(float(drawn.step(jr.key(0), model).parameters) - 0.5) < 0.3
