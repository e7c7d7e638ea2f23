"""Thresholds at temperatures near zero, near one and far above, against other arithmetic."""

import mpmath as mp
import numpy as np
import pytest

import genloop as gl
from genloop.papers import marchi2024

REAL = (0.5, 0.3, 0.2)
COLD = [1 - 10.0**-k for k in range(1, 16)]
NEAR_ONE = [*COLD, *(1 + 10.0**-k for k in range(1, 16))]


def _root(function, lower, upper):
    """Bisection with many digits; the sign at `lower` is negative."""
    for _ in range(170):
        middle = (lower + upper) / 2
        lower, upper = (middle, upper) if function(middle) < 0 else (lower, middle)
    return (lower + upper) / 2


def _end(real, sharpness, fraction_odds):
    """The healthy state as the root of a monotone equation for each outcome, with `odds` of it.

    At the share $1 - q$ of real data in the leader, for `fraction_odds` $(1 - q)/q$.
    """
    share = 1 / (1 + fraction_odds)
    roots = [mp.mpf(1)]
    for r in real[1:]:
        level = (1 - share) * r / real[0]
        roots.append(_lower(level, share, sharpness))
    total = mp.fsum(roots)
    return (1 - share) / (real[0] * total), [root / total for root in roots]


def _lower(level, share, sharpness):
    top = (share * sharpness) ** (-1 / (sharpness - 1)) if sharpness > 1 else mp.mpf(1)
    least = level if sharpness > 1 else share ** (1 / (1 - sharpness))
    return _root(lambda z: z - share * z**sharpness - level, least, min(top, mp.mpf(1)))


def _fidelity(distance, goal, temperature):
    """The real fraction at which the distance of the healthy state is the goal."""
    real, sharpness = [mp.mpf(r) for r in _double()], 1 / mp.mpf(temperature)

    def missing(log_odds):
        _, state = _end(real, sharpness, mp.exp(log_odds))
        return goal - distance(real, state)

    log_odds = _root(missing, mp.log(abs(sharpness - 1)) - 6, mp.log(abs(sharpness - 1)) + 8)
    return _end(real, sharpness, mp.exp(log_odds))[0]


def _double():
    return np.asarray(gl.Categorical.of(np.array(REAL)).probabilities).tolist()


def _total_variation(real, state):
    return mp.fsum(abs(x - r) for x, r in zip(state, real, strict=True)) / 2


def _divergence(real, state):
    return mp.fsum(r * mp.log(r / x) for x, r in zip(state, real, strict=True))


def _rival_fold(temperature):
    """The largest real fraction of the second outcome as winner: a maximum over a scale."""
    real, sharpness = [mp.mpf(r) for r in _double()], 1 / mp.mpf(temperature)
    turn = sharpness ** (-1 / (sharpness - 1))

    def fraction(distance):
        first = turn * mp.exp(-distance)
        scale = (first - first**sharpness) / real[0]
        third = _lower(scale * real[2], mp.mpf(1), sharpness)
        rise = lambda z: scale * real[1] - (z - z**sharpness)
        return scale / (first + _root(rise, turn, mp.mpf(1)) + third)

    step = mp.mpf(10) ** -20
    fall = lambda x: fraction(mp.exp(x - step)) - fraction(mp.exp(x + step))
    start = mp.log(min(temperature, 1))
    return fraction(mp.exp(_root(fall, start - 6, mp.mpf(2))))


@pytest.mark.parametrize("temperature", NEAR_ONE[::6])
def test_fidelity_near_temperature_one(temperature):
    with mp.workdps(50):
        exact = {
            "fidelity": _fidelity(_total_variation, mp.mpf(0.05), temperature),
            "fidelity_divergence": _fidelity(_divergence, mp.mpf(0.01), temperature),
        }
    with gl.x64():
        real = gl.Categorical.of(np.array(REAL))
        goals = {"total_variation_goal": 0.05, "divergence_goal": 0.01}
        found = marchi2024.thresholds(real, temperature=temperature, **goals)
    for name, value in exact.items():
        assert found[name].value == pytest.approx(float(value), rel=1e-12)
        assert found[name].interval[0] <= value <= found[name].interval[1]


