"""Data that are kept: stored values, and what others have simulated."""

import numpy as np
import pytest

import genloop as gl
from genloop.answers.composed import Fate, trends
from genloop.laws.chi_square import mean_log_chi_square
from genloop.loops import memory
from genloop.papers import kazdan2024

# Of a reference computed with many digits, or exact fractions.
REFERENCE = {
    "all kept": (
        lambda: [memory.kept_variance(np.inf, samples=n) for n in (2, 10, 100)],
        [0.358187786013244018, 0.843435857215593949, 0.983631643083465967],
    ),
    "all kept, five generations": (lambda: memory.kept_variance(5, samples=10), 0.85887725625),
    "divergence from the real data": (
        lambda: -memory.kept_log_variance(5, samples=10) / 2,
        0.15496270231137061,
    ),
    "efficiency in the end": (lambda: 1 / memory.accumulated_risk(np.inf), 0.607927101854026629),
    "a growing variance": (
        lambda: memory.kept_variance(np.inf, samples=10, quadratic=1.0),
        1.1728042211564993,
    ),
    "a first dataset": (
        lambda: memory.kept_variance(np.inf, samples=10, size=100),
        0.9905270860955313579773,
    ),
    "unbiased": (
        lambda: [memory.kept_unbiased_variance(np.inf, samples=n) for n in (4, 10, 100)],
        [0.836338056247217955, 0.935140653684775081, 0.993547121541025627],
    ),
    "squares": (
        lambda: [memory.kept_square(np.inf, samples=n) for n in (2, 10, 100)],
        [0.649384762766878769, 0.98445349834016221, 0.999843880827359317],
    ),
    "logarithms": (
        lambda: [memory.kept_log_variance(t, samples=10) for t in (1, 2, 5)],
        [-0.220566986074571473, -0.268789101498902638, -0.309925404622741221],
    ),
    "chosen of all, n = 4": (
        lambda: memory.subsampled_variance(np.inf, samples=4),
        [0.600458979394959957, 0.450344234546219968, 0.549655765453780032],
    ),
    "chosen of all, n = 10": (
        lambda: memory.subsampled_variance(np.inf, samples=10),
        [0.821101094684255828, 0.738990985215830245, 0.261009014784169755],
    ),
    "chosen of all, n = 100": (
        lambda: memory.subsampled_variance(np.inf, samples=100),
        [0.980805133456236651, 0.970997082121674284, 0.0290029178783257156],
    ),
    "risks in the end": (
        lambda: [memory.accumulated_risk(np.inf), memory.subsampled_risk(np.inf)],
        [1.64493406684822644, 2.93480220054467931],
    ),
}


@pytest.mark.parametrize("name", REFERENCE)
def test_reference(name):
    compute, value = REFERENCE[name]
    np.testing.assert_allclose(compute(), value, rtol=1e-12)


# The mean of the variance in 100 public runs of 100 generations, in units of the real one, for
# each number of samples.
KEPT = {10: 0.8658, 32: 0.9601, 100: 0.9898, 316: 1.0013}


def test_simulations_of_others_that_keep_everything_have_these_means():
    for samples, mean in KEPT.items():
        law = memory.kept_variance(100, samples=samples)
        spread = memory.kept_square(100, samples=samples) - law**2
        assert abs(mean - law) < 2 * (spread / 100) ** 0.5
    limits = [memory.kept_variance(np.inf, samples=samples) for samples in KEPT]
    np.testing.assert_allclose(limits, [0.843436, 0.949383, 0.983632, 0.994803], atol=5e-7)


def test_simulations_of_others_that_replace_have_these_logarithms():
    # The means of their variances say nothing: few runs carry them. n = 32, t = 100, 100 runs.
    step = float(mean_log_chi_square(31.0)) + np.log(31 / 32)
    law = gl.laws.LogVariance(32, 100)
    np.testing.assert_allclose(100 * step, -6.4353, atol=5e-5)
    np.testing.assert_allclose(law.variance**0.5, 2.582, atol=5e-4)
    assert abs(-6.207 - 100 * step) < 3 * 2.582 / 10
    moments = kazdan2024.replace(samples=100)
    for generations, value in ((10, 0.90438), (50, 0.60501), (100, 0.36603)):
        state = gl.Gaussian.of(0.0, 1.0).moments()
        for _ in range(generations):
            state = moments.moments(state)
        np.testing.assert_allclose(state.covariance, [[value]], atol=5e-6)


