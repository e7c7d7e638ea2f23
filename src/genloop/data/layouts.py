"""Tokens and their counts in a text, where they can be found in one way only."""

import dataclasses
import functools
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from ..errors import InputError, shown
from . import sheet
from .columns import columns
from .numbers import POINT, decimal_sign, exact_number, is_number
from .records import Placed, rows_of
from .structure import Number, json_of

_OTHER_LAYOUT = ("E214", "E219", "E220")
"""Refusals which say no more than that a text is laid out in another way."""
_QUOTED = re.compile('"([^"]|"")*"')


@dataclasses.dataclass(frozen=True)
class Counted:
    """Tokens and counts as they are written, where they stand, and how they were found."""

    places: list[str]
    labels: list[str]
    cells: list[str]
    delimiter: str
    reading: tuple[str, ...] = ()

    def named(self) -> list[tuple[str, str]]:
        """The counts as they are written, each with words for what it counts."""
        pairs = zip(self.places, self.labels, self.cells, strict=True)
        return [(f"the count of {shown(label)} in {place}", cell) for place, label, cell in pairs]

    def weights(self) -> list[int | Fraction]:
        """The counts without rounding. Raises `InputError` E221 to E223, E229."""
        named = self.named()
        written = [(where, cell) for where, cell in named if not isinstance(cell, Number)]
        # Counts are whole as a rule, so that 1.234 may be one; 1,234 is, but where ; separates.
        sign = decimal_sign(written, ".," if self.delimiter == ";" else ".")
        return [
            exact_number(cell, where, POINT if isinstance(cell, Number) else sign)
            for where, cell in named
        ]


def counted(text: str, path: str | Path, **chosen: str | None) -> Counted:
    """The tokens and counts of a text; `chosen` are columns by name, as in `columns`.

    Raises `InputError`: those of `columns`, `json_of`, `rows_of` and `sheet.rows`, E218 where a
    text can be read in two ways, E220 a line without a count.
    """
    found = json_of(text, path, "E216")
    if found is not None:
        rows = rows_of(*found, path)
        known = any(isinstance(cell, Number) for _, row in rows[:2] for cell in row)
        numeric = (lambda cell: isinstance(cell, Number)) if known else is_number
        return _select(rows, path, "JSON", numeric, chosen)
    return _only(list(_candidates(text, path, chosen)), path)


def _only(candidates: list[Callable[[], Counted]], path) -> Counted:
    """The one candidate that can be read; several are well where they say the same."""
    good, bad = [], []
    for candidate in candidates:
        try:
            found = candidate()
            good.append((found, found.weights()))
        except InputError as failure:
            bad.append(failure)
    # What is wrong or doubtful in one way to read it is not decided by another way.
    wrong = [one for one in bad if one.code not in _OTHER_LAYOUT]
    uneven = [one for one in wrong if one.code == "E213"]
    if not good or len(wrong) > len(uneven):
        raise [*wrong, *bad][0]
    (first, weights), *others = good
    if uneven or any((first.labels, weights) != (other.labels, same) for other, same in others):
        names = [f"{sheet.SEPARATORS[one.delimiter]} between cells" for one, _ in good]
        names += ["another sign between the cells of most lines"] * bool(uneven)
        raise InputError(
            "E218",
            f"{shown(path)} can be read with {' and with '.join(names)}; put tabs between tokens "
            "and counts, and a line with the names token and count first.",
        )
    return first


def _candidates(text: str, path, chosen) -> Iterator[Callable[[], Counted]]:
    between = sheet.delimiters(text)
    if len(between) > 1:
        between = [one for one in between if sheet.is_usual(text, one)] or between
        between = [one for one in between if _names(text, one)] or between
    for one in between:
        yield functools.partial(_table, text, path, one, chosen)
    if not any(chosen.values()):
        first = next(filter(str.strip, sheet.lines(text)))
        if not between or _count_first(first) or _count_last(first):
            yield functools.partial(_spaced, text, path, between)
    elif not between:
        yield functools.partial(_table, text, path, " ", chosen)


def _names(text: str, delimiter: str) -> bool:
    """Whether the first line names tokens and counts, if this separates its cells."""
    first = next(filter(str.strip, sheet.lines(text))).casefold().split(delimiter)
    return {"token", "count"} <= {cell.strip(' "') for cell in first}


