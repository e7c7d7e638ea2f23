"""The ends of any loop on a grid of two parameters, as a picture and as a table."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ... import plots
from ...answers.diagrams import cells
from .grid_files import archive_of, table_of

if TYPE_CHECKING:
    from ...answers import LoopDiagram

_COLOURS = ("#ffffff", "#cfe3f1", "#e8b36b", "#c97b4a", "#8c3b3b")
"""Of none, one, two, three, and more ends."""
_SHADED = {
    "total_variation": ("total variation from the real data", 1.0),
    "variance_kept": ("share of the real variance that is kept", 2.0),
}
"""The measure that is shaded: its words, and the largest value that has a shade of its own."""


def content(out: str, answer: "LoopDiagram") -> bytes:
    """The diagram in the format that the name asks for."""
    suffix = Path(out).suffix.lower()
    formats = {".csv": table_of, ".npz": archive_of}
    if suffix in formats:
        return formats[suffix](_columns(answer))
    return _picture(answer, suffix[1:])


def _columns(answer: "LoopDiagram") -> dict[str, np.ndarray]:
    columns = dict(zip(answer.axes, np.meshgrid(*answer.axes.values(), indexing="ij"), strict=True))
    columns |= {"ends": np.array(answer.ends)}
    fields = vars(answer.fields) | answer.fields.distances
    del fields["distances"]
    verdicts = {"stable", "meets"}
    return columns | {
        name: np.array(field, dtype=object if name in verdicts else float)
        for name, field in fields.items()
    }


def _picture(answer: "LoopDiagram", kind: str) -> bytes:
    (down, rows), (across, columns) = answer.axes.items()
    grid = cells(rows), cells(columns)
    mesh = {"shading": "flat", "rasterized": True}
    drawn = io.BytesIO()
    with plots.style(), plots.any_letters():
        figure, panels = plots.canvas(height=4.6, columns=2)
        _draw_ends(panels[0], grid, np.array(answer.ends), mesh)
        name = next(one for one in _SHADED if one in answer.fields.distances)
        shade = np.array(answer.fields.distances[name], dtype=float)
        _draw_shade(figure, panels[1], grid, shade, *_SHADED[name], mesh)
        for panel in panels:
            panel.set(xlim=grid[0][[0, -1]], ylim=grid[1][[0, -1]], xlabel=plots.text(down))
        panels[0].set_ylabel(plots.text(across))
        figure.suptitle(plots.title(answer.input.source, answer.loop), size=10)
        figure.legend(handles=_patches(answer), loc="outside lower left", ncols=2, fontsize=8.5)
        figure.savefig(drawn, format=kind)
    return drawn.getvalue()


def _draw_ends(panel, grid, ends: np.ndarray, mesh) -> None:
    from matplotlib.colors import ListedColormap

    most = len(_COLOURS) - 1
    look = {"vmin": 0, "vmax": most, "cmap": ListedColormap(_COLOURS)}
    panel.pcolormesh(*grid, np.minimum(ends, most).T, **look, **mesh)


def _draw_shade(figure, panel, grid, shade: np.ndarray, label: str, largest: float, mesh) -> None:
    """The distance from the real data, up to the next tenth: small changes are seen as well."""
    most = max(np.ceil(10 * np.nan_to_num(shade).max()) / 10, 0.1)
    look = {"cmap": "viridis", "vmin": 0, "vmax": min(most, largest)}
    shades = panel.pcolormesh(*grid, shade.T, **look, **mesh)
    figure.colorbar(shades, ax=panel, label=label, extend="max" if most > largest else "neither")


def _patches(answer: "LoopDiagram") -> list:
    """The keys to the colours that are there."""
    from matplotlib.patches import Patch

    most = len(_COLOURS) - 1
    words = ["no stable end found", "one stable end found"]
    words += [f"{number} found" for number in range(2, most)] + [f"{most} or more found"]
    there = set(np.minimum(np.array(answer.ends), most).ravel().tolist())
    return [
        Patch(facecolor=_COLOURS[code], edgecolor=plots.GREY, linewidth=0.5, label=text)
        for code, text in enumerate(words)
        if code in there
    ]
