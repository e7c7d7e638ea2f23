"""README.md and docs/ are executed: every number printed in them is real output.

`python tests/test_pages.py` writes the outputs anew; with names of pages, only theirs.
"""

import contextlib
import io
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import jax
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parent.parent
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))
}
# Pages that answer many questions take a quarter of a minute each.
LONG = {
    f"docs/{name}.md"
    for name in ("curation", "diagrams", "finite_samples", "guidance", "loops", "plans")
}
LONG |= {f"docs/{name}.md" for name in ("kernel_density", "retraining", "thresholds")}
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
    environment = {**os.environ, "COLUMNS": "88", "NO_COLOR": "1", "PYTHONUTF8": "1"}
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=folder, env=environment)
    assert done.returncode in (0, 1) and done.stdout, done.stderr
    return done.stdout


def run_python(code, namespace, folder):
    """What is printed, in the single precision in which a user's JAX begins."""
    printed = io.StringIO()
    begun = jax.enable_x64(False)
    with begun, contextlib.redirect_stdout(printed), contextlib.chdir(folder):
        exec(compile(code, "page", "exec"), namespace)
    return printed.getvalue()


def text_of(path):
    return path.read_text(encoding="utf-8")


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


@pytest.mark.parametrize(
    "page", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in PAGES]
)
def test_every_block_of_a_page_prints_what_it_says(page, tmp_path):
    namespace = {"__name__": "page"}
    for kind, code, expected in BLOCK.findall(text_of(PAGES[page])):
        if kind == "python":
            same_output(run_python(code, namespace, tmp_path), expected, exact=True)
            continue
        for command, output in console(code):
            if command.startswith(ELSEWHERE):
                continue
            printed = run_command(command, tmp_path)
            same_python = "demo" not in command or sys.version_info[:3] == (3, 11, 7)
            same_output(printed, output, exact=same_python)


@pytest.mark.parametrize("page", PAGES)
def test_no_block_of_a_page_is_left_out(page):
    assert "```" not in BLOCK.sub("", text_of(PAGES[page]))


def test_the_readme_is_short_and_names_the_two_commands_of_a_fresh_machine():
    text = text_of(PAGES["README.md"])
    assert len(text.splitlines()) <= 150
    assert "pip install . && genloop threshold --tokens demo --temperature 0.8" in text
    assert 'pip install ".[test]" && pytest' in text


def test_speeds_stand_beside_those_of_the_loop_people_write_today():
    text = text_of(PAGES["docs/speed.md"])
    assert "python benchmarks/run.py" in text and "NumPy, every sample" in text


def test_one_page_lists_every_command(tmp_path):
    commands = run_command("genloop --help", tmp_path).partition("Commands:")[2]
    named = re.findall(r"^\| `genloop ([\w-]+)` ", text_of(PAGES["docs/commands.md"]), re.MULTILINE)
    assert sorted(named) == sorted(re.findall(r"^  ([\w-]+)  ", commands, re.MULTILINE))


def test_every_picture_is_shown_on_a_page():
    shown = "".join(map(text_of, PAGES.values()))
    assert all(f"figures/{path.name}" in shown for path in ROOT.glob("figures/*.png"))


def test_the_index_of_the_pages_names_each_of_them():
    linked = re.findall(r"\]\(([^/)#]+\.md)\)", text_of(PAGES["docs/README.md"]))
    assert sorted(f"docs/{name}" for name in [*linked, "README.md"]) == sorted(PAGES)[1:]


def headings(path):
    """The anchors of a Markdown page: headings in lower case, their words joined by hyphens."""
    found = re.findall(r"^#+ (.*)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES)
def test_every_local_link_of_a_page_leads_somewhere(page):
    for link in re.findall(r"\]\((?!http)([^)]+)\)", text_of(PAGES[page])):
        name, _, anchor = link.partition("#")
        target = PAGES[page].parent / name if name else PAGES[page]
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def renewed(text, folder):
    """The page with the output of every block written anew."""
    namespace = {"__name__": "page"}

    def block(match):
        kind, code, _ = match.groups()
        if kind == "python":
            printed = run_python(code, namespace, folder)
            return f"```python\n{code}```\n" + (f"\n```text\n{printed}```\n" if printed else "")
        new = ""
        for command, output in console(code):
            keep = command.startswith(ELSEWHERE)
            new += f"$ {command}\n{output if keep else run_command(command, folder)}"
        return f"```console\n{new}```\n"

    return BLOCK.sub(block, text)


def update(names):
    """Write the output of every block into the pages of these names, or into all of them."""
    jax.config.update("jax_enable_x64", True)
    for name in names or PAGES:
        with tempfile.TemporaryDirectory() as folder:
            text = renewed(text_of(PAGES[name]), folder)
        PAGES[name].write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    update(sys.argv[1:])
