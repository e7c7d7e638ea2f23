"""Recursive fitting: stored values of other programs, printed results of other people."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

import genloop.papers.shumailov2024 as shumailov
from genloop.laws import (
    Extinction,
    LogDeterminant,
    LogVariance,
    SeparatedMixture,
    TotalVariance,
    chain_eigenvalues,
    diffusion_absorption_time,
    expected_absorption_time,
    lineage_share,
    loss_probabilities,
)
from genloop.loops.gaussian import (
    balanced_divisor,
    process_limit,
    process_matrix,
    process_real_fraction,
)
from genloop.loops.resampling import published_deviation_bound, relative_variance
from genloop.theorems.shumailov2024.ca_a9_separated_mixture import expectation_maximisation

SQUARES = 10.0 * np.arange(1, 6) ** 2


def radius(matrix):
    return np.abs(np.linalg.eigvals(matrix)).max()


def stratified_matrix(samples, real_samples):
    """The linear part of a generation of (V, D)."""
    step = lambda *state: np.array(
        shumailov.stratified_step(*state, samples=samples, real_samples=real_samples)
    )
    return np.stack([step(1.0, 0.0), step(0.0, 1.0)], axis=1) - step(0.0, 0.0)[:, None]


def of_sample(samples, generations):
    """The second and the fourth moment of one sample, over all runs."""
    matrix = np.linalg.matrix_power(shumailov.sample_fourth_moments(samples), generations)
    fourth = np.array([1.0, 6.0, 3.0]) @ matrix @ np.array([0.0, 0.0, 1.0])
    return shumailov.sample_variance(generations, samples), fourth


REFERENCE = {
    "required real share": (
        lambda: process_real_fraction(np.array([2, 10, 100, 1000])),
        [
            0.219223593595584863,
            0.0487507802749607136,
            0.00498750007812402345,
            0.000499875000007812499,
        ],
    ),
    "process with older data": (
        lambda: process_limit(100, 0.1, 7 / 9),
        [1.04625550660792952, 0.0269823788546255507],
    ),
    "process without": (
        lambda: process_limit(100, 0.1),
        [1.04972375690607735, 0.0447513812154696133],
    ),
    "growing samples": (lambda: shumailov.risk_along(SQUARES)[-1], 0.223852450190224529),
    "spread of growing samples in the end": (
        lambda: shumailov.growth_limit(10, 2.0).variance_spread,
        0.390507898286703045,
    ),
    "risk of growing samples in the end": (
        lambda: shumailov.growth_limit(10, 2.0).risk,
        0.250689343807950264,
    ),
    "rates of the process": (
        lambda: [radius(process_matrix(100, 0.1, share)) for share in (7 / 9, 1.0)],
        [0.906662276178808635, 0.908314945852615796],
    ),
    "rates with fresh real points": (
        lambda: [radius(stratified_matrix(*sizes)) for sizes in ((90, 10), (99, 1), (50, 50))],
        [0.908321494898228596, 0.996163167865194874, 0.504952399987942749],
    ),
    "fourth moment of a sample": (lambda: of_sample(8, 6)[1], 25.4316443934925074),
    "kurtosis of a sample": (
        lambda: of_sample(8, 6)[1] / of_sample(8, 6)[0] ** 2,
        8.30421041420163506,
    ),
    "risk, n = 8": (lambda: shumailov.wasserstein_risk(6, 8), 1.13461474476490143),
    "diffusion of frequencies": (
        lambda: diffusion_absorption_time(60, [0.5, 0.5]),
        83.1776616671934371,
    ),
    "balanced divisors": (
        lambda: balanced_divisor(np.array([5, 10, 100])),
        [3.05241022319172776, 8.02063909949222615, 98.0017005710976626],
    ),
    "uniform data": (
        lambda: shumailov.risk_to_any_data(5, 10, np.sqrt(3 / np.pi)) / 12,
        0.06654578245073772,
    ),
    "limit of the mean": (
        lambda: shumailov.limit_error_probability(1.0),
        0.422649730810374235,
    ),
    "fresh real frequencies": (lambda: relative_variance(20, 0.1), 0.216919739696312364),
    "lineages": (
        lambda: lineage_share(100)[[1, 9, 99]],
        [0.632120558828557678, 0.172254624906056292, 0.0195426104770959972],
    ),
    "Poisson counts": (lambda: 1 - np.exp(-3 * lineage_share(5)[-1]), 0.607900298090506535),
    "half moments": (
        lambda: shumailov.variance_moment(np.array([0.5, 2.0, 3.0]), 20, 10),
        [0.574400277777293574, 55.3354587028376159, 86500.8493329127862],
    ),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_reference(name):
    compute, value = REFERENCE[name]
    np.testing.assert_allclose(compute(), value, rtol=1e-12)


# Exact values, to the digits in which others print them.
PRINTED = {
    "E v, n = 100, maximum likelihood": (
        lambda: [LogVariance(100, t, 100).moment(1) for t in (10, 50, 100)],
        [0.90438, 0.60501, 0.36603],
    ),
    "E v, n = 10, maximum likelihood": (lambda: LogVariance(10, 10, 10).moment(1), 0.34868),
    "log v": (lambda: LogVariance(32, 100, 32).mean, -6.4353),
    "log v, spread": (lambda: LogVariance(32, 100, 32).variance ** 0.5, 2.582),
    "determinants": (
        lambda: [LogDeterminant(100, 10, t, 100).moment(1) for t in (1, 10)],
        [0.56534, 0.00334],
    ),
    "log-determinant": (lambda: LogDeterminant(100, 10, 10, 100).mean, -6.76619),
    "a rare outcome": (
        lambda: 1 - loss_probabilities(100, 0.01, 200)[[0, 5, 10, 21, 49, 199]],
        [0.633968, 0.238152, 0.149528, 0.083742, 0.041122, 0.014014],
    ),
    "its lower bounds": (
        lambda: 1 - np.exp(-lineage_share(200)[[0, 5, 10, 21, 49, 199]]),
        [0.632121, 0.235151, 0.146351, 0.080427, 0.037650, 0.009825],
    ),
    "one in a thousand": (lambda: 1 - Extinction(10_000).lost(0.001, 50), 0.319022),
    "multipliers": (
        lambda: chain_eigenvalues(100)[:6],
        [1, 1, 0.99, 0.9702, 0.941094, 0.90345024],
    ),
    "absorption": (
        lambda: [expected_absorption_time(n, [0.5, 0.5]) for n in (50, 100)],
        [67.517, 136.602],
    ),
    "absorption from one count": (
        lambda: expected_absorption_time(100, [0.01, 0.99]),
        10.537,
    ),
    "its diffusion": (lambda: diffusion_absorption_time(100, [0.5, 0.5]), 138.63),
    "half of the variance, without the overshoot": (
        lambda: -np.log(2) / LogVariance(10).exponent,
        6.0166,
    ),
    "the same of a hundred samples": (
        lambda: -np.log(2) / LogVariance(100).exponent,
        68.391,
    ),
    "deviations above a tenth, bounded by the mean": (
        lambda: [10 * LogVariance(10, k).moment(0.5) for k in (89, 200)],
        [0.848213, 0.039097],
    ),
    "spread of a deviation": (
        lambda: np.sqrt(LogVariance(10, 1, 10).moment(1) - LogVariance(10, 1, 10).moment(0.5) ** 2),
        0.22031918,
    ),
    "spread of a log deviation": (lambda: LogVariance(100, 100).variance ** 0.5 / 2, 0.7143),
    "deviations above a tenth, bounded as published": (
        lambda: published_deviation_bound(0.1, 133, 10),
        0.330327,
    ),
    "Poisson, one word": (
        lambda: 1 - np.exp(-10 * lineage_share(500)[[9, 49, 99, 499]]),
        [0.821389, 0.318710, 0.177516, 0.038991],
    ),
    "Poisson, ten words": (
        lambda: 1 - np.exp(-100 * lineage_share(500)[[49, 199, 499]]),
        [0.978456, 0.627427, 0.328147],
    ),
    "deviations above a tenth": (
        lambda: [
            1 - LogVariance(10, k).cdf(2 * np.log(0.1)) for k in (23, 45, 67, 89, 111, 133, 200)
        ],
        [0.794999, 0.435967, 0.224012, 0.114166, 0.058331, 0.029943, 0.004038],
    ),
    "mean deviation": (
        lambda: [LogVariance(n, 1, n).moment(0.5) for n in (10, 100, 1000)],
        [0.92274561, 0.99247805, 0.99924978],
    ),
    "four hundred generations": (
        lambda: [
            30 * np.exp(LogVariance(200, 400).mean / 2),
            30 * LogVariance(200, 400).moment(0.5),
            LogVariance(200, 400).cdf(-2 * np.log(2)),
        ],
        [10.963, 18.150, 0.6222],
    ),
    "log deviation": (
        lambda: [LogVariance(100, t).mean / 2 for t in (100, 500, 1000, 2500)],
        [-0.5068, -2.5338, -5.0675, -12.6688],
    ),
}


def test_the_chance_of_two_outcomes_falls_as_its_chain():
    count = np.arange(101)
    steps = stats.binom.pmf(count, 100, count[:, None] / 100)
    distribution = np.eye(101)[30]
    for generations in range(1, 30):
        distribution = distribution @ steps
        exact = distribution @ (count * (100 - count)) / 1e4
        assert exact == pytest.approx(0.21 * 0.99**generations, rel=1e-12)
        found = shumailov.heterozygosity(generations, 100, np.array([0.3, 0.7]))
        assert found / 2 == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("name", PRINTED)
def test_values_printed_by_others_are_ours_to_their_digits(name):
    compute, printed = PRINTED[name]
    for ours, theirs in zip(np.ravel(compute()), np.ravel(printed), strict=True):
        digits = len(f"{theirs}".partition(".")[2])
        assert abs(ours - theirs) <= 0.51 * 10.0**-digits


def of_logs(law, runs, scale=1.0):
    """Mean of a log-variance and the error of a mean over so many runs."""
    return scale * law.mean, scale * (law.variance / runs) ** 0.5


def of_powers(law, runs, power=1.0):
    """Mean of a power of a variance and the error of a mean over so many runs."""
    mean = law.moment(power)
    return mean, ((law.moment(2 * power) - mean**2) / runs) ** 0.5


ESTIMATED = {
    "E v by a hundred runs, n = 100": (
        lambda: [of_powers(LogVariance(100, t, 100), 100) for t in (10, 50, 100)],
        [0.8914, 0.585, 0.318],
    ),
    "log v by a hundred runs": (lambda: [of_logs(LogVariance(32, 100, 32), 100)], [-6.207]),
    "log-determinants by two hundred": (
        lambda: [of_logs(LogDeterminant(100, 10, 10, 100), 200)],
        [-6.81],
    ),
    "a determinant by two hundred": (
        lambda: [of_powers(LogDeterminant(100, 10, 1, 100), 200)],
        [0.535],
    ),
    "log deviations by twenty-five": (
        lambda: [of_logs(LogVariance(100, t), 25, 0.5) for t in (100, 500, 1000, 2500)],
        [-0.530, -2.41, -4.18, -11.72],
    ),
    "deviations of normal numbers": (
        lambda: [of_powers(LogVariance(n, 1, n), 1000, 0.5) for n in (10, 100)],
        [0.92062066, 0.99160360],
    ),
}


@pytest.mark.parametrize("name", ESTIMATED)
def test_simulations_of_others_are_within_their_error(name):
    compute, estimates = ESTIMATED[name]
    for (mean, error), estimate in zip(compute(), estimates, strict=True):
        assert abs(estimate - mean) < 4 * error


def test_simulated_shares_and_times_of_others_are_within_their_error():
    survival = 1 - Extinction(10_000).lost(0.001, 50)
    assert abs(0.317 - survival) < 4 * 0.0066
    for samples, time, error in ((50, 69.2, 2.7), (100, 141.9, 4.8)):
        assert abs(time - expected_absorption_time(samples, [0.5, 0.5])) < 4 * error


# The sum of all variances of a run


@pytest.mark.parametrize("samples", [2, 3, 10, 30])
def test_kesten_s_constant_follows_from_the_renewal_equation(samples):
    constant = float(shumailov.kesten_constant(samples))
    assert TotalVariance(samples).tail_constant == pytest.approx(constant, rel=1e-10)


def test_the_total_variance_of_two_samples_is_a_mean_squared():
    # n = 2: S is the square of a normal number, so that R > 3 and |mu| > 1 are one event.
    law = TotalVariance(2)
    assert law.survival(3.0) == pytest.approx(law.error_probability(1.0), rel=1e-9)


def test_moments_of_the_total_variance():
    # E R = 1/(1 - E S) and E R^2 = (1 + 2 E S E R)/(1 - E S^2), as integrals of the survival.
    law = TotalVariance(10, 12.0)
    place, step = np.linspace(-30, 30, 3001, retstep=True)
    weights = law.survival(1 + np.exp(place)) * np.exp(place) * step
    first, second = 0.75, 99 / 144
    mean = 1 / (1 - first)
    assert 1 + weights.sum() == pytest.approx(mean, rel=1e-10)
    square = (1 + 2 * first * mean) / (1 - second)
    assert 1 + weights @ (2 * (1 + np.exp(place))) == pytest.approx(square, rel=1e-7)


def test_the_error_of_mean_has_known_moments():
    law, divisor = TotalVariance(8, 10.0), 10.0
    y, step = np.linspace(0, 60, 3001, retstep=True)
    spread = integrate_simpson(2 * y * law.error_probability(y), step)
    # E (mu - mu_0)^2 = E R/n; the tail beyond 60 is below a millionth.
    assert spread == pytest.approx(1 / (1 - 7 / divisor) / 8, rel=1e-5)


def integrate_simpson(values, step):
    return step / 3 * (values[0] + 4 * values[1::2].sum() + 2 * values[2:-1:2].sum() + values[-1])


def test_a_variance_that_does_not_collapse_has_no_total():
    with pytest.raises(ValueError, match="does not collapse"):
        TotalVariance(10, 8.0)
    with pytest.raises(ValueError, match="fine a grid"):
        _ = TotalVariance(10_000).tail_constant
    assert (TotalVariance(5).survival([-1.0, 0.5, 1.0]) == 1).all()


# Growing samples


@pytest.mark.parametrize("first, power", [(10, 2.0), (2, 1.5), (300, 1.1), (2.5, 1.01), (50, 4.0)])
def test_the_spread_of_growing_samples_is_a_series_of_zeta_values(first, power):
    # log (M + 1)/(M - 1) in powers of 1/M, summed over the generations one by one.
    orders = np.arange(1, 120, 2)
    logarithm = (2 * special.zeta(orders * power) / orders * float(first) ** -orders).sum()
    found = shumailov.growth_limit(first, power)
    assert found.variance_spread == pytest.approx(np.expm1(logarithm), rel=1e-12)


def test_growing_samples_tend_to_their_limits():
    sizes = 7 * np.arange(1, 3001.0) ** 3
    found, rest = shumailov.growth_limit(7, 3.0), special.zeta(3, 3001) / 7
    # Far out a generation changes log c_4 by -1/(4 M) and the logarithm of the variance by -1/M.
    risk = float(shumailov.risk_along(sizes)[-1])
    deviation = (2 + (1 / sizes).sum() - risk) / 2
    assert found.risk == pytest.approx(risk + (1 + deviation / 2) * rest, rel=1e-12)
    logarithm = float(shumailov.log_variance_along(sizes)[-1])
    assert found.log_variance == pytest.approx(logarithm - rest, rel=1e-12)


def test_samples_that_grow_too_slowly_have_no_limit():
    with pytest.raises(ValueError, match="above 1"):
        shumailov.growth_limit(10, 1.0)
    with pytest.raises(ValueError, match="two samples"):
        shumailov.growth_limit(1, 2.0)


# Mixtures far apart


def test_a_component_is_lost_as_the_frequency_of_an_outcome():
    # In one dimension one sample is lost too; without that it would be the law of outcomes.
    law = SeparatedMixture(60, 1)
    lost = law.lost(0.3, np.array([0, 1, 5, 40]))
    assert lost[0] == 0 and (np.diff(lost) > 0).all()
    assert lost[1] == pytest.approx(stats.binom.cdf(1, 60, 0.3), rel=1e-10)
    assert (lost[1:] > Extinction(60).lost(0.3, np.array([1, 5, 40]))).all()


def test_a_whole_mixture_of_one_component_is_a_gaussian_loop():
    found = SeparatedMixture(25, 3).log_determinant(1.0, 4)
    np.testing.assert_allclose(
        found, [LogDeterminant(25, 3, t, 25).mean for t in (1, 2, 3, 4)], rtol=1e-12
    )


def test_two_mixtures_are_as_far_apart_as_their_densities():
    one = jnp.array([1.0]), jnp.zeros((1, 2)), jnp.eye(2)[None]
    # Of N(0, I) from itself: nothing; from a far one: the two squares, 1/(4 pi) each.
    far = jnp.array([1.0]), jnp.full((1, 2), 100.0), jnp.eye(2)[None]
    assert float(shumailov.mixture_distance(*one, one)) == pytest.approx(0, abs=1e-16)
    found = float(shumailov.mixture_distance(*one, far))
    assert found == pytest.approx(1 / (2 * np.pi), rel=1e-14)


def test_digamma_of_the_balanced_divisor():
    found = np.log(np.asarray(balanced_divisor(np.array([3, 7]))) / 2)
    np.testing.assert_allclose(found, special.digamma([1.0, 3.0]), rtol=1e-13)


def test_em_loses_components_as_the_law_says():
    # Means ten deviations apart and 40 samples: EM itself, on points, generation by generation.
    generator, runs, samples = np.random.default_rng(5), 3000, 40
    weights, means = np.full(runs, 0.5), np.array([-5.0, 5.0]) * np.ones((runs, 2))
    variances, every = np.ones((runs, 2)), np.arange(runs)[:, None]
    lost, shares = np.zeros(runs, dtype=bool), []
    for _ in range(30):
        which = (generator.random((runs, samples)) >= weights[:, None]).astype(int)
        noise = generator.standard_normal(which.shape)
        points = means[every, which] + np.sqrt(variances[every, which]) * noise
        weights, means, variances = expectation_maximisation(points, weights, means, variances)
        lost = lost | (weights * samples < 1.5)
        shares.append(lost.mean())
    generations = np.array([5, 15, 30])
    law = SeparatedMixture(samples, 1).lost(0.5, generations)
    error = np.sqrt(law * (1 - law) / runs) + 1e-4
    assert (np.abs(np.array(shares)[generations - 1] - law) < 4 * error).all()
