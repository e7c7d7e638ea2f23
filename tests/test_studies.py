"""Loops and studies of the command line: what is typed, what a file says, and which holds."""

import re
import tomllib

import pytest
import typer
from hypothesis import given, settings, strategies as st

import genloop as gl
from genloop.cli import frame
from genloop.cli.app import app as genloop
from genloop.cli.goals import Goals
from genloop.cli.options import RealFraction, Temperature
from genloop.cli.run import run
from genloop.cli.study import loops, toml
from genloop.errors import InputError

SEEN = {}


@frame.command(reads=frame.ALL)
def probe(
    run: frame.Frame,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = 0.5,
    goal: Goals = None,
    loop: loops.Loop = None,
    settings: loops.Settings = None,
    find: loops.Find = None,
    along: loops.Along = None,
) -> int:
    """Remember the options."""
    SEEN.clear()
    SEEN.update(run.inputs, temperature=temperature, real_fraction=real_fraction, goal=goal)
    SEEN.update(loop=loop, set=settings, find=find, along=along, seed=run.seed)
    return 0


APP = typer.Typer()
APP.command("probe")(probe)
APP.command("other")(probe)


@pytest.fixture
def seen(monkeypatch, capsys, tmp_path):
    """Run the probe in a folder of its own: the options it has got, or its one line."""
    monkeypatch.setattr("genloop.cli.run.app", APP)
    monkeypatch.chdir(tmp_path)

    def call(*arguments, study=None):
        if study is not None:
            (tmp_path / "study.toml").write_text(study)
            arguments = (*arguments, "--config", "study.toml")
        SEEN.clear()
        code = run(["probe", *arguments])
        out, err = capsys.readouterr()
        if code:
            assert err.count("\n") == 1
            return err
        return out or {name: value for name, value in SEEN.items() if value is not None}

    return call


STUDY = """
loop = "Temper(T) >> Mix(real, a)"
set = {T = 0.8, a = 0.30}
counts = "words.csv"
temperature = 0.7
goal = {tv = 0.1, kl = 0.5}
seed = 4
[other]
temperature = 3
[probe]
real-fraction = 0.25
"""


def test_a_study_holds_where_nothing_is_typed(seen):
    found = seen(study=STUDY)
    assert found == {
        "loop": "Temper(T) >> Mix(real, a)",
        "set": ["T=0.8", "a=0.30"],
        "counts": "words.csv",
        "temperature": 0.7,
        "real_fraction": 0.25,
        "goal": ["tv=0.1", "kl=0.5"],
        "seed": 4,
    }


def test_what_is_typed_beats_the_study(seen):
    found = seen("-T", "0.9", "--goal", "tv=0.2", "--uniform", "3", "--find", "a", study=STUDY)
    assert found["temperature"] == 0.9
    assert found["goal"] == ["kl=0.5", "tv=0.2"]
    assert "counts" not in found and found["uniform"] == 3
    assert (found["set"], found["find"]) == (["T=0.8"], "a")
    found = seen("--set", "T=0.5", study='uniform = 2\nloop = "Temper(T)"\nfind = "T"')
    assert found["set"] == ["T=0.5"] and "find" not in found


def test_files_of_a_study_are_beside_it(seen, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "study.toml").write_text('counts = "../words.csv"')
    assert seen("--config", "deep/study.toml")["counts"] == "deep/../words.csv"
    written = seen("--config", "deep/study.toml", "--dump-config", "other.toml")
    assert written == {}
    assert 'counts = "words.csv"' in (tmp_path / "other.toml").read_text()
    seen("--counts", "words.csv", "--dump-config", "deep/another.toml")
    assert 'counts = "../words.csv"' in (tmp_path / "deep" / "another.toml").read_text()
    assert seen(study='tokens = "demo"')["tokens"] == "demo"


@pytest.mark.parametrize(
    "typed",
    [
        ["--uniform", "3", "-T", "0.1", "--seed", "7"],
        ["--tokens", "demo", "--goal", "tv=0.10", "--goal", "kl=1e-3"],
        [
            "--uniform",
            "2",
            "--loop",
            "Temper(T) >> Mix(real, a)",
            "--set",
            "T=.5",
            "--find",
            "a=0:1",
        ],
        ["--words", "en", "--loop", 'TopK(2, ties="all")', "--real-fraction", "1e-7"],
    ],
    ids=lambda typed: typed[-2],
)
def test_a_dumped_study_says_the_same_as_what_was_typed(seen, typed):
    typed_options = seen(*typed)
    on_screen = seen(*typed, "--dump-config")
    assert seen(study=on_screen) == typed_options
    assert seen(*typed, "--dump-config", "written.toml") == {}
    assert seen("--config", "written.toml") == typed_options


WRONG = {
    "temprature = 0.8": "E137 .*'temprature'.*did you mean temperature",
    "[probe]\nx = 1": "E137 .*has 'x'.* it takes tokens, counts",
    "temperature = [1]": "E137 .*says 'temperature'",
    "temperature = true": "E137 .*says 'temperature'",
    "temperature = {a = 1}": "E137 .*says 'temperature'",
    "uniform = 2.5": "E103 .*write a whole number.* got '2.5' from the study",
    "temperature = 'x'": "E103 .*got 'x' from the study",
    "set = [[1]]": "E137 .*says 'set'",
    "temperature = ": "E138 .*cannot read",
    "a = " + "[" * 3000: "E138 .*cannot read",
    "a = '\x1b[31m'": "E138 .*cannot read",
    "\x1b = 1": "E138 .*cannot read",
    "#" * 1_000_001: "E138 .*too large",
}


