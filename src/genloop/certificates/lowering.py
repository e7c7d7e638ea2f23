"""The meaning of each JAX operation on numbers and arrays, written as instructions."""

import math
from fractions import Fraction

import jax
import numpy as np

from .program import CannotCertify
from .registers import Registers, is_float


def mapped(tracer, one, *values) -> Registers:
    """A function of registers, entry by entry."""
    arrays = np.broadcast_arrays(*(tracer.floats(v).ids for v in values))
    flat = [one(*map(int, entry)) for entry in zip(*(a.reshape(-1) for a in arrays), strict=True)]
    return Registers(np.array(flat, dtype=np.int64).reshape(arrays[0].shape))


def floating(*values):
    """Whether one of the values is a register, known at run time only."""
    return any(isinstance(v, Registers) for v in values)


def _instruction(name, whole=None):
    """An instruction on floats, and a NumPy function on whole numbers."""

    def rule(tracer, parameters, out, *values):
        if not floating(*values) and whole is not None and not is_float(out.dtype):
            return np.asarray(whole(*values), dtype=out.dtype)
        return mapped(tracer, lambda *entry: tracer.call(name, *entry), *values)

    return rule


def _shifted(name, whole):
    """`add` and `sub`, in which a masked entry, minus infinity, stays what it is."""
    plain = _instruction(name, whole)

    def one(tracer, a, b):
        masked = tracer.constant(-math.inf)
        if a == masked and b != a:
            tracer.need_finite(b)
            return a
        return tracer.call(name, a, b)

    def rule(tracer, parameters, out, *values):
        if not floating(*values):
            return plain(tracer, parameters, out, *values)
        return mapped(tracer, lambda a, b: one(tracer, a, b), *values)

    return rule


def _composed(formula):
    """A formula in other instructions: `formula(call, constant, *registers)`."""

    def rule(tracer, parameters, out, *values):
        one = lambda *entry: formula(tracer.call, tracer.constant, *entry)
        return mapped(tracer, one, *values)

    return rule


def _larger(name, whole):
    """`max` and `min`, in which an infinite bound is no bound."""

    def rule(tracer, parameters, out, *values):
        if not floating(*values):
            return np.asarray(whole(*values), dtype=out.dtype)
        return mapped(tracer, lambda a, b: bounded(tracer, name, a, b), *values)

    return rule


def bounded(tracer, name, a, b):
    """`max` or `min` of two registers."""
    neutral = tracer.constant(-math.inf if name == "max" else math.inf)
    if a == b or b == neutral:
        return a
    return b if a == neutral else tracer.call(name, a, b)


def _compared(name, whole):
    """A comparison of floats, decided with a guard."""

    def decide(tracer, a, b):
        if name in ("gt", "ge"):
            return tracer.decide(">" if name == "gt" else ">=", a, b)
        if name in ("lt", "le"):
            return tracer.decide(">" if name == "lt" else ">=", b, a)
        if a == b:
            # A number is itself unless it is none.
            tracer.need_finite(a)
        equal = a == b or (
            tracer.value_of(a) is not None and tracer.value_of(a) == tracer.value_of(b)
        )
        if not equal:
            # Numbers that differ are told apart by one strict comparison.
            tracer.decide(">", a, b)
        return equal == (name == "eq")

    def rule(tracer, parameters, out, left, right):
        if not floating(left, right):
            return np.asarray(whole(left, right))
        a, b = np.broadcast_arrays(tracer.floats(left).ids, tracer.floats(right).ids)
        pairs = zip(a.reshape(-1).tolist(), b.reshape(-1).tolist(), strict=True)
        return np.array([decide(tracer, *pair) for pair in pairs], dtype=bool).reshape(a.shape)

    return rule


def convert(tracer, parameters, out, value):
    """A change of type: exact, or the whole number towards zero."""
    if not is_float(out.dtype):
        if not floating(value):
            return np.asarray(value).astype(out.dtype)
        if out.dtype == bool:
            return _compared("ne", None)(tracer, {}, out, value, np.zeros(()))
        return _whole(tracer, value, math.trunc).astype(out.dtype)
    if not floating(value):
        # A whole number becomes the floating one that the code makes of it.
        return tracer.floats(np.asarray(value).astype(out.dtype).astype(np.float64))
    if np.dtype(out.dtype).itemsize < 8 and not _exactly(tracer, value, out.dtype):
        raise CannotCertify("the map rounds to single precision; give it float64 numbers")
    return value


def _exactly(tracer, value, dtype):
    numbers = [tracer.value_of(int(r)) for r in value.ids.reshape(-1)]
    return all(v is not None and float(np.dtype(dtype).type(float(v))) == v for v in numbers)


