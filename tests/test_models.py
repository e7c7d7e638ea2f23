"""Identities of exponential families, for every model in the dictionary of cases."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from cases import FAMILIES, MODELS, PARTNERS
from scipy import integrate, stats

import genloop as gl

each_model = pytest.mark.parametrize("name", MODELS)
# The tokens of a text depend on each other: see test_sequences.py.
INDEPENDENT = [name for name in MODELS if not isinstance(MODELS[name], gl.MarkovChain)]

# Where the density proportional to p^(1/T) is in the family.
TEMPERED_INSIDE = set(MODELS) - {"Poisson", "binomial", "negative binomial", "gamma", "normal"}
tempered_inside = pytest.mark.parametrize("name", sorted(TEMPERED_INSIDE))


def close(left, right, tolerance=1e-12):
    np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance)


def tangent_part(name, natural):
    """Natural parameters of a categorical model count up to a common constant."""
    return natural - natural.mean() if isinstance(MODELS[name], gl.Categorical) else natural


@tempered_inside
@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_tempering_scales_the_natural_parameters(name, temperature):
    model = MODELS[name]
    tempered = model.temper(temperature).natural_parameters()
    expected = model.natural_parameters() / temperature
    close(tangent_part(name, tempered), tangent_part(name, expected), 1e-11)


@tempered_inside
def test_tempering_is_a_semigroup(name):
    model = MODELS[name]
    twice = model.temper(0.6).temper(0.7).mean_parameters()
    close(twice, model.temper(0.6 * 0.7).mean_parameters())


def law(model):
    """The law of a family, of SciPy."""
    m = float(model.mean[0])
    match model:
        case gl.Poisson():
            return stats.poisson(m)
        case gl.Binomial() | gl.Bernoulli():
            return stats.binom(model.trials, m / model.trials)
        case gl.NegativeBinomial() | gl.Geometric():
            return stats.nbinom(model.size, model.size / (model.size + m))
        case gl.Gamma() | gl.Exponential():
            return stats.gamma(model.shape, scale=m / model.shape)
    return stats.norm(m, model.variance**0.5)


def tempered_mean(own, temperature):
    """The mean of the law proportional to a power of another, by sums or quadrature."""
    if hasattr(own.dist, "pmf"):
        counts = np.arange(2000)
        weights = own.pmf(counts) ** (1 / temperature)
        return (counts * weights).sum() / weights.sum()
    pieces = own.ppf([1e-30, 0.5]), own.isf([0.5, 1e-30])

    def total(power):
        weight = lambda x: x**power * own.pdf(x) ** (1 / temperature)
        parts = [integrate.quad(weight, *one, epsabs=0, epsrel=1e-11, limit=200) for one in pieces]
        return sum(value for value, _ in parts)

    return total(1) / total(0)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.5])
def test_tempering_a_family_is_the_fit_to_the_tempered_density(name, temperature):
    for model in (FAMILIES[name], PARTNERS[name]):
        expected = tempered_mean(law(model), temperature)
        close(model.temper(temperature).mean[0], expected, 1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_tempering_a_family_moves_it_by_its_derivative(name):
    model, step = FAMILIES[name], 1e-5
    tempered = lambda m, t: model.with_mean_parameters(m[None]).temper(t).mean[0]
    at = model.mean[0], jnp.array(0.8)
    slopes = jax.grad(tempered, (0, 1))(*at)
    for i, slope in enumerate(slopes):
        up, down = (
            tempered(*(jnp.asarray(x + h * (i == j)) for j, x in enumerate(at)))
            for h in (step, -step)
        )
        np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_variance_is_a_quadratic_function_of_the_mean(name):
    for model in (FAMILIES[name], PARTNERS[name]):
        close(model.variance_function(model.mean)[0], law(model).var())
        chart = model.chart()
        close(chart.leave(chart.enter(model.mean)), model.mean)


def test_a_mean_on_the_edge_of_a_family_of_counts_stays_there():
    ends = [gl.Poisson.of(0.0), gl.Bernoulli.of(0.0), gl.Geometric.of(0.0)]
    ends += [gl.Binomial.of(4.0, trials=4), gl.NegativeBinomial.of(0.0, size=0.5)]
    for end in ends:
        assert bool(end.valid())
        moved = end.broadcast((3,)).draw(jr.key(0), 5).temper(0.7).temper(1.6)
        np.testing.assert_array_equal(moved.mean[:, 0], np.full(3, end.mean[0]))


@each_model
@pytest.mark.parametrize("real_fraction", [0.0, 0.25, 1.0])
def test_mixing_averages_the_mean_parameters(name, real_fraction):
    model, partner = MODELS[name], PARTNERS[name]
    mixed = model.mix(partner, real_fraction).mean_parameters()
    expected = (1 - real_fraction) * model.mean_parameters()
    close(mixed, expected + real_fraction * partner.mean_parameters())


@pytest.mark.parametrize("name", INDEPENDENT)
@pytest.mark.parametrize("samples", [2, 30])
def test_drawing_is_unbiased_with_the_fisher_covariance(name, samples):
    # The sufficient statistics of one observation have mean the mean parameters and, as
    # covariance, the inverse Fisher information in them; the fit averages `samples` of these.
    model, replicates = MODELS[name], 200_000
    fits = model.broadcast((replicates,)).draw(jr.key(1), samples).mean_parameters()
    expected = model.mean_parameters()
    deviation = np.asarray(fits - expected[None])
    error = deviation.std(axis=0) / replicates**0.5
    assert (np.abs(deviation.mean(axis=0)) <= 6 * error + 1e-15).all()
    product = deviation[:, :, None] * deviation[:, None, :]
    spread = product.std(axis=0) / replicates**0.5
    observed = product.mean(axis=0)
    assert (np.abs(observed - statistic_covariance(model) / samples) <= 6 * spread + 1e-15).all()


def statistic_covariance(model):
    """The covariance of the sufficient statistics of one observation, from textbook formulas."""
    if isinstance(model, gl.Categorical):
        p = np.asarray(model.probabilities)
        return np.diag(p) - np.outer(p, p)
    if isinstance(model, gl.models.AbstractQuadraticFamily):
        return np.array([[law(model).var()]])
    m, s = np.asarray(model.mean), np.asarray(model.covariance)
    first = s
    cross = np.einsum("ij,k->ijk", s, m) + np.einsum("ik,j->ijk", s, m)
    second = np.einsum("ik,jl->ijkl", s, s) + np.einsum("il,jk->ijkl", s, s)
    for term in ("ik,j,l", "il,j,k", "jk,i,l", "jl,i,k"):
        second += np.einsum(f"{term}->ijkl", s, m, m)
    d = len(m)
    cross = cross.reshape(d, d * d)
    return np.block([[first, cross], [cross.T, second.reshape(d * d, d * d)]])


@each_model
def test_operations_act_on_batches_as_on_single_models(name):
    model, partner = MODELS[name], PARTNERS[name]
    stacked = jax.tree.map(lambda a, b: jnp.stack([jnp.asarray(a), jnp.asarray(b)]), model, partner)
    operations = {
        "temper": lambda m: m.temper(0.7),
        "mix": lambda m: m.mix(partner, 0.3),
        "unbias": lambda m: m.unbias(5),
    }
    for operation in operations.values():
        batch = operation(stacked).mean_parameters()
        close(batch[0], operation(model).mean_parameters())
        close(batch[1], operation(partner).mean_parameters())
    assert stacked.valid().shape == stacked.batch_shape == (2,)


@each_model
def test_the_structured_derivative_is_the_derivative(name):
    model = MODELS[name]
    operator = model.temper_jacobian(0.6)
    if operator is None:
        pytest.skip("no structure")
    dense = jax.jacfwd(lambda p: gl.Categorical(p).temper(0.6).probabilities)(model.probabilities)
    close(operator.dense(), dense)


def test_a_zero_probability_keeps_its_true_derivative_under_tempering():
    def first(temperature):
        at = lambda p: gl.Categorical(p).temper(temperature).probabilities
        return np.asarray(jax.jacfwd(at)(jnp.array([0.0, 0.25, 0.75])))[:, 0]

    assert first(0.5)[0] == 0
    close(first(1.0)[0], 1.0)
    assert not np.isfinite(first(2.0)[0])  # infinite: never a wrong finite number
    assert gl.Categorical.of([0.0, 1.0, 3.0]).temper(2.0).probabilities[0] == 0


def test_a_gaussian_stays_well_conditioned_far_below_the_smallest_variance():
    model = gl.Gaussian.of(1.0, 1.0)
    for _ in range(100):
        model = model.temper(1e-5)
    close(model.factor * 1e250, 1.0, 1e-10)
    close(model.covariance, 0.0)
    tiny = gl.Gaussian.of([0.0, 0.0], 1e-300 * np.array([[2.0, 1.0], [1.0, 2.0]]))
    close(tiny.mix(tiny, 0.5).covariance * 1e300, [[2.0, 1.0], [1.0, 2.0]])


def test_a_large_categorical_model_neither_overflows_nor_loses_mass():
    model = gl.Categorical.of(1 / np.arange(1.0, 100_001.0) ** 2)
    for temperature in (1e-3, 0.1, 10.0):
        tempered = model.temper(temperature)
        assert bool(tempered.valid())
        close(tempered.probabilities.sum(), 1.0)


BAD = {
    "one outcome": (lambda: gl.Categorical.of([3.0]), "at least two outcomes"),
    "negative weight": (lambda: gl.Categorical.of([1.0, -0.2]), "negative"),
    "not a number": (lambda: gl.Categorical.of([1.0, float("nan")]), "finite"),
    "all zero": (lambda: gl.Categorical.of([0.0, 0.0]), "all zero"),
    "not normalised": (lambda: gl.Categorical([3.0, 0.7]), "sum to 3.7"),
    "singular": (lambda: gl.Gaussian.of([0, 0], [[1, 1], [1, 1]]), "singular"),
    "constant": (lambda: gl.Gaussian.of([0, 0], [[1, 0], [0, 0]]), "variance of dimension 1"),
    "asymmetric": (lambda: gl.Gaussian.of([0, 0], [[1, 0.5], [0, 1]]), "symmetric"),
    "shape": (lambda: gl.Gaussian.of([0, 0], [[1.0]]), "square covariance"),
    "upper factor": (lambda: gl.Gaussian([0, 0], [[1, 1], [0, 1]]), "lower triangular"),
    "temperature": (lambda: gl.Temper(0.0), "temperature must lie in (0, inf)"),
    "temperature nan": (lambda: gl.Temper(float("nan")), "temperature"),
    "fraction": (lambda: gl.Mix(MODELS["line"], 1.5), "real_fraction must lie in [0, 1]"),
    "samples": (lambda: gl.Draw(1), "samples must be a whole number of at least 2"),
    "fractional samples": (lambda: gl.Draw(10.5), "whole number"),
    "negative mean": (lambda: gl.Poisson.of(-1.0), "must lie in [0, inf), got -1.0"),
    "no mean": (lambda: gl.Gamma.of(0.0, shape=2), "must lie in (0, inf), got 0.0"),
    "more than the trials": (lambda: gl.Binomial.of(3.0, trials=2), "must lie in [0, 2], got 3.0"),
    "half a trial": (lambda: gl.Binomial.of(1.0, trials=2.5), "positive whole number, got 2.5"),
    "no shape": (lambda: gl.Gamma.of(1.0), "a Gamma needs its mean and shape="),
    "negative size": (lambda: gl.NegativeBinomial.of(1.0, size=-2), "size must be a positive"),
    "scalar": (lambda: gl.Poisson(3.0), "use Poisson.of for numbers"),
    "other shape": (
        lambda: gl.Gamma.of(1.0, shape=2).mix(gl.Gamma.of(1.0, shape=3), 0.5),
        "real data of shape 3; both need the same shape",
    ),
    "too cold": (lambda: gl.Gamma.of(1.0, shape=0.5).temper(0.5), "must lie in (0.5, inf)"),
    "real samples": (lambda: gl.Mix(MODELS["line"], 0.5, samples=0), "at least 1"),
    "real samples below zero": (lambda: gl.Mix(MODELS["line"], 0.5, samples=-1), "at least 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_misuse_is_an_error_in_one_sentence(name):
    build, words = BAD[name]
    with pytest.raises(ValueError) as caught:
        build()
    assert words in str(caught.value) and "\n" not in str(caught.value)