@pytest.mark.parametrize("temperature", [1e-6, 0.05, 1 - 1e-9])
def test_the_last_fold_at_any_temperature(temperature):
    with mp.workdps(60):
        exact = _rival_fold(temperature)
    with gl.x64():
        real = gl.Categorical.of(np.array(REAL))
        found = marchi2024.unique_threshold(real, temperature=temperature)
    assert found.value == pytest.approx(float(exact), rel=1e-12)
    assert found.interval[0] <= exact <= found.interval[1]


def test_stored_values_of_the_last_fold_and_of_fidelity():
    with gl.x64():
        real = gl.Categorical.of(np.array(REAL))
        unique = lambda T: marchi2024.unique_threshold(real, temperature=T).value
        fidelity = lambda T: marchi2024.thresholds(real, temperature=T)["fidelity"].value
        assert unique(1e-5) == pytest.approx(0.83329065923247791, rel=1e-14)
        assert unique(1e-6) == pytest.approx(0.83332826652337302, rel=1e-14)
        assert fidelity(1 - 1e-6) == pytest.approx(2.53793577285744e-06, rel=1e-12)
        assert fidelity(1 - 1e-12) == pytest.approx(2.537884e-12, rel=1e-6)


@pytest.mark.parametrize("temperature", COLD)
def test_uniform_data_lose_their_stability_at_one_less_the_temperature(temperature):
    with gl.x64():
        real = gl.Categorical.uniform(5)
        found = marchi2024.thresholds(real, temperature=temperature)
    assert found["local"].value == pytest.approx(1 - temperature, rel=1e-13)
    with mp.workdps(50):
        sharpness = 1 / mp.mpf(temperature)
        # One winner of ratio e^d: 1 - a = b sinh^2(d/2)/sinh^2(b d/2) where that is a fold [U-4].
        rest = lambda d: (
            (mp.coth(sharpness * d / 2) - mp.mpf(3) / 5) / (mp.coth(d / 2) - mp.mpf(3) / 5)
        )
        fold = lambda d: sharpness * (mp.sinh(d / 2) / mp.sinh(sharpness * d / 2)) ** 2
        size = _root(lambda d: rest(d) - fold(d), mp.mpf("1e-3"), mp.log(4))
        exact = 1 - rest(size)
    assert found["unique"].value == pytest.approx(float(exact), rel=1e-12)
    assert found["unique"].interval[0] <= exact <= found["unique"].interval[1]


@pytest.mark.parametrize(
    "temperature", [5e-324, 1e-308, 1e-300, 1e-200, 1e-40, 1e-16, 1e-9, 1e3, 1e12, 1e200, 1e300]
)
@pytest.mark.parametrize("weights", [REAL, (0.4, 0.4, 0.2), (1.0, 1.0, 1.0), (0.9, 1e-12, 1e-200)])
def test_extreme_temperatures_give_numbers_or_reasons(weights, temperature):
    with gl.x64():
        real = gl.Categorical.of(np.array(weights))
        found = marchi2024.thresholds(real, temperature=temperature)
    for one in found.values():
        assert one.status != "not resolved"
        if one.value is not None:
            assert 0 < one.interval[0] <= one.value <= one.interval[1] <= 1 + 1e-12
            assert one.residual < 1e-10
    if temperature < 1e-15 and weights == REAL:
        # For T -> 0 the runner-up can win below 1/(1 + r_1 - r_2) [HD-12 (iii)].
        assert found["unique"].value == pytest.approx(1 / 1.2, rel=1e-13)
        assert found["unique_any"].value == pytest.approx(1, rel=1e-15)


@pytest.mark.parametrize("tiny", [1e-300, 1e-307])
@pytest.mark.parametrize("temperature", [1.3, 1e3, 1e12])
def test_hot_loops_make_outcomes_of_tiny_probability_equal(tiny, temperature):
    with gl.x64():
        real = gl.Categorical.of(np.array([1, tiny]))
        row = marchi2024.stable_states(real, temperature=temperature, real_fraction=1e-9)
        np.testing.assert_allclose(row.state(0).probabilities, 0.5, atol=1e-8)
        assert row.spectral_radius == pytest.approx([(1 - 1e-9) / temperature], rel=1e-8)


def test_what_a_cold_loop_loses_of_a_tiny_probability_is_no_divergence():
    with gl.x64():
        found = marchi2024.thresholds(gl.Categorical.of(np.array([1, 1e-300])), temperature=0.5)
    assert {found[name].value for name in found if name.startswith("fidelity")} == {None}
