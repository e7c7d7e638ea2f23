"""First passages of the variance, determinants and products of Wishart matrices."""

import math

import numpy as np
import pytest
from scipy import integrate, special, stats

from genloop.laws import FirstPassage, LogDeterminant, LogVariance, WishartProducts
from genloop.laws.zonal import partitions, zonal_polynomials
from genloop.theorems._quadrature import chi_square_mean

PASSAGES = {
    "n = 5": (lambda: FirstPassage(5).mean, 4.945642010052),
    "n = 10": (lambda: FirstPassage(10).mean, 9.147308206743),
    "n = 20": (lambda: FirstPassage(20).mean, 17.15684550584),
    "n = 100": (lambda: FirstPassage(100).mean, 77.18901813638),
    "maximum likelihood": (lambda: FirstPassage(10, divisor=10).mean, 4.88211933153),
    "to one per cent": (lambda: FirstPassage(10, 0.01).mean, 43.09416589344),
    "survival": (
        lambda: FirstPassage(10).survival([1, 2, 5, 12]),
        [0.875539025298, 0.72681788208, 0.448433027189, 0.205304886852],
    ),
    "late survival": (lambda: FirstPassage(100).survival(60), 0.333388329862),
    "medians": (lambda: [FirstPassage(n).quantile() for n in (10, 100)], [5, 35]),
}


@pytest.mark.parametrize("name", PASSAGES)
def test_passages_are_the_stored_ones(name):
    compute, value = PASSAGES[name]
    np.testing.assert_allclose(compute(), value, rtol=1e-9)


@pytest.mark.parametrize(
    ("samples", "divisor", "most"), [(2, None, 250), (5, None, 500), (10, 12.0, 200)]
)
def test_survival_sums_to_the_mean(samples, divisor, most):
    # Two formulas: Wald's identity with the overshoot, and all probabilities one by one.
    law = FirstPassage(samples, 0.3, divisor)
    total = law.survival(np.arange(most)).sum()
    assert total == pytest.approx(law.mean, rel=1e-11)


def test_two_generations_by_quadrature():
    # From above the level after one step, above it after two.
    degrees, level = 4, 0.4
    second = lambda x: (x > level) * special.chdtrc(degrees, degrees * level / x)
    density = lambda x: x * math.exp(-2 * x) * 4
    exact, _ = integrate.quad(lambda x: second(x) * density(x), level, 40, epsabs=1e-13)
    assert FirstPassage(5, level).survival(2) == pytest.approx(exact, rel=1e-11)
    assert FirstPassage(5, level).survival([0, 1]) == pytest.approx(
        [1, special.chdtrc(degrees, degrees * level)], rel=1e-13
    )


def test_a_growing_variance_may_never_fall():
    # A walk that drifts up reaches the level as often as the tilted walk, weighted (Cramer).
    law = FirstPassage(30, 0.5, 27.0)
    assert law.step.exponent > 0 and law.mean == math.inf
    assert 1 - law.survival(10**6) == pytest.approx(law.probability, abs=1e-11)
    assert law.quantile([0.2, 0.9])[1] == math.inf
    assert law.probability < 0.5**-law.step.tail_index
    balance = 2 * np.exp(special.digamma(14.5))
    assert 0 < 1 - FirstPassage(30, 0.5, balance - 1e-3).probability < 1e-3


def test_a_variance_that_collapses_may_first_grow():
    # Down and up are one walk turned upside down; two generations by quadrature.
    degrees, level = 4, 1.6
    second = lambda x: (x < level) * special.chdtr(degrees, degrees * level / x)
    density = lambda x: x * math.exp(-2 * x) * 4
    exact, _ = integrate.quad(lambda x: second(x) * density(x), 0, level, epsabs=1e-13)
    law = FirstPassage(5, level)
    assert law.survival(2) == pytest.approx(exact, rel=1e-10)
    assert law.mean == math.inf and law.probability < 1 / level
    assert 1 - law.survival(10**6) == pytest.approx(law.probability, abs=1e-12)
    growing = FirstPassage(5, level, 2.0)
    total = growing.survival(np.arange(250)).sum()
    assert growing.probability == 1 and total == pytest.approx(growing.mean, rel=1e-10)