def test_chosen_points_have_the_variances_that_others_have_found():
    for samples, generations, value in (
        (10, 2, 0.83132),
        (10, 10, 0.75978),
        (10, 100, 0.74113),
        (10, 10_000, 0.73901),
        (100, 100, 0.97129),
        (100, 10_000, 0.97100),
    ):
        found = memory.subsampled_variance(generations, samples=samples).fit
        np.testing.assert_allclose(found, value, atol=6e-6)


def test_first_order_risks_are_those_of_the_linear_process_of_others():
    for generations, kept, chosen in (
        (2, 1.25, 1.75),
        (10, 1.549768, 2.649303),
        (100, 1.634984, 2.904952),
    ):
        np.testing.assert_allclose(memory.accumulated_risk(generations), kept, atol=6e-7)
        np.testing.assert_allclose(memory.subsampled_risk(generations), chosen, atol=6e-7)


def test_the_same_design_in_every_generation_has_the_risk_of_a_mean():
    # Linear regression on one design, n = 100 and d = 10, simulated by others: 300 runs.
    unit = 10 / (100 - 10 - 1)
    for generations, replaced, kept in ((10, 1.1236, 0.17413), (50, 5.61798, 0.18260)):
        found = memory.replaced_risk(generations), memory.accumulated_risk(generations)
        np.testing.assert_allclose(np.array(found) * unit, [replaced, kept], rtol=3e-5)


def test_a_first_dataset_counts_as_generations_of_chosen_points():
    # As if three generations of the pool were real, whose fit is known.
    stage = gl.Subsample(gl.Temper(1.0), samples=7)
    real = gl.Gaussian.of(0.0, 1.0)
    pool = gl.Dataset.of(real, 21).moments()
    moments = gl.models.CorpusMoments(pool, pool.moments)
    for t in range(1, 6):
        moments = stage.moments(moments)
        found = memory.subsampled_variance(t, samples=7, size=21)
        exact = moments.pool.moments.covariance, moments.moments.covariance
        np.testing.assert_allclose(found[:2], np.ravel(exact), rtol=1e-12)
        np.testing.assert_allclose(found[2], moments.moments.mean_covariance[0, 0], rtol=1e-11)


@pytest.mark.parametrize("samples", [2, 7, 1000])
def test_limits_are_those_of_many_generations(samples):
    for law in (
        memory.kept_variance,
        memory.kept_unbiased_variance,
        memory.kept_square,
        lambda t, **o: memory.subsampled_variance(t, **o).pool,
    ):
        for size in (0.0, 3.5 * samples):
            options = {"samples": samples, "size": size}
            ends = [law(t, **options) for t in (50_000, 100_000, np.inf)]
            # What is left falls like one over the generations, or faster.
            assert abs(2 * ends[1] - ends[0] - ends[2]) < 1e-8 / samples


def test_the_long_run_of_chosen_points_and_of_windows_is_seen_in_their_moments():
    real = gl.Gaussian.of(0.0, 1.0)
    numbers = lambda state: (state.moments.covariance[0, 0], state.moments.mean_covariance[0, 0])
    choose = kazdan2024.subsample(samples=20, generations=1)
    spread, error = trends(choose, choose.begin(real).moments(), numbers)
    limits = memory.subsampled_variance(np.inf, samples=20)
    np.testing.assert_allclose([spread.limit, error.limit], limits[1:], rtol=1e-6)
    window = kazdan2024.keep_window(samples=20, generations=3)
    spread, error = trends(window, window.begin(real).moments(), numbers)
    assert spread.fate == Fate.VANISHES
    np.testing.assert_allclose(error.limit, 1.0, rtol=1e-12)
