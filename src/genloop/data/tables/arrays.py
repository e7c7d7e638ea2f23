"""Tables in files of NumPy."""

import io
from collections.abc import Sequence

import numpy as np

from ...errors import InputError, shown
from .grid import Column, Grid

MAGIC = b"\x93NUMPY"


def grid(content: bytes, path) -> Grid:
    """The two-dimensional array of a `.npy` file: a column each, numbered from 1.

    Raises `InputError`: E202 a damaged file, E236 an array that is no table of numbers.
    """
    array = _array(content, path)
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise InputError(
            "E236",
            f"{shown(path)} holds an array of {array.dtype} with the shape {array.shape}, which "
            f"is no table of numbers; {_remedy(array)}.",
        )
    rows, columns = array.shape
    if not columns:
        raise InputError("E236", f"{shown(path)} has no columns; give an array with some.")

    def numbers(places: Sequence[int]) -> list[Column]:
        with np.errstate(over="ignore"):
            found = [array[:, place].astype(float) for place in places]
        return [Column(values, np.flatnonzero(np.isnan(values)).tolist()) for values in found]

    return Grid(
        [f"column {place + 1}" for place in range(columns)],
        rows,
        numbers,
        lambda place, row: str(array[row, place]),
        lambda row: f"row {row + 1}",
    )


def _array(content: bytes, path) -> np.ndarray:
    try:
        return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    except ValueError as failure:
        pickled = "allow_pickle" in str(failure)
        reason = "holds Python objects" if pickled else "is a damaged .npy file"
        remedy = "array.astype(float)" if pickled else "the array"
    except (OSError, EOFError, MemoryError, SyntaxError, OverflowError):
        reason, remedy = "is a damaged .npy file", "the array"
    raise InputError(
        "E202", f"{shown(path)} {reason}; save {remedy} again with numpy.save(FILE, array)."
    )


def _remedy(array: np.ndarray) -> str:
    """How such an array becomes a table of numbers."""
    if array.dtype.kind not in "iuf":
        return "save numbers, array.astype(float)"
    if array.ndim == 1:
        return "save array.reshape(-1, 1) for one column"
    if array.ndim > 2:
        return "save array.reshape(len(array), -1), one row an observation"
    return "save one with two axes, rows and columns"
