"""The text in a file: what is no text is refused, and what it may not mean is said."""

import csv
import dataclasses
import json
import platform
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..errors import InputError, shown
from . import sheet
from .fields import texts_in
from .files import digest, read
from .numbers import is_number
from .structure import json_of

_MARKUP = re.compile(r"\s*(<!doctype\s+html|<html\b|<\?xml\b|\{\\rtf)", re.IGNORECASE)
_MARKS = {
    "tags": (r"(?i)</[a-z][^<>\n]{0,100}>|<(?:p|br|div|li|td|tr|h[1-6])\b[^<>\n]{0,100}>", 1),
    "commands of LaTeX": (r"\\[A-Za-z]+\{", 2),
    "names of JSON": (r'[{,]\s{0,40}"[^"\n]{1,60}"\s?:', 2),
    "escapes": (r"\\u[0-9a-fA-F]{4}", 1),
}
"""Marks of files that hold more than a text, and the least number of each."""
_SAMPLE = 50
"""Lines that are looked at for what they have in common."""


@dataclasses.dataclass(frozen=True)
class Text:
    """A text, what it is called, the SHA-256 of its file, and what was noticed in reading it."""

    content: str
    source: str
    sha256: str
    reading: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def text_of(path: str | Path, field: str | None = None) -> Text:
    """The text of a file, or of the demo, or of one field of JSON.

    Raises `InputError`: E201 to E204, E208 as for every file, E209 JSON without the field or a
    field of what is no JSON, E210 a table or markup, E212 a field twice.
    """
    if str(path) == "demo":
        if field is not None:
            raise InputError("E209", "demo has no fields; leave the field out.")
        return _demo()
    content, sha256 = read(path)
    found = json_of(content, path, "E209")
    if found is not None:
        texts, chosen, reading = texts_in(*found, field, path)
        source = str(path) if chosen is None else f"{path} (field {chosen})"
        return Text("\n".join(texts), source, sha256, (reading,))
    if field is not None:
        raise InputError(
            "E209", f"{shown(path)} is no JSON and has no field {shown(field)}; leave it out."
        )
    _check_prose(content, path)
    return Text(content, str(path), sha256, (), tuple(_doubts(content)))


def _demo() -> Text:
    from pydoc_data.topics import topics

    text = "\n".join(topics[name] for name in sorted(topics))
    source = f"documentation of Python {platform.python_version()} (pydoc_data.topics)"
    return Text(text, source, digest(text.encode()))


def _check_prose(content: str, path) -> None:
    if (markup := _MARKUP.match(content)) is not None:
        raise InputError(
            "E210",
            f"{shown(path)} begins with {shown(markup[1])}: it is markup, whose tags would be "
            "counted as words; give the text alone (for example with pandoc -t plain).",
        )
    records = [line for line in _begin(content) if _is_record(line)]
    if 2 * len(records) >= len(_begin(content)):
        raise InputError(
            "E209",
            f"{shown(path)} has lines of JSON such as {shown(records[0])} and others that are "
            "none; mend or remove these.",
        )
    if any(_numeric(rows) for _, rows in _tables(content)) or _listed(content):
        raise InputError(
            "E210",
            f"{shown(path)} is a table with a column of numbers and no text, as its first line "
            f"{shown(content.strip().splitlines()[0])} shows; give it with --counts or --table, or "
            "the text alone.",
        )


def _doubts(content: str) -> Iterator[str]:
    """Sentences on what the content may be if it is no text."""
    for delimiter, rows in _tables(content):
        if len(rows) >= 5:
            yield (
                f"its lines have {len(rows[0])} cells with {sheet.SEPARATORS[delimiter]} between "
                "them, like a table: the words of all columns are counted; give the column with "
                "the text alone if this is not meant"
            )
    if '"' in content and (begin := content.strip())[0] + begin[-1] in ("[]", "{}"):
        yield "it begins and ends like JSON and is none; mend it if it was meant as JSON"
    words = content.count(" ")
    for name, (pattern, least) in _MARKS.items():
        marks = re.findall(pattern, content)
        if len(marks) >= max(least, words / 100):
            yield (
                f"it has {len(marks):,} {name} such as {shown(marks[0])}, whose letters are "
                "counted as words; give the text alone (for example with pandoc -t plain, or as "
                "JSON lines)"
            )


def _tables(content: str) -> Iterator[tuple[str, list[list[str]]]]:
    """The first lines as rows, for every separator with which they have one length."""
    begin = _begin(content)
    for delimiter in sheet.delimiters("\n".join(begin)):
        try:
            rows = list(csv.reader(begin, delimiter=delimiter))
        except csv.Error:
            continue
        if len({*map(len, rows)}) == 1:
            yield delimiter, rows


def _begin(content: str) -> list[str]:
    return list(islice(filter(str.strip, sheet.lines(content[: 2**20])), _SAMPLE))


def _is_record(line: str) -> bool:
    try:
        return line.lstrip().startswith("{") and bool(json.loads(line))
    except (ValueError, RecursionError):
        return False


def _numeric(rows: list[list[str]]) -> bool:
    return len(rows) >= 3 and any(all(map(is_number, one)) for one in zip(*rows[1:], strict=True))


def _listed(content: str) -> bool:
    """Whether lines are counts and words as `uniq -c` writes them."""
    lines = [line.split() for line in _begin(content)]
    pairs = all(len(words) == 2 and is_number(words[0]) for words in lines)
    return content.startswith(" ") and len(lines) >= 3 and pairs


def dropped(content: str, tokens: int) -> tuple[str, ...]:
    """A sentence on the letters that are no part of a token and no punctuation.

    None where there is less than one in 10,000 tokens.
    """
    signs = {c for c in set(content) if c > "\x7f" and unicodedata.category(c)[0] in "SC"}
    times = {letter: content.count(letter) for letter in sorted(signs)}
    total = sum(times.values())
    if 10_000 * total <= tokens:
        return ()
    commonest = shown(max(times, key=times.__getitem__))
    return (
        f"{total:,} symbol{'s' * (total > 1)} such as {commonest} (emoji, "
        "signs, invisible letters) separate tokens and are not counted; count them elsewhere and "
        "give --counts if they matter",
    )
