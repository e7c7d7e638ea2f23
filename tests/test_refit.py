"""Refitting families of one's own, against closed forms and finite differences."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from cases import QUICK

import genloop as gl
from genloop.loops import retraining
from genloop.models import OwnSamples, Support

LINE = Support.line(200)


def cauchy(centre, x):
    return -jnp.log(jnp.pi * (1 + (x - centre) ** 2))


def peaks(distance):
    """Half the data around each of two peaks, on the points of the line."""
    density = sum(0.5 / (np.pi * (1 + (LINE.points - c) ** 2)) for c in (-distance, distance))
    masses = density * LINE.measure
    return gl.Points(LINE.points, masses / masses.sum())


MODEL = gl.Parametric.of(cauchy, 0.3, LINE)


def bell(theta, x):
    """A Gaussian with its mean and the logarithm of its deviation."""
    return -0.5 * ((x - theta[0]) * jnp.exp(-theta[1])) ** 2 - theta[1] - 0.918938533204672742


NEAR = gl.Points.of([-0.008, 0.008])
NARROW = gl.Parametric.of(bell, [0.0, 0.0], LINE)


def retrained(real_fraction, real=None):
    return gl.Mix(peaks(1.0) if real is None else real, real_fraction) >> gl.Refit()


def logistic(theta, x):
    """Three outcomes of a curved family with two parameters."""
    logits = theta["slope"] * x + jnp.sin(theta["slope"] * theta["bend"]) * x**2 + theta["bend"] * x
    return logits


OUTCOMES = Support.of(np.linspace(-1.0, 1.0, 6))
CURVED = gl.Parametric.of(logistic, {"slope": 0.4, "bend": 0.3}, OUTCOMES)
DIGITS = gl.Points.of(OUTCOMES.points, [5.0, 1.0, 1.0, 2.0, 3.0, 4.0])


def test_the_multiplier_of_a_cauchy_model_is_the_closed_form():
    point = gl.fixed_point(retrained(1 / 1.3), MODEL)
    assert bool(point.stable)
    assert float(point.spectral_radius) == pytest.approx(0.38461538461538461, rel=1e-12)
    assert abs(float(point.state.parameters)) < 1e-12


def test_the_fit_is_where_the_score_of_the_training_set_vanishes():
    fitted = float(retrained(0.4)(MODEL).parameters)
    # The score of a Cauchy law of scale one, over one with another centre, is 2 g/(4 + g^2).
    score = lambda centre: 2 * (centre - fitted) / (4 + (centre - fitted) ** 2)
    total = 0.4 * (score(1.0) + score(-1.0)) / 2 + 0.6 * score(0.3)
    assert total == pytest.approx(0.0, abs=1e-13)


def test_first_and_second_derivatives_of_the_fit_are_those_of_differences():
    def moved(real_fraction, extra):
        weights = jnp.array([5.0, 1.0, 1.0, 2.0, 3.0, 0.0]).at[5].set(extra)
        loop = gl.Temper(1.3) >> gl.Mix(gl.Points.of(OUTCOMES.points, weights), real_fraction)
        return (loop >> gl.Refit())(CURVED).vector()[0]

    at, step = (0.4, 2.0), 1e-4
    value = jax.jit(moved, compiler_options=QUICK)
    slopes = jax.jit(jax.grad(moved, (0, 1)), compiler_options=QUICK)(*at)
    bends = jax.jit(jax.hessian(moved, (0, 1)), compiler_options=QUICK)(*at)
    shifted = lambda i, h: tuple(x + h * (i == k) for k, x in enumerate(at))
    for i in range(2):
        up, down = value(*shifted(i, step)), value(*shifted(i, -step))
        assert float(slopes[i]) == pytest.approx(float(up - down) / (2 * step), rel=1e-6)
        second = float(up - 2 * value(*at) + down) / step**2
        assert float(bends[i][i]) == pytest.approx(second, rel=1e-5)


def test_a_sampling_stage_in_front_gives_the_general_formula():
    loop = gl.Temper(1.4) >> gl.Mix(DIGITS, 0.4) >> gl.Refit()
    point = gl.fixed_point(loop, CURVED)
    theta, family = point.state.vector(), point.state.family

    def expected(weights):
        return lambda t: weights @ family.log_densities(t, OUTCOMES.points)

    sampled = lambda t: jax.nn.softmax(family.log_densities(t, OUTCOMES.points) / 1.4)

    def matrices(theta):
        curvature = jax.hessian(expected(sampled(theta)))(theta)
        response = jax.jacobian(lambda at: jax.grad(expected(sampled(at)))(theta))(theta)
        return jax.hessian(expected(DIGITS.masses))(theta), curvature, response

    real, curvature, response = jax.jit(matrices, compiler_options=QUICK)(theta)
    formula = retraining.likelihood_multipliers(real, curvature, response, 1.5)
    assert np.allclose(gl.jacobian(loop, point.state), formula, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 3])
def test_gradient_steps_have_the_multipliers_of_inexact_fitting(steps):
    exact = gl.Mix(DIGITS, 0.4) >> gl.Refit()
    point = gl.fixed_point(exact, CURVED)
    theta, family = point.state.vector(), point.state.family
    weights = 0.4 * DIGITS.masses + 0.6 * point.state.law().masses
    mean = lambda t: weights @ family.log_densities(t, OUTCOMES.points)
    hessian = jax.jit(jax.hessian(mean), compiler_options=QUICK)(theta)
    jacobian = gl.jacobian(exact, point.state)
    power = np.linalg.matrix_power(np.eye(2) + 0.7 * hessian, steps)
    inexact = gl.Mix(DIGITS, 0.4) >> gl.Refit(steps=steps, step_size=0.7)
    expected = power @ (np.eye(2) - jacobian) + jacobian
    assert np.allclose(gl.jacobian(inexact, point.state), expected, rtol=1e-10, atol=1e-12)


def test_the_best_of_several_starts_leaves_a_worse_peak():
    real = gl.Points.of([-4.0, 4.0], [0.4, 0.6])
    stuck = MODEL.with_vector(jnp.array([-3.8]))
    near = gl.Mix(real, 0.9) >> gl.Refit()
    anywhere = gl.Mix(real, 0.9) >> gl.Refit(starts=[-4.0, 0.0, 4.0])
    assert float(near(stuck).parameters) < 0 < float(anywhere(stuck).parameters)


def test_own_samples_estimate_what_a_support_computes():
    sampler = lambda key, centre, n: centre + jr.cauchy(key, (n,))
    sampled = gl.Parametric.of(cauchy, 0.3, OwnSamples(sampler, jr.key(0), 20_000))
    estimate = float(retrained(0.4)(sampled).parameters)
    assert estimate == pytest.approx(float(retrained(0.4)(MODEL).parameters), abs=0.03)


def test_finite_samples_scatter_around_the_fit_to_infinitely_many():
    loop = gl.Draw(4000) >> gl.Mix(peaks(1.0), 0.4, samples=4000) >> gl.Refit()
    step = jax.vmap(lambda key: loop.step(key, MODEL).vector()[0])
    steps = jax.jit(step, compiler_options=QUICK)(jr.split(jr.key(1), 8))
    exact = float(retrained(0.4)(MODEL).parameters)
    assert np.abs(np.asarray(steps).mean() - exact) < 4 * np.asarray(steps).std() / np.sqrt(8)


def test_two_peaks_lose_their_middle_where_the_closed_form_says():
    # As in ST-A8: a pitchfork where the peaks are two scales away from the middle.
    family = lambda distance: retrained(0.5, peaks(distance))
    middle = MODEL.with_vector(jnp.zeros(1))
    radius = lambda distance: gl.spectral_radius(family(distance), middle)
    assert float(gl.threshold(radius, 1.2, 3.0)) == pytest.approx(2.0, rel=1e-12)


def test_a_fit_that_the_support_does_not_resolve_is_nan_under_a_trace():
    fitted = jax.jit(lambda at: gl.Refit()(NARROW.mix(gl.Points.of(at), 1.0)))
    assert not fitted(NEAR.points).valid()
    assert fitted(jnp.array([-1.0, 1.0])).vector() == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: gl.Parametric.of(3.0, 0.0, LINE), "must be a function"),
        (lambda: gl.Parametric.of(cauchy, 0.0, [1.0]), "points at which expectations"),
        (lambda: gl.Parametric.of(lambda t, x: jnp.stack([x, t]), 0.0, LINE), "one number"),
        (lambda: gl.Parametric.of(lambda t, x: x if x > t else t, 0.0, LINE), "jax.numpy.where"),
        (lambda: gl.Refit()(gl.Gaussian.of(0.0, 1.0)), "fitted by Mix and Draw already"),
        (lambda: gl.Refit(steps=3), "their number and their size"),
        (lambda: gl.Points.of([0.0, np.nan]), "finite"),
        (lambda: gl.Points.of([0.0, 1.0], [-1.0, 2.0]), "not negative"),
        (lambda: gl.Temper(0.5)(gl.Points.of([0.0, 1.0])), "no density"),
        (lambda: gl.Refit(starts=[]), "one or more"),
        (lambda: gl.Refit(starts=["a"]), "number"),
        (lambda: gl.Refit(starts=[np.nan]), "finite"),
        (lambda: (gl.Mix(DIGITS, 0.5) >> gl.Refit(starts=[[1.0, 2.0, 3.0]]))(CURVED), "2 numbers"),
        (lambda: gl.Refit(steps=9, step_size=1e5)(NARROW.mix(DIGITS, 1.0)), "smaller step_size"),
        (lambda: gl.Refit()(NARROW.mix(NEAR, 1.0)), "does not resolve"),
        (lambda: gl.Parametric.of(bell, [np.nan, 0.0], LINE), "finite"),
        (lambda: gl.Parametric.of(lambda x, t: bell(t, x), [0.0, 0.0], LINE), "swapped"),
        (
            lambda: OwnSamples(lambda t, key, n: t + jr.normal(key, (n,)), jr.key(0), 9).points_of(
                0.0
            ),
            "lambda key, parameters, n",
        ),
        (lambda: gl.TopK(2)(MODEL), "continuous"),
        (lambda: gl.Mix(gl.Gaussian.of(0.0, 1.0), 0.3)(MODEL), "Points.of"),
        (lambda: gl.Mix(gl.Points.of([[0.0, 1.0]]), 0.3)(MODEL), "one space"),
        (
            lambda: gl.Refit()(
                gl.Parametric.of(lambda t, x: t * x, 0.0, OUTCOMES).mix(gl.Points.of([1.0]), 1.0)
            ),
            "no maximum",
        ),
    ],
)
def test_misuse_is_told_in_one_sentence(make, words):
    with pytest.raises(ValueError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)
