"""Programs and their derivatives in Arb's balls: every result contains the true number."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import InputError
from .program import WITH_NUMBER, CannotCertify, Program, exact

try:
    import flint
except ImportError:
    flint = None


def need_flint() -> Any:
    """The module of python-flint; raises `InputError` where it is not installed."""
    if flint is None:
        raise InputError(
            "E205",
            "proofs are made by ball arithmetic, which needs python-flint; "
            "pip install python-flint.",
        )
    return flint


@contextlib.contextmanager
def precision(bits: int):
    """Work with this many bits inside the block."""
    with need_flint().ctx.workprec(int(bits)):
        yield


def ball(number: Any):
    """The ball of an exact number (text, `Fraction`, whole number or double) at this precision."""
    value = exact(number)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def interval(centre: Any, radius: Any):
    """A ball that contains $c \\pm r$."""
    return ball(centre) + flint.arb(0, ball(radius).upper())


def rational(number):
    """The exact value of a ball without radius."""
    mantissa, exponent = number.mid().man_exp()
    return exact(int(mantissa)) * exact(2) ** int(exponent)


def _polygamma(a, order):
    if order == 0:
        return a.digamma()
    return (-1) ** (order + 1) * flint.arb(order).fac() * flint.arb(order + 1).zeta(a)


def _whole_power(a, n):
    """By squaring: Arb's own power is not defined where the base may be zero."""
    result, factor = flint.arb(1), a
    for bit in reversed(bin(abs(n))[2:]):
        if bit == "1":
            result = result * factor
        factor = factor * factor
    return result if n >= 0 else 1 / result


