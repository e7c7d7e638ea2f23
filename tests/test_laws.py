"""The exact laws against high-precision arithmetic and against each other."""

import mpmath
import numpy as np
import pytest
from scipy import special, stats

from genloop.laws import (
    LogVariance,
    PooledMoments,
    QuadraticForm,
    absorption_times,
    binomial_law,
    chain_eigenvalues,
    expected_absorption_time,
    fixation_probabilities,
    fundamental_matrix,
    loss_probabilities,
    stationary_law,
    transition_matrix,
)
from genloop.laws.gamma import digamma_minus_log, log_gamma_excess


def tempered(temperature, real_fraction=0.0, real=0.5):
    def success(x):
        weights = np.stack([x, 1 - x]) ** (1 / temperature)
        return (1 - real_fraction) * weights[0] / weights.sum(axis=0) + real_fraction * real

    return success


# The law of the log-variance


@pytest.mark.parametrize("a", [0.5, 1.0, 4.5, 49.5, 4999.5])
def test_gamma_differences_against_mpmath(a):
    arguments = np.array([0.5, 3, -0.4, 0.3j, 20j, 400j, -0.4 + 2j])
    with mpmath.workdps(40):
        for z, value in zip(arguments, log_gamma_excess(a, arguments), strict=True):
            z = mpmath.mpmathify(complex(z))
            exact = mpmath.loggamma(a + z) - mpmath.loggamma(a) - z * mpmath.log(a)
            turns = round((value.imag - float(exact.imag)) / (2 * np.pi))
            exact = complex(exact) + 2j * np.pi * turns
            assert abs(value - exact) <= 2e-15 * max(1.0, abs(exact)) * 50
        exact = float(mpmath.digamma(a) - mpmath.log(a))
    assert digamma_minus_log(a) == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("samples", [2, 3, 5, 10, 100, 1000, 10_000])
def test_one_generation_is_a_chi_square(samples):
    law = LogVariance(samples)
    y = law.mean + np.linspace(-7, 7, 141) * law.variance**0.5
    square = stats.chi2(samples - 1)
    np.testing.assert_allclose(law.cdf(y), square.cdf((samples - 1) * np.exp(y)), atol=2e-14)
    density = square.pdf((samples - 1) * np.exp(y)) * (samples - 1) * np.exp(y)
    np.testing.assert_allclose(law.density(y), density, atol=2e-11 * density.max())


@pytest.mark.parametrize(
    ("samples", "generations"), [(2, 7), (2, 1000), (10, 30), (10_000, 1), (10_000, 1000)]
)
def test_distribution_against_the_inversion_integral(samples, generations):
    law = LogVariance(samples, generations)
    a = mpmath.mpf(samples - 1) / 2

    def wave(s):
        z = 1j * s
        step = mpmath.loggamma(a + z) - mpmath.loggamma(a) - z * mpmath.log(a)
        return mpmath.exp(generations * step - z * y)

    with mpmath.workdps(30):
        unit = law.variance**0.5
        for shift in (-2.0, 0.1, 3.0):
            y = law.mean + shift * unit
            grid = [0, *(np.array([1, 3, 6, 10, 16, 30]) / unit)]
            integral = mpmath.quad(lambda s: mpmath.im(wave(s)) / s, grid)
            exact = float(mpmath.mpf(1) / 2 - integral / mpmath.pi)
            assert law.cdf(y) == pytest.approx(exact, abs=1e-11)


@pytest.mark.parametrize("samples", [2, 10, 1000])
@pytest.mark.parametrize("generations", [1, 3, 1000])
def test_quantiles_invert_the_distribution(samples, generations):
    law = LogVariance(samples, generations)
    probabilities = np.array([1e-9, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-6])
    quantiles = law.quantile(probabilities)
    assert (np.diff(quantiles) > 0).all()
    np.testing.assert_allclose(law.cdf(quantiles), probabilities, atol=1e-13)
    far = law.mean + np.array([-1e9, 1e9])
    np.testing.assert_allclose(law.cdf(far), [0, 1], atol=1e-14)


