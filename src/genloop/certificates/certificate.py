r"""Proofs about a map: that a fixed point exists, is the only one nearby, and is stable or not."""

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree

from . import checker
from .balls import ball, flint, need_flint, precision, rational
from .enclosures import Enclosure, arguments_of, decimal, decimal_down, decimal_up, flattened
from .krawczyk import Box, enclosed, refined
from .program import CannotCertify, Program
from .reading import trace
from .spectrum import spectral_bounds
from .systems import fixed_point_equations

_MORE_BITS, _MOST_DIGITS = (1, 2, 4), 4_000
_OUTER = (2.0**-3, 2.0**-6, 2.0**-10, 2.0**-14, 2.0**-20)


@dataclasses.dataclass(frozen=True)
class Certificate:
    """A claim that is proved, or the reason why it is not.

    Where a fixed point is proved to exist but its stability is not, the certificate is
    `NOT PROVED`; its `claim` and `document` are then the weaker ones that are.

    `state` are the enclosures of the numbers of the state (of a bifurcation too), `parameter` that
    of a threshold, `spectral_radius` that of the largest modulus of a multiplier, `stable` what it
    decides. `document` is the JSON document that `genloop certify-check` replays; it is `None`
    where nothing is proved.
    """

    claim: str | None
    reason: str | None = None
    state: tuple[Enclosure, ...] | None = None
    parameter: Enclosure | None = None
    spectral_radius: Enclosure | None = None
    stable: bool | None = None
    document: Mapping[str, Any] | None = dataclasses.field(default=None, repr=False)

    @property
    def proved(self) -> bool:
        """Whether there is a proof."""
        return self.reason is None

    @property
    def status(self) -> str:
        """`PROVED` or `NOT PROVED`."""
        return "PROVED" if self.proved else "NOT PROVED"

    def save(self, path: str | Path) -> None:
        """Write the document; raises `ValueError` where nothing is proved."""
        if self.document is None:
            raise ValueError(f"there is nothing to save, the claim is not proved: {self.reason}.")
        Path(path).write_text(json.dumps(self.document, indent=1) + "\n", encoding="utf-8")

    def __str__(self) -> str:
        weaker = "" if self.claim is None or self.proved else f" Proved is: {self.claim}"
        return f"{self.status}: {self.claim if self.proved else self.reason}{weaker}"

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Certificate":
        """What a document proves, by the independent checker alone."""
        try:
            claim = checker.check(document)
        except checker.Rejected as reason:
            return cls(None, f"the checker rejects the proof: {reason}")
        centre = zip(document["centre"], document["radius"], strict=True)
        numbers = tuple(Enclosure(*pair) for pair in centre)
        thresholds = document["kind"] != "fixed_point"
        bounds = document["spectral_radius"]
        return cls(
            claim,
            state=None
            if document["kind"] in ("root", "sign_change")
            else numbers[: _states(document)],
            parameter=numbers[-1] if thresholds else None,
            spectral_radius=None if bounds is None else _between(bounds["lower"], bounds["upper"]),
            stable=document["stable"],
            document=document,
        )


def collected(certificates: Mapping[str, Certificate]) -> str:
    """All that is proved, by name, as one JSON text that `genloop certify-check` replays."""
    found = certificates.items()
    documents = {name: one.document for name, one in found if one.document is not None}
    content = {"schema": "genloop/certificates/1", "certificates": documents}
    return json.dumps(content, indent=1) + "\n"


def _states(document):
    return len(document["blocks"] or ()) or document["size"]


def _between(lower, upper):
    lower, upper = Fraction(lower), Fraction(upper)
    centre = Fraction(decimal((lower + upper) / 2, 17))
    radius = max(upper - centre, centre - lower)
    return Enclosure(decimal(centre, 17), decimal_up(radius))