def _sum(*terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _dot(*factors):
    half = len(factors) // 2
    return _sum(*(a * b for a, b in zip(factors[:half], factors[half:], strict=True)))


BALLS: dict[str, Callable] = {
    "pi": lambda: flint.arb.pi(),
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "sum": _sum,
    "dot": _dot,
    "power": lambda a, b: a**b,
    "ipow": _whole_power,
    "sqrt": lambda a: a.sqrt(),
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "log1p": lambda a: a.log1p(),
    "expm1": lambda a: a.expm1(),
    "sin": lambda a: a.sin(),
    "cos": lambda a: a.cos(),
    "atan": lambda a: a.atan(),
    "tanh": lambda a: a.tanh(),
    "erf": lambda a: a.erf(),
    "erfinv": lambda a: a.erfinv(),
    "lgamma": lambda a: a.lgamma(),
    "polygamma": _polygamma,
    "max": lambda a, b: a.max(b),
    "min": lambda a, b: a.min(b),
    "abs": abs,
}
"""Every instruction on balls; `const` is `constant`."""


def constant(text: str):
    """The ball of a `const` instruction."""
    special = {"inf": "pos_inf", "-inf": "neg_inf", "nan": "nan"}.get(text)
    return ball(text) if special is None else getattr(flint.arb, special)()


def local_derivatives(name: str, arguments: Sequence, value, call: Callable) -> tuple:
    r"""$\partial f/\partial a_k$ of an instruction, each as a function without arguments.

    `call(name, ...)` and `call("const", c)` compute, be it on balls or on registers.
    """
    one = lambda: call("const", 1)
    minus = lambda: call("const", -1)
    if name in _DERIVATIVES:
        return (lambda: _DERIVATIVES[name](*arguments, value, call),)
    if name == "add" or name == "sum":
        return (one,) * len(arguments)
    if name == "sub":
        return one, minus
    if name == "neg":
        return (minus,)
    a, b = arguments[0], arguments[-1]
    if name == "mul":
        return lambda: b, lambda: a
    if name == "div":
        return lambda: call("div", call("const", 1), b), lambda: call("neg", call("div", value, b))
    if name == "power":
        return lambda: call("div", call("mul", b, value), a), lambda: call(
            "mul", value, call("log", a)
        )
    half = len(arguments) // 2
    factors = (*arguments[half:], *arguments[:half])
    return tuple((lambda factor=factor: factor) for factor in factors)


def _ipow(a, n, _, call):
    return call("mul", call("const", n), call("ipow", a, n - 1))


def _gauss(exponent, call):
    square = call("exp", call("mul", exponent, exponent))
    return call("div", call("mul", square, call("sqrt", call("pi"))), call("const", 2))


_DERIVATIVES = {
    "ipow": _ipow,
    "polygamma": lambda a, n, _, call: call("polygamma", a, n + 1),
    "sqrt": lambda _, value, call: call("div", call("const", 1), call("add", value, value)),
    "exp": lambda _, value, call: value,
    "log": lambda a, _, call: call("div", call("const", 1), a),
    "log1p": lambda a, _, call: call("div", call("const", 1), call("add", call("const", 1), a)),
    "expm1": lambda _, value, call: call("add", value, call("const", 1)),
    "sin": lambda a, _, call: call("cos", a),
    "cos": lambda a, _, call: call("neg", call("sin", a)),
    "atan": lambda a, _, call: call(
        "div", call("const", 1), call("add", call("const", 1), call("mul", a, a))
    ),
    "tanh": lambda _, value, call: call("sub", call("const", 1), call("mul", value, value)),
    "erf": lambda a, _, call: call("div", call("const", 1), _gauss(a, call)),
    "erfinv": lambda _, value, call: _gauss(value, call),
    "lgamma": lambda a, _, call: call("polygamma", a, 0),
}


def _call(name, *arguments):
    return flint.arb(arguments[0]) if name == "const" else BALLS[name](*arguments)


def evaluate(program: Program, inputs: Sequence) -> list:
    """All registers, as balls; raises `CannotCertify` where a guard does not hold."""
    registers = list(inputs)
    for instruction in program.instructions:
        name, arguments = instruction[0], instruction[1:]
        if name == "const":
            registers.append(constant(arguments[0]))
        elif name in WITH_NUMBER:
            registers.append(BALLS[name](registers[arguments[0]], arguments[1]))
        else:
            registers.append(BALLS[name](*(registers[r] for r in arguments)))
    _check(program, registers)
    return registers


def outputs(program: Program, inputs: Sequence) -> list:
    """The results, as balls."""
    registers = evaluate(program, inputs)
    return [registers[register] for register in program.outputs]


def linearize(program: Program, inputs: Sequence, variables: Sequence[int]):
    r"""The results and their derivatives in the inputs `variables`, as balls.

    Forward differentiation with the derivatives that are not zero: values, rows
    $\partial y_i/\partial x_j$ as lists, and whether every `max`, `min` and `abs` was smooth; where
    one was not, the rows contain all its generalised gradients.
    """
    registers = evaluate(program, inputs)
    parts: list[dict] = [{} for _ in range(program.inputs)]
    for place, variable in enumerate(variables):
        parts[variable] = {place: flint.arb(1)}
    smooth = True
    for place, instruction in enumerate(program.instructions, start=program.inputs):
        name, arguments = instruction[0], instruction[1:]
        reads = () if name == "const" else arguments[:1] if name in WITH_NUMBER else arguments
        if not any(parts[r] for r in reads):
            parts.append({})
        elif name in ("max", "min", "abs"):
            kept, decided = _selected(name, [registers[r] for r in reads])
            smooth = smooth and decided
            parts.append(_combined(kept, [parts[r] for r in reads]))
        else:
            values = [registers[r] for r in reads] + list(arguments[len(reads) :])
            slopes = local_derivatives(name, values, registers[place], _call)
            kept = [s() if parts[r] else None for s, r in zip(slopes, reads, strict=True)]
            parts.append(_combined(kept, [parts[r] for r in reads]))
    zero = flint.arb(0)
    rows = [[parts[r].get(j, zero) for j in range(len(variables))] for r in program.outputs]
    return [registers[r] for r in program.outputs], rows, smooth


def _combined(slopes, parts):
    total: dict = {}
    for slope, part in zip(slopes, parts, strict=True):
        if not part or slope.is_zero():
            continue
        for place, derivative in part.items():
            term = slope * derivative
            total[place] = total[place] + term if place in total else term
    return total


def _selected(name, values):
    """The slopes of `max`, `min` and `abs`, and whether they are decided."""
    either = flint.arb(0.5, 0.5)
    if name == "abs":
        (a,) = values
        if a > 0 or a < 0:
            return [flint.arb(1 if a > 0 else -1)], True
        return [flint.arb(0, 1)], False
    larger, smaller = values if name == "max" else values[::-1]
    if larger > smaller or smaller > larger:
        first = larger > smaller
        return [flint.arb(int(first)), flint.arb(int(not first))], True
    return [either, either], False


def _check(program, registers):
    for sign, register in program.guards:
        number = registers[register]
        if not (number > 0 if sign == ">" else number >= 0):
            raise CannotCertify(
                f"a comparison in the map cannot be decided in the whole box ({number.str(8)} "
                f"must be {sign} 0)"
            )
    for number, instruction in zip(registers[program.inputs :], program.instructions, strict=True):
        if not number.is_finite() and instruction[0] != "const":
            raise CannotCertify(
                "the map is not finite in the whole box: a logarithm, power, root or quotient of "
                "a number that may be zero or negative there"
            )
