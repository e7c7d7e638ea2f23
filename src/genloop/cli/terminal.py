"""The output that people see: tables and sentences on stdout, progress on stderr."""

import contextlib
import math
import shutil
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..answers.documents import dumps
from ..answers.goals import percent as percent
from ..errors import escaped, label as label
from . import outputs


def deliver(
    document: dict[str, Any],
    lines: Callable[[], Iterable[Any]],
    *,
    as_json: bool,
    out: str | None = None,
    files: Mapping[str, bytes] | None = None,
) -> None:
    """Write `files` and the document to `out`, all or none, and print it or, for people, `lines`.

    What `files` says of `out` is written there instead of the document.
    """
    named = {} if out is None else {out: dumps(document).encode()}
    outputs.write(named | dict(files or {}))
    if as_json:
        sys.stdout.write(dumps(document))
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for line in lines():
        console.print(escaped(line) if isinstance(line, str) else line, markup=False)
    if out is not None:
        console.print(f"written: {escaped(out)}", markup=False)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]):
    """A table whose cells are shown as they are; they wrap between words as long as these fit."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    columns, rows = list(map(escaped, columns)), [[escaped(cell) for cell in row] for row in rows]
    widths = _widths([columns, *rows])
    if widths is None:
        return Text("\n".join((*([title] if title else []), *_records(columns, rows))))
    grid = Table(show_lines=False)
    for column, width in zip(columns, widths, strict=True):
        grid.add_column(Text(column), overflow="fold", width=width)
    for row in rows:
        grid.add_row(*map(Text, row))
    return Group(Text(escaped(title)), grid) if title else grid


def _records(columns: list[str], rows: list[list[str]]) -> Iterator[str]:
    """A table that is too wide for its terminal: a line for every cell that is not empty."""
    for first, *cells in rows:
        yield f"{columns[0]} {first}".strip()
        yield from (
            f"  {name}: {cell}" for name, cell in zip(columns[1:], cells, strict=True) if cell
        )


def _widths(rows: list[list[str]]) -> list[int | None] | None:
    """The widths of columns in which every word fits on a line of the terminal, if they exist."""
    from rich.cells import cell_len

    whole = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    words = [
        max((cell_len(word) for cell in column for word in cell.split()), default=1)
        for column in zip(*rows, strict=True)
    ]
    room = shutil.get_terminal_size().columns - 3 * len(whole) - 1
    if sum(whole) <= room:
        return [None] * len(whole)
    if sum(words) > room:
        return None
    for _ in range(room - sum(words)):
        # The column that would wrap most gets one more.
        most = max(range(len(whole)), key=lambda index: whole[index] / words[index])
        words[most] += 1
    return words


def counted(number: int, noun: str, several: str | None = None) -> str:
    """`1 token`, `2 tokens`, `3,365 tokens`; `several` where the plural is another."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {several or noun + 's'}"


def number(value: float) -> str:
    """Six digits, of the distance to one where a value is close to it."""
    return f"1 - {1 - value:.3g}" if 1 - 1e-5 < value < 1 else f"{value:.6g}"


def percent_above(share: float) -> str:
    """A share in per cent, rounded up: what is needed is not less than this."""
    if 0.9995 < share < 1:
        return f"{100 * share:.8g} %"
    digits = 2 - math.floor(math.log10(100 * share)) if share > 0 else 0
    scale = 10.0**digits
    return f"{math.ceil(100 * share * scale * (1 - 1e-12)) / scale:.3g} %"


_PATIENCE = 1.0
"""Seconds after which work is so long that its progress is shown."""


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[..., None]]:
    """A bar on stderr for work that lasts, if stderr is a terminal.

    Yields `advance(done, note)`, `done` in per cent; until it is called the bar only moves.
    """
    if not sys.stderr.isatty():
        yield lambda done, note=title: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
    bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=None)
    later = threading.Timer(_PATIENCE, bar.start)
    later.daemon = True
    later.start()
    try:
        yield lambda done, note=title: bar.update(
            task, completed=done, total=100, description=escaped(note)
        )
    finally:
        later.cancel()
        later.join()
        bar.stop()
