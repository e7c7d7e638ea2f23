"""`genloop figures`: rebuild the figures of the project."""

import dataclasses
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from ... import files
from ...answers import Answer
from ...errors import InputError, shown
from .. import frame, interrupts, terminal
from ..exits import DONE, UNDECIDED, FileProblem
from ..terminal import table

Scripts = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Scripts, without .py.")
]
_PICTURES = (".png", ".svg", ".pdf", ".csv", ".json", ".npz")


@dataclasses.dataclass(frozen=True)
class Figure:
    """The files that a script wrote, and the last line of its complaints if it failed."""

    name: str
    written: tuple[str, ...]
    failure: str | None


@dataclasses.dataclass(frozen=True)
class Figures(Answer):
    """The files that all scripts wrote."""

    question: ClassVar[str] = "figures"

    figures: tuple[Figure, ...]


@frame.command()
def command(run: frame.Frame, names: Scripts = None) -> int:
    """Run the scripts in figures/ of a checkout of the project; all of them without a name.

    Every script writes its picture and its data beside itself.
    """
    run.check_outputs()
    chosen = _chosen(_folder(), names)
    drawn = []
    with terminal.progress("drawing") as show:
        for index, script in enumerate(chosen):
            show(100 * index / len(chosen), f"drawing {script.stem}")
            drawn.append(_draw(script))
    answer = Figures(tuple(drawn))
    run.deliver(answer, lambda: _lines(answer))
    return UNDECIDED if any(figure.failure for figure in drawn) else DONE


def _roots() -> list[Path]:
    """The folders a checkout may be in: that of this package, or the working directory."""
    return [Path(__file__).parents[4], Path.cwd()]


def _folder() -> Path:
    for root in _roots():
        if _is_checkout(root) and any((root / "figures").glob("*.py")):
            return root / "figures"
    raise FileProblem(
        "E404",
        "there is no checkout of genloop here; change to the folder of its pyproject.toml.",
    )


def _is_checkout(root: Path) -> bool:
    """Whether this is the project: scripts of any other folder are not ours to run."""
    try:
        described = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    named = described.get("project", {}).get("name") == "genloop"
    return named and (root / "src" / "genloop" / "__init__.py").is_file()


def _chosen(folder: Path, names: list[str] | None) -> list[Path]:
    scripts = {path.stem: path for path in sorted(folder.glob("[!_]*.py"))}
    for name in names or ():
        if name.removesuffix(".py") not in scripts:
            known = ", ".join(scripts)
            raise InputError("E114", f"there is no figure {shown(name)}; choose from {known}.")
    return [scripts[name.removesuffix(".py")] for name in names or scripts]


_PROGRAM = "import sys, runpy; from genloop.cli import interrupts; interrupts.listen(); "
_PROGRAM += "runpy.run_path(sys.argv[1], run_name='__main__')"
_PATIENCE = 2.0
"""Seconds in which a script that is interrupted has to end."""


def _draw(script: Path) -> Figure:
    """Run one script; the files it wrote are those of its name that changed."""
    before = _stamps(script)
    paths = [str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    run = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, script.name],
        cwd=script.parent,
        env={"MPLBACKEND": "Agg"} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    written = []

    def settle():
        after = _stamps(script)
        written[:] = sorted(name for name, stamp in after.items() if before.get(name) != stamp)
        files.WRITTEN.extend(written)

    def stop():
        run.terminate()
        try:
            run.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            run.kill()
        settle()

    with interrupts.deed_of_the_last_moment(stop):
        _, complaints = run.communicate()
    settle()
    complaint = complaints.strip().splitlines()[-1:] or [f"exit code {run.returncode}"]
    return Figure(script.stem, tuple(written), complaint[0] if run.returncode else None)


def _stamps(script: Path) -> dict[str, int]:
    """The time each picture and data file beside the script was last written."""
    files = [path for path in script.parent.iterdir() if path.suffix in _PICTURES]
    return {str(path): path.stat().st_mtime_ns for path in files}


def _lines(answer: Figures):
    cells = [
        (figure.name, figure.failure or ", ".join(figure.written) or "nothing new")
        for figure in answer.figures
    ]
    yield table("Figures", ("script", "written"), cells)
