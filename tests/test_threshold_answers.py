"""What `genloop threshold` tells, asked for in Python."""

import math

import pytest

import genloop as gl

REAL = gl.Categorical.of([5, 3, 2])
TABLE = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
ASKED = {
    "sharpening": (REAL, {"temperature": 0.8}),
    "flattening": (REAL, {"temperature": 1.3, "goals": {"kl": 0.01}}),
    "truncation": (REAL, {"sampling": gl.TopK(1), "goals": {"tv": 0.2}}),
    "table": (TABLE, {"temperature": 0.9, "samples": 10**5}),
}
SLOW = {"sharpening": pytest.mark.slow}
"""Its collapsed states take long to compile."""
REFUSED = {
    "model": (lambda: gl.answers.threshold([5, 3, 2]), "Categorical"),
    "goal": (lambda: gl.answers.threshold(REAL, goals={"variance": 0.1}), "tv, kl, vocabulary"),
    "level": (lambda: gl.answers.threshold(REAL, goals={"tv": math.nan}), "got nan"),
    "text": (lambda: gl.answers.threshold(REAL, goals={"tv": "0.1"}), "got '0.1'"),
    "number": (lambda: gl.answers.threshold(REAL, goals=0.1), "by name"),
    "rule": (lambda: gl.answers.threshold(REAL, sampling="nucleus"), "sampling must be"),
    "twice": (
        lambda: gl.answers.threshold(TABLE, real_samples=3, real_fraction=0.1),
        "give one of them",
    ),
    "all": (lambda: gl.answers.threshold(TABLE, real_fraction=1), "leaves no loop"),
    "exact": (lambda: gl.answers.threshold(TABLE).certified(temperature="0.9"), "is about 1.0"),
    "double": (lambda: gl.answers.threshold(TABLE).certified(temperature=1.0), "as text"),
}


@pytest.mark.parametrize("name", [pytest.param(n, marks=SLOW.get(n, ())) for n in ASKED])
def test_a_goal_is_met_on_one_side_of_what_it_needs_and_missed_on_the_other(name):
    real, asked = ASKED[name]
    answer = gl.answers.threshold(real, **asked)
    assert answer.met is None and answer.decided
    (goal,) = answer.asked
    needed = answer.needed(goal).value
    for share, met in ((0.99 * needed, False), (1.01 * needed, True)):
        assert gl.answers.threshold(real, **asked, real_fraction=share).met is met


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_is_refused_with_the_remedy(name):
    ask, words = REFUSED[name]
    with pytest.raises(ValueError, match=words):
        ask()


def test_moments_that_have_no_limit_are_infinite():
    answer = gl.answers.threshold(TABLE, temperature=1.5, real_fraction=0.01)
    assert answer.at.variance_kept == math.inf and answer.met is False
    assert answer.document()["result"]["at"]["variance_kept"] is None


def test_certificates_enclose_the_values_of_an_answer():
    answer = gl.answers.threshold(TABLE, temperature=0.9).certified(temperature="0.9")
    proved = {name: one for name, one in answer.certificates.items() if one.proved}
    assert proved
    for name, certificate in proved.items():
        lower, upper = certificate.parameter.bounds
        assert lower == pytest.approx(answer.thresholds[name].value, rel=1e-12) and lower <= upper
