"""`--certify`: what commands share that prove what they print."""

import math
from collections.abc import Collection, Mapping
from typing import Annotated

import typer

from ..errors import InputError
from . import arguments
from .options import check_count
from .terminal import table

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
    from ..certificates.balls import need_flint

    need_flint()


def typed(value: float, *names: str) -> str:
    """An option as it was typed, which is the exact number that is meant."""
    for text in arguments.values_of(names):
        if text and _number(text) == value:
            return text.strip()
    return repr(value)


def _number(text: str) -> float | None:
    from ..certificates.program import exact

    try:
        return float(exact(text.strip()))
    except ValueError:
        return None


def recorded(certificate) -> dict:
    """A certificate as it stands in the result of a command."""
    enclosed = certificate.parameter
    return {
        "status": certificate.status,
        "claim": certificate.claim,
        "reason": certificate.reason,
        "enclosure": None if enclosed is None else _shown(certificate),
        "bounds": None if enclosed is None else list(enclosed.bounds),
        "state": None if certificate.state is None else [str(x) for x in certificate.state],
    }


def _shown(certificate) -> str:
    """The enclosure to the digits that were asked for."""
    from ..checker.maps import shown

    enclosed, digits = certificate.parameter, certificate.document["digits"]
    # The digits of a small number begin late.
    late = max(0, -math.floor(math.log10(abs(float(enclosed)) or 1.0)))
    return shown(enclosed.centre, enclosed.radius, digits + late)


def files(path: str | None, certificates: Mapping) -> dict[str, bytes]:
    """All that is proved as one JSON document, to be written, that `certify-check` replays."""
    if path is None:
        return {}
    from ..certificates.certificate import collected

    return {path: collected(certificates).encode()}


def lines(
    found: Mapping[str, Mapping],
    titles: Mapping[str, str],
    path: str | None,
    hidden: Collection[str] = (),
):
    """A table of claims with their enclosures or the reasons why there are none.

    Proofs that are `hidden` are counted; claims without one are always listed.
    """
    proved = [name for name, record in found.items() if record["status"] == "PROVED"]
    hidden = [name for name in hidden if name in proved]
    rows = [(titles.get(name, name), *_cells(found[name])) for name in found if name not in hidden]
    yield table("Proofs by ball arithmetic", ("claim", "status", "enclosure or reason"), rows)
    if hidden:
        yield f"{len(hidden):,} more folds are proved; --json has their enclosures."
    where = "" if path is None else f"; written: {path}, replay with genloop certify-check"
    yield f"{len(proved)} of {len(found)} proved{where}"


def _cells(record: Mapping) -> tuple[str, str]:
    if record["status"] != "PROVED":
        return record["status"], record["reason"]
    if record["enclosure"] is not None:
        return record["status"], record["enclosure"]
    return record["status"], record["claim"].partition(": ")[2]
