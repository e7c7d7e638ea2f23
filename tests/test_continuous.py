"""Continuous-time limits: event times, one-generation covariances, diffusions, fluctuations."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from cases import LINE, LOOPS, PLANE, QUICK, SKEWED, SPACE, TEMPERED

import genloop as gl
from genloop.laws import (
    LogVariance,
    SelectionMutation,
    absorption_times,
    fixation_probabilities,
    stationary_law,
    transition_matrix,
)
from genloop.loops.temperature import noise
from genloop.operators import covariance as covariances
from genloop.papers import shumailov2024

# The time of an event


@pytest.fixture(scope="module")
def passages():
    """Passages of m = x_1 - x_2 at T = 1/2 from 0.1 and the derivatives of their times."""

    def passage(level):
        crossed = lambda p: p.probabilities[0] - p.probabilities[1] - level
        start = gl.Categorical(jnp.array([0.55, 0.45]))
        found = gl.flow_until(gl.Temper(0.5), start, crossed, horizon=12.0)
        return jnp.where(found.reached, found.time, 0.0), found

    levels = jnp.array([-0.5, 0.05, 0.2, 0.5, 0.9, 0.99])
    both = jax.vmap(jax.value_and_grad(passage, has_aux=True))
    (_, found), slopes = jax.jit(both, compiler_options=QUICK)(levels)
    return levels, found, slopes


def test_an_event_time_is_the_closed_form(passages):
    levels, found, slopes = passages
    reached = np.asarray(levels) > 0.1
    exact = np.log(np.abs(levels) * (1 - 0.1**2) / (0.1 * (1 - levels**2)))
    np.testing.assert_array_equal(found.reached, reached)
    np.testing.assert_allclose(found.time[reached], exact[reached], rtol=1e-8)
    state = found.state.probabilities
    np.testing.assert_allclose((state[:, 0] - state[:, 1])[reached], levels[reached], atol=1e-13)
    # U-8: dt/dm = 1/(2 m/(1 + m^2) - m).
    slope = 1 / (2 * levels / (1 + levels**2) - levels)
    np.testing.assert_allclose(slopes[reached], slope[reached], rtol=1e-8)


def test_an_event_that_never_happens_is_an_outcome(passages):
    _, found, _ = passages
    missed = ~np.asarray(found.reached)
    assert np.isinf(found.time[missed]).all()
    end = found.state.probabilities[missed]
    m = 2 * (y := np.exp(12.0) * 0.1 / 0.99) / (1 + np.sqrt(1 + 4 * y**2))
    np.testing.assert_allclose(end[:, 0] - end[:, 1], m, rtol=1e-9)


# The covariance of one generation


@pytest.mark.parametrize("name", LOOPS)
def test_the_covariance_agrees_with_the_expected_moments(name):
    """Exact identities: Cov of the mean of a Gaussian, E sum p^2 = sum (E p)^2 + tr C."""
    loop, start = LOOPS[name]

    def readings(model):
        mean = loop.expectation(model).mean_parameters()
        return loop.covariance(model).dense(), loop.moments(model.moments()), mean

    found, moments, expected = jax.jit(readings, compiler_options=QUICK)(start)
    if isinstance(start, gl.Gaussian):
        d = start.dimension
        np.testing.assert_allclose(found[:d, :d], moments.mean_covariance, rtol=1e-12, atol=1e-15)
    elif isinstance(start, gl.models.AbstractQuadraticFamily):
        np.testing.assert_allclose(found[0], moments.variance, rtol=1e-14)
    else:
        square = (np.asarray(moments.mean) ** 2).sum() + np.trace(found)
        np.testing.assert_allclose(moments.square, square, rtol=1e-14)
    np.testing.assert_allclose(expected[: moments.mean.size], moments.mean, atol=1e-14)


@pytest.mark.parametrize("model", [LINE, PLANE, SPACE], ids=["line", "plane", "space"])
def test_the_covariance_of_the_statistics_of_a_gaussian(model):
    """Against the fourth moments of the law itself, by Isserlis."""
    mean, covariance = np.asarray(model.mean), np.asarray(model.covariance)
    second = covariance + np.outer(mean, mean)
    # E x_a x_b x_c x_d: three pairings of second moments, less twice the product of the means.
    pairs = lambda pattern: np.einsum(pattern, second, second)
    fourth = pairs("ab,cd->abcd") + pairs("ac,bd->abcd") + pairs("ad,bc->abcd")
    fourth = fourth - 2 * np.einsum("a,b,c,d->abcd", mean, mean, mean, mean)
    d = len(mean)
    cross = np.einsum("ac,b->abc", covariance, mean) + np.einsum("bc,a->abc", covariance, mean)
    found = np.asarray(model.statistic_covariance().dense())
    np.testing.assert_allclose(found[:d, :d], covariance, atol=1e-13)
    np.testing.assert_allclose(found[d:, :d], cross.reshape(d * d, d), atol=1e-13)
    expected = (fourth - np.einsum("ab,cd->abcd", second, second)).reshape(d * d, d * d)
    np.testing.assert_allclose(found[d:, d:], expected, atol=1e-13)


@pytest.mark.parametrize("name", TEMPERED)
def test_the_kernel_has_the_covariance_at_any_temperature(name):
    loop, replicates = TEMPERED[name], 20_000
    step = jax.jit(lambda key, model: loop.step(key, model).probabilities, compiler_options=QUICK)
    p = np.asarray(step(jr.key(5), SKEWED.broadcast((replicates,))))
    gap = p - p.mean(axis=0)
    seen = gap.T @ gap / (replicates - 1)
    # An outcome that is never drawn has no variance, to rounding.
    error = np.sqrt(np.maximum((gap**2).T @ gap**2 / replicates - seen**2, 0) / replicates)
    gap = np.abs(seen - np.asarray(loop.covariance(SKEWED).dense()))
    assert (gap <= 5 * error + 1e-15).all()


@pytest.mark.parametrize("name", ["Wright-Fisher", "multinomial design", "stratified design"])
def test_frequencies_keep_their_structure(name):
    loop, start = LOOPS[name]
    found = loop.covariance(start)
    assert isinstance(found, covariances.DiagonalMinusLowRank)
    columns = np.asarray(found.columns())
    np.testing.assert_allclose(columns.T @ columns, found.dense(), atol=1e-15)
    np.testing.assert_allclose(columns.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(found.variances(), np.diag(found.dense()), atol=1e-15)


def test_a_draw_before_a_temperature_is_propagated():
    loop = gl.Draw(50) >> gl.Temper(0.7) >> gl.Mix(SKEWED, 0.2)
    derivative = gl.jacobian(gl.Temper(0.7) >> gl.Mix(SKEWED, 0.2), SKEWED)
    expected = derivative @ gl.Draw(50).covariance(SKEWED).dense() @ derivative.T
    np.testing.assert_allclose(loop.covariance(SKEWED).dense(), expected, atol=1e-17)


def test_an_outcome_that_is_gone_has_no_noise():
    found = gl.Draw(10).covariance(gl.Categorical.of([1.0, 3.0, 0.0]))
    np.testing.assert_array_equal(found.root(jnp.array([1.0, -2.0, 3.0]))[2], 0.0)
    assert np.isfinite(found.columns()).all()


def test_what_has_no_known_noise_says_so():
    with pytest.raises(ValueError, match="draws no samples"):
        gl.Temper(0.8).covariance(SKEWED)
    with pytest.raises(ValueError, match="no method covariance"):
        gl.fluctuations(lambda x: x / 2, jnp.zeros(2))

    class Silent(gl.AbstractStage):
        def __call__(self, model):
            return model

        def step(self, key, model):
            return model

    with pytest.raises(ValueError, match="noise of Silent is not known"):
        (gl.Draw(5) >> Silent()).covariance(SKEWED)


# Fluctuations


def test_a_map_of_ones_own_fluctuates():
    matrix = jnp.array([[0.5, 0.6], [-0.3, 0.2]])
    noise_matrix = jnp.array([[0.2, 0.05], [0.05, 0.1]])
    found = gl.fluctuations(lambda x: matrix @ x, jnp.zeros(2), covariance=lambda x: noise_matrix)
    stein = np.linalg.solve(
        np.eye(4) - np.kron(matrix, matrix), np.asarray(noise_matrix).ravel()
    ).reshape(2, 2)
    np.testing.assert_allclose(found.covariance, stein, rtol=1e-13)
    cube = np.linalg.matrix_power(matrix, 3)
    np.testing.assert_allclose(found.autocovariance(3), cube @ stein, rtol=1e-12)
    slope, continuous = matrix - np.eye(2), found.continuous_covariance
    left = slope @ continuous + continuous @ slope.T + noise_matrix
    np.testing.assert_allclose(left, 0, atol=1e-16)
    radius = np.abs(np.linalg.eigvals(matrix)).max()
    np.testing.assert_allclose(found.correlation_time, -1 / np.log(radius), rtol=1e-12)


def test_there_is_no_stationary_noise_about_an_unstable_point():
    found = gl.fluctuations(lambda x: 2 * x, jnp.zeros(1), covariance=lambda x: jnp.eye(1))
    assert not found.stable
    assert np.isinf(found.covariance).all() and np.isinf(found.correlation_time)


# Diffusions


@pytest.mark.parametrize("model", [LINE, PLANE], ids=["line", "plane"])
def test_a_chart_leads_there_and_back(model):
    enter, leave = model.chart()
    x = model.mean_parameters()
    np.testing.assert_allclose(leave(enter(x)), x, rtol=1e-13)


def test_the_law_of_selection_and_mutation():
    references = {
        (0.0, 1.0, 0.5): 1 / 6,
        (1.0, 1.0, 0.5): 0.1353100961,
        (-2.0, 1.5, 0.3): 0.2023015152,
        (2.0, 1.0, 0.3): 0.0656435279,
    }
    for (selection, mutation, share), expected in references.items():
        law = SelectionMutation(selection, mutation, (share, 1 - share))
        assert law.heterozygosity / 2 == pytest.approx(expected, abs=1e-10)
    law = SelectionMutation(0.0, 1.5, (0.5, 0.3, 0.2))
    weights = 3 * np.array(law.real)
    square = (weights * (weights + 1)).sum() / 12
    assert law.heterozygosity == pytest.approx(1 - square, rel=1e-13)
    x = np.linspace(0, 1, 2001)[1:-1]
    density = SelectionMutation(1.0, 2.0, (0.4, 0.6)).density(np.stack([x, 1 - x], axis=-1))
    assert density.sum() / 2000 == pytest.approx(1.0, abs=1e-4)
    with pytest.raises(ValueError, match="without real data"):
        SelectionMutation(1.0, 0.0, (0.5, 0.5))
    with pytest.raises(ValueError, match="two or three"):
        SelectionMutation(1.0, 1.0, (0.4, 0.4))


@pytest.mark.parametrize(
    ("mutation", "selection", "share"), [(1.0, 1.0, 0.5), (1.5, -2.0, 0.3), (1.0, 2.0, 0.3)]
)
def test_the_chain_tends_to_the_diffusion_like_one_over_n(mutation, selection, share):
    limit = SelectionMutation(selection, mutation, (share, 1 - share)).heterozygosity
    errors = []
    for samples in (100, 400, 800):
        x = np.arange(samples + 1) / samples
        weights = np.stack([x, 1 - x]) ** (1 + selection / samples)
        pull = mutation / samples
        law = stationary_law(
            transition_matrix(
                samples, lambda _, w=weights, a=pull: (1 - a) * w[0] / w.sum(axis=0) + a * share
            )
        )
        errors.append(law @ (2 * x * (1 - x)) - limit)
    ratios = np.array(errors[:-1]) / errors[1:]
    np.testing.assert_allclose(ratios, [4.0, 2.0], rtol=0.05)


@pytest.fixture(scope="module")
def weak_paths():
    """Ends of the diffusion after 6 N generations, with 150 steps of 4 % of N generations."""

    def ends(key, mutation, selection, share):
        real = gl.Categorical(jnp.stack([share, 1 - share]))
        loop = noise.weak_loop(selection=selection, mutation=mutation, samples=1000, real=real)
        times = jnp.array([0.0, 6000.0])
        paths = gl.stochastic.diffusion(loop, key, real, times, replicates=2**13, steps=150)
        return paths.probabilities[:, -1]

    return jax.jit(ends)


@pytest.mark.parametrize(
    ("mutation", "selection", "share"),
    [
        (1.0, 1.0, 0.5),
        pytest.param(1.5, -2.0, 0.3, marks=pytest.mark.slow),
        pytest.param(1.0, 2.0, 0.3, marks=pytest.mark.slow),
        (0.2, 0.0, 0.5),
    ],
)
def test_paths_have_the_stationary_law(weak_paths, mutation, selection, share):
    p = np.asarray(weak_paths(jr.key(2), mutation, selection, share))
    assert (p >= 0).all() and np.abs(p.sum(axis=1) - 1).max() < 1e-12
    exact = SelectionMutation(selection, mutation, (share, 1 - share)).heterozygosity
    seen = 2 * p[:, 0] * p[:, 1]
    # The step of 4 % leaves an error of 2 % in the last case and less in the others.
    assert abs(seen.mean() - exact) < 5 * seen.std() / 2**6.5 + 0.03 * exact


def test_without_real_data_one_outcome_wins_with_its_probability(weak_paths):
    p = np.asarray(weak_paths(jr.key(3), 0.0, 0.0, 0.3))
    over = (p == 0).any(axis=1)
    # The slowest mode: 6 x (1 - x) e^-6 of the paths are undecided.
    assert abs(over.mean() - (1 - 6 * 0.21 * np.exp(-6))) < 0.002
    assert abs((p[:, 0] > 0.5).mean() - 0.3) < 5 * (0.21 / len(p)) ** 0.5


def test_the_log_variance_is_brownian_motion():
    """In the chart of the model the diffusion has constant coefficients: no error of the step."""
    loop = shumailov2024.gaussian_loop(samples=1000)
    times = jnp.array([0.0, 350.0, 700.0])
    solve = lambda key, start: gl.stochastic.diffusion(
        loop, key, start, times, replicates=2**11, steps=2
    )
    paths = jax.jit(solve, compiler_options=QUICK)(jr.key(4), gl.Gaussian.of(0.5, 2.0))
    log = np.log(np.asarray(paths.covariance)[..., 0, 0] / 2.0)
    for index, time in ((1, 0.35), (2, 0.7)):
        law = LogVariance(1000, round(1000 * time))
        bar = (2 * time) ** 0.5 / 2**5.5
        assert abs(log[:, index].mean() - law.mean) < 5 * bar + 3e-3 * time
        assert abs(log[:, index].var() / law.variance - 1) < 5 * (2 / 2**11) ** 0.5 + 3e-3
    spread = np.asarray(paths.mean)[:, 2, 0] - 0.5
    assert abs((spread**2).mean() / (2 * 0.7) - 1) < 0.3


def test_the_log_variance_tends_to_it_like_one_over_n():
    y = np.linspace(-3, 1, 9)
    limit = shumailov2024.log_variance_distribution(y, 0.8)
    errors = [np.abs(LogVariance(n, n * 4 // 5).cdf(y) - limit).max() for n in (100, 400, 1600)]
    np.testing.assert_allclose(np.array(errors[:-1]) / errors[1:], 4.0, rtol=0.05)


def test_a_map_of_ones_own_diffuses():
    """The Ornstein-Uhlenbeck process of an autoregression, whose covariance has a closed form."""
    decay, noise_matrix = lambda x: 0.98 * x, np.array([[0.02, 0.01], [0.01, 0.02]])
    options = {"replicates": 2**11, "steps": 60, "covariance": lambda x: noise_matrix}
    times = jnp.array([0.0, 300.0])
    solve = lambda key: gl.stochastic.diffusion(decay, key, jnp.zeros(2), times, **options)
    paths = jax.jit(solve, compiler_options=QUICK)(jr.key(0))
    expected = noise_matrix / (1 - 0.98**2)
    np.testing.assert_allclose(np.cov(np.asarray(paths[:, 1]).T), expected, atol=0.1)


def test_misuse_of_a_diffusion_is_refused():
    with pytest.raises(ValueError, match="steps must be a whole number of at least 1"):
        gl.stochastic.diffusion(gl.Draw(9), jr.key(0), SKEWED, [0.0, 1.0], replicates=2, steps=0)
    single = jax.tree.map(lambda x: jnp.asarray(x, jnp.float32), SKEWED)
    with pytest.raises(ValueError, match="float64"):
        gl.stochastic.diffusion(gl.Draw(9), jr.key(0), single, [0.0, 1.0], replicates=2, steps=1)


# The exact chain


@pytest.mark.parametrize(
    ("samples", "temperature", "count", "time", "winner"),
    [
        (10, 1.0, 5, 12.59051819772333373768, 0.5),
        (10, 0.8, 6, 6.853912674300245889436, 0.692702173197554792143),
        (20, 0.9, 12, 14.04401160086058242869, 0.6795625246791353365378),
        (20, 2.0, 10, 23984.49315834423322117, 0.5),
        (50, 1.0, 5, 31.17755247965332156305, 0.1),
    ],
)
def test_absorption_at_any_temperature(samples, temperature, count, time, winner):
    def success(x):
        weights = np.stack([x, 1 - x]) ** (1 / temperature)
        return weights[0] / weights.sum(axis=0)

    matrix = transition_matrix(samples, success)
    assert absorption_times(matrix)[count - 1] == pytest.approx(time, rel=1e-12)
    assert fixation_probabilities(matrix)[count - 1] == pytest.approx(winner, rel=1e-12)
