"""`genloop diagram --loop`: the engine against closed forms, solved loops and iteration."""

import csv
import io
import json

import jax
import numpy as np
import pytest

import genloop as gl
from genloop.answers.composed import chosen, first_models
from genloop.cli.run import run
from genloop.cli.words import branches, loop_diagrams, loop_pictures
from genloop.errors import InputError

REAL = gl.Categorical.of([5, 3, 2])
MOVING = {"along": "b", "interval": (0.1, 0.95)}


def branches_of(real, loop, **moving):
    with gl.x64():
        return gl.answers.loop_branches(real, loop=loop, **moving)


def test_the_engine_finds_the_branches_and_the_events_of_a_solved_loop():
    engine = branches_of(REAL, "Temper(0.5) >> Mix(real, 1 - b)", **MOVING)
    solved = branches_of(REAL, "Temper(0.5) >> Mix(real, a)", along="a", interval=(0.05, 0.9))
    assert engine.drawn.first_models and not solved.drawn.first_models
    assert solved.loop == "Temper(0.5) >> Mix(real, a)" and solved.along == "a"
    assert len(solved.events) == 2
    for event in solved.events:
        places = [1 - one.parameter for one in engine.events if one.leader == event.leader]
        assert min(abs(np.array(places) - event.parameter)) < 1e-10
    healthy, known = engine.branches[0], solved.branches[0]
    order = np.argsort(healthy.parameter)
    across, up = 1 - np.array(known.parameter)[::-1], np.array(known.leading)[::-1]
    drawn = np.interp(across, np.array(healthy.parameter)[order], np.array(healthy.leading)[order])
    np.testing.assert_allclose(drawn, up, atol=2e-4)


def test_every_point_of_a_branch_is_a_fixed_point_and_states_of_ties_are_followed_once():
    real = gl.Categorical.uniform(3)
    found = branches_of(real, "Temper(0.5) >> Mix(real, 1 - b)", **MOVING)
    assert [event.kind for event in found.events] == ["LP", "BP"]
    fold, crossing = found.events
    assert fold.parameter == pytest.approx(1 - (9 - 6 * 2**0.5), abs=1e-12)
    assert crossing.parameter == pytest.approx(0.5, abs=1e-7) and crossing.critical == 2
    assert len(found.branches) == 2
    won = found.branches[1]
    for share, largest in zip(won.parameter, won.leading, strict=True):
        # One outcome leads two equal ones or, beyond the crossing, two lead the third: the map at
        # temperature 1/2 squares.
        one, two = [largest, *[0.5 * (1 - largest)] * 2], [largest, largest, 1 - 2 * largest]
        images = [(1 - share) / 3 + share * p[0] ** 2 / np.square(p).sum() for p in (one, two)]
        assert min(abs(np.array(images) - largest)) < 1e-10


def test_a_table_keeps_the_variance_of_the_formula():
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    real = gl.Gaussian.of([1.0, 0.0], covariance)
    loop = "Temper(T) >> Mix(real, a)"
    found = branches_of(real, loop, along="a", interval=(0.05, 0.9), values={"T": 0.8})
    (branch,) = found.branches
    assert found.measure == "variance_kept" and branch.complete and not found.events
    a = np.array(branch.parameter)
    np.testing.assert_allclose(branch.leading, a / (1 - (1 - a) * 0.8), rtol=1e-10)
    # The mean forgets more slowly than the variance: its multiplier is 1 - a.
    np.testing.assert_allclose(branch.spectral_radius, 1 - a, rtol=1e-9)
    axes = {"T": [0.5, 0.9], "a": [0.1, 0.4, 0.7]}
    with gl.x64():
        grid = gl.answers.loop_diagram(real, loop=loop, axes=axes)
    T, a = np.meshgrid(*axes.values(), indexing="ij")
    kept = a / (1 - (1 - a) * T)
    np.testing.assert_allclose(grid.fields.distances["variance_kept"], kept, rtol=1e-9)
    assert np.array_equal(grid.ends, np.ones((2, 3))) and grid.shares["one"] == 1
    assert np.array_equal(grid.fields.meets, np.abs(np.log(kept)) <= -np.log(0.9))
    assert "variance within 90 %" in "".join(map(str, loop_diagrams.lines(grid)))


