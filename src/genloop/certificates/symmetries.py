"""The coordinates of a map that can be exchanged, as its program shows: found, not proved."""

from collections.abc import Sequence
from fractions import Fraction

from .program import WITH_NUMBER, Program, registers_of

_COMMUTATIVE = {"add", "mul", "sum", "max", "min"}


def exchangeable(program: Program, parameters: Sequence, first: int, second: int) -> bool:
    """Whether exchanging two coordinates of the state seems to exchange the same two results.

    Every register gets a fingerprint of how it is computed, with and without the exchange.
    `parameters` are the exact bounds of the further inputs: those of one value are constants.
    """
    state = list(range(program.inputs - len(parameters)))
    state[first], state[second] = second, first
    plain = _fingerprints(program, parameters, range(len(state)))
    moved = _fingerprints(program, parameters, state)
    results = [plain[register] for register in program.outputs]
    results[first], results[second] = results[second], results[first]
    weak = [{names[r] for sign, r in program.guards if sign != ">"} for names in (plain, moved)]
    return [moved[register] for register in program.outputs] == results and weak[0] == weak[1]


def _fingerprints(program, parameters, state) -> list[int]:
    """A number for every register that tells how it comes from the coordinates `state`."""
    found = [hash(("input", place)) for place in state]
    for place, (low, high) in enumerate(parameters):
        known = low == high
        found.append(hash(("const", Fraction(low)) if known else ("parameter", place)))
    for instruction in program.instructions:
        name, reads = instruction[0], [found[r] for r in registers_of(instruction)]
        if name == "const":
            found.append(hash(_constant(instruction[1])))
            continue
        if name == "dot":
            half = len(reads) // 2
            factors = zip(reads[:half], reads[half:], strict=True)
            reads = sorted(hash(tuple(sorted(pair))) for pair in factors)
        reads = sorted(reads) if name in _COMMUTATIVE else reads
        found.append(hash((name, *reads, *(instruction[2:] if name in WITH_NUMBER else ()))))
    return found


def _constant(text):
    """A constant by its value; those that are not finite by their text."""
    try:
        return "const", Fraction(text)
    except ValueError:
        return "const", text
