"""Replays a certificate with python-flint alone: `python maps.py FILE`.

It imports nothing of genloop, and nothing that makes certificates computes with it: the
instructions in the document are evaluated in Arb's balls with nested dual numbers of its own,
Krawczyk's test and the bounds of the spectral radius are made again, and the claim must be, word
for word, what they prove.
"""

import hashlib
import json
import re
import sys
from fractions import Fraction
from itertools import pairwise

try:
    import flint
except ImportError:
    flint = None

SCHEMA, FIXED = "genloop/certificate/1", ("const", "ipow", "polygamma")
TITLES = {
    "fixed_point": "fixed point F(x) = x",
    "root": "root f(p) = 0",
    "sign_change": "change of sign of f(p)",
    "fold": "fold F(x, p) = x, DF v = v",
    "flip": "flip F(x, p) = x, DF v = -v",
    "branch_point": "branch point F(x, p) = x, DF v = v on the branch of symmetric states",
}
NUMBER = re.compile(
    r"[+-]?[0-9]+(/[1-9][0-9]*)?|[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,5})?"
)
BITS, LARGEST = (53, 100_000), 10**6
# What is not tried: more multiplications of doubles than some ten seconds', or more memory.
MOST_WORK, MOST_BYTES, MOST_DIGITS, DEEPEST = 1e9, 2**30, 4_300, 50
WEIGHTS = {"add": 1, "sub": 1, "mul": 1, "neg": 1, "abs": 1, "max": 1, "min": 1, "div": 3,
           "sqrt": 3, "const": 1, "lgamma": 500, "polygamma": 1000, "erfinv": 200}  # fmt: skip


class Rejected(Exception):
    """The document proves nothing, and why."""


class TooCostly(Rejected):
    """The document is not tried, because of what it would take.

    ```python
    issubclass(gl.checker.TooCostly, Exception)  # True
    ```
    """


class Jet:
    """A value and its derivatives by key; jets of a higher level have jets as values."""

    def __init__(self, level, value, parts):
        self.level, self.value, self.parts = level, value, parts


def ball(number):
    """A ball around an exact number."""
    value = Fraction(number)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def whole_power(a, n):
    """A whole power by products, which is right for balls that hold zero too."""
    power = flint.arb(1)
    for _ in range(abs(n)):
        power = power * a
    return power if n >= 0 else 1 / power


def polygamma(a, n):
    """The n-th derivative of the digamma function."""
    return a.digamma() if n == 0 else (-1) ** (n + 1) * flint.arb(n + 1).gamma() * (
        flint.arb(n + 1).zeta(a))  # fmt: skip


