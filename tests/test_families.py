"""One-parameter families in loops, against stored values and the stages that are no case above."""

from decimal import Decimal

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from cases import FAMILIES, PARTNERS

import genloop as gl
from genloop.loops import families, memory

each_family = pytest.mark.parametrize("name", FAMILIES)


def close(left, right, tolerance=1e-12):
    np.testing.assert_allclose(left, right, rtol=tolerance, atol=0)


def test_stored_values_of_weights_and_fluctuations():
    close(families.optimal_weight(1.0), 0.6180339887498948482045868)
    close(families.optimal_weight(0.25), 0.3903882032022075687276762)
    close(families.optimal_weight(4.0), 0.8284271247461900976033774)
    ratios = np.array([1, 0.5, 2, 0.1])
    stored = [0.618033988749894848, 0.5, 0.732050807568877294, 0.270156211871642434]
    close(families.optimal_weight(ratios), stored)
    close(families.stationary_error(np.array(stored), real_samples=1, samples=1 / ratios), stored)
    pool = {"real_samples": 10, "samples": 40}
    close(families.effective_samples(quadratic=-1.0, **pool), 18.8)
    close(families.effective_samples(quadratic=1.0, **pool), 17.2)
    pool = {"real_weight": 0.5, "quadratic": -1.0, "real_samples": 5, "samples": 5}
    close(0.25 * families.squared_error(3, 0.2, **pool), 0.0314)


def test_stored_values_without_real_data():
    kept = lambda v2: memory.kept_variance(np.inf, quadratic=v2, samples=10)
    close(kept(1.0), 1.1728042211564993)
    close(kept(-1.0), 0.843435857215593949)
    close(families.replaced_variance(20, quadratic=1.0, samples=10), 6.72749994932560009)


def test_stored_simulations_of_weighted_data_agree_within_their_error():
    weights = families.optimal_weight(np.array([1, 0.5, 3, 0.1]))
    np.testing.assert_allclose(weights, [0.618034, 0.5, 0.791288, 0.270156], atol=1e-6)
    # Value and standard error, for 100 real points; two dimensions in the last two rows.
    for ratio, dimensions, value, error in (
        (1.0, 1, 0.006178, 0.000020),
        (1.0, 2, 0.012356, 0.000105),
        (2.0, 2, 0.014583, 0.000116),
    ):
        claimed = dimensions * families.optimal_weight(ratio) / 100
        assert abs(claimed - value) < 3 * error
    exact = 2 * families.optimal_weight(np.array([1.0, 2.0])) / 100
    np.testing.assert_allclose(exact, [0.012361, 0.014641], atol=5e-7)


def test_a_variance_of_samples_around_a_known_mean():
    # Squares are gamma numbers of shape 1/2; the deviation from the mean of 50 numbers with the
    # divisor 50 is 1 - 1/50 of them, three of 50 being real: `Temper` multiplies by 2 T - 1.
    loop = gl.Mix(gl.Gamma.of(1.0, shape=0.5), 3 / 50) >> gl.Temper(0.99)
    point = gl.fixed_point(loop, gl.Gamma.of(1.0, shape=0.5))
    np.testing.assert_allclose(point.state.mean, 0.746193, atol=5e-7)
    np.testing.assert_allclose(np.sqrt(point.state.mean), 0.863825, atol=5e-7)
    close(point.spectral_radius, 0.9212)


def test_products_of_kept_data_keep_their_digits():
    for second in (1.0, 1e-3, 1e-9, -1.0, -1e-6):
        for size in (0.0, 7.0, 5e4):
            factors = second * 10 / (size + 10 * np.arange(1, 400.0)) ** 2
            options = {"quadratic": second, "samples": 10, "size": size}
            error = np.expm1(np.log1p(factors).sum()) / second
            np.testing.assert_allclose(families.kept_error(399, **options), error, rtol=2e-11)


