"""One loop, three readings: map, kernel and moments agree with each other and with NumPy."""

import math

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
import reference
from cases import KERNELS, LINE, LOOPS, PLANE, SKEWED, TEMPERED

import genloop as gl

REPLICATES = 100_000
GENERATIONS = 3


def moment_statistics(model, reference_mean):
    """What the moments predict, observed on a batch of models."""
    if isinstance(model, gl.Categorical):
        return {"mean": model.probabilities, "square": (model.probabilities**2).sum(-1)}
    if isinstance(model, gl.models.AbstractQuadraticFamily):
        return {"mean": model.mean, "square": model.mean**2}
    gap = model.mean - reference_mean[None]
    return {
        "mean": model.mean,
        "error": gap[:, :, None] * gap[:, None, :],
        "covariance": model.covariance,
    }


def predicted(moments, reference_mean):
    if isinstance(moments, gl.models.CategoricalMoments):
        return {"mean": moments.mean, "square": moments.square}
    if isinstance(moments, gl.models.FamilyMoments):
        return {"mean": moments.mean, "square": moments.variance + moments.mean**2}
    error = moments.error(reference_mean)
    return {"mean": moments.mean, "error": error, "covariance": moments.covariance}


def agree(observed, expected, replicates):
    observed = np.asarray(observed)
    error = observed.std(axis=0) / replicates**0.5
    gap = np.abs(observed.mean(axis=0) - np.asarray(expected))
    assert (gap <= 6 * error + 1e-13).all(), (gap / (error + 1e-300)).max()


@pytest.mark.parametrize("name", LOOPS | KERNELS)
def test_the_kernel_has_the_moments(name):
    loop, start = (LOOPS | KERNELS)[name]
    moments = start.moments()
    replicates = REPLICATES if name in LOOPS else REPLICATES // 10
    states = start.broadcast((replicates,))
    for generation in range(GENERATIONS):
        moments = loop.moments(moments)
        states = loop.step(jr.fold_in(jr.key(11), generation), states)
    reference_mean = jnp.asarray(start.mean_parameters())[: getattr(start, "dimension", 0)]
    reference_mean = start.mean if isinstance(start, gl.Particles) else reference_mean
    expected = predicted(moments, reference_mean)
    for key, observed in moment_statistics(states, reference_mean).items():
        agree(observed, expected[key], replicates)


@pytest.mark.parametrize("name", TEMPERED)
def test_the_kernel_tends_to_the_map_with_many_samples(name):
    loop = TEMPERED[name]
    few = loop.stages[0] >> gl.Draw(10**8) >> loop.stages[2]
    states = few.step(jr.key(0), SKEWED.broadcast((2000,)))
    np.testing.assert_allclose(states.probabilities.mean(0), loop(SKEWED).probabilities, atol=2e-5)
    assert float(states.probabilities.std(0).max()) < 1e-4


def test_the_moments_tend_to_the_map_with_many_samples():
    start = gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]])
    loop = gl.Temper(0.7) >> gl.Draw(10**9) >> gl.Mix(PLANE, 0.3) >> gl.Unbias(10**9)
    moments, state = loop.moments(start.moments()), loop(start)
    np.testing.assert_allclose(moments.mean, state.mean, rtol=1e-12)
    np.testing.assert_allclose(moments.covariance, state.covariance, rtol=1e-8)


@pytest.mark.slow
def test_fresh_gaussian_data_agree_with_a_simulation_point_by_point():
    rng, replicates = np.random.default_rng(5), 4000
    loop = gl.Temper(0.9) >> gl.Draw(15) >> gl.Mix(LINE, 0.25, samples=5) >> gl.Unbias(20)
    real = (np.asarray(LINE.mean), np.asarray(LINE.covariance))
    own = [
        reference.gaussian_orbit(
            rng,
            *real,
            generations=4,
            samples=15,
            temperature=0.9,
            real=real,
            real_samples=5,
            divisor_offset=1,
        )
        for _ in range(replicates)
    ]
    ours = gl.orbits(loop.step, jr.key(2), LINE, generations=4, replicates=REPLICATES)
    pairs = {
        "mean": ([m[0] for m, _ in own], ours.mean[:, -1, 0]),
        "squared mean": ([m[0] ** 2 for m, _ in own], ours.mean[:, -1, 0] ** 2),
        "log variance": ([np.log(c[0, 0]) for _, c in own], jnp.log(ours.covariance[:, -1, 0, 0])),
        "squared log variance": (
            [np.log(c[0, 0]) ** 2 for _, c in own],
            jnp.log(ours.covariance[:, -1, 0, 0]) ** 2,
        ),
    }
    for left, right in pairs.values():
        same_mean(left, right)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["fresh", "fixed"])
