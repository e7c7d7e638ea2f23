"""Data that outlive a generation: stages, closed forms and the comparison of the workflows."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
import reference
from cases import CHAIN, LINE, PARTNERS, PLANE, QUICK, SKEWED
from test_stages import agree, same_mean

import genloop as gl
from genloop.loops.memory import accumulation, kept_variance, passage, windows
from genloop.loops.temperature import noise, spectrum
from genloop.papers import marchi2024
from genloop.sampling import multinomial, standard_fit

SCHEDULE = np.array([6, 0, 9, 4])
REPLICATES = 20_000

# Stages whose moments close, and first datasets.
COLLECTIONS = {
    "tokens": (
        gl.Accumulate(gl.Draw(8), samples=SCHEDULE, real=SKEWED, real_samples=2),
        gl.Dataset.of(gl.Categorical.of([1.0, 1.0, 4.0]), 10),
    ),
    "plane": (
        gl.Accumulate(gl.Temper(0.8), samples=3, real=PLANE, real_samples=lambda t: t % 3),
        gl.Dataset.of(gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]]), 5),
    ),
}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_realisations_have_the_moments(name):
    loop, start = COLLECTIONS[name]

    def run(key):
        def generation(pair, t):
            pair = loop.step(jr.fold_in(key, t), pair[0]), loop.moments(pair[1])
            return pair, pair

        first = start.broadcast((REPLICATES,)), start.moments()
        return jax.lax.scan(generation, first, jnp.arange(4))[1]

    states, moments = jax.jit(run, compiler_options=QUICK)(jr.key(4))
    for t in range(4):
        model, closed = jax.tree.map(lambda leaf, t=t: leaf[t], (states.model, moments.moments))
        np.testing.assert_array_equal(states.size[t], np.full(REPLICATES, moments.size[t]))
        if name == "tokens":
            agree(model.probabilities, closed.mean, REPLICATES)
            agree((model.probabilities**2).sum(-1), closed.square, REPLICATES)
        else:
            gap = np.asarray(model.mean) - np.asarray(closed.mean)
            agree(gap, np.zeros(2), REPLICATES)
            agree(gap[:, :, None] * gap[:, None, :], closed.mean_covariance, REPLICATES)
            agree(model.covariance, closed.covariance, REPLICATES)


# Stages that keep parts of the data, and what they start from.
SELECTIONS = {
    "chosen tokens": (
        gl.Subsample(gl.Temper(1.0), samples=4, real=SKEWED, real_samples=2, chosen=3),
        gl.models.Corpus.of(gl.Categorical.of([1.0, 1.0, 4.0]), room=24),
    ),
    "chosen points": (
        gl.Subsample(gl.Temper(0.8), samples=5, real=PLANE, real_samples=1),
        gl.models.Corpus.of(gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]]), room=24),
    ),
    "a window of tokens": (
        gl.Window(gl.Temper(1.0), samples=4, real=SKEWED, real_samples=2),
        gl.models.History.of(gl.Categorical.of([1.0, 1.0, 4.0]), generations=2, size=10),
    ),
    "a window of points": (
        gl.Window(gl.Temper(0.8), samples=4, real=PLANE, real_samples=1, weights=(1, 2, 3)),
        gl.models.History.of(PARTNERS["plane"], generations=3, size=5),
    ),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_what_is_kept_in_part_has_its_moments(name):
    stage, start = SELECTIONS[name]
    follow = jax.jit(
        lambda key: gl.orbits(
            stage.step,
            key,
            start,
            generations=4,
            replicates=REPLICATES,
            observe=lambda state: state.model,
        ),
        compiler_options=QUICK,
    )
    models, moments = follow(jr.key(6)), start.moments()
    advance = jax.jit(lambda moments: stage.moments(moments), compiler_options=QUICK)
    for t in range(4):
        moments = advance(moments)
        closed = moments.moments
        model = jax.tree.map(lambda leaf, t=t: leaf[:, t], models)
        if "tokens" in name:
            agree(model.probabilities, closed.mean, REPLICATES)
            agree((model.probabilities**2).sum(-1), closed.square, REPLICATES)
        else:
            gap = np.asarray(model.mean) - np.asarray(closed.mean)
            agree(gap[:, :, None] * gap[:, None, :], closed.mean_covariance, REPLICATES)
            agree(model.covariance, closed.covariance, REPLICATES)


def test_a_window_of_one_generation_replaces_and_an_endless_one_accumulates():
    model = gl.Gaussian.of([1.0, -1.0], [[0.5, 0.1], [0.1, 0.2]])
    data = {"samples": 6, "real": PLANE, "real_samples": 2}
    replace = gl.Temper(0.9) >> gl.Draw(6) >> gl.Mix(PLANE, 0.25, samples=2)
    keep = gl.Accumulate(gl.Temper(0.9), **data)
    once, whole = model.moments(), gl.Dataset.of(model, 8).moments()
    windows = {w: gl.Window(gl.Temper(0.9), generations=w, **data) for w in (1, 5)}
    seen = {w: window.begin(model).moments() for w, window in windows.items()}
    for _ in range(4):
        once, whole = replace.moments(once), keep.moments(whole)
        seen = {w: windows[w].moments(one) for w, one in seen.items()}
    counts, ones = gl.Poisson.of(3.0), gl.Window(gl.Draw(6), samples=4, generations=1)
    seen[0], chain = ones.moments(ones.begin(counts).moments()), counts.moments().draw(6).draw(4)
    pairs = (seen[1].moments, once), (seen[5].moments, whole.moments), (seen[0].moments, chain)
    for found, expected in pairs:
        for ours, theirs in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_points_without_room_are_refused_and_infinite_data_accumulate():
    stage = gl.Subsample(gl.Temper(0.8), samples=3, generations=2)
    points = stage.begin(LINE)
    for key in range(2):
        points = stage.step(jr.key(key), points)
    with pytest.raises(Exception, match="there is room for 6 points only"):
        stage.step(jr.key(3), points)
    with pytest.raises(ValueError, match="write generations=3 in it"):
        gl.orbits(stage.step, jr.key(0), stage.begin(LINE), generations=3, replicates=2)
    image = stage(points)
    plain = gl.Accumulate(gl.Temper(0.8), samples=3)(points.dataset)
    assert image.size == 9.0 and image.model.separation(plain.model) == 0


def test_the_noise_of_a_generation_is_that_of_its_points():
    loop = gl.Accumulate(gl.Temper(0.7), samples=6, real=SKEWED, real_samples=4)
    start = gl.Dataset.of(gl.Categorical.of([1.0, 1.0, 4.0]), 10)
    image = gl.Temper(0.7)(start.model)
    own = [np.diag(p) - np.outer(p, p) for p in (image.probabilities, SKEWED.probabilities)]
    expected = (6 * own[0] + 4 * own[1]) / 20**2
    np.testing.assert_allclose(loop.covariance(start).dense(), expected, atol=1e-16)


@pytest.mark.slow
@pytest.mark.parametrize(("family", "window"), [("tokens", 2), ("points", None)])
def test_collections_agree_with_a_simulation_point_by_point(family, window):
    rng, temperature = np.random.default_rng(8), 0.8
    if family == "tokens":
        first, real = np.array([0, 0, 1, 1, 2]), np.asarray(SKEWED.probabilities)
        model, target = gl.Categorical.of([2.0, 2.0, 1.0]), SKEWED
        seen = lambda points: np.bincount(points, minlength=3) / len(points)
    else:
        first = np.array([[-1.0], [0.5], [2.0], [3.0]])
        real = (np.asarray(LINE.mean), np.asarray(LINE.covariance))
        model, target = gl.Gaussian.of(first.mean(), first.var()), LINE
        seen = lambda points: np.array([points.mean(), np.log(points.var())])
    options = {"schedule": [(6, 2)] * 4, "real": real, "temperature": temperature}
    simulate = lambda: reference.collected_points(rng, first, window=window, **options)
    own = np.array([seen(simulate()) for _ in range(4000)])
    data = {"samples": 6, "real": target, "real_samples": 2}
    if window is None:
        stage, start = gl.Accumulate(gl.Temper(temperature), **data), gl.Dataset.of
    else:
        stage = gl.Window(gl.Temper(temperature), **data)
        start = lambda model, size: gl.models.History.of(model, generations=window, size=size)
    begin = start(model, len(first))
    follow = lambda key: gl.orbits(
        stage.step,
        key,
        begin,
        generations=4,
        replicates=REPLICATES // 2,
        observe=lambda state: (state.model, state.size),
    )
    ours, sizes = jax.jit(follow, compiler_options=QUICK)(jr.key(5))
    kept = [13, 21, 29, 37] if window is None else [13, 16, 16, 16]
    np.testing.assert_array_equal(sizes[0], np.array(kept) - (family == "points"))
    ours = jax.tree.map(lambda leaf: leaf[:, -1], ours)
    if family == "tokens":
        ours = np.asarray(ours.probabilities)
    else:
        ours = np.stack([ours.mean[:, 0], np.log(ours.covariance[:, 0, 0])], axis=1)
    for power in (1, 2):
        same_mean(own**power, ours**power)
    same_mean(own[:, 0] * own[:, 1], ours[:, 0] * ours[:, 1])


def test_a_window_has_the_fixed_point_of_its_loop():
    even = gl.Categorical.uniform(2)
    window = gl.Window(gl.Temper(0.9), samples=60, real=even, real_samples=40)
    start = gl.models.History.of(gl.Categorical.of([0.7, 0.3]), generations=2, size=7)
    search = jax.jit(lambda start: gl.fixed_point(window, start), compiler_options=QUICK)
    found = search(start)
    assert bool(found.converged) and bool(found.stable)
    np.testing.assert_allclose(found.state.models.probabilities, np.full((2, 2), 0.5), rtol=1e-12)
    np.testing.assert_allclose(found.state.sizes, np.full(2, 100.0), rtol=1e-14)
    # The multiplier of the loop is (1 - a)/T = 2/3.
    leading = np.exp(-windows.window_rate(2 / 3, 2))
    np.testing.assert_allclose(found.spectral_radius, leading, rtol=1e-10)


def test_fading_data_keep_the_structure_of_the_derivative():
    fading = gl.Renew(gl.Temper(0.7) >> gl.Mix(SKEWED, 0.5) >> gl.Draw(50), 0.25)
    dense = jax.jacfwd(lambda p: fading(gl.Categorical(p)).probabilities)(SKEWED.probabilities)
    operator = fading.jacobian(SKEWED)
    assert type(operator).__name__ == "DiagonalMinusRankOne"
    np.testing.assert_allclose(operator.dense(), dense, atol=1e-14)


def test_schedules_are_read_as_they_are_written():
    stage = gl.Accumulate(gl.Temper(1.0), samples=[3, 0], real=SKEWED, real_samples=lambda t: t / 2)
    dataset, sizes = gl.Dataset.of(SKEWED, 4), []
    for _ in range(5):
        dataset = stage(dataset)
        sizes.append(float(dataset.size))
    # 3, 0, 0, ... synthetic and 0, 0.5, 1, 1.5, 2 real points, rounded.
    assert sizes == [7, 7, 8, 10, 12]
    several = stage >> stage
    np.testing.assert_allclose(several(gl.Dataset.of(SKEWED, 4)).size, 7.0)


MISUSE = {
    "fractions of points": (lambda: gl.Accumulate(gl.Temper(1.0), samples=2.5), "whole"),
    "negative": (lambda: gl.Window(gl.Temper(1.0), samples=[2, -1]), "not negative, got -1"),
    "two axes": (lambda: gl.Accumulate(gl.Temper(1.0), samples=np.ones((2, 2))), "shape"),
    "nothing": (lambda: gl.Accumulate(gl.Temper(1.0), samples=0), "no point ever joins"),
    "no real distribution": (
        lambda: gl.Accumulate(gl.Temper(1.0), samples=2, real_samples=1),
        "pass real=",
    ),
    "no real points": (lambda: gl.Window(gl.Temper(1.0), samples=2, real=SKEWED), "real_samples="),
    "empty dataset": (lambda: gl.Dataset.of(SKEWED, 0), "size must lie in"),
    "no window": (
        lambda: gl.models.History.of(SKEWED, generations=0, size=3),
        "generations must be a whole",
    ),
    "no share": (lambda: gl.Renew(gl.Draw(3), 0.0), "share must lie in"),
    "points on a schedule": (lambda: gl.Subsample(gl.Draw(3), samples=[2, 3]), "constant numbers"),
    "more points than there are": (
        lambda: gl.Subsample(gl.Draw(3), samples=2, chosen=3),
        "3 points cannot be chosen of the 2",
    ),
    "no room": (lambda: gl.Subsample(gl.Draw(3), samples=2).begin(LINE), "generations=50"),
    "points of a chain": (
        lambda: gl.Subsample(gl.Draw(3), samples=2, generations=9).begin(CHAIN),
        "points of a MarkovChain are not kept",
    ),
    "no samples": (
        lambda: marchi2024.comparison(
            SKEWED, temperature=0.9, real_fraction=0.1, samples=0, size=10
        ),
        "samples must be a whole number",
    ),
}


@pytest.mark.parametrize("name", MISUSE)
def test_misuse_is_an_error_in_one_sentence(name):
    build, message = MISUSE[name]
    with pytest.raises(ValueError, match=message):
        build()


# Samplers of numbers that differ from row to row


def test_multinomial_counts_of_each_row():
    samples = np.tile([0.0, 3.0, 60.0], 4000)
    p = np.array([0.2, 0.0, 0.5, 0.3])
    rows = np.tile(p, (len(samples), 1))
    draw = jax.jit(lambda n: multinomial(jr.key(1), n, rows), compiler_options=QUICK)
    counts = np.asarray(draw(samples))
    np.testing.assert_array_equal(counts.sum(axis=1), samples)
    for number in (3, 60):
        gap = counts[samples == number] - number * p
        agree(gap, np.zeros(4), len(gap))
        agree(gap[:, :, None] * gap[:, None, :], number * (np.diag(p) - np.outer(p, p)), len(gap))


def test_fits_to_normal_samples_of_each_size():
    samples = np.repeat([1.0, 2.0, 3.0, 12.0], 20_000)
    fit = jax.jit(lambda n: standard_fit(jr.key(2), 2, n, n.shape), compiler_options=QUICK)
    mean, factor = fit(samples)
    scatter = samples[:, None, None] * np.asarray(factor @ factor.mT)
    for number in (1, 2, 3, 12):
        here = samples == number
        agree(np.asarray(mean)[here] ** 2, np.full(2, 1 / number), here.sum())
        # A Wishart matrix with one degree less: mean and second moments, also where singular.
        degrees, one = number - 1, scatter[here]
        agree(one, degrees * np.eye(2), here.sum())
        agree(one[:, 0, 0] ** 2, degrees * (degrees + 2), here.sum())
        agree(one[:, 0, 1] ** 2, degrees, here.sum())
        assert (np.linalg.matrix_rank(one[0], tol=1e-10)) == min(degrees, 2)


# Closed forms and the comparison


def test_stored_values():
    found = kept_variance(np.inf, size=100, samples=10)
    np.testing.assert_allclose(found, 0.9905270860955313579773, rtol=1e-12)
    for fraction, value in ((0.25, 3.156821640131862289508e-4), (0.75, 1.19656185727924874078e-5)):
        path = accumulation.squared_deviations(
            1000, size=100, samples=100, real_fraction=fraction, concentration=0.38
        )
        np.testing.assert_allclose(path[-1], value, rtol=1e-12)


@pytest.mark.parametrize("outcomes", [3, pytest.param(1500, marks=pytest.mark.slow)])
def test_sums_over_multipliers_need_no_multipliers(outcomes):
    real = gl.Categorical.of(1 / np.arange(1.0, outcomes + 1))
    options = {"temperature": 0.9, "real_fraction": 0.4}
    state = marchi2024.healthy_state(real, **options)
    found = spectrum.Spectrum.of(marchi2024.loop(**options, real=real), state)
    exact = np.sort(gl.multipliers(marchi2024.loop(**options, real=real), state))[1:]
    np.testing.assert_allclose(found.leading, exact[-1], rtol=1e-12)
    for point in (1.0, -1.0, 0.97, -30.0):
        np.testing.assert_allclose(found.resolvent(point), (1 / (point - exact)).sum(), rtol=1e-9)


@pytest.mark.slow
def test_the_comparison_agrees_with_its_parts():
    real = gl.Categorical.of(1 / np.arange(1.0, 31.0))
    options = {"temperature": 0.8, "real_fraction": 0.5}
    data = {"samples": 500, "size": 2000}
    found = marchi2024.comparison(real, **options, **data, generations=400)
    assert found.window_generations == 4 and found.regime == "slow" and found.stable
    # Sampling at 0.8 with half of the data real: stable, and away from the real data.
    expected = noise.fluctuation_size(found.state, **options, samples=500)
    np.testing.assert_allclose(found.replace.noise_limit, expected, rtol=1e-9)
    for flow in (found.replace, found.window):
        np.testing.assert_allclose(flow.noise, flow.noise_limit, rtol=1e-4)
    assert found.replace.noise_limit > found.window.noise_limit > found.accumulate.noise
    halves = [flow.half_life for flow in (found.replace, found.window, found.accumulate)]
    np.testing.assert_allclose(found.multiplier ** halves[0], 0.5, rtol=1e-12)
    left = accumulation.remaining_deviation(found.multiplier, halves[2], **data)
    np.testing.assert_allclose(left, 0.5, rtol=1e-10)
    assert halves == sorted(halves)
    # The same count by the stage, generation by generation.
    stage = marchi2024.accumulating_loop(temperature=0.8, samples=250, real=real, real_samples=250)
    dataset, generation = gl.Dataset.of(real, 2000), 0
    while 0.5 * np.abs(dataset.model.probabilities - real.probabilities).sum() < 0.1:
        dataset, generation = stage(dataset), generation + 1
    assert found.accumulate.goal_time == generation
    assert found.replace.goal_time <= found.window.goal_time <= generation


def test_the_flow_takes_over_where_generations_are_too_many(monkeypatch):
    numbers = {"samples": 10, "size": 20_000, "window": 300, "goal": 0.02}
    options = {"temperature": 0.95, "real_fraction": 0.2, **numbers}
    slow = passage.goal_times(SKEWED, **options)
    monkeypatch.setattr(passage, "_count", lambda path, away, most: None)
    flow = passage.goal_times(SKEWED, **options)
    # Generations of a large dataset are short steps of the flow; whole ones are counted.
    np.testing.assert_allclose(flow[2], slow[2], atol=1.5)


def test_diversity_at_temperature_one():
    found = marchi2024.comparison(SKEWED, temperature=1.0, real_fraction=0.0, samples=20, size=100)
    np.testing.assert_allclose(found.replace.diversity, (1 - 1 / 20) ** 100, rtol=1e-10)
    kept = kept_variance(100, size=100, samples=20)
    np.testing.assert_allclose(found.accumulate.diversity, kept, rtol=1e-12)
    assert found.multiplier == 1 and found.accumulate.noise_limit > found.accumulate.noise
    assert found.replace.diversity_limit == 0 < found.accumulate.diversity_limit


def test_a_stage_knows_the_state_from_which_its_loop_starts():
    sharpen = gl.Temper(0.8) >> gl.Draw(12)
    assert sharpen.begin(SKEWED) is SKEWED
    data = gl.Accumulate(sharpen, samples=[7, 9], real=SKEWED, real_samples=2).begin(SKEWED)
    assert (data.model, float(data.size)) == (SKEWED, 9.0)
    window = gl.Window(sharpen, samples=lambda t: 5 + t, generations=3)
    history = gl.stages.Loop((window,)).begin(PLANE)
    assert history.sizes.tolist() == [5.0, 0.0, 0.0]
    assert history.model.separation(PLANE) < 1e-15
    assert window(history).sizes.tolist() == [5.0, 5.0, 0.0]


def test_what_a_window_keeps_and_what_a_loop_starts_from_are_told_where_they_are_missing():
    window = gl.Window(gl.Temper(0.8), samples=5)
    with pytest.raises(ValueError, match="generations=5"):
        window.begin(SKEWED)
    with pytest.raises(ValueError, match="generations must be a whole number"):
        gl.Window(gl.Temper(0.8), samples=5, generations=0)
    four = gl.models.History.of(SKEWED, generations=4, size=9)
    with pytest.raises(ValueError, match="keeps 3 generations, got a History of 4"):
        gl.Window(gl.Temper(0.8), samples=5, generations=3)(four)
    with pytest.raises(ValueError, match="put the other stages inside"):
        (gl.Temper(0.8) >> gl.Accumulate(gl.Draw(5), samples=5)).begin(SKEWED)