@pytest.mark.parametrize("divisor", [None, 10, 9 / 1.3])
def test_moments_and_cumulants_of_one_law(divisor):
    law = LogVariance(10, 20, divisor)
    exact = 9 if divisor is None else divisor
    for power in (-1.5, 0.5, 1, 2, 3):
        log_moment = special.gammaln(4.5 + power) - special.gammaln(4.5) + power * np.log(2 / exact)
        assert law.moment(power) == pytest.approx(np.exp(20 * log_moment), rel=1e-12)
    assert law.moment(-4.5) == np.inf
    assert law.characteristic(0.0) == 1
    with mpmath.workdps(30):
        cumulants = mpmath.taylor(
            lambda k: 20 * (mpmath.loggamma(4.5 + k) + k * mpmath.log(mpmath.mpf(2) / exact)), 0, 4
        )
    for order in (1, 2, 3, 4):
        value = float(cumulants[order]) * special.factorial(order)
        assert law.cumulant(order) == pytest.approx(value, rel=1e-12)
    y = law.mean + np.linspace(-30, 30, 6001)
    weights = law.density(y) * (y[1] - y[0])
    assert weights.sum() == pytest.approx(1, abs=1e-12)
    assert weights @ y == pytest.approx(law.mean, rel=1e-10)


def test_log_variance_refuses_impossible_numbers():
    with pytest.raises(ValueError, match="at least 2 samples"):
        LogVariance(1)
    with pytest.raises(ValueError, match="divisor"):
        LogVariance(5, 1, 0.0)
    with pytest.raises(ValueError, match="probabilities"):
        LogVariance(5).quantile(1.0)
    assert np.isnan(LogVariance(5).cdf(np.nan))


# The chain of counts


