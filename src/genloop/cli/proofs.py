"""`--certify`: what commands share that prove what they print."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError
from . import arguments
from .options import check_count
from .terminal import table

if TYPE_CHECKING:
    from ..answers.proofs import Proof

Certify = Annotated[
    bool,
    typer.Option("--certify", help="Also prove the thresholds or states, by ball arithmetic."),
]
Digits = Annotated[
    int | None, typer.Option("--digits", metavar="N", help="For --certify: digits, 15 by default.")
]
Certificates = Annotated[
    str | None,
    typer.Option("--certificates", metavar="FILE", help="For --certify: write the proofs there."),
]
DIGITS = 15


def check(certify: bool, digits: int | None, certificates: str | None) -> None:
    """Raises `InputError` unless the options fit together, and where python-flint is missing."""
    if not certify:
        if (digits, certificates) != (None, None):
            raise InputError("E118", "--digits and --certificates go with --certify.")
        return
    check_count(DIGITS if digits is None else digits, "--digits", 1, 1000)
    from ..answers.proofs import need_flint

    need_flint()


def typed(value: float, *names: str) -> str:
    """An option as it was typed, which is the exact number that is meant."""
    from ..answers.proofs import number_of

    for text in arguments.values_of(names):
        if text and number_of(text) == value:
            return text.strip()
    return repr(value)


def files(path: str | None, certificates: Mapping[str, Any]) -> dict[str, bytes]:
    """All that is proved as one JSON document, to be written, that `certify-check` replays."""
    if path is None:
        return {}
    from ..answers.proofs import replayable

    return {path: replayable(certificates)}


def lines(
    found: Mapping[str, "Proof"],
    titles: Mapping[str, str],
    path: str | None,
    hidden: Collection[str] = (),
):
    """A table of claims with their enclosures or the reasons why there are none.

    Proofs that are `hidden` are counted; claims without one are always listed.
    """
    proved = [name for name, proof in found.items() if proof.status == "PROVED"]
    hidden = [name for name in hidden if name in proved]
    rows = [(titles.get(name, name), *_cells(found[name])) for name in found if name not in hidden]
    yield table("Proofs by ball arithmetic", ("claim", "status", "enclosure or reason"), rows)
    if hidden:
        yield f"{len(hidden):,} more folds are proved; --json has their enclosures."
    where = "" if path is None else f"; written: {path}, replay with genloop certify-check"
    yield f"{len(proved)} of {len(found)} proved{where}"


def _cells(proof: "Proof") -> tuple[str, str]:
    if proof.status != "PROVED":
        return proof.status, proof.reason
    return proof.status, proof.enclosure or proof.claim.partition(": ")[2]
