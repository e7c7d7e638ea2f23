"""The temperature loop in numbers: large vocabularies, slow chains, functions of one's own."""

import equinox as eqx
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import genloop as gl
from genloop.laws import absorption_times, metastable, relaxation_time, transition_matrix
from genloop.loops.temperature import (
    branches,
    folds,
    noise,
    structure,
    temperature_functions,
    universal,
)
from genloop.loops.temperature.closed_forms import many_outcomes, uniform
from genloop.loops.temperature.collapsed_states import collapse_threshold
from genloop.loops.temperature.recipes import loop
from genloop.loops.temperature.stable_states import stable_states
from genloop.loops.temperature.thresholds import unique_threshold
from genloop.loops.truncation import states as truncation

REAL = gl.Categorical.of([0.5, 0.3, 0.2])


def sharpened(temperature, real_fraction=0.0, real=0.5):
    """The success probability of two outcomes in plain NumPy."""

    def success(x):
        power = x ** (1 / temperature)
        rest = (1 - x) ** (1 / temperature)
        return real_fraction * real + (1 - real_fraction) * power / (power + rest)

    return success


def test_every_formula_of_uniform_real_data_for_a_million_outcomes():
    options = {"temperature": 0.9, "outcomes": 1_000_000}
    top = uniform.fold(**options)
    fraction = float(uniform.branch_fraction(top.log_ratio, **options))
    assert fraction == pytest.approx(float(top.real_fraction), rel=1e-14)
    upper = uniform.upper_state(real_fraction=0.5, **options)
    lower = uniform.lower_state(real_fraction=0.5, **options)
    for state in (upper, lower):
        assert float(state.winner + (1e6 - 1) * state.loser) == pytest.approx(1, rel=1e-12)
    assert float(upper.between) < 1 < float(lower.between)
    largest, ratio = (
        float(f(**options)) for f in (universal.universal_multiplier, universal.universal_ratio)
    )
    b, others = 1 / 0.9, 1e6 - 2
    stated = b * ratio ** (b - 1) * (2 * ratio + others) / (2 * ratio**b + others)
    assert stated == pytest.approx(largest, rel=1e-13)
    assert largest == pytest.approx((0.1 * 1e6 / 1.8) ** 0.1, rel=0.3)
    # The hyperbolic form in high precision, far out on the branch and close to its beginning.
    for delta in (1e-8, 3.0, 300.0):
        with mpmath.workdps(60):
            d, t = mpmath.mpf(delta), mpmath.mpf("0.9")
            weight = mpmath.mpf(2) / 10**6 - 1
            share = (mpmath.coth(d / (2 * t)) + weight) / (mpmath.coth(d / 2) + weight)
            expected = float(1 - share)
        found = float(uniform.branch_fraction(delta, **options))
        assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.slow
