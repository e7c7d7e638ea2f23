"""Numbers as they are written: constants, parameters and arithmetic."""

import abc
import dataclasses
import math
import operator
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax.core
import numpy as np

from .places import Place

LARGEST_WHOLE = 2**53
"""Up to here whole numbers stay whole; above they are floating point."""
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
_LEVELS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}
_MEANING = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


def _place() -> Any:
    return dataclasses.field(compare=False, repr=False)


@dataclasses.dataclass(frozen=True)
class Expression(abc.ABC):
    """A number that may depend on parameters; `place` is where it was written.

    ```python
    gl.language.parse("Temper(T + 0.1)").calls[0].arguments["temperature"].parameters  # [T]
    ```
    """

    place: Place = _place()

    level = _ATOM
    """How tightly it binds: what binds less than its surroundings is put in parentheses."""
    height = 0
    """How many operations are nested in it."""

    @property
    @abc.abstractmethod
    def text(self) -> str:
        """The expression as it is written."""

    @property
    @abc.abstractmethod
    def parameters(self) -> tuple[str, ...]:
        """The names in it, in order of first use."""

    @abc.abstractmethod
    def value(self, values: Mapping[str, Any]) -> Any:
        """The number, for `values` of the parameters, which JAX may trace.

        Raises `InputError` E134 where it is none: E136 without a value for a name.
        """

    @abc.abstractmethod
    def with_values(self, values: Mapping[str, Any]) -> "Expression":
        """The expression with numbers in place of some names."""


@dataclasses.dataclass(frozen=True)
class Number(Expression):
    """A number as it was written, without a name.

    ```python
    gl.language.parse("Temper(0.8)").calls[0].arguments["temperature"].constant  # 0.8
    ```
    """

    constant: int | float

    @property
    def level(self):
        return _SIGN if math.copysign(1.0, self.constant) < 0 else _ATOM

    @property
    def text(self):
        return repr(self.constant)

    @property
    def parameters(self):
        return ()

    def value(self, values):
        return self.constant

    def with_values(self, values):
        return self


@dataclasses.dataclass(frozen=True)
class Name(Expression):
    """A name of a parameter, whose number is chosen later.

    ```python
    gl.language.parse("Temper(T)").calls[0].arguments["temperature"].value({"T": 0.8})  # 0.8
    ```
    """

    name: str

    @property
    def text(self):
        return self.name

    @property
    def parameters(self):
        return (self.name,)

    def value(self, values):
        if self.name not in values:
            raise self.place.error(
                "E136", f"the parameter {self.name} has no number", "give it one"
            )
        return number(values[self.name], self.name, self.place)

    def with_values(self, values):
        if self.name not in values:
            return self
        return Number(self.place, number(values[self.name], self.name, self.place))


@dataclasses.dataclass(frozen=True)
class Negative(Expression):
    """An expression with a minus in front of it.

    ```python
    gl.language.parse("Temper(-T)").calls[0].arguments["temperature"].text  # -T
    ```
    """

    inner: Expression
    level = _SIGN

    @property
    def height(self):
        return self.inner.height + 1

    @property
    def text(self):
        return "-" + enclosed(self.inner, _SIGN)

    @property
    def parameters(self):
        return self.inner.parameters

    def value(self, values):
        return -self.inner.value(values)

    def with_values(self, values):
        return negative(self.place, self.inner.with_values(values))


@dataclasses.dataclass(frozen=True)
class Operation(Expression):
    """Two expressions with one of + - * / ** between them.

    ```python
    gl.language.parse("Temper(T + 0.1)").calls[0].arguments["temperature"].value({"T": 0.5})  # 0.6
    ```
    """

    symbol: str
    left: Expression
    right: Expression

    @property
    def level(self):
        return _LEVELS[self.symbol]

    @property
    def height(self):
        return 1 + max(self.left.height, self.right.height)

    @property
    def text(self):
        if self.symbol == "**":
            return f"{enclosed(self.left, _ATOM)}**{enclosed(self.right, _SIGN)}"
        right = enclosed(self.right, self.level + 1)
        return f"{enclosed(self.left, self.level)} {self.symbol} {right}"

    @property
    def parameters(self):
        return merged(self.left.parameters, self.right.parameters)

    def value(self, values):
        left, right = self.left.value(values), self.right.value(values)
        if isinstance(left, int | float) and isinstance(right, int | float):
            return self._computed(left, right)
        return _MEANING[self.symbol](left, right)

    def _computed(self, left, right):
        """Whole where both are and the result is not too large, else floating point."""
        meaning = _MEANING[self.symbol]
        try:
            result = meaning(float(left), float(right))
        except ZeroDivisionError:
            raise self.place.error("E134", "this divides by zero") from None
        except OverflowError:
            result = math.inf
        if isinstance(result, complex) or not math.isfinite(result):
            raise self.place.error("E134", "this is no finite number")
        whole = isinstance(left, int) and isinstance(right, int) and abs(result) <= LARGEST_WHOLE
        exact = self.symbol in "+-*" or (self.symbol == "**" and right >= 0)
        return meaning(left, right) if whole and exact else result

    def with_values(self, values):
        left, right = self.left.with_values(values), self.right.with_values(values)
        return Operation(self.place, self.symbol, left, right)


