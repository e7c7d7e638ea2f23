"""Guidance away from an auxiliary model: the stage, the flow and the closed forms."""

import math

import jax
import jax.numpy as jnp
import jax.random as jr
import mpmath
import numpy as np
import pytest
from cases import LINE, MODELS, PARTNERS, PLANE, SKEWED, SPACE

import genloop as gl
from genloop.errors import InputError
from genloop.loops import guidance

COLD = gl.Temper(0.7)


def test_reference_values_are_met():
    found = gl.Gaussian.of(0.5, 1.0).guide_by_flow(gl.Gaussian.of(0.2, 0.8), 1.3)
    np.testing.assert_allclose(found.mean[0], 0.9623573969917255864296226, rtol=1e-13)
    critical = guidance.critical_strength_of_samples(10, 6)
    np.testing.assert_allclose(critical, 0.5577540418940168682703934, rtol=1e-12)


@pytest.mark.parametrize("name", MODELS)
def test_strength_minus_one_is_the_auxiliary_model_and_zero_the_base(name):
    model, other = MODELS[name], PARTNERS[name]
    if name == "chain":
        other = model.temper(0.7)  # The other chain misses transitions of this one.
    assert float(model.guide(other, 0.0).separation(model)) < 1e-14
    assert float(model.guide(other, -1.0).separation(other)) < 1e-13


@pytest.mark.parametrize("model", [LINE, PLANE, SPACE], ids=["line", "plane", "space"])
def test_a_temperature_for_an_auxiliary_makes_guidance_a_temperature(model):
    for flow, heat in ((False, 1 / (2.3 - 1.3 / 0.8)), (True, 0.8**-1.3)):
        stage = gl.Guide(1.3, gl.Temper(0.8), flow)
        cold = gl.Temper(0.8)(model)
        guided = model.guide_by_flow(cold, 1.3) if flow else model.guide(cold, 1.3)
        assert float(stage(model).separation(guided)) < 1e-13
        assert float(stage(model).separation(model.temper(heat))) < 1e-13


def test_the_shift_of_the_flow_is_the_function_of_gauss():
    for log_ratio in (-9.0, -0.4, 0.0, 0.2, 6.0):
        for w in (-1.0, -0.3, 0.5, 1.0, 7.0):
            with mpmath.workdps(30):
                rho, half = mpmath.exp(log_ratio), (1 + mpmath.mpf(w)) / 2
                exact = w * rho**half * mpmath.hyp2f1(0.5, half, 1.5, 1 - rho)
            found = guidance.flow_weight(jnp.array(log_ratio), w)
            np.testing.assert_allclose(found, float(exact), rtol=1e-13)


@pytest.mark.slow
def test_the_flow_has_the_same_derivatives_forwards_and_backwards():
    def image(numbers):
        factor = jnp.array([[numbers[0], 0.0], [numbers[1], numbers[2]]])
        other = gl.Gaussian(jnp.array([0.2, 0.0]), jnp.eye(2))
        guided = gl.Gaussian(numbers[3:5], factor).guide_by_flow(other, numbers[5])
        return jnp.concatenate([guided.mean, guided.factor.ravel()])

    at = jnp.array([1.2, 0.3, 0.9, 0.5, -1.0, 0.7])
    forwards, backwards = jax.jacfwd(image)(at), jax.jacrev(image)(at)
    np.testing.assert_allclose(forwards, backwards, atol=1e-12)
    move = jnp.array([0.0, 1e-5, 0.0, 0.0, 0.0, 1e-5])
    difference = (image(at + move) - image(at - move)) / 2e-5
    np.testing.assert_allclose(forwards[:, 1] + forwards[:, 5], difference, atol=1e-8)


def test_a_zero_of_the_model_stays_one_and_one_of_the_auxiliary_alone_is_no_model():
    model = gl.Categorical.of([0.5, 0.5, 0.0])
    found = model.guide(gl.Categorical.of([0.2, 0.7, 0.1]), 0.5).probabilities
    assert found[2] == 0 and float(found.sum()) == pytest.approx(1.0)
    image = jax.jit(lambda q: model.guide(gl.Categorical(q), 0.5).valid())
    assert bool(image(jnp.array([0.5, 0.25, 0.25])))
    assert not bool(image(jnp.array([0.5, 0.0, 0.5])))


