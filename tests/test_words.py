"""What commands say: which absence is meant, for which loop and start, and in plain letters."""

import json
import re
import unicodedata

import pytest

from genloop.cli.formulas import plain
from genloop.cli.run import run

COUNTS = "token,count\nthe,5000\nof,3000\nmodel,900\ncollapse,700\nserendipity,3\n"


@pytest.fixture
def counts(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS)
    return str(path)


@pytest.fixture
def said(capsys, monkeypatch):
    """Runs a command in 80 columns; returns exit code and output as one line of words."""
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        out = capsys.readouterr().out
        assert max(map(len, out.splitlines()), default=0) <= 80 or "--json" in arguments
        return code, out

    return call


def flat(text):
    return " ".join(text.split())


def test_the_goal_comes_first_and_no_absence_is_called_none(said, counts):
    _, out = said("threshold", "--counts", counts, "-T", 0.9)
    words = flat(out)
    assert words.index("needs at least 24 % real data") < words.index("recovery")
    assert "does not" in words and "none" not in words
    assert "1 token can have won" in words and "1 tokens" not in words
    assert "residual" not in words


def test_brackets_are_for_those_who_ask(said, counts):
    _, out = said("threshold", "--counts", counts, "-T", 0.9, "--verbose")
    assert "residual" in out and "--certify" in out


def test_at_temperature_one_finite_samples_and_other_temperatures_are_told(said, counts):
    _, out = said("threshold", "--counts", counts)
    words = flat(out)
    assert "Finite samples do change it" in words and "Other temperatures" in words
    assert "24 %" in words and "not" in words and "needed" in words


def test_text_and_table_agree_that_neutral_sampling_without_real_data_meets_no_goal(
    said, counts, tmp_path
):
    table = tmp_path / "table.csv"
    table.write_text("a,b\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(40)))
    for source in (("--counts", counts), ("--table", table)):
        code, out = said("threshold", *source, "-a", 0)
        assert code == 1 and "any positive share" in flat(out) and "not" in out


def test_with_a_sampler_no_number_of_another_loop_is_shown(said, counts, temperature=0.8):
    code, out = said("threshold", "--counts", counts, "-T", temperature, "--nucleus", 0.9)
    words = flat(out)
    text = f"Temper({temperature}) >> Nucleus(0.9) >> Mix(real, a)"
    assert code == 0 and f"loop {text}" in words and "can win up to" not in words
    assert (0, out) == said("threshold", "--counts", counts, "--loop", text)


def test_several_rules_are_told_in_the_order_in_which_they_act(said, counts):
    rules = ("--min-p", 0.1, "--top-k", 3, "--nucleus", 0.8, "--order", "temperature-last")
    _, out = said("threshold", "--counts", counts, "-T", 0.5, *rules)
    assert "TopK(3) >> Nucleus(0.8) >> MinP(0.1) >> Temper(0.5) >> Mix(real, a)" in flat(out)


@pytest.mark.parametrize("columns", [24, 40, 60, 80, 120])
@pytest.mark.parametrize("command", ["extinction", "bounds"])
def test_no_word_of_a_table_is_broken(capsys, monkeypatch, counts, columns, command):
    monkeypatch.setenv("COLUMNS", str(columns))
    assert run([command, "--counts", counts]) == 0
    out = capsys.readouterr().out
    words = set(re.split(r"[\s│┃,:]+", out))
    assert {"'serendipity'", "Gharesifard-Tabuada"} & words
    assert max(map(len, out.splitlines())) <= columns


def test_one_of_a_thing_is_one_thing(said, tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("token,count\na,1\nb,1\n")
    rules = ("--top-k", 1, "-T", 1)
    for command in (("threshold", *rules), ("simulate", "--generations", 1, "--replicates", 2)):
        words = flat(said(*command, "--counts", path)[1])
        assert not re.search(r"(?<![\d.,])1 (tokens|generations|runs|samples|points)\b", words)
    assert "1 generation" in words


def test_greedy_sampling_has_its_own_remedy(capsys):
    assert run(["threshold", "--uniform", "3", "-T", "0"]) == 2
    assert "--top-k 1" in capsys.readouterr().err


def test_a_covariance_of_low_rank_has_no_typical_variance(said, tmp_path):
    import numpy as np

    table = tmp_path / "table.csv"
    rows = np.random.default_rng(0).normal(size=(100, 9))
    header = ",".join(f"c{i}" for i in range(9))
    np.savetxt(table, rows, delimiter=",", header=header, comments="")
    pool = ("--samples", 6, "--real-samples", 3, "--generations", 3, "--replicates", 20)
    _, out = said("simulate", "--table", table, *pool, "--json")
    typical = json.loads(out)["result"]["statistics"]["typical_variance"]
    assert typical["mean"] == typical["exact"] == [0, 0, 0]
    # One point more, and the covariance has full rank.
    pool = ("--samples", 7, "--real-samples", 3, "--generations", 3, "--replicates", 20)
    _, out = said("simulate", "--table", table, *pool, "--json")
    assert min(json.loads(out)["result"]["statistics"]["typical_variance"]["mean"]) > 0


def test_no_terminal_text_of_a_theorem_has_latex():
    from genloop import x64
    from genloop.answers import select

    with x64():
        for theorem in select():
            texts = theorem.statement, theorem.title, *theorem.hypotheses, *theorem.mutants
            for text in map(plain, texts):
                assert "\\" not in text and "$" not in text, (theorem.spec, text)


@pytest.mark.parametrize(
    ("latex", "unicode"),
    [
        (r"$\frac{1 - a}{1 - a + a r(W)}$", "(1 - a)/(1 - a + a r(W))"),
        (r"$\frac1w \sum_{j} x_j^2$", "1/w Σⱼ xⱼ²"),
        (r"$\sqrt{n^2 - 1}$", "√(n² - 1)"),
        (r"$x^{1/T}/Z$ and $\mathbb E\,\sigma^2$", "x^(1/T)/Z and E σ²"),
        (r"$\left[\sum_k 1/(1 - \mu_k^2)\right]$", "[Σₖ 1/(1 - μₖ²)]"),
        (r"$\hat x$, $\dot{x}$", "x̂, ẋ"),
        ("no formula", "no formula"),
    ],
)
def test_formulas_in_plain_letters(latex, unicode):
    assert plain(latex) == unicodedata.normalize("NFC", unicode)