def test_a_corpus_of_a_million_different_tokens():
    # Counts as in a text: most tokens are rare, and there are few different counts.
    counts = np.repeat(2 ** np.arange(16), (1_000_000 // 2 ** np.arange(1, 17)).astype(int))
    tokens = gl.Categorical.of(np.append(counts, np.full(1_000_000 - counts.size, 1.0)))
    assert tokens.outcomes == 1_000_000
    unique = unique_threshold(tokens, temperature=0.8)
    anywhere = universal.universal_threshold(outcomes=1_000_000, temperature=0.8)
    contraction = universal.contraction_threshold(tokens, temperature=0.8)
    assert 0 < unique.value < anywhere.value < contraction.value < 1
    states = stable_states(tokens, temperature=0.8, real_fraction=0.5 * unique.value)
    assert states.number > 1 and (states.spectral_radius < 1).all()
    assert states.residual.max() < 1e-13
    tops = truncation.truncated_states(gl.Nucleus(0.9), tokens, real_fraction=0.3)
    assert 0 < tops.kept[0] <= tops.kept[-1] < 1_000_000


def test_the_closed_form_at_half_temperature():
    for outcomes in (2, 3, 8, 1000):
        found = universal.universal_multiplier(temperature=0.5, outcomes=outcomes)
        assert float(found) == pytest.approx(1 + np.sqrt(outcomes / 2), rel=1e-13)
    assert float(uniform.fold(temperature=0.5, outcomes=3).real_fraction) == pytest.approx(
        9 - 6 * np.sqrt(2), rel=1e-13
    )


@pytest.mark.parametrize(
    ("weights", "temperature", "level", "fraction", "state"),
    [
        ([0.55, 0.45], 0.5, 1, 0.3867951422243253038787, {0: 0.3689364596650304944625}),
        ([0.9, 0.1], 0.5, 1, 0.1944491616770568931536, {0: 0.2987761070171324271739}),
        (
            [0.5, 0.3, 0.2],
            0.5,
            1,
            0.3604705559124463456283,
            {
                0: 0.3087232577068832243843,
                1: 0.6103547380054842405374,
                2: 0.08092200428763253507835,
            },
        ),
        (
            [0.5, 0.3, 0.2],
            0.9,
            2,
            0.06002487002542086775412,
            {
                0: 0.2364451629648679178907,
                1: 0.07949687594819407791595,
                2: 0.6840579610869380041933,
            },
        ),
        (
            1 / np.arange(1, 11.0),
            0.7,
            1,
            0.2619179033138142347637,
            {1: 0.5885146531655367664861},
        ),
    ],
)
def test_stored_states_at_folds(weights, temperature, level, fraction, state):
    with gl.x64():
        classes = branches.ProbabilityClasses.of(gl.Categorical.of(weights))
        logit, fold = folds.collapse_fold(classes, temperature, level)
        point = branches.branch_point(classes, jnp.asarray(temperature), level, jnp.asarray(logit))
    assert fold.value == pytest.approx(fraction, rel=1e-12)
    # The classes in their order, and last the winner in place of its own class.
    found = np.array(point.probabilities[:-1])
    found[level] = point.probabilities[-1]
    for outcome, probability in state.items():
        assert found[outcome] == pytest.approx(probability, rel=1e-9)


@pytest.mark.parametrize(
    ("outcomes", "real_fraction", "number"),
    [(4, 0.505, 9), (5, 0.505, 31), (6, 0.505, 43), (6, 0.52, 13), (3, 0.505, 7), (6, 0.3, 63)],
)
def test_stated_numbers_of_fixed_points(outcomes, real_fraction, number):
    options = {"temperature": 0.5, "real_fraction": real_fraction, "outcomes": outcomes}
    assert many_outcomes.fixed_point_count(**options) == number


def test_the_last_practical_remark():
    uniform_from = float(uniform.local_fraction(temperature=0.9))
    recovers = float(uniform.fold(temperature=0.9, outcomes=50_000).real_fraction)
    assert (round(uniform_from, 4), round(recovers, 4)) == (0.1, 0.5576)
    real = gl.Categorical.of(1 / np.arange(1, 11.0))
    state = gl.fixed_point(loop(temperature=0.7, real_fraction=0.5, real=real), real).state
    np.testing.assert_allclose(
        [state.probabilities[0], real.probabilities[0]], [0.541, 0.341], atol=5e-4
    )


def test_the_temperature_below_which_collapsed_states_survive():
    find = lambda share: uniform.recovery_temperature(real_fraction=share, outcomes=10)
    assert float(find(0.14049137819950977)) == pytest.approx(0.9, abs=1e-12)
    # The loop of two outcomes has no hysteresis.
    two = uniform.recovery_temperature(real_fraction=0.3, outcomes=2)
    assert float(two) == pytest.approx(0.7, abs=1e-12)


@pytest.mark.parametrize(
    ("weights", "temperature"),
    [([1, 1], 0.5), ([5, 5, 1], 0.9), ([5, 5, 4, 4], 0.7), ([5, 3, 2], 0.5)],
)
def test_an_outcome_can_win_up_to_its_threshold_and_no_further(weights, temperature):
    real = gl.Categorical.of(np.array(weights, dtype=float))
    found = [
        collapse_threshold(real, i, temperature=temperature).value for i in range(len(weights))
    ]
    for outcome, threshold in enumerate(found):
        if threshold is None:
            assert weights.count(weights[0]) == 1 and outcome == 0
            continue
        for factor, wins in ((1 - 1e-6, True), (1 + 1e-6, False)):
            share = threshold * factor
            states = stable_states(real, temperature=temperature, real_fraction=share)
            winners = [states.winners(row) for row in range(len(states.probability_class))]
            assert (outcome in np.concatenate(winners).astype(int)) == wins


def test_the_law_of_the_diffusion_limit_has_the_stated_moments():
    # Theta, gamma and q of the document and E x(1 - x).
    stated = [(1, 0, 0.5, 1 / 6), (1, 1, 0.5, 0.1353100961), (1.5, -2, 0.3, 0.2023015152)]
    for mutation, selection, share, moment in stated:
        law = noise.limit_law(
            temperature=1 / (1 + selection / 400),
            real_fraction=mutation / 400,
            samples=400,
            real=gl.Categorical.of([share, 1 - share]),
        )
        found = law.expectation(lambda p: p[:, :1] * p[:, 1:])
        assert float(np.squeeze(found)) == pytest.approx(moment, rel=1e-9)


@pytest.mark.parametrize(
    ("weights", "mass", "ends", "generations"),
    [
        ("zipf 1000", "0.9", 4, 13),
        ("zipf 50000", "0.9", 4, 17),
        ("zipf 50000", "0.95", 7, None),
        ("zipf 50000", "0.99", 25, None),
        ("uniform 100", "0.9", 9, None),
    ],
)
def test_stated_ends_of_the_nucleus_loop(weights, mass, ends, generations):
    kind, number = weights.split()
    number = int(number)
    if kind == "uniform":
        counts = [1] * number
    else:
        # Integers whose ratios are those of Zipf's law to 1e-40, so that no mass is a tie.
        counts = [10**45 // rank for rank in range(1, number + 1)]
    sizes = truncation.nucleus_sizes(counts, mass)
    assert sizes[-1] == ends
    if number == 1000:
        assert sizes == [1000, 473, 241, 132, 77, 47, 30, 20, 14, 10, 8, 6, 5, 4]
    if generations is not None:
        assert len(sizes) - 1 == generations
    if number <= 1000:
        state = np.array(counts, dtype=float) / float(sum(counts))
        for size in sizes[1:]:
            state = np.asarray(gl.Nucleus(float(mass))(gl.Categorical(state)).probabilities)
            assert (state > 0).sum() == size


def test_stated_numbers_of_top_two_fixed_points():
    real = gl.Categorical.of([0.3, 0.25, 0.2, 0.15, 0.1])
    found = [
        len(truncation.truncated_fixed_points(gl.TopK(2), real, real_fraction=a))
        for a in (0.3, 0.6, 0.75, 0.8, 0.9)
    ]
    assert found == [10, 9, 4, 3, 1]


def test_metastable_lifetimes():
    # At temperature one the second eigenvalue is 1 - 1/N.
    assert metastable(transition_matrix(10)).lifetime == pytest.approx(10, rel=1e-13)
    stated = {10: 128.846, 20: 23984.493, 30: 5.533e6, 40: 1.3526e9}
    for samples, time in stated.items():
        chain = transition_matrix(samples, sharpened(2.0))
        found = metastable(chain)
        from_half = absorption_times(chain)[samples // 2 - 1]
        assert from_half == pytest.approx(time, rel=5e-5)
        # The uniform state comes to its quasi-stationary law first, at no cost beside its life.
        assert 0 < from_half - found.lifetime < 3 + 1e-8 * from_half
        np.testing.assert_allclose(found.law, found.law[::-1], rtol=1e-9)
    exact = high_precision_gap(transition_matrix(10, sharpened(2.0))[1:-1, 1:-1], first=0)
    chain = metastable(transition_matrix(10, sharpened(2.0)))
    assert chain.lifetime == pytest.approx(exact, rel=1e-12)
    assert chain.multiplier == pytest.approx(1 - 1 / exact, rel=1e-15)
    with pytest.raises(ValueError, match="relaxation_time"):
        metastable(transition_matrix(10, sharpened(1.0, 0.1)))


@pytest.mark.parametrize(
    ("samples", "temperature", "real_fraction"), [(9, 1.0, 0.2), (9, 0.5, 0.1), (12, 0.4, 0.02)]
)
def test_the_second_eigenvalue_of_a_chain_with_real_data(samples, temperature, real_fraction):
    chain = transition_matrix(samples, sharpened(temperature, real_fraction, real=0.3))
    found = relaxation_time(chain)
    assert found == pytest.approx(high_precision_gap(chain, first=1), rel=1e-11)
    if temperature == 1:
        assert found == pytest.approx(1 / real_fraction, rel=1e-13)


def high_precision_gap(matrix, *, first):
    r"""$1/|1 - \mu|$ of an eigenvalue counted from the largest, with 40 digits."""
    with mpmath.workdps(40):
        rows = mpmath.matrix(matrix.tolist())
        if first:
            # Rows that sum to one in double precision only would move the eigenvalue one.
            for i in range(rows.rows):
                rows[i, i] = 1 - sum(rows[i, j] for j in range(rows.cols) if j != i)
        values = mpmath.eig(rows, left=False, right=False)
        gaps = sorted(abs(1 - value) for value in values)
        return float(1 / gaps[first])


def test_a_temperature_function_is_a_temper_where_it_is_a_power():
    for temperature in (0.5, 1.6):
        power = 1 / temperature
        stage = gl.TemperatureFunction(lambda p, power=power: 0.3 * p**power)
        expected = gl.Temper(temperature)
        np.testing.assert_allclose(
            stage(REAL).probabilities, expected(REAL).probabilities, rtol=1e-14
        )
        np.testing.assert_allclose(
            stage.jacobian(REAL).dense(), expected.jacobian(REAL).dense(), rtol=1e-12, atol=1e-15
        )


class Saturating(eqx.Module):
    """A function with a parameter."""

    scale: jax.Array

    def __call__(self, p):
        return p / (self.scale + p)


def test_a_temperature_function_in_a_loop():
    def leader(scale):
        loop_ = gl.TemperatureFunction(Saturating(scale)) >> gl.Mix(REAL, 0.4)
        return gl.fixed_point(loop_, REAL).state.probabilities[0]

    both = jax.jit(jax.value_and_grad(leader))
    (value, slope), (ahead, _), (back, _) = (both(x) for x in (0.5, 0.5001, 0.4999))
    assert 1 / 3 < value < 0.5
    assert float(slope) == pytest.approx(float((ahead - back) / 2e-4), rel=1e-6)
    stage = gl.TemperatureFunction(Saturating(jnp.asarray(0.5)))
    states = gl.Categorical.of([[0.5, 0.3, 0.2, 0.0], [0.1, 0.2, 0.3, 0.4]])
    image = stage(states)
    assert image.probabilities.shape == (2, 4) and image.probabilities[0, 3] == 0
    dense = jax.jacfwd(lambda p: stage(gl.Categorical(p)).probabilities)(states.probabilities[0])
    one = gl.Categorical(states.probabilities[0])
    np.testing.assert_allclose(stage.jacobian(one).dense(), dense, atol=1e-15)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda p: p + 0.1, "must be 0 at 0"),
        (lambda p: p * (1 - p), "must increase"),
        (lambda p: p * jnp.log(p), "must be finite"),
        (lambda p: p.sum(), "entry by entry"),
        (lambda p: 0 * p, "positive above 0"),
    ],
)
def test_no_temperature_function(function, message):
    with pytest.raises(ValueError, match=message):
        gl.TemperatureFunction(function)


def test_a_temperature_function_needs_outcomes():
    with pytest.raises(ValueError, match="Categorical"):
        gl.TemperatureFunction(lambda p: p**2)(gl.Gaussian.of(0.0, 1.0))
    with pytest.raises(ValueError, match="depends on the state"):
        temperature_functions.function_end(lambda p: p**2 / (0.1 + p**2), np.array([0.6, 0.4]))


def test_only_known_rules_have_tops():
    class Odd(gl.stages.AbstractTruncation):
        def kept(self, probabilities):
            return probabilities > 0

    with pytest.raises(ValueError, match="truncated_fixed_points"):
        truncation.truncated_states(Odd(), REAL, real_fraction=0.3)
    with pytest.raises(ValueError, match="real fraction"):
        truncation.truncated_states(gl.TopK(2), REAL, real_fraction=1.0)


def test_stated_rates():
    exact = 10.0 * 1.1 ** -float(structure.heating_time(10.0, 0.01, temperature=1.1))
    assert exact == pytest.approx(0.01, rel=1e-12)
