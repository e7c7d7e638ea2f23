"""The command line: documents, exit codes and one-line errors."""

import contextlib
import csv
import io
import json
import math
import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import genloop as gl
from genloop.answers.documents import plain
from genloop.cli import inputs
from genloop.cli.run import run
from genloop.cli.words import branch_pictures, branches
from genloop.laws import loss_probabilities
from genloop.papers import marchi2024

ENTRY = [sys.executable, "-m", "genloop"]


@pytest.fixture
def cli(capsys):
    """Run a command in this process: exit code, stdout, stderr."""

    def call(*arguments):
        code = run([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def answer(cli):
    """Run a command with --json and return its exit code and its one document."""

    def call(*arguments):
        code, out, err = cli(*arguments, "--json")
        assert err == ""
        return code, strict(out)

    return call


def strict(text: str) -> dict:
    """One JSON document and nothing else, without NaN, with the four fixed keys."""

    def refuse(token):
        raise AssertionError(f"{token} in JSON")

    document = json.loads(text, parse_constant=refuse)
    assert list(document) == ["schema", "result", "numerics", "provenance"]
    assert re.fullmatch(r"genloop/[a-z-]+/1", document["schema"])
    assert {"versions", "seed", "command", "sha256"} <= document["provenance"].keys()
    assert document["numerics"]["dtype"] == "float64"
    return document


@pytest.fixture
def counts(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text('token,count\nthe,60\nof,25\n"a ""b""",10\n[red]x,5\n')
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    points = np.random.default_rng(3).normal(size=(40, 2)) @ [[2.0, 0.0], [1.0, 0.5]]
    rows = "\n".join(f"{x},{y}" for x, y in points)
    path.write_text(f"height,weight\n{rows}\n")
    return path


def test_threshold_document(answer, counts):
    code, document = answer("threshold", "--counts", counts, "-T", 0.5)
    result = document["result"]
    assert code == 0
    assert {"local", "unique", "unique_any", "contraction", "fidelity"} <= result[
        "thresholds"
    ].keys()
    for threshold in result["thresholds"].values():
        assert list(threshold) == [
            "value",
            "bracket",
            "uncertainty",
            "residual",
            "status",
            "reason",
        ]
        assert (threshold["value"] is None) == (threshold["reason"] is not None)
        if threshold["value"] is not None:
            assert 0 <= threshold["value"] <= 1
            if threshold["bracket"] is None:
                assert 0 < threshold["uncertainty"] < 1e-9
            else:
                lower, upper = threshold["bracket"]
                assert 0 <= lower <= threshold["value"] <= upper <= 1
            assert threshold["residual"] < 1e-9
    provenance = document["provenance"]
    assert len(provenance["sha256"]) == 64 and provenance["source"] == str(counts)
    assert provenance["command"][:2] == ["genloop", "threshold"] and provenance["seed"] == 0


def test_threshold_of_uniform_data_is_known(answer):
    _, document = answer("threshold", "--uniform", 3, "-T", 0.5)
    thresholds = document["result"]["thresholds"]
    assert thresholds["local"]["value"] == pytest.approx(0.5, abs=1e-12)
    assert thresholds["unique"]["value"] == pytest.approx(9 - 6 * math.sqrt(2), abs=1e-12)


def test_a_real_fraction_is_judged_by_the_goal(answer, counts):
    _, document = answer("threshold", "--counts", counts, "-T", 0.7, "--goal", "tv=0.1")
    needed = document["result"]["thresholds"]["fidelity"]["value"]
    arguments = ("threshold", "--counts", counts, "-T", 0.7, "--goal", "tv=0.1", "-a")
    code, document = answer(*arguments, needed + 1e-6)
    assert (code, document["result"]["at"]["total_variation"] <= 0.1) == (0, True)
    assert document["result"]["at"]["total_variation"] == pytest.approx(0.1, abs=1e-4)
    assert answer(*arguments, needed - 1e-6)[0] == 1


def test_an_unstable_state_meets_no_goal(answer):
    code, document = answer("threshold", "--uniform", 4, "-T", 0.5, "-a", 0.3)
    assert code == 1 and document["result"]["at"]["stable"] is False


def test_goals_are_judged_by_name(answer, counts):
    arguments = ("threshold", "--counts", counts, "-T", 0.7, "-a", 0.9)
    assert answer(*arguments, "--goal", "kl=0.5", "--goal", "vocabulary=0.5")[0] == 0
    assert answer(*arguments, "--goal", "kl=0.5", "--goal", "vocabulary=0.999")[0] == 1


def test_the_words_say_who_wins(cli, counts):
    code, out, err = cli("threshold", "--counts", counts, "-T", 0.5)
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert re.search(r"With only 10 % real data the token 'the' ends with 9\d(\.\d+)? % of", text)
    assert "The goal 'total variation at most 0.1' needs at least" in text


def test_collapsed_states_are_those_of_the_complete_list(answer, counts):
    _, document = answer("threshold", "--counts", counts, "-T", 0.5, "-a", 0.15)
    collapsed = document["result"]["collapsed"]
    weights = gl.Categorical.of([60, 25, 10, 5])
    complete = marchi2024.stable_states(weights, temperature=0.5, real_fraction=0.15)
    assert [state["winner"] for state in collapsed["states"]][:2] == ["the", "of"]
    expected = dict(zip(complete.real, complete.leading, strict=True))
    for state, share in zip(collapsed["states"], (0.6, 0.25, 0.1, 0.05), strict=True):
        assert (state["leading"] is not None) == (share in expected)
        if share in expected:
            assert state["leading"] == pytest.approx(expected[share], abs=1e-12)
    assert collapsed["number"] == len(expected) > 1
    rival = collapsed["states"][1]["survives"]["value"]
    assert rival == document["result"]["thresholds"]["unique"]["value"] > 0.15


def test_nucleus_sampling_follows_the_integer_recursion(answer, counts):
    arguments = ("threshold", "--counts", counts, "--nucleus", 0.8, "-a")
    code, document = answer(*arguments, 0.5)
    found = document["result"]["truncation"]
    sizes = marchi2024.nucleus_sizes([60, 25, 10, 5], "0.8")
    assert found["without_real_data"]["kept"] == [*sizes[1:], sizes[-1]]
    # Two tokens are kept, so the distance is (1 - a) times the mass of the others.
    assert found["with_real_data"]["end"]["total_variation"] == pytest.approx(0.5 * 0.15)
    assert found["fidelity"]["value"] == pytest.approx(1 - 0.1 / 0.15, abs=1e-12)
    # The goal is asked of this loop, not of the one without truncation.
    assert code == 0 and answer(*arguments, 0.2)[0] == 1


def test_extinction_is_the_exact_law(answer, counts):
    arguments = ("extinction", "--counts", counts, "--token", "of", "--generations", 9)
    code, document = answer(*arguments, "--samples", 40)
    (token,) = document["result"]["tokens"]
    exact = loss_probabilities(40, 0.25, 60)
    assert code == 0 and token["count"] == 25
    np.testing.assert_allclose(token["lost"], [exact[8]], atol=1e-13)
    assert token["quantiles"]["0.05"] == np.searchsorted(exact, 0.05) + 1
    # Without --samples a generation is as large as the input.
    assert answer(*arguments)[1]["result"]["samples"] == 100
    left = sum(1 - loss_probabilities(40, p, 9)[-1] for p in (0.6, 0.25, 0.1, 0.05))
    assert document["result"]["distinct_left"] == [pytest.approx(left, abs=1e-12)]


def test_bounds_are_ordered_and_say_why_they_do_not_apply(answer, counts):
    _, document = answer("bounds", "--counts", counts, "-T", 0.5)
    bounds = {bound.pop("name"): bound for bound in document["result"]["bounds"]}
    order = ["unique", "unique_any", "contraction", "published_gharesifard", "published_fisher_rao"]
    odds = [bounds[name]["real_per_synthetic"] for name in order]
    assert odds == sorted(odds) and bounds["unique"]["factor"] == 1
    assert bounds["local"]["real_fraction"] is None and "no fold" in bounds["local"]["reason"]
    _, document = answer("bounds", "--uniform", 3, "-T", 1.5)
    assert all(b["reason"] for b in document["result"]["bounds"][:5])


def test_accumulating_changes_the_speed_and_not_the_end(answer, counts):
    arguments = ("--counts", counts, "-T", 0.7, "-a", 0.5)
    _, document = answer("accumulate", *arguments, "--generations", 20, "--window", 3)
    result = document["result"]
    _, thresholds = answer("threshold", *arguments)
    assert result["thresholds"]["unique"] == thresholds["result"]["thresholds"]["unique"]
    multiplier, flows = result["end"]["multiplier"], result["workflows"]
    assert flows["replace"]["deviation"] == pytest.approx(multiplier**20, rel=1e-9)
    # The product of AC-2, factor by factor.
    factors = [1 - (1 - multiplier) / (1 + t) for t in range(1, 21)]
    assert flows["accumulate"]["deviation"] == pytest.approx(math.prod(factors), rel=1e-9)
    times = [flows[name]["half_life"] for name in ("replace", "window", "accumulate")]
    assert times == sorted(times)


def test_threshold_of_a_table(answer, table):
    code, document = answer("threshold", "--table", table, "-T", 0.9, "--real-samples", 500)
    result = document["result"]
    assert {"mean", "almost_sure", "mean_square", "variance"} <= result["thresholds"].keys()
    assert result["at"]["columns"].keys() == {"height", "weight"}
    assert (code == 0) == (0.9 <= result["at"]["variance_kept"] <= 1 / 0.9)
    assert answer("threshold", "--table", table, "-T", 0.9, "-a", 0.9)[0] == 0
    assert answer("threshold", "--table", table, "-T", 0.5, "-a", 0.1)[0] == 1
    assert answer("threshold", "--table", table, "-T", 1.3, "-a", 0.01)[0] == 1


def test_infinity_is_null_with_a_reason(answer, table):
    code, document = answer("threshold", "--table", table, "--samples", 10)
    assert code == 0 and document["result"]["at"]["mean_error"] is None
    assert document["numerics"]["reasons"]["result.at.mean_error"] == "infinite"
    reasons = {}
    assert plain([math.nan, {"x": -math.inf}, np.float64(1)], "r", reasons) == [
        None,
        {"x": None},
        1,
    ]
    assert reasons == {"r[0]": "not a number", "r[1].x": "infinite"}


def test_fixed_points_document(answer, counts):
    code, document = answer("fixed-points", "--uniform", 3, "-T", 0.5, "-a", 0.505)
    points = document["result"]["fixed_points"]
    assert code == 0 and len(points) == 4
    for point in points:
        assert {"state", "stable", "spectral_radius", "residual"} <= point.keys()
        assert sum(point["state"].values()) == pytest.approx(1, abs=1e-12)
        assert point["stable"] and point["spectral_radius"] < 1 and point["residual"] <= 1e-12
    complete = document["result"]["stable_states"]
    assert complete["number"] == 4 and complete["reason"] is None
    assert [(state["winner"], state["count"]) for state in complete["states"]] == [
        (None, 1),
        ("outcome 1", 3),
    ]
    leading = sorted(max(point["state"].values()) for point in points)
    listed = sorted(state["leading"] for state in complete["states"] for _ in range(state["count"]))
    assert listed == pytest.approx(leading, rel=1e-11)
    _, document = answer("fixed-points", "--counts", counts, "-T", 0.9, "-a", 0.5)
    assert list(document["result"]["fixed_points"][0]["state"])[0] == "the"


@pytest.mark.slow
def test_fixed_points_list_the_largest_twenty(answer):
    _, document = answer("fixed-points", "--uniform", 50, "-T", 1.2, "-a", 0.5, "--starts", 0)
    (point,) = document["result"]["fixed_points"]
    assert len(point["state"]) == 20 and point["effective_vocabulary"] == pytest.approx(50)


def test_fixed_points_of_a_table(answer, table):
    _, document = answer("fixed-points", "--table", table, "-T", 0.8, "-a", 0.2)
    (point,) = document["result"]["fixed_points"]
    assert point["variance_kept"] == pytest.approx(0.2 / (1 - 0.8 * 0.8), rel=1e-9)
    assert np.shape(point["state"]["covariance"]) == (2, 2) and len(point["state"]["mean"]) == 2


def test_labels_are_shown_as_they_are(cli, counts):
    _, out, _ = cli("fixed-points", "--counts", counts, "-T", 1.1, "-a", 0.5)
    assert "[red]x" in out or 'a "b"' in out


def test_simulate_writes_csv_and_json(answer, table, tmp_path):
    arguments = ("--generations", 4, "--replicates", 2000, "--samples", 20, "--seed", 5)
    out = tmp_path / "runs.csv"
    code, document = answer("simulate", "--table", table, *arguments, "--out", out)
    found = document["result"]["statistics"]["variance_kept"]
    assert code == 0 and found["exact"] == pytest.approx([1.0] * 4)
    errors = np.abs(np.subtract(found["mean"], found["exact"])) / found["standard_error"]
    assert (errors < 5).all()
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [float(row["variance_kept_mean"]) for row in rows] == found["mean"]
    assert [row["generation"] for row in rows] == ["1", "2", "3", "4"]
    again = answer("simulate", "--table", table, *arguments)[1]["result"]
    assert again == document["result"]


def test_simulate_compares_outcomes_with_the_theory(answer, counts):
    arguments = ("--generations", 3, "--replicates", 3000, "--samples", 30)
    _, document = answer("simulate", "--counts", counts, "-T", 1, "-a", 0.2, *arguments)
    found = document["result"]["statistics"]["heterozygosity"]
    errors = np.abs(np.subtract(found["mean"], found["exact"])) / found["standard_error"]
    assert (errors < 5).all()
    assert document["result"]["statistics"]["effective_vocabulary"]["exact"] is None


@pytest.mark.parametrize(
    "suffix", ["png", pytest.param("svg", marks=pytest.mark.slow), "csv", "npz", "json"]
)
def test_diagram_formats(cli, tmp_path, suffix):
    out = tmp_path / f"phase.{suffix}"
    code, text, _ = cli(
        "diagram", "--uniform", 3, "-T", "0.4:1.2:3", "-a", "0.1:0.9:3", "--out", out
    )
    assert code == 0 and str(out) in "".join(text.split("\n")) and out.stat().st_size > 100
    if suffix == "csv":
        assert len(list(csv.DictReader(out.read_text().splitlines()))) == 9
    if suffix == "npz":
        assert np.load(out)["region"].shape == (3, 3)
    if suffix == "json":
        assert strict(out.read_text())["schema"] == "genloop/diagram/1"


def test_diagram_regions_follow_the_closed_form(answer):
    arguments = ("-T", "0.5", "-a", "0.1:0.9:9")
    _, document = answer("diagram", "--uniform", 10, *arguments)
    fold, local = 10 / (10 + 2 * math.sqrt(9)), 0.5
    for share, region in zip(
        document["result"]["real_fraction"], document["result"]["region"][0], strict=True
    ):
        if share > fold + 1e-6:
            assert region == "one"
        elif share < local - 1e-6:
            assert region == "winners"
        elif local + 1e-6 < share < fold - 1e-6:
            assert region == "either"


def test_branches_with_their_events(answer, cli, tmp_path):
    out = tmp_path / "branches.csv"
    arguments = ("--along", "real-fraction", "-T", "0.5", "-a", "0.1:0.9", "--out", out)
    code, document = answer("diagram", "--uniform", 3, *arguments)
    result = document["result"]
    crossing, fold = result["events"]
    assert code == 0 and (crossing["kind"], fold["kind"]) == ("BP", "LP")
    assert crossing["parameter"] == pytest.approx(0.5, abs=1e-7) and crossing["critical"] == 2
    assert fold["parameter"] == pytest.approx(9 - 6 * math.sqrt(2), abs=1e-12)
    assert fold["refined"] and fold["above"] and fold["residual"] < 1e-12
    healthy, won = result["branches"]
    for stable, share in zip(healthy["stable"], healthy["parameter"], strict=True):
        assert stable == (share > 0.5)
    assert won["ties"] == 3 and max(won["parameter"]) == pytest.approx(fold["parameter"], abs=1e-2)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["event"] for row in rows if row["event"]] == ["BP", "LP"]
    assert len(rows) == 2 + sum(len(branch["parameter"]) for branch in result["branches"])
    crowd = gl.answers.branch_diagram(
        gl.Categorical.uniform(3), along="real_fraction", fixed=0.5, interval=(0.1, 0.9)
    )
    assert "2 LP 0.51472" in branch_pictures.content("branches.svg", crowd).decode()
    words = list(branches.lines(crowd))
    assert words[1].endswith("Temper(0.5) >> Mix(real, real_fraction)")
    assert words[2].endswith("real fraction from 0.1 to 0.9")
    assert "the 2 outcomes tied with it" in words[-3]
    assert words[-2] == "Branches that begin at real fraction 0.1: 2, all drawn."
    assert "BP branch point, LP fold." in words and "dashed unstable" in words[-1]


@pytest.mark.slow
def test_branches_that_are_not_drawn_are_counted():
    real = gl.Categorical.of(np.arange(27.0, 19, -1))
    folds = [marchi2024.collapse_threshold(real, i, temperature=0.8).value for i in range(1, 8)]
    ends = (0.5 * (folds[4] + folds[5]), 0.4)
    found = gl.answers.branch_diagram(
        real, along="real_fraction", fixed=0.8, interval=ends, winners=2
    )
    assert found.drawn.of == 6 and found.drawn.branches == len(found.branches) == 2
    assert "2 of 6 branches drawn" in branches.how_many(found)
    assert "--winners 6 draws more" in branches.how_many(found)


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["--along", "temperature"], "E113"),
        (["--along", "temperature", "-a", "0.1", "-T", "0.5"], "E113"),
        (["--along", "real-fraction", "-T", "0.5", "-a", "0.9:0.1"], "E113"),
        (["--along", "real-fraction", "-T", "0.5", "--out", "branches.npz"], "E112"),
        (["--along", "real-fraction", "-T", "0.5", "-a", "0.1:0.9", "--winners", "0"], "E108"),
        (["--winners", "2"], "E115"),
    ],
)
def test_one_axis_that_is_refused(cli, arguments, code):
    refused(cli("diagram", "--uniform", "3", *arguments), code)


