"""Global questions: all stable states, coexistence, basins, rates of orbits."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from scipy.special import digamma

import genloop as gl
from genloop.papers import marchi2024
from genloop.theorems.marchi2024 import _enumeration

SKEWED = np.array([0.4, 0.35, 0.25])


def states_of(weights, temperature, real_fraction):
    real = gl.Categorical.of(weights)
    return marchi2024.stable_states(real, temperature=temperature, real_fraction=real_fraction)


@pytest.mark.parametrize(
    "weights, temperature, real_fraction",
    [
        (SKEWED, 0.5, 0.3),
        (SKEWED, 0.8, 0.16),
        (SKEWED, 0.1, 0.85),
        (SKEWED, 0.97, 0.02),
        ([0.2505, 0.25, 0.2495, 0.25], 0.5, 0.503),
        ([0.3, 0.3, 0.2, 0.1, 0.1], 0.7, 0.26),
    ],
)
def test_the_list_is_complete(weights, temperature, real_fraction):
    options = {"temperature": temperature, "real_fraction": real_fraction}
    fixed = _enumeration.fixed_points(weights, **options)
    expected = fixed[_enumeration.stable(fixed, **options)].max(axis=1)
    found = states_of(weights, **options)
    leading = np.repeat(found.leading, found.counts)
    np.testing.assert_allclose(np.sort(leading), np.sort(expected), rtol=1e-11)
    real = np.asarray(found.distribution.probabilities)
    for row in range(len(found.counts)):
        winner = found.winners(row)[-1] if found.winners(row).size else None
        state = np.asarray(found.state(row, winner).probabilities)
        power = state ** (1 / temperature)
        image = real_fraction * real + (1 - real_fraction) * power / power.sum()
        assert np.abs(image - state).max() <= 1e-15 + found.residual[row]
        assert np.abs(fixed - state).max(axis=1).min() < 1e-11
        radius = _enumeration.radius(state[None], **options)
        np.testing.assert_allclose(found.spectral_radius[row], radius[0], rtol=1e-9)
        assert winner is None or np.argmax(state) == winner


def test_a_loop_can_have_two_stable_states_with_one_leader():
    weights = np.r_[1.05, np.ones(8), 0.95]
    local = marchi2024.local_threshold(gl.Categorical.of(weights), temperature=0.7).value
    for shift, number in ((1e-6, 2), (-1e-6, 1)):
        assert (states_of(weights, 0.7, local + shift).probability_class == 0).sum() == number


def test_known_folds_end_their_winners():
    for weights, temperature, fold in (
        ([0.5, 0.3, 0.2], 0.5, 0.3604705559124463456283),
        ([0.5, 0.3, 0.2], 0.9, 0.06002487002542086775412),
    ):
        numbers = [states_of(weights, temperature, fold * (1 + s)).number for s in (-1e-9, 1e-9)]
        assert numbers[0] == numbers[1] + 1


def test_limits_have_the_states_they_should():
    assert states_of(SKEWED, 1.4, 0.2).number == 1
    assert states_of(SKEWED, 0.5, 1.0).spectral_radius == 0
    corners = states_of(SKEWED, 0.5, 0.0)
    assert corners.number == 3
    np.testing.assert_array_equal(corners.state(1).probabilities, [0, 1, 0])
    for temperature, real_fraction in ((0.0, 0.1), (0.5, -0.1), (0.5, 1e-14), (1.0, 0.0)):
        with pytest.raises(ValueError):
            states_of(SKEWED, temperature, real_fraction)
    with pytest.raises(ValueError, match="winners"):
        states_of(SKEWED, 0.5, 0.3).state(0, 2)


@pytest.mark.slow
def test_a_coexistence_map_counts_the_same_states():
    real = gl.Categorical.of(SKEWED)
    unique = marchi2024.unique_threshold(real, temperature=0.5).value
    fractions = [0, 0.02, 0.3, unique * (1 - 1e-9), unique * (1 + 1e-9), 0.6]
    axes = {"temperature": [0.15, 0.5, 0.8, 0.95, 1.0, 1.3], "real_fraction": fractions}
    counted = gl.phase_diagram(marchi2024.StableStateCount(real), **axes).stable_states
    assert counted.values[1].tolist() == [3, 3, 3, 2, 1, 1]
    for (i, j), number in np.ndenumerate(counted.values):
        point = axes["temperature"][i], fractions[j]
        assert number == (0 if point == (1.0, 0) else states_of(SKEWED, *point).number)
    traced = jax.jit(lambda t, a: marchi2024.StableStateCount(real)(temperature=t, real_fraction=a))
    outside = traced(jnp.array([0.5, -1.0, 0.5]), jnp.array([0.3, 0.3, 1.5]))["stable_states"]
    assert outside.tolist() == [3, -1, -1]


def logistic(rate):
    return lambda x: rate * x * (1 - x)


def test_basins_of_a_loop_are_shared_out():
    found = states_of(SKEWED, 0.5, 0.3)
    loop = marchi2024.loop(temperature=0.5, real_fraction=0.3, real=found.distribution)
    starts = gl.Categorical(np.random.default_rng(0).dirichlet(np.ones(3), size=500))
    saddle = gl.Categorical(np.array([0.45, 0.45, 0.1]))
    states = [*(found.state(row) for row in range(3)), saddle]
    shared = gl.basins(loop, starts, states, generations=150)
    assert shared.radii[3] == 0 and (shared.radii[:3] > 1e-3).all()
    assert shared.shares[:3].sum() + shared.undecided == pytest.approx(1)
    assert shared.undecided < 0.01 and (shared.standard_error > 0).all()
    end = starts
    for _ in range(150):
        end = loop(end)
    decided = shared.labels >= 0
    leading = np.argmax(end.probabilities, axis=1)[decided]
    assert (leading == found.probability_class[shared.labels[decided]]).all()
    early = gl.basins(loop, starts, states, generations=3)
    assert early.undecided > 0.1 and early.shares.sum() + early.undecided == pytest.approx(1)


def test_basins_of_a_cycle_are_told_apart_by_phase():
    # x = 3.2 x (1 - x) taken twice: the two points of the cycle are (21 +- sqrt 21)/32.
    cycle = (21 + np.array([-1, 1]) * 21**0.5) / 32
    starts = np.linspace(0.01, 0.99, 999)
    shared = gl.basins(logistic(3.2), starts, [*cycle, 1 - 1 / 3.2], generations=100, period=2)
    assert shared.radii[2] == 0
    after = starts
    for _ in range(400):
        after = logistic(3.2)(after)
    nearest = np.abs(after[:, None] - cycle).argmin(axis=1)
    decided = shared.labels >= 0
    assert decided.mean() > 0.99 and (shared.labels == nearest)[decided].all()


def test_what_is_not_a_number_stays_undecided():
    starts = jnp.array([0.3, 5.0, jnp.nan])
    shared = gl.basins(logistic(2.5), starts, [0.6], generations=200)
    np.testing.assert_array_equal(shared.labels[1:], [-1, -1])
    with pytest.raises(ValueError, match="attractor"):
        gl.basins(logistic(2.5), starts, [], generations=10)


def close_to(exponent, known, *, error):
    assert exponent.standard_error < error
    assert abs(exponent.value - known) < 5 * exponent.standard_error


def test_exponents_of_maps():
    generator = np.random.default_rng(1)
    chaos = gl.lyapunov_exponent(logistic(4.0), generator.uniform(0.1, 0.9, 100), generations=3000)
    close_to(chaos, np.log(2), error=2e-4)
    henon = lambda s: {"x": 1 - 1.4 * s["x"] ** 2 + s["y"], "y": 0.3 * s["x"]}
    starts = {name: generator.uniform(-0.1, 0.1, 100) for name in "xy"}
    close_to(gl.lyapunov_exponent(henon, starts, generations=3000), 0.41922, error=1e-3)
    scales = jnp.array([0.5, -0.8])
    linear = gl.lyapunov_exponent(lambda x: scales * x, jnp.ones((3, 2)), generations=50)
    np.testing.assert_allclose(linear.replicates, np.log(0.8), rtol=1e-12)
    with pytest.raises(ValueError, match="two replicates"):
        gl.lyapunov_exponent(logistic(4.0), jnp.ones(1), generations=10)


def test_exponents_of_random_products():
    options = {"generations": 400, "replicates": 400}
    normal = lambda key, x: jr.normal(key, (3, 3)) @ x
    ginibre = gl.stochastic.random_lyapunov_exponent(
        normal, jr.key(1), jnp.full(3, 1e-3), **options
    )
    close_to(ginibre, 0.5 * (digamma(1.5) + np.log(2)), error=2e-3)

    def triangular(key, x):
        scale = jnp.exp(jr.uniform(key, (2,), minval=jnp.array([-1.0, 0.0]), maxval=1.0))
        return jnp.stack([scale[0] * x[0] + x[1], scale[1] * x[1]])

    found = gl.stochastic.random_lyapunov_exponent(triangular, jr.key(2), jnp.ones(2), **options)
    close_to(found, 0.5, error=2e-3)


@pytest.mark.parametrize("unbiased", [False, True])
def test_the_variance_of_a_gaussian_loop_dies_at_its_known_rate(unbiased):
    samples = 10
    loop = gl.Draw(samples) >> gl.Unbias(samples) if unbiased else gl.Draw(samples)
    # The mean has an exponent of its own, zero: the factor alone is followed.
    fit = lambda factor: gl.Gaussian(jnp.zeros(1), factor[None, None])
    scale = lambda key, factor: loop.step(key, fit(factor)).factor[0, 0]
    options = {"generations": 400, "replicates": 400}
    found = gl.stochastic.random_lyapunov_exponent(scale, jr.key(3), jnp.ones(()), **options)
    divisor = (samples - 1 if unbiased else samples) / 2
    close_to(found, 0.5 * (digamma((samples - 1) / 2) - np.log(divisor)), error=1e-3)
