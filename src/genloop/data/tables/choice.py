"""Which columns of a table are taken, and whether they hold numbers that vary."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from ...errors import InputError, shown
from ..columns import place_of
from .grid import Column, Grid

_RANGE = re.compile("([0-9]{1,9})-([0-9]{1,9})")
_UNNAMED = ("", "Unnamed: 0")
"""Names of the first column where it is the index that pandas has written."""


class Choice(NamedTuple):
    """The places of columns, and sentences on those that were left out or may be meant to be."""

    places: list[int]
    reading: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def chosen(grid: Grid, columns: Sequence[str] | None, path) -> Choice:
    """The columns that are asked for, or all but those that number the rows.

    A column is named, or a place, or a range of places such as 2-65. Raises `InputError` E219 for
    one that does not exist, that is chosen twice, and where none is left.
    """
    if columns is None:
        return _all_but_index(grid, path)
    places = [place for one in columns for place in _places(str(one).strip(), grid, path)]
    for place in places:
        if places.count(place) > 1:
            raise InputError("E219", f"column {grid.title(place)} is chosen twice; choose it once.")
    if not places:
        raise InputError("E219", "no columns are chosen; name one, or do not choose.")
    return Choice(places)


def _places(name: str, grid: Grid, path) -> range | list[int]:
    span = _RANGE.fullmatch(name)
    if span is None or name in grid.names:
        return [place_of(name, grid.names, path)]
    first, last = map(int, span.groups())
    if not 1 <= first <= last <= len(grid.names):
        raise InputError(
            "E219",
            f"the columns of {shown(path)} are 1 to {len(grid.names)}, got {name}; choose some of "
            "these.",
        )
    return range(first - 1, last)


def _all_but_index(grid: Grid, path) -> Choice:
    index, warnings = list(grid.index), ()
    if not index and len(grid.names) > 1 and grid.names[0] in _UNNAMED and grid.rows > 1:
        steps = _steps(grid)
        index = [0] if steps == {1} else []
        if not index and steps and min(steps) > 0:
            rest = grid.option(range(1, len(grid.names)))
            warnings = (
                "the first column has no name and whole numbers that grow, as an index of rows "
                f"does; {rest} leaves it out",
            )
    places = [place for place in range(len(grid.names)) if place not in index]
    if not places:
        raise InputError("E219", f"{shown(path)} has no column but its index; give one with more.")
    said = f"left out as the index of the rows: column {grid.titles(index)}" if index else None
    return Choice(places, (said,) if said else (), warnings)


def _steps(grid: Grid) -> set[int]:
    """The differences between rows of the first column, where it holds whole numbers alone."""
    cells = [grid.cell(0, row).strip() for row in range(grid.rows)]
    if not all(cell.isascii() and cell.isdigit() and len(cell) < 19 for cell in cells):
        return set()
    return set(np.diff(np.array(cells, dtype=np.int64)).tolist())


def check_numbers(grid: Grid, places: Sequence[int], columns: Sequence[Column], path) -> None:
    """Whether every cell is a finite number.

    Raises `InputError`: E221 for columns with anything else, E222 for missing values, E223 for
    infinite ones; it names the columns and tells how to go on.
    """
    found = dict(zip(places, columns, strict=True))
    others = [place for place in places if len(found[place].others)]
    missing = [place for place in places if len(found[place].missing) and place not in others]
    if not others and not missing:
        _check_finite(grid, found, path)
        return
    told = [
        _lack(grid, what, {place: rows(found[place]) for place in lacking}, seen)
        for what, lacking, rows, seen in (
            ("no numbers", others, lambda column: column.others, True),
            ("missing values", missing, lambda column: column.missing, False),
        )
        if lacking
    ]
    good = [place for place in places if place not in others and place not in missing]
    remedy = "correct these cells" if others else "fill these cells or remove their rows"
    if good:
        choice = f"choose columns of numbers with {grid.option(good)} (in Python columns=)"
        remedy = f"{choice}, or {remedy}"
    raise InputError(
        "E221" if others else "E222", f"{shown(path)} has {', and '.join(told)}; {remedy}."
    )


def _lack(grid: Grid, what: str, rows: dict[int, Sequence[int]], seen: bool) -> str:
    """Columns with cells that are no numbers, how many, and the first of them."""
    place, first = next((place, lacking[0]) for place, lacking in rows.items())
    cell = f"{shown(grid.cell(place, first), 30)} in " if seen else "in "
    titles = grid.titles(rows, lambda one: f" ({len(rows[one]):,} of {grid.rows:,} cells)")
    return f"{what} in {_columns(rows)} {titles}, the first {cell}{grid.row(first)}"


def _columns(places: Collection[int]) -> str:
    return "column" if len(places) == 1 else "columns"


def _check_finite(grid: Grid, found: dict[int, Column], path) -> None:
    for place, column in found.items():
        infinite = np.flatnonzero(~np.isfinite(column.values))
        if infinite.size:
            raise InputError(
                "E223",
                f"column {grid.title(place)} of {grid.row(infinite[0])} of {shown(path)} is not "
                "finite; correct or remove the row.",
            )


def varying(grid: Grid, places: Sequence[int], points: np.ndarray, path, *, drop: bool) -> Choice:
    """The columns that are not the same number in every row.

    Raises `InputError` E233 for the others, unless they are to be left out, and where none varies.
    """
    same = (points == points[0]).all(axis=0)
    constant = [place for place, flat in zip(places, same, strict=True) if flat]
    if not constant:
        return Choice(list(places))
    value = dict(zip(places, points[0], strict=True))
    told = grid.titles(constant, lambda place: f" ({value[place]:g})")
    if len(constant) == len(places):
        raise InputError(
            "E233", f"no column of {shown(path)} varies: {told}; give one with columns that do."
        )
    if not drop:
        are, them = ("is", "it") if len(constant) == 1 else ("are", "them")
        raise InputError(
            "E233",
            f"{_columns(constant)} {told} of {shown(path)} {are} constant, the same in every row; "
            f"leave {them} out with --drop-constant (in Python drop_constant=True).",
        )
    kept = [place for place in places if place not in constant]
    return Choice(kept, (f"left out as constant: {told}",))
