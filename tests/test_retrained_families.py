"""Retraining of any family: curvatures, sufficient and sharp conditions, lock-in, answers."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats
from scipy.optimize import linprog

import genloop as gl
from genloop.answers.retraining_checks import reported
from genloop.loops import retraining
from genloop.loops.retraining.landscape import Landscape
from genloop.models import Support

LINE = Support.line(400)
MODEL = gl.Parametric.of(lambda c, x: -jnp.log(jnp.pi * (1 + (x - c) ** 2)), 0.3, LINE)


def peaks(distance, share=0.5):
    law = lambda c: 1 / (np.pi * (1 + (LINE.points - c) ** 2))
    density = share * law(distance) + (1 - share) * law(-distance)
    return gl.Points.of(LINE.points, density * LINE.measure)


def random_pair(seed, size):
    """A random negative definite pair of expected Hessians."""
    random = np.random.default_rng(seed)
    factors = random.normal(size=(2, size, size))
    return tuple(-(one @ one.T + 0.1 * np.eye(size)) for one in factors)


def test_the_constants_of_a_cauchy_model_are_the_closed_forms():
    best = retraining.critical_points(MODEL, peaks(1.0), [])[0]
    found = retraining.constants(best, peaks(1.0))
    assert found.alpha == pytest.approx(0.24, rel=1e-12)
    assert found.lipschitz == pytest.approx((3 + 2 * 2**0.5) / 2, rel=1e-12)
    # These data are finitely many points, and a Cauchy law has no mean distance from them.
    assert found.distance == np.inf and found.weight == 0.0 and found.real_fraction == 1.0
    assert found.estimated and found.reason.startswith("epsilon is infinite")
    assert retraining.curvature_ratios(*retraining.curvatures(best, peaks(1.0))) == pytest.approx(
        [0.48], rel=1e-11
    )


def test_the_lock_in_weight_is_the_reference_and_where_the_best_fit_leaves():
    real = peaks(4.0, 0.6)
    points = retraining.critical_points(MODEL, real)
    assert [round(float(one.parameters), 5) for one in points] == [3.66515, -3.01931, -1.44584]
    threshold = retraining.escape_weight(points[1], real)
    assert float(threshold) == pytest.approx(0.2115950890850587522, rel=1e-9)
    assert retraining.escape_weight(points[0], real).reason.startswith("no better model")
    for factor, side in ((0.98, 1), (1.02, -1)):
        share = 1 / (1 + factor * float(threshold))
        fit = gl.Mix(real, share) >> gl.Refit(starts=[-4.0, 0.0, 2.0, 4.0])
        assert np.sign(float(fit(points[1]).parameters)) == side


FOUR = [-1.0, 0.2, 0.4, 1.5]


def student(degrees):
    constant = float(stats.t.logpdf(0.0, degrees))
    return lambda c, x: constant - (degrees + 1) / 2 * jnp.log1p((x - c) ** 2 / degrees)


def logistic(c, x):
    return -2 * jnp.logaddexp((x - c) / 2, (c - x) / 2)


def normal(t, x):
    return -0.5 * ((x - t[0]) * jnp.exp(-t[1])) ** 2 - t[1] - 0.918938533204673


def moved(law, data):
    """The mean distance of a law from data, by quadrature between them."""
    ends = [-np.inf, *data, np.inf]
    gap = lambda x, share: abs(law.cdf(x) - share)
    pieces = zip(ends[:-1], ends[1:], np.arange(len(ends) - 1) / len(data), strict=True)
    return sum(integrate.quad(gap, a, b, (c,), limit=500)[0] for a, b, c in pieces)


@pytest.mark.parametrize(
    "log_density, law", [(student(1.3), stats.t(1.3)), (logistic, stats.logistic())]
)
def test_the_distance_from_data_has_the_tails_in_it_whatever_the_support(log_density, law):
    exact = moved(law, FOUR)
    for support in (Support.line(100), Support.line(1000, centre=0.5, scale=4.0)):
        model = gl.Parametric.of(log_density, 0.0, support)
        found = retraining.model_distance(model, gl.Points.of(FOUR))
        assert found.value == pytest.approx(exact, rel=1e-3)


def test_a_distance_that_grows_with_the_reach_is_infinite():
    real = gl.Points.of([-4.2, -3.8, 3.5, 4.0])
    seen = []
    for support in (Support.line(600), Support.line(6000)):
        model = gl.Parametric.of(student(1.0), 3.9, support)
        found = retraining.model_distance(model, real)
        assert found.value == np.inf and "grows with the reach" in found.how
        seen.append(retraining.transport_distance(real, model.law()).value)
    assert seen[1] > seen[0] + 1


@pytest.mark.parametrize("support", [Support.line(200), Support.grid(-12.0, 12.0, 200)])
def test_a_hessian_that_is_quadratic_in_the_point_has_no_lipschitz_constant(support):
    model = gl.Parametric.of(normal, [0.2, -0.1], support)
    value, how = retraining.lipschitz_constant(model, gl.Points.of(FOUR))
    assert value == np.inf and "grows beyond" in how


def test_a_box_with_mass_beyond_is_the_whole_space():
    # Of this one little mass is cut off at the ends, but as it is written there is more beyond.
    density = lambda c, x: 20 * jnp.cos(x - c)
    model = gl.Parametric.of(density, 0.3, Support.grid(-np.pi, np.pi, 80))
    found = retraining.constants(model, gl.Points.of(FOUR))
    assert found.lipschitz == pytest.approx(20.0, rel=1e-9)
    assert 0 < found.distance < 1 and found.reason is None and found.estimated


def test_a_condition_proves_only_what_its_constants_do():
    ask = lambda log_density, start, **options: gl.answers.retraining(
        log_density, FOUR, start=start, real_fraction=0.9, **options
    )
    nothing = ask(normal, [0.0, 0.0])
    assert "says nothing for this family" in " ".join(str(nothing).split())
    document = nothing.document()
    sufficient = document["result"]["sufficient"]
    assert sufficient["weight"] is None and sufficient["reason"].startswith("L is infinite")
    assert sufficient["constants"]["lipschitz"] is None
    estimate = ask(logistic, 0.0)
    assert "with estimated constants would give" in " ".join(str(estimate).split())
    assert estimate.rate <= estimate.sufficient.rate_bound <= estimate.sufficient.rate
    outcomes = Support.of(FOUR)
    curved = lambda t, x: t * x + 0.3 * jnp.sin(t) * x**2
    proved = ask(curved, 0.1, support=outcomes, unnormalised=True)
    assert "proves it for" in " ".join(str(proved).split())


@pytest.mark.parametrize("steps", [1, 2, 3, 5])
def test_gradient_steps_are_stable_up_to_the_largest_step_and_not_beyond(steps):
    for seed in range(20):
        real, sampled = random_pair(seed, 3)
        largest = retraining.largest_step(real, sampled, 0.7, steps)
        radius = lambda share, case=(real, sampled, 0.7, steps), h=largest: np.abs(
            np.linalg.eigvals(retraining.inexact_jacobian(*case, share * h))
        ).max()
        assert radius(1.0) == pytest.approx(1.0, abs=1e-9)
        assert max(map(radius, np.linspace(0.02, 0.999, 30))) < 1 < radius(1.001)


def test_a_plan_bounds_the_distance_from_above_and_nearly_reaches_it():
    random = np.random.default_rng(0)
    left, right = random.normal(size=(2, 12, 2))
    shares = random.uniform(size=(2, 12))
    one, other = gl.Points.of(left, shares[0]), gl.Points.of(right + 1, shares[1])
    cost = np.linalg.norm(left[:, None] - right - 1, axis=-1)
    sums = np.concatenate([np.kron(np.eye(12), np.ones(12)), np.kron(np.ones(12), np.eye(12))])
    masses = np.concatenate([one.masses, other.masses])
    exact = linprog(cost.ravel(), A_eq=sums, b_eq=masses).fun
    found = retraining.transport_distance(one, other).value
    assert exact <= found <= 1.02 * exact


def test_the_lipschitz_constant_of_finitely_many_outcomes_is_that_of_all_pairs():
    places = np.array([0.0, 1.0, 2.5])
    curved = lambda t, x: t * x + jnp.sin(t) * x**2
    model = gl.Parametric.of(curved, 0.7, Support.of(places))
    found, how = retraining.lipschitz_constant(model, gl.Points.of(places))
    quotients = np.abs(np.sin(0.7) * (places[:, None] ** 2 - places**2))
    apart = np.abs(places[:, None] - places) + np.eye(3)
    assert how.startswith("exact")
    assert found == pytest.approx((quotients / apart).max(), rel=1e-12)


def test_the_units_of_the_parameters_change_no_verdict():
    real, sampled = random_pair(0, 3)
    real = real + 6 * np.eye(3)
    units = np.diag([1e-8, 1.0, 1e9])
    ratios = retraining.curvature_ratios(real, sampled)
    others = retraining.curvature_ratios(units @ real @ units, units @ sampled @ units)
    assert others == pytest.approx(ratios, rel=1e-9)
    rising = retraining.rising_directions(units @ real @ units)
    assert rising == retraining.rising_directions(real) == (ratios < 0).sum() > 0
    with pytest.raises(ValueError, match="not determined"):
        retraining.curvature_ratios(real, units @ np.ones((3, 3)) @ -units)
    data = np.random.default_rng(0).normal(size=40)
    found = gl.answers.retraining(bell, 1e6 * data + 1e7, start=[1e7, 14.0])
    assert found.fixed_points[0].parameters[0] == pytest.approx(1e6 * data.mean() + 1e7, rel=1e-12)
    assert found.rate == pytest.approx(0.5, rel=1e-8)


def test_what_the_support_does_not_resolve_is_no_fixed_point():
    def student(theta, x):
        square = ((x - theta[0]) / theta[1]) ** 2
        return math.log(2 / (math.pi * 3**0.5)) - jnp.log(theta[1]) - 2 * jnp.log1p(square / 3)

    data = gl.Points.of(np.random.default_rng(0).normal(size=40))
    grid = Support.line(1200, scale=2.0)
    model = gl.Parametric.of(student, [-50.0, 0.1], grid)
    scene = Landscape(model, data)
    spike = model.with_vector(jnp.array([-50.0, 1e-9]))
    best = retraining.critical_points(model, data, [[0.0, 1.0]])
    assert reported(scene, [*best, spike], data, False) == best
    assert retraining.residual(best[0], data) < 1e-12 < 1 < retraining.residual(spike, data)
    with pytest.raises(ValueError, match="sums to"):
        reported(scene, [spike], data, False)


def test_an_answer_has_every_threshold_of_a_family_in_three_lines():
    cauchy = lambda centre, x: -jnp.log(jnp.pi * (1 + (x - centre) ** 2))
    found = gl.answers.retraining(cauchy, [-4.2, -3.8, 3.5, 4.0, 4.5], start=0.0, real_fraction=0.2)
    best, *others = found.fixed_points
    assert best.stable and 0 < found.rate < 1
    assert found.threshold.value is None and "every weight" in found.threshold.reason
    assert not found.sufficient.holds and found.sufficient.weight is None
    assert float(found.required_real_fraction) == pytest.approx(1 / (1 + float(found.lock_in)))
    assert all(point.residual < 1e-12 for point in found.fixed_points)
    assert {point.stable for point in others} == {True, False}
    assert found.document()["result"]["synthetic_weight"] == 4.0


def bell(theta, x):
    """A Gaussian with its mean and the logarithm of its deviation."""
    return -0.5 * ((x - theta[0]) * jnp.exp(-theta[1])) ** 2 - theta[1] - 0.918938533204672742


def test_an_answer_is_in_double_precision_whatever_its_caller_works_in():
    data = np.random.default_rng(0).normal(3.0, 2.0, 40)
    with jax.enable_x64(False):
        found = gl.answers.retraining(bell, jnp.asarray(data), start=jnp.zeros(2))
    seen = np.asarray(data, np.float32).astype(float)
    mean, deviation = found.fixed_points[0].parameters
    assert mean == pytest.approx(seen.mean(), rel=1e-13)
    assert deviation == pytest.approx(np.log(seen.std()), rel=1e-12)
    assert found.model.vector().dtype == float


def test_other_numbers_compile_nothing_and_what_a_function_reads_is_seen():
    read = {"scale": 1.0}
    law = lambda t, x: bell(t, x / read["scale"]) - jnp.log(read["scale"])
    data = np.random.default_rng(1).normal(1.0, 1.0, 40)
    ask = lambda data, start: gl.answers.retraining(law, data, start=start).fixed_points[0]
    first, programs = ask(data, [0.0, 0.0]), []
    kept = lambda name, *_, **__: programs.append(name) if "backend_compile" in name else None
    jax.monitoring.register_event_duration_secs_listener(kept)
    try:
        assert ask(data, [0.5, 0.2]).parameters == pytest.approx(first.parameters, rel=1e-12)
        assert ask(2 * data, [0.5, 0.2]).parameters[0] == pytest.approx(2 * data.mean(), rel=1e-12)
        assert not programs
    finally:
        jax.monitoring.unregister_event_duration_listener(kept)
    read["scale"] = 2.0
    assert ask(data, [0.0, 0.0]).parameters[0] == pytest.approx(data.mean() / 2, rel=1e-12)


def test_a_maximum_in_single_precision_is_refused_and_gradient_steps_are_taken():
    with jax.enable_x64(False):
        model = gl.Parametric.of(bell, jnp.zeros(2), Support.line(60))
        mixed = model.mix(gl.Points.of([0.5, 1.5]), 0.5)
        moved = gl.Refit(steps=1, step_size=0.1)(mixed).vector()
        # Of the mean log-likelihood the slopes at zero are the mean and the mean square less one.
        assert np.allclose(moved, 0.1 * np.array([0.5, 0.5 + 0.5 * 1.25 - 1.0]), atol=1e-6)
        with pytest.raises(ValueError, match="double precision.*x64"):
            gl.Refit()(mixed)
        with pytest.raises(ValueError, match="double precision.*x64"):
            retraining.critical_points(model, gl.Points.of([0.5, 1.5]))


def test_a_coarse_support_is_refused_where_it_would_move_the_maximum():
    cauchy = lambda centre, x: -jnp.log(jnp.pi * (1 + (x - centre) ** 2))
    data = [-7.6, -7.5, -7.7]
    coarse = gl.Parametric.of(cauchy, -7.6, Support.line(200))
    assert abs(float(coarse.family.total(coarse.vector())) - 1) == pytest.approx(9e-4, rel=0.1)
    with pytest.raises(ValueError, match="more points"):
        gl.answers.retraining(cauchy, data, start=-7.6, support=Support.line(200))
    best = gl.answers.retraining(cauchy, data, start=0.0).fixed_points[0]
    assert best.parameters == pytest.approx(-7.6, abs=1e-9)


@pytest.mark.parametrize(
    "log_density, data, words",
    [
        (lambda t, x: t * x, [0.0, 1.0], "sums to"),
        (lambda t, x: jnp.log(x) - t, [0.0, 1.0], "-inf at 1 of 2 data points"),
        (lambda t, x: jnp.log(x) - t, [2.0, 1.0], "nan at .* of the support, at x = -.*Support"),
        (lambda t, x: t - jnp.exp(t) * x, [2.0, 1.0], "sums to inf .*at the start.*Support.grid"),
        (lambda t, x: jnp.exp(bell([t, 0.0], x)), [0.0, 1.0], "return its logarithm"),
        (lambda x, t: bell([t, 0.3 * t], x), [0.0, 1.0], "arguments.*swapped"),
        (lambda t, x: -jnp.abs(x - t) - jnp.log(2.0), [0.0, 1.0, 3.0], "not smooth"),
        (lambda t, x: -((x - t) ** 2), [[0.0, 1.0]], "one number for one point"),
        (lambda t, x: -((x - t) ** 2).sum(), np.zeros((3, 4)), "own samples"),
        (lambda t, x: 0 * t + bell([0.0, 0.0], x), [0.0, 1.0], "not determined"),
        (lambda t, x: -((x - t["mean"]) ** 2), [0.0, 1.0], "TypeError.*parameters that are built"),
        (lambda t, x: jnp.round(x).astype(int), [0.0, 1.0], "floating-point"),
        (lambda t, x: -((x - math.exp(t)) ** 2), [0.0, 1.0], "jax.numpy"),
        (lambda t, x: bell([jnp.sqrt(t - 0.5), 0.0], x), [0.0, 1.0], "gradient.*jax.numpy.exp"),
        (lambda t, x: -((x / (t - 1)) ** 2) - jnp.log(t - 1), [0.0, 1.0], "jax.numpy.exp"),
        (lambda t, x: -((x - t) ** 2), [0.0, np.nan], "finite"),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_line(log_density, data, words):
    with pytest.raises(ValueError, match=words) as caught:
        gl.answers.retraining(log_density, data, start=0.5)
    assert "\n" not in str(caught.value)
