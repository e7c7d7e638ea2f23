"""How much of the data every group of curators chooses."""

from typing import Any

import numpy as np

from ..model import as_float, is_concrete


def shares_of_curators(shares: Any) -> Any:
    """The shares of the groups, `None` for a single group.

    Raises `ValueError` for shares that are negative or do not sum to one.
    """
    if shares is None:
        return None
    shares = as_float(shares)
    if shares.ndim != 1 or not shares.size:
        raise ValueError(f"shares are one number for every group, got the shape {shares.shape}.")
    if is_concrete(shares):
        numbers = np.asarray(shares)
        if not (np.isfinite(numbers).all() and (numbers >= 0).all()):
            raise ValueError("shares of groups must be finite and not negative; correct them.")
        if abs(numbers.sum() - 1) > 1e-9:
            raise ValueError(f"shares of the groups sum to {numbers.sum():.6g}, expected 1.")
    return shares
