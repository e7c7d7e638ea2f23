"""The decorator that makes a class print its numbers, as text and as a table of a notebook."""

import dataclasses
import enum
import html
import itertools
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from ..errors import escaped
from .numbers import Outcomes, Table, array, number, rough

Class = TypeVar("Class", bound=type)

_WIDTH = 96
_LINES = 12
_INNER = 7
"""Lines of a list inside of a result."""
_LETTERS = 270
"""Letters of one value: about three lines."""
_ERRORS = ("residual", "uncertainty")
"""Fields of which only the size matters."""


def readable(cls: Class) -> Class:
    """The class, whose instances print their numbers: `repr`, and a table in a notebook."""
    cls.__repr__ = _text
    cls._repr_html_ = _html
    return cls


def short(value: Any, name: str = "") -> str:
    """Any value on one line: numbers to six digits, long arrays and texts cut."""
    text = _one_line(value, name)
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 4].rstrip()} ..."


def _one_line(value: Any, name: str) -> str:
    for kinds, printed in _KINDS:
        if isinstance(value, kinds):
            return printed(value)
    if name in _ERRORS and not getattr(value, "shape", ()):
        return _or_shape(rough, value)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return array(value)
    if hasattr(value, "_repr_html_") and hasattr(value, "_printed") or _has_fields(value):
        return _nested(value)
    if isinstance(value, int | float | complex):
        return number(value)
    if isinstance(value, list | tuple | set | frozenset):
        return _several(value)
    if callable(value):
        function = getattr(value, "__func__", value)
        called = escaped(getattr(function, "__name__", type(value).__name__))
        return "a function" if called == "<lambda>" else called
    return type(value).__name__


_KINDS: list[tuple[Any, Callable[[Any], str]]] = [
    (type(None), str),
    (enum.StrEnum, lambda value: str(value.value)),
    (enum.Enum, lambda value: getattr(value, "title", None) or value.name.lower()),
    (str, escaped),
    (Fraction, lambda value: number(float(value))),
    (Outcomes, lambda value: _outcomes(value)),
    (Table, lambda value: "; ".join(" ".join(row) for row in value.rows)),
    (Mapping, lambda value: _pairs(value.items())),
]


def _or_shape(printed: Callable[[Any], str], value: Any) -> str:
    try:
        return printed(value)
    except (TypeError, ValueError, RuntimeError):
        return array(value) if hasattr(value, "dtype") else type(value).__name__


def _outcomes(value: Outcomes) -> str:
    try:
        return ", ".join(" ".join(pair) for pair in value.largest())
    except (TypeError, ValueError, RuntimeError):
        return array(value.probabilities)


def _several(values: Iterable[Any]) -> str:
    values = list(values)
    if values and all(isinstance(value, int | float) for value in values):
        return array(values)
    first = ", ".join(map(short, values[:3]))
    return f"[{first}]" if len(values) <= 3 else f"[{first}, ...] ({len(values):,} in all)"


def written(value: Any) -> str:
    """An object as one writes it: what has no default by its place, the rest by its name."""
    given = []
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        text = _inside(item)
        if field.default is dataclasses.MISSING and not field.kw_only:
            given.append(text)
        elif text != (
            repr(field.default) if isinstance(field.default, str) else short(field.default)
        ):
            given.append(f"{field.name}={text}")
    return f"{type(value).__name__}({', '.join(given)})"


def _inside(item: Any) -> str:
    """What stands in the brackets of another object: of a model or a stage its heading alone."""
    if isinstance(item, list | tuple):
        return f"[{', '.join(map(_inside, item))}]"
    if isinstance(item, str):
        return repr(item)
    return item._heading() if hasattr(item, "_heading") else short(item)


def _pairs(items: Iterable[tuple[Any, Any]]) -> str:
    items = list(items)
    first = ", ".join(f"{escaped(name)} {short(value, str(name))}" for name, value in items[:4])
    return first if len(items) <= 4 else f"{first}, ... ({len(items):,} in all)"


def _nested(value: Any) -> str:
    """A result inside of another: its heading and its numbers on one line."""
    if hasattr(value, "_in_short"):
        return _or_shape(lambda value: escaped(value._in_short()), value)
    heading, rows = _reading(value)
    numbers = _pairs(rows)
    return f"{heading}: {numbers}" if heading and numbers else heading or numbers


