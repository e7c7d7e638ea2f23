"""Counts that were made elsewhere."""

import math
from pathlib import Path

from ..errors import InputError, shown
from ..models import Categorical
from .files import Sheet, number
from .outcomes import categorical


def counts(path: str | Path) -> Categorical:
    r"""The distribution in a CSV file with columns `token` and `count`, in the order of the file.

    UTF-8, comma separated, other columns ignored, tokens taken letter by letter. A count is a
    positive number, whole or not; the size of the origin is their sum, rounded. Zero counts are
    refused, because an outcome that was never seen has no part in a loop.

    Raises `InputError`: E201 to E204 as for every file, E206 one token, E207 too wide a range, E211
    to E213 malformed CSV, E214 a missing column, E215 no rows, E221 not a number, E222 NaN, E223
    infinite, E224 negative, E225 zero, E226 all zero, E227 a token twice, E228 an empty token.
    """
    sheet = Sheet(path)
    token, count = (_position(sheet, name) for name in ("token", "count"))
    weights: dict[str, float] = {}
    for line, cells in sheet:
        label = cells[token]
        _check_token(label, weights, f"line {line} of {shown(path)}")
        weights[label] = _count(cells[count], f"the count of {shown(label)} in line {line}")
    _check_seen(weights, path)
    total = sum(weights.values())
    return categorical(
        list(weights),
        list(weights.values()),
        source=str(path),
        sha256=sheet.sha256,
        size=round(total) if math.isfinite(total) else None,
    )


def _position(sheet: Sheet, name: str) -> int:
    if name not in sheet.header:
        raise InputError(
            "E214",
            f"{shown(sheet.path)} has no column {name!r}, its first line is "
            f"{shown(','.join(sheet.header))}; start it with the line token,count.",
        )
    return sheet.header.index(name)


def _check_token(label: str, known: dict[str, float], where: str) -> None:
    if not label:
        raise InputError("E228", f"{where} has an empty token; name it or remove the row.")
    if label in known:
        raise InputError(
            "E227", f"{where} has the token {shown(label)} again; add its counts into one row."
        )


def _count(cell: str, where: str) -> float:
    value = number(cell, where)
    if value < 0:
        raise InputError("E224", f"{where} is {value:g}, negative; correct or remove the row.")
    return value


def _check_seen(weights: dict[str, float], path) -> None:
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
