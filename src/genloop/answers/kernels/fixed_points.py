"""The fixed point of the expected moments of a kernel density loop, or why there is none."""

import dataclasses
import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ...arguments import checked
from ...errors import InputError
from ...printing import readable
from ..answer import Answer
from ..composed import ChosenLoop
from ..real_data import RealTable, described
from .notes import notes_of
from .spread import NEUTRAL, Spread


@readable
@dataclasses.dataclass(frozen=True)
class KernelPoint:
    r"""Where the expected moments rest: variances of the columns, squared error of the mean.

    `variance_kept` and `mean_error` are averages over columns in units of the real variance, the
    latter infinite where no real data draw the mean back. `multipliers` are those of error and
    variance, `residual` is $|F(x) - x|$ in these units.

    ```python
    real = gl.Particles.of([1.4, 1.3, 1.5, 4.7, 4.5, 4.9, 5.1, 6.0])
    found = gl.answers.fixed_points(real, loop="Draw(1000) >> Smooth(0.5)")
    found.fixed_points[0].multipliers  # [1, 0.999]
    ```
    """

    variances: Mapping[str, float]
    variance_kept: float
    mean_error: float
    multipliers: tuple[float, ...]
    residual: float


@readable
@dataclasses.dataclass(frozen=True)
class KernelFixedPoints(Answer):
    """The fixed point of the expected moments, alone since they are affine; or a reason for none.

    ```python
    real = gl.Particles.of([1.4, 1.3, 1.5, 4.7, 4.5, 4.9, 5.1, 6.0])
    gl.answers.fixed_points(real, loop="Draw(1000) >> Smooth(0.5)").fixed_points[0].variances
    ```
    """

    question: ClassVar[str] = "fixed-points"

    input: RealTable
    loop: str
    growth_alone: float
    real_fraction: float
    fixed_points: tuple[KernelPoint, ...]
    reason: str | None
    notes: tuple[str, ...] = ()

    def certified(self, **_) -> "KernelFixedPoints":
        """Raises `InputError` E139: this point is solved by a linear equation, not proved."""
        raise InputError(
            "E139",
            f"proofs are for temperature loops only, not for {self.loop}; leave out --certify.",
        )


@checked
def kernel_fixed_points(loop: ChosenLoop) -> KernelFixedPoints:
    """The fixed point of a kernel density loop with numbers everywhere."""
    spread = Spread.of(loop)
    names = loop.real.labels or [f"column {i + 1}" for i in range(len(spread.real))]
    point, reason = _point(spread, names)
    return KernelFixedPoints(
        described(loop.real),
        loop.text,
        float(spread.growth_alone),
        spread.real_fraction,
        () if point is None else (point,),
        reason,
        notes_of(loop),
        model=loop.real,
    )


def _point(spread: Spread, names) -> tuple[KernelPoint | None, str | None]:
    variances, ((error,), (kept,)) = spread.limit()[1], spread.average.limit()
    if not math.isfinite(kept):
        return None, _why_none(spread)
    alone = spread.real_fraction <= NEUTRAL
    if alone and abs(float(spread.matrix[1, 1]) - 1) <= NEUTRAL:
        return None, (
            "every variance is one: it stays what it is on average, while single runs lose or gain"
        )
    # Without real data the error of the mean only grows, and the variance does not see it.
    there = np.array([0.0 if alone else error, kept])
    moved = spread.average.matrix @ there + spread.average.source[:, 0] - there
    residual = float(np.abs(moved[1:] if alone else moved).max() / kept)
    named = dict(zip(names, variances.tolist(), strict=True))
    return KernelPoint(named, float(kept), float(error), spread.multipliers, residual), None


def _why_none(spread: Spread) -> str:
    rate = spread.growth if spread.real_fraction > NEUTRAL else float(spread.matrix[1, 1])
    said = f"the variance blows up: in the end it multiplies by {rate:.6g} each generation"
    if spread.real_fraction <= NEUTRAL:
        return said
    kept = float(np.linalg.solve(np.eye(2) - spread.average.matrix, spread.average.source)[1, 0])
    solution = "is negative" if kept < 0 else "is no limit"
    return f"{said}; the solution of its equation, {kept:.3g} of the real variance, {solution}"
