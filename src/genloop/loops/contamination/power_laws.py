"""Leading terms of sequences, c t^p as t grows."""

import math
from typing import NamedTuple

from ...printing import readable


@readable
class PowerLaw(NamedTuple):
    r"""A positive sequence with $x_t/(c\,t^p) \to 1$, or the sequence zero where $c = 0$.

    ```python
    one = gl.loops.contamination.PowerLaw(0.5, -1.0)
    one * one + one  # PowerLaw: coefficient 0.5, exponent -1
    ```
    """

    coefficient: float
    exponent: float = 0.0

    def __add__(self, other):
        if not (self.coefficient and other.coefficient):
            return self if self.coefficient else other
        if self.exponent != other.exponent:
            return max(self, other, key=lambda law: law.exponent)
        return PowerLaw(self.coefficient + other.coefficient, self.exponent)

    def __mul__(self, other):
        return PowerLaw(self.coefficient * other.coefficient, self.exponent + other.exponent)

    def __truediv__(self, other):
        return PowerLaw(self.coefficient / other.coefficient, self.exponent - other.exponent)

    def to(self, power: float) -> "PowerLaw":
        """The sequence to a power."""
        return PowerLaw(self.coefficient**power, self.exponent * power)

    @property
    def limit(self) -> float:
        """The limit: zero, the coefficient, or infinity."""
        if not self.coefficient or self.exponent < 0:
            return 0.0
        return self.coefficient if self.exponent == 0 else math.inf

    @property
    def summable(self) -> bool:
        r"""Whether $\sum_t x_t < \infty$."""
        return not self.coefficient or self.exponent < -1
