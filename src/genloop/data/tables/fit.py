"""The Gaussian fit to rows of numbers, without squaring a deviation first."""

from collections.abc import Sequence

import numpy as np

from ...errors import InputError, shown
from .grid import Grid

_ROUNDING = 1e-13
"""A smallest eigenvalue of correlations that is rounding, for each column."""
_INVOLVED = 1e-6
"""The least share of a column in a combination, in standard deviations, that is named."""


def fit(
    points: np.ndarray, grid: Grid, places: Sequence[int], path
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and lower-triangular factor by a QR decomposition.

    Raises `InputError`: E234 numbers whose variance is beyond double precision, E235 a singular
    covariance; it names the columns.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        mean = points.mean(axis=0)
        deviations = points - mean
        deviation = np.abs(deviations).max(axis=0)
    _check_range(mean, deviation, grid, places, path)
    standard = deviations / deviation / len(points) ** 0.5
    scale = np.linalg.norm(standard, axis=0)
    _check_regular(standard / scale, grid, places, path)
    upper = np.linalg.qr(standard, mode="r")
    upper *= np.where(np.diag(upper) < 0, -1.0, 1.0)[:, None]
    return mean, np.tril(deviation[:, None] * np.transpose(upper))


def _check_range(mean, deviation, grid: Grid, places: Sequence[int], path) -> None:
    bad = np.flatnonzero(~(np.isfinite(mean) & (deviation > 1e-150) & (deviation < 1e150)))
    if bad.size:
        raise InputError(
            "E234",
            f"column {grid.title(places[bad[0]])} of {shown(path)} deviates from its "
            f"mean by up to {deviation[bad[0]]:g}, beyond what variances can hold; rescale it.",
        )


def _check_regular(standard: np.ndarray, grid: Grid, places: Sequence[int], path) -> None:
    rows, columns = standard.shape
    if rows <= columns:
        raise InputError(
            "E235",
            f"{shown(path)} has {rows} rows for {columns} columns, so its covariance is "
            f"singular; give at least {columns + 1} rows, or choose at most {rows - 1} columns "
            "with --columns (in Python columns=).",
        )
    upper = np.linalg.qr(standard, mode="r")
    if not _is_singular(upper):
        return
    kept = _independent(upper)
    surplus = [place for place in range(columns) if place not in kept]
    told = f"column {grid.title(places[surplus[0]])} of {shown(path)} is a combination of "
    told += grid.titles(places[one] for one in _involved(upper, kept, surplus[0]))
    if len(surplus) > 1:
        others = grid.titles(places[one] for one in surplus[1:])
        told += f", and so {'is' if len(surplus) == 2 else 'are'} {others} of others"
    raise InputError(
        "E235",
        f"{told}, so the covariance is singular; leave {'it' if len(surplus) == 1 else 'them'} "
        f"out with {grid.option([places[one] for one in kept])} (in Python columns=).",
    )


def _is_singular(upper: np.ndarray) -> bool:
    """Whether the smallest eigenvalue of the correlations is rounding."""
    columns = upper.shape[1]
    return np.linalg.svd(upper, compute_uv=False)[-1] ** 2 < _ROUNDING * columns


def _independent(upper: np.ndarray) -> list[int]:
    """The columns, in their order, that are no combination of those kept before them.

    One by one by Gram and Schmidt, each direction removed twice so that none is left by rounding.
    """
    columns = upper.shape[1]
    kept: list[int] = []
    basis = np.zeros((columns, 0))
    for place, column in enumerate(upper.T):
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        length = np.linalg.norm(rest)
        if length**2 > 2 * _ROUNDING * columns:
            kept.append(place)
            basis = np.column_stack([basis, rest / length])
    # Many small angles make a covariance singular of which no column alone is a combination.
    while _is_singular(upper[:, kept]):
        kept.pop()
    return kept


def _involved(upper: np.ndarray, kept: list[int], surplus: int) -> list[int]:
    """The columns whose combination a column is, those with the largest shares first."""
    shares = np.abs(np.linalg.lstsq(upper[:, kept], upper[:, surplus], rcond=None)[0])
    return [kept[one] for one in np.argsort(-shares, kind="stable") if shares[one] > _INVOLVED]
