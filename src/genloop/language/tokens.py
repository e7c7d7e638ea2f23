"""The words and signs of a text."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import shown
from .places import Place

LONGEST = 10_000
"""The most characters of a text."""
_DIGITS = 400
_PATTERN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<word>"[^"\n]*"|'[^'\n]*')
    |(?P<sign>>>|\*\*|[-+*/(),=:.])""",
    re.VERBOSE,
)
_REMEDIES = {
    ">": "stages are joined by >>",
    "|": "stages are joined by >>",
    "<": "stages are joined from left to right, by >>",
    "[": "there are no lists and no indices; write numbers one after the other",
    "]": "there are no lists and no indices; write numbers one after the other",
    "{": "write names of parameters as they are, without braces",
    "^": "a power is written **",
    "%": "write a share as a number between 0 and 1",
    '"': "this quotation mark is never closed",
    "'": "this quotation mark is never closed",
}


class Token(NamedTuple):
    """One word or sign: `kind` is number, name, word, sign or end."""

    kind: str
    text: str
    place: Place


def tokens(text: str) -> Iterator[Token]:
    """The words and signs of `text`, and its end.

    Raises `InputError` E131 for a character that has no meaning, E135 for a text that is too long.
    """
    if len(text) > LONGEST:
        raise Place(text, LONGEST, len(text)).error(
            "E135", f"the text has {len(text):,} characters, at most {LONGEST:,} are read"
        )
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise _unreadable(Place(text, at, at + 1))
        place = Place(text, at, match.end())
        if match.lastgroup == "number":
            _check_number(place)
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match.group(), place)
        at = match.end()
    yield Token("end", "", Place(text, at, at))


def _unreadable(place: Place):
    sign = place.text[place.start]
    remedy = _REMEDIES.get(sign, "write stages joined by >>, numbers, names and + - * / ** ( )")
    return place.error("E131", f"{shown(sign)} has no meaning here", remedy)


def _check_number(place: Place) -> None:
    following = place.text[place.end : place.end + 1]
    if following == "." or following.isalnum() or following == "_":
        whole = Place(place.text, place.start, place.end + 1)
        raise whole.error("E131", "a number ends where another word begins", "put * between them")
    if place.end - place.start > _DIGITS:
        raise place.error("E135", f"a number has more than {_DIGITS} characters")
