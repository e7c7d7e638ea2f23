"""Training sets that are kept: multipliers beside those of the loop that replaces its data."""

from typing import Any

import numpy as np

from ...analysis import FixedPoint
from ...loops.memory.windows import window_multipliers
from ...stages import Window
from .chosen import ChosenLoop


def fit_of(state: Any) -> Any:
    """The fit to the data of a state: of a training set that is kept, its model."""
    return getattr(state, "model", state)


def radius_of(loop: ChosenLoop, value: float | None, point: FixedPoint) -> float:
    r"""The spectral radius at an end of a loop.

    A window of $w$ generations has for every multiplier $\mu$ of the loop that replaces its data
    the $w$ roots of $z^w = \frac\mu w (z^{w-1} + \dots + 1)$ [AC-5].
    """
    stage = loop.stage(value)
    if not isinstance(stage, Window) or not bool(point.converged):
        return float(point.spectral_radius)
    largest = _extreme(np.asarray(point.multipliers))
    return max(abs(window_multipliers(one, stage.generations)[0]) for one in largest)


def _extreme(multipliers: np.ndarray) -> np.ndarray:
    """The multipliers whose windows can have the largest root: both real ends, and all pairs."""
    real = multipliers.real[np.abs(multipliers.imag) == 0]
    ends = [real.min(), real.max()] if real.size else []
    return np.array([*ends, *multipliers[np.abs(multipliers.imag) > 0]])