def certify_fixed_point(
    map: Callable,
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
    With `parameters`, `map` is a family: `map(*parameters)` (or `**parameters`) is the map at exact
    numbers, which are text (`"0.8"`, `"4/5"`), fractions, doubles, `Interval`s (the claim then
    holds for all numbers in it) or lists of these. Without `stability` only existence and
    uniqueness are asked for. Every coordinate is enclosed to `digits` significant digits.

    `state` is where Newton's method starts: the claim is about the fixed point that it states,
    which is not one further away than `within` $(1 + \max_i |x_i|)$ where that is given.

    Probabilities need no special treatment: a map that keeps their sum has the multiplier 0 across
    the simplex. Never raises for a mathematical outcome: a `Certificate` that is `NOT PROVED` has
    the reason, for example `cannot certify: primitive eigh`. Raises `InputError` without
    python-flint and `ValueError` for numbers that are not exact.
    """
    need_flint()
    try:
        problem = read_map(map, state, parameters, decimals=decimals)
        found = prove_fixed_point(problem, digits=digits, spectrum=stability)
        check_near(found.state, problem.state, within, "fixed point")
        return found
    except CannotCertify as reason:
        return not_proved(reason)


def check_near(found: Sequence | None, given: Sequence[float], within: float | None, what: str):
    """Raises `CannotCertify` where what is proved lies further from what was given."""
    if within is None or found is None:
        return
    distance = max(abs(float(x) - y) for x, y in zip(found, given, strict=True))
    if distance > within * (1 + max(map(abs, given))):
        raise CannotCertify(
            f"there is no {what} within {within:g} of the given one; the nearest that was found is "
            f"{distance:.2g} away"
        )


def not_proved(reason: Any) -> Certificate:
    """A certificate of nothing."""
    return Certificate(None, f"cannot certify: {reason}")


@dataclasses.dataclass(frozen=True)
class Problem:
    """A program of a map, its exact parameters and a state that is nearly fixed."""

    program: Program
    size: int
    state: tuple[float, ...]
    parameters: tuple[tuple[str, str], ...]

    def balls(self) -> list:
        """The parameters at the current precision."""
        return [ball(a) if a == b else ball(a).union(ball(b)) for a, b in self.parameters]


def read_map(map, state, parameters=None, *, decimals=False) -> Problem:
    """The program of a map near a state, with the parameters as further inputs."""
    with jax.enable_x64(True):
        point, unravel = flat_state(state)
        family, arrays, bounds = _family(map, parameters, decimals)
        program = trace(lambda x, *p: image_of(family(*p), unravel(x)), point, *arrays)
    return Problem(program, point.size, tuple(point.tolist()), tuple(bounds))


def flat_state(state: PyTree) -> tuple[np.ndarray, Callable]:
    """The numbers of a state in a row, and the way back; raises `ValueError` without any."""
    flat, unravel = ravel_pytree(jax.tree.map(lambda x: np.asarray(x, np.float64), state))
    point = np.asarray(flat, dtype=np.float64)
    if point.size == 0 or not np.isfinite(point).all():
        raise ValueError("a state has at least one number, and finite ones only.")
    return point, unravel


def image_of(map: Callable, state: PyTree):
    """The numbers of the image; raises `CannotCertify` unless it has the form of the state."""
    image = map(state)
    if _form(image) != _form(state):
        raise CannotCertify("the map changes the form of the state, so it has no fixed points")
    return ravel_pytree(image)[0]


def _form(state):
    leaves = jax.tree_util.tree_leaves_with_path(state)
    return [(jax.tree_util.keystr(path), np.shape(leaf)) for path, leaf in leaves]


def _family(map, parameters, decimals):
    """A function of arrays that returns the map, those arrays and their exact entries."""
    if parameters is not None:
        names, arrays, bounds = arguments_of(parameters)
        build = map if names is None else lambda *a: map(**dict(zip(names, a, strict=True)))
        return build, arrays, bounds
    inside = lambda leaf: (
        eqx.is_inexact_array(leaf)
        or (isinstance(leaf, np.ndarray) and np.issubdtype(leaf.dtype, np.floating))
    )
    moving, fixed = eqx.partition(map, inside)
    leaves, structure = jax.tree.flatten(moving)
    arrays = [np.asarray(leaf, dtype=np.float64) for leaf in leaves]
    build = lambda *a: eqx.combine(jax.tree.unflatten(structure, a), fixed)
    written = repr if decimals else (lambda number: number)
    numbers = [written(number) for array in arrays for number in array.reshape(-1).tolist()]
    return build, arrays, flattened(numbers)[1] if numbers else []


def prove_fixed_point(problem: Problem, *, digits: int = 15, spectrum: bool = True) -> Certificate:
    """The proof of `certify_fixed_point` for a program; raises `CannotCertify`."""
    equations = fixed_point_equations(problem.program, problem.size)
    first = working_bits(digits)
    for factor in _MORE_BITS:
        if factor > 1 and first * factor > working_bits(_MOST_DIGITS):
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
    """Why a stability is not decided."""
    if certificate.spectral_radius is None:
        return "cannot certify the stability: the map may have a kink at the fixed point"
    bounds = certificate.document["spectral_radius"]
    return (
        "cannot certify the stability: the spectral radius is only known to lie between "
        f"{bounds['lower']} and {bounds['upper']}"
    )


def check_digits(digits: int) -> None:
    """Raises `ValueError` unless so many digits can be asked for."""
    if isinstance(digits, bool) or not isinstance(digits, int | np.integer):
        raise ValueError(f"digits must be a whole number, got {digits!r}.")
    if not 1 <= digits <= _MOST_DIGITS:
        raise ValueError(f"digits must be between 1 and {_MOST_DIGITS:,}, got {digits}.")


def working_bits(digits: int) -> int:
    """The precision for so many digits, with room for what evaluation loses."""
    check_digits(digits)
    return max(256, int(3.33 * digits) + 96)


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


def written_document(kind: str, problem: Problem, box: Box, *, bits: int, digits: int) -> dict:
    """The document of a proof, without what is special to a kind."""
    places = int(bits * 0.302) + 4
    centre = [decimal(rational(c), places) for c in box.centre]
    radius = []
    for text, c, r in zip(centre, box.centre, box.radius, strict=True):
        moved = abs(Fraction(text) - rational(c))
        radius.append(decimal_up(rational(r) * Fraction(5, 4) + 2 * moved))
    return {
        "schema": checker.SCHEMA,
        "claim": None,
        "kind": kind,
        "size": problem.size,
        "digits": digits,
        "bits": bits + 64,
        "centre": centre,
        "radius": radius,
        "slope": [[decimal(rational(s), 20) for s in row] for row in box.slope if row],
        "outer": None,
        "spectral_radius": None,
        "stable": None,
        "border": None,
        "blocks": None,
        "cuts": None,
        "parameters": [list(bounds) for bounds in problem.parameters],
        "program": problem.program.json(),
        "provenance": provenance(),
    }


def signed(document: dict) -> Certificate:
    """The document with its claim and digest, as far as the independent checker accepts it."""
    document["claim"] = checker.words(document)
    document["sha256"] = checker.digest(document)
    return Certificate.of_document(document)


def provenance() -> dict:
    """What made a certificate."""
    from importlib import metadata

    versions = {"flint": flint.__FLINT_VERSION__}
    for package in ("genloop", "jax", "python-flint"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    return {"versions": versions}