def test_theory_states_theorems(answer, cli):
    code, document = answer("theory", "HD-6")
    (stated,) = document["result"]["theorems"]
    assert code == 0 and stated["spec"] == ["HD-6"] and stated["paper"] == "marchi2024"
    keys = {"id", "spec", "paper", "status", "verdict", "checks", "mutants"}
    assert keys <= stated.keys() and stated["verdict"] is None
    assert len(stated["mutants"]) >= 2 and document["numerics"]["reasons"]
    code, out, _ = cli("theory")
    assert code == 0 and "HD-1" in out and "marchi2024" in out


def test_verify_document(answer, cli):
    code, document = answer("verify", "HD-2", "--seed", 1)
    (checked,) = document["result"]["theorems"]
    assert code == 0 and checked["verdict"] == "HOLDS" and checked["spec"] == ["HD-2"]
    assert checked["checks"] and {m["verdict"] for m in checked["mutants"]} == {"REFUTED"}
    assert {"statement", "verdict"} <= checked["mutants"][0].keys()
    code, out, _ = cli("verify", "HD-2")
    assert code == 0 and "HOLDS" in out


@pytest.mark.parametrize("claim, expected", [(2.0, 0), (2.1, 1), (math.nan, 3)])
def test_verify_exit_codes(monkeypatch, answer, claim, expected):
    from genloop import verification

    def body(claim, trial):
        """The number is $2$."""
        yield verification.closed_form("two", claim, 2.0)

    artificial = verification.Theorem(
        "XX-1", "nobody2020", "derived", ("none",), claim, {"a": 3.0, "b": 4.0}, body
    )
    monkeypatch.setitem(verification.REGISTRY, "XX-1", artificial)
    code, document = answer("verify", "XX-1")
    assert code == expected and document["result"]["theorems"][0]["mutants"]