def _whole(tracer, value, rounding):
    """Whole numbers of floats, where the rounding can be decided."""
    numbers = []
    for register in value.ids.reshape(-1).tolist():
        near = rounding(float(tracer.values[register].mid()))
        low, high = {math.floor: (0, 1), math.ceil: (-1, 0)}.get(rounding, (-1, 1))
        if rounding in (round, _away_from_zero):
            low, high = -0.5, 0.5
        elif rounding is math.trunc and near != 0:
            low, high = (0, 1) if near > 0 else (-1, 0)
        number = tracer.value_of(register)
        if number is None:
            bounds = tracer.constant(near + low), tracer.constant(near + high)
            # An open interval suffices where the rule is continuous inside it.
            if not (
                tracer.decide(">", register, bounds[0]) and tracer.decide(">", bounds[1], register)
            ):
                raise CannotCertify("the rounding of a number to a whole one cannot be decided")
        else:
            near = rounding(number)
        numbers.append(int(near))
    return np.array(numbers).reshape(value.shape)


def _rounded(rounding):
    def rule(tracer, parameters, out, value):
        if not floating(value):
            return np.asarray(value)
        method = parameters.get("rounding_method")
        away = method is not None and method.name == "AWAY_FROM_ZERO"
        return tracer.floats(_whole(tracer, value, _away_from_zero if away else rounding))

    return rule


def _away_from_zero(number):
    """The nearest whole number, halves away from zero."""
    return int(math.copysign(math.floor(abs(number) + Fraction(1, 2)), number))


def _remainder(tracer, parameters, out, value, divisor):
    """The remainder that has the sign of the value."""
    if not floating(value, divisor):
        return np.fmod(value, divisor)
    quotient = mapped(tracer, lambda a, b: tracer.call("div", a, b), value, divisor)
    whole = _whole(tracer, quotient, math.trunc)
    one = lambda a, b, n: tracer.call("sub", a, tracer.call("mul", n, b))
    return mapped(tracer, one, value, divisor, whole)


def _sign(tracer, parameters, out, value):
    if not floating(value):
        return np.sign(value)
    zero = tracer.constant(0)

    def one(register):
        if tracer.value_of(register) == 0:
            return zero
        return tracer.constant(1 if tracer.decide(">", register, zero) else -1)

    return mapped(tracer, one, value)


def _finite(tracer, parameters, out, value):
    infinite = {tracer.constant(x) for x in (math.inf, -math.inf, math.nan)}
    ids = tracer.floats(value).ids
    for register in {*ids.reshape(-1).tolist()} - infinite:
        tracer.need_finite(register)
    return np.array([r not in infinite for r in ids.reshape(-1).tolist()]).reshape(ids.shape)


def _select(tracer, parameters, out, which, *cases):
    which = np.asarray(which).astype(int)
    if not floating(*cases) and not is_float(out.dtype):
        return np.choose(which, [np.broadcast_to(c, out.shape) for c in cases])
    return Registers(np.choose(which, [tracer.floats(c).ids for c in cases]).astype(np.int64))


def _clamp(tracer, parameters, out, low, value, high):
    if not floating(low, value, high):
        return np.clip(value, low, high)
    return mapped(
        tracer,
        lambda a, x, b: bounded(tracer, "min", bounded(tracer, "max", x, a), b),
        *(low, value, high),
    )


def _integer_power(tracer, parameters, out, value):
    if not floating(value):
        return np.asarray(value) ** parameters["y"]
    return mapped(tracer, lambda a: tracer.call("ipow", a, int(parameters["y"])), value)


def _power(tracer, parameters, out, base, exponent):
    if floating(exponent):
        return mapped(tracer, lambda a, b: tracer.call("power", a, b), base, exponent)
    if not floating(base):
        return np.asarray(base) ** np.asarray(exponent)
    ids, powers = np.broadcast_arrays(base.ids, np.asarray(exponent))
    flat = [
        tracer.call("ipow", int(a), int(n))
        for a, n in zip(ids.reshape(-1), powers.reshape(-1), strict=True)
    ]
    return Registers(np.array(flat, dtype=np.int64).reshape(ids.shape))


def _half(call, constant, a):
    return call("div", a, constant(2))


def _inverse_sine(call, constant, a):
    root = call("sqrt", call("sub", constant(1), call("mul", a, a)))
    return call("atan", call("div", a, root))


def _arc_tangent(tracer, parameters, out, y, x):
    def one(y, x):
        call, zero = tracer.call, tracer.constant(0)
        if tracer.decide(">", x, zero):
            return call("atan", call("div", y, x))
        half = call("atan", call("div", x, y))
        right = call("div", call("pi"), tracer.constant(2))
        right = right if tracer.decide(">", y, zero) else call("neg", right)
        return call("sub", right, half)

    return mapped(tracer, one, y, x)


def _polygamma(tracer, parameters, out, order, value):
    def one(n, a):
        known = tracer.value_of(n)
        if known is None or known < 0 or known != math.floor(known):
            raise CannotCertify("a polygamma function whose order is no whole number")
        return tracer.call("polygamma", a, math.floor(known))

    return mapped(tracer, one, order, value)


