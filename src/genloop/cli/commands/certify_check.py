"""`genloop certify-check`: replay proofs without the program that made them."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InputError, shown
from .. import frame, outputs, terminal
from ..exits import DONE, NOT_MET, UNDECIDED, FileProblem

if TYPE_CHECKING:
    from ...answers import Replays

Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="JSON documents with certificates.")
]
_LONGEST = 2**26
"""Bytes of a document that are read."""


@frame.command()
def command(run: frame.Frame, files: Files) -> int:
    """Replay certificates in ball arithmetic: are their claims proved?

    Needs python-flint and nothing else, in particular no JAX. A file may hold one certificate or a
    document with several; the name of one in a document is what its maker called it, and no part of
    what is proved. Exit code 0: all are accepted, 1: one is rejected, 3: none is rejected as false,
    but one would cost more than is tried.
    """
    outputs.check({"--out": run.out}, {"the proofs": files})
    from ...answers import replay

    texts = {path: _text(path) for path in files}
    with terminal.progress("replaying"):
        try:
            answer = replay(texts)
        except ImportError:
            raise FileProblem(
                "E406", "replaying needs python-flint; pip install python-flint."
            ) from None
    run.deliver(answer, lambda: _lines(answer))
    outcomes = {one.accepted for one in answer.certificates}
    return NOT_MET if False in outcomes else UNDECIDED if None in outcomes else DONE


def _text(path: str) -> str:
    """The text of a file.

    Raises `FileProblem` E408 where it cannot be read, `InputError` E261 where it is no text and
    E263 where it is too long.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(_LONGEST + 1)
        text = content.decode("utf-8") if len(content) <= _LONGEST else None
    except OSError as failure:
        raise FileProblem(
            "E408", f"cannot read {shown(path)} ({failure.strerror}); check the name."
        ) from None
    except ValueError:
        raise InputError("E261", f"{shown(path)} is not a JSON document.") from None
    if text is None:
        raise InputError(
            "E263",
            f"{shown(path)} is longer than {_LONGEST >> 20} MiB; check its parts one by one.",
        )
    return text


def _lines(answer: "Replays"):
    for one in answer.certificates:
        name = "" if one.name is None else f"({shown(one.name)}) "
        if one.accepted:
            yield f"ACCEPTED {name}{one.claim}"
        else:
            yield f"REJECTED {name}{one.reason} ({shown(one.file)})"
