"""`genloop certify-check`: replay proofs without the program that made them."""

import json
from typing import Annotated

import typer

from ...errors import InputError, shown
from .. import outputs
from ..document import document
from ..exits import DONE, NOT_MET, UNDECIDED, FileProblem
from ..options import Json, Out, Seed, check_seed
from ..terminal import deliver, progress

Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="JSON documents with certificates.")
]
_LONGEST = 2**26
"""Bytes of a document that are read."""


def command(files: Files, as_json: Json = False, seed: Seed = 0, out: Out = None) -> int:
    """Replay certificates in ball arithmetic: are their claims proved?

    Needs python-flint and nothing else, in particular no JAX. A file may hold one certificate or a
    document with several; the name of one in a document is what its maker called it, and no part of
    what is proved. Exit code 0: all are accepted, 1: one is rejected, 3: none is rejected as false,
    but one would cost more than is tried.
    """
    check_seed(seed)
    outputs.check({"--out": out}, {"the proofs": files})
    found = [(path, *named) for path in files for named in _certificates(path)]
    with progress("replaying"):
        results = [_verdict(*one) for one in found]
    report = document("certify-check", {"certificates": results}, seed=seed)
    deliver(report, lambda: _lines(results), as_json=as_json, out=out)
    outcomes = {result["accepted"] for result in results}
    return NOT_MET if False in outcomes else UNDECIDED if None in outcomes else DONE


def _certificates(path: str) -> list[tuple[str | None, dict]]:
    """Certificates with their names, where they have one; `None` for what is too costly to read."""
    from ...checker import TooCostly, certificates

    try:
        content = json.loads(_text(path))
        several = content.get("certificates") if isinstance(content, dict) else None
        named = several if isinstance(several, dict) else {None: content}
        found = [(name, one) for name, part in named.items() for one in certificates(part)]
    except (RecursionError, TooCostly):
        return [(None, None)]
    except OSError as failure:
        raise FileProblem(
            "E403", f"cannot read {shown(path)} ({failure.strerror}); check the name."
        ) from None
    except ValueError:
        raise InputError("E206", f"{shown(path)} is not a JSON document.") from None
    if not found:
        raise InputError(
            "E206", f"{shown(path)} holds no certificate; make one with --certify or gl.certify."
        )
    return found


def _text(path: str) -> str:
    with open(path, "rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise InputError(
            "E207",
            f"{shown(path)} is longer than {_LONGEST >> 20} MiB; check its parts one by one.",
        )
    return content.decode("utf-8")


def _verdict(path: str, name: str | None, certificate: dict | None) -> dict:
    from ...checker import verdict

    if certificate is None:
        reason = "too costly: a document that is nested too deeply"
        return {"file": path, "name": name, "accepted": None, "claim": None, "reason": reason}
    try:
        accepted, text = verdict(certificate)
    except ImportError:
        raise FileProblem(
            "E406", "replaying needs python-flint; pip install python-flint."
        ) from None
    claim, reason = (text, None) if accepted else (certificate.get("claim"), text)
    return {"file": path, "name": name, "accepted": accepted, "claim": claim, "reason": reason}


def _lines(results: list[dict]):
    for result in results:
        name = "" if result["name"] is None else f"({shown(result['name'])}) "
        if result["accepted"]:
            yield f"ACCEPTED {name}{result['claim']}"
        else:
            yield f"REJECTED {name}{result['reason']} ({shown(result['file'])})"
