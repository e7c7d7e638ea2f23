"""Text as the rows of a table."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from ..errors import InputError, shown
from .numbers import is_number

SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}
Row = tuple[int, list[str]]
"""A line number and the cells of the row that ends there."""


def rows(text: str, path: str | Path, delimiter: str) -> Iterator[Row]:
    """The rows of a text that is no blank line, all of one length.

    Raises `InputError`: E211 malformed CSV, E213 a row of another length than the first.
    """
    length = None
    for line, cells in _cut(text) if delimiter == " " else _parsed(text, path, delimiter):
        length = length or len(cells)
        if len(cells) != length:
            raise InputError(
                "E213",
                f"line {line} of {shown(path)} has {len(cells)} cells where the first row has "
                f"{length}, with {SEPARATORS[delimiter]} between cells; quote cells that contain "
                f"{SEPARATORS[delimiter]} (a text goes with --tokens).",
            )
        yield line, cells


def _cut(text: str) -> Iterator[Row]:
    for line, cells in enumerate(lines(text), 1):
        if cells := cells.split():
            yield line, cells


def _parsed(text: str, path, delimiter: str) -> Iterator[Row]:
    stream = io.StringIO(text, newline="")
    reader, last = csv.reader(stream, strict=True, delimiter=delimiter), 0
    begun = False
    try:
        for cells in reader:
            if reader.line_num > last + 1 and _swallows(cells, delimiter, header=not begun):
                raise _open_quote(last + 1, reader.line_num, path)
            last = reader.line_num
            if any(map(str.strip, cells)) or len(cells) > 1:
                begun = True
                yield reader.line_num, cells
    except csv.Error as failure:
        if "field limit" in str(failure):
            raise InputError(
                "E211",
                f"a cell that begins in line {last + 1} of {shown(path)} has more than "
                f"{csv.field_size_limit():,} letters; close the quote that opens there, or "
                "shorten the cell.",
            ) from None
        # A quote that stays open until the end opened in the row that was begun.
        line = last + 1 if "unexpected end" in str(failure) else reader.line_num
        raise InputError(
            "E211",
            f"line {line} of {shown(path)} is not CSV ({failure}); quote cells "
            'that contain commas or quotes and double the quotes inside ("").',
        ) from None


def _swallows(cells: list[str], delimiter: str, header: bool) -> bool:
    """Whether a cell over several lines looks like rows, so that its quote was not meant to open.

    Its first line does where it goes on with a number, or with any cell in a header; the others do
    where they hold more than one cell or are several.
    """
    begins, inner = [], []
    for cell in cells:
        begin, *others = lines(cell)
        begins += begin.split(delimiter)[1:] if others else []
        inner += others
    swallowed = any(header or is_number(cell) for cell in begins)
    return swallowed or len(inner) > 1 or any(delimiter in line for line in inner)


def _open_quote(first: int, last: int, path) -> InputError:
    return InputError(
        "E211",
        f"a quote in line {first} of {shown(path)} stays open until line {last}, "
        "across what looks like rows; write a quote that is meant as a letter twice, "
        'inside quotes ("""").',
    )


def lines(text: str) -> list[str]:
    """The lines of a text, as a table ends them: other line separators are letters of a cell."""
    return re.split("\r\n|\r|\n", text)


def delimiters(text: str) -> list[str]:
    """The possible separators of cells: each splits the first two lines into equally many.

    Or all of the first lines but one, which may be damaged; where nothing does, whatever splits the
    first line. What does not split a line of names is nothing beside what splits all lines evenly,
    spaces included: commas that begin below the names are those of numbers.
    """
    begin = list(islice(filter(str.strip, lines(text)), 50))
    cells = {one: [_cells(line, one) for line in begin] for one in SEPARATORS if one != " "}
    first = [one for one, numbers in cells.items() if _agree(numbers[:2])]
    found = first + [one for one, numbers in cells.items() if _agree(numbers) and one not in first]
    spaces = [len(line.split()) for line in begin]
    even = [one for one, numbers in [*cells.items(), (None, spaces)] if _is_even(numbers)]
    if found and any(_are_names(begin[0].split(one)) for one in even):
        return [one for one in found if cells[one][0] > 1]
    return found or [one for one, numbers in cells.items() if numbers[0] > 1]


def _is_even(numbers: list[int]) -> bool:
    return numbers[0] > 1 and len(set(numbers)) == 1


def _are_names(cells: list[str]) -> bool:
    return not any(is_number(cell.strip(' "')) for cell in cells)


def _agree(numbers: list[int]) -> bool:
    usual = max(numbers, key=numbers.count)
    spared = len(numbers) > 2
    return usual > 1 and numbers.count(usual) >= len(numbers) - spared


def is_usual(text: str, delimiter: str) -> bool:
    """Whether this splits most lines into one number of cells."""
    found = [_cells(line, delimiter) for line in lines(text) if line.strip()]
    usual = max(set(found), key=found.count)
    return usual > 1 and 2 * found.count(usual) > len(found)


def delimiter(text: str) -> str:
    """The separator of the cells of a table of numbers: the first of `delimiters`, or spaces.

    A comma for one column.
    """
    begin = [len(line.split()) for line in islice(filter(str.strip, lines(text)), 2)]
    spaces = begin[0] > 1 and len(set(begin)) == 1
    return next(iter(delimiters(text)), " " if spaces else ",")


def _cells(line: str, delimiter: str) -> int:
    """The number of cells in a line; one that is longer than a cell can be is no cell."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0


def check_names(header: Iterable[str], path) -> None:
    """Raises `InputError` E212 where two columns have one name."""
    known = set()
    for name in header:
        if name in known:
            raise InputError(
                "E212",
                f"{shown(path)} has two columns or fields {shown(name)}; rename or remove one.",
            )
        known.add(name)
