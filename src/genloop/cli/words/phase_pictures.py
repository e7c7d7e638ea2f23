"""A phase diagram as a picture and as a table."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ... import plots
from ...answers.diagrams import cells
from .grid_files import archive_of, table_of
from .phases import CURVES, REGIONS

if TYPE_CHECKING:
    from ...answers.diagrams import Curves, PhaseDiagram

_DASHES = {"unique": "-", "winner": (0, (3, 2))}
_COLOURS = ("#cfe3f1", "#e8b36b", "#7fae8a", "#8c3b3b", "#ffffff")


def content(out: str, answer: "PhaseDiagram") -> bytes:
    """The diagram in the format that the name asks for."""
    suffix = Path(out).suffix.lower()
    formats = {".csv": table_of, ".npz": archive_of}
    if suffix in formats:
        return formats[suffix](_columns(answer))
    return _picture(answer, suffix[1:])


def _columns(answer: "PhaseDiagram") -> dict[str, np.ndarray]:
    axes = np.meshgrid(answer.temperature, answer.real_fraction, indexing="ij")
    columns = {"temperature": axes[0], "real_fraction": axes[1]}
    columns |= {name: np.array(field) for name, field in vars(answer.fields).items()}
    return columns | {"region": np.array(answer.region)}


def _picture(answer: "PhaseDiagram", kind: str) -> bytes:
    from matplotlib.colors import ListedColormap

    codes = np.vectorize(list(REGIONS).index)(np.array(answer.region))
    grid = cells(answer.temperature), np.clip(cells(answer.real_fraction), 0, 1)
    mesh = {"shading": "flat", "rasterized": True}
    drawn = io.BytesIO()
    with plots.style(), plots.any_letters():
        figure, panels = plots.canvas(height=4.6, columns=2)
        limits = {"vmin": 0, "vmax": len(REGIONS) - 1, "cmap": ListedColormap(_COLOURS)}
        panels[0].pcolormesh(*grid, codes.T, **limits, **mesh)
        change = np.array(answer.fields.total_variation, dtype=float)
        # Up to the next tenth, so that small changes are seen as well.
        most = max(np.ceil(10 * np.nan_to_num(change).max()) / 10, 0.1)
        shades = panels[1].pcolormesh(*grid, change.T, cmap="viridis", vmin=0, vmax=most, **mesh)
        figure.colorbar(shades, ax=panels[1], label="total variation from the real data")
        for panel in panels:
            panel.set(xlim=grid[0][[0, -1]], ylim=grid[1][[0, -1]], xlabel="temperature $T$")
        panels[0].set_ylabel("real fraction $a$")
        _draw_curves(panels, answer.curves)
        source, outcomes = Path(answer.input.source).name, answer.input.outcomes
        figure.suptitle(f"{plots.text(source)}, {outcomes:,} outcomes", size=10)
        handles = [*_patches(codes), *panels[0].lines]
        figure.legend(handles=handles, loc="outside lower left", fontsize=8.5)
        figure.savefig(drawn, format=kind)
    return drawn.getvalue()


def _patches(codes) -> list:
    """The keys to the colours of the regions that are there."""
    from matplotlib.patches import Patch

    return [
        Patch(facecolor=_COLOURS[code], edgecolor=plots.GREY, linewidth=0.5, label=text)
        for code, text in enumerate(REGIONS.values())
        if (codes == code).any()
    ]


def _draw_curves(panels, found: "Curves | None") -> None:
    """The dividing curves over both panels: black, with a light rim to be seen on every colour."""
    from matplotlib.patheffects import Normal, Stroke

    rim = [Stroke(linewidth=2.6, foreground="white"), Normal()]
    for name in CURVES if found is not None else ():
        for panel in panels:
            look = {"color": plots.BLACK, "linestyle": _DASHES[name], "path_effects": rim}
            line = found.temperature, getattr(found, name)
            panel.plot(*line, linewidth=1.3, label=CURVES[name], **look)
