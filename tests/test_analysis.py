"""The engine on maps with known answers; it never needs a model of ours to be tested."""

import functools

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import genloop as gl
from genloop.analysis import find_root, find_threshold, linearize
from genloop.operators import distance, maximum_norm, secular


def logistic(rate, x):
    return rate * x * (1 - x)


@pytest.mark.parametrize("size", [10, 4096, 100_000])
def test_the_norm_never_lets_a_nan_pass(size):
    assert maximum_norm(jnp.full(size, jnp.nan)) == jnp.inf
    assert maximum_norm(jnp.zeros(size).at[size // 2].set(jnp.nan)) == jnp.inf
    assert maximum_norm({"a": jnp.ones(size), "b": -2 * jnp.ones(3)}) == 2
    assert distance(jnp.ones(3), jnp.array([1.0, jnp.nan, 1.0])) == jnp.inf


def test_fixed_points_of_the_logistic_map_have_their_known_multipliers():
    for rate, stable in ((2.5, True), (3.2, False)):
        points = gl.fixed_points(
            functools.partial(logistic, rate), [jnp.array(x) for x in (0.05, 0.6)]
        )
        values = sorted(float(point.state) for point in points)
        np.testing.assert_allclose(values, [0.0, 1 - 1 / rate], atol=1e-14)
        for point in points:
            interior = float(point.state) > 0.1
            expected = 2 - rate if interior else rate
            np.testing.assert_allclose(point.multipliers[0], expected, rtol=1e-12)
            assert bool(point.stable) == (stable and interior)
            assert float(point.residual) <= 1e-12


def test_a_map_without_a_fixed_point_is_an_outcome_not_a_number():
    point = gl.fixed_point(lambda x: x + 1 + x**2, jnp.array(0.3))
    assert not bool(point.converged) and not bool(point.stable)
    assert gl.fixed_points(lambda x: x + 1 + x**2, [jnp.array(0.3), jnp.array(-2.0)]) == []


def test_a_map_of_nan_is_never_called_converged():
    point = gl.fixed_point(lambda x: x * jnp.nan, jnp.ones(50))
    assert not bool(point.converged) and float(point.residual) == np.inf


def test_the_search_keeps_to_the_domain():
    # sqrt-like map with a spurious root at -1: the domain x > 0 leaves only x = 1.
    point = gl.fixed_point(lambda x: x**3, jnp.array(2.0), valid=lambda x: x > 0.5)
    np.testing.assert_allclose(point.state, 1.0)
    assert not bool(point.stable)


def test_states_may_be_any_pytree():
    def map(state):
        return {"x": 0.5 * state["y"], "y": (jnp.cos(state["x"]),)[0] * jnp.ones(2)}

    point = gl.fixed_point(map, {"x": jnp.zeros(2), "y": jnp.zeros(2)})
    np.testing.assert_allclose(point.state["y"], jnp.cos(0.5 * point.state["y"]), rtol=1e-13)
    assert gl.jacobian(map, point.state).shape == (4, 4)


def test_implicit_derivatives_of_first_and_second_order_are_exact():
    # x = a cos x: differentiate the equation by hand.
    solve = lambda a: gl.fixed_point(lambda x: a * jnp.cos(x), jnp.array(0.5)).state
    a = 0.8
    x = float(solve(a))
    sine, cosine = np.sin(x), np.cos(x)
    first = cosine / (1 + a * sine)
    second = (-2 * sine * first - a * cosine * first**2) / (1 + a * sine)
    np.testing.assert_allclose(jax.grad(solve)(a), first, rtol=1e-12)
    np.testing.assert_allclose(jax.grad(jax.grad(solve))(a), second, rtol=1e-11)


REAL = gl.Categorical.of([5.0, 3.0, 2.0])


def state_of(temperature, real_fraction):
    return gl.fixed_point(gl.Temper(temperature) >> gl.Mix(REAL, real_fraction), REAL)


def test_derivatives_of_a_loop_agree_with_finite_differences():
    def quantities(parameters):
        point = state_of(*parameters)
        return jnp.stack([point.state.probabilities[0], point.spectral_radius])

    at, steps = jnp.array([0.7, 0.45]), 1e-5 * jnp.eye(2)
    values = jax.jit(quantities)
    difference = jnp.stack([values(at + h) - values(at - h) for h in steps], axis=-1) / 2e-5
    np.testing.assert_allclose(jax.jit(jax.jacfwd(quantities))(at), difference, rtol=1e-7)


def test_a_whole_grid_of_fixed_points_solves_in_one_batch():
    temperature = jnp.linspace(0.3, 2.0, 9)
    fraction = jnp.linspace(0.02, 0.98, 9)
    solve = jax.vmap(jax.vmap(state_of, (None, 0)), (0, None))
    points = jax.jit(solve)(temperature, fraction)
    assert bool(points.converged.all())
    assert float(points.residual.max()) <= 1e-12
    assert float(points.state.probabilities.min()) > 0


def test_float32_is_refused_where_it_cannot_reach_the_goal():
    with pytest.raises(ValueError, match="float64"):
        gl.fixed_point(lambda x: x / 2, jnp.ones(2, jnp.float32))


def random_structure(seed, outcomes, ties):
    rng = np.random.default_rng(seed)
    p, s = rng.dirichlet(np.ones(outcomes), 2)
    if ties:
        p, s = np.repeat(p, 3) / 3, np.repeat(s, 3) / 3
    return jnp.asarray(1.3 * s / p), jnp.asarray(1.3 * s * s / p)


@pytest.mark.parametrize("outcomes, ties", [(2, False), (3, True), (10, False), (40, True)])
def test_the_secular_equation_gives_the_spectrum_of_the_dense_matrix(outcomes, ties):
    for seed in range(5):
        diagonal, weights = random_structure(seed, outcomes, ties)
        root = jnp.sqrt(weights)
        dense = np.linalg.eigvalsh(jnp.diag(diagonal) - jnp.outer(root, root))
        scale = np.abs(dense).max()
        np.testing.assert_allclose(
            np.sort(jax.jit(secular.eigenvalues)(diagonal, weights)), dense, atol=2e-13 * scale
        )
        largest = jax.jit(secular.largest_eigenvalue)(diagonal, weights)
        np.testing.assert_allclose(largest, dense[-1], rtol=1e-12)
        smallest = jax.jit(secular.smallest_eigenvalue)(diagonal, weights)
        np.testing.assert_allclose(smallest, dense[0], atol=2e-13 * scale)


@pytest.mark.slow
def test_eigenvalue_derivatives_are_exact_to_second_order():
    diagonal, weights = random_structure(3, 6, False)
    for function in (secular.largest_eigenvalue, secular.smallest_eigenvalue):
        along = jax.jit(lambda t, f=function: f(diagonal * (1 + t), weights * (jnp.exp(2 * t) + t)))
        slope, curvature = jax.jit(jax.jacfwd(along)), jax.jit(jax.jacfwd(jax.jacfwd(along)))
        np.testing.assert_allclose(slope(0.0), (along(1e-5) - along(-1e-5)) / 2e-5, rtol=1e-8)
        second = (slope(1e-5) - slope(-1e-5)) / 2e-5
        np.testing.assert_allclose(curvature(0.0), second, rtol=1e-6)


@pytest.mark.slow
def test_structured_and_dense_derivatives_of_a_loop_are_the_same_operator():
    loop = gl.Temper(0.6) >> gl.Draw(5) >> gl.Mix(REAL, 0.3)
    state = gl.Categorical.of([1.0, 2.0, 4.0])
    structured = linearize(loop, state)
    dense = linearize(lambda model: loop(model), state)
    np.testing.assert_allclose(structured.dense(), dense.dense(), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(structured.spectral_radius(), dense.spectral_radius(), rtol=1e-12)
    residual = jnp.array([0.1, -0.3, 0.2])
    for share in (0.4, 1.0):
        np.testing.assert_allclose(
            structured.newton_step(residual, share), dense.newton_step(residual, share), rtol=1e-12
        )


@pytest.mark.slow
def test_a_large_vocabulary_keeps_its_residual_and_its_radius():
    real = gl.Categorical.of(1 / np.arange(1.0, 300_001.0))
    loop = gl.Temper(0.8) >> gl.Mix(real, 0.5)
    point = gl.fixed_point(loop, real)
    assert bool(point.stable) and float(point.residual) <= 1e-12
    p = point.state.probabilities
    s = loop.stages[0](point.state).probabilities
    ratio = 0.5 / 0.8 * s / p
    # At an eigenvalue the secular sum is one.
    np.testing.assert_allclose((ratio * s / (ratio - point.spectral_radius)).sum(), 1.0, rtol=1e-6)


def test_a_threshold_is_exact_and_differentiable():
    crossing = lambda c: gl.threshold(lambda x: x**3 + x, 0.0, 2.0, level=c)
    np.testing.assert_allclose(crossing(10.0), 2.0, rtol=1e-14)
    np.testing.assert_allclose(jax.grad(crossing)(2.0), 1 / 4, rtol=1e-12)
    np.testing.assert_allclose(jax.grad(jax.grad(crossing))(2.0), -6 / 64, rtol=1e-10)
    np.testing.assert_allclose(jax.vmap(crossing)(jnp.array([2.0, 10.0])), [1.0, 2.0], rtol=1e-14)


def test_the_threshold_of_a_loop_is_differentiable_in_its_parameters():
    uniform = gl.Categorical.uniform(5)

    def needed(temperature):
        radius = lambda a: gl.spectral_radius(gl.Temper(temperature) >> gl.Mix(uniform, a), uniform)
        return gl.threshold(radius, 0.0, 1.0)

    value, slope = jax.jit(jax.value_and_grad(needed))(0.8)
    np.testing.assert_allclose(value, 0.2, rtol=1e-12)
    np.testing.assert_allclose(slope, -1.0, rtol=1e-10)


def test_no_crossing_is_a_reason_and_an_error_but_never_a_number():
    record = find_threshold(lambda x: x**2, 1.0, 2.0, level=0.0, reason="it stays positive")
    assert record.value is None and record.reason == "it stays positive"
    with pytest.raises(Exception, match="widen the interval"):
        gl.threshold(lambda x: x**2, 1.0, 2.0, level=0.0)


def test_a_place_without_a_value_is_told_although_the_search_goes_on_elsewhere():
    quantity = lambda p: jnp.where(jnp.abs(p - 0.5) < 1e-3, jnp.nan, p - 0.2)
    record = gl.find_threshold(quantity, 0.0, 1.0, level=0.0)
    assert record.value is None and "no value (NaN) at 0.5" in record.reason


@pytest.mark.parametrize(
    ("quantity", "upper", "zero"),
    [
        (lambda x: np.cos(x) - x, 1.0, 0.739085133215160641655),
        (lambda x: np.exp(x) - 1e10, 100.0, 23.02585092994045684),
        (lambda x: 1e-250 * (x**9 - 1), 7.0, 1.0),
        (lambda x: x - 2.0, 2.0, 2.0),
    ],
)
def test_a_zero_is_found_to_rounding_in_a_bracket_with_both_signs(quantity, upper, zero):
    found = find_root(quantity, 0.0, upper)
    assert found.value == pytest.approx(zero, rel=4e-15)
    assert found.bracket[0] <= found.value <= found.bracket[1]
    assert np.sign(quantity(found.bracket[0])) != np.sign(quantity(found.bracket[1]))
    with pytest.raises(ValueError, match="no zero"):
        find_root(lambda x: 1e-300 * (1 + x), 0.0, upper)


def test_a_found_threshold_lies_in_its_bracket():
    record = find_threshold(lambda x: jnp.exp(x), 0.0, 3.0, level=5.0)
    lower, upper = record.bracket
    assert lower <= np.log(5) <= upper and upper - lower < 1e-10 and record.residual < 1e-13
    np.testing.assert_allclose(record.value, np.log(5), rtol=1e-14)


def measure(rate, offset):
    return {"value": rate + offset, "pair": jnp.stack([rate, offset])}


def test_a_phase_diagram_is_labelled_and_independent_of_its_extent():
    rates, offsets = np.linspace(0, 1, 7), np.linspace(2, 3, 700)
    diagram = gl.phase_diagram(measure, rate=rates, offset=offsets)
    np.testing.assert_array_equal(diagram.value, rates[:, None] + offsets[None])
    assert diagram.pair.dims[:2] == ("rate", "offset") and diagram.pair.shape[-1] == 2
    piece = gl.phase_diagram(measure, rate=rates[3:4], offset=offsets[5:9])
    np.testing.assert_array_equal(piece.value, diagram.value[3:4, 5:9])
    with pytest.raises(ValueError, match="axis rate"):
        gl.phase_diagram(measure, rate=[], offset=offsets)


def walk(key, x):
    return 0.9 * x + jr.normal(key, jnp.shape(x))


def test_orbits_of_a_plain_function_are_independent_and_stream_to_the_same_statistics():
    replicates = 20_000
    path = gl.orbits(walk, jr.key(0), jnp.array(1.0), generations=4, replicates=replicates)
    assert path.shape == (replicates, 4)
    expected = 0.9 ** np.arange(1, 5)
    variance = np.cumsum(0.81 ** np.arange(4))
    assert (np.abs(path.mean(0) - expected) < 6 * np.sqrt(variance / replicates)).all()
    # Neighbouring replicates share nothing.
    assert abs(np.corrcoef(path[:-1, 0], path[1:, 0])[0, 1]) < 6 / replicates**0.5
    streamed = gl.orbit_statistics(
        walk, jr.key(0), jnp.array(1.0), generations=4, replicates=replicates
    )
    np.testing.assert_allclose(streamed.mean, path.mean(0), rtol=1e-11)
    np.testing.assert_allclose(streamed.variance, path.var(0, ddof=1), rtol=1e-11)


def test_the_first_replicates_do_not_depend_on_how_many_follow():
    loop, start = gl.Draw(7), gl.Gaussian.of(0.0, 1.0)
    few = gl.orbits(loop.step, jr.key(1), start, generations=3, replicates=16_384)
    many = gl.orbits(loop.step, jr.key(1), start, generations=3, replicates=20_000)
    np.testing.assert_array_equal(few.mean, many.mean[:16_384])


def test_the_flow_follows_the_linear_solution():
    times = jnp.array([0.0, 0.5, 2.0])
    path = gl.flow(lambda x: 0.25 * x, jnp.array([1.0, -2.0]), times)
    np.testing.assert_allclose(path, np.exp(-0.75 * times)[:, None] * [1.0, -2.0], rtol=1e-9)


def test_the_flow_of_the_cold_two_outcome_loop_has_its_closed_form():
    # U-8: t = log[m (1 - m0^2) / (m0 (1 - m^2))] at temperature 1/2 without real data.
    real = gl.Categorical.uniform(2)
    start = gl.Categorical(jnp.array([0.55, 0.45]))
    path = gl.flow(gl.Temper(0.5) >> gl.Mix(real, 0.0), start, jnp.array([0.0, 3.0]))
    excess = 2 * float(path.probabilities[-1, 0]) - 1
    np.testing.assert_allclose(excess, 0.7834742149000722529491, rtol=1e-9)


def test_the_flow_of_a_gaussian_runs_in_its_mean_parameters():
    # C' = a s0 + (q T - 1) C is linear in the variance.
    real, start = gl.Gaussian.of(0.0, 1.0), gl.Gaussian.of(0.0, 4.0)
    times = jnp.array([0.0, 1.0, 2.0])
    path = gl.flow(gl.Temper(0.8) >> gl.Mix(real, 0.3), start, times)
    rate, rest = 1 - 0.7 * 0.8, 0.3 / (1 - 0.7 * 0.8)
    expected = rest + (4 - rest) * np.exp(-rate * times)
    np.testing.assert_allclose(path.covariance.ravel(), expected, rtol=1e-8)


def test_a_collapse_is_not_a_fixed_point_and_small_units_lose_nothing():
    gone = gl.fixed_point(gl.Temper(0.8) >> gl.Draw(10), gl.Gaussian.of(0.0, 1.0))
    assert not bool(gone.converged)
    real = gl.Gaussian.of(0.0, 1e-28)
    point = gl.fixed_point(gl.Temper(0.83) >> gl.Mix(real, 0.31), gl.Gaussian.of(0.0, 2e-28))
    expected = 0.31e-28 / (1 - 0.69 * 0.83)
    np.testing.assert_allclose(point.state.covariance.item(), expected, rtol=1e-12)


def test_a_jump_is_not_a_threshold():
    jump = find_threshold(lambda p: jnp.where(p > 0.3, 2.0, 0.0), 0.0, 1.0)
    assert jump.value is None and "jumps across the level near 0.3" in jump.reason


def test_two_eigenvalues_that_merge_at_zero_are_found():
    diagonal = jnp.array([44.4, 1e-56, 1e-65])
    weights = diagonal * jnp.array([1.0, 1e-59, 1e-68])
    assert abs(float(secular.largest_eigenvalue(diagonal, weights))) < 1e-12


def test_an_eigenvalue_that_is_repeated_has_the_derivative_of_the_mean_of_its_poles():
    weights = jnp.full(4, 0.1)
    slope = jax.grad(lambda poles: secular.largest_eigenvalue(poles, weights))
    found = slope(jnp.array([1.0, 1.0, 1.0, 0.3]))
    np.testing.assert_allclose(found, [1 / 3, 1 / 3, 1 / 3, 0], atol=1e-15)
