"""Exact numbers as people write them, and the enclosures that a proof gives back."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..printing import readable
from .program import exact


@readable
@dataclasses.dataclass(frozen=True)
class Interval:
    """All numbers from `lower` to `upper`, each exact: text, a `Fraction` or a double.

    ```python
    gl.certificates.Interval("0.1", "0.2").upper  # 0.2
    ```
    """

    lower: Any
    upper: Any

    def __post_init__(self):
        if not exact(self.lower) <= exact(self.upper):
            raise ValueError(f"an interval goes up, got {self.lower} to {self.upper}.")


@readable
@dataclasses.dataclass(frozen=True)
class Enclosure:
    r"""A number that is proved to lie in $c \pm r$, both exact decimals.

    ```python
    gl.certificates.Enclosure("0.25", "1e-21").bounds  # [0.25, 0.25]
    ```
    """

    centre: str
    radius: str

    def _heading(self) -> str:
        return f"Enclosure: {self.to_digits(20)}"

    def _printed(self):
        return {}

    def _in_short(self) -> str:
        return self.to_digits(20)

    @property
    def lower(self) -> Fraction:
        """The lower end, exactly."""
        return Fraction(self.centre) - Fraction(self.radius)

    @property
    def upper(self) -> Fraction:
        """The upper end, exactly."""
        return Fraction(self.centre) + Fraction(self.radius)

    @property
    def bounds(self) -> tuple[float, float]:
        """Doubles on either side."""
        return rounded_down(self.lower), -rounded_down(-self.upper)

    def __contains__(self, number: Any) -> bool:
        return self.lower <= exact(number) <= self.upper

    def __float__(self) -> float:
        return float(Fraction(self.centre))

    def __str__(self) -> str:
        return self.to_digits(400)

    def to_digits(self, digits: int) -> str:
        """A decimal with at most so many places and a power of ten that contain this."""
        radius, value = Fraction(self.radius), Fraction(self.centre)
        while radius * 2 * Fraction(10) ** digits > 1:
            digits -= 1
        unit, places = Fraction(10) ** digits, max(digits, 0)
        rounded = Fraction(round(value * unit)) / unit
        return f"{_fixed(rounded, places)} +/- 1e{'-' if digits >= 0 else ''}{abs(digits)}"


def rounded_down(number: Fraction) -> float:
    """The largest double that is not above an exact number."""
    nearest = float(number)
    return nearest if Fraction(nearest) <= number else math.nextafter(nearest, -math.inf)


def exact_text(number: Fraction) -> str:
    """An exact number as a decimal where that is short, as a fraction otherwise."""
    rounded = decimal(number, 30)
    return rounded if Fraction(rounded) == number else str(number)


def decimal(number: Fraction, digits: int) -> str:
    """The nearest decimal with so many significant digits."""
    return _decimal(number, digits, round)


def decimal_up(number: Fraction, digits: int = 6) -> str:
    """A decimal with so many significant digits that is not below the number."""
    return _decimal(number, digits, math.ceil)


def decimal_down(number: Fraction, digits: int = 6) -> str:
    """A decimal with so many significant digits that is not above the number."""
    return _decimal(number, digits, math.floor)


def _decimal(number, digits, rounding):
    if number == 0:
        return "0"
    size = abs(number)
    bits = size.numerator.bit_length() - size.denominator.bit_length()
    magnitude = math.floor(bits * math.log10(2))
    places = digits - magnitude
    whole = rounding(number * Fraction(10) ** places)
    text, sign = str(abs(whole)).rstrip("0") or "0", "-" * (whole < 0)
    places -= len(str(abs(whole))) - len(text)
    exponent = len(text) - 1 - places
    if not -4 <= exponent <= 15:
        return f"{sign}{text[0]}.{text[1:] or '0'}e{exponent}"
    if places <= 0:
        return f"{sign}{text}{'0' * -places}"
    text = text.rjust(places + 1, "0")
    return f"{sign}{text[:-places]}.{text[-places:]}"


def _fixed(number, places):
    """A decimal with exactly so many places."""
    text = str(int(abs(number) * 10**places)).rjust(places + 1, "0")
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"{'-' if number < 0 else ''}{text}"


def flattened(parameter: Any) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """A parameter as an array of doubles, and its exact bounds as text, in a row.

    A parameter is a number, an `Interval`, or an array or nested lists of these.
    """
    if isinstance(parameter, str | int | float | Fraction | np.floating | Interval):
        bounds = _bounds(parameter)
        return np.asarray(float((exact(bounds[0]) + exact(bounds[1])) / 2)), [bounds]
    if hasattr(parameter, "tolist"):
        array = np.asarray(parameter, dtype=np.float64)
        return array, [_bounds(number) for number in array.reshape(-1).tolist()]
    if not isinstance(parameter, list | tuple) or not parameter:
        raise ValueError(f"a parameter is an exact number or a list of them, got {parameter!r}.")
    parts = [flattened(part) for part in parameter]
    return np.stack([part[0] for part in parts]), [bound for part in parts for bound in part[1]]


def arguments_of(parameters: Sequence | Mapping | None):
    """Names (or `None`), arrays and exact bounds of the parameters of a family."""
    if isinstance(parameters, str):
        raise ValueError(f"parameters are a list or a mapping of numbers, got {parameters!r}.")
    named = isinstance(parameters, Mapping)
    values = () if parameters is None else parameters.values() if named else parameters
    pairs = [flattened(value) for value in values]
    bounds = [bound for _, part in pairs for bound in part]
    return list(parameters) if named else None, [array for array, _ in pairs], bounds


def _bounds(number):
    if isinstance(number, Interval):
        return exact_as_typed(number.lower), exact_as_typed(number.upper)
    return (exact_as_typed(number),) * 2


def exact_as_typed(number: Any) -> str:
    """An exact number as text, unchanged where it is text; raises `ValueError` as `exact`."""
    value = exact(number)
    return number.strip() if isinstance(number, str) else str(value)
