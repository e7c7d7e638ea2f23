"""Proofs that a fixed point exists, is the only one nearby, and is stable or not."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from jaxtyping import PyTree

from ..arguments import check_function
from .balls import ball, need_flint, precision, rational
from .certificate import (
    MOST_DIGITS,
    Certificate,
    check_near,
    not_proved,
    signed,
    working_bits,
    written_document,
)
from .enclosures import decimal_down, decimal_up
from .krawczyk import enclosed, refined
from .problems import Problem, read_map
from .program import CannotCertify, Program
from .spectrum import spectral_bounds
from .systems import fixed_point_equations

_MORE_BITS = (1, 2, 4)
_OUTER = (2.0**-3, 2.0**-6, 2.0**-10, 2.0**-14, 2.0**-20)


def certify_fixed_point(
    function: Callable,
    state: PyTree,
    *,
    parameters: Sequence | Mapping | None = None,
    digits: int = 15,
    decimals: bool = False,
    stability: bool = True,
    within: float | None = None,
) -> Certificate:
    r"""Prove that exactly one fixed point lies in a box around `state`, and whether it is stable.

    The map is read as a program on real numbers and evaluated in balls: Krawczyk's test proves
    existence and uniqueness, repeated squaring of the derivative bounds its spectral radius $\rho$
    from both sides. Numbers in the map are the exact doubles that they are; with `decimals` those
    in the leaves of the map (a temperature of 0.8) are the shortest decimals that denote them.
    With `parameters`, `function` is a family: `function(*parameters)` (or `**parameters`) is the
    map at exact numbers, which are text (`"0.8"`, `"4/5"`), fractions, doubles, `Interval`s (the
    claim then holds for all numbers in it) or lists of these. Without `stability` only existence
    and uniqueness are asked for. Every coordinate is enclosed to `digits` significant digits.

    `state` is where Newton's method starts: the claim is about the fixed point that it states,
    which is not one further away than `within` $(1 + \max_i |x_i|)$ where that is given.

    Probabilities need no special treatment: a map that keeps their sum has the multiplier 0 across
    the simplex. Never raises for a mathematical outcome: a `Certificate` that is `NOT PROVED` has
    the reason, for example `cannot certify: primitive eigh`. Raises `InputError` without
    python-flint and `ValueError` for numbers that are not exact.

    ```python
    function, near = lambda x: x * x / 2 + 0.25, jnp.array(0.3)
    gl.certificates.certify_fixed_point(function, near).stable  # True
    ```
    """
    need_flint()
    check_function("a map", function, "certify(map, state)")
    # A record of a fixed point brings its state.
    state = getattr(state, "state", state)
    try:
        problem = read_map(function, state, parameters, decimals=decimals)
        found = prove_fixed_point(problem, digits=digits, spectrum=stability)
        check_near(found.state, problem.state, within, "fixed point")
        return found
    except CannotCertify as reason:
        return not_proved(reason)


def prove_fixed_point(problem: Problem, *, digits: int = 15, spectrum: bool = True) -> Certificate:
    """The proof of `certify_fixed_point` for a program; raises `CannotCertify`.

    ```python
    problem = gl.certificates.read_map(lambda x: 0.5 * x + 0.25, jnp.array(0.5))
    gl.certificates.prove_fixed_point(problem).status  # PROVED
    ```
    """
    equations = fixed_point_equations(problem.program, problem.size)
    first = working_bits(digits)
    for factor in _MORE_BITS:
        if factor > 1 and first * factor > working_bits(MOST_DIGITS):
            break
        bits = first * factor
        with precision(bits):
            parameters = problem.balls()
            centre = refined(equations, problem.state, parameters, bits=bits)
            box = enclosed(equations, centre, parameters, bits=bits)
            if not spectrum:
                break
            bounds = _bounds(box.rows, bits=bits)
        if bounds[0] > 1 or bounds[1] < 1 or any(a != b for a, b in problem.parameters):
            break
    document = written_document("fixed_point", problem, box, bits=bits, digits=digits)
    if spectrum and box.slope[0]:
        bounds = _bounds_of_document(equations, document, parameters, bits=bits)
    if spectrum and box.smooth:
        document |= _stability(*bounds)
    if len(box.slope[0]) == 0:
        document["outer"] = outer_box(equations, document, parameters, box.inverse, bits=bits)
    certificate = signed(document)
    if spectrum and certificate.proved and certificate.stable is None:
        return dataclasses.replace(certificate, reason=_open(certificate))
    return certificate


def _open(certificate):
    """The reason why a stability is not decided."""
    if certificate.spectral_radius is None:
        return "cannot certify the stability: the map may have a kink at the fixed point"
    bounds = certificate.document["spectral_radius"]
    return (
        "cannot certify the stability: the spectral radius is only known to lie between "
        f"{bounds['lower']} and {bounds['upper']}"
    )


def _bounds(rows, *, bits):
    """Bounds of the spectral radius, and how they were found; large matrices take fewer bits."""
    gap, bits = (1e-9, bits) if len(rows) <= 40 else (1e-4, 3 * bits // 8)
    multipliers = [[a + int(i == j) for j, a in enumerate(row)] for i, row in enumerate(rows)]
    return *spectral_bounds(multipliers, bits=bits, gap=gap), bits


def _bounds_of_document(equations, document, parameters, *, bits):
    """The bounds in the box as it is written down, which matters where it is wide."""
    with precision(bits):
        centre = [ball(c).mid() for c in document["centre"]]
        radius = [ball(r).upper() for r in document["radius"]]
        box = enclosed(equations, centre, parameters, bits=bits, radius=radius)
    return _bounds(box.rows, bits=bits)


def _stability(lower, upper, squarings, bits):
    r"""The bounds in decimals, rounded away by less than their own distance."""
    low, high = rational(lower), rational(upper)
    # The gap leaves room: rounding by a thousandth of it does not matter to the checker.
    margin = max((high - low) / 1000, high / 10**30, Fraction(1, 10**60))
    digits = max(6, len(str(int(high / margin))) + 1)
    low, high = (
        decimal_down(max(low - margin, Fraction(0)), digits),
        decimal_up(high + margin, digits),
    )
    stable = True if Fraction(high) < 1 else False if Fraction(low) > 1 else None
    bounds = {"lower": low, "upper": high, "squarings": squarings, "bits": bits}
    return {"spectral_radius": bounds, "stable": stable}


def outer_box(
    equations: Program, document: Mapping, parameters: Sequence, inverse: Any, *, bits: int
) -> list[str] | None:
    """The largest of a few boxes around the same centre in which the solution is the only one."""
    with precision(bits):
        centre = [ball(c).mid() for c in document["centre"]]
        largest = max(abs(Fraction(c)) for c in document["centre"]) or Fraction(1)
        for share in _OUTER:
            radius = [
                decimal_up((abs(Fraction(c)) or largest) * Fraction(share), 3)
                for c in document["centre"]
            ]
            try:
                wide = [ball(r).upper() for r in radius]
                enclosed(equations, centre, parameters, bits=bits, radius=wide, inverse=inverse)
            except CannotCertify:
                continue
            return radius
    return None
