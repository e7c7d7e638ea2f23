"""The style of the figures, which survives grey print and colour blindness, and saving."""

import contextlib
import csv
import io
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import files
from .errors import escaped

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLACK, GREY = "#000000", "#595959"
ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
"""Okabe and Ito's palette, distinct for every kind of colour vision."""

_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.labelsize": 10,
    "axes.titlesize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "savefig.dpi": 200,
    # The same picture has the same bytes.
    "svg.hashsalt": "genloop",
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Everything drawn and saved inside the `with` block has the style of the project.

    ```python
    with gl.plots.style():
        pass
    ```
    """
    import matplotlib

    settings: dict[Any, Any] = {**matplotlib.rcParamsDefault, **_STYLE}
    with matplotlib.rc_context(settings):
        yield


def canvas(*, height: float = 4.6, columns: int = 1, caption: str = ""):
    """A figure 6.8 inches wide with `columns` axes side by side, and its caption below them.

    Returns the figure and its axes (a list where there are several, lettered (a), (b) and so on
    above their left ends). The caption is the docstring of a script: its paragraphs are wrapped,
    formulas between $ signs are set.

    ```python
    figure, axes = gl.plots.canvas(height=3.0)
    ```
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.8, height), layout="constrained")
    axes = [figure.add_subplot(1, columns, i + 1) for i in range(columns)]
    for letter, panel in zip("abcdefgh", axes if columns > 1 else (), strict=False):
        panel.set_title(f"({letter})", loc="left")
    paragraphs = " ".join(caption.split())
    if paragraphs:
        figure.supxlabel(_wrapped(paragraphs), x=0.01, ha="left", size=9, color=GREY)
    return figure, axes[0] if columns == 1 else axes


def _wrapped(text: str) -> str:
    """Lines of a caption; no line ends inside a formula, which counts as wide as it is set."""
    formula = re.compile(r"\$[^$]*\$")
    found = iter(formula.findall(text))
    # Commands are one sign, braces none; there is space around relations and operations.
    signs = lambda match: re.sub(r"[\s{}^_$]", "", re.sub(r"\\[A-Za-z]+", "x", match[0]))
    width = lambda match: len(re.sub("[-+=<>]", "xxx", signs(match)))
    places = formula.sub(lambda match: "\0" * width(match), text)
    return re.sub("\0+", lambda _: next(found), textwrap.fill(places, 102))


def ink(colour: str) -> str:
    """The colour, as much darker as text in it needs for a contrast of 4.5 : 1 with white paper.

    ```python
    gl.plots.ink("#ffff00")  # #797900
    ```
    """
    from matplotlib.colors import to_hex, to_rgb

    light = np.array(to_rgb(colour)) ** 2.2
    luminance = light @ (0.2126, 0.7152, 0.0722)
    red, green, blue = (light * 0.18 / max(luminance, 0.18)) ** (1 / 2.2)
    return to_hex((red, green, blue))


DASHES = {True: "-", False: (0, (3, 2)), None: ":"}
"""The dashes of a line where it is stable, unstable and undecided."""


def stability_line(
    axes: Any, across: np.ndarray, up: np.ndarray, stable: np.ndarray, **style: Any
) -> None:
    """A line through the points, solid where they are stable and dashed where they are not.

    It is dotted where `stable` is `None`, undecided. Points that are not finite interrupt it.

    ```python
    figure, axes = gl.plots.canvas(height=3.0)
    gl.plots.stability_line(axes, np.arange(3.0), np.arange(3.0), np.array([True, True, False]))
    ```
    """
    across, up, stable = map(np.asarray, (across, up, stable))
    turns = np.flatnonzero(stable[1:] != stable[:-1]) + 1
    for first, last in zip(np.r_[0, turns], np.r_[turns, stable.size], strict=True):
        # A stretch that is not stable reaches to the stable points on both sides.
        rows = slice(first, last) if stable[first] else slice(max(first - 1, 0), last + 1)
        verdict = None if stable[first] is None else bool(stable[first])
        axes.plot(across[rows], up[rows], linestyle=DASHES[verdict], **style)


def save(figure: "Figure", data: Mapping[str, np.ndarray], path: str | Path) -> None:
    """Write `path`.png, `path`.svg and the `data` drawn in them as columns of `path`.csv, or none.

    Inside `style()`, so that the files depend on nothing but the figure: no date, no random names.
    Raises `ValueError` for columns of different lengths.

    ```python
    figure, axes = gl.plots.canvas(height=3.0)
    gl.plots.save(figure, {"x": np.arange(3.0)}, "picture")  # None
    ```
    """
    path, table = Path(path), _table(data)
    pictures = {".png": {"Software": None}, ".svg": {"Date": None, "Creator": None}}
    drawn = {suffix: io.BytesIO() for suffix in pictures}
    for suffix, metadata in pictures.items():
        figure.savefig(drawn[suffix], format=suffix[1:], metadata=metadata)
    contents = {path.with_suffix(suffix): file.getvalue() for suffix, file in drawn.items()}
    files.write_all(contents | {path.with_suffix(".csv"): table})


def text(name: str) -> str:
    """A name from outside as it can stand in a picture: no formula, no control characters.

    ```python
    gl.plots.text("$x$")
    ```
    """
    return escaped(name).replace("$", r"\$")


def title(source: str, loop: str, width: int = 96) -> str:
    """The name of a file and a loop as they stand above a picture, in up to three lines.

    ```python
    gl.plots.title("data/unigrams.csv", "Temper(0.8) >> Mix(real, a)")
    ```
    """
    words = escaped(f"{Path(source).name}, {loop}")
    return textwrap.fill(words, width, max_lines=3, placeholder=" ...").replace("$", r"\$")


@contextlib.contextmanager
def any_letters() -> Iterator[None]:
    """Letters that the font has not are drawn as boxes, without a warning.

    ```python
    with gl.plots.any_letters():
        pass
    ```
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        yield


def _table(data: Mapping[str, np.ndarray]) -> bytes:
    """A CSV file with one column a name; numbers to six digits."""
    columns = [np.asarray(column) for column in data.values()]
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1:
        raise ValueError("the columns of a table must be lists of one length.")
    shown = lambda cell: format(cell, ".6g") if np.issubdtype(type(cell), np.number) else cell
    content = io.StringIO(newline="")
    table = csv.writer(content, lineterminator="\n")
    table.writerow(data)
    table.writerows(map(shown, row) for row in zip(*columns, strict=True))
    return content.getvalue().encode()