# fmt: off
BALLS = {
    "const": ball, "pi": lambda: flint.arb.pi(), "ipow": whole_power, "polygamma": polygamma,
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "neg": lambda a: -a, "power": lambda a, b: a**b, "abs": abs,
    "max": lambda a, b: a.max(b), "min": lambda a, b: a.min(b),
} | {
    name: lambda a, name=name: getattr(a, name)()
    for name in ("sqrt", "exp", "log", "log1p", "expm1", "sin", "cos", "atan", "tanh", "erf",
                 "erfinv", "lgamma")
}
# Derivatives in argument k of instructions with arguments a and value y; f applies instructions.
SLOPES = {
    "add": lambda f, k, a, y: flint.arb(1), "sub": lambda f, k, a, y: flint.arb(1 - 2 * k),
    "mul": lambda f, k, a, y: a[1 - k], "neg": lambda f, k, a, y: flint.arb(-1),
    "div": lambda f, k, a, y: f("neg", f("div", y, a[1])) if k else f("div", flint.arb(1), a[1]),
    "power": lambda f, k, a, y: f("mul", y, f("log", a[0])) if k else
                                f("div", f("mul", a[1], y), a[0]),
    "ipow": lambda f, k, a, y: f("mul", flint.arb(a[1]), f("ipow", a[0], a[1] - 1)),
    "polygamma": lambda f, k, a, y: f("polygamma", a[0], a[1] + 1),
    "lgamma": lambda f, k, a, y: f("polygamma", a[0], 0),
    "sqrt": lambda f, k, a, y: f("div", flint.arb(0.5), y), "exp": lambda f, k, a, y: y,
    "log": lambda f, k, a, y: f("div", flint.arb(1), a[0]),
    "log1p": lambda f, k, a, y: f("div", flint.arb(1), f("add", a[0], flint.arb(1))),
    "expm1": lambda f, k, a, y: f("add", y, flint.arb(1)), "sin": lambda f, k, a, y: f("cos", a[0]),
    "cos": lambda f, k, a, y: f("neg", f("sin", a[0])),
    "atan": lambda f, k, a, y: f("div", flint.arb(1), f("add", flint.arb(1), f("mul", a[0], a[0]))),
    "tanh": lambda f, k, a, y: f("sub", flint.arb(1), f("mul", y, y)),
    "erf": lambda f, k, a, y: f("div", flint.arb(1), gauss(f, a[0])),
    "erfinv": lambda f, k, a, y: gauss(f, y),
    "abs": lambda f, k, a, y: 2 * side(a[0], flint.arb(0)) - 1,
    "max": lambda f, k, a, y: side(a[k], a[1 - k]), "min": lambda f, k, a, y: side(a[1 - k], a[k]),
}
# fmt: on


def gauss(f, a):
    """The reciprocal of the slope of the error function, sqrt(pi)/2 exp(a^2)."""
    return f("mul", f("exp", f("mul", a, a)), flint.arb.pi().sqrt() / 2)


def side(a, b):
    """One where a > b, zero where a < b, all between where it is open: then there may be a kink."""
    deep = isinstance(a, Jet) or isinstance(b, Jet)
    a, b = bottom(a), bottom(b)
    if deep and not (a > b or b > a):
        raise Rejected("a maximum of two equal numbers has no second derivative")
    return flint.arb(int(a > b)) if a > b or b > a else flint.arb(0.5, 0.5)


def bottom(x):
    """The ball under all derivatives."""
    return bottom(x.value) if isinstance(x, Jet) else x


def apply(name, *a):
    """An instruction on balls or jets."""
    if name in ("sum", "dot"):
        half = len(a) // 2
        terms = (
            a if name == "sum" else [apply("mul", *t) for t in zip(a[:half], a[half:], strict=True)]
        )
        total = terms[0]
        for term in terms[1:]:
            total = apply("add", total, term)
        return total
    level = max((x.level for x in a if isinstance(x, Jet)), default=0)
    if level == 0:
        return BALLS[name](*a)
    here = [isinstance(x, Jet) and x.level == level for x in a]
    low = [x.value if h else x for x, h in zip(a, here, strict=True)]
    result, parts, balls = apply(name, *low), {}, level == 1
    for k, x in enumerate(a):
        if here[k] and x.parts:
            slope = SLOPES[name](apply, k, low, result)
            for key, part in x.parts.items():
                term = slope * part if balls else apply("mul", slope, part)
                if key in parts:
                    term = parts[key] + term if balls else apply("add", parts[key], term)
                parts[key] = term
    return Jet(level, result, parts)


def run(program, inputs):
    """The results of a program; every guard must hold and every result be finite."""
    if len(inputs) != program["inputs"]:
        raise Rejected("the program has another number of inputs")
    registers = list(inputs)
    for name, *rest in program["instructions"]:
        reads, fixed = (rest[:-1], rest[-1:]) if name in FIXED else (rest, [])
        registers.append(apply(name, *(registers[r] for r in reads), *fixed))
        if not bottom(registers[-1]).is_finite():
            raise Rejected(f"{name} is not defined in the whole box")
    for sign, register in program["guards"]:
        value = bottom(registers[register])
        if not (value > 0 if sign == ">" else sign == ">=" and value >= 0):
            raise Rejected("a comparison that the program relies on does not hold in the box")
    return [registers[r] for r in program["outputs"]]


