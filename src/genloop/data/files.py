"""Files as text, and text as rows of a CSV."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

from ..errors import InputError, shown

_LONGEST = 2**30
"""Bytes of a file that are read."""
_NUMBER = re.compile(r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,([0-9]{1,2}|[0-9]{4,})")
_NUMBER_OF_ANY_SIZE = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER = 1000


def digest(content: bytes) -> str:
    """The hexadecimal SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()


def read(path: str | Path) -> tuple[str, str]:
    """The text of a UTF-8 file, without a byte order mark, and the SHA-256 of its bytes.

    Raises `InputError`: E201 no such file, E202 not readable, E203 not UTF-8 text, E204 empty, E208
    longer than 1 GiB.
    """
    try:
        content = _bytes(path)
    except FileNotFoundError:
        raise InputError("E201", f"there is no file {shown(path)}; check the path.") from None
    except (OSError, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or failure
        raise InputError(
            "E202", f"{shown(path)} cannot be read ({reason}); give a readable text file."
        ) from None
    return _decode(content, path), digest(content)


def _bytes(path) -> bytes:
    """The content; what has no end, such as a device, is not read on once it cannot be text."""
    with open(path, "rb") as file:
        begin = file.read(2**16)
        if 0 in begin:
            return begin
        content = begin + file.read(_LONGEST)
    if len(content) > _LONGEST:
        raise InputError(
            "E208",
            f"{shown(path)} is longer than {_LONGEST >> 30} GiB; give a part of it, or count its "
            "tokens elsewhere and give --counts.",
        )
    return content


def _decode(content: bytes, path) -> str:
    try:
        text = content.decode("utf-8-sig")
        zero = text.find("\0")
    except UnicodeDecodeError as failure:
        text, zero = "", failure.start
    if zero >= 0:
        known = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x1f\x8b": "a gzip file"}
        known |= {b"PK": "a zip file", b"%P": "a PDF"}
        what = f", it looks like {known[content[:2]]}" if content[:2] in known else ""
        raise InputError(
            "E203",
            f"{shown(path)} is not UTF-8 text (byte 0x{content[zero]:02x} at position {zero}"
            f"{what}); convert it to UTF-8 or give the text it was made from.",
        )
    if not text.strip():
        raise InputError("E204", f"{shown(path)} is empty; give a file with data in it.")
    return text


class Sheet:
    """The rows of a table in text with a header: blank lines skipped.

    Cells are separated by commas, tabs or semicolons, whichever splits the first two lines into the
    same number of cells (`delimiter`, a comma where none does). `header` holds the column names
    without surrounding spaces; iteration gives pairs of a line number and cells, as many as there
    are columns. Raises `InputError`: those of `read`, E211 malformed CSV, E212 two columns of one
    name, E213 a row of another length than the header.
    """

    def __init__(self, path: str | Path):
        self.path = path
        text, self.sha256 = read(path)
        self._rows = self._parse(text)
        self.header = [cell.strip() for cell in next(self._rows)[1]]
        twice = sorted(name for name, times in Counter(self.header).items() if times > 1)
        if twice:
            raise InputError(
                "E212", f"{shown(path)} has two columns {shown(twice[0])}; rename or remove one."
            )

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        for line, cells in self._rows:
            if len(cells) != len(self.header):
                raise InputError(
                    "E213",
                    f"line {line} of {shown(self.path)} has {len(cells)} cells where the header "
                    f"has {len(self.header)}, with {_SEPARATORS[self.delimiter]} between cells; "
                    f"quote cells that contain {_SEPARATORS[self.delimiter]}.",
                )
            yield line, cells

    def _parse(self, text: str) -> Iterator[tuple[int, list[str]]]:
        self.delimiter = _delimiter(text)
        stream = io.StringIO(text, newline="")
        reader, last = csv.reader(stream, strict=True, delimiter=self.delimiter), 0
        try:
            for cells in reader:
                self._check_lines(cells, last + 1, reader.line_num)
                last = reader.line_num
                if any(cells) or len(cells) > 1:
                    yield reader.line_num, cells
        except csv.Error as failure:
            # A quote that stays open until the end opened in the row that was begun.
            line = last + 1 if "unexpected end" in str(failure) else reader.line_num
            raise InputError(
                "E211",
                f"line {line} of {shown(self.path)} is not CSV ({failure}); quote cells "
                'that contain commas or quotes and double the quotes inside ("").',
            ) from None

    def _check_lines(self, cells: list[str], first: int, last: int) -> None:
        """A cell over several lines that look like rows is a quote that was not meant to open."""
        inner = [line for cell in cells for line in cell.splitlines()[1:]]
        if any(self.delimiter in line for line in inner) or len(inner) > 1:
            raise InputError(
                "E211",
                f"a quote in line {first} of {shown(self.path)} stays open until line {last}, "
                "across what looks like rows; write a quote that is meant as a letter twice, "
                'inside quotes ("""").',
            )


_SEPARATORS = {",": "commas", "\t": "tabs", ";": "semicolons"}


def _delimiter(text: str) -> str:
    """What separates cells: it is in the first line, and splits the second one as often."""
    begin = list(islice((line for line in text.splitlines() if line.strip()), 2))
    cells = {one: [_cells(line, one) for line in begin] for one in _SEPARATORS}
    same = [one for one, numbers in cells.items() if min(numbers) > 1 and len(set(numbers)) == 1]
    found = same or [one for one, numbers in cells.items() if numbers[0] > 1]
    return found[0] if found else ","


def _cells(line: str, delimiter: str) -> int:
    """How many cells a line has; one that is longer than a cell can be is no cell."""
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0


def exact_number(cell: str, where: str, delimiter: str = ",") -> int | Fraction:
    """The number in a cell, without rounding; with semicolons between cells also 3,5.

    Raises `InputError`: E221 not a number, E222 NaN, E223 infinite.
    """
    text = cell.strip()
    if delimiter == ";" and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text):
        value = Fraction(text)
        return value.numerator if value.denominator == 1 else value
    word = text.lower().lstrip("+-")
    if word == "nan":
        raise InputError("E222", f"{where} is NaN; correct or remove the row.")
    if word in ("inf", "infinity") or (_NUMBER_OF_ANY_SIZE.fullmatch(text)):
        raise InputError(
            "E223", f"{where} is {shown(cell)}, not finite; correct or remove the row."
        )
    raise InputError(
        "E221",
        f"{where} is {shown(cell)}, which is not a number; write it with the digits 0 to 9 and a "
        "decimal point, or remove the row or column.",
    )


def number(cell: str, where: str, delimiter: str = ",") -> float:
    """The finite double nearest to the number in a cell; errors as in `exact_number`."""
    try:
        return float(exact_number(cell, where, delimiter))
    except OverflowError:
        raise InputError(
            "E223", f"{where} is {shown(cell)}, beyond doubles; correct or remove the row."
        ) from None
