"""The answer of `genloop simulate` for a kernel density loop, in words."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...terminal import counted, label
from .shares import of_real

if TYPE_CHECKING:
    from ....answers import KernelSimulation


def sentences(answer: "KernelSimulation") -> Iterator[str]:
    """What became of the variance, the shape and the modes."""
    last = {name: found.mean[-1] for name, found in answer.statistics.items()}
    exact = answer.statistics["variance_kept"].exact
    expected = "" if exact is None else f" (expected: {of_real(exact[-1])})"
    yield (
        f"After {counted(answer.generations, 'generation')} the variance is "
        f"{of_real(last['variance_kept'])}{expected}, and the shape has a skewness of "
        f"{last['skewness']:.3g} and an excess kurtosis of {last['excess_kurtosis']:.3g}; a "
        "Gaussian has 0 and 0."
    )
    yield f"{_modes(answer)} {_ideal(answer)}"
    yield f"Skewness, excess kurtosis and modes are those of {label(answer.column)}."


def _modes(answer: "KernelSimulation") -> str:
    modes = answer.statistics["modes"]
    first, now = modes.middle[0], modes.middle[-1]
    if first <= 1:
        return "A typical run has one mode from the start."
    had = f"A typical run begins with {counted(int(first), 'mode')}"
    if answer.typical_merging is None:
        return f"{had} and has {counted(int(now), 'mode')} at the end."
    return f"{had}; they have merged into one by generation {answer.typical_merging:.0f}."


def _ideal(answer: "KernelSimulation") -> str:
    if answer.merging is None:
        return ""
    if math.isinf(answer.merging):
        return "With infinitely many points they never merge: real data bring them back."
    if answer.merging <= 1:
        return ""
    first = f"generation {answer.merging:.0f}"
    return f"With infinitely many points the density has one mode from {first} on."
