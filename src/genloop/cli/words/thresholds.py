"""Cells of a table of thresholds."""

from typing import TYPE_CHECKING

from ..terminal import number

if TYPE_CHECKING:
    from ...answers import Threshold


def answer_of(found: "Threshold") -> str:
    """The value of a threshold, or which kind of absence its lack is."""
    return found.status if found.value is None else number(found.value)


def evidence(found: "Threshold") -> tuple[str, str]:
    """Width of the bracket, or the uncertainty, and residual of a floating-point search."""
    if found.value is None:
        return "", ""
    if found.bracket is None:
        return f"± {found.uncertainty:.0e}", f"{found.residual:.0e}"
    lower, upper = found.bracket
    width = f"{upper - lower:.0e} wide" if upper > lower else ""
    return width, f"{found.residual:.0e}"
