"""Expected moments of any loop of Gaussians with finite samples: in which sense it is bounded."""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from ...loops.gaussian import SquareRecursion, wasserstein_expansion
from ...models import Gaussian, GaussianSquareMoments
from ...stages.accumulate import AbstractCollection
from .chosen import ChosenLoop

_NEUTRAL = 1e-12


@dataclasses.dataclass(frozen=True)
class Expected:
    r"""The long run of the expected moments, exactly, in units of the real variance a direction.

    `bounded` whether the expected covariance and squared error of the mean ("mean") and their
    expected squares ("mean_square", `None` where these do not close) stay bounded.
    `variance_kept`, `mean_error`, the standard deviation over runs of the variance in a direction,
    and the expected squared Wasserstein distance to second order; infinite where they grow without
    limit.
    """

    bounded: Mapping[str, bool | None]
    variance_kept: float
    mean_error: float
    variance_deviation: float
    wasserstein: float


def recursion_of(loop: ChosenLoop, value: float | None) -> SquareRecursion | None:
    """The recursion of the expected squares; `None` where none is closed, or nothing is drawn."""
    stage = loop.stage(value)
    if not isinstance(loop.real, Gaussian) or isinstance(stage, AbstractCollection):
        return None
    if not stage.draws:
        return None
    try:
        return SquareRecursion.of(stage, loop.real)
    except ValueError:
        return None


def radii(recursion: SquareRecursion) -> dict[str, float]:
    """The growth of the moments and of their squares in a generation: bounded below one.

    Without real data the mean is not drawn back, and the covariance alone decides.
    """
    matrix = recursion.matrix
    if not matrix[0, 0] < 1 - _NEUTRAL:
        squares = np.abs(np.linalg.eigvals(matrix[5:, 5:])).max()
        return {"mean": float(matrix[1, 1]), "mean_square": float(squares)}
    first = np.abs(np.linalg.eigvals(matrix[:2, :2])).max()
    return {"mean": float(first), "mean_square": recursion.spectral_radius}


def expected_of(loop: ChosenLoop, value: float | None) -> Expected | None:
    """The long run at a value of the unknown; `None` where the moments are not closed."""
    recursion = recursion_of(loop, value)
    if recursion is None:
        return None
    bounded = {name: radius < 1 for name, radius in radii(recursion).items()}
    return Expected(bounded, *_limits(recursion, bounded))


def _limits(recursion: SquareRecursion, bounded: Mapping[str, bool]) -> tuple[float, ...]:
    d, (matrix, source) = recursion.reference.dimension, (recursion.matrix, recursion.source)
    if not bounded["mean"]:
        return (math.inf,) * 4
    if not matrix[0, 0] < 1 - _NEUTRAL:
        # All variance is lost, and the mean has wandered as far as it had time to.
        return 0.0, float(matrix[0, 1] / (1 - matrix[1, 1])), 0.0, math.nan
    error, trace = np.linalg.solve(np.eye(2) - matrix[:2, :2], source[:2]).tolist()
    if not bounded["mean_square"]:
        return trace / d, error / d, math.inf, math.inf
    moments = recursion.stationary()
    deviation = direction_deviation(moments)
    return trace / d, error / d, deviation, float(wasserstein_expansion(moments)) / d


def direction_deviation(moments: GaussianSquareMoments) -> float:
    r"""The standard deviation of $u^\top S u$ for a direction $u$.

    By $d (d + 2)\,E(u^\top S u)^2 = E(\operatorname{tr} S)^2 + 2 E \operatorname{tr} S^2$.
    """
    d = moments.dimension
    square = (moments.trace_square + 2 * moments.square_trace) / (d * (d + 2))
    return math.sqrt(max(float(square - (moments.trace / d) ** 2), 0.0))