def _hyperbolic(sign):
    def formula(call, constant, a):
        minus = call("exp", call("neg", a))
        return _half(call, constant, call("add" if sign > 0 else "sub", call("exp", a), minus))

    return formula


def _square(tracer, parameters, out, value):
    if not floating(value):
        return np.asarray(np.square(value), dtype=out.dtype)
    return mapped(tracer, lambda a: tracer.call("ipow", a, 2), value)


def _same(tracer, parameters, out, *values):
    return values[0]


def _reduced_precision(tracer, parameters, out, value):
    if parameters["mantissa_bits"] < 52 or parameters["exponent_bits"] < 11:
        raise CannotCertify("the map rounds to fewer digits than double precision has")
    return value


ELEMENTWISE = {
    "add": _shifted("add", np.add),
    "add_any": _instruction("add", np.add),
    "sub": _shifted("sub", np.subtract),
    "mul": _instruction("mul", np.multiply),
    "neg": _instruction("neg", np.negative),
    "abs": _instruction("abs", np.abs),
    "max": _larger("max", np.maximum),
    "min": _larger("min", np.minimum),
    "pow": _power,
    "integer_pow": _integer_power,
    "square": _square,
    "one_minus_square": _composed(
        lambda call, constant, a: call("sub", constant(1), call("ipow", a, 2))
    ),
    "rsqrt": _composed(lambda call, constant, a: call("div", constant(1), call("sqrt", a))),
    "cbrt": _composed(
        lambda call, constant, a: call("power", a, call("div", constant(1), constant(3)))
    ),
    "exp2": _composed(
        lambda call, constant, a: call("exp", call("mul", a, call("log", constant(2))))
    ),
    "logistic": _composed(
        lambda call, constant, a: call(
            "div", constant(1), call("add", constant(1), call("exp", call("neg", a)))
        )
    ),
    "tan": _composed(lambda call, constant, a: call("div", call("sin", a), call("cos", a))),
    "sinh": _composed(_hyperbolic(-1)),
    "cosh": _composed(_hyperbolic(1)),
    "asin": _composed(_inverse_sine),
    "acos": _composed(
        lambda call, constant, a: call(
            "sub", _half(call, constant, call("pi")), _inverse_sine(call, constant, a)
        )
    ),
    "atan2": _arc_tangent,
    "asinh": _composed(
        lambda call, constant, a: call(
            "log", call("add", a, call("sqrt", call("add", call("mul", a, a), constant(1))))
        )
    ),
    "acosh": _composed(
        lambda call, constant, a: call(
            "log", call("add", a, call("sqrt", call("sub", call("mul", a, a), constant(1))))
        )
    ),
    "atanh": _composed(
        lambda call, constant, a: _half(
            call, constant, call("sub", call("log1p", a), call("log1p", call("neg", a)))
        )
    ),
    "erfc": _composed(lambda call, constant, a: call("sub", constant(1), call("erf", a))),
    "erf_inv": _instruction("erfinv"),
    "polygamma": _polygamma,
    "digamma": _composed(lambda call, constant, a: call("polygamma", a, 0)),
    **{
        name: _instruction(name)
        for name in [
            "div",
            "sqrt",
            "exp",
            "log",
            "log1p",
            "expm1",
            "sin",
            "cos",
            "atan",
            "tanh",
            "erf",
            "lgamma",
        ]
    },
    "gt": _compared("gt", np.greater),
    "ge": _compared("ge", np.greater_equal),
    "lt": _compared("lt", np.less),
    "le": _compared("le", np.less_equal),
    "eq": _compared("eq", np.equal),
    "ne": _compared("ne", np.not_equal),
    "lt_to": _compared("lt", np.less),
    "le_to": _compared("le", np.less_equal),
    "eq_to": _compared("eq", np.equal),
    "rem": _remainder,
    "sign": _sign,
    "floor": _rounded(math.floor),
    "ceil": _rounded(math.ceil),
    "round": _rounded(round),
    "is_finite": _finite,
    "select_n": _select,
    "clamp": _clamp,
    "convert_element_type": convert,
    "stop_gradient": _same,
    "copy": _same,
    "copy_p": _same,
    "reduce_precision": _reduced_precision,
    "pvary": _same,
    "sharding_constraint": _same,
}
"""Operations that act entry by entry: `rule(tracer, parameters, out, *values)`."""

# The quotient of whole numbers is that of JAX.
_float_quotient = ELEMENTWISE["div"]


def _quotient(tracer, parameters, out, left, right):
    if floating(left, right):
        return _float_quotient(tracer, parameters, out, left, right)
    return np.asarray(jax.lax.div_p.bind(left, right))


ELEMENTWISE["div"] = _quotient
