"""Rewards of real tokens: how they are read, and what `reward` stands for in a typed loop."""

import json

import numpy as np
import pytest

import genloop as gl
from genloop.cli.run import run
from genloop.errors import InputError
from genloop.language import parse

COUNTS = "token,count\nthe,50\nof,30\nmodel,9\ncollapse,7\nserendipity,3\n"
REWARDS = "token,reward\nserendipity,2\nmodel,1\nthe,0\nof,-0.5\ncollapse,1e-3\n"
CURATED = "Choose(reward, among=4) >> Mix(real, a)"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counts.csv").write_text(COUNTS)
    (tmp_path / "rewards.csv").write_text(REWARDS)
    return tmp_path


@pytest.fixture
def real(folder):
    return gl.data.counts("counts.csv")


def read(folder, text, real, **options):
    (folder / "rewards.csv").write_text(text)
    return gl.data.rewards("rewards.csv", real, **options)


def test_rewards_stand_in_the_order_of_the_outcomes(real):
    found = gl.data.rewards("rewards.csv", real)
    assert real.labels == ("the", "of", "model", "collapse", "serendipity")
    np.testing.assert_array_equal(found.values, [0, -0.5, 1, 1e-3, 2])
    assert (found.different, found.groups, found.reading) == (5, ("reward",), ())


@pytest.mark.parametrize(
    "text",
    [
        "word;reward\nthe;0,0\nof;-0,5\nmodel;1,0\ncollapse;0,001\nserendipity;2,0\n",
        "token\treward\nthe\t0\nof\t-0.5\nmodel\t1\ncollapse\t1e-3\nserendipity\t2\n",
        '{"the": 0, "of": -0.5, "model": 1, "collapse": 0.001, "serendipity": 2}',
        "id,token,reward\n1,the,0\n2,of,-0.5\n3,model,1\n4,collapse,0.001\n5,serendipity,2\n",
    ],
)
def test_other_layouts_say_the_same(folder, real, text):
    np.testing.assert_allclose(read(folder, text, real).values, [0, -0.5, 1, 1e-3, 2], rtol=1e-15)


def test_every_group_of_curators_has_a_column(folder, real):
    text = "token,reward_young,reward_old\n"
    text += "".join(f"{one},{i},{-i}\n" for i, one in enumerate(real.labels))
    found = read(folder, text, real)
    assert found.groups == ("reward_young", "reward_old")
    np.testing.assert_array_equal(found.values, [np.arange(5), -np.arange(5)])


