"""Which definitions of collapse a loop meets: the table of the literature's workflows."""

import functools

import numpy as np
import pytest
from cases import LINE, PLANE, SKEWED

import genloop as gl
from genloop.answers.composed import Fate, trends
from genloop.answers.profiles.direction import _risk
from genloop.answers.profiles.paths import Paths

REPLACE, LIKELIHOOD = "Draw(50) >> Unbias(50)", "Draw(50)"
SUBSAMPLE = "Subsample(Temper(1), samples=20, generations=21)"
FRESH = "Draw(45) >> Mix(real, 0.1, samples=5) >> Unbias(50)"
ACCUMULATE = "Accumulate(Temper(1), samples=50)"
MIXTURE = "Renew(Draw(100) >> Unbias(100), 0.9) >> Mix(real, {share})"
# The verdicts of CA-E: any increase, divergence, no spread in every run, no spread on average.
TABLE = {
    REPLACE: ("yes", "yes", "yes", "no"),
    LIKELIHOOD: ("yes", "no", "yes", "yes"),
    ACCUMULATE: ("yes", "no", "no", "no"),
    SUBSAMPLE: ("yes", "no", "no", "no"),
    FRESH: ("yes", "no", "no", "no"),
    MIXTURE.format(share=0.002): ("yes", "yes", "no", "no"),
    MIXTURE.format(share=0.05): ("yes", "no", "no", "no"),
}
COLUMNS = ("any increase", "divergence", "variance, every run", "variance, on average")


def profile(real, loop, **options):
    generations = 20 if loop == SUBSAMPLE else 100
    return gl.answers.profile(real, loop=loop, replicates=400, generations=generations, **options)


@functools.cache
def on_a_line(loop):
    """The criteria of a loop on a table, computed once for all tests of it."""
    return profile(LINE, loop).criteria


@pytest.mark.parametrize("loop", TABLE)
def test_gaussian_workflows_meet_the_definitions_of_the_table(loop):
    found = on_a_line(loop)
    assert tuple(found[name].verdict for name in COLUMNS) == TABLE[loop]
    assert found["lost modes"].verdict == "does not apply"
    # Samples come to where real data hardly are with the heavy tail of a mean that diverges.
    assert found["hallucination"].verdict != "yes" or found["divergence"].verdict == "yes"


def test_frequencies_collapse_without_diverging_and_real_data_keep_their_outcomes():
    alone = profile(SKEWED, "Draw(20)").criteria
    verdicts = tuple(alone[name].verdict for name in COLUMNS)
    assert verdicts == ("yes", "no", "yes", "yes")
    assert alone["lost modes"].verdict == "yes"
    assert alone["hallucination"].verdict == "no"
    kept = profile(SKEWED, "Draw(20) >> Mix(real, 0.3)").criteria
    assert {kept[name].verdict for name in (*COLUMNS[1:], "lost modes")} == {"no"}


@pytest.mark.parametrize(
    "loop",
    [
        ACCUMULATE,
        pytest.param(SUBSAMPLE, marks=pytest.mark.slow),
        "Renew(Draw(50), 0.1) >> Mix(real, 0.1)",
    ],
)
def test_outcomes_that_are_kept_keep_their_diversity(loop):
    found = profile(SKEWED, loop).criteria
    assert {found[name].verdict for name in COLUMNS[1:]} == {"no"}


def test_fading_outcomes_without_real_data_lose_their_diversity_on_average():
    found = profile(SKEWED, "Renew(Draw(50), 0.1)").criteria
    assert found["variance, on average"].verdict == "yes"


def test_what_runs_cannot_tell_is_undecided():
    found = profile(LINE, "Draw(50) >> Mix(real, 0)").criteria
    assert found["hallucination"].verdict == "undecided"


def test_no_error_at_all_is_no_collapse():
    for real in (LINE, SKEWED):
        assert profile(real, "Temper(1) >> Mix(real, 0.2)").met == ()


def test_a_real_set_that_was_drawn_once_is_said_to_be_one_of_many():
    found = profile(LINE, "mad-augmented", values={"T": 1, "n": 20, "m": 20})
    assert "seed 0" in found.notes[0]


def test_a_temperature_leaves_a_floor_of_the_risk_and_temperature_one_does_not():
    for real in (LINE, SKEWED):
        cold = profile(real, "Temper(0.8) >> Draw(50) >> Mix(real, 0.3)").criteria["scaling law"]
        neutral = profile(real, "Draw(50) >> Mix(real, 0.3)").criteria["scaling law"]
        assert (cold.verdict, neutral.verdict) == ("yes", "no")


def test_a_profile_does_not_depend_on_units_or_dimensions():
    plane = profile(PLANE, REPLACE).criteria
    for name in COLUMNS:
        assert on_a_line(REPLACE)[name] == plane[name]


def test_loops_without_draws_are_decided_without_runs():
    found = profile(LINE, "Temper(0.8) >> Mix(real, 0.3)").criteria
    assert found["any increase"].basis == "horizon"
    assert found["variance, on average"].verdict == "no"
    shrinking = profile(LINE, "Temper(0.8)").criteria
    assert shrinking["variance, every run"].verdict == shrinking["lost tails"].verdict == "yes"


@pytest.mark.parametrize("temperature", [0.97, 1.0, 1.04])
def test_expected_moments_without_real_data_vanish_settle_or_grow_by_the_temperature(temperature):
    loop = gl.Temper(temperature) >> gl.Draw(10**6) >> gl.Unbias(10**6)
    start = gl.Gaussian.of(0.0, 1.0).moments()
    (variance,) = trends(loop, start, lambda moments: (moments.covariance[0, 0],))
    fates = {0.97: Fate.VANISHES, 1.0: Fate.SETTLES, 1.04: Fate.GROWS}
    assert variance.fate is fates[temperature]


def test_kept_data_settle_at_the_limit_of_the_product_and_die_out_when_cold():
    numbers = lambda moments: (moments.moments.covariance[0, 0],)
    start = gl.Gaussian.of(0.0, 1.0)
    stage = gl.Accumulate(gl.Temper(1.0), samples=10)
    (kept,) = trends(stage, stage.begin(start).moments(), numbers)
    x = 10**-0.5
    limit = np.sin(np.pi * x) / (np.pi * x) / (1 - x**2)
    np.testing.assert_allclose(kept.limit, limit, rtol=1e-6)
    cold = gl.Accumulate(gl.Temper(0.5), samples=10)
    (lost,) = trends(cold, cold.begin(start).moments(), numbers)
    assert lost.fate is Fate.VANISHES


def test_a_risk_of_three_times_the_first_is_not_ten_times():
    found = profile(LINE, "Temper(0.9) >> Draw(70) >> Mix(real, 0.3, samples=30)").criteria
    assert found["catastrophic"].verdict == "no"


def test_the_risk_of_runs_is_that_of_their_moments_and_lies_within_its_bounds():
    # Runs whose expected moments are those of the sample: both ways to the risk are one number.
    deviation = np.array([[1.0, 0.01], [0.9, 2.5], [1.1, 0.1], [1.0, 0.02]])
    error = np.array([[0.01, 0.5], [0.04, 3.0], [0.0, 0.2], [0.02, 0.1]])
    risk = error + (deviation - 1) ** 2
    seen = Paths({"risk": risk, "deviation": deviation})
    curve = _risk(seen, np.stack([error.mean(0), (deviation**2).mean(0)], axis=-1))
    np.testing.assert_allclose(curve.middle, risk.mean(0), rtol=1e-12)
    assert (curve.lower <= curve.middle).all() and (curve.middle <= curve.upper).all()