def test_categorical_loops_agree_with_a_simulation_token_by_token(design):
    rng, replicates = np.random.default_rng(6), 4000
    p = np.asarray(SKEWED.probabilities)
    if design == "fresh":
        loop = gl.Temper(0.7) >> gl.Draw(14) >> gl.Mix(SKEWED, 0.3, samples=6)
        extra = {"real": p, "real_samples": 6}
    else:
        tokens = np.array([0, 0, 0, 1, 2, 2])
        finite = gl.Categorical.of(np.bincount(tokens))
        loop, extra = gl.Temper(0.7) >> gl.Draw(14) >> gl.Mix(finite, 0.3), {"fixed": tokens}
    own = np.array(
        [
            reference.categorical_orbit(rng, p, generations=4, samples=14, temperature=0.7, **extra)
            for _ in range(replicates)
        ]
    )
    ours = gl.orbits(loop.step, jr.key(3), SKEWED, generations=4, replicates=REPLICATES)
    ours = ours.probabilities[:, -1]
    for power in (1, 2, 3):
        same_mean(own**power, ours**power)
    same_mean(own[:, 0] * own[:, 1], ours[:, 0] * ours[:, 1])


def same_mean(left, right):
    left, right = np.asarray(left), np.asarray(right)
    error = np.sqrt(left.var(axis=0) / len(left) + right.var(axis=0) / len(right))
    assert (np.abs(left.mean(axis=0) - right.mean(axis=0)) <= 5.5 * error).all()


def test_a_loop_is_differentiable_in_every_parameter():
    def variance(temperature, real_fraction, real_variance, real_mean):
        real = gl.Gaussian(real_mean[None], jnp.sqrt(real_variance)[None, None])
        loop = gl.Temper(temperature) >> gl.Mix(real, real_fraction)
        return loop(LINE).covariance[0, 0]

    at = (0.8, 0.3, 1.5, 0.1)
    slopes = jax.grad(variance, argnums=range(4))(*map(jnp.asarray, at))
    for i, slope in enumerate(slopes):
        up, down = [
            variance(*(jnp.asarray(v + h * (i == j)) for j, v in enumerate(at)))
            for h in (1e-6, -1e-6)
        ]
        np.testing.assert_allclose(slope, (up - down) / 2e-6, rtol=1e-7)
    many = jax.vmap(variance)(*(jnp.full(5, v) for v in at))
    np.testing.assert_allclose(many, variance(*map(jnp.asarray, at)), rtol=1e-14)


def test_composition_is_associative_and_a_loop_is_a_stage():
    a, b, c = gl.Temper(0.7), gl.Draw(5), gl.Mix(SKEWED, 0.2)
    assert len(((a >> b) >> c).stages) == len((a >> (b >> c)).stages) == 3
    np.testing.assert_array_equal(
        ((a >> b) >> c)(SKEWED).probabilities, (a >> (b >> c))(SKEWED).probabilities
    )


def test_categorical_moments_refuse_a_temperature_that_does_not_close():
    with pytest.raises(ValueError, match="close only at temperature 1"):
        (gl.Temper(0.5) >> gl.Draw(5)).moments(SKEWED.moments())


class Half(gl.AbstractStage):
    """What a contributor writes: a stage for one model, without batch axes."""

    def __call__(self, model):
        return model.mix(gl.Gaussian.of(0.0, 1.0), 0.5)

    def step(self, key, model):
        assert model.mean.ndim == 1
        return self(model).draw(key, 4)


def test_a_stage_written_for_one_model_is_mapped_over_replicates():
    loop = gl.Temper(0.9) >> Half()
    path = gl.orbits(loop.step, jr.key(0), LINE, generations=2, replicates=500)
    assert path.mean.shape == (500, 2, 1)
    assert len(np.unique(np.asarray(path.mean[:, 0, 0]))) == 500


@pytest.mark.parametrize("real_fraction", [0.0, 1.0])
def test_the_derivative_exists_at_the_ends_of_the_real_fraction(real_fraction):
    start = gl.Gaussian.of(0.0, 2.0)
    variance = lambda a: gl.Mix(gl.Gaussian.of(0.0, 1.0), a)(start).covariance[0, 0]
    np.testing.assert_allclose(jax.grad(variance)(real_fraction), -1.0, rtol=1e-12)


