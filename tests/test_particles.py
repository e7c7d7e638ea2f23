"""Samples as models and their kernel density estimates: as SciPy and scikit-learn make them."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from cases import FEW, PAIRS, SKEWED
from scipy import stats

import genloop as gl

KEY = jr.key(0)
FLAT = np.random.default_rng(4).normal(size=(60, 2)) @ np.array([[1.0, 0.3], [0.0, 2.0]])
ROWS = FLAT[:, :1] ** 3
WEIGHTS = np.random.default_rng(5).random(60)
samples = pytest.mark.parametrize("rows", [ROWS, FLAT], ids=["line", "plane"])


def close(left, right, tolerance=1e-12):
    np.testing.assert_allclose(left, right, rtol=tolerance, atol=tolerance)


# The conventions of libraries


@samples
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize("bandwidth", ["scott", "silverman", 0.4])
def test_a_relative_bandwidth_is_that_of_scipy(rows, weights, bandwidth):
    theirs = stats.gaussian_kde(rows.T, bw_method=bandwidth, weights=weights)
    ours = gl.Smooth(bandwidth, relative=True).step(KEY, gl.Particles.of(rows, weights))
    close(ours.kernels[0] @ ours.kernels[0].T, theirs.covariance)
    close(ours.density(FLAT[:9, : rows.shape[1]]), theirs(FLAT[:9, : rows.shape[1]].T))


@samples
@pytest.mark.parametrize("bandwidth", ["scott", "silverman", 0.4])
def test_an_absolute_bandwidth_is_that_of_scikit_learn(rows, bandwidth):
    neighbors = pytest.importorskip("sklearn.neighbors")
    theirs = neighbors.KernelDensity(bandwidth=bandwidth).fit(rows)
    ours = gl.Smooth(bandwidth, relative=False).step(KEY, gl.Particles.of(rows))
    close(ours.kernels[0], theirs.bandwidth_ * np.eye(rows.shape[1]))
    close(
        np.log(ours.density(FLAT[:9, : rows.shape[1]])),
        theirs.score_samples(rows[:9] * 0 + FLAT[:9, : rows.shape[1]]),
    )


@samples
def test_points_are_drawn_from_the_estimate_as_scipy_resamples(rows):
    ours = gl.Smooth("scott").step(KEY, gl.Particles.of(rows)).draw(KEY, 20_000).points
    theirs = stats.gaussian_kde(rows.T).resample(20_000, seed=1).T
    for direction in ([1.0, 0.0], [0.6, -0.8]):
        along = lambda x, u=direction: np.asarray(x) @ np.array(u[: rows.shape[1]])
        assert stats.ks_2samp(along(ours), along(theirs)).pvalue > 1e-4


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
def test_points_of_several_groups_have_the_law_of_their_mixture(weights):
    one, other = gl.Particles.of(ROWS, weights), gl.Particles.of([-3.0, 0.5, 7.0])
    mixed = gl.Mix(gl.Smooth(0.2)(other), 0.3)(gl.Smooth("scott")(one))
    masses = np.concatenate([0.7 * np.asarray(one.masses), np.full(3, 0.1)])
    scales = np.repeat(np.asarray(mixed.kernels)[:, 0, 0], [60, 3])
    places = np.asarray(mixed.points)[:, 0]
    law = lambda x: stats.norm.cdf((x[:, None] - places) / scales) @ masses
    drawn = np.asarray(mixed.broadcast((2,)).draw(KEY, 10_000).points)
    for sample in drawn:
        assert stats.kstest(sample[:, 0], law).pvalue > 1e-4
    assert stats.ks_2samp(*drawn[..., 0]).pvalue > 1e-4
    close(mixed.masses, masses)


def test_a_draw_without_kernels_is_a_bootstrap():
    drawn = gl.Draw(4000).step(KEY, gl.Particles.of([0.0, 1.0, 5.0], [1.0, 2.0, 0.0]))
    points, counts = np.unique(np.asarray(drawn.points), return_counts=True)
    assert points.tolist() == [0.0, 1.0] and abs(counts[0] - 4000 / 3) < 4 * 30
    assert float(drawn.size) == 4000


def test_uniform_components_are_drawn_from_their_boxes():
    box = gl.Particles.mixture([0.4, 0.35, 0.25], [-2.0, 1.0, 3.5], [0.25, 0.09, 0.0], [0, 0, 3.0])
    close([box.mean[0], box.covariance[0, 0]], [0.425, 5.150875])
    law = lambda x: (
        (0.4 * stats.norm.cdf(x, -2, 0.5) + 0.35 * stats.norm.cdf(x, 1, 0.3))
        + 0.25 * stats.uniform.cdf(x, 2, 3)
    )
    assert stats.kstest(np.asarray(box.draw(KEY, 20_000).points)[:, 0], law).pvalue > 1e-4


# Exact moments


def unit(size=None):
    """The moments of a known standard normal distribution."""
    return gl.models.ParticleMoments(gl.Gaussian.of(0.0, 1.0).moments(), size)


def run(loop, moments, generations):
    step = lambda moments, _: (loop.moments(moments), None)
    return jax.lax.scan(step, moments, length=generations)[0]


@pytest.mark.parametrize(
    ("smooth", "generations", "variance"),
    [
        (gl.Smooth("scott"), 30, 6.09410509243366087),
        (gl.Smooth("scott"), 300, 70647922.1686089176),
        (gl.Smooth("silverman"), 30, 7.56768645616388864),
        (gl.Smooth(0.5), 30, 8.36268915149164949),
        (gl.Smooth(0.5), 300, 65.5639489931312333),
        (gl.Smooth("scott", shrink=True), 300, 1.0),
    ],
)
def test_the_expected_variance_of_resampling(smooth, generations, variance):
    moments = run(gl.Draw(1000) >> smooth, unit(), generations)
    close(moments.covariance[0, 0] / variance, 1.0)


def test_the_stationary_moments_with_fresh_real_data_stay():
    """CA-B5 for the sample behind the estimate, ST-F4 for the estimate."""
    real, count = gl.Gaussian.of(0.0, 1.0), 1000
    sample = lambda loop, mean, variance: loop.moments(
        gl.models.ParticleMoments(
            gl.models.GaussianMoments(jnp.zeros(1), mean * jnp.eye(1), variance * jnp.eye(1)), count
        )
    )
    loop = gl.Smooth("scott") >> gl.Draw(900) >> gl.Mix(real, 0.1, samples=100)
    spread, mean = 2.29148068043973377 * (count - 1) / count, 0.0120547087928346184
    found = sample(loop, mean, spread)
    close([found.mean_covariance[0, 0], found.covariance[0, 0]], [mean, spread], 1e-14)
    assert float(found.size) == pytest.approx(count, rel=1e-14)
    p, q, h = 0.1, 0.9, 0.3
    k = 1 - 1 / (count * (1 + q))
    spread = (k * p + h**2) / (1 - q * k)
    mean = (p + q * spread) / (count * (1 - q**2))
    found = sample(gl.Draw(900) >> gl.Mix(real, p, samples=100) >> gl.Smooth(h), mean, spread)
    close([found.mean_covariance[0, 0], found.covariance[0, 0]], [mean, spread], 1e-14)


def test_the_expected_variance_of_a_pool_of_estimates_grows_slowly():
    """Hundred points are real, and hundred join from the estimate of all: CA-C3."""
    fit = gl.models.GaussianMoments(jnp.zeros(1), 0.01 * jnp.eye(1), 0.99 * jnp.eye(1))
    start = gl.models.DatasetMoments(fit, jnp.array(100.0), jnp.array(0.0))
    end = run(gl.Accumulate(gl.Smooth(0.5), samples=100), start, 99)
    close(end.moments.covariance[0, 0] / 2.02772803278007908, 1.0)


@samples
@pytest.mark.parametrize("smooth", [gl.Smooth("scott", shrink=True), gl.Smooth(0.7, shrink=True)])
def test_a_shrunk_estimate_has_the_unbiased_covariance_of_its_sample(rows, smooth):
    estimate = smooth.step(KEY, gl.Particles.of(rows))
    close(estimate.covariance, np.atleast_2d(np.cov(rows.T)))
    close(estimate.mean, rows.mean(axis=0))
    infinite = smooth(gl.Draw(50)(gl.Particles.of(rows)))
    close(infinite.covariance, np.atleast_2d(np.cov(rows.T, bias=True)))


# Infinite data


def test_infinite_data_take_the_number_of_points_from_the_draw():
    k = 1000**-0.4
    start = gl.Particles.mixture([0.4, 0.35, 0.25], [-2, 1, 3.5], [0.25, 0.09, 0], [0, 0, 3])
    state, stated = start, start
    for _ in range(30):
        state = (gl.Draw(1000) >> gl.Smooth("scott"))(state)
        stated = gl.Smooth("scott", samples=1000)(stated)
    close(state.covariance[0, 0], 5.150875 * (1 + k) ** 30)
    close(stated.kernels, state.kernels)


def test_infinite_data_know_the_number_of_all_points_that_were_pooled():
    loop = gl.Smooth("scott") >> gl.Draw(950) >> gl.Mix(FEW, 0.05, samples=50)
    once = loop(FEW.sized(1000))
    twice = loop(once)
    k, v = 1000**-0.4, FEW.covariance[0, 0]
    assert float(twice.size) == pytest.approx(1000, rel=1e-14)
    first = v * (0.95 * (1 + k) + 0.05)
    close(twice.covariance[0, 0], 0.95 * (1 + k) * first + 0.05 * v)


# Loops


LOOPS = {
    "densities on the line": (gl.Draw(20) >> gl.Smooth("scott") >> gl.Mix(FEW, 0.3), FEW, 32),
    "samples in the plane": (
        gl.Smooth("scott") >> gl.Draw(15) >> gl.Mix(PAIRS, 0.25, samples=5),
        PAIRS,
        20,
    ),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_begins_with_any_number_of_points(name):
    loop, real, count = LOOPS[name]
    path = gl.orbits(loop.step, KEY, real, generations=3, replicates=4)
    assert path.points.shape == (4, 3, count, real.dimension)
    assert bool(path.valid().all())
    assert np.unique(path.points.sum((-2, -1))).size == 12


def test_an_estimate_is_differentiable_in_its_bandwidth_and_its_points():
    def spread(width, scale):
        real = gl.Particles.of(scale * FEW.points)
        loop = gl.Draw(30) >> gl.Smooth(width, relative=True) >> gl.Draw(40)
        return loop.step(KEY, real).covariance[0, 0]

    spread = jax.jit(spread)
    slopes = jax.grad(spread, (0, 1))(0.3, 1.5)
    for place, slope in enumerate(slopes):
        move = 1e-6 * np.eye(2)[place]
        up, down = (spread(*(np.array([0.3, 1.5]) + side * move)) for side in (1, -1))
        assert float(slope) == pytest.approx(float(up - down) / 2e-6, rel=1e-7)


DENSITY = gl.Smooth(0.5)(FEW)
REFUSED = {
    "a Gaussian": (lambda: gl.Smooth(0.5)(gl.Gaussian.of(0.0, 1.0)), "Particles.of"),
    "no name": (lambda: gl.Smooth("box"), '"scott", "silverman"'),
    "no width": (lambda: gl.Smooth(0.0), "bandwidth must lie in"),
    "no number of points": (lambda: gl.Smooth("scott")(DENSITY), "put Draw\\(n\\) before Smooth"),
    "no number in moments": (
        lambda: gl.Smooth("scott").moments(DENSITY.moments()),
        "samples=1000",
    ),
    "moments of a Gaussian": (
        lambda: gl.Smooth("scott").moments(gl.Gaussian.of(0.0, 1.0).moments()),
        "Particles.of",
    ),
    "moments of outcomes": (lambda: gl.Smooth(0.5).moments(SKEWED.moments()), "do not close"),
    "points all alike": (
        lambda: gl.Smooth("scott")(gl.Particles.of([1.0, 1.0])),
        "subspace",
    ),
    "points on a line": (
        lambda: gl.Smooth("scott").step(KEY, gl.Particles.of([[0.0, 0.0], [1.0, 0.0]])),
        "subspace",
    ),
    "a temperature": (lambda: gl.Temper(0.5)(FEW), "leave out Temper"),
    "other dimensions": (lambda: gl.Mix(PAIRS, 0.1)(FEW), "one space"),
    "outcomes for real data": (lambda: gl.Mix(SKEWED, 0.1)(FEW), "Particles.of"),
    "no density": (lambda: FEW.density(FEW.points), "Smooth\\(0.5\\)"),
    "a box that shrinks": (
        lambda: gl.Smooth(0.5, shrink=True)(gl.Particles.mixture([1.0], [0.0], [0.0], [1.0])),
        "shrink=True",
    ),
    "no finite points": (lambda: gl.Particles.of([0.0, np.nan]), "finite"),
    "weights that do not fit": (lambda: gl.Particles.of([0.0, 1.0], [1.0]), "one weight each"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sample_is_told_so(name):
    refused, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        refused()
