"""Tables of numbers as Gaussian distributions, or as the points that they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import InputError, shown
from ...models import Gaussian, Origin, Particles
from .. import files
from . import arrays, parquet, sheets
from .choice import check_numbers, chosen, varying
from .fit import fit
from .grid import Grid


def table(
    path: str | Path, *, columns: Sequence[str] | None = None, drop_constant: bool = False
) -> Gaussian:
    r"""The Gaussian fitted to the rows of a numeric table, one dimension a column.

    A CSV file with a header and any separator, a two-dimensional array (`.npy`) or a Parquet file
    (with the package pyarrow), also in gzip. The maximum-likelihood fit $\hat\mu = \bar x$,
    $\hat\Sigma = \frac1n \sum_i (x_i - \bar x)(x_i - \bar x)^\top$ (division by $n$, as everywhere
    in the library; `Gaussian.unbias(n)` turns it into the estimate with $n - 1$).

    `columns` are those that are taken: names, places from "1" on, or ranges of places such as
    "2-65". Without them all are, but for an index of the rows: a first column without a name whose
    whole numbers follow each other, or what pandas has kept in Parquet. With `drop_constant`
    columns that do not vary are left out. The origin says what was left out (`reading`).

    Raises `InputError`: E201 to E204 and E208 as for every file, E211 to E213 malformed CSV, E216
    JSON, E219 columns that are not there, E221 no numbers, E222 missing values, E223 infinite
    numbers, E229 a number with two readings, E231 no header, E232 fewer than two rows, E233
    constant columns, E234 numbers whose variance is beyond double precision, E235 a singular
    covariance, E236 an array that is no table, E243 pyarrow is not installed.

    ```python
    pathlib.Path("table.csv").write_text("height,weight\n1.7,60\n1.8,80\n1.6,61\n")
    gl.data.table("table.csv").mean  # [1.7, 67]
    ```
    """
    read = _read(path, columns, drop_constant)
    mean, factor = fit(read.points, read.grid, read.places, path)
    return Gaussian(mean, factor, read.origin).as_read()


def points(
    path: str | Path, *, columns: Sequence[str] | None = None, drop_constant: bool = False
) -> Particles:
    r"""The rows of a numeric table themselves, all alike, one dimension a column.

    Files, columns and errors are those of `table`, whose Gaussian has the mean and the covariance
    of these points.

    ```python
    pathlib.Path("table.csv").write_text("height,weight\n1.7,60\n1.8,80\n1.6,61\n")
    gl.data.points("table.csv").points.shape  # [3, 2]
    ```
    """
    read = _read(path, columns, drop_constant)
    fit(read.points, read.grid, read.places, path)
    return Particles.of(read.points, origin=read.origin).as_read()


class _Read(NamedTuple):
    """The rows of a table, where they stood, and the record of it."""

    points: np.ndarray
    grid: Grid
    places: list[int]
    origin: Origin


def _read(path, columns: Sequence[str] | None, drop_constant: bool) -> _Read:
    grid, sha256 = _grid(path)
    if grid.rows < 2:
        raise InputError(
            "E232", f"{shown(path)} has {grid.rows} rows of numbers; at least 2 are needed."
        )
    asked = chosen(grid, [columns] if isinstance(columns, str) else columns, path)
    found = grid.numbers(asked.places)
    check_numbers(grid, asked.places, found, path)
    rows = np.column_stack([column.values for column in found])
    kept = varying(grid, asked.places, rows, path, drop=drop_constant)
    rows = np.ascontiguousarray(rows[:, np.isin(asked.places, kept.places)])
    labels = tuple(grid.names[place] for place in kept.places)
    reading = (*grid.reading, *asked.reading, *kept.reading)
    told = {"reading": reading, "warnings": asked.warnings}
    return _Read(rows, grid, kept.places, Origin(labels, str(path), sha256, len(rows), **told))


def _grid(path) -> tuple[Grid, str]:
    """The table in a file, whose first bytes say what it is, and the SHA-256 of the file."""
    formats = {arrays.MAGIC: arrays.grid, parquet.MAGIC: parquet.grid}
    content, sha256 = files.contents(path, formats=tuple(formats))
    for begin, reader in formats.items():
        if content.startswith(begin):
            return reader(content, path), sha256
    return sheets.grid(files.decoded(content, path), path), sha256