def test_a_branch_that_breaks_off_where_the_map_jumps_says_so_and_is_taken_up_again():
    real = gl.Categorical.of([5, 3, 2, 1, 1, 1])
    loop = "Nucleus(0.9) >> Temper(0.8) >> Mix(real, a)"
    found = branches_of(real, loop, along="a", interval=(0.2, 0.9), winners=1)
    broken = [branch for branch in found.branches if not branch.complete]
    assert broken and all("the map jumps" in branch.end for branch in broken)
    assert any(branch.name.startswith("behind a") for branch in found.branches)
    said = " ".join(map(str, branches.lines(found)))
    assert "incomplete" in said and "what was not found may exist" in said
    # Between the ends of the interval there is a stable branch everywhere: the loop ends somewhere.
    for place in np.linspace(0.2, 0.9, 15)[1:-1]:
        assert any(
            min(stable, default=1) <= place <= max(stable, default=0)
            for stable in map(stable_places, found.branches)
        )


def stable_places(branch):
    rows = zip(branch.parameter, branch.stable, strict=True)
    return [place for place, stable in rows if stable]


LOOP = "TopK(k) >> Temper(T) >> Mix(real, a)"
GRID = {"k": [1, 2], "a": [0.1, 0.3, 0.6]}


def iterated(real, first, outcomes, share, temperature=0.7):
    """The end of `TopK(k) >> Temper(T) >> Mix(real, a)` from a first model, in NumPy."""
    p = np.asarray(first, dtype=float)
    for _ in range(4000):
        cut = np.zeros_like(p)
        kept = np.argsort(-p, kind="stable")[:outcomes]
        cut[kept] = (p[kept] / p[kept].sum()) ** (1 / temperature)
        p = share * real + (1 - share) * cut / cut.sum()
    return p


@pytest.fixture(scope="module")
def grid():
    """The ends of a loop whose parameters are a whole number and a share."""
    with gl.x64():
        return gl.answers.loop_diagram(REAL, loop=LOOP, axes=GRID, values={"T": 0.7})


def test_the_numbers_of_ends_on_a_grid_are_those_of_brute_force(grid):
    real = np.array([0.5, 0.3, 0.2])
    with gl.x64():
        firsts = [REAL, *first_models(REAL, 3)]
    for (row, column), number in np.ndenumerate(np.array(grid.ends)):
        place = GRID["k"][row], GRID["a"][column]
        ends = [iterated(real, first.probabilities, *place) for first in firsts]
        assert number == len(np.unique(np.round(ends, 6), axis=0))
        moved = 0.5 * np.abs(ends[0] - real).sum()
        fields = grid.fields
        assert abs(fields.distances["total_variation"][row][column] - moved) < 1e-8
        assert fields.meets[row][column] == (moved <= 0.1)
    assert np.max(grid.ends) > 1 and np.min(grid.ends) == 1
    assert sum(grid.shares.values()) == pytest.approx(1)
    assert grid.met == pytest.approx(np.mean(grid.fields.meets))


def test_a_window_has_the_multiplier_of_its_generations():
    loop = "Window(Temper(T) >> Mix(real, a), samples=100, generations=3)"
    axes = {"T": [0.6, 0.9], "a": [0.2, 0.5]}
    with gl.x64():
        one = gl.answers.loop_diagram(REAL, loop="Temper(T) >> Mix(real, 1 - (1 - a))", axes=axes)
        found = gl.answers.loop_diagram(REAL, loop=loop, axes=axes)
    assert isinstance(one, type(found)) and found.ends == one.ends
    radius, known = (np.array(grid.fields.spectral_radius) for grid in (found, one))
    # The largest root of z^3 = mu (z^2 + z + 1)/3 for the largest mu.
    roots = [abs(np.roots([3, -mu, -mu, -mu])).max() for mu in known.ravel()]
    np.testing.assert_allclose(radius.ravel(), roots, rtol=1e-8)


def test_temperature_and_real_fraction_of_a_solved_loop_are_the_phase_diagram(monkeypatch):
    asked = lambda real, *, temperatures, real_fractions, progress: (temperatures, real_fractions)
    monkeypatch.setattr("genloop.answers.diagrams.loops.phase_diagram", asked)
    axes = {"a": [0.1, 0.5], "T": [0.5, 0.9]}
    for loop in ("Temper(T) >> Mix(real, a)", "Temper(T) >> Mix(real, a) >> Draw(100)"):
        assert gl.answers.loop_diagram(REAL, loop=loop, axes=axes) == (axes["T"], axes["a"])


def test_no_branch_is_followed_in_a_whole_number():
    moving = {"along": "k", "interval": (1, 3), "values": {"a": 0.2, "T": 0.7}}
    with pytest.raises(InputError, match="k counts something"):
        gl.answers.loop_branches(REAL, loop=LOOP, **moving)


