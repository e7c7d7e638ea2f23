"""The texts in JSON: names of fields are no words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import InputError, shown
from .sheet import check_names
from .structure import Number, Object, place_of


def texts_in(
    value: object, lines: list[int] | None, field: str | None, path: str | Path
) -> tuple[list[str], str | None, str]:
    """The texts, their field (`None` for a list of texts), and a sentence on what was read.

    Raises `InputError` E209 where an entry has no text in the field, E212 where it has two.
    """
    entries: list[Any] = value if type(value) is list else [value]
    if field is None and entries and all(map(_is_text, entries)):
        return list(entries), None, f"{len(entries):,} texts in JSON"
    records = list(_records(entries, lines, path))
    chosen = _field([record for _, record in records], field, path)
    for place, record in records:
        if not _is_text(record.get(chosen)):
            what = "no text in" if chosen in record else "no"
            raise InputError(
                "E209", f"{place} has {what} field {shown(chosen)}; fill or remove it."
            )
    said = f"field {shown(chosen)} of {len(records):,} JSON record{'s' * (len(records) > 1)}"
    return [record[chosen] for _, record in records], chosen, said


def _records(entries: list, lines, path) -> Iterator[tuple[str, dict]]:
    for index, entry in enumerate(entries):
        place = f"{place_of(index, lines)} of {shown(path)}"
        if not isinstance(entry, Object):
            raise InputError(
                "E209", f"{place} is JSON and no object with a field of text; mend or remove it."
            )
        check_names(entry.names(), path)
        yield place, dict(entry)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _field(records: list[dict], field: str | None, path) -> str:
    """The field with the text: as asked for, or "text", or the only one that holds text."""
    names = {name for record in records for name, value in record.items() if _is_text(value)}
    chosen = field
    if chosen is None:
        chosen = "text" if "text" in names else next(iter(names)) if len(names) == 1 else None
    if chosen is None or chosen not in names:
        wanted = "no single field" if field is None else f"no field {shown(field)}"
        raise InputError(
            "E209",
            f"{shown(path)} is JSON with {wanted} of text (fields with text: "
            f"{', '.join(map(shown, sorted(names))) or 'none'}); choose one with --field NAME (in "
            "Python field=), or give a file with the text alone.",
        )
    return chosen
