r"""Existence and uniqueness of a zero by Krawczyk's operator."""

import contextlib
import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from .balls import flint, linearize, outputs, precision
from .program import CannotCertify, Program

_STEPS, _INFLATIONS = 60, 12


@dataclasses.dataclass(frozen=True)
class Box:
    r"""A box $|x_i - c_i - S_{ik} (p_k - p_{0k})| \le r_i$ with one zero for all parameters.

    `centre` $c$, `radius` $r$ and `slope` $S$ (of the parameters that are intervals) are balls
    without radius, `inverse` is the matrix $C$ of the test; `rows` are balls that contain
    $\partial G_i/\partial x_j$ on the whole box for all parameters; `smooth` is false where `max`,
    `min` or `abs` may have a kink in it.
    """

    centre: list
    radius: list
    rows: list
    smooth: bool
    slope: list
    inverse: Any = None


def refined(program: Program, start: Sequence, parameters: Sequence, *, bits: int) -> list:
    """Newton's method from `start` to about `bits` bits, without proof: balls without radius."""
    size = len(program.outputs)
    point, step = [flint.arb(x) for x in start], [flint.arb(0)] * len(start)
    last = None
    with precision(bits + 32):
        knowns = [p.mid() for p in parameters]
        goal, unit = flint.arb(2) ** -(bits + 8), _largest(point)
        unit = unit if unit > 0 else flint.arb(1)
        # Near the zero one inverse serves all steps: each adds the same number of bits.
        for _ in range(_STEPS + bits // 16):
            far = last is None or not last < 1e-12
            try:
                # Far from the zero the digits do not matter yet.
                with precision(96 if far else bits + 32):
                    if far:
                        values, rows, _ = linearize(program, [*point, *knowns], range(size))
                        inverse = _inverse(rows, coarse=last is None or not last < 1e-3)
                    else:
                        values = outputs(program, [*point, *knowns])
            except CannotCertify:
                if not _largest(step) > 1e-6 * _largest([*point, unit]):
                    raise
                # A step out of the domain is taken back by half.
                step = [s / 2 for s in step]
                point = [(x + s).mid() for x, s in zip(point, step, strict=True)]
                continue
            step = [s.mid() for s in _times(inverse, values)]
            point = [(x - s).mid() for x, s in zip(point, step, strict=True)]
            if not all(x.is_finite() for x in point):
                break
            last = _largest(step) / _largest([*point, unit])
            if last < goal:
                return point
    raise CannotCertify("Newton's method from this state does not converge to a solution")


def enclosed(
    program: Program,
    centre: Sequence,
    parameters: Sequence,
    *,
    bits: int,
    radius: Sequence | None = None,
    inverse: Any = None,
) -> Box:
    r"""The box around `centre` in which the zero of `program` exists and is unique.

    With a matrix $C$, the values $\delta = C\,G(c)$ and the derivative $J(X)$ on the box,
    $$K(X) = c - \delta + (I - C J(X)) (X - c)$$ contains every zero in $X$; where it lies in the
    interior of $X$, there is exactly one [Krawczyk]. Wide `parameters` $P$ enter by the mean value
    theorem along the line $c + S (p - p_0)$ with $S \approx -C\,G_p$, so that only their square
    widens the box. The box is inflated until this holds, or stays as given by `radius`. With
    `inverse` that matrix is taken for $C$. Raises `CannotCertify` where it never holds.
    """
    size = len(program.outputs)
    with precision(bits):
        middle = [p.mid() for p in parameters]
        rounding = flint.arb(2) ** (8 - bits)
        free = [k for k, p in enumerate(parameters) if p.rad() > abs(p) * rounding]
        knowns = [m if k in free else parameters[k] for k, m in enumerate(middle)]
        shifts = [parameters[k] - middle[k] for k in free]
        variables = [*range(size), *(size + k for k in free)]
        if inverse is None or free:
            values, rows, _ = linearize(program, [*centre, *knowns], variables)
            inverse = _inverse([row[:size] for row in rows])
        else:
            values, rows = outputs(program, [*centre, *knowns]), [[None] * size]
        delta, slope = _times(inverse, values), _predictor(inverse, rows, size)
        drift = [_dot(row, shifts) for row in slope]
        spread = list(radius or ())
        for c, d, s in zip(centre, delta, drift, strict=True) if radius is None else ():
            floor = _above(c, centre) * flint.arb(2) ** (16 - bits)
            spread.append(_up(4 * abs(d) + abs(s) / 64 + floor))
        for attempt in range(_INFLATIONS if radius is None else 1):
            there = [c + d + flint.arb(0, r) for c, d, r in zip(centre, drift, spread, strict=True)]
            try:
                _, rows, smooth = linearize(program, [*there, *parameters], variables)
            except CannotCertify:
                if attempt == 0:
                    raise
                break
            image = _image(inverse, rows, delta, slope, shifts, spread)
            if all(k < r for k, r in zip(image, spread, strict=True)):
                derivative = [row[:size] for row in rows]
                return Box(list(centre), spread, derivative, smooth, slope, inverse)
            if not all(k.is_finite() for k in image):
                break
            spread = [_up(1.5 * k + r / 2) for k, r in zip(image, spread, strict=True)]
    raise CannotCertify(
        "Krawczyk's test fails: no box around the state could be shown to hold exactly one solution"
    )


def _image(inverse, rows, delta, slope, shifts, spread):
    r"""The radii of $K(Y)$, in coordinates $y = x - c - S (p - p_0)$."""
    size = len(delta)
    product = _product(inverse, [row[:size] for row in rows])
    centre = delta
    if shifts:
        along = _product(flint.arb_mat([row[:size] for row in rows]), slope)
        further = [row[size:] for row in rows]
        total = flint.arb_mat(along) + flint.arb_mat(further)
        moved = (inverse * total).table()
        centre = [d + _dot(row, shifts) for d, row in zip(delta, moved, strict=True)]
    radii = []
    for i in range(size):
        rest = [abs(int(i == j) - a) for j, a in enumerate(product[i])]
        radii.append(_up(abs(centre[i]) + _dot(rest, spread)))
    return radii


def _predictor(inverse, rows, size):
    if len(rows[0]) == size:
        return [[] for _ in range(size)]
    slope = _product(inverse, [row[size:] for row in rows])
    return [[(-s).mid() for s in row] for row in slope]


def _inverse(rows, coarse=False):
    """An approximate inverse; `coarse` in doubles where that is possible."""
    if not all(a.is_finite() for row in rows for a in row):
        raise CannotCertify(
            "the derivative is not finite at this state, as that of a power or root at zero; leave "
            "out what has the probability zero"
        )
    if coarse:
        with contextlib.suppress(np.linalg.LinAlgError):
            inverse = np.linalg.inv(np.array([[float(a.mid()) for a in row] for row in rows]))
            if np.isfinite(inverse).all():
                return flint.arb_mat(inverse.tolist())
    try:
        return flint.arb_mat(rows).mid().inv().mid()
    except ZeroDivisionError:
        raise CannotCertify(
            "the equations are singular at this state: the point is critical, or part of a "
            "continuum"
        ) from None


def _times(matrix, vector):
    return (matrix * flint.arb_mat([[v] for v in vector])).entries()


def _product(matrix, rows):
    return (matrix * flint.arb_mat(rows)).table()


def _dot(left, right):
    total = flint.arb(0)
    for a, b in zip(left, right, strict=True):
        total = total + a * b
    return total


def _largest(values):
    largest = flint.arb(0)
    for value in values:
        largest = largest.max(abs(value))
    return largest.mid()


def _above(value, values):
    """The size of a coordinate; zero counts as the largest of them."""
    return abs(value) if value != 0 else _largest(values).max(flint.arb(2) ** -64)


def _up(number):
    """An exact upper bound with few bits, as radii are stored."""
    upper = number.upper()
    if not upper.is_finite() or upper == 0:
        return upper
    mantissa, exponent = upper.man_exp()
    shift = max(int(mantissa).bit_length() - 30, 0)
    return flint.arb((int(mantissa) >> shift) + (1 if shift else 0)) * flint.arb(2) ** (
        int(exponent) + shift
    )
