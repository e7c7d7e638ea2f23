"""`genloop theory`: what the theorems say."""

from typing import Annotated

import typer

from .. import outputs, session
from ..document import document
from ..exits import DONE
from ..formulas import plain
from ..names import select
from ..options import Json, Out, Seed, check_seed
from ..terminal import deliver, progress, table

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Theorems (HD-6), papers (marchi2024) or ids."),
]


def command(names: Names = None, as_json: Json = False, seed: Seed = 0, out: Out = None) -> int:
    """State theorems: claim, hypotheses, source and status. Without a name, list them all."""
    check_seed(seed)
    outputs.check({"--out": out})
    with progress("loading the theorems"):
        session.start()
        theorems = select(names)
    report = document("theory", {"theorems": [_stated(t) for t in theorems]}, seed=seed)
    report["numerics"]["reasons"]["result.theorems[].verdict"] = "not run; use genloop verify"
    lines = (lambda: _pages(theorems)) if names else (lambda: _list(theorems))
    deliver(report, lines, as_json=as_json, out=out)
    return DONE


def _stated(theorem) -> dict:
    return {
        "id": theorem.id,
        "spec": theorem.spec.split(),
        "paper": theorem.paper,
        "status": theorem.status,
        "title": theorem.title,
        "statement": theorem.statement,
        "hypotheses": list(theorem.hypotheses),
        "verdict": None,
        "checks": [],
        "mutants": [{"statement": text, "verdict": None} for text in theorem.mutants],
    }


def _list(theorems):
    rows = [(t.spec, t.paper, t.status, plain(t.title)) for t in theorems]
    yield table("Theorems", ("name", "paper", "status", "statement"), rows)
    yield "`genloop theory NAME` states one in full, `genloop verify NAME` checks it."


def _pages(theorems):
    for theorem in theorems:
        yield f"{theorem.spec}  ({theorem.id}, {theorem.status})"
        yield ""
        for paragraph in plain(theorem.statement).split("\n\n"):
            yield paragraph if paragraph.startswith(("-", " ")) else " ".join(paragraph.split())
            yield ""
        yield "Hypotheses: " + plain("; ".join(theorem.hypotheses)) + "."
        yield "False neighbours that its check refutes: " + plain("; ".join(theorem.mutants)) + "."
        yield ""
