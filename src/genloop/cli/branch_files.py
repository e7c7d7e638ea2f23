"""The branches of a loop as a picture and as a table."""

import csv
import io
from pathlib import Path

import numpy as np

from .. import plots
from .branch_words import plain

SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".json")
_COLOURS = (plots.BLACK, plots.BLUE, plots.VERMILION, plots.GREEN, plots.PURPLE)


def content(out: str, result: dict) -> bytes:
    """The branches in the format that the name asks for."""
    suffix = Path(out).suffix.lower()
    return _csv(result) if suffix == ".csv" else _picture(result, suffix[1:])


def _csv(result: dict) -> bytes:
    """A row for every point of a branch and, with its kind, for every event."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("branch", "event", result["along"], "leading", "unstable", "spectral_radius"))
    for branch in result["branches"]:
        names = ("parameter", "leading", "unstable", "spectral_radius")
        columns = (np.asarray(branch[name]).tolist() for name in names)
        writer.writerows((branch["name"], "", *row) for row in zip(*columns, strict=True))
    for event in result["events"]:
        place = event["parameter"], event["leading"]
        writer.writerow((event["branch"], event["kind"], *place, "", ""))
    return text.getvalue().encode()


def _picture(result: dict, kind: str) -> bytes:
    drawn = io.BytesIO()
    with plots.style(), plots.any_letters():
        figure, axes = plots.canvas(height=4.6)
        for branch, colour in zip(result["branches"], _COLOURS, strict=False):
            points = branch["parameter"], branch["leading"], branch["stable"]
            plots.stability_line(axes, *points, color=colour)
            axes.plot([], [], color=colour, label=plots.text(branch["name"]))
        for event, row in zip(result["events"], _rows(result), strict=True):
            _mark(axes, event, row, result["interval"])
        (((fixed, value),), source) = result["fixed"].items(), result["input"]["source"]
        axes.set_title(f"{plots.text(Path(source).name)}, {plain(fixed)} {value:g}", loc="left")
        axes.set(xlabel=plain(result["along"]), ylabel="probability of the leading outcome")
        axes.set(xlim=result["interval"], ylim=(-0.02, 1.02))
        axes.legend(loc="best")
        figure.savefig(drawn, format=kind)
    return drawn.getvalue()


def _rows(result: dict) -> list[int]:
    """How many events before it are so near to each that their names would cover each other."""
    lower, upper = result["interval"]
    place = lambda event: np.array([event["parameter"] / (upper - lower), event["leading"]])
    places = [place(event) for event in result["events"]]
    near = lambda one, other: (np.abs(one - other) < (0.2, 0.07)).all()
    return [sum(near(here, other) for other in places[:i]) for i, here in enumerate(places)]


def _mark(axes, event: dict, row: int, interval) -> None:
    """A dot, and beside it, where there is room, the kind and the value."""
    place = event["parameter"], event["leading"]
    axes.plot(*place, "o", color=plots.BLACK, markersize=4.5, zorder=3)
    right = event["parameter"] < 0.6 * interval[1] + 0.4 * interval[0]
    drop = -1 if event["leading"] > 0.08 else 1
    where = (10 if right else -10, 13 * drop * (1 + row))
    text = f"{event['kind']} {event['parameter']:.5g}"
    options = {"textcoords": "offset points", "ha": "left" if right else "right", "va": "center"}
    axes.annotate(text, place, where, bbox={"color": "white", "pad": 0.5}, zorder=4, **options)
