"""What a user gets wrong has a sentence with the remedy; under a trace it is NaN, not a number."""

import dataclasses
import math
import re

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import mpmath as mp
import numpy as np
import pytest

import genloop as gl
from genloop.analysis import find_threshold
from genloop.papers import marchi2024
from genloop.sampling import binomial, multinomial, pair_counts

REAL = gl.Categorical.of([5.0, 3.0, 2.0])
LOOP = gl.Temper(0.8) >> gl.Mix(REAL, 0.3)
GAUSSIAN = gl.Gaussian.of(0.0, 1.0)
ROWS = gl.Categorical.of(np.ones((2, 3)))
SINGLE = gl.Categorical(jnp.array([0.5, 0.3, 0.2], jnp.float32))
HALVE = lambda x: 0.5 * x
LOGISTIC = lambda p: lambda x: p * x * (1 - x)
COLD = gl.Temper(0.8)
NOISY = gl.Temper(0.8) >> gl.Draw(100) >> gl.Mix(REAL, 0.3)

# name: (what is done, what the sentence says)
MISTAKES = {
    "a list for a model": (lambda: LOOP([0.5, 0.3, 0.2]), "got list"),
    "an array for a model": (lambda: gl.Temper(0.8)(np.ones(3)), "Categorical.of"),
    "nothing for a model": (lambda: gl.Draw(5)(None), "got NoneType"),
    "a list for real data": (lambda: gl.Mix([0.5, 0.3, 0.2], 0.3), "must be a model, got list"),
    "arguments exchanged": (lambda: gl.Mix(0.3, REAL), "got Categorical"),
    "a word for a number": (lambda: gl.Temper("0.5"), "got str"),
    "nothing for a number": (lambda: gl.Mix(REAL, None), "got NoneType"),
    "words for weights": (lambda: gl.Categorical.of(["5", "3"]), "got list"),
    "uneven rows": (lambda: gl.MarkovChain.of([[1.0, 2.0], [3.0]]), "different lengths"),
    "a temperature below zero": (lambda: REAL.temper(-1.0), "temperature must lie in"),
    "a share above one": (lambda: REAL.mix(REAL, 1.5), "real_fraction must lie in"),
    "a share of samples": (lambda: gl.Draw(0.5), "whole number"),
    "samples below zero": (lambda: gl.Draw(-1), "at least 2"),
    "no stage": (lambda: gl.Temper(0.8) >> REAL, "made of stages"),
    "a function as a stage": (lambda: gl.Temper(0.8) >> (lambda p: p), "made of stages"),
    "math for jax.numpy": (lambda: gl.fixed_point(math.cos, 1.0), "jax.numpy"),
    "a whole number to start from": (lambda: gl.fixed_point(jnp.cos, 1), "1.0 for 1"),
    "map and state exchanged": (lambda: gl.fixed_point(REAL, LOOP), "map"),
    "another shape": (lambda: gl.fixed_point(lambda x: x[:2], jnp.ones(3)), r"\(3,\), got \(2,\)"),
    "another type": (
        lambda: gl.fixed_point(lambda x: x.astype(jnp.float32), jnp.ones(3)),
        "float64 into float32",
    ),
    "single precision": (
        lambda: gl.fixed_point(lambda x: 0.5 * x, jnp.ones(3, jnp.float32), tolerance=1e-3),
        "double precision",
    ),
    "a measure without names": (
        lambda: gl.phase_diagram(lambda temperature: temperature, temperature=[0.5]),
        "dictionary",
    ),
    "no crossing": (lambda: gl.threshold(lambda p: p, 2.0, 3.0), "widen the interval"),
    "no crossing, differentiated": (
        lambda: jax.grad(lambda t: gl.threshold(lambda p: t * p, 2.0, 3.0))(1.0),
        "widen the interval",
    ),
    "a number for a quantity": (
        lambda: gl.threshold(0.3, 0.0, 1.0),
        "a function, got float",
    ),
    "no value of a threshold": (lambda: float(find_threshold(lambda p: p, 2.0, 3.0)), "no value"),
    "an indefinite covariance": (
        lambda: gl.Gaussian.of([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]),
        "not positive definite",
    ),
    "a negative variance": (lambda: gl.Gaussian.of(0.0, -1.0), "variance of dimension 0 is -1"),
    "more samples than counts hold": (
        lambda: multinomial(jr.key(0), 2**53 + 2, jnp.array([0.5, 0.5])),
        "2\\^53",
    ),
    # Models, stages and keys
    "no whole number of outcomes": (lambda: gl.Categorical.uniform(2.5), "whole number"),
    "outcomes below zero": (lambda: gl.Categorical.uniform(-1), "at least 2"),
    "a list to mix with": (lambda: REAL.mix([0.5, 0.3, 0.2], 0.3), "got list"),
    "a share to mix with": (lambda: REAL.mix(0.3, REAL), "got float"),
    "another family": (lambda: gl.Mix(GAUSSIAN, 0.3)(REAL), "got Gaussian"),
    "fewer outcomes": (lambda: LOOP(gl.Categorical.of([1.0, 2.0])), "same outcomes"),
    "a list in a dataset": (lambda: gl.Dataset.of([0.5, 0.5], 10), "got list"),
    "size and model exchanged": (lambda: gl.Dataset.of(10, REAL), "got int"),
    "a truth value for a size": (lambda: gl.Dataset.of(REAL, True), "size must be a number"),
    "a model for a dataset": (lambda: gl.Accumulate(NOISY, samples=3)(REAL), "Dataset.of"),
    "a dataset for a window": (
        lambda: gl.Window(NOISY, samples=3)(gl.Dataset.of(REAL, 3)),
        "History.of",
    ),
    "a number for a target": (lambda: gl.Blend(0.3, 1.0), "the target must be a model, got float"),
    "a correction backwards": (lambda: gl.Blend(REAL, -0.1), "strength must lie in"),
    "one corrected sample": (lambda: gl.Blend(REAL, 0.1, 1), "samples must be a whole number"),
    "a strength beyond the auxiliary": (lambda: gl.Guide(-1.5, COLD), "strength must lie in"),
    "a strength that is too large": (lambda: gl.Guide(4.0, COLD), "= 4 for an auxiliary"),
    "a model for an auxiliary": (lambda: gl.Guide(1.0, REAL), "made of stages, got Categorical"),
    "an auxiliary that misses outcomes": (
        lambda: gl.Guide(1.0, gl.TopK(2))(REAL),
        "cannot be normalised",
    ),
    "an auxiliary that is too narrow": (
        lambda: GAUSSIAN.guide(GAUSSIAN.temper(0.4), 1.0),
        "cannot be normalised",
    ),
    "a flow of outcomes": (lambda: gl.Guide(1.0, COLD, flow=True)(REAL), "probability flow of a"),
    "another family for a target": (
        lambda: gl.Blend(gl.Gaussian.of(0.0, 1.0), 0.1)(REAL),
        "can be mixed with a Categorical only",
    ),
    "a model for a stage": (lambda: gl.Renew(REAL, 0.3), "made of stages, got Categorical"),
    "a stage for a model": (lambda: LOOP(gl.Temper(0.8)), "got Temper"),
    "a record for a model": (lambda: LOOP(gl.fixed_point(LOOP, REAL)), "give its state"),
    "several temperatures": (lambda: gl.Temper([0.5, 0.8]), "takes one number"),
    "several shares": (lambda: gl.Mix(REAL, [0.3, 0.5]), "takes one number"),
    "no stages": (lambda: gl.Loop(()), "at least one stage"),
    "a number for a function": (lambda: gl.TemperatureFunction(0.5), "must be a function"),
    "a seed for a key": (lambda: NOISY.step(0, REAL), "jax.random.key"),
    "key and model exchanged": (lambda: NOISY.step(REAL, jr.key(0)), "jax.random.key"),
    "key and samples exchanged": (lambda: REAL.draw(100, jr.key(0)), "jax.random.key"),
    "a share of a draw": (lambda: REAL.draw(jr.key(0), 10.5), "whole number"),
    "a draw below zero": (lambda: GAUSSIAN.draw(jr.key(0), -5), "at least 1"),
    "key and data exchanged": (
        lambda: gl.Mix.fixed(REAL, jr.key(0), 0.3, samples=5),
        "jax.random.key",
    ),
    # Questions
    "a word for a state": (lambda: gl.fixed_point(HALVE, "x"), "made of numbers, got str"),
    "nothing for a state": (lambda: gl.spectral_radius(LOOP, None), "at least one number"),
    "a list for a state": (lambda: gl.fixed_point(HALVE, [1.0, 2.0]), "jax.numpy.array"),
    "a negative tolerance": (lambda: gl.fixed_point(HALVE, 1.0, tolerance=-1), "positive number"),
    "one start": (lambda: gl.fixed_points(LOOP, REAL), "starts are a list, got Categorical"),
    "a list for the derivative": (lambda: gl.jacobian(LOOP, [0.5, 0.3, 0.2]), "got list"),
    "a record for the derivative": (
        lambda: gl.multipliers(LOOP, gl.fixed_point(LOOP, REAL)),
        "give its state",
    ),
    "map and state exchanged, derivative": (lambda: gl.jacobian(REAL, LOOP), "the map comes first"),
    "a whole number for the derivative": (lambda: gl.jacobian(HALVE, 1), "1.0 for 1"),
    "a map for a family": (lambda: gl.branch(LOOP, REAL, 0.1, 0.9), "got a map; write lambda"),
    "no family": (lambda: gl.branch(None, jnp.ones(()), 2.0, 3.0), "got NoneType"),
    "a whole number on a branch": (lambda: gl.branch(LOGISTIC, 1, 2.0, 3.0), "1.0 for 1"),
    "no steps": (lambda: gl.branch(LOGISTIC, 0.5, 2.0, 3.0, steps=0), "steps must be a whole"),
    "half a step": (lambda: gl.branch(LOGISTIC, 0.5, 2.0, 3.0, steps=9.5), "steps must be a whole"),
    "no period": (lambda: gl.branch(LOGISTIC, 0.5, 2.0, 3.0, period=0), "period must be a whole"),
    "a negative stride": (lambda: gl.branch(LOGISTIC, 0.5, 2.0, 3.0, stride=-0.1), "positive"),
    "a word for a bound": (lambda: gl.branch(LOGISTIC, 0.5, "2", 3.0), "lower must be a number"),
    "a state for a bifurcation": (
        lambda: gl.continuation.normal_form(LOGISTIC, 0.5),
        "must be a Bifurcation, got float",
    ),
    "a record for a quantity": (
        lambda: gl.threshold(
            lambda a: gl.fixed_point(gl.Temper(0.8) >> gl.Mix(REAL, a), REAL), 0.0, 1.0
        ),
        "must return one number, got FixedPoint",
    ),
    "several quantities": (
        lambda: find_threshold(lambda p: jnp.array([p, p]), 0.0, 2.0),
        "got the shape",
    ),
    "math in a quantity": (lambda: gl.threshold(math.exp, 0.0, 2.0), "jax.numpy"),
    "a quantity in single precision": (
        lambda: gl.threshold(jnp.float32, 0.0, 2.0),
        "single precision",
    ),
    "a word for a level": (lambda: gl.threshold(HALVE, 0.0, 3.0, level="1"), "level must be"),
    "a loop for a kernel": (
        lambda: gl.orbits(NOISY, jr.key(0), REAL, generations=3, replicates=2),
        "give its method step",
    ),
    "a model for a kernel": (
        lambda: gl.orbits(REAL, jr.key(0), REAL, generations=3, replicates=2),
        "a kernel must be a function, got Categorical",
    ),
    "a seed for the key of orbits": (
        lambda: gl.orbits(NOISY.step, 0, REAL, generations=3, replicates=2),
        "jax.random.key",
    ),
    "half a generation": (
        lambda: gl.orbit_statistics(NOISY.step, jr.key(0), REAL, generations=2.5, replicates=2),
        "generations must be a whole number",
    ),
    "single precision of an orbit": (
        lambda: gl.orbits(NOISY.step, jr.key(0), SINGLE, generations=3, replicates=2),
        "convert the state with jax.numpy.asarray",
    ),
    "half a generation of an exponent": (
        lambda: gl.lyapunov_exponent(HALVE, jnp.ones(3), generations=10.5),
        "generations must be a whole number",
    ),
    "no map of an exponent": (
        lambda: gl.lyapunov_exponent(None, jnp.ones(3), generations=9),
        "got NoneType",
    ),
    "one time": (lambda: gl.flow(HALVE, jnp.ones(3), 1.0), "at least two numbers"),
    "times that fall": (lambda: gl.flow(HALVE, jnp.ones(3), [1.0, 0.0]), "must increase"),
    "a time that is no number": (
        lambda: gl.flow(HALVE, jnp.ones(3), [0.0, math.nan]),
        "must increase",
    ),
    "single precision of a flow": (
        lambda: gl.flow(HALVE, jnp.ones(3, jnp.float32), [0.0, 1.0]),
        "convert the state",
    ),
    "a number for an event": (
        lambda: gl.flow_until(HALVE, jnp.ones(3), 3, horizon=1.0),
        "an event must be a function",
    ),
    "several events": (
        lambda: gl.flow_until(HALVE, jnp.ones(3), HALVE, horizon=1.0),
        "must return one number",
    ),
    "an event that is no number": (
        lambda: gl.flow_until(HALVE, jnp.ones(3), lambda x: x[0] * jnp.nan, horizon=1.0),
        "not finite at the start",
    ),
    "no fixed point": (lambda: gl.fluctuations(NOISY, REAL), "not a fixed point"),
    "a fixed point that was not found": (
        lambda: gl.fluctuations(
            lambda x: x + 1 + x**2,
            gl.fixed_point(lambda x: x + 1 + x**2, jnp.zeros(1)),
            covariance=lambda x: jnp.eye(1),
        ),
        "not a fixed point",
    ),
    "a matrix for a covariance": (
        lambda: gl.fluctuations(HALVE, jnp.zeros(2), covariance=jnp.eye(2)),
        "a covariance must be a function",
    ),
    "a covariance of another shape": (
        lambda: gl.fluctuations(HALVE, jnp.zeros(2), covariance=lambda x: jnp.eye(3)),
        "must have the shape",
    ),
    "a lopsided covariance": (
        lambda: gl.fluctuations(HALVE, jnp.zeros(2), covariance=lambda x: jnp.tri(2)),
        "must be symmetric",
    ),
    "one attractor": (
        lambda: gl.basins(HALVE, jnp.ones((4, 1)), 0.5, generations=9),
        "attractors are a list",
    ),
    "attractors of another size": (
        lambda: gl.basins(HALVE, jnp.ones((4, 2)), [jnp.zeros(3)], generations=9),
        "both must be states",
    ),
    "a negative radius": (
        lambda: gl.basins(
            HALVE, jnp.ones((4, 2)), [jnp.zeros(2)], generations=9, largest_radius=-1
        ),
        "positive number",
    ),
    "a number for a theorem": (lambda: gl.verify(3), "names of theorems are a list"),
    "a list for a phase": (lambda: marchi2024.Phase([5, 3]), "Categorical.of"),
    "one parameter for a phase": (
        lambda: marchi2024.Phase(REAL)(temperature=0.5, real_fraction=0.3),
        "lists of equal length",
    ),
    "uneven parameters of a phase": (
        lambda: marchi2024.Phase(REAL)(temperature=np.ones(2), real_fraction=np.ones(1)),
        "lists of equal length",
    ),
    "parameters of a phase out of range": (
        lambda: marchi2024.Phase(REAL)(temperature=-np.ones(1), real_fraction=np.ones(1)),
        "temperature must lie in",
    ),
    "the start of a phase": (
        lambda: marchi2024.Phase(REAL, gl.Categorical.of([1.0, 2.0])),
        "same outcomes",
    ),
    "a list for a count": (lambda: marchi2024.StableStateCount([5, 3]), "Categorical.of"),
    # Functions of papers
    "thresholds of a list": (lambda: marchi2024.thresholds([5, 3, 2], temperature=0.8), "got list"),
    "thresholds of a batch": (lambda: marchi2024.thresholds(ROWS, temperature=0.8), "one after"),
    "thresholds of another family": (
        lambda: marchi2024.thresholds(GAUSSIAN, temperature=0.8),
        "must be a Categorical, got Gaussian",
    ),
    "a word for a temperature": (
        lambda: marchi2024.local_threshold(REAL, temperature="0.8"),
        "must be a number, got '0.8'",
    ),
    "no temperature": (lambda: marchi2024.thresholds(REAL, temperature=None), "got None"),
    "a temperature that is no number": (
        lambda: marchi2024.unique_threshold(REAL, temperature=math.nan),
        "got nan",
    ),
    "a truth value for a temperature": (
        lambda: marchi2024.thresholds(REAL, temperature=True),
        "got True",
    ),
    "a negative temperature": (
        lambda: marchi2024.stable_states(REAL, temperature=-1, real_fraction=0.3),
        "temperature must lie in",
    ),
    "a share of more than all": (
        lambda: marchi2024.healthy_state(REAL, temperature=0.8, real_fraction=1.3),
        "real_fraction must lie in",
    ),
    "an outcome that is a share": (
        lambda: marchi2024.collapse_threshold(REAL, 0.5, temperature=0.8),
        "outcome must be a whole number",
    ),
    "grad of thresholds": (
        lambda: jax.grad(lambda t: marchi2024.local_threshold(REAL, temperature=t).value)(0.8),
        "cannot be traced",
    ),
    "jit of thresholds": (
        lambda: jax.jit(lambda t: marchi2024.thresholds(REAL, temperature=t)["local"].value)(0.8),
        "cannot be traced",
    ),
    "grad of thresholds in the data": (
        lambda: jax.grad(
            lambda w: marchi2024.unique_threshold(gl.Categorical.of(w), temperature=0.8).value
        )(jnp.array([5.0, 3.0, 2.0])),
        "cannot be traced",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_one_sentence_with_the_remedy(name):
    act, sentence = MISTAKES[name]
    with pytest.raises(ValueError, match=sentence) as caught:
        act()
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 250


def test_a_threshold_is_a_number_where_it_has_one():
    assert float(find_threshold(lambda p: p * p, 0.0, 3.0)) == pytest.approx(1.0)


# name: (a stage of one parameter, out of range, in range)
RANGES = {
    "temperature": (gl.Temper, -1.0, 0.8),
    "temperature of zero": (gl.Temper, 0.0, 0.8),
    "infinite temperature": (gl.Temper, jnp.inf, 1.2),
    "real fraction": (lambda a: gl.Mix(REAL, a), 1.5, 0.3),
    "negative real fraction": (lambda a: gl.Mix(REAL, a), -0.1, 0.3),
    "strength": (lambda g: gl.Blend(REAL, g), -0.5, 0.5),
    "strength of guidance": (lambda w: gl.Guide(w, COLD), 4.5, 1.5),
    "share": (lambda a: gl.Renew(gl.Temper(0.9), a), 1.5, 0.5),
    "nucleus": (gl.Nucleus, 1.5, 0.7),
    "nucleus of nothing": (gl.Nucleus, 0.0, 0.7),
    "min-p": (gl.MinP, 1.5, 0.3),
    "temperature function": (
        lambda c: gl.TemperatureFunction(eqx.Partial(lambda c, p: p + c * p**2, c)),
        -3.0,
        0.5,
    ),
}


@pytest.mark.parametrize("name", RANGES)
def test_out_of_range_under_a_trace_is_no_model_and_no_derivative(name):
    stage, outside, inside = RANGES[name]
    with pytest.raises(ValueError, match=r"must|falls|increase"):
        stage(outside)
    start = gl.Categorical.of(jnp.array([5.0, 3.0, 1.0]))
    image = jax.jit(lambda c: (stage(c)(start), stage(c)(start).valid()))
    (good, valid), (bad, invalid) = image(inside), image(outside)
    assert bool(valid) and not bool(invalid)
    assert np.isfinite(good.probabilities).all() and np.isnan(bad.probabilities).all()
    np.testing.assert_allclose(good.probabilities, stage(inside)(start).probabilities, rtol=1e-14)


def image_of(temperature=0.8, real_fraction=0.3, nucleus=1.0, share=0.5):
    """A measure that is cheap: one generation, and with a share its complement."""
    loop = gl.Temper(temperature) >> gl.Nucleus(nucleus) >> gl.Mix(REAL, 1 - (1 - real_fraction))
    return {"image": gl.Renew(loop, share / 2)(REAL).probabilities}


PHASE = marchi2024.Phase(REAL)
COUNT = marchi2024.StableStateCount(REAL)
INSIDE = {"temperature": [0.5, 0.8], "real_fraction": [0.2]}

# name: (the measure, its axes, what the sentence says)
GRIDS = {
    "below the range": (image_of, {"temperature": [-1.0, 0.5]}, "(0, inf), got -1"),
    "at an open end": (image_of, {"temperature": [0, 1, 2]}, "(0, inf), got 0"),
    "above the range": (image_of, {"real_fraction": [0.1, 1.5]}, "[0, 1], got 1.5"),
    "infinite": (image_of, {"temperature": [0.5, np.inf]}, "(0, inf), got inf"),
    "in the last of three axes": (image_of, INSIDE | {"nucleus": [0.5, 1.2]}, "(0, 1], got 1.2"),
    "after arithmetic": (image_of, {"share": [1.0, 3.0]}, "share must lie in (0, 1], got 1.5"),
    "of a phase": (PHASE, INSIDE | {"temperature": [-0.5]}, "(0, inf), got -0.5"),
    "of a phase above": (PHASE, INSIDE | {"real_fraction": [0.5, 1.1]}, "[0, 1], got 1.1"),
    "of a count of states": (COUNT, INSIDE | {"real_fraction": [-0.1]}, "[0, 1], got -0.1"),
    "truth values": (image_of, {"temperature": np.array([True, True])}, "list of numbers"),
    "a truth value": (image_of, {"temperature": [0.5, True]}, "list of numbers"),
    "words": (image_of, {"temperature": ["0.5"]}, "list of numbers"),
    "nothing": (image_of, {"temperature": None}, "list of numbers"),
    "a table": (image_of, {"temperature": [[0.5, 0.8]]}, "got shape (1, 2)"),
    "uneven rows": (image_of, {"temperature": [[0.5], [0.5, 0.8]]}, "list of numbers"),
    "complex numbers": (image_of, {"temperature": [0.5 + 1j]}, "list of numbers"),
    "no number": (image_of, {"temperature": [0.5, np.nan]}, "NaN"),
    "no measure": (0.5, {"temperature": [0.5]}, "function of named parameters"),
}


@pytest.mark.parametrize("name", GRIDS)
def test_a_grid_is_checked_before_anything_is_computed(name):
    measure, axes, sentence = GRIDS[name]
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        gl.phase_diagram(measure, **axes)
    assert "\n" not in str(caught.value)


def test_what_a_grid_hides_from_the_check_is_nan():
    def measure(inverse, real_fraction):
        temperature = 1 / jnp.asarray(inverse)
        point = gl.fixed_point(gl.Temper(temperature) >> gl.Mix(REAL, real_fraction), REAL)
        slope = jax.grad(lambda t: gl.Temper(t)(REAL).probabilities[0])(temperature)
        return {"radius": point.spectral_radius, "converged": point.converged, "slope": slope}

    field = gl.phase_diagram(measure, inverse=[-1.0, 2.0], real_fraction=[0.4, 0.7])
    good = np.array([[False] * 2, [True] * 2])
    np.testing.assert_array_equal(field.converged.values, good)
    np.testing.assert_array_equal(np.isfinite(field.radius.values), good)
    np.testing.assert_array_equal(np.isfinite(field.slope.values), good)


def test_parameters_out_of_range_have_no_phase_under_a_trace():
    temperature, real_fraction = jnp.array([0.5, -1.0, 0.5]), jnp.array([0.2, 0.2, 1.5])
    axes = {"temperature": temperature, "real_fraction": real_fraction}
    phase = jax.jit(lambda axes: PHASE(**axes))(axes)
    assert phase["branch"].tolist()[1:] == [2, 2] and phase["winner"].tolist()[1:] == [-1, -1]
    for field in ("spectral_radius", "total_variation", "effective_vocabulary"):
        np.testing.assert_array_equal(np.isfinite(phase[field]), [True, False, False])


PLANE = gl.Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])
CHAIN = gl.MarkovChain.of_transition([[5.0, 3.0, 2.0], [1.0, 0.0, 1.0], [2.0, 5.0, 1.0]])
OTHER = gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]])
SAMPLED = {"samples": 70, "real_samples": 30}


