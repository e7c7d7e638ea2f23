"""Standard streams that are closed, full, or read no further; environments that cannot work."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
GENLOOP = f"{sys.executable} -m genloop"


def shell(line, **variables):
    """Exit code, stdout and stderr of a line of the shell."""
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    done = subprocess.run(
        ["bash", "-c", line], env=environment | variables, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "rest", ["--help", "--version", pytest.param("theory --json", marks=pytest.mark.slow)]
)
def test_a_reader_that_has_had_enough_is_no_failure(rest):
    line = f"set -o pipefail; {GENLOOP} {rest} | true"
    assert shell(line) == (0, "", "")


def test_the_exit_code_is_that_of_the_answer_however_little_is_read():
    line = f"{GENLOOP} nonsense 2>&1 | true; echo ${{PIPESTATUS[0]}}"
    assert shell(line)[1] == "2\n"


@pytest.mark.parametrize("target", ["> /dev/full", ">&-"])
@pytest.mark.parametrize(
    "rest", ["theory --help", pytest.param("theory --json", marks=pytest.mark.slow)]
)
def test_output_that_cannot_be_written_is_a_problem_of_files(rest, target):
    code, out, err = shell(f"{GENLOOP} {rest} {target}")
    assert (code, out) == (4, "") and err.startswith("E403 ") and err.count("\n") == 1


@pytest.mark.parametrize("target", ["2>&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_where_no_line_can_be_written_the_exit_code_remains(target):
    assert shell(f"{GENLOOP} nonsense {target}") == (2, "", "")


@pytest.mark.slow
def test_no_file_takes_the_place_of_a_closed_stream(tmp_path):
    out = tmp_path / "out.json"
    assert shell(f"{GENLOOP} theory --out {out} --json <&- >&- 2>&-")[0] == 4
    code, text, _ = shell(f"{GENLOOP} theory --out {out} --json <&- 2>&-")
    assert code == 0 and out.read_text() == text


@pytest.mark.parametrize(
    "variables",
    [
        {"JAX_PLATFORMS": "cuda"},
        {"JAX_PLATFORMS": "bogus"},
        {"XLA_FLAGS": "--bogus=1"},
        {"XLA_FLAGS": "bogus"},
        {"JAX_ENABLE_X64": "maybe"},
    ],
)
def test_an_environment_that_jax_refuses_is_bad_input(variables):
    code, out, err = shell(f"{GENLOOP} doctor", **variables)
    assert (code, out) == (2, "") and err.startswith("E119 ") and err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "variables",
    [
        {"MPLBACKEND": "bogus", "COLUMNS": "1", "TERM": "dumb"},
        {"LANG": "C", "PYTHONIOENCODING": "ascii", "COLUMNS": "many"},
        {"JAX_COMPILATION_CACHE_DIR": "/dev/full", "HOME": "/nonexistent"},
    ],
)
def test_odd_terminals_and_folders_do_no_harm(variables):
    code, out, err = shell(f"{GENLOOP} doctor", **variables)
    assert (code, err) == (0, "") and out
