"""The distances that a state has moved from the real data."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Array, Float

from .real_data import effective_vocabulary


class Distances(NamedTuple):
    r"""Distances of a state $x$ from the real probabilities $r$.

    `total_variation`, `divergence` $\mathrm{KL}(r \| x)$ in nats, the `effective_vocabulary`
    $e^{H(x)}$, and `vocabulary_kept`, its quotient by that of $r$.
    """

    total_variation: float
    divergence: float
    effective_vocabulary: float
    vocabulary_kept: float


def distances(
    state: Float[Array | np.ndarray, " k"], real: Float[Array | np.ndarray, " k"]
) -> Distances:
    """The distances of a state from real probabilities."""
    state, real = np.asarray(state), np.asarray(real)
    with np.errstate(divide="ignore"):
        divergence = float((real * np.log(real / state)).sum())
    vocabulary = effective_vocabulary(state)
    moved = float(0.5 * np.abs(state - real).sum())
    return Distances(moved, divergence, vocabulary, vocabulary / effective_vocabulary(real))
