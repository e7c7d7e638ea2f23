"""The README is executed: every number printed in it is real output.

`python tests/test_readme.py` writes the outputs anew.
"""

import contextlib
import io
import os
import pathlib
import re
import shlex
import subprocess
import sys

import jax
import numpy as np
import pytest

README = pathlib.Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"```(console|python)\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[+-]?\d+)?")
# Commands that are run elsewhere: they install the project or run its whole test suite.
ELSEWHERE = ("pip ", "uv ", "pytest", "python ", "genloop verify", "genloop figures")


def console(block):
    """The commands of a console block, each with the output printed under it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [part.partition("\n")[::2] for part in parts]


def run_command(command, folder):
    """Standard output of a genloop command line, in a terminal of 88 columns."""
    environment = {**os.environ, "COLUMNS": "88", "NO_COLOR": "1"}
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return done.stdout


def run_python(code, namespace, folder):
    """What is printed, in the single precision in which a user's JAX begins."""
    printed = io.StringIO()
    begun = jax.enable_x64(False)
    with begun, contextlib.redirect_stdout(printed), contextlib.chdir(folder):
        exec(compile(code, "README.md", "exec"), namespace)
    return printed.getvalue()


def blocks():
    return list(BLOCK.finditer(README.read_text()))


def pieces(text):
    """Words and numbers; rounding errors and the words around them differ between machines."""
    words = re.sub(r"[\s━─┃│┏┓┗┛┡┩└┘╇┳┴┬╰╯╭╮\[\]]+", " ", text).split()
    for word in words:
        number = NUMBER.fullmatch(word)
        value = float(word.replace(",", "")) if number else None
        if word in ("bracket", "wide,", "residual") or (number and abs(value) < 1e-9):
            continue
        yield value if number else word


def same_output(printed, expected, *, exact):
    """Equal words, and equal numbers to seven digits where the input is the same."""
    if not exact:
        # The text of the demo depends on the Python version; the questions do not.
        rows = re.findall(r"^│ (\w[^│]*?) +│", expected, flags=re.MULTILINE)
        assert len(rows) > 8 and all(row in printed for row in rows)
        return
    for left, right in zip(pieces(printed), pieces(expected), strict=True):
        if isinstance(left, float):
            np.testing.assert_allclose(left, right, rtol=1e-6)
        else:
            assert left == right


def test_every_block_of_the_readme_prints_what_it_says(tmp_path):
    namespace = {"__name__": "readme"}
    for block in blocks():
        kind, code, expected = block.groups()
        if kind == "python":
            same_output(run_python(code, namespace, tmp_path), expected or "", exact=True)
            continue
        for command, output in console(code):
            if command.startswith(ELSEWHERE):
                continue
            printed = run_command(command, tmp_path)
            same_python = "demo" not in command or sys.version_info[:3] == (3, 11, 7)
            same_output(printed, output, exact=same_python)


def test_the_readme_names_the_two_commands_of_a_fresh_machine():
    text = README.read_text()
    assert "pip install . && genloop threshold --tokens demo --temperature 0.8" in text
    assert 'pip install ".[test]" && pytest' in text
    assert "python benchmarks/run.py" in text and "NumPy, every sample" in text


@pytest.mark.parametrize(
    "link", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text())))
)
def test_every_local_link_of_the_readme_leads_somewhere(link):
    assert (README.parent / link).exists()


def update():
    """Write the output of every block into the README."""
    jax.config.update("jax_enable_x64", True)
    import tempfile

    namespace, text = {"__name__": "readme"}, README.read_text()
    with tempfile.TemporaryDirectory() as folder:
        for block in blocks():
            kind, code, expected = block.groups()
            if kind == "python":
                printed = run_python(code, namespace, folder)
                new = f"```python\n{code}```\n" + (f"\n```text\n{printed}```\n" if printed else "")
            else:
                new = "```console\n"
                for command, output in console(code):
                    keep = command.startswith(ELSEWHERE)
                    new += f"$ {command}\n{output if keep else run_command(command, folder)}"
                new += "```\n"
            text = text.replace(block.group(0), new)
    README.write_text(text)


if __name__ == "__main__":
    update()