def equations(document, z, known):
    """The equations of the document at unknowns z: jets of level one, or balls."""
    kind, program, n = document["kind"], document["program"], document["size"]
    if kind in ("root", "sign_change"):
        return run(program, [*z, *known])
    if kind == "fixed_point":
        return [apply("sub", y, x) for y, x in zip(run(program, [*z, *known]), z, strict=True)]
    if kind in ("fold", "flip"):
        x, v, one = z[:n], z[n : 2 * n], flint.arb(1 if kind == "flip" else -1)
        images = along(program, x, dict(enumerate(v)), [z[-1], *known])
        rest = [apply("sub", y, a) for (y, _), a in zip(images, x, strict=True)]
        rest += [apply("add", t, apply("mul", one, a)) for (_, t), a in zip(images, v, strict=True)]
        length = apply("dot", *map(ball, document["border"]), *v)
        return [*rest, apply("sub", length, flint.arb(1))]
    blocks = document["blocks"]
    i, j = blocks[0][:2]
    direction = {i: flint.arb(1), j: flint.arb(-1)}
    images = along(program, state(document, z), direction, [z[-1], *known])
    rest = [apply("sub", images[block[0]][0], z[place]) for place, block in enumerate(blocks)]
    return [*rest, apply("sub", images[i][1], flint.arb(1))]


def state(document, z):
    """The state among the unknowns of a fold, flip or branch point."""
    if document["blocks"] is None:
        return z[: document["size"]]
    values = {m: z[place] for place, block in enumerate(document["blocks"]) for m in block}
    return [values[member] for member in range(document["size"])]


def along(program, x, direction, known):
    """Values and derivatives of a program in a direction."""
    jets = [Jet(2, a, {0: direction[i]} if i in direction else {}) for i, a in enumerate(x)]
    deep = lambda y: isinstance(y, Jet) and y.level == 2
    results = run(program, [*jets, *known])
    return [
        (y.value, y.parts.get(0, flint.arb(0))) if deep(y) else (y, flint.arb(0)) for y in results
    ]


def kinked(program, inputs, unknowns):
    """Whether a maximum, minimum or absolute value behind the results is not decided.

    Only those that change with the first inputs, `unknowns` of them, count.
    """
    registers, moving, needed = list(inputs), set(range(unknowns)), set(program["outputs"])
    reads = [rest[:-1] if name in FIXED else rest for name, *rest in program["instructions"]]
    for (name, *rest), read in zip(program["instructions"], reads, strict=True):
        if moving.intersection(read):
            moving.add(len(registers))
        registers.append(apply(name, *(registers[r] for r in read), *rest[len(read) :]))
    for place in reversed(range(len(inputs), len(registers))):
        name, read = program["instructions"][place - len(inputs)][0], reads[place - len(inputs)]
        if place in needed:
            needed.update(read)
        if place in needed & moving and name in ("max", "min", "abs"):
            a, b = [*(registers[r] for r in read), flint.arb(0)][:2]
            if not (a > b or b > a):
                return True
    return False


def symmetric(program, parameters, blocks):
    """Whether exchanging neighbours in a block exchanges the results: by structure alone.

    Parameters with one value are constants; equal ones are the same.
    """
    first, known = program["inputs"] - len(parameters), {}
    constant = lambda text: ("const", str(Fraction(text)))
    fixed = {first + k: constant(a) for k, (a, b) in enumerate(parameters) if a == b}
    name_of = lambda key: known.setdefault(key, len(known) + program["inputs"])

    def names(order):
        table = [name_of(fixed[r]) if r in fixed else r for r in order]
        for name, *rest in program["instructions"]:
            reads, still = (rest[:-1], rest[-1:]) if name in FIXED else (rest, [])
            a, half = [table[r] for r in reads], len(reads) // 2
            if name == "dot":
                a = sorted(tuple(sorted(pair)) for pair in zip(a[:half], a[half:], strict=True))
            a = sorted(a) if name in ("add", "mul", "sum", "max", "min") else a
            table.append(name_of(constant(*still) if name == "const" else (name, *a, *still)))
        return table

    plain, results = names(range(program["inputs"])), program["outputs"]
    for i, j in (pair for block in blocks for pair in pairwise(block)):
        order = list(range(program["inputs"]))
        order[i], order[j] = j, i
        moved = names(order)
        # What holds strictly at a symmetric state holds on both sides of it.
        weak = [{t[r] for s, r in program["guards"] if s != ">"} for t in (plain, moved)]
        same = all(moved[out] == plain[results[order[k]]] for k, out in enumerate(results))
        if not same or weak[0] != weak[1]:
            return False
    return True