def test_figures_run_the_scripts_of_a_checkout(answer, cli, tmp_path, monkeypatch):
    monkeypatch.setattr("genloop.cli.commands.figures._roots", lambda: [tmp_path])
    scripts = tmp_path / "figures"
    refused(cli("figures"), "E404", expected=4)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "genloop"')
    (tmp_path / "src" / "genloop").mkdir(parents=True)
    (tmp_path / "src" / "genloop" / "__init__.py").touch()
    refused(cli("figures"), "E404", expected=4)
    scripts.mkdir()
    (scripts / "good.py").write_text("import pathlib; pathlib.Path('good.csv').write_text('x')")
    (scripts / "bad.py").write_text("raise SystemExit('no ink')")
    code, document = answer("figures", "good")
    (row,) = document["result"]["figures"]
    assert code == 0 and row["written"] == [str(scripts / "good.csv")] and row["failure"] is None
    code, document = answer("figures")
    assert code == 3 and document["result"]["figures"][0]["failure"] == "no ink"
    refused(cli("figures", "nope"), "E114")


def test_doctor(answer, cli):
    code, document = answer("doctor")
    assert code == 0 and document["result"]["smoke_solve"]["residual"] <= 1e-12
    assert document["result"]["double_precision"] is True
    code, out, _ = cli("doctor")
    assert code == 0 and "All is well" in out


