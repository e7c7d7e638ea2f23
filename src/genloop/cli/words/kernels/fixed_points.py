"""The answer of `genloop fixed-points` for a kernel density loop, in words."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ... import inputs
from ...terminal import label, table
from .shares import of_real

if TYPE_CHECKING:
    from ....answers import KernelFixedPoints
    from ....answers.kernels.fixed_points import KernelPoint


def lines(answer: "KernelFixedPoints") -> Iterator[Any]:
    """The point in a sentence and as a table, or why there is none."""
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    yield f"loop        {answer.loop}"
    if not answer.fixed_points:
        yield f"There is no fixed point of the expected moments: {answer.reason}."
        yield (
            "What holds it is fresh real data in every generation: genloop threshold with "
            ">> Mix(real, a) finds the share that is needed."
        )
    for point in answer.fixed_points:
        held = "stable" if point.multipliers[0] < 1 else "stable while the mean wanders away"
        yield (
            f"The expected variance rests at {of_real(point.variance_kept)}, and nowhere else: "
            f"it is {held}."
        )
        yield table("", ("quantity", "value", "what it means"), list(_rows(point)))
    yield from answer.notes


def _rows(point: "KernelPoint"):
    for name, variance in point.variances.items():
        yield f"variance of {label(name)}", f"{variance:.10g}", "expected, over runs"
    mean = "not drawn back" if math.isinf(point.mean_error) else f"{point.mean_error:.10g}"
    yield "squared error of the mean", mean, "in units of the real variance"
    listed = ", ".join(f"{one:.10g}" for one in point.multipliers)
    yield "multipliers", listed, "of variance and error a generation"
    yield "residual", f"{point.residual:.0e}", "of the recursion"