def krawczyk(document, radii):
    """Krawczyk's test in boxes of these radii; the last box, parameters, and derivative on it."""
    n, limits = len(document["centre"]), document["parameters"]
    free = [k for k, (a, b) in enumerate(limits) if Fraction(a) < Fraction(b)]
    column = lambda values: flint.arb_mat([[x] for x in values])
    centre = [ball(x) for x in document["centre"]]
    middle = [ball((Fraction(a) + Fraction(b)) / 2) for a, b in limits]
    known = [ball(a).union(ball(b)) for a, b in limits]
    shift = column([known[k] - middle[k] for k in free]) if free else None
    slope = flint.arb_mat([[ball(s) for s in row] for row in document["slope"]]) if free else None
    drift = (slope * shift).entries() if free else [flint.arb(0)] * n

    def system(x, p):
        jets = [Jet(1, v, {i: flint.arb(1)}) for i, v in enumerate(x)]
        p = [
            Jet(1, v, {n + free.index(k): flint.arb(1)}) if k in free else v
            for k, v in enumerate(p)
        ]
        rows = equations(document, jets, p)
        parts = [y.parts if isinstance(y, Jet) else {} for y in rows]
        table = [[p.get(j, flint.arb(0)) for j in range(n + len(free))] for p in parts]
        return rows, flint.arb_mat([row[:n] for row in table]), [row[n:] for row in table]

    values, matrix, _ = system(centre, middle)
    inverse = matrix.mid().inv().mid()
    start = inverse * column([bottom(y) for y in values])
    for radius in radii:
        spread = [ball(r) for r in radius]
        box = [
            c + d + flint.arb(0, r.upper()) for c, d, r in zip(centre, drift, spread, strict=True)
        ]
        _, matrix, further = system(box, known)
        moved = inverse * ((matrix * slope + flint.arb_mat(further)) * shift) if free else 0 * start
        for i, row in enumerate((inverse * matrix).table()):
            size = abs(start[i, 0] + moved[i, 0])
            for j in range(n):
                size += abs((i == j) - row[j]) * spread[j]
            if not size < spread[i]:
                raise Rejected(f"Krawczyk's test fails in coordinate {i}")
    return box, known, matrix


def spectral(claim, stable, power):
    """Both bounds of the spectral radius, for every matrix in the balls."""
    n, lower, upper = power.nrows(), ball(claim["lower"]), ball(claim["upper"])
    power = power + flint.arb_mat(n, n, [int(i % (n + 1) == 0) for i in range(n * n)])
    low, squarings = Fraction(claim["lower"]) <= 0, claim["squarings"]
    for count in range(squarings + 1):
        low = low or abs(power.trace()) > n * lower ** (2**count)
        power = power * power if count < squarings else power
    lines = [
        [sum(map(abs, line), flint.arb(0)) for line in m.table()]
        for m in (power, power.transpose())
    ]
    if not (low and any(all(x < upper ** (2**squarings) for x in sums) for sums in lines)):
        raise Rejected("the bounds of the spectral radius do not hold")
    if (stable is True and not Fraction(claim["upper"]) < 1) or (
        stable is False and not Fraction(claim["lower"]) > 1
    ):
        raise Rejected("the bounds of the spectral radius do not decide the stability")