def resampled(real):
    """A loop of a dataset that keeps its size."""
    loop = gl.Temper(0.8) >> gl.Mix(real, 0.3)
    return lambda data: gl.Dataset(loop(data.model), data.size, data.place)


FOUND = {
    "tokens": (LOOP, gl.Categorical.of([1.0, 1.0, 5.0])),
    "rare tokens": (
        gl.Temper(0.8) >> gl.Mix(gl.Categorical.of([1.0, 1e-9, 1e-290]), 0.3),
        gl.Categorical.uniform(3),
    ),
    "plane": (gl.Temper(0.8) >> gl.Mix(PLANE, 0.3), OTHER),
    "chain": (
        gl.Temper(0.8) >> gl.Mix(CHAIN, 0.4),
        gl.MarkovChain.of_transition(np.ones((3, 3)) - np.diag([0.0, 1.0, 0.0])),
    ),
    "dataset": (resampled(REAL), gl.Dataset.of(gl.Categorical.uniform(3), 100)),
    "dataset in the plane": (resampled(PLANE), gl.Dataset.of(OTHER, 100)),
    "history": (
        gl.Window(gl.Temper(0.8), real=REAL, **SAMPLED),
        gl.models.History.of(REAL, generations=3, size=50),
    ),
    "history in the plane": (
        gl.Window(gl.Temper(0.8), real=PLANE, **SAMPLED),
        gl.models.History.of(OTHER, generations=2, size=50),
    ),
}


