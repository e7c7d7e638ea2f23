"""What is answered about curated loops: ends of many outcomes, what takes over, the words."""

import math

import numpy as np
import pytest

import genloop as gl
from genloop import answers
from genloop.cli.run import run
from genloop.language import parse
from genloop.loops import curation

FEW = gl.Categorical.of([50, 30, 9, 7, 3])
REWARDS = [0.0, 0.0, 1.0, 0.0, 2.0]
CHOOSE, TILT = "Choose(reward, among=4) >> Mix(real, a)", "Tilt(reward) >> Mix(real, a)"


def many(outcomes=400):
    real = gl.Categorical.of(1 / np.arange(1.0, outcomes + 1))
    return real, np.arange(outcomes) % 3 * 0.7


@pytest.mark.slow
def test_many_outcomes_are_solved_by_their_rewards_exactly():
    with gl.x64():
        real, rewards = many()
        loop = parse(CHOOSE, rewards=rewards)
        (found,) = answers.fixed_points(real, loop=loop, values={"a": 0.3}, starts=0).fixed_points
        whole = gl.fixed_point(loop.build({"a": 0.3}, real=real), real)
        state = found.point.state.probabilities
        np.testing.assert_allclose(state, whole.state.probabilities, rtol=1e-12)
        np.testing.assert_allclose(found.spectral_radius, whole.spectral_radius, rtol=1e-9)


def test_the_end_of_very_many_candidates_is_the_perron_vector():
    with gl.x64():
        real, rewards = many()
        loop = parse(TILT, rewards=rewards)
        answer = answers.fixed_points(real, loop=loop, values={"a": 0.3}, starts=0)
        limit = curation.curated_limit(real, rewards, real_fraction=0.3)
        state = answer.fixed_points[0].point.state.probabilities
        np.testing.assert_allclose(state, limit.probabilities, rtol=1e-12)
        rate = math.exp(-1 / answer.curation.relaxation)
        np.testing.assert_allclose(rate, limit.rate, rtol=1e-9)
        factors = [one.factor for one in answer.curation.classes]
        assert factors == sorted(factors, reverse=True)
        shares = sum(one.share for one in answer.curation.classes)
        np.testing.assert_allclose(shares, 1.0, rtol=1e-14)


def test_the_best_rated_take_over_below_the_condensation_share():
    with gl.x64():
        loop = parse(TILT, rewards=REWARDS)
        found = answers.threshold(FEW, loop=loop).thresholds
        share = np.array([50, 30, 9, 7]) / 96
        needed = 1 / (share @ (1 / -np.expm1(np.array([0, 0, 1, 0]) - 2.0)))
        np.testing.assert_allclose(found["takeover"].value, needed, rtol=1e-12)
        assert found["unique"].status == "not needed"


def test_a_preferred_class_takes_over_at_the_transcritical_threshold():
    with gl.x64():
        among = 2
        loop = parse(f"Choose(reward, among={among}) >> Mix(real, a)", rewards=[0.0, 1.3])
        found = answers.threshold(gl.Categorical.of([99, 1]), loop=loop).thresholds["takeover"]
        needed = (among - 1) * math.expm1(1.3) / (among * math.exp(1.3))
        np.testing.assert_allclose(found.value, needed, rtol=1e-12)


def test_goals_of_every_token_are_met_at_their_thresholds():
    with gl.x64():
        loop = parse(TILT, rewards=REWARDS)
        found = answers.threshold(FEW, loop=loop, goals={"kept": 0.8, "grown": 3.0})
        for goal, level, pick in (("kept", 0.8, min), ("grown", 3.0, max)):
            share = found.needed(goal).value
            limit = curation.curated_limit(FEW, REWARDS, real_fraction=share)
            factors = limit.probabilities / FEW.probabilities
            np.testing.assert_allclose(pick(factors), level, rtol=1e-10)


@pytest.mark.slow
def test_the_divergence_stays_below_its_bound_where_there_is_one():
    with gl.x64():
        loop = parse(CHOOSE, rewards=REWARDS)
        enough = answers.threshold(FEW, loop=loop, at=0.8).at.curation
        assert 0 < enough.divergence < enough.bound == pytest.approx(math.log(4), rel=1e-12)
        little = answers.fixed_points(FEW, loop=loop, values={"a": 0.5}, starts=0).curation
        assert little.bound is None and little.bounded_above == 0.75


@pytest.mark.slow
def test_groups_are_told_apart_and_their_favourites_followed():
    with gl.x64():
        rewards = np.array([[0, 0, 1, 0, 2], [1, 0, 0, 0, 0]])
        loop = parse("Tilt(reward, shares=(s, 1 - s)) >> Mix(real, 0.3)", rewards=rewards)
        answer = answers.fixed_points(FEW, loop=loop, values={"s": 0.75}, starts=0)
        first, second = answer.curation.groups.values()
        state = np.asarray(answer.fixed_points[0].point.state.probabilities)
        assert (first.share, second.share) == (0.75, 0.25)
        np.testing.assert_allclose([first.reward, second.reward], rewards @ state, rtol=1e-13)
        np.testing.assert_allclose(first.kept_favourites, state[4], rtol=1e-13)
        assert answer.curation.kinds == 4


def test_other_loops_have_no_curation_and_no_goals_of_it():
    with gl.x64():
        asked = answers.fixed_points(FEW, temperature=0.9, real_fraction=0.3, starts=0)
        assert asked.curation is None and "curation" not in asked.result()
        with pytest.raises(ValueError, match="'kept' is no goal here"):
            answers.threshold(FEW, loop="Temper(0.8) >> Mix(real, a)", goals={"kept": 0.5})


@pytest.fixture
def typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    tokens = ("the", "of", "model", "collapse", "serendipity")
    rows = zip(tokens, (50, 30, 9, 7, 3), REWARDS, strict=True)
    counts, rewards = ["token,count"], ["token,reward"]
    for token, count, reward in rows:
        counts.append(f"{token},{count}")
        rewards.append(f"{token},{reward}")
    (tmp_path / "counts.csv").write_text("\n".join(counts))
    (tmp_path / "rewards.csv").write_text("\n".join(rewards))
    return ["--counts", "counts.csv", "--rewards", "rewards.csv"]


ASKED = {
    "threshold": ["--loop", CHOOSE, "--goal", "kept=0.5"],
    "fixed-points": ["--loop", "Temper(0.9) >> " + CHOOSE, "--set", "a=0.3"],
    "diagram": ["--loop", "Choose(b * reward, among=3) >> Mix(real, a)", "--along", "b=0:2"]
    + ["--set", "a=0.2"],
    "simulate": ["--loop", CHOOSE + " >> Draw(50)", "--set", "a=0.3", "--replicates", "20"],
    "plan": ["--loop", CHOOSE, "--schedule", "a=0.5/(t+1)", "--generations", "4"],
    "profile": ["--loop", CHOOSE + " >> Draw(50)", "--set", "a=0.3", "--replicates", "100"]
    + ["--generations", "5"],
}
SAID = {
    "threshold": "serendipity",
    "fixed-points": "What curators do",
    "diagram": "branch from the real data",
    "simulate": "Mean of the runs",
    "plan": "generation",
    "profile": "definitions",
}


@pytest.mark.parametrize("command", ASKED)
def test_every_command_with_a_loop_answers_a_curated_one(typed, capsys, command):
    assert run([command, *typed, *ASKED[command]]) in (0, 1)
    said = capsys.readouterr().out
    assert said.startswith("rewards     rewards.csv, 3 different rewards\n")
    assert SAID[command] in said
