"""Replays certificates: the one part of the package that decides whether a claim is proved.

Each of the two files is a program that needs python-flint only and imports nothing of ours, so that
it can be read, copied and run alone; what both need stands in both for that reason.

What makes a certificate takes from here the format of a document (`MAP`, `TEMPERATURE_LOOP`: the
schemas; `claimed`: the sentence that the fields spell, and the digest) and the `verdict`, nothing
else. That is sound: the format computes nothing, the sentence is what a reader is told and is the
checker's word in any case, and a number that was computed wrongly is rejected here. The command
that replays files also asks for the `certificates` in them, which can be `TooCostly` to look for.
"""

from collections.abc import Mapping
from typing import Any

from . import maps, temperature
from .maps import TooCostly as TooCostly, certificates as certificates

MAP, TEMPERATURE_LOOP = maps.SCHEMA, temperature.SCHEMA
"""The schemas of documents about a map and about a temperature loop."""


def _program(document):
    return temperature if document.get("schema") == TEMPERATURE_LOOP else maps


def claimed(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document with the claim that its fields spell and its digest, whether true or not.

    ```python
    proof = gl.certificates.certify_root(lambda p: p * p, "1", "2", level="2")
    gl.checker.claimed(proof.document)["claim"] == proof.claim  # True
    ```
    """
    program = _program(document)
    spelled = {**document, "claim": program.words(document)}
    return spelled | {"sha256": program.digest(spelled)}


def verdict(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether a certificate is accepted (`None`: too costly), and its claim or the reason.

    Raises `ImportError` without python-flint.

    ```python
    proof = gl.certificates.certify_root(lambda p: p * p, "1", "2", level="2")
    gl.checker.verdict(proof.document)[0]  # True
    ```
    """
    return _program(document).verdict(document)
