"""Whether the checker accepts certificates, whoever made them."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from ..checker import TooCostly, certificates, verdict
from ..errors import InputError, shown
from ..printing import readable
from .answer import Answer


@readable
@dataclasses.dataclass(frozen=True)
class Replay:
    """The verdict on one certificate: its claim, or the reason why it is not accepted.

    `accepted` is `None` for one that would cost more than is tried. `name` is what its maker called
    it in the document `file`, and no part of what is proved.

    ```python
    gl.answers.Replay("proof.json", None, True, "the state is there", None).accepted  # True
    ```
    """

    file: str
    name: str | None
    accepted: bool | None
    claim: str | None
    reason: str | None


@readable
@dataclasses.dataclass(frozen=True)
class Replays(Answer):
    """The verdicts of the checker on every certificate of some documents.

    ```python
    proof = gl.certificates.certify_root(lambda p: p * p, "1", "2", level="2")
    gl.answers.replay({"mine": json.dumps(proof.document)}).certificates[0].accepted  # True
    ```
    """

    question: ClassVar[str] = "certify-check"

    certificates: tuple[Replay, ...]


def replay(documents: Mapping[str, str]) -> Replays:
    """Whether the certificates in JSON texts, by their names, are accepted in ball arithmetic.

    Raises `InputError` E261 for a text that is not JSON and E262 for one without a certificate,
    both before anything is replayed, and `ImportError` without python-flint.

    ```python
    found = genloop.answers.fixed_points(genloop.Categorical.of([5, 3, 2]), temperature=0.8)
    proof = json.dumps(found.certified().certificates["1"].document)
    genloop.answers.replay({"mine": proof}).certificates[0].accepted
    ```
    """
    if not isinstance(documents, Mapping):
        raise ValueError('documents are JSON texts by their names; write {"mine": text} for one.')
    found = [(file, *named) for file, text in documents.items() for named in _named(file, text)]
    return Replays(tuple(_replayed(*one) for one in found))


def _named(file: str, text: str) -> list[tuple[str | None, Any]]:
    """Certificates with their names, where they have one; `None` for what is too costly to read."""
    try:
        content = json.loads(text)
        several = content.get("certificates") if isinstance(content, dict) else None
        named = several if isinstance(several, dict) else {None: content}
        found = [(name, one) for name, part in named.items() for one in certificates(part)]
    except (RecursionError, TooCostly):
        return [(None, None)]
    except ValueError:
        raise InputError("E261", f"{shown(file)} is not a JSON document.") from None
    if not found:
        raise InputError(
            "E262", f"{shown(file)} holds no certificate; make one with --certify or gl.certify."
        )
    return found


def _replayed(file: str, name: str | None, certificate: Any) -> Replay:
    if certificate is None:
        reason = "too costly: a document that is nested too deeply"
        return Replay(file, name, None, None, reason)
    accepted, text = verdict(certificate)
    claim, reason = (text, None) if accepted else (certificate.get("claim"), text)
    return Replay(file, name, accepted, claim, reason)