@pytest.mark.parametrize("samples", [1, 2, 20, 333, 4000])
def test_binomial_law_against_mpmath(samples):
    probabilities = np.array([1e-9, 0.011, 0.3, 0.5, 0.999])
    law = binomial_law(samples, probabilities)
    np.testing.assert_allclose(law.sum(axis=-1), 1, rtol=4e-15 * max(1, samples) ** 0.5)
    with mpmath.workdps(30):
        for row, probability in zip(law, probabilities, strict=True):
            p = mpmath.mpf(float(probability))
            for count in {0, 1, int(samples * probability), samples // 2, samples}:
                exact = mpmath.binomial(samples, count) * p**count * (1 - p) ** (samples - count)
                if exact > 1e-290:
                    assert row[count] == pytest.approx(float(exact), rel=1e-13)


def test_binomial_law_at_the_ends():
    np.testing.assert_array_equal(binomial_law(3, [0.0, 1.0]), [[1, 0, 0, 0], [0, 0, 0, 1]])
    with pytest.raises(ValueError, match="success probabilities"):
        transition_matrix(5, lambda x: 2 * x)
    with pytest.raises(ValueError, match="samples"):
        binomial_law(0, 0.5)


@pytest.mark.parametrize("real_fraction", [0.0, 0.2])
def test_multipliers_against_a_dense_solver(real_fraction):
    matrix = transition_matrix(12, tempered(1, real_fraction, 0.3))
    dense = np.sort(np.linalg.eigvals(matrix).real)[::-1]
    np.testing.assert_allclose(chain_eigenvalues(12, real_fraction), dense, atol=1e-12)


def test_absorption_against_a_dense_solver():
    matrix = transition_matrix(15, tempered(0.8))
    inner = np.eye(14) - matrix[1:-1, 1:-1]
    np.testing.assert_allclose(absorption_times(matrix), np.linalg.solve(inner, np.ones(14)))
    chance = np.linalg.solve(inner, matrix[1:-1, -1])
    np.testing.assert_allclose(fixation_probabilities(matrix), chance, rtol=1e-13)
    np.testing.assert_allclose(fixation_probabilities(transition_matrix(40)), np.arange(1, 40) / 40)


def test_extreme_waiting_times_keep_their_digits():
    # Two wells with escape probability e: every visit count is known, and 1/e beyond 1e15.
    escape = 1e-18
    transitions = np.array([[0.5, 0.5 - escape], [0.5, 0.5]])
    visits = fundamental_matrix(transitions, np.array([escape, 0.0]))
    np.testing.assert_allclose(visits, [[1e18, 1e18], [1e18, 1e18]], rtol=1e-15)
    with pytest.raises(ValueError, match="never leaves"):
        fundamental_matrix(transitions, np.zeros(2))


def test_stationary_law_of_the_loop_with_real_data():
    samples, share, real = 30, 0.1, 0.3
    matrix = transition_matrix(samples, tempered(1, share, real))
    law = stationary_law(matrix)
    frequency = np.arange(samples + 1) / samples
    np.testing.assert_allclose(law @ matrix, law, atol=1e-15)
    assert law @ frequency == pytest.approx(real, rel=1e-13)
    spread = real * (1 - real) / (samples - (samples - 1) * (1 - share) ** 2)
    assert law @ (frequency - real) ** 2 == pytest.approx(spread, rel=1e-12)
    with pytest.raises(ValueError, match="never leaves"):
        stationary_law(transition_matrix(5))
    with pytest.raises(ValueError, match="not absorbing"):
        absorption_times(matrix)


def test_stationary_law_of_a_birth_and_death_chain():
    up, down = np.array([0.5, 1e-12, 0.3]), np.array([1e-9, 0.7, 0.4])
    matrix = np.diag(up, 1) + np.diag(down, -1)
    matrix += np.diag(1 - matrix.sum(axis=1))
    exact = np.append(1, np.cumprod(up / down))
    np.testing.assert_allclose(stationary_law(matrix), exact / exact.sum(), rtol=1e-14)


def test_absorption_of_many_outcomes_against_the_chain_of_three():
    # The full chain of three outcomes at n = 6, solved densely, shares no code with g(p).
    samples = 6
    states = [(i, j, samples - i - j) for i in range(samples + 1) for j in range(samples + 1 - i)]
    chain = [
        [stats.multinomial.pmf(t, samples, np.array(s) / samples) for t in states] for s in states
    ]
    inner = [k for k, state in enumerate(states) if max(state) < samples]
    transitions = np.array(chain)[np.ix_(inner, inner)]
    times = np.linalg.solve(np.eye(len(inner)) - transitions, np.ones(len(inner)))
    for k, time in zip(inner, times, strict=True):
        shares = np.array(states[k]) / samples
        assert expected_absorption_time(samples, shares) == pytest.approx(time, rel=1e-12)
    assert expected_absorption_time(samples, [1.0, 0.0]) == 0


# Pooled moments


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize(("synthetic", "real"), [(5, 1), (30, 10), (7, 0)])
def test_pooled_trajectories_and_limits(synthetic, real, unbiased):
    loop = PooledMoments(synthetic, real, 0.9, unbiased)
    path = loop.trajectory(4000, start=(0.3, 2.0))
    np.testing.assert_allclose(path[1], loop.matrix @ [0.3, 2.0] + loop.source)
    if real:
        np.testing.assert_allclose(path[-1], loop.stationary(), rtol=1e-10)
    else:
        assert loop.spectral_radius == pytest.approx(1, abs=1e-14)
        with pytest.raises(ValueError, match="no limit"):
            loop.stationary()


@pytest.mark.parametrize("synthetic", [2, 3, 7, 50, 1000])
def test_two_real_points_bound_the_second_moments(synthetic):
    n = synthetic
    one = np.linalg.det(np.eye(3) - PooledMoments(n, 1).fourth_moment_matrix)
    two = np.linalg.det(np.eye(3) - PooledMoments(n, 2).fourth_moment_matrix)
    first = 8 * n**4 + 6 * n**3 + 5 * n**2 + 11 * n + 6
    second = 8 * (n**2 + 2 * n + 2) * (5 * n**4 + 13 * n**3 + 21 * n**2 + 20 * n + 4)
    assert one == pytest.approx(-first / (n * (n + 1) ** 6), rel=1e-6)
    assert two == pytest.approx(second / ((n + 1) ** 3 * (n + 2) ** 6), rel=1e-6)
    assert PooledMoments(n, 1).fourth_moment_radius > 1 > PooledMoments(n, 2).fourth_moment_radius


def test_pooled_refuses_impossible_numbers():
    with pytest.raises(ValueError, match="two samples"):
        PooledMoments(1, 0)


# Stored values of an independent program

WRIGHT_FISHER = {
    "ABS-n10-T1-i5": (10, 1, 5),
    "ABS-n10-T0.8-i6": (10, 0.8, 6),
    "ABS-n20-T0.9-i12": (20, 0.9, 12),
    "ABS-n20-T2-i10": (20, 2, 10),
    "ABS-n50-T1-i5": (50, 1, 5),
}
ABSORPTION = {
    "ABS-n10-T1-i5": (12.59051819772333373768, 0.5),
    "ABS-n10-T0.8-i6": (6.853912674300245889436, 0.692702173197554792143),
    "ABS-n20-T0.9-i12": (14.04401160086058242869, 0.6795625246791353365378),
    "ABS-n20-T2-i10": (23984.49315834423322117, 0.5),
    "ABS-n50-T1-i5": (31.17755247965332156305, 0.1),
}


@pytest.mark.parametrize("name", ABSORPTION)
def test_absorption_reference(name):
    samples, temperature, count = WRIGHT_FISHER[name]
    matrix = transition_matrix(samples, tempered(temperature))
    time, chance = absorption_times(matrix), fixation_probabilities(matrix)
    np.testing.assert_allclose((time[count - 1], chance[count - 1]), ABSORPTION[name], rtol=1e-12)


REFERENCE = {
    "exponent n=2": (lambda: LogVariance(2).exponent, -1.27036284546147817),
    "exponent n=5": (lambda: LogVariance(5).exponent, -0.27036284546147817),
    "exponent n=10": (lambda: LogVariance(10).exponent, -0.115206470416745172),
    "exponent n=100": (lambda: LogVariance(100).exponent, -0.0101350188482728348),
    "exponent n=1000": (lambda: LogVariance(1000).exponent, -0.00100133500186846826),
    "exponent n=10 MLE": (lambda: LogVariance(10, divisor=10).exponent, -0.220566986074571473),
    "exponent n=100 MLE": (lambda: LogVariance(100, divisor=100).exponent, -0.020185354701774276),
    "variance n=10": (lambda: LogVariance(10).variance, 0.248725103039010375),
    "variance n=100": (lambda: LogVariance(100).variance, 0.0204074550468799921),
    "moments": (
        lambda: LogVariance(10, 20).moment([0.5, 2, 3]),
        [0.574400277777293574, 55.3354587028376159, 86500.8493329127862],
    ),
    "c4": (
        lambda: [LogVariance(n).moment(0.5) for n in (5, 10, 100)],
        [0.939985602986625188405912, 0.9726592741215882433583447, 0.9974779760712635107808],
    ),
    "halving": (
        lambda: [LogVariance(10, 5).cdf(np.log(0.5)), LogVariance(100, 50).cdf(np.log(0.5))],
        [0.443675686488914333, 0.425523580500717859],
    ),
    "one per cent": (lambda: LogVariance(10, 50).cdf(np.log(0.01)), 0.624461977091390545),
    "medians": (
        lambda: [
            np.exp(LogVariance(*law).quantile(0.5))
            for law in [(10, 1), (10, 5), (10, 50), (100, 50), (100, 100)]
        ],
        [
            0.926981410250328199,
            0.585556181083502604,
            0.00328260753039052451,
            0.604502111518834694,
            0.364182228322468947,
        ],
    ),
    "multipliers": (lambda: chain_eigenvalues(10)[2:6], [0.9, 0.72, 0.504, 0.3024]),
    "absorption": (
        lambda: [
            expected_absorption_time(*arguments)
            for arguments in [
                (4, [0.25, 0.75]),
                (4, [0.5, 0.5]),
                (6, [0.5, 0.5]),
                (20, [0.5, 0.3, 0.2]),
                (20, np.ones(10) / 10),
                (60, [0.5, 0.5]),
            ]
        ],
        [
            107 / 29,
            132 / 29,
            119517 / 16588,
            29.428847567086246,
            36.236972703405916,
            81.3198198662620869,
        ],
    ),
    "loss": (
        lambda: loss_probabilities(50, 1 / 50, 20)[[0, 4, 19]],
        [0.364169680087117065, 0.726017574195618543, 0.90567789344753323],
    ),
    "pooled 100 + 900": (lambda: PooledMoments(900, 100).stationary()[0], 0.005285714285714285714),
    "pooled T=0.8": (
        lambda: PooledMoments(900, 100, 0.8).stationary()[1],
        0.3577483892845032214309936,
    ),
    "pooled MLE": (
        lambda: PooledMoments(30, 10, 1.0, False).stationary()[1],
        0.9452054794520547945205479,
    ),
    "pooled T=1.1": (
        lambda: PooledMoments(8, 2, 1.1).stationary()[0],
        0.7258064516129032258064516,
    ),
    "pooled rates": (
        lambda: [
            PooledMoments(900, 100).spectral_radius,
            PooledMoments(90, 10, 0.8, False).spectral_radius,
            PooledMoments(90, 10).spectral_radius,
        ],
        [0.9008920590198465717204712, 0.8162631023548614137245956, 0.908321494898228596],
    ),
    "stratified": (
        lambda: np.concatenate(
            [PooledMoments(*n).stationary()[::-1] for n in [(90, 10), (99, 1), (50, 50)]]
        ),
        [1.05, 0.055, 2, 1, 1.00675675675675676, 0.0133783783783783784],
    ),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_reference(name):
    compute, value = REFERENCE[name]
    np.testing.assert_allclose(compute(), value, rtol=1e-12)


@pytest.mark.parametrize("dimension", [1, 2, 30])
@pytest.mark.parametrize("shift", [0.0, 0.3, 5.0])
def test_a_quadratic_form_of_equal_weights_is_a_chi_square_number(dimension, shift):
    own = stats.ncx2(dimension, shift**2) if shift else stats.chi2(dimension)
    shifts = np.zeros(dimension)
    shifts[0] = 2 * shift
    law = QuadraticForm(np.full(dimension, 4.0), shifts)
    for share in (1e-20, 0.01, 0.5, 0.63, 0.999):
        level = own.ppf(share)
        assert law.cdf(4 * level) == pytest.approx(own.cdf(level), rel=1e-11)
        assert law.survival(4 * level) == pytest.approx(own.sf(level), rel=1e-11)


@pytest.mark.parametrize("small", [0.5, 0.02])
def test_a_quadratic_form_of_two_weights_is_a_normal_number_beside_another(small):
    level, shifts = 1.4, np.array([0.3, 1.0])
    nodes, weights = np.polynomial.legendre.leggauss(400)
    y = np.sqrt(level) * np.sin(np.pi / 2 * nodes)
    room = np.sqrt(np.maximum(level - y**2, 0.0))
    inside = stats.norm.cdf((room - 1) / small**0.5) - stats.norm.cdf((-room - 1) / small**0.5)
    exact = weights * np.pi / 2 * np.sqrt(level - y**2) * stats.norm.pdf(y - 0.3) @ inside
    assert QuadraticForm([1.0, small], shifts).cdf(level) == pytest.approx(exact, rel=1e-11)


def squares_by_mixture(weights, shifts, level, terms=300):
    """Ruben's mixture of chi-square laws, which has positive weights for the least weight."""
    least, share = weights.min(), 1 - weights.min() / weights
    offset = shifts**2 / weights
    change = [
        ((share**k + k * least * offset / weights * share ** (k - 1)) / 2).sum()
        for k in range(1, terms)
    ]
    parts = np.zeros(terms)
    parts[0] = np.exp(-offset.sum() / 2) * np.sqrt(least / weights).prod()
    for k in range(1, terms):
        parts[k] = np.dot(change[:k], parts[k - 1 :: -1]) / k
    return parts @ stats.chi2.cdf(level / least, len(weights) + 2 * np.arange(terms))


@pytest.mark.parametrize("dimension", [1, 2, 4, 7])
def test_a_quadratic_form_is_exact_at_and_around_its_mean(dimension):
    rng = np.random.default_rng(dimension)
    weights, shifts = rng.uniform(0.3, 2.0, dimension), rng.normal(size=dimension)
    for law in (QuadraticForm(weights, shifts), QuadraticForm(weights, 0 * shifts)):
        for away in (0, 1e-15, -1e-12, 1e-9, -1e-7, 1e-5, -1e-3, 0.02, -0.1, 0.3, -0.6):
            level = law.mean * (1 + away)
            exact = squares_by_mixture(law.weights, law.shifts, level)
            assert law.cdf(level) == pytest.approx(exact, rel=1e-11)
            assert law.survival(level) == pytest.approx(1 - exact, rel=1e-11)


def test_a_weight_of_zero_shifts_a_quadratic_form():
    near = QuadraticForm([1.0, 0.0], [0.3, 1.0]).cdf(1.4)
    alone = stats.norm.cdf(np.sqrt(0.4) - 0.3) - stats.norm.cdf(-np.sqrt(0.4) - 0.3)
    assert near == pytest.approx(alone, rel=1e-11)


def test_a_quadratic_form_refuses_negative_weights():
    with pytest.raises(ValueError, match="not negative"):
        QuadraticForm([-1.0], [0.0])
    with pytest.raises(ValueError, match="as many shifts"):
        QuadraticForm([1.0], [0.0, 1.0])
    assert QuadraticForm([0.0], [2.0]).cdf(3.9) == 0
    assert QuadraticForm([0.0], [2.0]).cdf(4.0) == 1