QUICK = ("tokens", "rare tokens", "plane", "dataset")


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FOUND],
)
def test_what_is_found_satisfies_its_own_constructor(name):
    point = gl.fixed_point(*FOUND[name])
    assert bool(point.converged)
    is_model = lambda node: isinstance(node, gl.AbstractModel)
    models = list(filter(is_model, jax.tree.leaves(point.state, is_leaf=is_model)))
    assert models
    for model in models:
        # The constructor refuses what is off the simplex, unbalanced or not triangular.
        type(model)(*(getattr(model, field.name) for field in dataclasses.fields(model)))
        shares = getattr(model, "probabilities", getattr(model, "pairs", None))
        if shares is not None:
            axes = (-1,) if hasattr(model, "probabilities") else (-2, -1)
            assert abs(shares.sum(axis=axes) - 1).max() < 4e-16


@pytest.mark.parametrize("samples", [2**24 + 1, 2**31 + 1, 2**53 - 1])
@pytest.mark.parametrize("dtype", [jnp.float16, jnp.float32, jnp.float64])
def test_every_sample_is_counted_in_every_precision(samples, dtype):
    weights = jnp.array([0.5, 0.25, 0.125, 0.125], dtype)
    counts = np.asarray(multinomial(jr.key(1), samples, weights))
    assert sum(int(count) for count in counts) == samples
    each = multinomial(jr.key(1), jnp.array([float(samples)]), weights[None])
    assert sum(int(count) for count in np.asarray(each)[0]) == samples
    number = binomial(jr.key(2), samples, weights[1])
    assert float(number) == int(number) and 0 < float(number) < samples


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.float32, jnp.float64])
def test_every_pair_is_counted_in_every_precision(dtype):
    weights = jnp.array([[0.5, 0.25], [0.125, 0.125]], dtype)
    counts = pair_counts(jr.key(1), 4097, weights)
    assert counts.dtype == jnp.float64 and int(counts.sum()) == 4097
    np.testing.assert_array_equal(counts.sum(axis=0), counts.sum(axis=1))


