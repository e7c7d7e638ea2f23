"""From labels and weights to a categorical model."""

from collections.abc import Sequence

import numpy as np

from ..errors import InputError, shown
from ..models import Categorical, Origin


def categorical(
    labels: Sequence[str],
    weights: Sequence[float],
    *,
    source: str,
    sha256: str,
    size: int | None,
) -> Categorical:
    r"""The distribution $w_i / \sum_j w_j$ of positive weights, with its origin.

    Raises `InputError`: E206 fewer than two outcomes, E207 weights so far apart, or so large, that
    a probability is not a positive double.
    """
    if len(labels) < 2:
        raise InputError(
            "E206",
            f"{shown(source)} holds 1 distinct token, {shown(labels[0])}; at least 2 are needed.",
        )
    weights = np.asarray(weights, dtype=float)
    with np.errstate(over="ignore"):
        probabilities = weights / weights.sum()
    if not (probabilities > 0).all():
        raise InputError(
            "E207",
            f"the counts of {shown(source)} range from {weights.min():g} to {weights.max():g}, too "
            "wide for double precision; rescale them or remove the smallest.",
        )
    return Categorical(probabilities, Origin(tuple(labels), source, sha256, size))
