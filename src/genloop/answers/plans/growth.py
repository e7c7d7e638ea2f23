"""The leading terms of formulas in the generation."""

from collections.abc import Mapping

from ...language import Expression, Name, Negative, Operation
from ...language.schedules import GENERATION
from ...loops.contamination import PowerLaw


class Undecided(Exception):
    """A sentence on what is not known."""


def leading(expression: Expression, laws: Mapping[str, PowerLaw]) -> PowerLaw:
    """The leading term of a formula in t, by the terms of the other names in it."""
    if not expression.parameters:
        return PowerLaw(float(expression.value({})))
    if isinstance(expression, Name):
        return PowerLaw(1.0, 1.0) if expression.name == GENERATION else laws[expression.name]
    if isinstance(expression, Negative):
        return PowerLaw(-1.0) * leading(expression.inner, laws)
    if isinstance(expression, Operation):
        return _operation(expression, laws)
    raise Undecided(f"the growth of {expression.text} is not read")


def _operation(expression: Operation, laws: Mapping[str, PowerLaw]) -> PowerLaw:
    left, right = leading(expression.left, laws), leading(expression.right, laws)
    match expression.symbol:
        case "+":
            return _sum(left, right, expression)
        case "-":
            return _difference(left, right, expression, laws)
        case "*":
            return left * right
        case "/" if right.coefficient:
            return left / right
        case "**" if not moves(expression.right, laws) and left.coefficient > 0:
            return left.to(right.coefficient)
    raise Undecided(f"the growth of {expression.text} is not read")


def moves(expression: Expression, laws: Mapping[str, PowerLaw]) -> bool:
    """Whether a number changes for ever."""
    return GENERATION in expression.parameters or any(
        laws[name].exponent for name in expression.parameters
    )


def _sum(left: PowerLaw, right: PowerLaw, expression: Expression) -> PowerLaw:
    cancels = left.coefficient + right.coefficient == 0 and left.exponent == right.exponent
    if cancels and left.coefficient:
        raise Undecided(f"the largest terms of {expression.text} cancel")
    return left + right


def _difference(left, right, expression, laws) -> PowerLaw:
    inner = expression.right
    # 1 - (1 - x) is x.
    nested = isinstance(inner, Operation) and inner.symbol == "-" and not moves(inner.left, laws)
    if nested and left == right == leading(inner.left, laws):
        return leading(inner.right, laws)
    return _sum(left, PowerLaw(-1.0) * right, expression)