BAD_INPUT = {
    "E101": ["threshold", "--temprature", "0.8"],
    "E102": ["thresold"],
    "E103": ["threshold", "--uniform", "three"],
    "E104": ["threshold"],
    "E105": ["threshold", "--uniform", "3", "-T", "0"],
    "E106": ["threshold", "--uniform", "3", "-a", "1.5"],
    "E107": ["verify", "HD-1000"],
    "E108": ["simulate", "--uniform", "3", "--samples", "1"],
    "E109": ["threshold", "--uniform", "3", "--seed", "-1"],
    "E110": ["threshold", "--uniform", "3", "--goal", "tv=2"],
    "E111": ["threshold", "--uniform", "3", "--samples", "5"],
    "E112": ["simulate", "--uniform", "3", "--out", "runs.png"],
    "E113": ["diagram", "--uniform", "3", "-T", "1:0:3"],
    "E115": ["diagram", "--uniform", "3", "--along", "temprature"],
    "E116": ["extinction", "--uniform", "3", "--samples", "9", "--token", "outcome 4"],
    "E117": ["extinction", "--uniform", "3"],
    "E201": ["threshold", "--tokens", "no-such-file.txt"],
}


def refused(outcome, code, expected=2) -> str:
    """One line on stderr with the code, nothing on stdout."""
    found, out, err = outcome
    assert (found, out) == (expected, "")
    assert err.startswith(f"{code} ") and err.endswith("\n") and err.count("\n") == 1
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("code", BAD_INPUT)
def test_bad_input_has_its_own_error(cli, code):
    refused(cli(*BAD_INPUT[code]), code)
    refused(cli(*BAD_INPUT[code], "--json"), code)


