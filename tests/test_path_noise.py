"""The noise of a loop that starts at the real data, against simulation and stationary formulas."""

import numpy as np
import pytest

import genloop as gl
from genloop.loops.memory import accumulation, path_noise, windows
from genloop.papers import marchi2024

COUNTS = np.array([5000.0, 3000.0, 900.0, 700.0, 3.0])


def compared(counts, *, temperature, real_fraction, generations=100, window=10, samples=None):
    counts = np.asarray(counts, dtype=float)
    with gl.x64():
        return marchi2024.comparison(
            gl.Categorical.of(counts),
            temperature=temperature,
            real_fraction=real_fraction,
            samples=samples or int(counts.sum()),
            size=int(counts.sum()),
            window=window,
            generations=generations,
        )


def alone(counts, *, temperature, real_fraction, generations, window=10, samples=None):
    """The end state and the three noises, without the rest of the comparison."""
    counts = np.asarray(counts, dtype=float)
    real = gl.Categorical.of(counts)
    options = {"temperature": temperature, "real_fraction": real_fraction}
    end = marchi2024.healthy_state(real, **options)
    data = {"samples": samples or int(counts.sum()), "size": counts.sum(), "window": window}
    return end, path_noise.path_noises(real, end, generations, **options, **data)


def simulated(counts, end, *, temperature, real_fraction, generations, window, samples, runs):
    """The three workflows in plain NumPy, every run from the real data."""
    random, real = np.random.default_rng(1), np.asarray(counts) / np.sum(counts)
    ratio = np.sum(counts) / samples

    def drawn(p):
        weights = p ** (1 / temperature)
        sampled = weights / weights.sum(axis=-1, keepdims=True)
        return (
            random.multinomial(samples, real_fraction * real + (1 - real_fraction) * sampled)
            / samples
        )

    replaced = np.tile(real, (runs, 1))
    grown, kept = replaced, [replaced] * window
    for t in range(1, generations + 1):
        kept = [*kept[1:], drawn(np.mean(kept, axis=0))]
        grown = grown + (drawn(grown) - grown) / (ratio + t)
        replaced = drawn(replaced)
    fits = replaced, np.mean(kept, axis=0), grown
    return [float((fit.var(axis=0) / end).sum()) for fit in fits]


def noises(found):
    return [flow.noise for flow in (found.replace, found.window, found.accumulate)]


def test_the_noise_of_the_first_table_is_that_of_20000_simulated_runs():
    found = compared(COUNTS, temperature=0.9, real_fraction=0.1)
    # Simulated sample by sample, to about one per cent; the first is that of the end already.
    np.testing.assert_allclose(noises(found), [9.8e-4, 3.26e-4, 2.49e-4], rtol=0.02)
    np.testing.assert_allclose(found.replace.noise, found.replace.noise_limit, rtol=1e-4)


@pytest.mark.parametrize(
    "case",
    [
        {"temperature": 0.8, "real_fraction": 0.3, "generations": 7, "window": 3},
        {"temperature": 1.3, "real_fraction": 0.1, "generations": 12, "window": 4},
        {"temperature": 1.0, "real_fraction": 0.2, "generations": 5, "window": 2},
        {"temperature": 0.9, "real_fraction": 0.0, "generations": 4, "window": 6},
    ],
    ids=str,
)
def test_noise_on_the_way_is_that_of_simulated_runs(case):
    counts, samples = [400.0, 300, 150, 150, 100, 100, 100], 2000
    end, found = alone(counts, **case, samples=samples)
    # Without real data the end state has one token; the others have no unit there.
    end = np.asarray(end.probabilities)
    end = np.where(end > 0, end, np.inf)
    expected = simulated(counts, end, **case, samples=samples, runs=4000)
    np.testing.assert_allclose(found, expected, rtol=0.08)


def test_at_temperature_one_the_path_stays_and_the_noise_has_closed_forms():
    found = alone(COUNTS, temperature=1.0, real_fraction=0.25, generations=40, window=7)[1]
    modes = np.full(4, 0.75)
    for noise, length in zip(found, (1, 7), strict=False):
        expected = windows.window_variances(modes, length, 40, samples=9603).sum()
        np.testing.assert_allclose(noise, expected, rtol=1e-11)
    expected = accumulation.mode_variances(modes, 40, size=9603, samples=9603).sum()
    np.testing.assert_allclose(found[2], expected, rtol=1e-11)


def test_late_noise_of_data_that_are_forgotten_is_the_noise_in_the_end():
    found = compared([30, 20, 20, 10, 5, 5], temperature=0.8, real_fraction=0.5, generations=3000)
    for flow in (found.replace, found.window):
        np.testing.assert_allclose(flow.noise, flow.noise_limit, rtol=1e-9)


def test_tokens_that_share_a_class_cost_little(monkeypatch):
    counts = np.unique(np.round(10_000 / np.arange(1.0, 200.0)))
    options = {"temperature": 0.9, "real_fraction": 0.2, "generations": 30}
    exact = alone(counts, **options)[1]
    monkeypatch.setattr(path_noise, "_WORK", 30 * 60**2)
    np.testing.assert_allclose(alone(counts, **options)[1], exact, rtol=1e-3)


def test_a_window_too_large_to_hold_at_once_gives_the_same_noise(monkeypatch):
    options = {"temperature": 0.9, "real_fraction": 0.2, "generations": 30}
    whole = alone(COUNTS, **options)[1]
    monkeypatch.setattr(path_noise, "_NUMBERS", 1)
    np.testing.assert_allclose(alone(COUNTS, **options)[1], whole, rtol=1e-12)