def test_no_program_is_compiled_for_another_value():
    with gl.x64():
        loop = chosen("TopK(2) >> Mix(real, a)", REAL, interval=(0.1, 0.9))
    first, second = loop.family, loop.family
    assert jax.tree.structure(first) == jax.tree.structure(second) and hash(first.pipeline)


@pytest.fixture
def called(capsys, tmp_path, monkeypatch):
    """A command on counts: its exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counts.csv").write_text("token,count\na,5\nb,3\nc,2\n")
    (tmp_path / "table.csv").write_text("x,y\n1,2\n2,1\n3,5\n4,3\n")

    def call(*arguments, read=("--counts", "counts.csv")):
        code = run(["diagram", *read, *arguments])
        return code, *capsys.readouterr()

    return call


TYPED = "TopK(2) >> Temper(T) >> Mix(real, a)"
SPANNED = ("--along", "T=0.5:0.9:2", "--along", "a=0.1:0.7:3")
MISTAKES = {
    "nothing moves": (("--loop", TYPED, "--set", "T=1"), "E115", "--along a=0.05:0.9"),
    "three move": (("--loop", TYPED, *SPANNED, "--along", "b=0:1"), "E115", "one or two"),
    "a parameter is left": (("--loop", TYPED, "--along", "a=0.1:0.9"), "E136", "--set T=0.8"),
    "steps of branches": (
        ("--loop", TYPED, "--set", "T=1", "--along", "a=0.1:0.9:5"),
        "E115",
        "--along a=LO:HI",
    ),
    "short forms": (("--loop", TYPED, *SPANNED, "-T", "0.8"), "E111", "write --set T=0.8"),
    "no loop": (("--along", "a=0.1:0.9"), "E115", "temperature or real-fraction"),
    "twice": (("--along", "temperature", "--along", "real-fraction"), "E115", "once"),
    "settings alone": (("--set", "T=1"), "E111", "give a loop"),
    "an archive of branches": (
        ("--loop", TYPED, "--set", "T=1", "--along", "a=0.1:0.9", "--out", "b.npz"),
        "E112",
        ".csv",
    ),
    "out of range": (("--loop", TYPED, "--along", "T=-1:1", "--set", "a=0.1"), "E134", "[[T]]"),
    "out of range on a grid": (
        ("--loop", TYPED, "--along", "T=0.5:1", "--along", "a=0.5:1.5"),
        "E134",
        "[[a]]",
    ),
    "no winners": (("--loop", TYPED, *SPANNED, "--winners", "0"), "E108", "--winners"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_wrong_combination_is_one_line_with_the_remedy(case, called):
    arguments, code, words = MISTAKES[case]
    exit_code, out, err = called(*arguments)
    assert exit_code == 2 and not out and err.count("\n") == 1
    assert err.startswith(code) and words in err


def test_a_table_without_a_loop_is_told_what_to_write(called):
    code, _, err = called(read=("--table", "table.csv"))
    assert code == 2 and err.startswith("E111") and "--loop" in err and "--along" in err


def test_a_grid_that_takes_days_is_refused_before_it_begins(called):
    large = ("--along", "T=0.5:0.9:4096", "--along", "a=0.1:0.7:4096")
    code, _, err = called("--loop", TYPED, *large, read=("--uniform", "5000"))
    assert code == 2 and err.startswith("E121") and "fewer steps of T and a" in err


def test_a_grid_is_told_in_words_and_written_as_table_archive_and_picture(called):
    code, out, _ = called("--loop", TYPED, *SPANNED, "--out", "grid.csv")
    assert code == 0 and "keeps to 'total variation at most 0.1'" in " ".join(out.split())
    assert "may exist" in out and "2 values" in out
    with open("grid.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 and set(rows[0]) > {"T", "a", "ends", "stable", "total_variation"}
    code, out, _ = called("--loop", TYPED, *SPANNED, "--out", "grid.npz", "--json")
    result = json.loads(out)["result"]
    archive = np.load("grid.npz")
    assert code == 0 and np.array_equal(archive["ends"], result["ends"])
    assert result["axes"]["T"] == [0.5, 0.9] and archive["meets"].dtype == float
    assert called("--loop", TYPED, *SPANNED, "--out", "grid.png")[0] == 0


def test_a_picture_of_a_grid_names_its_axes_and_what_was_found(grid):
    picture = loop_pictures.content("grid.svg", grid).decode()
    said = ("<!-- k -->", "<!-- a -->", "one stable end found", "2 found", "total variation")
    assert all(words in picture for words in said)
    text = io.StringIO(loop_pictures.content("grid.csv", grid).decode())
    assert [float(row["ends"]) for row in csv.DictReader(text)] == list(np.ravel(grid.ends))
