"""JSON in a text: one value, or one a line."""

import json
import re
from pathlib import Path

from ..errors import InputError, shown

_LIKELY = re.compile(r'\s*(\[\s*)?\{\s*"[^"\n]*"\s*:|\s*\[\s*(\[\s*)?"')
"""The beginning of an object with a name, or of a list of texts: it is meant as JSON."""


class Number(str):
    """A number of a JSON text, as it is written there."""

    __slots__ = ()


def json_of(text: str, path: str | Path, code: str) -> tuple[object, list[int] | None] | None:
    """The value of a JSON text and `None`, or those of JSON lines and the numbers of their lines.

    `None` for a text that is not JSON. Numbers are `Number`; names stand as often as they are
    written, so that an object is a `list` of pairs in an `Object`. Raises `InputError` with `code`
    for a text that is meant as JSON and is damaged.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return _value(text), None
    except (ValueError, RecursionError) as failure:
        where = f"line {getattr(failure, 'lineno', 1)}"
        several = "Extra data" in str(failure)
    if several and (found := _values(text, path, code)) is not None:
        return found
    if _LIKELY.match(text):
        raise InputError(
            code,
            f"{shown(path)} begins like JSON and is none ({where} cannot be read); mend or remove "
            "that line.",
        )
    return None


def place_of(index: int, lines: list[int] | None) -> str:
    """The place of a value that `json_of` has found, in words."""
    return f"entry {index + 1}" if lines is None else f"line {lines[index]}"


def _values(text: str, path, code: str) -> tuple[list, list[int]] | None:
    """Of JSON lines, which one value in the first line shows."""
    found: dict[int, object] = {}
    # A line separator other than these may stand inside the texts of JSON.
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            found[line] = _value(content)
        except (ValueError, RecursionError):
            if not found or not _LIKELY.match(text):
                return None
            raise InputError(
                code,
                f"line {line} of {shown(path)} is no JSON, as the lines before it are; mend or "
                "remove it.",
            ) from None
    return list(found.values()), list(found)


class Object(list):
    """The pairs of a JSON object in their order, also those of one name."""

    def names(self) -> list[str]:
        """The names of the fields, also repeated ones."""
        return [name for name, _ in self]


def _value(text: str):
    return json.loads(
        text,
        object_pairs_hook=Object,
        parse_int=Number,
        parse_float=Number,
        parse_constant=Number,
    )
