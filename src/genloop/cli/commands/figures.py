"""`genloop figures`: rebuild the figures of the project."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from ... import files
from ...errors import InputError, shown
from .. import interrupts, outputs
from ..document import document
from ..exits import DONE, UNDECIDED, FileProblem
from ..options import Json, Out, Seed, check_seed
from ..terminal import deliver, progress, table

Scripts = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Scripts, without .py.")
]
_PICTURES = (".png", ".svg", ".pdf", ".csv", ".json", ".npz")


def command(names: Scripts = None, as_json: Json = False, seed: Seed = 0, out: Out = None) -> int:
    """Run the scripts in figures/ of a checkout of the project; all of them without a name.

    Every script writes its picture and its data beside itself.
    """
    check_seed(seed)
    outputs.check({"--out": out})
    chosen = _chosen(_folder(), names)
    with progress("drawing") as show:
        rows = []
        for index, script in enumerate(chosen):
            show(100 * index / len(chosen), f"drawing {script.stem}")
            rows.append(_draw(script))
    failed = [row["name"] for row in rows if row["failure"]]
    report = document("figures", {"figures": rows}, seed=seed)
    deliver(report, lambda: _lines(rows), as_json=as_json, out=out)
    return UNDECIDED if failed else DONE


def _roots() -> list[Path]:
    """Where a checkout may be: where this package runs from, or the working directory."""
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


def _draw(script: Path) -> dict:
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
    return {
        "name": script.stem,
        "written": written,
        "failure": complaint[0] if run.returncode else None,
    }


def _stamps(script: Path) -> dict[str, int]:
    """When each picture and data file beside the script was last written."""
    files = [path for path in script.parent.iterdir() if path.suffix in _PICTURES]
    return {str(path): path.stat().st_mtime_ns for path in files}


def _lines(rows: list[dict]):
    cells = [
        (row["name"], row["failure"] or ", ".join(row["written"]) or "nothing new") for row in rows
    ]
    yield table("Figures", ("script", "written"), cells)
