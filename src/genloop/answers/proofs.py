"""The proofs of an answer, as they stand in its document.

Loads nothing heavy: a command asks for python-flint before it starts JAX.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..certificates.balls import need_flint as need_flint
from ..certificates.program import exact
from .answer import fields_of

if TYPE_CHECKING:
    from ..certificates import Certificate


class Proof(NamedTuple):
    """A claim that is proved, or the reason why it is not.

    `enclosure` is the number of a threshold to the digits that were asked for and `bounds` are the
    doubles around it; `state` has the enclosures of the numbers of a state. `None` where the claim
    has no such number.
    """

    status: str
    claim: str | None
    reason: str | None
    enclosure: str | None
    bounds: tuple[float, float] | None
    state: tuple[str, ...] | None


def proof_of(certificate: "Certificate") -> Proof:
    """A certificate as it stands in a document, without what replays it."""
    enclosed = certificate.parameter
    return Proof(
        certificate.status,
        certificate.claim,
        certificate.reason,
        None if enclosed is None else _shown(certificate),
        None if enclosed is None else enclosed.bounds,
        None if certificate.state is None else tuple(map(str, certificate.state)),
    )


def proofs_of(certificates: Mapping[str, "Certificate"]) -> dict[str, Proof]:
    """Certificates by name, without what replays them."""
    return {name: proof_of(one) for name, one in certificates.items()}


def recorded(certificates: Mapping[str, "Certificate"]) -> dict[str, dict[str, Any]]:
    """Certificates by name, as they stand in a document."""
    return fields_of(proofs_of(certificates))


def replayable(certificates: Mapping[str, "Certificate"]) -> bytes:
    """All that is proved as the one JSON document that `genloop certify-check` replays."""
    from ..certificates.certificate import collected

    return collected(certificates).encode()


def number_of(text: str) -> float | None:
    """The double nearest to the exact number that a text is; `None` where it is no number."""
    try:
        return float(exact(text.strip()))
    except ValueError:
        return None


def exactly(text: str | None, value: float, name: str) -> str:
    """The exact number that is meant: the text, or else the double itself.

    Raises `ValueError` where the text is another number.
    """
    if text is None:
        return repr(value)
    if not isinstance(text, str):
        raise ValueError(f'the exact {name} is given as text, such as "{text}", got {text!r}.')
    if number_of(text) != value:
        raise ValueError(f"the exact {name} is {text!r}, and the answer is about {value}.")
    return text


def _shown(certificate) -> str:
    """The enclosure to the digits that were asked for."""
    enclosed, digits = certificate.parameter, certificate.document["digits"]
    # The digits of a small number begin late.
    late = max(0, -math.floor(math.log10(abs(float(enclosed)) or 1.0)))
    return enclosed.to_digits(digits + late)
