"""From labels and weights to a categorical model."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..errors import InputError, shown
from ..models import Categorical, Origin
from ..models.origin import shares


def categorical(
    labels: Sequence[str],
    weights: Sequence[int | Fraction | float],
    *,
    source: str,
    sha256: str,
    size: int | None,
    **notes,
) -> Categorical:
    r"""The distribution $w_i / \sum_j w_j$ of positive weights, each share rounded once.

    `notes` are further fields of its `Origin`.

    Raises `InputError`: E206 fewer than two outcomes, E207 weights so far apart that a probability
    is not a positive double.
    """
    if len(labels) < 2:
        raise InputError(
            "E206",
            f"{shown(source)} holds 1 distinct token, {shown(labels[0])}; at least 2 are needed.",
        )
    exact = tuple(Fraction(one) if isinstance(one, float) else one for one in weights)
    probabilities = np.array(shares(exact))
    if not (probabilities > 0).all():
        raise InputError(
            "E207",
            f"the counts of {shown(source)} range too wide for double precision: the share of "
            f"{shown(labels[int(probabilities.argmin())])} would be zero; remove the smallest.",
        )
    origin = Origin(tuple(labels), source, sha256, size, exact, **notes)
    return Categorical(probabilities, origin).as_read()