# Not whole, below zero, beyond what floating point counts, no number.
UNCOUNTABLE = [10.5, -1.0, 2.0**53 + 2, math.inf, math.nan]


@pytest.mark.parametrize("samples", UNCOUNTABLE)
def test_numbers_of_samples_that_cannot_be_counted_give_no_numbers(samples):
    assert np.isnan(binomial(jr.key(1), jnp.array(samples), jnp.array(0.5)))
    counts = multinomial(jr.key(1), jnp.array([samples]), jnp.full((1, 4), 0.25))
    assert np.isnan(counts).all()


def radius_of(parameters, weights):
    temperature, share = parameters
    real = gl.Categorical.of(weights)
    return gl.fixed_point(gl.Temper(temperature) >> gl.Mix(real, share), real).spectral_radius


SECOND = jax.jit(jax.jacfwd(jax.jacfwd(radius_of)))
SLOW_SIZES = [pytest.param(size, marks=pytest.mark.slow) for size in (2, 3, 8, 12)]


@pytest.mark.parametrize("outcomes", [5, *SLOW_SIZES])
def test_derivatives_at_a_multiplier_of_one_by_symmetry_are_exact(outcomes):
    for t, a in ((0.8, 0.2), (0.5, 0.5), (0.7, 0.3), (1.3, 0.1)):
        expected = [[2 * (1 - a) / t**3, 1 / t**2], [1 / t**2, 0.0]]
        second = SECOND(jnp.array([t, a]), jnp.ones(outcomes))
        np.testing.assert_allclose(second, expected, atol=1e-12)


