"""When a Gaussian that learns from its own samples alone has lost its variance."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from ..arguments import checked
from ..laws import FirstPassage
from ..models import Gaussian
from ..printing import readable
from .answer import Answer
from .real_data import RealTable, described

SHARES = (0.05, 0.5, 0.95)
"""Shares of the runs whose generation of a loss is told."""
LEVELS = (0.5, 0.1, 0.01)


@readable
@dataclasses.dataclass(frozen=True)
class LevelLoss:
    """When the variance in a direction is first at most a `level` of the real one.

    `quantiles` are the generations by which a share (0.05, 0.5, 0.95) of the runs have been there,
    `lost` the shares of the runs that have by the generations that were asked for.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.variance_loss(real, samples=100).levels[0].quantiles["0.5"]  # 35
    ```
    """

    level: float
    quantiles: Mapping[str, float]
    lost: tuple[float, ...]


@readable
@dataclasses.dataclass(frozen=True)
class VarianceLosses(Answer):
    """The losses of the variance in any one direction, one for each level.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.variance_loss(real, samples=100).samples  # 100
    ```
    """

    question: ClassVar[str] = "extinction"

    input: RealTable
    samples: int
    generations: tuple[int, ...]
    levels: tuple[LevelLoss, ...]


@checked
def variance_loss(
    real: Gaussian,
    *,
    samples: int,
    levels: Sequence[float] = LEVELS,
    generations: Sequence[int] = (10, 100, 1000),
) -> VarianceLosses:
    """The exact laws of the generation in which so much of the variance is first gone [CA-A4].

    For the unbiased fit to `samples` points of the generation before and to nothing else, along any
    fixed direction of a table with any number of columns. Raises `ValueError` for numbers out of
    range.

    ```python
    real = genloop.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    genloop.answers.variance_loss(real, samples=100).levels
    ```
    """
    found = []
    for level in levels:
        law = FirstPassage(samples, level)
        reached = np.asarray(law.quantile(np.array(SHARES))).tolist()
        alive = np.asarray(law.survival(np.array(generations)))
        quantiles = dict(zip(map(str, SHARES), reached, strict=True))
        found.append(LevelLoss(level, quantiles, tuple((1 - alive).tolist())))
    return VarianceLosses(
        described(real), samples, tuple(generations), levels=tuple(found), model=real
    )
