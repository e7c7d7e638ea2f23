"""The branches of a loop as a picture and as a table."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ... import plots
from .branches import LARGE, MEASURES, VERDICTS, how_many, letters, plain

if TYPE_CHECKING:
    from ...answers.diagrams import BranchDiagram, Event

_COLOURS = (plots.BLACK, plots.BLUE, plots.VERMILION, plots.GREEN, plots.PURPLE)
_NAMED = 12
"""So many events are named in a picture; the document has all."""


def content(out: str, answer: "BranchDiagram") -> bytes:
    """The branches in the format that the name asks for."""
    suffix = Path(out).suffix.lower()
    return _csv(answer) if suffix == ".csv" else _picture(answer, suffix[1:])


def _csv(answer: "BranchDiagram") -> bytes:
    """A row for every point of a branch and, with its kind, for every event."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("branch", "event", answer.along, "leading", "unstable", "spectral_radius"))
    for branch in answer.branches:
        columns = branch.parameter, branch.leading, branch.unstable, branch.spectral_radius
        writer.writerows((branch.name, "", *row) for row in zip(*columns, strict=True))
    for event in answer.events:
        place = event.parameter, event.leading
        writer.writerow((event.branch, event.kind, *place, "", ""))
    return text.getvalue().encode()


def _picture(answer: "BranchDiagram", kind: str) -> bytes:
    drawn = io.BytesIO()
    with plots.style(), plots.any_letters():
        figure, axes = plots.canvas(height=4.8, caption=_caption(answer))
        for index, branch in enumerate(answer.branches):
            points = branch.parameter, branch.leading, branch.stable
            plots.stability_line(axes, *points, color=_COLOURS[index % len(_COLOURS)])
        for first, last in _groups(answer):
            _mark(axes, answer.events, first, last)
        axes.set_title(plots.title(answer.input.source, answer.loop, 62), loc="left")
        axes.set(xlabel=plots.text(plain(answer.along)), ylabel=MEASURES[answer.measure].axis)
        axes.set(xlim=answer.interval, ylim=(-0.02, max(1.02, 1.05 * _most(answer))))
        least = min((min(branch.leading) for branch in answer.branches), default=1.0)
        if 0 < LARGE * least < _most(answer) and answer.measure == "variance_kept":
            axes.set(yscale="log", ylim=(0.8 * least, 1.25 * _most(answer)))
        figure.legend(handles=_keys(answer), loc="outside right upper")
        figure.savefig(drawn, format=kind)
    return drawn.getvalue()


def _most(answer: "BranchDiagram") -> float:
    return max((max(branch.leading) for branch in answer.branches), default=1.0)


def _caption(answer: "BranchDiagram") -> str:
    """The caption: the meanings of the letters, and how many branches are missing."""
    known = letters(answer)
    return plots.text((f"{known}. " if known else "") + how_many(answer))


def _keys(answer: "BranchDiagram") -> list:
    """The colours of the first branches, the dashes that occur, and where the numbers lie."""
    from matplotlib.lines import Line2D

    key = lambda label, **style: Line2D([], [], label=plots.text(label), **style)
    named = zip(answer.branches, _COLOURS, strict=False)
    branches = [key(branch.name, color=colour) for branch, colour in named]
    left = len(answer.branches) - len(branches)
    branches += [key(f"and {left} more", linestyle="none")] if left else []
    there = {known for branch in answer.branches for known in branch.stable}
    dashes = [
        key(word, color=plots.GREY, linestyle=plots.DASHES[known])
        for known, word in VERDICTS.items()
        if known in there
    ]
    dot = {"marker": "o", "color": plots.BLACK, "markersize": 4.5, "linestyle": "none"}
    rows = enumerate(answer.events[:_NAMED], start=1)
    events = [key(f"{n} {event.kind} {event.parameter:.5g}", **dot) for n, event in rows]
    return branches + dashes + events


def _groups(answer: "BranchDiagram") -> list[tuple[int, int]]:
    """The first and the last number of events so near to each other that they share a label."""
    lower, upper = answer.interval
    groups: list[tuple[int, int]] = []
    for number, event in enumerate(answer.events, start=1):
        before = answer.events[number - 2]
        across = abs(event.parameter - before.parameter) / (upper - lower)
        if number > 1 and across < 0.05 and abs(event.leading - before.leading) < 0.07:
            groups[-1] = (groups[-1][0], number)
        else:
            groups.append((number, number))
    return groups


def _mark(axes, events: "Sequence[Event]", first: int, last: int) -> None:
    """A dot for every event of a group, and their numbers beside the last."""
    places = [(event.parameter, event.leading) for event in events[first - 1 : last]]
    axes.plot(*zip(*places, strict=True), "o", color=plots.BLACK, markersize=4.5, zorder=3)
    text = f"{first}" if first == last else f"{first} to {last}"
    where = (6, -10 if places[-1][1] > 0.08 else 10)
    axes.annotate(text, places[-1], where, textcoords="offset points", va="center", zorder=4)