def test_the_first_fit_to_real_data_is_not_tempered():
    heat, law = 1.1, LogVariance(12, 6, 11 / 1.1)
    # E sigma^2 of generation t is T^(t - 1), its logarithm has the mean t lambda - log T.
    assert law.moment(1) / heat == pytest.approx(heat**5, rel=1e-13)
    first = LogVariance(12, 1)
    later = LogVariance(12, 5, 11 / 1.1)
    assert law.mean - np.log(heat) == pytest.approx(first.mean + later.mean, rel=1e-13)


@pytest.mark.parametrize("samples", [10, 10_000])
def test_quantiles_are_the_first_generations_to_reach_their_share(samples):
    law = FirstPassage(samples)
    for share in (0.05, 0.5, 0.99):
        first = law.quantile(share)
        assert law.survival(first) <= 1 - share < law.survival(first - 1)


def test_many_samples_are_a_diffusion_with_a_shifted_level():
    # Siegmund: the level lies 0.5826 deviations of a step deeper.
    for samples in (10**4, 10**5):
        law = FirstPassage(samples)
        shifted = (law.depth + 0.5825971579 * law.step.variance**0.5) / -law.step.exponent
        assert law.mean == pytest.approx(shifted, rel=2 / samples)


def test_passages_refuse_impossible_numbers():
    with pytest.raises(ValueError, match="level must be"):
        FirstPassage(10, 0.0)
    with pytest.raises(ValueError, match="at least 2 samples"):
        FirstPassage(1)
    with pytest.raises(ValueError, match="whole numbers"):
        FirstPassage(10).survival(1.5)
    with pytest.raises(ValueError, match="strictly"):
        FirstPassage(10).quantile(1.0)
    with pytest.raises(ValueError, match="LogVariance"):
        _ = FirstPassage(10**5, 1e-6, 2e5).mean


@pytest.mark.parametrize(("samples", "divisor"), [(2, None), (10, 10.0), (10, 7.5), (500, 499.5)])
def test_the_tail_index_makes_the_moment_one(samples, divisor):
    law = LogVariance(samples, 1, divisor)
    index = law.tail_index
    assert law.moment(index) == pytest.approx(1, abs=1e-12)
    assert index * law.exponent < 0
    assert LogVariance(samples, 3, divisor).tail_index == index


def test_the_tail_index_of_the_unbiased_fit_is_one():
    assert LogVariance(10).tail_index == pytest.approx(1, rel=1e-12)
    # Two for maximum likelihood and many samples: the limit law of the mean has four degrees.
    assert LogVariance(10**6, 1, 10**6).tail_index == pytest.approx(2, rel=1e-5)


# Several dimensions


def test_the_determinant_of_one_dimension_is_the_variance():
    one, law = LogDeterminant(12, 1, 7, 11.5), LogVariance(12, 7, 11.5)
    y = np.linspace(-3, 2, 7)
    np.testing.assert_allclose(one.cdf(y), law.cdf(y), atol=1e-14)
    np.testing.assert_allclose(one.quantile(0.3), law.quantile(0.3), rtol=1e-13)


def test_the_determinant_of_two_dimensions_by_convolution():
    # det = S_9 S_8 with independent chi-square numbers over nine.
    law = LogDeterminant(10, 2)
    for y in (-1.5, 0.0, 0.7):
        exact = chi_square_mean(lambda x, y=y: special.chdtr(8, 9 * np.exp(y) / x), 9)
        assert law.cdf(y) == pytest.approx(exact, abs=1e-12)
    with pytest.raises(ValueError, match="at least 6 samples"):
        LogDeterminant(5, 5)


