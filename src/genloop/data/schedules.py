"""Tables of numbers by generation."""

from pathlib import Path

from ..errors import InputError, shown
from . import sheet
from .files import read
from .numbers import decimal_sign, number

GENERATION = "generation"
"""The name of the column that counts generations, from zero."""


def schedules(path: str | Path) -> dict[str, tuple[float, ...]]:
    """The columns of a CSV file by name, a number for each generation.

    The header is `generation` and a name for each parameter; generations count from 0, each once,
    in any order. Raises `InputError`: E201 to E204 as for every file, E211 to E213 malformed CSV,
    E221 to E223 what is no number, E236 no such header, E237 a generation that is missing, twice
    there or no whole number.

    ```python
    pathlib.Path("plan.csv").write_text("generation,a\\n0,0.5\\n1,0.25\\n")
    gl.data.schedules("plan.csv")["a"]  # [0.5, 0.25]
    ```
    """
    text, _ = read(path)
    delimiter = sheet.delimiter(text)
    (_, header), *rows = sheet.rows(text, path, delimiter)
    names = [name.strip() for name in header]
    sheet.check_names(names, path)
    if GENERATION not in names or len(names) < 2:
        raise InputError(
            "E236",
            f"{shown(path)} begins with {shown(','.join(names))}; a schedule begins with the names "
            "generation,a (a column for each parameter).",
        )
    cells = [
        [(f"column {shown(n)} of line {line}", cell) for n, cell in zip(names, row, strict=True)]
        for line, row in rows
    ]
    sign = decimal_sign((cell for row in cells for cell in row), "," if delimiter != "," else "")
    table = [[number(cell, where, sign) for where, cell in row] for row in cells]
    place = names.index(GENERATION)
    ordered = _in_order(table, place, path)
    return {
        name: tuple(row[column] for row in ordered)
        for column, name in enumerate(names)
        if column != place
    }


def _in_order(table: list[list[float]], place: int, path) -> list[list[float]]:
    """The rows by generation, from 0 to the last one."""
    if not table:
        raise InputError("E237", f"{shown(path)} has no rows; write one for each generation.")
    found: dict[float, list[float]] = {}
    for row in table:
        generation = row[place]
        if generation < 0 or not float(generation).is_integer():
            raise InputError(
                "E237",
                f"{shown(path)} has the generation {generation:g}; count them 0, 1, 2, ...",
            )
        if generation in found:
            raise InputError(
                "E237", f"generation {generation:g} is twice in {shown(path)}; remove one row."
            )
        found[generation] = row
    for generation in range(len(found)):
        if generation not in found:
            raise InputError(
                "E237",
                f"generation {generation} is missing in {shown(path)}; the first one is 0, and "
                "each needs a row.",
            )
    return [found[generation] for generation in range(len(found))]
