"""Formulas in the generation as t grows: their largest terms and the order of the rest."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from ...language import Expression, Name, Negative, Number, Operation, Scheduled
from ...language.schedules import GENERATION
from ...loops.contamination import PowerLaw
from .orders import Order, Undecided, geometric

_EXACT = -math.inf
_TERMS = 8
_BITS = 20_000
"""The longest coefficients that are followed."""
_NEAR = Fraction(1, 10**12)
"""Coefficients that differ by less, relatively, but differ: rounding may be all of it."""


class Growth(NamedTuple):
    r"""$x_t = \sum_i c_i t^{p_i} + O(t^e)$, pairs $(p, c)$ from the largest on; $e = -\infty$ if
    nothing is left out. Numbers are fractions: what cancels, cancels exactly. An `Order` in place
    of an exponent stands for $b^t t^p$."""

    terms: tuple[tuple[Fraction | Order, Fraction], ...] = ()
    rest: Fraction | Order | float = _EXACT

    @property
    def degree(self):
        """The exponent of a bound."""
        return self.terms[0][0] if self.terms else self.rest

    @property
    def zero(self) -> bool:
        """Whether it is known to be zero in every generation."""
        return not self.terms and self.rest == _EXACT

    def leading(self, what: str) -> PowerLaw:
        """The leading term. Raises `Undecided` where all known terms cancel."""
        if self.zero:
            return PowerLaw(0.0)
        if not self.terms:
            raise Undecided(f"the largest terms of {what} cancel")
        exponent, coefficient = self.terms[0]
        try:
            exact = isinstance(exponent, Order)
            return PowerLaw(float(coefficient), exponent if exact else float(exponent))
        except OverflowError:
            raise Undecided(f"the numbers of {what} are too large") from None

    def __add__(self, other):
        terms = dict(self.terms)
        for exponent, coefficient in other.terms:
            before = terms.get(exponent, Fraction(0))
            terms[exponent] = before + coefficient
            if 0 < abs(terms[exponent]) < _NEAR * abs(before):
                raise Undecided("two terms cancel but for what may be rounding")
        return _kept(terms, max(self.rest, other.rest))

    def __neg__(self):
        return Growth(tuple((p, -c) for p, c in self.terms), self.rest)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        if self.zero or other.zero:
            return Growth()
        found = Growth()
        for p, c in self.terms:
            found = found + Growth(tuple((p + q, c * d) for q, d in other.terms))
        return found + Growth((), max(self.degree + other.rest, other.degree + self.rest))

    def __truediv__(self, other):
        return self * other.to(Fraction(-1))

    def to(self, power: Fraction) -> "Growth":
        """A power, by the binomial series of what is beside the leading term."""
        if power.denominator == 1 and 0 <= power <= _TERMS:
            return math.prod([self] * int(power), start=constant(1))
        if not self.terms:
            raise Undecided("the largest terms of a power cancel")
        exponent, coefficient = self.terms[0]
        lead = Growth(((exponent * power, _power(coefficient, power)),))
        beside = Growth(
            tuple((p - exponent, c / coefficient) for p, c in self.terms[1:]), self.rest - exponent
        )
        if beside.zero:
            return lead
        found, step = constant(1), constant(1)
        for k in range(1, _TERMS + 1):
            step = step * beside * constant((power - k + 1) / k)
            found = found + step
        return lead * (found + Growth((), (_TERMS + 1) * beside.degree))


def constant(number) -> Growth:
    """The same number in every generation."""
    return Growth(((Fraction(0), Fraction(number)),)) if number else Growth()


def growths(loop: Scheduled) -> dict[str, Growth]:
    """How every parameter grows."""
    found = {name: constant(_fraction(value)) for name, value in loop.values.items()}
    for one in loop.schedules:
        if not isinstance(one.source, Expression):
            raise Undecided(
                f"{one.name} is {one.text}, which says nothing about all later generations; a "
                "formula in t does"
            )
        growth = growth_of(one.source, found)
        found[one.name] = _rounded(growth, one.name) if one.whole else growth
    return found


def growth_of(expression: Expression, known: Mapping[str, Growth]) -> Growth:
    """How a formula in t grows, by the growth of the other names in it."""
    if isinstance(expression, Number):
        return constant(_fraction(expression.constant))
    if isinstance(expression, Name):
        time = Growth(((Fraction(1), Fraction(1)),))
        return time if expression.name == GENERATION else known[expression.name]
    if isinstance(expression, Negative):
        return -growth_of(expression.inner, known)
    if isinstance(expression, Operation):
        return _operation(expression, known)
    raise Undecided(_unknown(expression))


def _operation(expression: Operation, known: Mapping[str, Growth]) -> Growth:
    left, right = growth_of(expression.left, known), growth_of(expression.right, known)
    match expression.symbol:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "**" if right == constant(dict(right.terms).get(0, 0)):
            return left.to(dict(right.terms).get(0, Fraction(0)))
        case "**" if left == constant(dict(left.terms).get(0, 0)) and left.degree == 0:
            return _exponential(left.terms[0][1], right, expression)
    raise Undecided(_unknown(expression))


def _exponential(base: Fraction, exponent: Growth, expression: Expression) -> Growth:
    r"""$b^{\alpha t + \beta}$."""
    terms = dict(exponent.terms)
    if base <= 0 or exponent.rest != _EXACT or not set(terms) <= {0, 1}:
        raise Undecided(_unknown(expression))
    rate, start = (_power(base, terms.get(p, Fraction(0))) for p in (1, 0))
    return Growth(((geometric(rate), start),))


def _unknown(expression: Expression) -> str:
    return f"what becomes of {expression.text} as t grows is not worked out"


def _kept(terms, rest) -> Growth:
    """The largest terms, as many as are kept."""
    found = sorted(((p, c) for p, c in terms.items() if c and p > rest), reverse=True)
    rest = max([rest, *(p for p, _ in found[_TERMS : _TERMS + 1])])
    if any(max(abs(c.numerator), c.denominator).bit_length() > _BITS for _, c in found):
        raise Undecided("the numbers of a formula are too large")
    return Growth(tuple(found[:_TERMS]), rest)


def _power(coefficient: Fraction, power: Fraction) -> Fraction:
    if coefficient == 1:
        return coefficient
    if power.denominator == 1 and abs(power) <= _TERMS:
        return coefficient**power
    try:
        found = _fraction(float(coefficient) ** float(power))
    except ArithmeticError:
        found = None
    if not found:
        raise Undecided("a power of a formula is not read")
    return found


def _fraction(number) -> Fraction:
    """The number as it is written."""
    try:
        return Fraction(str(number))
    except ValueError:
        raise Undecided(f"{number} is no number that is read") from None


def _rounded(growth: Growth, name: str) -> Growth:
    """The nearest whole numbers."""
    integral = all(p.denominator == c.denominator == 1 and p >= 0 for p, c in growth.terms)
    if integral and growth.rest == _EXACT:
        return growth
    if growth.degree > 0:
        return growth + Growth((), Fraction(0))
    limit = dict(growth.terms).get(Fraction(0), Fraction(0))
    if growth == constant(limit):
        return constant(round(limit))
    if growth.rest >= 0 or limit % 1 == Fraction(1, 2):
        raise Undecided(f"{name} tends to {float(limit):g}, and its rounding is not decided")
    return constant(round(limit))
