"""How fast terms grow: powers of t, and geometric sequences before any of them."""

import functools
import math
from fractions import Fraction
from typing import Any

_EXACT = -math.inf
_NEAR = Fraction(1, 10**9)
"""Bases that differ by less, relatively, but differ: rounding may be all of it."""
_BITS = 20_000
"""The longest bases that are followed."""


class Undecided(Exception):
    """A sentence on what is not known."""


@functools.total_ordering
class Order:
    r"""The order of $b^t t^p$, in place of the exponent $p$ of a power of $t$, where $b \ne 1$.

    It is added, subtracted, multiplied by whole numbers and compared as an exponent is: the base
    decides before the power. Minus infinity is the order of nothing.
    """

    def __init__(self, base: Fraction, power: Any = Fraction(0)):
        self.base, self.power = base, power

    def _key(self):
        return self.base, self.power

    def __eq__(self, other):
        return self._key() == _key(other)

    def __lt__(self, other):
        base, (near, _) = self.base, _key(other)
        if base != near and abs(base - near) < _NEAR * base:
            raise Undecided("two numbers grow alike but for what may be rounding")
        return self._key() < _key(other)

    def __hash__(self):
        return hash(self._key())

    def __add__(self, other):
        if other == _EXACT:
            return other
        base, power = _key(other)
        return geometric(self.base * base, self.power + power)

    __radd__ = __add__

    def __neg__(self):
        return Order(1 / self.base, -self.power)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, factor):
        if factor != int(factor):
            raise Undecided("a broken power of a geometric sequence is not read")
        return geometric(self.base ** int(factor), self.power * factor)

    __rmul__ = __mul__

    @property
    def denominator(self) -> int:
        """One where the sequence is whole in every generation, if it grows."""
        power = self.power
        return self.base.denominator if power >= 0 and power.denominator == 1 else 0


def geometric(base: Fraction, power: Any = Fraction(0)) -> Any:
    r"""The order of $b^t t^p$: the exponent alone where $b = 1$."""
    if base == 1:
        return power
    if abs(base - 1) < _NEAR:
        raise Undecided("a geometric sequence stays the same but for what may be rounding")
    if max(base.numerator, base.denominator).bit_length() > _BITS:
        raise Undecided("the numbers of a formula are too large")
    return Order(base, power)


def _key(order: Any) -> tuple[Fraction, Any]:
    if isinstance(order, Order):
        return order.base, order.power
    return (Fraction(0), 0) if order == _EXACT else (Fraction(1), order)
