"""Tables in Parquet files, by the package pyarrow."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import InputError, shown
from ..sheet import check_names
from .grid import Column, Grid

MAGIC = b"PAR1"


def grid(content: bytes, path) -> Grid:
    """The table in a Parquet file; the index that pandas has kept is known from its metadata.

    Raises `InputError`: E202 a damaged file, E212 two columns of one name, E243 pyarrow is not
    installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "E243",
            f"{shown(path)} is Parquet, which needs the package pyarrow, and that is not "
            "installed; pip install pyarrow (or save the table as CSV).",
        ) from None
    try:
        found = parquet.read_table(io.BytesIO(content))
    except (pyarrow.ArrowException, OSError) as failure:
        reason = str(failure).partition("\n")[0].rstrip(".")
        raise InputError(
            "E202",
            f"{shown(path)} is a damaged Parquet file ({shown(reason, 120)}); save it again.",
        ) from None
    names = list(found.column_names)
    check_names(names, path)
    if not names:
        raise InputError("E236", f"{shown(path)} has no columns; give a table with some.")

    def numbers(places: Sequence[int]) -> list[Column]:
        return [_column(pyarrow, found.column(place)) for place in places]

    return Grid(
        names,
        found.num_rows,
        numbers,
        lambda place, row: str(found.column(place)[row].as_py()),
        lambda row: f"row {row + 1}",
        index=_index(names, found.schema.pandas_metadata),
    )


def _index(names: list[str], metadata: dict[str, Any] | None) -> tuple[int, ...]:
    kept = (metadata or {}).get("index_columns", [])
    return tuple(place for place, name in enumerate(names) if name in kept)


def _column(pyarrow: Any, column: Any) -> Column:
    """The numbers of whole, floating and decimal columns; of all others none."""
    types = pyarrow.types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind, missing = column.type, np.flatnonzero(column.is_null(nan_is_null=True)).tolist()
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind)):
        values = np.full(len(column), np.nan)
        return Column(values, missing, np.setdiff1d(np.arange(len(column)), missing).tolist())
    return Column(column.cast(pyarrow.float64(), safe=False).to_numpy(), missing)