def exact_radius(t, a, weights):
    """The same in 50 digits: Newton's method, and the symmetric matrix with these multipliers."""
    x = real = [w / mp.fsum(weights) for w in weights]
    places = range(len(real))
    for _ in range(12):
        powers = [v ** (1 / t) for v in x]
        s = [w / mp.fsum(powers) for w in powers]
        gain = [(1 - a) / t * s[i] / x[i] for i in places]
        jacobian = mp.diag(gain) - mp.matrix(s) * mp.matrix(gain).T
        residual = mp.matrix([a * real[i] + (1 - a) * s[i] - x[i] for i in places])
        step = mp.lu_solve(mp.eye(len(x)) - jacobian, residual)
        x = [x[i] + step[i] for i in places]
    rows = [[mp.sqrt(x[j] / x[i]) * jacobian[i, j] for j in places] for i in places]
    return max(mp.eigsy(mp.matrix(rows), eigvals_only=True))


@pytest.mark.slow
@pytest.mark.parametrize("unevenness", [1e-4, 1e-10])
def test_second_derivatives_where_multipliers_nearly_tie_are_those_of_many_digits(unevenness):
    weights = [1 + unevenness * place for place in (0, 1, 2, 0, -1)]
    with mp.workdps(50):
        t, a, h = mp.mpf(0.8), mp.mpf(0.5), mp.mpf(10) ** -12
        value = lambda i, j: exact_radius(t + i * h, a + j * h, [mp.mpf(w) for w in weights])
        middle = 2 * value(0, 0)
        twice = (value(1, 0) + value(-1, 0) - middle) / h**2
        mixed = (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / (4 * h**2)
        shares = (value(0, 1) + value(0, -1) - middle) / h**2
        expected = np.array([[twice, mixed], [mixed, shares]], float)
    second = SECOND(jnp.array([0.8, 0.5]), jnp.array(weights))
    np.testing.assert_allclose(second, expected, atol=1e-12)


BASIS = np.random.default_rng(5).normal(size=(4, 4))


def similar(rows):
    return jnp.asarray(BASIS @ np.array(rows) @ np.linalg.inv(BASIS))


# name: (a matrix, its change, first and second derivative of the largest modulus)
CLUSTERS = {
    "simple": (np.diag([1.0, 0.5, 0.2, 0.1]), np.diag([2.0, 1.0, 0.0, 0.0]), 2.0, 0.0),
    "coupled": (
        np.diag([1.0, 0.5, 0.2, 0.1]),
        np.eye(4)[[1, 0, 2, 3]] - np.diag([0, 0, 1, 1]),
        0.0,
        4.0,
    ),
    "kept together": (np.diag([1.0, 1.0, 0.2, 0.1]), np.diag([0.7, 0.7, 3.0, 1.0]), 0.7, np.nan),
    "three times": (np.diag([1.0, 1.0, 1.0, 0.1]), np.diag([0.7, 0.7, 0.7, 1.0]), 0.7, np.nan),
    "nilpotent elsewhere": (
        np.diag([1.0, 1.0, 0, 0]) + np.diag([0, 0, 1.0], 1),
        np.eye(4),
        1.0,
        np.nan,
    ),
    "defective": (
        np.diag([1.0, 1.0, 0.2, 0.1]) + np.diag([1.0, 0, 0], 1),
        np.eye(4)[::-1],
        np.nan,
        np.nan,
    ),
}


@jax.jit
def moved_radius(matrix, change):
    """The spectral radius with its derivatives, each in both modes."""
    radius = lambda p: gl.spectral_radius(lambda x: (matrix + p * change) @ x, jnp.zeros(4))
    backward, forward = jax.grad(radius), jax.jacfwd(radius)
    firsts = jnp.stack([backward(0.0), forward(0.0)])
    return radius(0.0), firsts, jnp.stack([jax.grad(backward)(0.0), jax.jacfwd(forward)(0.0)])


@pytest.mark.parametrize("name", CLUSTERS)
def test_a_cluster_of_multipliers_has_the_right_derivative_or_none(name):
    matrix, change, first, second = CLUSTERS[name]
    matrix, change = similar(matrix), similar(change)
    value, firsts, seconds = moved_radius(matrix, change)
    assert float(value) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_allclose(firsts, [first] * 2, atol=1e-10)
    np.testing.assert_allclose(seconds, [second] * 2, atol=1e-8)


def test_the_step_with_tied_pivots_is_the_solution():
    from genloop.operators import DiagonalMinusRankOne

    generator = np.random.default_rng(0)
    for trial in range(30):
        diagonal, left, right, residual = generator.random((4, 5))
        diagonal[: trial % 6] = diagonal[0]
        left[: trial % 3] = 0.0
        operator = DiagonalMinusRankOne(*map(jnp.asarray, (diagonal, left, right)))
        matrix = np.eye(5) - 0.7 * np.asarray(operator.dense())
        step = operator.newton_step(jnp.asarray(residual), 0.7)
        np.testing.assert_allclose(step, np.linalg.solve(matrix, residual), rtol=1e-9)


def rotated_block():
    rotation = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    return rotation @ (0.5 * np.eye(3) + np.eye(3, k=1)) @ rotation.T


NO_DERIVATIVE = {
    "a defective multiplier that rounding splits": (rotated_block(), np.eye(3)[::-1]),
    "two multipliers of one modulus": (np.diag([0.5, -0.5]), np.diag([1.0, 2.0])),
}


@pytest.mark.parametrize("name", NO_DERIVATIVE)
def test_where_the_radius_has_a_kink_its_derivatives_are_nan(name):
    matrix, change = (jnp.asarray(part) for part in NO_DERIVATIVE[name])
    state = jnp.zeros(len(matrix))
    radius = lambda p: gl.spectral_radius(lambda x: (matrix + p * change) @ x, state)
    np.testing.assert_allclose(radius(0.0), 0.5, rtol=1e-4)
    assert np.isnan(jax.grad(radius)(0.0)) and np.isnan(jax.grad(jax.grad(radius))(0.0))


def test_the_radius_of_a_conjugate_pair_has_its_derivative():
    turn = lambda angle: jnp.array(
        [[jnp.cos(angle), -jnp.sin(angle)], [jnp.sin(angle), jnp.cos(angle)]]
    )
    radius = lambda p: gl.spectral_radius(lambda x: (0.5 + p) ** 2 * turn(0.3) @ x, jnp.zeros(2))
    np.testing.assert_allclose(jax.grad(radius)(0.0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(jax.grad(jax.grad(radius))(0.0), 2.0, rtol=1e-9)
