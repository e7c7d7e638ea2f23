"""Documents of claims about a temperature loop: written here, decided by the checker alone."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ....certificates.balls import flint, precision, rational
from ....certificates.certificate import Certificate, check_digits, not_proved, provenance
from ....certificates.enclosures import Enclosure, decimal, decimal_up
from ....certificates.program import CannotCertify, exact
from ....checker import TEMPERATURE_LOOP, claimed, verdict
from .exact_loop import ExactLoop
from .fold_search import Evidence

_MORE_BITS, _COLDEST = (1, 2, 4), Fraction(1, 10**300)


def certified(loop: ExactLoop, kind: str, find: Callable[[], Evidence], digits: int) -> Certificate:
    """The document of a claim, as far as the checker accepts it; with more precision if needed."""
    check_digits(digits)
    if exact(loop.temperature) < _COLDEST:
        return not_proved("the temperature is below 1e-300")
    found = None
    for factor in _MORE_BITS:
        with precision(_bits(digits) * factor):
            try:
                found = of_document(_document(loop, kind, find(), digits))
            except CannotCertify as reason:
                found = not_proved(reason)
        if found.proved:
            return found
    return found


def of_document(document: Mapping[str, Any]) -> Certificate:
    """The certificate of what a document of the temperature loop proves, by the checker alone."""
    accepted, text = verdict(document)
    if not accepted:
        return not_proved(text)
    centre = document["centre"]
    parameter = None if centre is None else Enclosure(centre, document["radius"])
    return Certificate(text, parameter=parameter, document=document)


def _bits(digits: int) -> int:
    """The precision for so many digits, with room for what evaluation loses."""
    return max(128, int(3.33 * digits) + 80)


def _document(loop, kind, evidence, digits) -> dict:
    content = {
        "schema": TEMPERATURE_LOOP,
        "claim": None,
        "kind": kind,
        "temperature": loop.temperature,
        "levels": [[str(value), count] for value, count in loop.classes],
        "digits": digits,
        "bits": flint.ctx.prec,
        "centre": None,
        "radius": None,
        **evidence.fields,
        "provenance": provenance(),
    }
    if evidence.value is not None:
        content |= _written(evidence.value, digits)
    return claimed(content)


def _written(found, digits: int) -> dict[str, str]:
    """Decimals that contain a ball with room; so many digits of the distance to 0 and to 1."""
    if not (found.rad() < 1 and 0 < rational(found.mid()) < 1):
        raise CannotCertify("the threshold cannot be enclosed at this precision")
    middle, radius = rational(found.mid()), rational(found.rad())
    room = 2 * radius + min(middle, 1 - middle) / 10 ** (digits + 2)
    centre = decimal(middle, len(str(int(1 / room))) + 2)
    return {"centre": centre, "radius": decimal_up(2 * room, 2)}