def one_parameter(document):
    """A change of sign in the box, and at most one root between the first and the last cut."""
    program, cuts, ways = document["program"], document["cuts"], set()
    known = [ball(a).union(ball(b)) for a, b in document["parameters"]]
    centre, radius = Fraction(document["centre"][0]), Fraction(document["radius"][0])
    ends, joined = (centre - radius, centre + radius), lambda a, b: ball(a).union(ball(b))
    if document["kind"] == "sign_change":
        a, b, _ = (run(program, [p, *known])[0] for p in (*map(ball, ends), joined(*ends)))
        if not a * b < 0:
            raise Rejected("there is no change of sign")
    limits = [(Fraction(a), Fraction(b)) for a, b in document["parameters"]]
    widths = [(b - a) / 2 for a, b in limits if a < b]
    slopes = document["slope"][0] if document["slope"] else [0] * len(widths)
    drift = sum(abs(Fraction(s)) * w for s, w in zip(slopes, widths, strict=True))
    cuts = list(map(Fraction, cuts or ()))
    if cuts and not cuts[0] <= ends[0] - drift <= ends[1] + drift <= cuts[-1]:
        raise Rejected("the root is not between its bounds")
    for a, b in pairwise(cuts):
        (y,) = run(program, [Jet(1, joined(a, b), {0: flint.arb(1)}), *known])
        slope = y.parts.get(0, flint.arb(0)) if isinstance(y, Jet) else flint.arb(0)
        if not (bottom(y) > 0 or bottom(y) < 0):
            ways.add(1 if slope > 0 else -1 if slope < 0 else 0)
    if len(ways) > 1 or 0 in ways or cuts != sorted(cuts):
        raise Rejected("the root is not shown to be the only one between its bounds")


def shown(number, radius, digits):
    """A decimal and a power of ten that enclose a number with its radius."""
    value, radius, unit = Fraction(number), Fraction(radius), lambda d: Fraction(10) ** d
    while radius * 2 * unit(digits) > 1:
        digits -= 1
    whole, places = round(value * unit(digits)), max(digits, 0)
    text = str(abs(whole) * 10 ** (places - digits)).rjust(places + 1, "0")
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"{'-' * (whole < 0)}{text} +/- 1e{'-' * (digits >= 0)}{abs(digits)}"


def words(document):
    """The claim of a document in words."""
    kind, claim, cuts = (document[key] for key in ("kind", "spectral_radius", "cuts"))
    pairs = zip(document["centre"], document["radius"], strict=True)
    values = [shown(*pair, document["digits"]) for pair in pairs]
    states = values[: len(document["blocks"] or ()) or document["size"]]
    point = f"x = ({', '.join(states[:6])}{', ...' * (len(states) > 6)})"
    varied = any(Fraction(a) < Fraction(b) for a, b in document["parameters"])
    text = f"{'For all parameters in their intervals t' if varied else 'T'}here is exactly one "
    text = (text.replace("exactly one", "a") if kind == "sign_change" else text) + TITLES[kind]
    text += " in the box of the document"
    if kind in ("fold", "flip", "branch_point"):
        text += ", and it is regular"
    if not varied:
        text += f": {point if kind == 'fixed_point' else 'p = ' + values[-1]}"
        text += f", {point}" if kind in ("fold", "flip", "branch_point") else ""
    if cuts is not None:
        text += f"; it is the only root between {cuts[0]} and {cuts[-1]}"
    if claim is not None:
        verdict = {True: "it is stable", False: "it is unstable", None: "its stability is open"}
        text += f"; its spectral radius is in [{claim['lower']}, {claim['upper']}]: "
        text += verdict[document["stable"]]
    return text + "."