def _table(text: str, path, delimiter: str, chosen) -> Counted:
    rows = sheet.rows(text, path, delimiter)
    named = [(f"line {line} of {shown(path)}", cells) for line, cells in rows]
    return _select(named, path, delimiter, is_number, chosen)


def _select(rows: list[Placed], path, delimiter: str, numeric, chosen) -> Counted:
    """The two columns of a table with or without a header."""
    first = rows[0][1]
    token, count, header = columns(first, path, numeric=numeric, **chosen)
    if not header and len(first) == 2 and not any(chosen.values()):
        doubtful = sum(all(map(numeric, cells)) for _, cells in rows)
        if 2 * doubtful > len(rows):
            raise InputError(
                "E218",
                f"most rows of {shown(path)} hold two numbers; start it with the line token,count.",
            )
    if header:
        sheet.check_names([cell.strip() for cell in first], path)
    places, cells = zip(*rows[header:], strict=True) if rows[header:] else ((), ())
    names = [shown(first[one].strip()) if header else str(one + 1) for one in (token, count)]
    usual = names == ["'token'", "'count'"] or (not header and len(first) == 2)
    reading = () if usual else (f"tokens are column {names[0]}, counts are column {names[1]}",)
    labels, written = ([row[one] for row in cells] for one in (token, count))
    return Counted(list(places), labels, written, delimiter, reading)


def _spaced(text: str, path, between: list[str]) -> Counted:
    """Lines of a token and a count with spaces between them, the count first or last."""
    lines = [(n, line) for n, line in enumerate(sheet.lines(text), 1) if line.strip()]
    words = lines[0][1].split()
    if len(words) == 2 and not any(map(is_number, words)):
        columns(words, path)
        lines = lines[1:]
    found = {cut: [cut(line) for _, line in lines] for cut in (_count_first, _count_last)}
    whole = [rows for rows in found.values() if None not in rows]
    both = [one for one in zip(*found.values(), strict=True) if None not in one]
    if whole and 2 * len(both) > len(lines) and any(one != other for one, other in both):
        raise InputError(
            "E218",
            f"lines of {shown(path)} begin and end with a number; put a tab between tokens and "
            "counts, and a line with the names token and count first.",
        )
    if not whole:
        # The form that fails last is the one that was meant.
        at = max(rows.index(None) for rows in found.values())
        if at == 0:
            columns(words if len(words) == 2 else [lines[0][1]], path)
        raise InputError(
            "E220",
            f"line {lines[at][0]} of {shown(path)} is {shown(lines[at][1])}, which has no count "
            "where the lines before it have one; correct or remove it.",
        )
    labels, cells = zip(*whole[0], strict=True) if lines else ((), ())
    if whole[0] is found[_count_last]:
        labels = _without_sign(list(labels), between, path)
    if all(_QUOTED.fullmatch(label) for label in labels):
        labels = [label[1:-1].replace('""', '"') for label in labels]
    places = [f"line {n} of {shown(path)}" for n, _ in lines]
    return Counted(places, list(labels), list(cells), " ")


def _without_sign(labels: list[str], between: list[str], path) -> list[str]:
    """Tokens without the sign that stands behind all of them, before the spaces."""
    ends = {label[-1:] for label in labels}
    if len(labels) < 2 or len(ends) > 1 or (end := ends.pop()).isalnum() or end == '"':
        return labels
    if end in between:
        raise InputError("E220", f"{shown(path)} has cells with {shown(end)} between them.")
    if end in (":", "="):
        return [label.removesuffix(end).rstrip(" ") for label in labels]
    raise InputError(
        "E218",
        f"all tokens of {shown(path)} end with {shown(end)}, which may separate them from their "
        "counts; put a tab there, and a line with the names token and count first.",
    )


def _count_first(line: str) -> tuple[str, str] | None:
    """All after one space is the token, letter by letter, as `uniq -c` writes it."""
    count, space, token = line.lstrip(" ").partition(" ")
    return (token, count) if space and is_number(count) else None


def _count_last(line: str) -> tuple[str, str] | None:
    token, space, count = line.rstrip(" ").rpartition(" ")
    return (token.rstrip(" "), count) if space and is_number(count) else None