@pytest.mark.parametrize("study", WRONG, ids=lambda study: study[:12].strip())
def test_a_wrong_study_is_one_line_with_the_remedy(seen, study):
    line = seen(study=study)
    assert re.match(WRONG[study], line), line
    assert line[:-1].isprintable()


def test_a_study_that_is_not_there_or_would_be_lost_is_told(seen, tmp_path):
    assert seen("--config", "none.toml").startswith("E138 cannot read the study 'none.toml'")
    assert seen("--config", ".").startswith("E138")
    (tmp_path / "latin.toml").write_bytes(b"loop = '\xe9'")
    assert seen("--config", "latin.toml").startswith("E138")
    assert "E120" in seen("--dump-config", "study.toml", study="uniform = 3")
    assert "E112" in seen("--uniform", "3", "--dump-config", "study.json")


def test_every_command_takes_and_writes_studies():
    for command in typer.main.get_command(genloop).commands.values():
        names = {name for parameter in command.params for name in parameter.opts}
        assert {"--config", "--dump-config"} <= names


_WORDS = st.text(max_size=8)
_ONE = st.one_of(_WORDS, st.integers(-(2**60), 2**60), st.booleans(), st.floats(allow_nan=False))
_FLAT = st.dictionaries(_WORDS, _ONE, max_size=3)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.dictionaries(_WORDS, st.one_of(_ONE, st.lists(_ONE, max_size=3), _FLAT), max_size=4))
def test_what_is_written_as_toml_is_read_back(values):
    assert tomllib.loads(toml.dumps(values)) == values


def test_a_loop_that_is_typed_is_complete():
    choice = loops.choose("Temper(T) >> Draw(n) >> Mix(real, a)", ["T=.8", "n=50"], "a=0:0.5")
    assert choice.pipeline.text == "Temper(T) >> Draw(n) >> Mix(real, a)"
    assert choice.values == {"T": 0.8, "n": 50}
    assert (choice.find, choice.along) == (loops.Unknown("a", 0.0, 0.5), ())
    both = loops.choose("Temper(T) >> Mix(real, a)", None, "a", ["T=0.3:1.2"])
    assert (both.find, both.along) == (loops.Unknown("a"), (loops.Unknown("T", 0.3, 1.2),))
    grid = loops.choose("Temper(T) >> Mix(real, a)", along=["T=0.3:1.2:5", "a=0:1"]).along
    assert grid == (loops.Unknown("T", 0.3, 1.2, 5), loops.Unknown("a", 0.0, 1.0))
    assert loops.choose("heat-death", ["T=0.8", "a=0.1"]).find is None
    assert loops.choose(None) is None
    real = gl.Categorical.of([5.0, 3.0, 2.0])
    assert choice.pipeline.build(choice.values | {"a": 0.1}, real=real).stages[1].samples == 50


MISTAKES = {
    "a loop is missing": (dict(settings=["a=1"]), "E111", "--set goes with --loop"),
    "unknown": (dict(settings=["t=1"]), "E136", "did you mean T?"),
    "unknown to find": (dict(find="b"), "E136", "its parameters are T, a"),
    "not said": (dict(settings=["T=1"]), "E136", "--set a=0.3"),
    "twice": (dict(settings=["T=1", "T=2"]), "E136", "set twice"),
    "set and found": (dict(settings=["T=1", "a=1"], find="a"), "E136", "keep one"),
    "found and moved": (dict(settings=["T=1"], find="a", along=["a=0:1"]), "E136", "keep one"),
    "no number": (dict(settings=["T=x"]), "E136", "--set T is 'x'"),
    "not a number": (dict(settings=["T=nan"]), "E136", "write a number"),
    "no value": (dict(settings=["T"]), "E136", "NAME=NUMBER"),
    "one end": (dict(settings=["T=1"], find="a=0.5"), "E136", "a=LO:HI"),
    "turned round": (dict(settings=["T=1"], find="a=1:0"), "E136", "LO below HI"),
    "no interval": (dict(settings=["T=1"], along=["a"]), "E136", "write a=LO:HI"),
    "moved twice": (dict(settings=["T=1"], along=["a=0:1", "a=0:1"]), "E136", "keep one"),
    "no steps": (dict(settings=["T=1"], along=["a=0:1:1"]), "E136", "2 to 4096 steps"),
    "parts of steps": (dict(settings=["T=1"], along=["a=0:1:2.5"]), "E136", "a=LO:HI:STEPS"),
    "four parts": (dict(settings=["T=1"], along=["a=0:1:2:3"]), "E136", "--along a"),
    "no loop": (dict(loop="Temper(T) > Mix(real, a)"), "E131", "[[>]]"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_in_a_typed_loop_is_one_line_with_the_remedy(case):
    arguments, code, words = MISTAKES[case]
    loop = None if code == "E111" else arguments.pop("loop", "Temper(T) >> Mix(real, a)")
    with pytest.raises(InputError) as caught:
        loops.choose(loop, **arguments)
    assert caught.value.code == code
    assert words in str(caught.value) and str(caught.value).isprintable()