@pytest.mark.parametrize("rule", [gl.TopK(3), gl.Nucleus(0.8), gl.MinP(0.3)])
def test_a_truncation_keeps_what_its_definition_says(rule):
    p = np.random.default_rng(6).dirichlet(np.ones(8), size=50)
    for row, kept in zip(p, np.asarray(rule.kept(p)), strict=True):
        sizes = np.sort(row)[::-1]
        if isinstance(rule, gl.TopK):
            least = sizes[2]
        elif isinstance(rule, gl.Nucleus):
            least = sizes[np.argmax(np.cumsum(sizes) >= 0.8)]
        else:
            least = 0.3 * sizes[0]
        np.testing.assert_array_equal(kept, row >= least)
    state = gl.Categorical(p[0])
    dense = jax.jacfwd(lambda x: rule(gl.Categorical(x)).probabilities)(jnp.asarray(p[0]))
    np.testing.assert_allclose(rule.jacobian(state).dense(), dense, atol=1e-13)


def test_of_equal_outcomes_a_truncation_keeps_the_first():
    even = gl.Categorical.uniform(10)
    for rule, count in ((gl.TopK(4), 4), (gl.Nucleus(0.7), 7), (gl.MinP(1.0), 10)):
        kept = np.asarray(rule.kept(even.probabilities))
        np.testing.assert_array_equal(kept, np.arange(10) < count)


def test_truncation_needs_outcomes_and_sensible_parameters():
    with pytest.raises(ValueError, match="use it on a Categorical"):
        gl.TopK(2)(LINE)
    for build in (lambda: gl.TopK(0), lambda: gl.Nucleus(0.0), lambda: gl.MinP(1.5)):
        with pytest.raises(ValueError):
            build()


MASSES = np.array([1e-9, 0.01, 0.3, 0.5, 0.501, 0.8, 0.95, 1 - 1e-9, 1.0])


@pytest.mark.parametrize("dimension", [1, 2, 3, 7, 200])
def test_a_nucleus_of_a_gaussian_keeps_the_variance_of_an_ellipsoid(dimension):
    from scipy import stats

    radius = stats.chi2.ppf(MASSES, dimension)
    exact = stats.chi2.cdf(radius, dimension + 2) / MASSES
    start = gl.Gaussian(np.arange(dimension), np.tril(np.eye(dimension) + 0.1))
    kept = lambda c: gl.Nucleus(c)(start).covariance[0, 0] / start.covariance[0, 0]
    # Numbers go through SciPy, what JAX traces through its own inverse.
    np.testing.assert_allclose([kept(c) for c in MASSES], exact, rtol=1e-12)
    np.testing.assert_allclose(jax.jit(jax.vmap(kept))(MASSES), exact, rtol=1e-12)
    inner, step = MASSES[1:-2], 1e-6
    slopes = jax.vmap(jax.grad(kept))(inner)
    differences = (jax.vmap(kept)(inner + step) - jax.vmap(kept)(inner - step)) / (2 * step)
    np.testing.assert_allclose(slopes, differences, rtol=1e-5)
    assert np.isnan(jax.jit(kept)(1.5)) and np.isnan(jax.jit(kept)(0.0))


def test_what_a_nucleus_keeps_is_the_second_moment_of_a_truncated_normal():
    nodes, weights = np.polynomial.legendre.leggauss(80)
    for dimension in (1, 2, 3):
        edge = np.sqrt(2.5)
        r = edge * (nodes + 1) / 2
        density = weights * r ** (dimension - 1) * np.exp(-(r**2) / 2)
        whole = 2 ** (dimension / 2 - 1) * math.gamma(dimension / 2)
        mass = density.sum() * edge / 2 / whole
        start = gl.Gaussian(np.zeros(dimension), np.eye(dimension))
        exact = (density * r**2).sum() / density.sum() / dimension
        found = gl.Nucleus(float(mass))(start).covariance
        np.testing.assert_allclose(found, exact * np.eye(dimension), rtol=1e-12, atol=1e-15)


def test_the_real_fraction_for_a_goal_is_that_of_the_nucleus_as_a_temperature():
    kept = float(gl.Nucleus(0.9)(PLANE).covariance[0, 0] / PLANE.covariance[0, 0])
    goal = 0.7
    needed = goal * (1 - kept) / (1 - goal * kept)
    point = gl.fixed_point(gl.Nucleus(0.9) >> gl.Mix(PLANE, needed), PLANE)
    np.testing.assert_allclose(point.state.covariance, goal * PLANE.covariance, rtol=1e-10)