def test_errors_at_and_beyond_the_threshold():
    design = {"quadratic": 5.0, "real_samples": 2, "samples": 3}
    weight = families.weight_threshold(quadratic=5.0, samples=3)
    assert np.isnan(families.stationary_error(weight - 1e-9, **design))
    rest = 1 - weight
    source = weight**2 / 2 + rest**2 / 3
    close(families.squared_error(10, real_weight=weight, **design), 10 * source, 1e-9)
    assert np.isnan(families.effective_samples(quadratic=5.0, real_samples=1, samples=9))
    assert families.weight_threshold(quadratic=-1.0, samples=4) == 0


def test_the_optimal_weight_keeps_its_digits_whether_noise_or_growth_wins():
    for ratio, second in ((1e-12, 5.0), (1e-9, 1e-7), (0.3, 4.0), (3.0, 4.0), (1e9, -4.0)):
        k, growth = Decimal(ratio), Decimal(second) / 10
        root = ((k - growth) ** 2 + 4 * (1 + growth) * k).sqrt()
        exact = (root - (k - growth)) / (2 * (1 + growth))
        close(families.optimal_weight(ratio, quadratic=second, samples=10), float(exact), 1e-15)


@pytest.mark.parametrize("generations", [0, 1, 3, np.inf])
def test_one_sample_of_one_trial_decides_at_once(generations):
    coin = {"quadratic": -1.0, "samples": 1}
    gone = float(generations > 0)
    for variance in (families.replaced_variance, memory.kept_variance):
        assert variance(generations, **coin) == 1 - gone
    for error in (families.replaced_error, families.kept_error):
        assert error(generations, **coin) == gone
    assert families.weight_threshold(**coin) == 0
    assert families.replaced_variance(generations, quadratic=0.0, samples=1) == 1


def test_one_real_sample_has_no_variance_to_weigh():
    close(families.optimal_variance_weight(real_samples=1, samples=5), 1 / 3)
    assert families.optimal_weight(0.0) == 0


def collections(real):
    points = {"samples": 6, "real": real, "real_samples": 2}
    stages = (
        gl.Accumulate(gl.Temper(1.0), **points),
        gl.Window(gl.Temper(1.0), generations=3, **points),
    )
    return stages


@each_family
def test_what_is_kept_or_windowed_has_the_mean_of_its_parts(name):
    model, real = FAMILIES[name], PARTNERS[name]
    mixed = 0.5 * model.mean + 0.5 * (0.75 * model.mean + 0.25 * real.mean)
    for stage in collections(real):
        close(stage(stage.begin(model)).model.mean, mixed)


@pytest.mark.slow
def test_a_family_is_drawn_into_what_is_kept():
    for stage in collections(PARTNERS["binomial"]):
        state = stage.begin(FAMILIES["binomial"])
        run = gl.orbits(stage.step, jr.key(1), state, generations=2, replicates=4)
        counts = run.model.mean * run.size[..., None]
        # The first eight points have 24 successes; every later one is a whole number.
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)


@each_family
def test_the_fluctuations_of_a_family_are_those_of_its_moments(name):
    real = FAMILIES[name]
    loop = gl.Draw(12) >> gl.Mix(real, 0.3, samples=5)
    point = gl.fixed_point(loop, real)
    close(point.state.mean, real.mean)
    close(point.spectral_radius, 0.7)
    # To the order 1/n the variance is that of the fixed point.
    size = float(real.variance_function(real.mean)[0])
    leading = size * (0.3**2 / 5 + 0.7**2 / 12) / (1 - 0.7**2)
    close(gl.fluctuations(loop, point).covariance.ravel(), [leading])


def test_a_derivative_reaches_the_mean_through_temperature_and_draws():
    @jax.grad
    def slope(temperature):
        loop = gl.Temper(temperature) >> gl.Mix(gl.Poisson.of(4.0), 0.3)
        return gl.fixed_point(loop, gl.Poisson.of(4.0)).state.mean[0]

    at = lambda t: gl.fixed_point(
        gl.Temper(t) >> gl.Mix(gl.Poisson.of(4.0), 0.3), gl.Poisson.of(4.0)
    ).state.mean[0]
    found = slope(jnp.array(0.8))
    np.testing.assert_allclose(found, (at(0.8 + 1e-5) - at(0.8 - 1e-5)) / 2e-5, rtol=1e-7)
