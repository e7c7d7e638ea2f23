"""Tables of numbers as Gaussian distributions."""

from pathlib import Path

import numpy as np

from ..errors import InputError, shown
from ..models import Gaussian, Origin
from . import sheet
from .files import read
from .numbers import decimal_sign, is_number, number
from .structure import json_of


def table(path: str | Path) -> Gaussian:
    r"""The Gaussian fitted to the rows of a numeric CSV file with a header, one dimension a column.

    The maximum-likelihood fit $\hat\mu = \bar x$, $\hat\Sigma = \frac1n \sum_i (x_i - \bar x)
    (x_i - \bar x)^\top$ (division by $n$, as everywhere in the library; `Gaussian.unbias(n)` turns
    it into the estimate with $n - 1$).

    Raises `InputError`: E201 to E204 as for every file, E211 to E213 malformed CSV, E216 JSON, E221
    not a number, E222 NaN, E223 infinite, E229 a number with two readings, E231 no header, E232
    fewer than two rows, E233 a constant column, E234 numbers whose variance is beyond double
    precision, E235 a singular covariance.

    ```python
    pathlib.Path("table.csv").write_text("height,weight\n1.7,60\n1.8,80\n1.6,61\n")
    gl.data.table("table.csv").mean  # [1.7, 67]
    ```
    """
    text, sha256 = read(path)
    if json_of(text, path, "E216") is not None:
        raise InputError(
            "E216", f"{shown(path)} is JSON; write its numbers as CSV, with the names first."
        )
    delimiter = sheet.delimiter(text)
    (_, header), *rows = sheet.rows(text, path, delimiter)
    names = [name.strip() for name in header]
    sheet.check_names(names, path)
    _check_header(names, path)
    if len(rows) < 2:
        raise InputError(
            "E232", f"{shown(path)} has {len(rows)} rows of numbers; at least 2 are needed."
        )
    mean, factor = _fit(_numbers(names, rows, delimiter), names, path)
    return Gaussian(mean, factor, Origin(tuple(names), str(path), sha256, len(rows))).as_read()


def _numbers(names: list[str], rows: list[sheet.Row], delimiter: str) -> np.ndarray:
    def cells():
        for line, row in rows:
            for name, cell in zip(names, row, strict=True):
                yield f"column {shown(name)} of line {line}", cell

    # Measurements need not be whole: only commas between cells say that one in a number is none.
    doubted = {",": "," if len(names) == 1 else "", ";": ".,"}.get(delimiter, ",")
    sign = decimal_sign(cells(), doubted)
    return np.array([number(cell, where, sign) for where, cell in cells()]).reshape(len(rows), -1)


def _fit(points: np.ndarray, names: list[str], path) -> tuple[np.ndarray, np.ndarray]:
    """Mean and lower-triangular factor by a QR decomposition: no deviation is squared first."""
    _check_varying(points, names, path)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = points.mean(axis=0)
        deviations = points - mean
        deviation = np.abs(deviations).max(axis=0)
    _check_range(mean, deviation, names, path)
    standard = deviations / deviation / len(points) ** 0.5
    scale = np.linalg.norm(standard, axis=0)
    _check_regular(standard / scale, path)
    upper = np.linalg.qr(standard, mode="r")
    upper *= np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]
    return mean, np.tril(deviation[:, None] * np.transpose(upper))


def _check_header(names: list[str], path) -> None:
    if not all(map(is_number, names)):
        return
    raise InputError(
        "E231",
        f"the first line of {shown(path)} is {shown(','.join(names))}, which looks "
        "like data; put a line with the names of the columns first.",
    )


def _check_varying(points: np.ndarray, names: list[str], path) -> None:
    constant = np.flatnonzero((points == points[0]).all(axis=0))
    if constant.size:
        raise InputError(
            "E233",
            f"column {shown(names[constant[0]])} of {shown(path)} is "
            f"{points[0, constant[0]]:g} in every row; remove the column.",
        )


def _check_range(mean: np.ndarray, deviation: np.ndarray, names: list[str], path) -> None:
    bad = ~(np.isfinite(mean) & (deviation > 1e-150) & (deviation < 1e150))
    if bad.any():
        raise InputError(
            "E234",
            f"column {shown(names[bad.argmax()])} of {shown(path)} deviates from its "
            f"mean by up to {deviation[bad.argmax()]:g}, beyond what variances can hold; rescale "
            "it.",
        )


def _check_regular(standard: np.ndarray, path) -> None:
    rows, columns = standard.shape
    if rows <= columns:
        raise InputError(
            "E235",
            f"{shown(path)} has {rows} rows for {columns} columns, so its covariance is "
            f"singular; give at least {columns + 1} rows or remove columns.",
        )
    smallest = np.linalg.svd(standard, compute_uv=False)[-1] ** 2
    if smallest < 1e-13 * columns:
        raise InputError(
            "E235",
            f"the covariance of {shown(path)} is singular (smallest eigenvalue of the "
            f"correlations {smallest:.2g}); remove columns that are combinations of others.",
        )
