"""JSON as the rows of a table."""

import json
from pathlib import Path

from ..errors import InputError, shown
from .sheet import check_names
from .structure import Object, place_of

Placed = tuple[str, list[str]]
"""The place of a row, in words, and its cells."""


def rows_of(value: object, lines: list[int] | None, path: str | Path) -> list[Placed]:
    """The rows in a JSON value, the first with the names of the columns where it has names.

    An object of numbers is read as rows of token and count, one of lists as columns; a list holds
    objects or rows. Raises `InputError`: E212 two fields of one name, E216 JSON of another
    shape.
    """
    if isinstance(value, Object):
        rows = _columns(value) or [["token", "count"], *map(list, value)]
    elif isinstance(value, list) and value and all(isinstance(one, Object) for one in value):
        for one in value:
            check_names(one.names(), path)
        names = value[0].names()
        fields = map(dict, value)
        rows = [names, *([one.get(name) for name in names] for one in fields)]
    elif isinstance(value, list) and value and all(type(one) is list for one in value):
        rows = value
    else:
        raise _shape(path)
    if len({*map(len, rows)}) > 1 or not rows[0]:
        raise _shape(path)
    named = rows is not value
    return [
        (
            f"{place_of(max(index - named, 0), lines)} of {shown(path)}",
            [_cell(one, path) for one in row],
        )
        for index, row in enumerate(rows)
    ]


def _columns(value: Object) -> list[list] | None:
    """The rows of an object of lists of one length, and their names in front."""
    lists = [one for _, one in value]
    if not lists or not all(type(one) is list for one in lists) or len({*map(len, lists)}) > 1:
        return None
    return [value.names(), *map(list, zip(*lists, strict=True))]


def _cell(value: object, path) -> str:
    if isinstance(value, list):
        raise _shape(path)
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


def _shape(path) -> InputError:
    return InputError(
        "E216",
        f'the JSON in {shown(path)} is no list of counts; give {{"the": 5000, ...}} or [["the", '
        '5000], ...] or [{"token": "the", "count": 5000}, ...] or one such list or object a line.',
    )
