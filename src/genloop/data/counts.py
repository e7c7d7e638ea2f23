"""Counts that were made elsewhere."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path

from ..errors import InputError, shown
from ..models import Categorical
from .files import Sheet, exact_number
from .outcomes import categorical


def counts(path: str | Path) -> Categorical:
    r"""The distribution in a CSV file with columns `token` and `count`, in the order of the file.

    UTF-8, separated by commas, tabs or semicolons, other columns ignored, tokens taken letter by
    letter. Without a header two columns are read if one holds numbers and the other does not. A
    count is a positive number, whole or not, and is taken without rounding (`weights` of the
    origin); the size of the origin is their sum, rounded. Zero counts are refused, because an
    outcome that was never seen has no part in a loop.

    Raises `InputError`: E201 to E204 as for every file, E206 one token, E207 too wide a range, E211
    to E213 malformed CSV, E214 a missing column, E215 no rows, E221 not a number, E222 NaN, E223
    infinite, E224 negative, E225 zero, E226 all zero, E227 a token twice, E228 an empty token.
    """
    sheet = Sheet(path)
    token, count, rows = _columns(sheet)
    weights: dict[str, int | Fraction] = {}
    for line, cells in rows:
        label = cells[token]
        _check_token(label, weights, f"line {line} of {shown(path)}")
        where = f"the count of {shown(label)} in line {line}"
        weights[label] = _count(cells[count], where, sheet.delimiter)
    _check_seen(weights, path)
    return categorical(
        list(weights),
        list(weights.values()),
        source=str(path),
        sha256=sheet.sha256,
        size=round(sum(weights.values())),
    )


def _columns(sheet: Sheet) -> tuple[int, int, Iterable[tuple[int, list[str]]]]:
    """The columns of tokens and of counts, and the rows with their lines."""
    if len(sheet.header) == 2 and not {"token", "count"} & set(sheet.header):
        numeric = [_is_number(cell, sheet.delimiter) for cell in sheet.header]
        if numeric.count(True) == 1:
            place = numeric.index(True)
            return 1 - place, place, chain([(1, sheet.header)], sheet)
    return _position(sheet, "token"), _position(sheet, "count"), sheet


def _is_number(cell: str, delimiter: str) -> bool:
    try:
        exact_number(cell, "", delimiter)
    except InputError:
        return False
    return True


def _position(sheet: Sheet, name: str) -> int:
    if name not in sheet.header:
        raise InputError(
            "E214",
            f"{shown(sheet.path)} has no column {name!r}, its first line is "
            f"{shown(sheet.delimiter.join(sheet.header))}; start it with the line token,count and "
            "put commas, tabs or semicolons between token and count.",
        )
    return sheet.header.index(name)


def _check_token(label: str, known: dict[str, int | Fraction], where: str) -> None:
    if not label:
        raise InputError("E228", f"{where} has an empty token; name it or remove the row.")
    if label in known:
        raise InputError(
            "E227", f"{where} has the token {shown(label)} again; add its counts into one row."
        )


def _count(cell: str, where: str, delimiter: str) -> int | Fraction:
    value = exact_number(cell, where, delimiter)
    if value < 0:
        raise InputError("E224", f"{where} is {shown(cell)}, negative; correct or remove the row.")
    return value


def _check_seen(weights: dict[str, int | Fraction], path) -> None:
    if not weights:
        raise InputError("E215", f"{shown(path)} has a header and no rows; add one row a token.")
    unseen = [label for label, weight in weights.items() if weight == 0]
    if len(unseen) == len(weights):
        raise InputError("E226", f"all counts of {shown(path)} are zero; nothing was counted.")
    if unseen:
        raise InputError(
            "E225",
            f"{len(unseen)} tokens of {shown(path)} have count 0, the first is {shown(unseen[0])}; "
            "remove these rows.",
        )
