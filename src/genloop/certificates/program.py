r"""A function of numbers as a straight list of instructions that anyone can replay.

Register $0, 1, \dots$ are the inputs; instruction $k$ defines the next register from earlier ones:

| instruction | value |
|---|---|
| `const c` | an exact number: a whole number, a fraction `p/q` or a decimal |
| `pi` | $\pi$ |
| `add a b`, `sub a b`, `mul a b`, `div a b`, `neg a` | arithmetic |
| `sum a ...`, `dot a ... b ...` | $\sum_i a_i$, $\sum_i a_i b_i$ |
| `power a b` | $a^b$ for $a > 0$ |
| `ipow a n` | $a^n$ for a whole number $n$ |
| `sqrt`, `exp`, `log`, `log1p`, `expm1`, `sin`, `cos`, `atan`, `tanh` | functions of that name |
| `erf`, `erfinv`, `lgamma` | $\mathrm{erf}$, its inverse, $\log \Gamma$ |
| `polygamma a n` | $\psi^{(n)}(a)$ |
| `max a b`, `min a b`, `abs a` | |

`outputs` are registers; `guards` are the comparisons that decided which way the function went, each
a register that must be `>` or `>=` zero for the list to be the function.
"""

import dataclasses
import math
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..printing import plural, readable

WITH_NUMBER = {"ipow", "polygamma"}
"""Instructions whose second argument is a whole number, not a register."""
_EXACT = re.compile(r"[+-]?\d+(/[1-9]\d*)?|[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
_LONGEST_FOLD = 400


class CannotCertify(Exception):
    """A proof is not possible or was not found, and why, in one sentence.

    ```python
    try:
        gl.certificates.trace(lambda x: jnp.sort(x), jnp.ones(3))
    except gl.certificates.CannotCertify as reason:
        sentence = str(reason)
    ```
    """


def exact(number: Any) -> Fraction:
    """A number without rounding: text as its decimal or fraction, a float as the double it is.

    Raises `ValueError` for what is neither, or not finite.
    """
    if isinstance(number, str):
        if not _EXACT.fullmatch(number.strip()):
            raise ValueError(f"an exact number looks like '0.8', '4/5' or '1e-3', got {number!r}.")
        return Fraction(number.strip())
    if isinstance(number, Fraction | int):
        return Fraction(number)
    try:
        value = float(number)
    except TypeError:
        message = f"an exact number is text, a fraction or a double, got {number!r}."
        raise ValueError(message) from None
    if not math.isfinite(value):
        raise ValueError(f"an exact number must be finite, got {value}.")
    return Fraction(value)


def registers_of(instruction: tuple) -> tuple[int, ...]:
    """The registers that an instruction reads."""
    if instruction[0] == "const":
        return ()
    return instruction[1:2] if instruction[0] in WITH_NUMBER else instruction[1:]


@readable
@dataclasses.dataclass(frozen=True)
class Program:
    """Instructions on `inputs` numbers, the registers of the results, and the guards.

    ```python
    len(gl.certificates.trace(lambda x: x * x, jnp.array(0.5)).instructions)  # 1
    ```
    """

    inputs: int
    instructions: tuple[tuple, ...]
    outputs: tuple[int, ...]
    guards: tuple[tuple[str, int], ...] = ()

    def _heading(self) -> str:
        count = plural(len(self.instructions), "instruction")
        return f"Program of {count} on {plural(self.inputs, 'number')}"

    def _printed(self):
        return {"results": len(self.outputs), "guards": len(self.guards)}

    def json(self) -> dict:
        """The program as plain lists."""
        return {
            "inputs": self.inputs,
            "instructions": [list(instruction) for instruction in self.instructions],
            "outputs": list(self.outputs),
            "guards": [list(guard) for guard in self.guards],
        }


class Builder:
    """Instructions in the making: the same instruction is written once, exact numbers are folded.

    Only identities of real numbers are used: $x + 0$, $1 x$, $x^1$ and arithmetic of constants.
    """

    def __init__(self, inputs: int):
        self.inputs = inputs
        self.instructions: list[tuple] = []
        self.guards: dict[tuple[str, int], None] = {}
        self._known: dict[tuple, int] = {}
        self._constants: dict[int, Fraction] = {}

    def constant(self, number: Any) -> int:
        """The register of an exact number, or of a float that is not finite."""
        if isinstance(number, float) and not math.isfinite(number):
            return self._write(("const", str(number)))
        value = exact(number)
        register = self._write(("const", str(value)))
        self._constants[register] = value
        return register

    def value_of(self, register: int) -> Fraction | None:
        """The exact number in a register, `None` where it depends on the inputs or is rounded."""
        return self._constants.get(register)

    def call(self, name: str, *arguments: int) -> int:
        """The register of an instruction."""
        folded = self._folded(name, arguments)
        return self._write((name, *arguments)) if folded is None else folded

    def guard(self, sign: str, register: int) -> None:
        """A comparison with zero that the reading of the function relies on."""
        if register not in self._constants:
            self.guards[sign, register] = None

    def total(self, registers: Iterable[int]) -> int:
        """The sum of registers."""
        terms = [r for r in registers if self._constants.get(r) != 0]
        if len(terms) < 2:
            return terms[0] if terms else self.constant(0)
        return self.call("add", *terms) if len(terms) == 2 else self.call("sum", *terms)

    def dot(self, left: Iterable[int], right: Iterable[int]) -> int:
        """The sum of products."""
        zero = lambda a, b: self._constants.get(a) == 0 or self._constants.get(b) == 0
        pairs = [pair for pair in zip(left, right, strict=True) if not zero(*pair)]
        if len(pairs) < 3 or any(self._constants.get(a) == 1 for pair in pairs for a in pair):
            return self.total(self.call("mul", *pair) for pair in pairs)
        return self.call("dot", *(a for a, _ in pairs), *(b for _, b in pairs))

    def program(self, outputs: Iterable[int]) -> Program:
        """The program of the given results, without what they do not need."""
        outputs = tuple(outputs)
        needed = self.needed(outputs)
        kept = [r for r in range(self.inputs + len(self.instructions)) if r in needed]
        kept = [*range(self.inputs), *(r for r in kept if r >= self.inputs)]
        place = {register: new for new, register in enumerate(kept)}
        return Program(
            self.inputs,
            tuple(
                _renumbered(self.instructions[r - self.inputs], place) for r in kept[self.inputs :]
            ),
            tuple(place[r] for r in outputs),
            tuple((sign, place[r]) for sign, r in self.guards),
        )

    def needed(self, outputs: Iterable[int]) -> set[int]:
        """The registers behind the results and the guards."""
        needed = {*outputs, *(register for _, register in self.guards)}
        for place in reversed(range(len(self.instructions))):
            if self.inputs + place in needed:
                needed.update(registers_of(self.instructions[place]))
        return needed

    def append(self, program: Program, arguments: Iterable[int]) -> list[int]:
        """All registers of `program` applied to registers of this one; its guards are taken over.

        The first `program.inputs` entries are the arguments.
        """
        place = list(arguments)
        for instruction in program.instructions:
            if instruction[0] == "const":
                number = instruction[1]
                finite = number.lstrip("+-") not in ("inf", "nan")
                place.append(self.constant(number if finite else float(number)))
            else:
                place.append(self.call(*_renumbered(instruction, place)))
        for sign, register in program.guards:
            self.guard(sign, place[register])
        return place

    def _write(self, instruction: tuple) -> int:
        if instruction not in self._known:
            self._known[instruction] = self.inputs + len(self.instructions)
            self.instructions.append(instruction)
        return self._known[instruction]

    def _folded(self, name, arguments):
        if name in WITH_NUMBER:
            return arguments[0] if name == "ipow" and arguments[1] == 1 else None
        if name == "exp" and self._known.get(("const", "-inf")) == arguments[0]:
            return self.constant(0)
        values = [self._constants.get(register) for register in arguments]
        if name in _ARITHMETIC and None not in values:
            if name == "div" and values[1] == 0:
                return None
            result = _ARITHMETIC[name](*values)
            size = result.numerator.bit_length() + result.denominator.bit_length()
            return self.constant(result) if size < _LONGEST_FOLD else None
        if name == "power" and values[1] is not None:
            return self._constant_power(arguments[0], values[1])
        neutral = _NEUTRAL.get(name)
        if neutral is not None and values[-1] == neutral:
            return arguments[0]
        if neutral is not None and name in ("add", "mul") and values[0] == neutral:
            return arguments[1]
        return None

    def _constant_power(self, base, exponent):
        if exponent.denominator == 1:
            return self.call("ipow", base, int(exponent))
        return self.call("sqrt", base) if exponent == Fraction(1, 2) else None


_NEUTRAL = {"add": 0, "sub": 0, "mul": 1, "div": 1}
_ARITHMETIC = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "max": max,
    "min": min,
    "abs": abs,
}


def _renumbered(instruction: tuple, place) -> tuple:
    name, *arguments = instruction
    if name == "const":
        return instruction
    if name in WITH_NUMBER:
        return (name, place[arguments[0]], arguments[1])
    return (name, *(place[register] for register in arguments))
