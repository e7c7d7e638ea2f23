"""A table as it stands in its file: columns by name, of which some or all are to be numbers."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ...errors import shown

_PLAIN = re.compile(r"[^\W\d][\w.%]*")
"""Names that can be typed between commas as they are."""
_LISTED = 5


class Column(NamedTuple):
    """The numbers of a column, and the rows in which there is none: nothing, or something else."""

    values: np.ndarray
    missing: Sequence[int] = ()
    others: Sequence[int] = ()


class Grid(NamedTuple):
    """Named columns of equally many rows.

    `numbers` makes numbers of the columns at such places, `cell(place, row)` is the text of a cell
    and `row(row)` what a row is called. `index` are the places of columns of which the file itself
    says that they number or name its rows; `reading` are sentences on how it was read.
    """

    names: list[str]
    rows: int
    numbers: Callable[[Sequence[int]], list[Column]]
    cell: Callable[[int, int], str]
    row: Callable[[int], str]
    index: tuple[int, ...] = ()
    reading: tuple[str, ...] = ()

    def title(self, place: int) -> str:
        """A column as it stands in a sentence."""
        name = self.names[place]
        return shown(name) if name else f"number {place + 1} (it has no name)"

    def titles(self, places: Iterable[int], note: Callable[[int], str] = lambda _: "") -> str:
        """The first columns of several with a note on each, and how many more there are."""
        first, rest = (places := list(places))[:_LISTED], places[_LISTED:]
        listed = [self.title(place) + note(place) for place in first]
        if rest:
            listed.append(f"{len(rest):,} more")
        return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"

    def option(self, places: Sequence[int]) -> str:
        """How these columns are chosen: by name where that is short, or by their places."""
        names = [self.names[place] for place in places]
        if len(names) <= _LISTED and all(map(_PLAIN.fullmatch, names)):
            return f"--columns {','.join(names)}"
        return f"--columns {','.join(map(self._span, _runs(places)))}"

    def _span(self, run: tuple[int, int]) -> str:
        first, last = run[0] + 1, run[1] + 1
        # A name beats a place, unless it stands in a range.
        alone = first == last and str(first) not in self.names
        return f"{first}" if alone else f"{first}-{last}"


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """The first and the last of every run of places that follow each other."""
    breaks = [i for i in range(1, len(places)) if places[i] != places[i - 1] + 1]
    starts, ends = [0, *breaks], [*breaks, len(places)]
    return [(places[i], places[j - 1]) for i, j in zip(starts, ends, strict=True)]