WISHART = {
    "spectrum": (
        lambda: WishartProducts(9, 3).exponents,
        [-0.130176692688090146, -0.283137720474647432, -0.463510026021423479],
    ),
    "five": (
        lambda: WishartProducts(20, 5).exponents,
        [
            -0.0535539222035456174,
            -0.110650320650885154,
            -0.171200981027075029,
            -0.235650320650885154,
            -0.304534314360408363,
        ],
    ),
    "gap": (lambda: np.ptp(WishartProducts(50, 10).exponents), 0.207602154111158471),
    "log determinant": (lambda: LogDeterminant(20, 5).exponent, -0.875589858892799317),
    "determinant": (lambda: LogDeterminant(9, 3, 4).moment(1), 0.185471534729003906),
    "zonal growth": (
        lambda: [WishartProducts(9, 3).growth(k) for k in partitions(3)],
        [1.875, 1.09375, 0.65625],
    ),
    "traces": (
        lambda: list(WishartProducts(9, 3).trace_moments(2, 10, np.eye(3)).values()),
        [46.039977578446269, 47.6184310354292393],
    ),
}


@pytest.mark.parametrize("name", WISHART)
def test_products_are_the_stored_ones(name):
    compute, value = WISHART[name]
    np.testing.assert_allclose(compute(), value, rtol=1e-12)


def test_zonal_polynomials_sum_to_a_power_of_the_trace():
    values = np.array([0.3, 1.1, 2.0])
    for order in range(1, 7):
        powers = {k: (values**k).sum() for k in range(1, order + 1)}
        total = sum(
            float(c) * math.prod(powers[k] for k in mu)
            for zonal in zonal_polynomials(order).values()
            for mu, c in zonal.items()
        )
        assert total == pytest.approx(values.sum() ** order, rel=1e-13)


def test_zonal_polynomials_with_too_many_parts_vanish():
    values = np.array([0.3, 1.1])
    zonal = zonal_polynomials(4)
    for kappa in ((2, 1, 1), (1, 1, 1, 1)):
        total = sum(
            float(c) * math.prod((values**k).sum() for k in mu) for mu, c in zonal[kappa].items()
        )
        assert total == pytest.approx(0, abs=1e-12)


def test_traces_in_one_dimension_are_powers_of_the_variance():
    for order in (1, 2, 5):
        found = WishartProducts(7, 1, 7.0).trace_moments(order, 3, 2.0)
        exact = 2.0**order * LogVariance(7, 3, 7.0).moment(order)
        np.testing.assert_allclose(list(found.values()), exact, rtol=1e-12)


def test_few_samples_have_a_lower_rank():
    law = WishartProducts(3, 4)
    assert law.rank == 2 and (law.exponents[2:] == -np.inf).all()
    np.testing.assert_allclose(law.exponents[:2], WishartProducts(3, 2).exponents)
    with pytest.raises(ValueError, match="at least 5 samples"):
        law.log_determinant(1)
    with pytest.raises(ValueError, match="shape"):
        law.trace_moments(2, 1, np.eye(3))


def test_a_tail_far_above_the_mean_has_its_digits():
    levels = np.array([1.5, 3.0, 10.0, 30.0])
    for samples in (2, 3, 10):
        tail = stats.chi2.sf((samples - 1) * levels, samples - 1)
        law = LogVariance(samples)
        np.testing.assert_allclose(law.survival(np.log(levels)), tail, rtol=1e-11)
    law = LogDeterminant(8, 3, generations=5)
    near = law.mean + np.sqrt(law.variance) * np.array([-1.0, 0.0, 0.5, 2.0])
    np.testing.assert_allclose(law.survival(near), 1 - law.cdf(near), rtol=1e-11)
    # Two generations: the second factor is integrated over the first.
    first = stats.chi2(5)
    beyond = lambda x: first.pdf(x) * first.sf(25.0 * 25 / x)
    parts = [integrate.quad(beyond, a, b, epsabs=0, epsrel=1e-12) for a, b in ((0, 20), (20, 300))]
    tail = sum(value for value, _ in parts)
    np.testing.assert_allclose(LogVariance(6, 2).survival(np.log(25.0)), tail, rtol=1e-10)
    assert LogVariance(6, 2).survival(np.inf) == 0