def test_a_default_is_for_tokens_without_a_row_and_is_said(folder, real):
    found = read(folder, "token,reward\nthe,1\nnever,3\n", real, default=-1)
    np.testing.assert_array_equal(found.values, [1, -1, -1, -1, -1])
    assert found.reading == (
        "4 tokens without a row: reward -1",
        "1 row of tokens not in the data: left out",
    )


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("token,reward\nthe,1\nof,2\n", "E273", "no reward of 3 tokens of the data, first 'model'"),
        (REWARDS + "never,1\n", "E274", "1 token not in the data, first 'never'"),
        ("token,reward\nThe,1\n", "E275", "no token of the data"),
        ("token,reward\n", "E275", "no token of the data"),
        (REWARDS + "the,1\n", "E272", "has the token 'the' again"),
        (REWARDS + ",1\n", "E228", "empty token"),
        (REWARDS.replace("1e-3", "nan"), "E222", "reward in line 6"),
        (REWARDS.replace("1e-3", "inf"), "E223", "not finite"),
        (REWARDS.replace("1e-3", ""), "E221", "is not a number"),
        (REWARDS.replace("1e-3", "good"), "E221", "is 'good'"),
        ("token,score\nthe,1\n", "E271", "start it with the line token,reward"),
        ("the,1\nof,2\n", "E271", "start it with the line token,reward"),
        (REWARDS + "a,b,c\n", "E213", "3 cells"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_remedy(folder, real, text, code, words):
    with pytest.raises(InputError, match=code) as failure:
        read(folder, text, real)
    assert words in str(failure.value)
    assert "\n" not in str(failure.value)


def test_rewards_need_labels_and_a_finite_default(real):
    with pytest.raises(ValueError, match="this model has none"):
        gl.data.rewards("rewards.csv", gl.Categorical.uniform(5))
    with pytest.raises(InputError, match="E223"):
        gl.data.rewards("rewards.csv", real, default=float("nan"))


def test_a_typed_loop_is_the_one_that_is_built_of_its_rewards(real):
    rewards = gl.data.rewards("rewards.csv", real)
    typed = parse(CURATED, rewards=rewards)
    with gl.x64():
        loop = gl.Choose(rewards.values, among=4) >> gl.Mix(real, 0.3)
        found = typed.build({"a": 0.3}, real=real)(real).probabilities
        np.testing.assert_allclose(found, loop(real).probabilities, rtol=1e-15)
    assert parse(typed.text, rewards=rewards) == typed
    assert typed != parse(CURATED, rewards=rewards.values)
    assert typed.rewards is rewards


def test_arithmetic_on_rewards_keeps_equal_outcomes_together(real):
    typed = parse("Tilt(b * reward - 1)", rewards=[0.0, 1.0, 1.0, 0.0, 0.0])
    found = typed.build({"b": 2}).reward
    assert found.levels.shape == (2,)
    np.testing.assert_allclose(found.values, [-1, 1, 1, -1, -1])


def test_shares_of_groups_are_written_in_parentheses():
    typed = parse("Tilt(reward, shares=(s, 1 - s))", rewards=np.eye(2))
    assert typed.parameters == ("s",)
    assert parse(typed.text, rewards=np.eye(2)) == typed
    with gl.x64():
        found = typed.build({"s": 1.0})(gl.Categorical.of([1, 1])).probabilities
        np.testing.assert_allclose(found, np.exp([1, 0]) / np.exp([1, 0]).sum(), rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mix(real, reward)", "reward is the rewards of outcomes"),
        ("Tilt(2 * x)", "this is no reward"),
        ("Tilt(reward, shares=0.5)", "a list of numbers is expected"),
        ("Tilt((1, 2))", "this is no reward"),
        ("(Temper(0.8), Draw(3))", "this is no stage"),
    ],
)
def test_rewards_and_lists_stand_where_they_mean_something(text, words):
    with pytest.raises(InputError, match="E133") as failure:
        parse(text)
    assert words in str(failure.value)


def test_rewards_that_are_missing_or_not_asked_for_are_named():
    with pytest.raises(InputError, match="E136 the rewards are missing"):
        parse(CURATED).build({"a": 0.3}, real=gl.Categorical.uniform(3))
    with pytest.raises(InputError, match="E136 there is no reward in this loop"):
        parse("Temper(0.8)", rewards=[0, 1])
    with pytest.raises(ValueError, match="finite"):
        parse(CURATED, rewards=[0, np.nan])


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--loop", CURATED, "--set", "a=0.3"], "E136", "give --rewards FILE"),
        (["--rewards", "rewards.csv"], "E111", "--rewards goes with --loop"),
        (["--rewards", "rewards.csv", "--loop", "Mix(real, 0.3)"], "E111", "a reward in the loop"),
        (["--default-reward", "0"], "E111", "--default-reward goes with --rewards"),
        (["--rewards", "none.csv", "--loop", CURATED, "--set", "a=0.3"], "E201", "none.csv"),
    ],
)
def test_commands_say_what_is_missing(folder, capsys, options, code, words):
    assert run(["fixed-points", "--counts", "counts.csv", *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith(code)
    assert words in said
    assert said.count("\n") == 1


def test_documents_and_studies_keep_where_rewards_are_from(folder, capsys):
    (folder / "sub").mkdir()
    asked = ["simulate", "--counts", "counts.csv", "--rewards", "rewards.csv"]
    asked += ["--loop", CURATED + " >> Draw(50)", "--set", "a=0.3", "--replicates", "2"]
    assert run([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    found = gl.data.rewards("rewards.csv", gl.data.counts("counts.csv"))
    known = {"source": "rewards.csv", "sha256": found.sha256}
    assert document["provenance"]["rewards"] == known
    assert run([*asked, "--dump-config", "sub/study.toml"]) == 0
    assert 'rewards = "../rewards.csv"' in (folder / "sub" / "study.toml").read_text()
    assert run(["simulate", "--config", "sub/study.toml", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["result"]["statistics"] == document["result"]["statistics"]
    assert again["provenance"]["rewards"]["sha256"] == found.sha256
    assert run([*asked, "--out", "rewards.csv"]) == 2
    assert "E120" in capsys.readouterr().err