def digest(document):
    """The SHA-256 of everything in the document but the digest itself."""
    content = {key: value for key, value in document.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def need(holds, what):
    """Rejects a document that is not made as it should be."""
    if not holds:
        raise Rejected(what)


def whole(number, low, high):
    """Whether this is a whole number (and not a truth value) in a range."""
    return type(number) is int and low <= number <= high


def affordable_number(text):
    """Rejects what has more digits, written out, than any number of a proof needs."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa) + abs(int(exponent or 0))
    if digits > MOST_DIGITS:
        costly("a number", digits, MOST_DIGITS, "digits")
    return True


def costly(what, asked, most, unit):
    """Says what is asked for, and what is tried at most."""
    raise TooCostly(f"too costly: {what} of {asked:.2g} {unit}, at most {most:.2g} are tried")


def numbers(row, length=None, above=None):
    """Whether this is a list of exact numbers in text, so many and all above a bound."""
    return (
        isinstance(row, list)
        and (length is None or len(row) == length)
        and all(isinstance(text, str) and NUMBER.fullmatch(text) for text in row)
        and all(map(affordable_number, row))
        and (above is None or all(Fraction(text) > above for text in row))
    )


def well_formed(document):
    """Rejects every field that has another type, length or range than its meaning allows."""
    kind, n, limits = document["kind"], document["size"], document["parameters"]
    need(isinstance(kind, str) and kind in TITLES, "there is no such kind of claim")
    bifurcation, scalar = kind in ("fold", "flip", "branch_point"), kind in ("root", "sign_change")
    need(whole(n, 1, 1 if scalar else LARGEST), "the size is not a number of coordinates")
    need(whole(document["digits"], 0, BITS[1]), "the digits are not a number of digits")
    need(whole(document["bits"], *BITS), "the bits are not a precision")
    need(isinstance(limits, list) and all(numbers(p, 2) for p in limits), "a parameter is no pair")
    free = [Fraction(b) - Fraction(a) for a, b in limits if Fraction(a) != Fraction(b)]
    need(all(width > 0 for width in free), "a parameter has no values")
    blocks, border, cuts = (document[key] for key in ("blocks", "border", "cuts"))
    parts = isinstance(blocks, list) and all(isinstance(b, list) and b for b in blocks)
    members = [i for block in blocks for i in block] if parts else []
    parts = all(whole(i, 0, n - 1) for i in members) and sorted(members) == list(range(n))
    parts = parts and len(blocks[0]) > 1
    need(parts if kind == "branch_point" else blocks is None, "the blocks are not a partition")
    unknowns = {"fold": 2 * n + 1, "flip": 2 * n + 1, "branch_point": len(blocks or ()) + 1}
    unknowns, outer, slope = unknowns.get(kind, n), document["outer"], document["slope"]
    need(numbers(document["centre"], unknowns), "the centre is not a point of the unknowns")
    need(numbers(document["radius"], unknowns, above=0), "the radii are not positive numbers")
    need(outer is None or numbers(outer, unknowns, above=0), "the outer box is not a box")
    rows = unknowns if free and kind != "sign_change" else 0
    need(
        isinstance(slope, list)
        and len(slope) == rows
        and all(numbers(s, len(free)) for s in slope),
        "the slope does not fit the parameters",
    )
    normed = kind in ("fold", "flip")
    need(numbers(border, n) if normed else border is None, "the border is not a vector")
    pieces = scalar and numbers(cuts) and len(cuts) > 1
    need(cuts is None or pieces, "only a root or a change of sign has cuts, at least two")
    bounded(document["spectral_radius"], document["stable"], kind == "fixed_point")
    executable(document["program"], n + bifurcation + len(limits), n)


def bounded(claim, stable, allowed):
    """Rejects bounds of a spectral radius that are none, and a stability without them."""
    need(any(stable is s for s in (None, False, True)), "the stability is no verdict")
    need(claim is not None or stable is None, "a stability is claimed without a spectral radius")
    need(claim is None or allowed, "only a fixed point has a spectral radius here")
    if claim is not None:
        need(numbers([claim["lower"], claim["upper"]]), "the bounds are not exact numbers")
        need(0 <= Fraction(claim["lower"]) < Fraction(claim["upper"]), "the bounds have no order")
        need(whole(claim["squarings"], 0, 64), "the squarings are not a number of squarings")
        need(whole(claim["bits"], *BITS), "the bits are not a precision")


def executable(program, inputs, outputs):
    """Rejects a program that is not a list of known instructions on earlier registers."""
    need(whole(program["inputs"], inputs, inputs), "the program has another number of inputs")
    listed = all(isinstance(program[key], list) for key in ("instructions", "outputs", "guards"))
    need(listed and all(isinstance(i, list) for i in program["instructions"]), "there is no list")
    place = inputs
    for name, *rest in program["instructions"]:
        need(name in BALLS or name in ("sum", "dot"), "the program has an unknown instruction")
        if name == "const":
            (text,) = rest
            need(numbers([text]), "a constant is not an exact number")
        elif name in FIXED:
            need(whole(rest[1], -LARGEST if name == "ipow" else 0, LARGEST), "a power is not whole")
        reads = rest[:-1] if name in FIXED else rest
        there = all(whole(r, 0, place - 1) for r in reads)
        need(there, "the program reads a register that is not there")
        place += 1
    last = place - 1
    results, guards = program["outputs"], program["guards"]
    need(len(results) == outputs, "the numbers of unknowns and equations differ")
    need(all(whole(r, 0, last) for r in results), "a result is a register that is not there")
    need(all(s in (">", ">=") and whole(r, 0, last) for s, r in guards), "a guard is no comparison")


def affordable(document):
    """Rejects what would take too long or too much memory, by a bound that is known before.

    The unit of work is a product of two balls at 53 bits. At b bits it counts (b / 500)^1.5 times
    more, other functions by their weights; an instruction, which is carried out for every
    derivative, costs 200 more than its function, so does every term of a sum, a product inside a
    power 20 and one inside a matrix 0.1.
    """
    if document["digits"] > MOST_DIGITS:
        costly("an enclosure", document["digits"], MOST_DIGITS, "digits")
    program, n = document["program"], len(document["centre"])
    claim, bits = document["spectral_radius"], document["bits"]
    squarings = 0 if claim is None else claim["squarings"] + 1
    bits = max(bits, 0 if claim is None else claim["bits"])
    parts = 1 + n + len(document["parameters"])
    deep = 4 if document["kind"] in ("fold", "flip", "branch_point") else 1
    steps = [200 + weight(name, rest, bits) for name, *rest in program["instructions"]]
    runs = 3 + 2 * len(document["cuts"] or ())
    work = deep * runs * sum(steps) * parts + 0.1 * n**2 * parts * (6 + squarings)
    work *= 1 + (bits / 500) ** 1.5
    size = (len(steps) + program["inputs"] + n) * (80 + bits / 4)
    size = (size + sum(exponents(program)) / 4) * parts * deep
    if work > MOST_WORK:
        costly("a replay", work, MOST_WORK, "multiplications of doubles")
    if size > MOST_BYTES:
        costly("a replay", size, MOST_BYTES, "bytes")


def exponents(program):
    """The bits that the exponents of registers can have: a product has one more, a power more."""
    found = [64] * program["inputs"]
    for name, *rest in program["instructions"]:
        reads, power = (rest[:-1], rest[-1]) if name in FIXED else (rest, 1)
        more = abs(power).bit_length() if name == "ipow" else int(name in ("mul", "div", "dot"))
        found.append(max((found[r] for r in reads), default=64) + more)
    return found


def weight(name, rest, bits):
    """The cost of an instruction, in multiplications."""
    if name in ("sum", "dot"):
        return 200 * len(rest)
    if name == "ipow":
        return 20 * (abs(rest[-1]) + 1)
    order = 1 + rest[-1] if name == "polygamma" else 1
    series = 1 + bits / 1000 if name not in WEIGHTS or WEIGHTS[name] > 3 else 1
    return WEIGHTS.get(name, 20) * series * order


def check(document):
    """The claim that the document proves; raises `Rejected` where it does not."""
    if document.get("schema") != SCHEMA:
        raise Rejected(f"it is of another kind: this program replays {SCHEMA} only")
    if document["sha256"] != digest(document):
        raise Rejected("the document is not what its digest says")
    well_formed(document)
    affordable(document)
    if document["claim"] != words(document):
        raise Rejected("the claim in words is not the claim that is proved")
    n, kind, program = document["size"], document["kind"], document["program"]
    if kind == "branch_point" and not symmetric(
        program, document["parameters"], document["blocks"]
    ):
        raise Rejected("the map is not symmetric by its structure")
    with flint.ctx.workprec(document["bits"]):
        if kind in ("root", "sign_change"):
            one_parameter(document)
        if kind != "sign_change":
            outer = [] if document["outer"] is None else [document["outer"]]
            box, known, derivative = krawczyk(document, [*outer, document["radius"]])
        if kind in ("flip", "branch_point"):
            inner = range(n if kind == "flip" else len(document["blocks"]))
            continues = flint.arb_mat([[derivative[i, j] for j in inner] for i in inner]).det()
            if not (continues > 0 or continues < 0):
                raise Rejected("the fixed point is not shown to continue through the bifurcation")
        if kind in ("fold", "flip", "branch_point") and kinked(
            program, [*state(document, box), box[-1], *known], n + 1
        ):
            raise Rejected("the map may not be differentiable at the bifurcation")
        if document["spectral_radius"] is not None:
            if kinked(program, [*box, *known], n):
                raise Rejected("the map may not be differentiable at the fixed point")
            with flint.ctx.workprec(document["spectral_radius"]["bits"]):
                spectral(document["spectral_radius"], document["stable"], derivative)
    return document["claim"]


def certificates(content, depth=0):
    """All certificates in a JSON document, wherever they are.

    ```python
    gl.checker.certificates({"proofs": []})  # []
    ```
    """
    if depth > DEEPEST:
        costly("a document", depth, DEEPEST, "levels")
    if isinstance(content, dict) and str(content.get("schema")).startswith("genloop/certificate/"):
        return [content]
    inner = content.values() if isinstance(content, dict) else content
    inner = inner if isinstance(content, dict | list) else ()
    return [found for part in inner for found in certificates(part, depth + 1)]


def verdict(document):
    """Whether a certificate is accepted (None: not tried), and its claim or the reason."""
    if flint is None:
        raise ImportError("the checker needs python-flint: pip install python-flint")
    try:
        return True, check(document)
    except TooCostly as reason:
        return None, str(reason)
    except Rejected as reason:
        return False, str(reason)
    except MemoryError:
        return None, "too costly: the memory does not suffice"
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as problem:
        return False, f"malformed: {type(problem).__name__}: {problem}"


def main(arguments):
    """The exit code.

    0 all accepted, 1 one rejected, 2 no certificate in the files, 3 one too costly to be tried and
    none rejected as false, 4 no such file or no flint.
    """
    try:
        found = []
        for path in arguments:
            with open(path, encoding="utf-8") as file:
                found += certificates(json.load(file))
        verdicts = [verdict(document) for document in found]
    except (OSError, ImportError) as problem:
        print(ascii(str(problem)), file=sys.stderr)
        return 4
    except (TooCostly, RecursionError) as reason:
        deep = "too costly: a document that is nested too deeply"
        print("REJECTED", deep if isinstance(reason, RecursionError) else reason)
        return 3
    except (ValueError, LookupError):
        print("usage: python maps.py FILE ..., JSON documents", file=sys.stderr)
        return 2
    for accepted, text in verdicts:
        print("ACCEPTED" if accepted else "REJECTED", ascii(text)[1:-1])
    if not verdicts:
        print("no certificate in the files", file=sys.stderr)
        return 2
    outcomes = {accepted for accepted, _ in verdicts}
    return 1 if False in outcomes else 3 if None in outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