@pytest.mark.parametrize(
    "arguments, hint",
    [
        (["threshold", "--temprature", "0.8"], "did you mean --temperature?"),
        (["threshold", "--temp", "0.8"], "did you mean --temperature?"),
        (["thresold"], "did you mean threshold?"),
        (["verify", "hd-9"], "did you mean 'HD-9'?"),
        (["threshold", "--uniform", "3", "-T", "0,8"], "such as 0.8, got '0,8'"),
        (["threshold", "--uniform", "3.5"], "write a whole number, such as 3, got '3.5'"),
        (["threshold", "--uniform", "3", "--goal", "tw=0.1"], "did you mean tv?"),
        (["threshold", "--uniform", "three"], "'three'"),
        (["threshold", "--uniform=three"], "'three'"),
        (["threshold", "--uniform", "3", "--tokens", "demo"], "--tokens and --uniform"),
    ],
)
def test_errors_show_the_way(cli, arguments, hint):
    found, _, err = cli(*arguments)
    assert found == 2 and hint in err


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "-inf"])
def test_temperatures_that_are_refused(cli, value):
    for command in ("threshold", "fixed-points", "simulate"):
        refused(cli(command, "--uniform", "3", "--temperature", value), "E105")


@pytest.mark.parametrize("value", ["-0.1", "1.1", "nan", "inf"])
def test_fractions_that_are_refused(cli, value):
    for command in ("threshold", "fixed-points", "simulate"):
        refused(cli(command, "--uniform", "3", "--real-fraction", value), "E106")


