"""What a command would need is said before it is taken; plans bound what is held at once."""

import io
import time

import numpy as np
import pytest

from genloop.answers import diagrams, simulations
from genloop.answers.diagrams import phases
from genloop.answers.simulations.summaries import Summary, runs_kept
from genloop.cli import resources, terminal
from genloop.cli.run import run
from genloop.errors import InputError
from genloop.models import Categorical


@pytest.mark.parametrize(
    "line",
    [
        "simulate --uniform 3 --replicates 10000000 --generations 100000",
        "simulate --uniform 10000000 --replicates 10000000",
        "diagram --uniform 5 -T 0.4:1.4:4096 -a 0.1:0.9:4096",
        "diagram --uniform 1000000 -T 0.4:1.4:4096 -a 0.1:0.9:400",
    ],
)
def test_what_is_too_much_is_one_line_that_says_how_to_ask_for_less(line, capsys, monkeypatch):
    monkeypatch.setattr(resources, "available", lambda: 8 * 2**30)
    assert run(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("E121 ") and "ask for fewer" in err and ("GiB" in err or "a day" in err)


def test_the_smallest_bound_counts(monkeypatch):
    monkeypatch.setattr(resources, "_machine", lambda: 100)
    monkeypatch.setattr(resources, "_group", lambda: 40)
    monkeypatch.setattr(resources, "_limit", lambda: None)
    assert resources.available() == 40
    resources.check("this", size=31)
    with pytest.raises(InputError, match="E121"):
        resources.check("this", size=33)
    for name in ("_machine", "_group"):
        monkeypatch.setattr(resources, name, lambda: None)
    assert resources.available() == 4 * 2**30


def test_a_memory_that_is_used_up_is_one_line(capsys, monkeypatch):
    for failure in (MemoryError(), RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating")):

        def fail(*_, failure=failure, **__):
            raise failure

        monkeypatch.setattr("genloop.cli.inputs.read", fail)
        assert run(["threshold", "--uniform", "3"]) == 4
        assert capsys.readouterr().err.startswith("E405 ")


def test_plans_hold_a_bounded_number_of_numbers():
    for outcomes in (2, 1000, 10**6):
        real = Categorical.uniform(outcomes)
        assert diagrams.plan(real, 1681).together * outcomes <= max(2**22, 16 * outcomes)
        together, kept, *_ = simulations.plan(real, generations=50, replicates=1000)
        assert together * outcomes <= max(2**22, outcomes) and kept == 1000
    assert runs_kept(10**7, 10**5, 5) < 1000


def test_a_diagram_is_the_same_in_blocks(monkeypatch):
    real = Categorical(np.array([0.5, 0.3, 0.2]))
    axes = ([0.6, 0.8, 1.0, 1.2], [0.1, 0.2, 0.3, 0.4, 0.5])
    whole = phases.solved(real, *axes, None)
    monkeypatch.setattr(phases, "_NUMBERS", 1)
    blocks = phases.solved(real, *axes, None)
    for name, field in whole.items():
        np.testing.assert_allclose(blocks[name], field, rtol=1e-9, atol=1e-14)


def test_pooled_summaries_are_those_of_all_runs():
    runs = np.random.default_rng(5).normal(3, 2, (1000, 7))
    summary = Summary(300)
    for piece in np.split(runs, [1, 100, 350, 990]):
        summary.add(piece)
    found = summary.numbers()
    np.testing.assert_allclose(found["mean"], runs.mean(axis=0), rtol=1e-13)
    error = runs.std(axis=0, ddof=1) / 1000**0.5
    np.testing.assert_allclose(found["standard_error"], error, rtol=1e-13)
    quantiles = np.quantile(runs[:300], [0.05, 0.5, 0.95], axis=0)
    np.testing.assert_array_equal([found[k] for k in ("low", "middle", "high")], quantiles)


TOO_MUCH = {
    "fixed-points --uniform 10000000 -T 0.8": "--starts",
    "fixed-points --uniform 5000 -T 0.8 --starts 100000": "--starts",
    "threshold --uniform 10000000 -T 0.8": "fewer outcomes",
    "accumulate --uniform 10000000 -T 0.8 --samples 100": "fewer outcomes",
    "bounds --uniform 10000000 -T 0.8": "fewer outcomes",
    "extinction --uniform 10000000 --samples 100": "fewer outcomes",
    "verify HD-6 --replicates 1000000000": "--replicates",
}


@pytest.mark.parametrize("line", TOO_MUCH)
def test_every_command_says_what_it_needs_before_it_begins(line, capsys, monkeypatch):
    monkeypatch.setattr(resources, "available", lambda: 2**28)
    assert run(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("E121 ") and " are free; " in err and TOO_MUCH[line] in err


def test_long_work_is_announced_with_a_way_to_shorten_it(capsys):
    resources.check("this", size=1, steps=1e10)
    assert capsys.readouterr().err == ""
    resources.check("this", size=1, steps=2e11, remedy="give fewer outcomes")
    resources.check("this", size=1, steps=5e13, remedy="give fewer outcomes")
    assert capsys.readouterr().err.splitlines() == [
        "this: about 3 minutes; to be faster, give fewer outcomes.",
        "this: about 12 hours; to be faster, give fewer outcomes.",
    ]


def test_what_differs_costs_more_than_what_is_alike(capsys):
    cost = resources.Cost(0, 0, class_steps=1e9)
    resources.check_outcomes("this", Categorical.uniform(500), cost)
    assert capsys.readouterr().err == ""
    resources.check_outcomes("this", Categorical.of(np.arange(1.0, 501)), cost)
    assert capsys.readouterr().err.startswith("this of 500 outcomes: about 7 minutes; ")


def test_the_law_of_many_outcomes_is_the_same_in_pieces(monkeypatch):
    from genloop.laws import expected_outcomes, extinction

    shares = np.arange(1.0, 400) / np.arange(1.0, 400).sum()
    found = [expected_outcomes(100, shares, [3, 9], real_fraction=a) for a in (0.0, 0.1)]
    monkeypatch.setattr(extinction, "_TOGETHER", 7)
    pieces = [expected_outcomes(100, shares, [3, 9], real_fraction=a) for a in (0.0, 0.1)]
    np.testing.assert_allclose(pieces, found, rtol=1e-13)


def test_a_window_longer_than_the_run_costs_no_more_than_the_run():
    from genloop.loops.memory import windows

    for multiplier in (0.3, 1.2):
        left = windows.window_deviations(multiplier, 10**12, 5)
        np.testing.assert_allclose(left, 1.0, rtol=1e-10)
    assert windows.window_deviations(3.0, 1, 2000)[-1] == np.inf
    grown = windows.window_deviations(0.5, 3, 4)
    data = [1.0, 1, 1]
    for left in grown:
        data.append(0.5 * np.mean(data[-3:]))
        assert left == pytest.approx(np.mean(data[-3:]), rel=1e-14)


@pytest.mark.parametrize("watched", [False, True])
def test_progress_is_shown_on_a_terminal_only(watched, monkeypatch):
    stream = io.StringIO()
    stream.isatty = lambda: watched
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(terminal, "_PATIENCE", 0.0)
    with terminal.progress("working") as show:
        time.sleep(0.05)
        show(50, "half done")
    assert ("half done" in stream.getvalue()) == watched


@pytest.mark.parametrize("version", [1, 2])
def test_files_that_were_read_do_not_count_as_taken_memory(version, tmp_path, monkeypatch):
    folder = tmp_path / ("memory/job" if version == 1 else "job")
    folder.mkdir(parents=True)
    names = {1: ("limit_in_bytes", "usage_in_bytes", "total_"), 2: ("max", "current", "")}
    most, used, prefix = names[version]
    (folder / f"memory.{most}").write_text("1000\n")
    (folder / f"memory.{used}").write_text("990\n")
    (folder / "memory.stat").write_text(f"anon 90\n{prefix}inactive_file 900\n")
    own = tmp_path / "own"
    own.write_text("4:memory:/job\n" if version == 1 else "0::/job\n")
    monkeypatch.setattr(resources, "_OWN_GROUPS", str(own))
    monkeypatch.setattr(resources, "_GROUPS", tmp_path)
    assert resources._group() == 910