def _has_fields(value: Any) -> bool:
    whole = not isinstance(value, type)
    return whole and (dataclasses.is_dataclass(value) or hasattr(value, "_fields"))


def _fields(value: Any) -> dict[str, Any]:
    """The fields that a class shows, of the derived class last."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        names = [f.name for f in fields if f.repr and not f.name.startswith("_")]
    else:
        names = getattr(value, "_fields", ())
    return {name: getattr(value, name, None) for name in names}


def _reading(value: Any) -> tuple[str, list[tuple[str, Any]]]:
    """The heading and the names and values that are printed."""
    heading = _asked(value, "_heading", type(value).__name__)
    printed = _asked(value, "_printed", None)
    printed = _fields(value) if printed is None else printed
    return escaped(heading), [(name, item) for name, item in printed.items() if not _nothing(item)]


def _nothing(item: Any) -> bool:
    return item is None or (isinstance(item, str | tuple | list | dict) and not item)


def _asked(value: Any, method: str, default: Any) -> Any:
    """What a class says of itself."""
    if not hasattr(value, method):
        return default
    try:
        return getattr(value, method)()
    except Exception:
        # Printing is for looking at what is traced, cut in pieces or broken, too: never an error.
        return default


def _text(self: Any) -> str:
    heading, rows = _reading(self)
    lines = _wrapped(heading, "", "    ") if heading else []
    inner = [line for name, item in rows for line in _row(escaped(name), item)]
    lines += inner if heading else [line[2:] for line in inner]
    return "\n".join(lines if len(lines) <= _LINES else [*lines[: _LINES - 1], "  ..."])


def _row(name: str, item: Any) -> list[str]:
    if isinstance(item, Table):
        return _listed(name, ["  ".join(row) for row in item.rows[:_INNER]], item.total)
    if isinstance(item, Mapping) and any(map(_is_result, item.values())):
        pairs = [f"{escaped(key)}: {short(value)}" for key, value in _some(item.items())]
        return _listed(name, pairs, len(item))
    if isinstance(item, list | tuple) and not _has_fields(item) and any(map(_is_result, item)):
        return _listed(name, [short(value) for value in _some(item)], len(item))
    return _wrapped(f"{name}: {short(item, name)}", "  ", "    ")


def _some(items: Iterable[Any]) -> list[Any]:
    return list(itertools.islice(items, _INNER))


def _is_result(value: Any) -> bool:
    return hasattr(value, "_printed") or _has_fields(value)


def _listed(name: str, lines: list[str], total: int) -> list[str]:
    """The lines of a list, each cut to the width, and how many there are besides."""
    cut = [line if len(line) <= _WIDTH - 4 else f"{line[: _WIDTH - 8]} ..." for line in lines]
    rest = [f"... and {total - len(lines):,} more"] if total > len(lines) else []
    return [f"  {name}:", *(f"    {line}" for line in (*cut, *rest))]


def _wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=then, break_on_hyphens=False
    )


def _html(self: Any) -> str:
    heading, rows = _reading(self)
    body = "".join(
        f"<tr><th>{html.escape(escaped(name))}</th><td>{_cell(item, name)}</td></tr>"
        for name, item in rows
    )
    caption = f"<caption>{html.escape(heading)}</caption>" if heading else ""
    return f"<table>{caption}{body}</table>"


def _cell(item: Any, name: str) -> str:
    if isinstance(item, Outcomes):
        try:
            rows = item.largest(10)
        except (TypeError, ValueError):
            return html.escape(array(item.probabilities))
        return _table(("outcome", "probability"), rows)
    if isinstance(item, Table):
        return _table(item.columns, item.rows)
    if isinstance(item, Mapping) and any(map(_is_result, item.values())):
        return _table((), [(escaped(key), short(one)) for key, one in item.items()])
    return html.escape(short(item, name))


def _table(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    line = lambda cells, tag: "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    head = f"<tr>{line(columns, 'th')}</tr>" if columns else ""
    return f"<table>{head}{body}</table>"


@readable
class Named(dict[str, Any]):
    """A dictionary of results by name that prints a line for each, and a table in a notebook."""

    def _heading(self) -> str:
        return ""

    def _printed(self) -> dict[str, Any]:
        return {str(name): value for name, value in self.items()}
