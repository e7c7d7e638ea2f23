"""`genloop theory`: what the theorems say."""

from typing import TYPE_CHECKING, Annotated

import typer

from .. import frame
from ..exits import DONE
from ..formulas import plain
from ..terminal import table

if TYPE_CHECKING:
    from ...answers import Statement

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Theorems (HD-6), papers (marchi2024) or ids."),
]


@frame.command()
def command(run: frame.Frame, names: Names = None) -> int:
    """State theorems: claim, hypotheses, source and status. Without a name, list them all."""
    run.check_outputs()
    with run.solving("loading the theorems"):
        from ...answers import theory

        answer = theory(names or None)
    run.deliver(answer, lambda: (_pages if names else _list)(answer.theorems))
    return DONE


def _list(theorems: "tuple[Statement, ...]"):
    rows = [(" ".join(t.spec), t.paper, t.status, plain(t.title)) for t in theorems]
    yield table("Theorems", ("name", "paper", "status", "statement"), rows)
    yield "`genloop theory NAME` states one in full, `genloop verify NAME` checks it."


def _pages(theorems: "tuple[Statement, ...]"):
    for theorem in theorems:
        yield f"{' '.join(theorem.spec)}  ({theorem.id}, {theorem.status})"
        yield ""
        for paragraph in plain(theorem.statement).split("\n\n"):
            yield paragraph if paragraph.startswith(("-", " ")) else " ".join(paragraph.split())
            yield ""
        neighbours = "; ".join(neighbour.statement for neighbour in theorem.mutants)
        yield "Hypotheses: " + plain("; ".join(theorem.hypotheses)) + "."
        yield "False neighbours that its check refutes: " + plain(neighbours) + "."
        for published in theorem.refutes:
            yield f"Refutes a published statement: {plain(published.statement)}."
        yield ""
