"""The branches of a loop as a picture and as a table."""

import csv
import io
from pathlib import Path

import numpy as np

from .. import plots
from .branch_words import plain
from .screen import label, write

SUFFIXES = (".png", ".svg", ".pdf", ".csv", ".json")
_COLOURS = (plots.BLACK, plots.BLUE, plots.VERMILION, plots.GREEN, plots.PURPLE)


def write_out(out: str, result: dict) -> None:
    """Write the branches in the format that the name asks for."""
    suffix = Path(out).suffix.lower()
    write(out, _csv(result) if suffix == ".csv" else _picture(result, suffix[1:]))


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
    content = io.BytesIO()
    with plots.style():
        figure, axes = plots.canvas(height=4.6)
        for branch, colour in zip(result["branches"], _COLOURS, strict=False):
            points = branch["parameter"], branch["leading"], branch["stable"]
            plots.stability_line(axes, *points, color=colour)
            axes.plot([], [], color=colour, label=branch["name"].replace("$", r"\$"))
        for event in result["events"]:
            _mark(axes, event, result["interval"])
        (((fixed, value),), source) = result["fixed"].items(), result["input"]["source"]
        axes.set_title(f"{Path(source).name}, {plain(fixed)} {value:g}", loc="left")
        axes.set(xlabel=plain(result["along"]), ylabel="probability of the leading outcome")
        axes.set(xlim=result["interval"], ylim=(0, 1.02))
        axes.legend(loc="best")
        figure.savefig(content, format=kind)
    return content.getvalue()


def _mark(axes, event: dict, interval) -> None:
    """A dot and, on the side with more room, the kind and the value."""
    place = event["parameter"], event["leading"]
    axes.plot(*place, "o", color=plots.BLACK, markersize=4.5, zorder=3)
    right = event["parameter"] < 0.6 * interval[1] + 0.4 * interval[0]
    options = {"textcoords": "offset points", "ha": "left" if right else "right", "va": "center"}
    text = f"{event['kind']} {event['parameter']:.5g}"
    axes.annotate(text, place, (8 if right else -8, 0), **options)
