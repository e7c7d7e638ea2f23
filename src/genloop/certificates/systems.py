r"""The equations whose zeros are fixed points, folds, flips and branch points.

All are built from the program of the map by exact operations on its instructions: the derivative
in a direction is another program, not a difference quotient.
"""

from collections.abc import Mapping, Sequence

from .balls import local_derivatives
from .program import WITH_NUMBER, Builder, Program
from .reading import Tracer


def fixed_point_equations(program: Program, size: int) -> Program:
    r"""$F(x) - x$ for a map of `size` numbers; further inputs are parameters."""
    builder = Builder(program.inputs)
    registers = builder.append(program, range(program.inputs))
    return builder.program(
        builder.call("sub", registers[r], x) for x, r in enumerate(program.outputs[:size])
    )


def critical_equations(
    program: Program, size: int, multiplier: int, border: Sequence, point: Sequence[float]
) -> Program:
    r"""$F(x, p) - x$, $D_x F\,v - \mu v$ and $\ell \cdot v - 1$ in $(x, v, p)$ [Moore-Spence].

    The inputs of `program` are $x$, $p$ and further parameters, those of the result $x, v, p$ and
    the same parameters. `multiplier` $\mu$ is 1 for a fold and -1 for a flip; `border` $\ell$ has
    exact numbers; `point` is near the zero, to decide comparisons.
    """
    tracer = Tracer(point)
    x, v = range(size), range(size, 2 * size)
    registers = tracer.append(program, [*x, *range(2 * size, len(point))])
    moved = derivative(tracer, program, registers, dict(zip(x, v, strict=True)))
    equations = [tracer.call("sub", registers[r], i) for i, r in enumerate(program.outputs)]
    for direction, image in zip(v, moved, strict=True):
        equations.append(tracer.call("sub" if multiplier > 0 else "add", image, direction))
    length = tracer.dot([tracer.constant(number) for number in border], v)
    return tracer.program([*equations, tracer.call("sub", length, tracer.constant(1))])


def crossing_equations(
    program: Program, blocks: Sequence[Sequence[int]], point: Sequence[float]
) -> Program:
    r"""$F(x, p) = x$ for $x$ constant on blocks, with a multiplier 1 for $v = e_i - e_j$.

    $i$ and $j$ are the first two members of the first block. The unknowns are the values on the
    blocks and $p$; the map must be symmetric under all permutations within the blocks, so that
    $D_x F\,v = \mu v$ there and the equations are complete.
    """
    tracer = Tracer(point)
    places = {member: place for place, block in enumerate(blocks) for member in block}
    size = len(places)
    inputs = [places[member] for member in range(size)]
    registers = tracer.append(program, [*inputs, *range(len(blocks), len(point))])
    one, minus = tracer.constant(1), tracer.constant(-1)
    i, j = blocks[0][:2]
    moved = derivative(tracer, program, registers, {i: one, j: minus})
    equations = [
        tracer.call("sub", registers[program.outputs[block[0]]], place)
        for place, block in enumerate(blocks)
    ]
    return tracer.program([*equations, tracer.call("sub", moved[i], one)])


def derivative(
    tracer: Tracer, program: Program, registers: Sequence[int], directions: Mapping[int, int]
) -> list[int]:
    r"""The registers of $DF\,v$, where `registers` holds `program` and $v$ is given by inputs.

    `max`, `min` and `abs` are differentiated on the side they are on, with a guard.
    """
    tangents: list[int | None] = [directions.get(place) for place in range(program.inputs)]
    call = lambda name, *a: tracer.constant(a[0]) if name == "const" else tracer.call(name, *a)
    for place, instruction in enumerate(program.instructions, start=program.inputs):
        name, arguments = instruction[0], instruction[1:]
        reads = () if name == "const" else arguments[:1] if name in WITH_NUMBER else arguments
        if all(tangents[r] is None for r in reads):
            tangents.append(None)
        elif name in ("max", "min", "abs"):
            tangents.append(
                _one_sided(tracer, name, [registers[r] for r in reads], reads, tangents)
            )
        else:
            values = [*(registers[r] for r in reads), *arguments[len(reads) :]]
            slopes = local_derivatives(name, values, registers[place], call)
            active = [k for k, r in enumerate(reads) if tangents[r] is not None]
            pairs = [slopes[k]() for k in active], [tangents[reads[k]] for k in active]
            tangents.append(tracer.dot(*pairs))
    zero = tracer.constant(0)
    return [zero if tangents[r] is None else tangents[r] for r in program.outputs]


def _one_sided(tracer, name, values, reads, tangents):
    if name == "abs":
        positive = tracer.decide(">", values[0], tracer.constant(0))
        tangent = tangents[reads[0]]
        return tangent if positive else tracer.call("neg", tangent)
    first = tracer.decide(">", *values)
    return tangents[reads[0 if first == (name == "max") else 1]]
