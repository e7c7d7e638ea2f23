"""Proofs of thresholds: folds, flips, symmetric branch points, and roots of one parameter."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

from ..analysis import BifurcationKind, bifurcation_point
from ..arguments import check_function
from .balls import ball, flint, linearize, need_flint, outputs, precision, rational
from .certificate import Certificate, not_proved, signed, working_bits, written_document
from .enclosures import arguments_of, decimal, exact_text, flattened
from .krawczyk import Box, enclosed, refined
from .problems import Problem, flat_state, image_of
from .program import CannotCertify, exact
from .reading import trace
from .symmetries import exchangeable
from .systems import critical_equations, crossing_equations

_KINDS = {
    BifurcationKind.FOLD: "fold",
    BifurcationKind.FLIP: "flip",
    BifurcationKind.BRANCH_POINT: "branch_point",
}
_LIKE, _PIECES = 1e-7, 4096


def certify_bifurcation(
    kind: BifurcationKind | str,
    family: Callable,
    state: PyTree,
    parameter: float,
    *,
    parameters: Sequence | Mapping | None = None,
    digits: int = 15,
) -> Certificate:
    r"""Prove that exactly one bifurcation of a kind lies in a box, and enclose its parameter.

    `family(p)` is a map, or `family(p, *parameters)` (`**parameters`) with exact numbers as in
    `certify_fixed_point`; `state` and `parameter` need only be near. The proof is that an extended
    system has a unique zero at which its derivative is regular:

    - a `fold` or `flip` is a zero of $F(x, p) - x$, $D_x F\,v \mp v$, $\ell \cdot v - 1$; regular
      means that the null space has one dimension and the fold is quadratic, or that the multiplier
      $-1$ is passed with non-zero speed [Moore-Spence];
    - a `branch point` needs a symmetry of the map under exchanges of coordinates, which is read off
      its program: on the branch of symmetric states the multiplier of $e_i - e_j$ passes 1 with
      non-zero speed. That branches cross without a symmetry is an equality that balls cannot prove.

    To any number of `digits`. Never raises for a mathematical outcome: read `reason`. Raises
    `InputError` without python-flint and `ValueError` for an unknown kind or inexact numbers.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    gl.certificates.certify_bifurcation("flip", family, jnp.array(2 / 3), 3.0).status  # PROVED
    ```
    """
    need_flint()
    kind = BifurcationKind(kind)
    try:
        if kind not in _KINDS:
            raise CannotCertify(
                f"a {kind.title} has no proof here; folds, flips and branch points do"
            )
        problem = _read_family(family, state, parameter, parameters)
        prove = _prove_crossing if kind is BifurcationKind.BRANCH_POINT else _prove_critical
        try:
            return prove(kind, problem, parameter, digits)
        except CannotCertify:
            near, at = _polished(kind, family, state, parameter, parameters)
            return prove(kind, _read_family(family, near, at, parameters), at, digits)
    except CannotCertify as reason:
        return not_proved(reason)


def _called(family, names, p, arrays):
    return (
        family(p, *arrays) if names is None else family(p, **dict(zip(names, arrays, strict=True)))
    )


def _read_family(family, state, parameter, parameters) -> Problem:
    """The program of $F(x, p, \\dots)$ near a state."""
    names, arrays, bounds = arguments_of(parameters)
    with jax.enable_x64(True):
        point, unravel = flat_state(state)
        image = lambda x, p, *a: image_of(_called(family, names, p, a), unravel(x))
        program = trace(image, point, np.asarray(float(parameter)), *arrays)
    return Problem(program, point.size, tuple(point.tolist()), tuple(bounds))


def _polished(kind, family, state, parameter, parameters):
    """The bifurcation in floating point, by the engine."""
    names, arrays, _ = arguments_of(parameters)
    with jax.enable_x64(True):
        start = jax.tree.map(lambda x: jnp.asarray(x, dtype=float), state)
        one = lambda p: _called(family, names, p, arrays)
        found = bifurcation_point(kind, one, start, float(parameter))
    if not bool(found.converged):
        raise CannotCertify(f"no {kind.title} is found near this state and parameter")
    return found.state, float(found.parameter)


def _critical_vector(problem, parameter, multiplier):
    """The vector that the derivative nearly multiplies by `multiplier`, in floating point."""
    with precision(64):
        point = [flint.arb(x) for x in (*problem.state, float(parameter))]
        _, rows, _ = linearize(problem.program, [*point, *problem.balls()], range(problem.size))
        matrix = np.array([[float(v.mid()) for v in row] for row in rows])
    if not np.isfinite(matrix).all():
        raise CannotCertify("the derivative is not finite at this state")
    return np.linalg.svd(matrix - multiplier * np.eye(problem.size))[2][-1]


def _prove_critical(kind, problem, parameter, digits) -> Certificate:
    multiplier = 1 if kind is BifurcationKind.FOLD else -1
    vector = _critical_vector(problem, parameter, multiplier)
    border = [decimal(Fraction(float(v)), 3) for v in vector]
    vector = vector / (vector @ np.array([float(b) for b in border]))
    start = [*problem.state, *vector.tolist(), float(parameter)]
    point = [*start, *(float(ball(a).mid()) for a, _ in problem.parameters)]
    bits = working_bits(digits)
    with precision(bits):
        equations = critical_equations(problem.program, problem.size, multiplier, border, point)
    return _proved(_KINDS[kind], problem, equations, start, digits, {"border": border})


def _prove_crossing(kind, problem, parameter, digits) -> Certificate:
    blocks = _symmetric_blocks(problem, _critical_vector(problem, parameter, 1))
    start = [*(problem.state[block[0]] for block in blocks), float(parameter)]
    point = [*start, *(float(ball(a).mid()) for a, _ in problem.parameters)]
    with precision(working_bits(digits)):
        equations = crossing_equations(problem.program, blocks, point)
    return _proved(_KINDS[kind], problem, equations, start, digits, {"blocks": blocks})


def _symmetric_blocks(problem, vector):
    """Coordinates that are alike in the state and in the map, those of the null space first."""
    blocks: list[list[int]] = []
    for place in np.argsort(problem.state, kind="stable").tolist():
        last = problem.state[blocks[-1][-1]] if blocks else np.inf
        alike = blocks and abs(problem.state[place] - last) <= _LIKE * max(abs(last), 1e-3)
        blocks.append([*blocks.pop(), place]) if alike else blocks.append([place])
    alike = lambda pair: exchangeable(problem.program, problem.parameters, *pair)
    found = []
    for block in map(sorted, blocks):
        found += [block] if all(map(alike, pairwise(block))) else [[place] for place in block]
    critical = max(found, key=lambda block: np.ptp(vector[block]))
    if len(critical) < 2:
        raise CannotCertify(
            "a branch point without a symmetry of the map: that branches truly cross is an "
            "equality that balls cannot prove"
        )
    return [critical, *(block for block in found if block is not critical)]


def _proved(kind, problem, equations, start, digits, fields) -> Certificate:
    bits = working_bits(digits)
    with precision(bits):
        parameters = problem.balls()
        centre = refined(equations, start, parameters, bits=bits)
        box = enclosed(equations, centre, parameters, bits=bits)
    document = written_document(kind, problem, box, bits=bits, digits=digits)
    return signed(document | fields)


def certify_root(
    function: Callable,
    lower: Any,
    upper: Any,
    *,
    level: Any = 0,
    parameters: Sequence | Mapping | None = None,
    digits: int = 15,
) -> Certificate:
    r"""Prove that $f(p) = c$ has a root in $[l, u]$ and enclose it, to any number of digits.

    `function(p)`, or `function(p, *parameters)`, is one number; `lower`, `upper` and `level` are
    exact numbers. Krawczyk's test proves a regular root that is alone in its box; that it is alone
    in all of $[l, u]$ is a further claim, made where pieces of the interval show that there the
    function is not zero or goes one way. Where the root is not regular a change of sign still
    proves that there is one, not how many. Errors as in `certify_bifurcation`; raises
    `ValueError` unless the interval goes up.

    ```python
    gl.certificates.certify_root(lambda p: p * p, "1", "2", level="2").status  # PROVED
    ```
    """
    need_flint()
    check_function("a function of one number", function, "lambda p: ...")
    if not exact(lower) < exact(upper):
        raise ValueError(f"the interval must go up, got {lower} to {upper}.")
    try:
        problem = _read_function(function, lower, upper, level, parameters)
        start = _bisected(problem, exact(lower), exact(upper))
        try:
            return _prove_root(problem, start, exact(lower), exact(upper), digits)
        except CannotCertify:
            start = _bisected(problem, exact(lower), exact(upper), working_bits(digits))
            return _prove_sign_change(problem, start, digits)
    except CannotCertify as reason:
        return not_proved(reason)


def _read_function(function, lower, upper, level, parameters) -> Problem:
    names, arrays, bounds = arguments_of(parameters)
    middle = float((exact(lower) + exact(upper)) / 2)
    excess = lambda p, c, *a: jnp.reshape(_number(_called(function, names, p, a)), (1,)) - c
    program = trace(excess, np.asarray(middle), np.asarray(float(exact(level))), *arrays)
    bounds = [*flattened(level)[1], *bounds]
    return Problem(program, 1, (middle,), tuple(bounds))


def _number(value):
    if jnp.size(value) != 1:
        raise ValueError(f"a function of one number is needed, got {jnp.size(value)} results.")
    return value


def _bisected(problem, lower, upper, bits=80) -> Fraction:
    """A point near a change of sign, without proof."""
    with precision(bits + 64):
        known = [p.mid() for p in problem.balls()]
        value = lambda p: outputs(problem.program, [ball(p), *known])[0].mid()
        first = value(lower)
        if not first * value(upper) <= 0:
            raise CannotCertify("the function has the same sign at both ends of the interval")
        for _ in range(bits):
            middle = (lower + upper) / 2
            if value(middle) * first > 0:
                lower = middle
            else:
                upper = middle
    return (lower + upper) / 2


def _prove_root(problem, start, lower, upper, digits) -> Certificate:
    bits = working_bits(digits)
    with precision(bits):
        parameters = problem.balls()
        centre = refined(problem.program, [ball(start).mid()], parameters, bits=bits)
        box = enclosed(problem.program, centre, parameters, bits=bits)
        where = rational(box.centre[0])
        if not lower < where < upper:
            raise CannotCertify("the root that is found lies outside the interval")
        cuts = _cuts(problem, parameters, lower, upper)
    document = written_document("root", problem, box, bits=bits, digits=digits)
    return signed(document | {"cuts": cuts})


def _cuts(problem, parameters, lower, upper) -> list[str] | None:
    """Ends of pieces without a root or with one direction; `None` if they are not found."""
    waiting, done, ways = [(lower, upper)], [], set()
    while waiting:
        if len(waiting) + len(done) > _PIECES:
            return None
        a, b = waiting.pop()
        way = _way(problem, parameters, ball(a).union(ball(b)))
        if way is None:
            waiting += [((a + b) / 2, b), (a, (a + b) / 2)]
        else:
            done.append(exact_text(a))
            ways.add(way)
    return None if {1, -1} <= ways else [*done, exact_text(upper)]


def _way(problem, parameters, piece):
    """0 without a root, 1 up, -1 down, `None` if it cannot be told."""
    try:
        (value,), ((slope,),), smooth = linearize(problem.program, [piece, *parameters], [0])
    except CannotCertify:
        return None
    if value > 0 or value < 0:
        return 0
    return None if not smooth else 1 if slope > 0 else -1 if slope < 0 else None


def _prove_sign_change(problem, start, digits) -> Certificate:
    """At least one root near `start`, by a change of sign."""
    bits = working_bits(digits)
    with precision(bits):
        parameters = problem.balls()
        for exponent in range(digits + 2, 5, -1):
            radius = Fraction(1, 10**exponent)
            ends = [ball(start + sign * radius) for sign in (-1, 1)]
            a, b = (outputs(problem.program, [end, *parameters])[0] for end in ends)
            if a * b < 0:
                break
        else:
            raise CannotCertify("no regular root and no provable change of sign")
        box = Box([ball(start).mid()], [ball(radius).upper()], [[]], True, [[]])
        document = written_document("sign_change", problem, box, bits=bits, digits=digits)
    return signed(document)
