"""Every row of the complete list of stable states, against Newton's method with many digits."""

import mpmath as mp
import numpy as np
import pytest

import genloop as gl
from genloop.papers import marchi2024


def exact(real, temperature, fraction, start):
    """The fixed point near a start and its largest multiplier, from the map itself."""
    real, size = [mp.mpf(float(r)) for r in real], len(real)
    sharpness, fraction = 1 / mp.mpf(temperature), mp.mpf(fraction)
    # In logarithms, so that tiny probabilities have their digits too.
    state = mp.matrix([mp.log(mp.mpf(float(x))) for x in start])
    for _ in range(60):
        learned, slope = _step(real, sharpness, fraction, state)
        residual = mp.matrix([mp.log(learned[i]) - state[i] for i in range(size)])
        move = mp.lu_solve(mp.eye(size) - slope, residual)
        state += move
        if max(abs(m) for m in move) < mp.mpf(10) ** -35:
            break
    _, slope = _step(real, sharpness, fraction, state)
    values = mp.eig(slope, left=False, right=False)
    return [mp.exp(s) for s in state], max(mp.re(v) for v in values)


def _step(real, sharpness, fraction, state):
    """F and the derivative of log F in log x, which has the multipliers of F at a fixed point."""
    weights = [mp.exp(sharpness * (s - max(state))) for s in state]
    sampled = [w / mp.fsum(weights) for w in weights]
    learned = [fraction * r + (1 - fraction) * s for r, s in zip(real, sampled, strict=True)]
    size = len(real)
    part = [(1 - fraction) * sharpness * s / f for s, f in zip(sampled, learned, strict=True)]
    slope = mp.matrix(size, size)
    for i in range(size):
        for j in range(size):
            slope[i, j] = part[i] * ((i == j) - sampled[j])
    return learned, slope


def check(weights, temperature, fraction):
    """How many rows were compared."""
    with gl.x64():
        real = gl.Categorical.of(np.array(weights))
        found = marchi2024.stable_states(real, temperature=temperature, real_fraction=fraction)
        states = [np.asarray(found.state(row).probabilities) for row in range(len(found.counts))]
    for row, start in enumerate(states):
        with mp.workdps(60):
            state, radius = exact(np.asarray(real.probabilities), temperature, fraction, start)
        winner = found.winners(row)
        leading = state[int(winner[0]) if winner.size else int(np.argmax(weights))]
        assert found.leading[row] == pytest.approx(float(leading), rel=1e-12)
        if not np.isnan(found.spectral_radius[row]):
            near_fold = min(1e-4, 1e-13 / abs(1 - float(radius)))
            assert found.spectral_radius[row] == pytest.approx(
                float(radius), rel=max(1e-10, near_fold)
            )
        assert found.residual[row] < 1e-12
    return len(states)


def random_case(seed):
    """Few outcomes, often nearly tied, at any temperature below one and any real fraction."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(rng.integers(2, 6), rng.choice([0.3, 1.0, 10.0])))
    weights = np.maximum(weights, 1e-9)
    if rng.random() < 0.5:
        weights[1] = weights[0] * (1 - 10.0 ** -rng.uniform(1, 9))
    fraction = min(10.0 ** -rng.uniform(0, 9), 0.95)
    return weights / weights.sum(), float(rng.uniform(0.15, 0.98)), float(fraction)


def test_nearly_tied_winners_have_their_multipliers_to_all_digits():
    weights = [0.3503163813402559, 0.35031603102387454, 0.2993675876358697]
    with gl.x64():
        real = gl.Categorical.of(np.array(weights))
        found = marchi2024.stable_states(
            real, temperature=0.6449876247647195, real_fraction=0.00020345218065013736
        )
    assert found.spectral_radius[1] == pytest.approx(0.00811168406867192706, rel=1e-10)
    assert check(weights, 0.6449876247647195, 0.00020345218065013736) == 3


@pytest.mark.parametrize("seed", range(12))
def test_random_rows_agree_with_many_digits(seed):
    check(*random_case(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12, 200))
def test_more_random_rows_agree_with_many_digits(seed):
    check(*random_case(seed))


@pytest.mark.parametrize("temperature", [0.3, 0.8, 1.35])
@pytest.mark.parametrize("fraction", [1 - 1e-15, 1 - 1e-16, 1 - 1e-9, 1.0, 1e-12])
def test_real_fractions_at_the_ends_of_their_range(temperature, fraction):
    with gl.x64():
        real = gl.Categorical.of(np.array([0.5, 0.3, 0.2]))
        found = marchi2024.stable_states(real, temperature=temperature, real_fraction=fraction)
    assert (found.residual < 1e-15).all()
    if fraction == 1 - 1e-15:
        sampled = np.array([0.5, 0.3, 0.2]) ** (1 / temperature)
        sampled /= sampled.sum()
        slope = (np.diag(sampled) - np.outer(sampled, sampled)) / np.array([0.5, 0.3, 0.2])
        radius = (1 - fraction) / temperature * np.linalg.eigvals(slope).real.max()
        assert found.spectral_radius[0] == pytest.approx(radius, rel=1e-9)


@pytest.mark.parametrize("least", [1e-300, 1e-200, 1e-100, 1e-14])
def test_probabilities_near_the_end_of_their_range(least):
    with gl.x64():
        real = gl.Categorical.of(np.array([1.0, least]))
        # At T = 1/2 the rare outcome has won with x^2/(x^2 + (1 - x)^2) = x/(1 - a), x < 1.
        found = marchi2024.stable_states(real, temperature=0.5, real_fraction=0.1)
        state = np.asarray(found.state(1).probabilities)
    assert found.number == 2 and (found.residual < 1e-14).all()
    x = state[1]
    assert 0.9 * x**2 / (x**2 + state[0] ** 2) == pytest.approx(x, rel=1e-12)


@pytest.mark.parametrize("least", [1e-310, 5e-324])
def test_probabilities_without_digits_are_refused_in_a_sentence(least):
    with gl.x64(), pytest.raises(ValueError, match="lose their digits"):
        real = gl.Categorical.of(np.array([1.0, least]))
        marchi2024.stable_states(real, temperature=0.5, real_fraction=0.1)