def test_the_structured_derivative_is_that_of_the_map():
    stage = gl.Guide(0.6, COLD)
    direct = lambda p: gl.Categorical(p).guide(COLD(gl.Categorical(p)), 0.6).probabilities
    dense = jax.jacfwd(direct)(SKEWED.probabilities)
    np.testing.assert_allclose(stage.jacobian(SKEWED).dense(), dense, atol=1e-13)


@pytest.mark.slow
def test_the_noise_of_a_drawn_auxiliary_is_that_of_runs():
    stage = gl.Draw(4000) >> gl.Guide(0.8, gl.Draw(2000))
    runs = stage.step(jr.key(0), SKEWED.broadcast((20_000,))).probabilities
    claimed = stage.covariance(SKEWED).dense()
    np.testing.assert_allclose(np.cov(np.asarray(runs).T), claimed, rtol=0.05, atol=1e-6)
    exact = claimed[0, 0] / (SKEWED.probabilities[0] * (1 - SKEWED.probabilities[0]))
    np.testing.assert_allclose(exact, 1 / 4000 + 0.8**2 / 2000, rtol=1e-10)


def test_an_auxiliary_that_draws_has_a_key_of_its_own_and_is_the_identity_on_average():
    stage = gl.Guide(0.5, gl.Draw(50), flow=True)
    assert stage.draws and not gl.Guide(0.5, COLD).draws
    assert float(stage(LINE).separation(LINE)) == 0
    runs = gl.orbits(stage.step, jr.key(1), LINE, generations=2, replicates=50)
    assert len(np.unique(np.asarray(runs.factor[:, 0]))) == 50
    with pytest.raises(ValueError, match="moments of Guide do not close"):
        stage.moments(LINE.moments())


def test_a_strength_and_the_temperature_that_it_makes_are_inverse():
    for flow in (False, True):
        for heat, other in ((0.9, 0.9), (0.7, 1.4)):
            reached = guidance.effective_temperature(0.8, heat, auxiliary=other, flow=flow)
            back = guidance.strength_for(reached, heat, auxiliary=other, flow=flow)
            assert back == pytest.approx(0.8, rel=1e-12)
    assert math.isnan(guidance.effective_temperature(9.5, 0.9))
    assert guidance.guided_variance(3.0, 0.9, 0.1) == math.inf
    slope = jax.grad(lambda w: guidance.guided_variance(w, 0.9, 0.1, flow=True))(1.5)
    step = [guidance.guided_variance(w, 0.9, 0.1, flow=True) for w in (1.5 + 1e-6, 1.5 - 1e-6)]
    assert float(slope) == pytest.approx((step[0] - step[1]) / 2e-6, rel=1e-7)


def test_moments_near_the_last_power_are_finite_and_right():
    law = gl.laws.LogVariance(40, divisor=40)
    exact = mpmath.gamma(19.5 - 19.4) / mpmath.gamma(19.5) * mpmath.mpf(20) ** 19.4
    assert float(law.moment(-19.4)) == pytest.approx(float(exact), rel=1e-12)


def told(loop, real=LINE, **options):
    return " ".join(gl.answers.threshold(real, loop=loop, **options).notes)


def test_answers_about_guided_loops_say_the_strengths_that_matter():
    flow = "Mix(real, a) >> Temper(0.9) >> Guide(w, Temper(0.9), flow=True)"
    found = gl.answers.threshold(LINE, loop=flow, values={"a": 0.1}, interval=(0.0, 4.0))
    assert float(found.thresholds["local"]) == pytest.approx(2.0, rel=1e-9)
    assert "A strength of 1 undoes" in " ".join(found.notes)
    assert "Above a strength of 2 the variance explodes" in " ".join(found.notes)
    assert "real fraction below 0.0513167" in told(flow, values={"w": 1.5})
    tokens = told("sims", SKEWED, values={"T": 0.8, "w": 0.5})
    assert "0.8 undoes the temperature" in tokens and "temperature 0.914286" in tokens


def test_guided_draws_without_real_data_are_told_their_walk():
    walk = "Draw(10) >> Guide(w, Draw(6), flow=True)"
    for options in ({"values": {"w": 0.4}}, {"interval": (0.0, 3.0)}):
        with pytest.raises(InputError, match=r"below a strength of 0\.557754"):
            gl.answers.threshold(LINE, loop=walk, **options)
