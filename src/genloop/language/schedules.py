"""Numbers of parameters that change from generation to generation."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InputError, shown
from ..printing import readable
from . import uses
from .expressions import Expression, merged
from .pipeline import Pipeline
from .reading import parse_number

GENERATION = "t"
"""The name of the generation in a formula; the first one has $t = 0$."""


@readable
@dataclasses.dataclass(frozen=True)
class Schedule:
    """The numbers of one parameter: a formula in the generation `t`, a function of it, or a table.

    `source` is an `Expression`, a function, or numbers one after the other; `whole` where the
    parameter counts something: formulas and functions are then rounded, tables must be whole.

    ```python
    gl.language.Schedule.of("a", "0.5 / (t + 1)").at(1)  # 0.25
    ```
    """

    name: str
    source: Expression | Callable[[int], float] | tuple[float, ...]
    whole: bool = False

    @classmethod
    def of(cls, name: str, given: Any, *, whole: bool = False) -> "Schedule":
        """The schedule of a text, a function, an array or one number.

        Raises `InputError` E131 to E135 for a text that is no formula, E141 for anything else.
        """
        if isinstance(given, str):
            return cls(name, parse_number(given), whole)
        if callable(given) and not isinstance(given, Expression):
            return cls(name, given, whole)
        if isinstance(given, Expression):
            return cls(name, given, whole)
        try:
            numbers = np.asarray(given, dtype=float)
        except (TypeError, ValueError):
            numbers = np.zeros((0, 0))
        if numbers.ndim > 1 or numbers.size == 0:
            raise InputError(
                "E141",
                f"the schedule of {name} is {shown(given)}; give a formula in t, a function of the "
                "generation, or one number for every generation.",
            )
        if numbers.ndim == 0:
            return cls(name, parse_number(repr(float(numbers))), whole)
        return cls(name, tuple(map(float, numbers)), whole)

    def _printed(self) -> dict[str, Any]:
        numbers = self.source if isinstance(self.source, tuple) else self.text
        return {self.name: numbers}

    @property
    def text(self) -> str:
        """The formula, or what it is instead of one."""
        if isinstance(self.source, Expression):
            return self.source.text
        return "a table" if isinstance(self.source, tuple) else "a function of t"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of other parameters in the formula."""
        if not isinstance(self.source, Expression):
            return ()
        return tuple(name for name in self.source.parameters if name != GENERATION)

    def at(self, generation: int, known: Mapping[str, float] | None = None) -> int | float:
        """The number in a generation, with `known` numbers for other names in the formula.

        Raises `InputError` E141 where there is none, or where it is not finite.
        """
        value = self._value(generation, known or {})
        if not math.isfinite(value):
            raise self._error(f"{self.name} is {value} in generation {generation}", "change it")
        if not self.whole:
            return value
        if isinstance(self.source, tuple) and not value.is_integer():
            raise self._error(
                f"{self.name} is {value:g} in generation {generation} and counts something",
                "write whole numbers",
            )
        return round(value)

    def _value(self, generation: int, known: Mapping[str, float]) -> float:
        source = self.source
        if isinstance(source, tuple):
            if generation >= len(source):
                raise self._error(
                    f"the table of {self.name} ends with generation {len(source) - 1}, and "
                    f"generation {generation} is asked for",
                    f"add rows, or ask for {len(source)} generations",
                )
            return source[generation]
        try:
            if isinstance(source, Expression):
                return float(source.value({**known, GENERATION: generation}))
            return float(source(generation))
        except InputError as failure:
            told = failure.message.rstrip(".")
            raise InputError(
                failure.code, f"{self.name} has no number in generation {generation}: {told}."
            ) from None
        except (TypeError, ValueError, ArithmeticError) as failure:
            what = f"{self.name} has no number in generation {generation} ({failure})"
            raise self._error(what, "change the function") from None

    def _error(self, what: str, remedy: str) -> InputError:
        return InputError("E141", f"{what}; {remedy}.")


@readable
@dataclasses.dataclass(frozen=True)
class Scheduled:
    """A pipeline whose parameters have numbers in every generation.

    `values` stay the same; `schedules` change.

    ```python
    loop = gl.language.Scheduled.of("Temper(0.9) >> Mix(real, a)", {"a": "0.5 / (t + 1)"})
    loop.numbers(3)  # a 0.125
    ```
    """

    pipeline: Pipeline
    schedules: tuple[Schedule, ...]
    values: Mapping[str, float]

    @classmethod
    def of(
        cls,
        pipeline: Pipeline | str,
        schedules: Mapping[str, Any],
        values: Mapping[str, float] | None = None,
    ) -> "Scheduled":
        """The loop with schedules by name and `values` of other parameters.

        A parameter `t` of the loop is the generation itself. Raises `InputError`: E136 for names
        that are no parameters of the loop, E141 for schedules that are none or of a parameter that
        has a number already.
        """
        if isinstance(pipeline, str):
            from .reading import parse

            pipeline = parse(pipeline)
        values = dict(values or {})
        pipeline.check_names({**values, **schedules})
        if GENERATION in {*values, *schedules}:
            raise InputError(
                "E141", f"{GENERATION} is the generation here; give the parameter another name."
            )
        if GENERATION in pipeline.parameters:
            schedules = {**schedules, GENERATION: GENERATION}
        for name in schedules:
            if name in values:
                raise InputError(
                    "E141", f"{name} has a number and a schedule as well; keep one of them."
                )
        whole = lambda name: uses.is_count(pipeline, name)
        found = tuple(Schedule.of(n, given, whole=whole(n)) for n, given in schedules.items())
        _check_formulas(found, values)
        return cls(pipeline, found, values)

    def _printed(self) -> dict[str, Any]:
        changing = {one.name: one.text for one in self.schedules}
        return {"loop": self.pipeline.text, **self.values, **changing}

    @property
    def free(self) -> tuple[str, ...]:
        """The parameters that have no numbers."""
        told = {*self.values, *(one.name for one in self.schedules)}
        return tuple(name for name in self.pipeline.parameters if name not in told)

    @property
    def longest(self) -> int | None:
        """The most generations that every table has a number for; `None` without a table."""
        lengths = [len(one.source) for one in self.schedules if isinstance(one.source, tuple)]
        return min(lengths, default=None)

    def numbers(self, generation: int) -> dict[str, int | float]:
        """The numbers of all parameters in a generation, by name."""
        changing = {one.name: one.at(generation, self.values) for one in self.schedules}
        return {**self.values, **changing}

    def columns(self, generations: int) -> dict[str, np.ndarray]:
        """The numbers of all parameters, an array over the generations each."""
        rows = [self.numbers(t) for t in range(generations)]
        names = merged(tuple(self.values), tuple(one.name for one in self.schedules))
        return {name: np.array([row[name] for row in rows], dtype=float) for name in names}


def _check_formulas(schedules: Sequence[Schedule], values: Mapping[str, float]) -> None:
    for one in schedules:
        for name in one.parameters:
            if name not in values:
                raise InputError(
                    "E141",
                    f"the schedule of {one.name} needs {shown(name)}, which has no number; write "
                    "numbers, t (the generation) and parameters that are set.",
                )
