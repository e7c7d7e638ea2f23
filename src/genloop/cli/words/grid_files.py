"""Fields on a grid as files of data: a row for every point, or arrays by name."""

import csv
import io
from collections.abc import Mapping

import numpy as np


def table_of(columns: Mapping[str, np.ndarray]) -> bytes:
    """CSV: a row for every point."""
    flat = {name: np.ravel(field).tolist() for name, field in columns.items()}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(flat)
    writer.writerows(zip(*flat.values(), strict=True))
    return text.getvalue().encode()


def archive_of(columns: Mapping[str, np.ndarray]) -> bytes:
    """NPZ: one, zero, and NaN where a verdict is undecided: an archive of numbers has no null."""
    content = io.BytesIO()
    numbers = {
        name: field.astype(float) if field.dtype == object else field
        for name, field in columns.items()
    }
    np.savez_compressed(content, **numbers)
    return content.getvalue()
