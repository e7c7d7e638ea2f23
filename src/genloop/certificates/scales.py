r"""Leaves out a scale that the result does not depend on.

Stable formulas divide by a maximum or subtract it: $(p_i/s)^b / \sum_j (p_j/s)^b$ and
$s + \log \sum_j e^{x_j - s}$ do not depend on $s$. Where that can be read off the instructions,
$s$ is replaced by one (or zero), an identity of real functions: the program becomes smooth
where several entries share the maximum, and its balls tighter.
"""

from collections.abc import Sequence
from fractions import Fraction

from .balls import evaluate
from .program import WITH_NUMBER, Builder, CannotCertify, Program, registers_of

_ALIKE = ("add", "sub", "sum", "max", "min", "neg", "abs")


def without_scales(program: Program, point: Sequence) -> Program:
    """The same function without the maxima that cancel, as far as this can be seen.

    `point` are balls near which it is used: they tell which entry shows that a maximum is positive.
    """
    while (found := _cancelling(program)) is not None:
        program = _replaced(program, *found, point)
    return program


def _cancelling(program):
    """A maximum that cancels, and the number it may be replaced by."""
    for register in _maxima(program):
        for degree, neutral in ((_power_of_scale, 1), (_shift_of_scale, 0)):
            if _cancels(program, register, degree):
                return register, neutral
    return None


def _maxima(program):
    """Results of `max` and `min` that other instructions read, the last ones first."""
    names = {i: ins[0] for i, ins in enumerate(program.instructions, start=program.inputs)}
    read = {
        register
        for instruction in program.instructions
        if instruction[0] not in ("max", "min")
        for register in registers_of(instruction)
    }
    return [r for r in sorted(read, reverse=True) if names.get(r) in ("max", "min")]


def _replaced(program, scale, neutral, point):
    """`scale` as a constant; that it is positive, where it has to be, stays as a guard."""
    builder = Builder(program.inputs)
    values = evaluate(program, point)
    place = list(range(program.inputs))
    for register, instruction in enumerate(program.instructions, start=program.inputs):
        name, *arguments = instruction
        if register == scale and neutral == 1:
            for witness in _witnesses(program, scale, values):
                builder.guard(">", place[witness])
        if register == scale:
            place.append(builder.constant(neutral))
        elif name == "const":
            infinite = arguments[0].lstrip("-") in ("inf", "nan")
            place.append(builder.constant(float(arguments[0]) if infinite else arguments[0]))
        elif name in WITH_NUMBER:
            place.append(builder.call(name, place[arguments[0]], arguments[1]))
        else:
            place.append(builder.call(name, *(place[a] for a in arguments)))
    for sign, register in program.guards:
        builder.guard(sign, place[register])
    return builder.program(place[r] for r in program.outputs)


def _witnesses(program, register, values):
    """Registers that are positive only if a maximum or minimum is."""
    instruction = (
        program.instructions[register - program.inputs] if register >= program.inputs else ""
    )
    if instruction and instruction[0] == "max":
        largest = max(instruction[1:], key=lambda r: float(values[r].mid()))
        return _witnesses(program, largest, values)
    if instruction and instruction[0] == "min":
        return [w for r in instruction[1:] for w in _witnesses(program, r, values)]
    if not values[register] > 0:
        raise CannotCertify("a scale that cancels in the map may not be positive")
    return [register]


def _cancels(program, scale, degree):
    """Whether no result and no guard depends on the scale; `degree` follows the dependence."""
    degrees: dict[int, tuple | None] = {}
    for register, instruction in enumerate(program.instructions, start=program.inputs):
        if register == scale:
            degrees[register] = degree("scale", (), ())
            continue
        reads = registers_of(instruction)
        if register < scale or not any(r in degrees for r in reads):
            continue
        found = degree(instruction[0], instruction[1:], [degrees.get(r) for r in reads])
        if found is None:
            return False
        if found != _NONE:
            degrees[register] = found
    # A positive factor does not change the sign that a guard is about.
    signs = all(degrees.get(r, _NONE)[0] != "shift" for _, r in program.guards)
    return signs and not any(r in degrees for r in program.outputs)


_NONE = ("independent",)


def _kept(kind, degree):
    return _NONE if degree == (Fraction(0), None) else (kind, degree)


def _power_of_scale(name, arguments, degrees):
    r"""The degree $d$ of a register that is $s^d$ times something: $(c, b)$ stands for $d = c b$.

    $b$ is a register that does not depend on $s$, or none.
    """
    if name == "scale":
        return "power", (Fraction(1), None)
    zero = (Fraction(0), None)
    powers = [zero if d is None else d[1] for d in degrees]
    if name in _ALIKE:
        return _kept("power", powers[0]) if len(set(powers)) == 1 else None
    if name == "sqrt":
        return "power", (powers[0][0] / 2, powers[0][1])
    if name == "ipow":
        return "power", (powers[0][0] * arguments[1], powers[0][1])
    if name == "power" and powers[1] == zero and powers[0][1] is None:
        return "power", (powers[0][0], arguments[1])
    if name in ("mul", "div", "dot"):
        half = len(powers) // 2
        pairs = zip(powers[:half], powers[half:], strict=True)
        joined = {_joined(a, b, -1 if name == "div" else 1) for a, b in pairs}
        (only,) = joined if len(joined) == 1 else (None,)
        return None if only is None else _kept("power", only)
    return None


def _joined(first, second, sign):
    """The sum or difference of two degrees."""
    if second[0] == 0:
        return first
    if first[0] == 0:
        return (sign * second[0], second[1])
    if first[1] != second[1]:
        return None
    total = first[0] + sign * second[0]
    return (total, first[1]) if total else (Fraction(0), None)


def _shift_of_scale(name, arguments, degrees):
    r"""The degree $c$ of a register that is something plus $c s$, or something times $e^{c s}$."""
    if name == "scale":
        return "shift", (Fraction(1), None)
    kinds = {d[0] for d in degrees if d is not None}
    zero = (Fraction(0), None)
    shifts = [zero if d is None else d[1] for d in degrees]
    if kinds == {"shift"}:
        if name in ("add", "sub", "sum", "neg"):
            signs = {"sub": (1, -1), "neg": (-1,)}.get(name, (1,) * len(shifts))
            total = sum(s * c[0] for s, c in zip(signs, shifts, strict=True))
            return _kept("shift", (Fraction(total), None))
        if name in ("max", "min"):
            return _kept("shift", shifts[0]) if len(set(shifts)) == 1 else None
        return ("factor", shifts[0]) if name == "exp" else None
    if kinds == {"factor"}:
        if name in _ALIKE:
            return ("factor", shifts[0]) if len(set(shifts)) == 1 else None
        if name == "log":
            return "shift", shifts[0]
        if name in ("mul", "div", "dot"):
            found = _power_of_scale(name, arguments, [("power", s) for s in shifts])
            return None if found is None else (found if found == _NONE else ("factor", found[1]))
    return None
