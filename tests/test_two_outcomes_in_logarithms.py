"""The healthy state of two outcomes against a scalar equation in logarithms, with many digits."""

import mpmath as mp
import numpy as np
import pytest

import genloop as gl
from genloop.papers import marchi2024


def _generation(log_rare, rare, temperature, fraction):
    """The logarithm of the rarer outcome a generation later."""
    odds = (mp.log(-mp.expm1(log_rare)) - log_rare) / mp.mpf(temperature)
    sampled = (1 - mp.mpf(fraction)) / (1 + mp.exp(odds))
    return mp.log(mp.mpf(fraction) * rare + sampled)


def _end(rare, temperature, fraction):
    """Where the loop ends that starts at the real data: iterated, then Newton's method."""
    rare = mp.mpf(rare)
    excess = lambda u: _generation(u, rare, temperature, fraction) - u
    u = mp.log(rare)
    if temperature > 1:
        lower, upper = u, mp.log(mp.mpf(1) / 2)
        for _ in range(140):
            middle = (lower + upper) / 2
            lower, upper = (middle, upper) if excess(middle) > 0 else (lower, middle)
        return mp.exp(lower)
    for _ in range(200):
        u += excess(u)
    return mp.exp(mp.findroot(excess, u, tol=1e-40))


CASES = [
    (rare, temperature, fraction)
    for rare in (1e-3, 1e-9, 1e-14, 1e-16, 1e-60, 1e-300)
    for temperature in (0.3, 0.75, 1.001, 1.35, 3.0)
    for fraction in (1e-6, 1e-3, 0.3, 0.95)
]


@pytest.mark.parametrize("temperature", sorted({case[1] for case in CASES}))
def test_the_rarer_outcome_has_all_its_digits(temperature):
    for rare, _, fraction in (case for case in CASES if case[1] == temperature):
        with gl.x64():
            real = gl.Categorical.of(np.array([1.0, rare]))
            options = {"temperature": temperature, "real_fraction": fraction}
            state = np.asarray(marchi2024.healthy_state(real, **options).probabilities)
            found = marchi2024.stable_states(real, **options)
        with mp.workdps(50):
            exact = float(_end(float(real.probabilities[1]), temperature, fraction))
        assert state[1] == pytest.approx(exact, rel=1e-10, abs=0), (rare, fraction)
        if temperature > 1:
            assert found.number == 1 and found.spectral_radius[0] < 1


@pytest.mark.parametrize("rare", [1e-9, 1e-14, 1e-200])
def test_the_answer_lists_the_one_state_that_is_proved(rare):
    with gl.x64():
        real = gl.Categorical.of(np.array([1.0, rare]))
        answer = gl.answers.fixed_points(real, temperature=1.35, real_fraction=0.001)
        found = [one.point for one in answer.fixed_points]
        with mp.workdps(50):
            exact = float(_end(float(real.probabilities[1]), 1.35, 0.001))
        assert len(found) == 1 and answer.stable_states.number == 1
        assert float(found[0].state.probabilities[1]) == pytest.approx(exact, rel=1e-10)
        assert bool(found[0].stable) and float(found[0].spectral_radius) < 0.75