@dataclasses.dataclass(frozen=True)
class Function(Expression):
    """A function of one variable, `lambda p: p / (1 + p)`.

    ```python
    stage = gl.language.parse("TemperatureFunction(lambda p: p / (1 + p))")
    stage.calls[0].arguments["function"].text  # lambda p: p / (1 + p)
    ```
    """

    variable: str
    body: Expression

    @property
    def height(self):
        return self.body.height + 1

    @property
    def text(self):
        return f"lambda {self.variable}: {self.body.text}"

    @property
    def parameters(self):
        return tuple(name for name in self.body.parameters if name != self.variable)

    def value(self, values):
        known = {name: Name(self.place, name).value(values) for name in self.parameters}
        return Computed(self.variable, self.body, known)

    def with_values(self, values):
        others = {name: value for name, value in values.items() if name != self.variable}
        return Function(self.place, self.variable, self.body.with_values(others))


class Computed(eqx.Module):
    """The function of a `Function`, with numbers for its parameters, which JAX may trace."""

    variable: str = eqx.field(static=True)
    body: Expression = eqx.field(static=True)
    values: dict[str, Any]

    def __call__(self, argument):
        return self.body.value(self.values | {self.variable: argument})


@dataclasses.dataclass(frozen=True)
class Word(Expression):
    """One of the words that a stage knows, in quotes.

    ```python
    gl.language.parse('Nucleus(0.9, ties="all")').calls[0].arguments["ties"].text  # "all"
    ```
    """

    word: str

    @property
    def text(self):
        return f'"{self.word}"'

    @property
    def parameters(self):
        return ()

    def value(self, values):
        return self.word

    def with_values(self, values):
        return self


@dataclasses.dataclass(frozen=True)
class Flag(Expression):
    """Whether something is so: `True` or `False`.

    ```python
    gl.language.parse("Guide(1, Temper(0.9), flow=True)").calls[0].arguments["flow"].text  # True
    ```
    """

    on: bool

    @property
    def text(self):
        return str(self.on)

    @property
    def parameters(self):
        return ()

    def value(self, values):
        return self.on

    def with_values(self, values):
        return self


@dataclasses.dataclass(frozen=True)
class Several(Expression):
    """Numbers with commas between them, such as those of a model; the value is a list.

    ```python
    model = gl.language.parse("Mix(Categorical(3, 2, n), 0.1)").calls[0].arguments["real"]
    [numbers.text for numbers in model.arguments.values()]  # [3, 2, n]
    ```
    """

    items: tuple[Expression, ...]

    @property
    def text(self):
        return ", ".join(one.text for one in self.items)

    @property
    def parameters(self):
        return merged(*(one.parameters for one in self.items))

    def value(self, values):
        return [one.value(values) for one in self.items]

    def with_values(self, values):
        return Several(self.place, tuple(one.with_values(values) for one in self.items))


def enclosed(inner: Expression, least: int) -> str:
    """The text of an expression, in parentheses if it binds less than it has to."""
    return inner.text if inner.level >= least else f"({inner.text})"


def negative(place: Place, inner: Expression) -> Expression:
    """Minus an expression; of a constant the other constant."""
    return Number(place, -inner.constant) if isinstance(inner, Number) else Negative(place, inner)


def merged(*lists: tuple[str, ...]) -> tuple[str, ...]:
    """The names of several lists, each once, in order of first use."""
    return tuple(dict.fromkeys(name for names in lists for name in names))


def whole(value: Any) -> Any:
    """A number of Python without a fraction as an integer; anything else as it is."""
    exact = isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_WHOLE
    return int(value) if exact else value


def number(value: Any, name: str, place: Place) -> Any:
    """A value of a parameter: Python numbers, or an array that JAX traces.

    Raises `InputError` E136 for what is no finite number.
    """
    if isinstance(value, jax.core.Tracer):
        return value
    if isinstance(value, int) and LARGEST_WHOLE < abs(value) < 1e300:
        value = float(value)
    array = np.asarray(value)
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise place.error("E136", f"the value of {name} is no finite number")
    if array.ndim:
        return value
    if array.dtype.kind == "f" or abs(int(array)) > LARGEST_WHOLE:
        return float(array)
    return int(array)
