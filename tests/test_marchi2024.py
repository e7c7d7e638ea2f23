"""The temperature loop: stored values, limits, derivatives and records."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest

import genloop as gl
from genloop.laws import absorption_times, fixation_probabilities, transition_matrix
from genloop.loops.temperature import finite_samples, structure, universal
from genloop.loops.temperature.closed_forms import special_cases, uniform
from genloop.loops.temperature.recipes import (
    fixed_set_loop,
    loop,
    multinomial_loop,
    stratified_loop,
)
from genloop.theorems.marchi2024 import _instances
from genloop.theorems.marchi2024.finite_samples._instances import success_of

REAL = gl.Categorical(jnp.array([0.5, 0.3, 0.2]))


def close(computed, stored, tolerance=1e-12):
    np.testing.assert_allclose(np.asarray(computed), stored, rtol=tolerance, atol=0)


@pytest.mark.parametrize(
    ("outcomes", "value", "ratio"),
    [
        (10, 0.1404913781995097703791, 4.800425057366674777349),
        (100, 0.2498107675042293999301, 27.92638603767112667595),
        (50_000, 0.55757014647813760719, 3963.058906381832662306),
    ],
)
def test_folds_at_temperature_nine_tenths(outcomes, value, ratio):
    fold = uniform.fold(temperature=0.9, outcomes=outcomes)
    close([fold.real_fraction, jnp.exp(fold.log_ratio)], [value, ratio])
    state = uniform.two_levels(fold.log_ratio, temperature=0.9, outcomes=outcomes)
    close(state.between, 1.0)


def test_the_winner_at_a_fold():
    fold = uniform.fold(temperature=0.9, outcomes=10)
    state = uniform.two_levels(fold.log_ratio, temperature=0.9, outcomes=10)
    close(state.winner, 0.3478461741150650385293)


@pytest.mark.parametrize(
    ("outcomes", "temperature", "multiplier", "fraction"),
    [
        (10, 0.9, 1.198332310948918892045, 0.1655069375471201575478),
        (1000, 0.8, 2.933832977264452341964, 0.6591489673238269193578),
    ],
)
def test_universal_fractions(outcomes, temperature, multiplier, fraction):
    options = {"temperature": temperature, "outcomes": outcomes}
    close(universal.universal_multiplier(**options), multiplier)
    close(universal.universal_fraction(**options), fraction)
    record = universal.universal_threshold(**options)
    close(record.value, fraction)
    assert record.residual < 1e-13
    assert record.interval[0] <= fraction <= record.interval[1]


@pytest.mark.parametrize(
    ("branch", "stored"),
    [
        (
            (uniform.lower_state, 3, 0.5, 0.51),
            [
                0.3678300943397169809434,
                0.3160849528301415095283,
                1.014566873315298421386,
                0.9243398113205660381132,
            ],
        ),
        (
            (uniform.upper_state, 10, 0.7, 0.35),
            [
                0.5101374535009047089281,
                0.0544291718332328101191,
                0.7307069229946915668432,
                0.5099463913726904387253,
            ],
        ),
        (
            (uniform.upper_state, 1000, 0.8, 0.5),
            [
                0.3740276073012581709969,
                0.0006265989916904322612643,
                0.5044284936245609172312,
                0.2525518580649460000968,
            ],
        ),
        (
            (uniform.lower_state, 1000, 0.8, 0.5),
            [
                0.01449361108348662346079,
                0.0009864928817983116882274,
                1.190352913350156303887,
                0.6164424634664711651166,
            ],
        ),
    ],
)
def test_one_winner_states(branch, stored):
    find, outcomes, temperature, real_fraction = branch
    state = find(temperature=temperature, real_fraction=real_fraction, outcomes=outcomes)
    close([state.winner, state.loser, state.between, state.among_losers], stored)


def test_the_collapsed_state_of_two_outcomes():
    state = uniform.upper_state(temperature=0.7, real_fraction=0.1, outcomes=2)
    close([state.winner, state.between], [0.9265548145932013353842, 0.4793555422321640038348])


def test_states_agree_with_the_general_solver():
    real = gl.Categorical.uniform(10)
    state = uniform.upper_state(temperature=0.7, real_fraction=0.35, outcomes=10)
    levels = jnp.where(jnp.arange(10) == 0, state.winner, state.loser)
    here = loop(temperature=0.7, real_fraction=0.35, real=real)
    found = gl.fixed_point(here, gl.Categorical(levels))
    close(found.state.probabilities, levels)
    close(found.spectral_radius, state.between, 1e-11)


def test_there_is_no_state_where_none_exists():
    fold = uniform.fold(temperature=0.7, outcomes=10).real_fraction
    absent = [
        uniform.upper_state(temperature=0.7, real_fraction=fold + 1e-9, outcomes=10),
        uniform.lower_state(temperature=0.7, real_fraction=fold + 1e-9, outcomes=10),
        uniform.lower_state(temperature=0.7, real_fraction=0.3, outcomes=10),
        uniform.lower_state(temperature=0.7, real_fraction=0.25, outcomes=2),
        uniform.upper_state(temperature=0.7, real_fraction=0.31, outcomes=2),
        uniform.upper_state(temperature=1.0, real_fraction=0.1, outcomes=10),
        uniform.upper_state(temperature=0.7, real_fraction=0.0, outcomes=10),
    ]
    assert all(np.isnan(state.winner) for state in absent)


def test_states_near_the_ends_of_their_branches():
    fold = uniform.fold(temperature=0.7, outcomes=10)
    for branch in (uniform.lower_state, uniform.upper_state):
        near = branch(temperature=0.7, real_fraction=fold.real_fraction * (1 - 1e-13), outcomes=10)
        assert abs(near.log_ratio - fold.log_ratio) < 1e-5
    first = uniform.lower_state(temperature=0.7, real_fraction=0.3 * (1 + 1e-9), outcomes=10)
    close(first.log_ratio, 1e-9 / (0.5 - 0.1), 1e-5)
    last = uniform.upper_state(temperature=0.01, real_fraction=1e-9, outcomes=1_000_000)
    close(1 - last.winner, 1e-9, 1e-5)


def test_stated_comparison_of_thresholds():
    odds = lambda fraction: fraction / (1 - fraction)
    table = [
        (2, 0.5, 1, 1, 1),
        (3, 0.5, 1.0607, 1.2247, 1.5),
        (10, 0.5, 1.6667, 2.2361, 5),
        (10, 0.8, 0.3774, 0.4663, 1.25),
        (100, 0.9, 0.3330, 0.3908, 5.5556),
    ]
    for outcomes, temperature, fold, anywhere, contraction in table:
        real = gl.Categorical.uniform(outcomes)
        options = {"temperature": temperature, "outcomes": outcomes}
        found = [
            odds(uniform.fold(**options).real_fraction),
            odds(universal.universal_fraction(**options)),
            odds(universal.birkhoff_fraction(temperature=temperature, real=real)),
        ]
        np.testing.assert_allclose(found, [fold, anywhere, contraction], atol=5e-5)


@pytest.mark.parametrize(
    ("outcomes", "limit"),
    [
        (2, 1.0),
        (3, 1.04488550133987),
        (10, 1.43747428516998),
        (100, 2.73177621085646),
        (50_000, 7.77091025996549),
    ],
)
def test_folds_close_to_temperature_one(outcomes, limit):
    cooling = 2.0**-40
    fold = uniform.fold(temperature=1 - cooling, outcomes=outcomes)
    close(fold.real_fraction / cooling, limit, 1e-11)


def test_two_outcomes_have_no_gap_between_the_thresholds():
    temperature = jnp.linspace(0.01, 0.999, 50)
    fold = jax.vmap(lambda t: uniform.fold(temperature=t, outcomes=2).real_fraction)(temperature)
    anywhere = universal.universal_fraction(temperature=temperature, outcomes=2)
    local = uniform.local_fraction(temperature=temperature)
    close(fold, local)
    close(anywhere, local)


def test_a_million_outcomes_at_every_temperature():
    temperature = jnp.array([1e-3, 0.01, 0.3, 0.9, 0.999, 1 - 1e-12])
    fold = jax.vmap(lambda t: uniform.fold(temperature=t, outcomes=1e6))(temperature)
    anywhere = universal.universal_fraction(temperature=temperature, outcomes=1e6)
    multiplier = universal.universal_multiplier(temperature=temperature, outcomes=1e6)
    assert jnp.isfinite(jnp.stack([*fold, anywhere, multiplier])).all()
    assert (1 - temperature < fold.real_fraction).all()
    assert (fold.real_fraction < anywhere).all()
    # For many outcomes 1 - a = K^-(1-T) / (T^T (1-T)^(1-T)), slowly.
    t = 0.3
    expected = 1e6 ** -(1 - t) / (t**t * (1 - t) ** (1 - t))
    close(1 - fold.real_fraction[2], expected, 0.02)


def test_nothing_folds_above_temperature_one():
    assert float(uniform.fold(temperature=1.0, outcomes=10).real_fraction) == 0
    assert float(universal.universal_fraction(temperature=1.5, outcomes=10)) == 0
    assert float(universal.birkhoff_fraction(temperature=1.5, real=REAL)) == 0
    assert np.isnan(universal.universal_multiplier(temperature=1.5, outcomes=10))
    assert universal.universal_threshold(outcomes=10, temperature=1.0).value is None
    assert universal.contraction_threshold(REAL, temperature=2.0).reason
    assert jax.grad(lambda t: uniform.fold(temperature=t, outcomes=10).real_fraction)(1.5) == 0
    grid = jnp.linspace(0.5, 1.5, 11)
    slopes = jax.vmap(jax.grad(lambda t: universal.universal_fraction(temperature=t, outcomes=9)))
    assert jnp.isfinite(slopes(grid)).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    [
        lambda t, k: uniform.fold(temperature=t, outcomes=k).real_fraction,
        lambda t, k: universal.universal_fraction(temperature=t, outcomes=k),
    ],
    ids=["fold", "universal"],
)
def test_second_derivatives_against_differences(value):
    point, step = np.array([0.8, 40.0]), np.array([1e-4, 1e-2])
    function = lambda x: value(x[0], x[1])
    values, slopes = jax.jit(jax.vmap(jax.value_and_grad(function)))(around(point, step))
    gradient, hessian = jax.jit(lambda x: (jax.grad(function)(x), jax.hessian(function)(x)))(point)
    close(gradient, differences(values, step)[:, 0], 1e-7)
    close(hessian, differences(slopes, step), 1e-6)


@pytest.mark.slow
def test_derivatives_of_a_state_against_differences():
    point, step = np.array([0.8, 0.25, 40.0]), np.array([1e-4, 1e-4, 1e-2])

    def winner(x):
        return uniform.upper_state(temperature=x[0], real_fraction=x[1], outcomes=x[2]).winner

    values, slopes = jax.jit(jax.vmap(jax.value_and_grad(winner)))(
        np.concatenate([point[None], around(point, step)])
    )
    close(slopes[0], differences(values[1:], step)[:, 0], 1e-7)


def around(point, step):
    """Four points along every axis."""
    moved = point + np.array([-2, -1, 1, 2])[:, None, None] * np.diag(step)
    return moved.reshape(-1, len(point))


def differences(values, step):
    """Central differences of fourth order of the values there, one row an axis."""
    rows = np.reshape(values, (4, len(step), -1))
    return np.tensordot(np.array([1, -8, 8, -1]) / 12, rows, 1) / step[:, None]


def test_the_contraction_threshold_is_a_root_and_differentiable():
    record = universal.contraction_threshold(REAL, temperature=0.7)
    assert record.residual < 1e-14
    root = gl.threshold(
        lambda a: universal.birkhoff_constant(temperature=0.7, real_fraction=a, real=REAL),
        0.01,
        0.99,
    )
    close(record.value, root)
    slope = jax.grad(lambda t: universal.birkhoff_fraction(temperature=t, real=REAL))
    value = lambda t: universal.birkhoff_fraction(temperature=t, real=REAL)
    close(slope(0.7), (value(0.7 + 1e-5) - value(0.7 - 1e-5)) / 2e-5, 1e-8)
    cooling = 2.0**-40
    # For T -> 1, (1 - T) is all that is left of the fraction.
    expected = cooling / (4 * jnp.sqrt(0.3 * 0.2)) * 2
    close(value(1 - cooling), expected, 1e-9)


def test_thresholds_are_ordered():
    for outcomes, temperature in itertools.product((2, 3, 20, 1000), (0.2, 0.6, 0.95)):
        options = {"temperature": temperature, "outcomes": outcomes}
        values = [
            uniform.local_fraction(temperature=temperature),
            uniform.fold(**options).real_fraction,
            universal.universal_fraction(**options),
            universal.birkhoff_fraction(
                temperature=temperature, real=gl.Categorical.uniform(outcomes)
            ),
        ]
        assert (np.diff(values) > -1e-14).all()


def test_stored_times():
    close(structure.cooling_time(0.5001, 0.999, temperature=0.99), 970.7681440607780319811)
    close(structure.heating_time(10.0, 0.01, temperature=1.1), 72.47657378429041652035)


def test_stored_flow():
    close(special_cases.magnetisation_flow(3.0, 0.1), 0.7834742149000722529491)
    pair = gl.Categorical.uniform(2)
    here = loop(temperature=0.5, real_fraction=0.0, real=pair)
    path = gl.flow(here, gl.Categorical(jnp.array([0.55, 0.45])), jnp.array([0.0, 3.0]))
    close(path.probabilities[-1] @ jnp.array([1.0, -1.0]), 0.7834742149000722529491, 1e-8)


@pytest.mark.parametrize(
    ("samples", "temperature", "count", "time", "share"),
    [
        (10, 1.0, 5, 12.59051819772333373768, 0.5),
        (10, 0.8, 6, 6.853912674300245889436, 0.692702173197554792143),
        (20, 0.9, 12, 14.04401160086058242869, 0.6795625246791353365378),
        (20, 2.0, 10, 23984.49315834423322117, 0.5),
        (50, 1.0, 5, 31.17755247965332156305, 0.1),
    ],
)
def test_stored_absorption(samples, temperature, count, time, share):
    matrix = transition_matrix(samples, success_of(sharpness=1 / temperature))
    close(absorption_times(matrix)[count - 1], time)
    close(fixation_probabilities(matrix)[count - 1], share)


def test_the_uniform_state_is_only_long_lived():
    times = [
        absorption_times(transition_matrix(n, success_of(sharpness=0.5)))[n // 2 - 1]
        for n in (10, 30, 40)
    ]
    np.testing.assert_allclose(times, [128.846, 5.533e6, 1.3526e9], rtol=5e-5)


def test_stored_concentrations():
    sizes = {"samples": 100, "real_samples": 100}
    found = finite_samples.fixed_set_concentration(**sizes, real_set=REAL)
    close(found.stationary, 115 / 301)
    close(finite_samples.halving_time(100), 68.96756393652849329616)


def test_concentration_follows_its_recursion():
    start = gl.Categorical(jnp.array([0.1, 0.3, 0.6]))
    square = float((start.probabilities**2).sum())
    for fraction in (0.0, 0.3, 1.0):
        recursion = finite_samples.multinomial_concentration(
            samples=25, real_fraction=fraction, real=REAL, start=start
        )
        value = square
        for generation in range(6):
            value = recursion.next(value, generation)
        close(recursion.after(6, square), value)
    collapse = finite_samples.multinomial_concentration(samples=25, real_fraction=0.0, real=REAL)
    close(collapse.stationary, 1.0)
    slope = jax.grad(
        lambda a: (
            finite_samples.stratified_concentration(
                samples=40, real_fraction=a, real=REAL
            ).stationary
        )
    )
    assert slope(0.3) < 0


def test_designs_are_loops_of_stages():
    options = {"temperature": 0.8, "real": REAL}
    here = loop(real_fraction=0.25, **options)
    expected = here(REAL).probabilities
    designs = [
        multinomial_loop(real_fraction=0.25, samples=40, **options),
        stratified_loop(samples=30, real_samples=10, **options),
        fixed_set_loop(jr.key(0), samples=30, real_samples=10, **options),
    ]
    for design in designs[:2]:
        close(design(REAL).probabilities, expected)
    for design in designs:
        counts = 40 * design.step(jr.key(1), REAL).probabilities
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)
    real_set = designs[2].stages[-1].real.probabilities
    np.testing.assert_allclose(10 * real_set, np.round(10 * real_set), atol=1e-9)


def test_closed_forms_accept_batches_and_zeros():
    states = gl.Categorical.of(jnp.array([[4.0, 3.0, 0.0], [1.0, 1.0, 2.0]]))
    real = gl.Categorical.of(jnp.array([1.0, 1.0, 0.0]))
    options = {"temperature": 0.7, "real_fraction": 0.2, "real": real}
    height = structure.potential(states, **options)
    assert height.shape == (2,)
    assert jnp.isfinite(height).all()
    one = gl.Categorical(states.probabilities[0])
    close(structure.potential(one, **options), height[0])
    assert structure.hilbert_distance(one, one) == 0
    assert structure.hilbert_distance(one, gl.Categorical.uniform(3)) == jnp.inf
    close(structure.hilbert_distance(one, real), np.log(4 / 3))
    assert jnp.isfinite(structure.entropy_slope(states, temperature=0.5)).all()
    gain = structure.potential_gain(states, 0.5, **options)
    assert (gain >= 0).all()
    assert jnp.isfinite(gain).all()
    schedule = structure.escort_schedule(one, [10.0] * 400)
    close(schedule.probabilities, [0.5, 0.5, 0.0])


def test_instances_are_the_same_in_every_run():
    first, second = (_instances.instances(5) for _ in range(2))
    assert eqx.tree_equal(first, second)
    assert first.state.valid().all()
    assert first.real.valid().all()
