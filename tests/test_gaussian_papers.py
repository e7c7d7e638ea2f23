"""Closed forms and thresholds of the Gaussian loops."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg
import scipy.special

import genloop
import genloop.papers.alemohammad2023 as mad
import genloop.papers.bertrand2023 as bertrand
import genloop.papers.shumailov2024 as shumailov
from genloop.laws import PooledMoments
from genloop.laws.chi_square import log_mean_power, mean_log_chi_square
from genloop.loops import gaussian
from genloop.models import Gaussian
from genloop.theorems._quadrature import chi_square_mean


def _squares(*, samples, real_samples, **options):
    """The limits of the expected squares in one dimension."""
    real = Gaussian.of(0.0, 1.0)
    loop = mad.fresh_data(real, samples=samples, real_samples=real_samples, **options)
    return mad.SquareRecursion.of(loop, real).stationary()


REFERENCE = {
    "second moment of error and variance": (
        lambda: _squares(samples=40, real_samples=10).error_trace,
        0.06590741156060689423199707,
    ),
    "admissible samples": (
        lambda: mad.admissible_samples(100, temperature=0.7, risk="frobenius").value,
        65.73239335275296885625023,
    ),
    "covariance of kept data": (
        lambda: mad.kept_covariance(np.inf, 5, size=5),
        0.8694905640858528387595609,
    ),
    "limits of the admissible samples": (
        lambda: [
            mad.admissible_limit(0.7, dimension=100, risk=risk)
            for risk in ("frobenius", "wasserstein")
        ],
        [5257 / 3, 3742 / 3],
    ),
    "points that the mean is worth": (
        lambda: 1 / mad.stationary_moments(30, 10, unbiased=False)[0],
        18.25,
    ),
    "temperature of bounded moments": (
        lambda: mad.temperature_threshold(0.2, 50),
        1.238764044943820224719101,
    ),
    "c4": (lambda: shumailov.mean_standard_deviation(1, 10), 0.9726592741215882433583447),
    "third exponent": (lambda: mad.lyapunov_exponents(8, 3)[2], -0.5496063278501248084624303),
    "five exponents": (
        lambda: mad.lyapunov_exponents(20, 5),
        [
            -0.0535539222035456174,
            -0.110650320650885154,
            -0.171200981027075029,
            -0.235650320650885154,
            -0.304534314360408363,
        ],
    ),
    "log determinant": (lambda: mad.lyapunov_exponents(20, 5).sum(), -0.875589858892799317),
    "gap": (
        lambda: jnp.ptp(mad.lyapunov_exponents(50, 10)),
        0.207602154111158471,
    ),
    "stationary mean error": (
        lambda: mad.stationary_moments(900, 100)[0],
        0.005285714285714285714285714,
    ),
    "stationary covariance": (
        lambda: mad.stationary_moments(900, 100, temperature=0.8)[1],
        0.3577483892845032214309936,
    ),
    "stationary covariance, maximum likelihood": (
        lambda: mad.stationary_moments(30, 10, unbiased=False)[1],
        0.9452054794520547945205479,
    ),
    "stationary mean error, T = 1.1": (
        lambda: mad.stationary_moments(8, 2, temperature=1.1)[0],
        0.7258064516129032258064516,
    ),
    "rate": (lambda: mad.fresh_data_radius(0.1, 1000), 0.9008920590198465717204712),
    "rate, maximum likelihood": (
        lambda: mad.fresh_data_radius(0.1, 100, temperature=0.8, unbiased=False),
        0.8162631023548614137245956,
    ),
    "risk": (
        lambda: [shumailov.wasserstein_risk(20, 10), shumailov.wasserstein_risk(100, 100)],
        [2.85119944444541285, 1.44632013799319665],
    ),
    "risk, maximum likelihood": (
        lambda: [
            shumailov.wasserstein_risk(20, 10, unbiased=False),
            shumailov.wasserstein_risk(100, 100, unbiased=False),
        ],
        [1.59943801430321316, 1.06001425709647325],
    ),
    "divergence to the real data": (
        lambda: [
            shumailov.kullback_leibler_to_real(20, 10),
            shumailov.kullback_leibler_to_real(100, 100),
        ],
        [2.15206470416745172, 1.00675094241364174],
    ),
    "divergence from the real data": (
        lambda: [
            shumailov.kullback_leibler_from_real(20, 10),
            shumailov.kullback_leibler_from_real(100, 100),
        ],
        [108.588621593554178, 4.49958175829147828],
    ),
    "fourth moments": (
        lambda: np.linalg.matrix_power(shumailov.sample_fourth_moments(8), 6)[:, 2],
        [2.64754083120128518, 1.53876361040042839, 4.51717396662955061],
    ),
    "Kesten constant": (
        lambda: [shumailov.kesten_constant(10), shumailov.kesten_constant(100)],
        [9.34441877133848391, 99.3344457659934017],
    ),
    "exponents": (
        lambda: shumailov.lyapunov_exponent(np.array([2, 5, 10, 100, 1000])),
        [
            -1.27036284546147817,
            -0.27036284546147817,
            -0.115206470416745172,
            -0.0101350188482728348,
            -0.00100133500186846826,
        ],
    ),
    "divisor of almost sure balance": (
        lambda: (np.array([5, 10, 100]) - 1) / mad.almost_sure_threshold(np.array([5, 10, 100])),
        [3.05241022319172776, 8.02063909949222615, 98.0017005710976626],
    ),
    "stratified limit": (
        lambda: np.ravel(shumailov.stratified_limit(np.array([90, 99, 50]), np.array([10, 1, 50]))),
        [1.05, 2, 1.00675675675675676, 0.055, 1, 0.0133783783783783784],
    ),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_reference(name):
    compute, value = REFERENCE[name]
    np.testing.assert_allclose(compute(), value, rtol=1e-12)


@pytest.mark.parametrize("degrees", [1, 2, 9, 999, 10**5])
def test_quadrature_agrees_with_the_chi_square_constants(degrees):
    log = chi_square_mean(np.log, degrees)
    assert log == pytest.approx(float(mean_log_chi_square(degrees)), rel=1e-12, abs=1e-15)
    for power in (0.5, 1.0, 2.0):
        exact = float(log_mean_power(degrees, power))
        found = np.log(chi_square_mean(lambda x, k=power: x**k, degrees))
        assert found == pytest.approx(exact, rel=1e-10, abs=1e-14)


def test_temperature_thresholds_without_real_data():
    named = mad.thresholds(samples=100)
    assert named["mean"].value == 1
    assert named["mean_square"].value < 1 < named["almost_sure"].value
    assert named["variance"].value is None
    for record in named.values():
        if record.value is not None:
            assert record.bracket[0] < record.value < record.bracket[1]
            assert record.residual < 1e-12
    cold = mad.thresholds(samples=100, unbiased=False)
    assert cold["mean"].value == pytest.approx(100 / 99)


def test_temperature_thresholds_with_real_data():
    named = mad.thresholds(samples=90, real_samples=10, temperature=1.2)
    assert "floor" in named["almost_sure"].reason
    hottest, square = named["mean"].value, named["mean_square"].value
    assert PooledMoments(90, 10, hottest).spectral_radius == pytest.approx(1, abs=1e-12)
    assert PooledMoments(90, 10, square).fourth_moment_radius == pytest.approx(1, abs=1e-12)
    assert square < hottest
    # At T = 1.2 a tenth of real data is too little; the required share is just enough.
    assert named["real_fraction"].value > 0.1
    share = named["real_fraction"].value
    assert mad.temperature_threshold(share, 100) == pytest.approx(1.2)


def test_mean_square_threshold_tells_one_real_point_from_two():
    for samples in (3, 100):
        one, two = (mad.thresholds(samples=samples, real_samples=m) for m in (1, 2))
        assert one["mean_square"].value < 1 < two["mean_square"].value
        assert one["mean"].value > 1


def test_variance_goals():
    options = {"samples": 90, "real_samples": 10, "temperature": 0.8}
    found = mad.thresholds(**options, variance_goal=0.7)["variance"]
    share = found.value
    k = float(mad.correction(share, 100))
    assert k * share / (1 - (1 - share) * 0.8 * k) == pytest.approx(0.7, rel=1e-12)
    wrong = mad.thresholds(**options, variance_goal=1.3)["variance"]
    assert "below 1" in wrong.reason
    strict = mad.thresholds(**options, variance_goal=0.9999, unbiased=False)["variance"]
    assert "no real fraction" in strict.reason
    warm = mad.thresholds(samples=100, temperature=1.5)
    assert warm["variance"].value > warm["real_fraction"].value > 1 - 1 / 1.5


@pytest.mark.parametrize("unbiased", [True, False])
@pytest.mark.parametrize(("goal", "temperature"), [(0.5, 0.7), (0.9, 0.2), (2.0, 1.5), (1.2, 4.0)])
def test_finite_pools_approach_the_infinite_one(goal, temperature, unbiased):
    infinite = mad.real_fraction_for_variance(goal, temperature=temperature)
    options = {"temperature": temperature, "unbiased": unbiased}
    gaps = [
        abs(float(mad.real_fraction_for_variance(goal, pool=n, **options) - infinite))
        for n in (10**3, 10**6, 10**9)
    ]
    assert gaps[0] < 1e-2
    assert gaps[1] < 2e-3 * gaps[0] + 1e-12
    assert gaps[2] < 1e-8
    if temperature > 1:
        bounded = mad.required_real_fraction(temperature, 10**9, unbiased=unbiased)
        assert float(bounded) == pytest.approx(1 - 1 / temperature, abs=1e-8)


def test_bad_numbers_are_refused():
    with pytest.raises(ValueError, match="samples must be a whole number"):
        mad.thresholds(samples=1)
    with pytest.raises(ValueError, match="real_samples"):
        mad.thresholds(samples=5, real_samples=-1)
    with pytest.raises(ValueError, match="temperature"):
        mad.thresholds(samples=5, temperature=float("nan"))
    with pytest.raises(ValueError, match="variance_goal"):
        mad.thresholds(samples=5, temperature=2.0, variance_goal=0.0)
    with pytest.raises(ValueError, match="singular"):
        mad.lyapunov_exponents(3, 3)


def test_limits_do_not_exist_beyond_the_threshold():
    assert np.isnan(mad.stationary_moments(90, 10, temperature=1.2)).all()
    assert np.isnan(bertrand.tempered_variance(2.0, 0.4))
    assert np.isinf(shumailov.stratified_limit(10, 0)).all()
    assert np.isinf(shumailov.kullback_leibler_from_real(2, 3))


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (lambda n: mad.almost_sure_threshold(n), 10.0),
        (lambda n: mad.mean_square_threshold(n), 10.0),
        (lambda t: mad.required_real_fraction(t, 100), 1.3),
        (lambda t: mad.real_fraction_for_variance(0.5, temperature=t, pool=50), 0.7),
        (lambda a: mad.temperature_threshold(a, 100), 0.2),
        (lambda t: mad.stationary_moments(90, 10, temperature=t)[1], 0.9),
        (lambda t: mad.wasserstein_risk(5, 10, temperature=t), 0.9),
        (lambda c: mad.truncation_temperature(c), 1.5),
        (lambda n: shumailov.lyapunov_exponent(n), 20.0),
        (lambda n: shumailov.wasserstein_risk(5, n), 20.0),
        (lambda t: bertrand.tempered_variance(t, 0.3), 0.8),
    ],
)
def test_closed_forms_are_differentiable(function, at):
    width = 1e-5 * at
    slope = (function(at + width) - function(at - width)) / (2 * width)
    assert float(jax.grad(function)(at)) == pytest.approx(float(slope), rel=1e-6)


def test_the_fixed_real_set_is_drawn_once():
    real = Gaussian.of(0.0, 1.0)
    key = jax.random.key(3)
    loop = mad.synthetic_augmentation(key, real, samples=30, real_samples=10)
    first, second = (loop.step(jax.random.key(k), real) for k in (1, 2))
    assert not np.allclose(first.mean, second.mean)
    limit = loop.stages[2].real
    assert limit.mean != 0
    assert bertrand.finite_loop(real, samples=30, real_samples=10).stages[1].samples == 10


def test_references_are_given():
    for paper in (mad, bertrand, shumailov):
        assert paper.BIBTEX.startswith("@")
        assert paper.BIBTEX.count("{") == paper.BIBTEX.count("}")


def test_weights_and_fractions():
    weights = jnp.array([0.0, 1.0, 3.0])
    np.testing.assert_allclose(bertrand.real_fraction(weights), [1.0, 0.5, 0.25])
    np.testing.assert_allclose(bertrand.required_real_fraction(jnp.array([0.5, 2.0])), [0, 0.5])


def test_squares_compose_for_real_data_of_any_covariance():
    real = Gaussian.of([1.0, -1.0], [[2.0, 0.5], [0.5, 1.0]])
    unit = Gaussian.of([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    found = [
        mad.SquareRecursion.of(mad.fresh_data(r, samples=20, real_samples=5, temperature=0.9), r)
        for r in (real, unit)
    ]
    np.testing.assert_array_equal(found[0].matrix, found[1].matrix)
    first = PooledMoments(20, 5, 0.9).stationary()
    limit = found[0].stationary()
    np.testing.assert_allclose([limit.error / 2, limit.trace / 2], first, rtol=1e-12)
    path = found[0].trajectory(300, Gaussian.of([3.0, 0.0], [[1.0, 0.0], [0.0, 4.0]]))
    np.testing.assert_allclose(path[-1].numbers, limit.numbers, rtol=1e-10)


def test_squares_refuse_other_real_data_and_have_no_limit_beyond_the_threshold():
    real, other = Gaussian.of(0.0, 1.0), Gaussian.of(0.0, 2.0)
    loop = mad.fresh_data(other, samples=20, real_samples=5)
    with pytest.raises(ValueError, match=r"GaussianSquareMoments\.of\(real\)"):
        mad.SquareRecursion.of(loop, real)
    one = mad.fresh_data(real, samples=20, real_samples=1)
    with pytest.raises(ValueError, match="no limit"):
        mad.SquareRecursion.of(one, real).stationary()
    assert mad.stationary_risk(20, 5, temperature=3.0) == np.inf


@pytest.mark.parametrize("dimension", [1, 4])
def test_mean_squares_have_one_threshold_in_every_dimension(dimension):
    real = Gaussian.of(np.zeros(dimension), np.eye(dimension))
    loop = mad.fresh_data(real, samples=30, real_samples=6, temperature=1.1)
    radius = PooledMoments(30, 6, 1.1).fourth_moment_radius
    squares = mad.SquareRecursion.of(loop, real).matrix[2:, 2:]
    assert np.abs(np.linalg.eigvals(squares)).max() == pytest.approx(radius, rel=1e-12)


def test_the_two_risks_in_a_hundred_dimensions():
    for risk, printed in (("wasserstein", [13.98, 20.61]), ("frobenius", [14.08, 11.42])):
        found = [
            mad.stationary_risk(900, 100, temperature=heat, dimension=100, risk=risk)
            for heat in (1.0, 0.8)
        ]
        np.testing.assert_allclose(found, printed, atol=0.0051)


def test_more_or_less_harm_is_open_at_the_limit_itself():
    # Every digit is exact: T = 3/5.
    assert mad.admissible_limit(0.6) == pytest.approx(48, rel=1e-13)
    excess = lambda samples: float(mad.admissible_excess(samples, 10**4, 0.6, risk="wasserstein"))
    assert excess(47) < 0 < excess(48) < excess(49)


def test_every_number_of_samples_may_be_admissible_or_none():
    assert mad.admissible_samples(50).status == "not needed"
    assert mad.admissible_samples(2, temperature=1.1).status == "not reachable"
    with pytest.raises(ValueError, match="real_samples must be at least 2"):
        mad.admissible_samples(1)


def test_kept_data_fall_to_nothing_below_temperature_one_and_grow_above():
    limits = [mad.kept_covariance(np.inf, 9, size=3, temperature=t) for t in (0.9, 1.1)]
    assert limits == [0, np.inf]
    assert np.isnan(mad.kept_limit(0.1, temperature=1.2))
    assert mad.kept_error_constant(0.5) == np.inf


def test_truncation_in_many_dimensions_is_the_stage_that_keeps_a_share():
    from scipy.stats import chi2

    cutoff = np.sqrt(chi2.ppf(0.9, 3))
    kept = Gaussian.of(np.zeros(3), np.eye(3)).inside(0.9).covariance[0, 0]
    assert mad.truncation_temperature(cutoff, dimension=3) == pytest.approx(float(kept), rel=1e-12)


PLANES = (
    Gaussian.of([1.0, 0.0], [[2.0, 0.5], [0.5, 1.0]]),
    Gaussian.of([0.0, 0.5], [[1.0, -0.3], [-0.3, 3.0]]),
)


def test_distances_are_those_of_matrix_square_roots():
    model, real = PLANES
    first, second = (np.asarray(g.covariance) for g in PLANES)
    gap = np.asarray(model.mean - real.mean)
    root = scipy.linalg.sqrtm(second)
    overlap = scipy.linalg.sqrtm(root @ first @ root)
    exact = gap @ gap + np.trace(first + second - 2 * overlap)
    assert gaussian.wasserstein_square(model, real) == pytest.approx(exact, rel=1e-12)
    inverse = np.linalg.inv(second)
    logs = np.log(np.linalg.det(second) / np.linalg.det(first))
    exact = (np.trace(inverse @ first) + gap @ inverse @ gap - 2 + logs) / 2
    assert gaussian.divergence(model, real) == pytest.approx(exact, rel=1e-12)
    distance = lambda heat: gaussian.wasserstein_square(model.temper(heat), real)
    slope = (distance(1 + 1e-5) - distance(1 - 1e-5)) / 2e-5
    assert jax.grad(distance)(1.0) == pytest.approx(float(slope), rel=1e-8)


def test_precision_and_recall_are_shares_of_points():
    model, real = PLANES
    points = np.random.default_rng(1).normal(size=(400_000, 2)) @ np.asarray(model.factor).T
    points = points + np.asarray(model.mean - real.mean)
    points = np.linalg.solve(np.asarray(real.factor), points.T)
    inside = ((points**2).sum(0) < -2 * np.log(0.2)).mean()
    assert gaussian.precision(model, real, mass=0.8) == pytest.approx(inside, abs=5 * 8e-4)
    assert gaussian.recall(real, model, mass=0.8) == gaussian.precision(model, real, mass=0.8)
    assert gaussian.precision(real, real, mass=0.8) == pytest.approx(0.8, rel=1e-12)
    collapsed = Gaussian.of([0.0, 0.5], 1e-12 * np.eye(2))
    assert gaussian.precision(collapsed, real) == pytest.approx(1)
    assert gaussian.recall(collapsed, real) == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="mass must lie"):
        gaussian.precision(model, real, mass=1.0)


@pytest.mark.slow
def test_ten_thousand_runs_in_a_hundred_dimensions_follow_the_lyapunov_exponents():
    samples, generations = 900, 2
    loop = mad.fully_synthetic(samples=samples, temperature=0.9)
    log_volume = lambda model: jnp.log(jnp.diagonal(model.factor, axis1=-2, axis2=-1)).sum(-1)
    found = genloop.orbit_statistics(
        loop.step,
        jax.random.key(0),
        Gaussian.of(np.zeros(100), np.eye(100)),
        generations=generations,
        replicates=10_000,
        observe=log_volume,
    )
    exact = generations / 2 * mad.lyapunov_exponents(samples, 100, temperature=0.9).sum()
    error = (found.variance[-1] / found.replicates) ** 0.5
    assert abs(found.mean[-1] - exact) < 5 * error
    # The variance of a log-volume is that of half the sum of independent logarithms.
    degrees = samples - np.arange(1.0, 101.0)
    spread = generations / 4 * scipy.special.polygamma(1, degrees / 2).sum()
    assert found.variance[-1] == pytest.approx(spread, rel=0.08)
