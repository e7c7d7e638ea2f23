"""Files as text, and text as rows of a CSV."""

import csv
import hashlib
import io
import math
from collections.abc import Iterator
from pathlib import Path

from ..errors import InputError, shown


def digest(content: bytes) -> str:
    """The hexadecimal SHA-256 of `content`."""
    return hashlib.sha256(content).hexdigest()


def read(path: str | Path) -> tuple[str, str]:
    """The text of a UTF-8 file, without a byte order mark, and the SHA-256 of its bytes.

    Raises `InputError`: E201 no such file, E202 not readable, E203 not UTF-8 text, E204 empty.
    """
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("E201", f"there is no file {shown(path)}; check the path.") from None
    except (OSError, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or failure
        raise InputError(
            "E202", f"{shown(path)} cannot be read ({reason}); give a readable text file."
        ) from None
    return _decode(content, path), digest(content)


def _decode(content: bytes, path) -> str:
    try:
        text = content.decode("utf-8-sig")
        zero = text.find("\0")
    except UnicodeDecodeError as failure:
        text, zero = "", failure.start
    if zero >= 0:
        raise InputError(
            "E203",
            f"{shown(path)} is not UTF-8 text (byte 0x{content[zero]:02x} at position {zero}); "
            "convert it to UTF-8 or give the text it was made from.",
        )
    if not text.strip():
        raise InputError("E204", f"{shown(path)} is empty; give a file with data in it.")
    return text


class Sheet:
    """The rows of a CSV file with a header: comma separated, blank lines skipped.

    `header` holds the column names without surrounding spaces; iteration gives pairs of a line
    number and cells, as many as there are columns. Raises `InputError`: those of `read`, E211
    malformed CSV, E212 two columns of one name, E213 a row of another length than the header.
    """

    def __init__(self, path: str | Path):
        self.path = path
        text, self.sha256 = read(path)
        self._rows = self._parse(text)
        self.header = [cell.strip() for cell in next(self._rows)[1]]
        twice = sorted({name for name in self.header if self.header.count(name) > 1})
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
                    f"has {len(self.header)}; quote cells that contain commas.",
                )
            yield line, cells

    def _parse(self, text: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            for cells in reader:
                if cells:
                    yield reader.line_num, cells
        except csv.Error as failure:
            raise InputError(
                "E211",
                f"line {reader.line_num} of {shown(self.path)} is not CSV ({failure}); quote cells "
                'that contain commas or quotes and double the quotes inside ("").',
            ) from None


def number(cell: str, where: str) -> float:
    """The finite number in a cell.

    Raises `InputError`: E221 not a number, E222 NaN, E223 infinite.
    """
    try:
        # Python reads 1_000 as a number; in a file it is more likely a slip.
        value = float(cell.replace("_", "?"))
    except ValueError:
        raise InputError(
            "E221", f"{where} is {shown(cell)}, which is not a number; correct or remove the row."
        ) from None
    if math.isnan(value):
        raise InputError("E222", f"{where} is NaN; correct or remove the row.")
    if math.isinf(value):
        raise InputError(
            "E223", f"{where} is {shown(cell)}, not finite; correct or remove the row."
        )
    return value
