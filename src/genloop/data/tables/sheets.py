"""Tables in text: CSV with any separator."""

from collections.abc import Iterator, Sequence

import numpy as np

from ...errors import InputError, shown
from .. import sheet
from ..numbers import decimal_sign, is_number, number
from ..structure import json_of
from .grid import Column, Grid

_MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "+nan", "-nan", "null", "none"}
"""Cells without a value, in lower case."""
_INFINITE = {"inf", "infinity"}


def grid(text: str, path) -> Grid:
    """The table in a text with the names of its columns in the first line.

    Raises `InputError`: E211 to E213 malformed CSV, E216 JSON, E231 no names.
    """
    if json_of(text, path, "E216") is not None:
        raise InputError(
            "E216", f"{shown(path)} is JSON; write its numbers as CSV, with the names first."
        )
    delimiter = sheet.delimiter(text)
    (_, header), *rows = sheet.rows(text, path, delimiter)
    names = [name.strip() for name in header]
    sheet.check_names(names, path)
    return Grid(
        names,
        len(rows),
        lambda places: _numbers(names, rows, delimiter, places),
        lambda place, row: rows[row][1][place],
        lambda row: f"line {rows[row][0]}",
        reading=_header(names, path),
    )


def _header(names: list[str], path) -> tuple[str, ...]:
    """What is said of names that are numbers; `InputError` E231 where they look like data."""
    if not all(map(is_number, names)):
        return ()
    if len(names) > 2 and names == [str(place) for place in range(len(names))]:
        return (f"the first line, 0 to {len(names) - 1}, holds the names of the columns",)
    raise InputError(
        "E231",
        f"the first line of {shown(path)} is {shown(','.join(names))}, which looks "
        "like data; put a line with the names of the columns first.",
    )


def _numbers(
    names: list[str], rows: list[sheet.Row], delimiter: str, places: Sequence[int]
) -> list[Column]:
    """The columns at these places; one way of writing numbers goes for all of them."""

    def cells() -> Iterator[tuple[str, str]]:
        for line, row in rows:
            for place in places:
                yield f"column {shown(names[place])} of line {line}", row[place]

    # Measurements need not be whole: only commas between cells say that one in a number is none.
    doubted = {",": "," if len(names) == 1 else "", ";": ".,"}.get(delimiter, ",")
    sign = decimal_sign(cells(), doubted)
    return [_column(names[place], place, rows, sign) for place in places]


def _column(name: str, place: int, rows: list[sheet.Row], sign: str) -> Column:
    values, missing, others = np.full(len(rows), np.nan), [], []
    for index, (line, row) in enumerate(rows):
        cell = row[place]
        word = cell.strip().lower()
        if word in _MISSING:
            missing.append(index)
        elif not is_number(cell) and word.lstrip("+-") not in _INFINITE:
            others.append(index)
        else:
            values[index] = number(cell, f"column {shown(name)} of line {line}", sign)
    return Column(values, missing, others)