@pytest.mark.parametrize(
    "content, code",
    [("one one", "E206"), ("", "E204"), ("\0", "E203"), ("...", "E205")],
)
def test_bad_files_reach_the_user(cli, tmp_path, content, code):
    path = tmp_path / "bad.txt"
    path.write_text(content)
    refused(cli("threshold", "--tokens", path, "-T", 0.8), code)


def test_singular_and_constant_tables_reach_the_user(cli, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("x,y\n1,2\n2,4\n3,6\n")
    refused(cli("threshold", "--table", path), "E235")
    path.write_text("x,y\n1,2\n1,4\n1,7\n")
    refused(cli("threshold", "--table", path), "E233")


def test_a_file_that_cannot_be_written(cli, counts, monkeypatch):
    inside_a_file = counts / "out.json"
    for command in (["threshold", "--uniform", "3"], ["doctor"], ["theory"], ["verify"]):
        refused(cli(*command, "--out", inside_a_file), "E401", expected=4)
    if os.path.exists("/dev/full"):
        refused(cli("fixed-points", "--uniform", "3", "--out", "/dev/full"), "E402", expected=4)


def test_out_holds_the_document(cli, tmp_path):
    out = tmp_path / "points.json"
    code, text, _ = cli("fixed-points", "--uniform", "3", "-T", "1.5", "--out", out, "--json")
    assert code == 0 and out.read_text() == text
    strict(text)


def test_interrupted(cli, monkeypatch):
    def interrupted(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(inputs, "read", interrupted)
    refused(cli("threshold", "--uniform", "3"), "E130", expected=130)


def test_defects_are_one_line_too(cli, monkeypatch):
    monkeypatch.setattr(inputs, "read", lambda **_: 1 / 0)
    assert "report" in refused(cli("threshold", "--uniform", "3"), "E390", expected=3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_signal_interrupts_the_process(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    arguments = [*ENTRY, "threshold", "--tokens", str(pipe)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # Where these tests run in the background, interrupts are ignored, and that is inherited.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(arguments, env=environment(tmp_path), **streams)
    signal.signal(signal.SIGINT, before)
    # Opening the pipe waits until the process has come to reading it.
    with process, pipe.open("w"):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    refused((process.returncode, out, err), "E130", expected=130)


def environment(home) -> dict[str, str]:
    return os.environ | {"XDG_CACHE_HOME": str(home / "cache")}


@pytest.mark.slow
def test_the_process_with_and_without_a_cache_folder(tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    for home in (tmp_path, blocked):
        arguments = [*ENTRY, "fixed-points", "--uniform", "3", "--json"]
        variables = environment(home) | {"PYTHONWARNINGS": "error"}
        done = subprocess.run(arguments, env=variables, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        strict(done.stdout)
    assert any((tmp_path / "cache").rglob("*-cache"))


def test_help_is_quick_and_imports_nothing_heavy():
    heavy = ["jax", "numpy", "scipy", "sympy", "matplotlib", "xarray", "rich", "equinox"]
    code = (
        "import sys\nfrom genloop.cli.run import run\nrun(['--help'])\n"
        f"print([m for m in {heavy} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    for command in ("threshold", "fixed-points", "simulate", "diagram", "verify", "theory"):
        assert command in done.stdout


COMMANDS = ["threshold", "fixed-points", "simulate", "diagram"]
COMMANDS += ["plan", "extinction", "accumulate", "bounds", "verify", "theory", "figures", "doctor"]


def test_every_command_has_help(cli):
    for command in COMMANDS:
        code, out, err = cli(command, "--help")
        assert (code, err) == (0, "")
        assert all(option in out for option in ("--json", "--seed", "--out"))
    assert cli()[0] == 0 and cli("--version")[1].startswith("genloop ")


OPTIONS = [
    "--tokens",
    "--counts",
    "--table",
    "-T",
    "-a",
    "--goal",
    "--nucleus",
    "--seed",
    "--out",
    "--json",
]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    command=st.sampled_from([*COMMANDS, "nonsense"]),
    rest=st.lists(st.one_of(st.sampled_from(OPTIONS), st.text(max_size=6)), max_size=6),
)
def test_no_arguments_end_in_a_traceback(tmp_path_factory, command, rest):
    # Twice, because an option before it may take the first as its value: nothing is carried out.
    arguments = [command, *rest, *2 * ["--no-such-option"]]
    with (
        contextlib.chdir(tmp_path_factory.getbasetemp()),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()) as errors,
    ):
        code = run(arguments)
    assert code in (0, 2, 4)
    assert code == 0 or re.fullmatch(r"E\d{3} [^\n]+\n", errors.getvalue())
