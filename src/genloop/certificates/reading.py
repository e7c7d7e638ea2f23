"""From a JAX function to a program: its jaxpr, read as a statement about real numbers.

Loops are unrolled and branches taken as they go at the given point; every comparison of numbers
that decides such a thing becomes a guard of the program. Floating numbers written in the function
are the exact doubles they are; rounding inside the function is not part of what is read.
"""

import warnings
from collections.abc import Callable, Sequence

import jax
import numpy as np
from jax.extend.core import Literal
from jax.flatten_util import ravel_pytree

from .arrays import ARRAYS
from .balls import BALLS, constant, flint, need_flint, precision
from .lowering import ELEMENTWISE
from .matrices import MATRICES
from .program import WITH_NUMBER, Builder, CannotCertify, Program
from .registers import Registers, is_float
from .scales import without_scales

_BITS = 160
_SLACK = 1e-13
_LONGEST = 2_000_000
_EVERYWHERE = {"add", "sub", "mul", "neg", "sum", "dot", "max", "min", "abs"} | {
    *("exp", "expm1", "sin", "cos", "atan", "tanh", "erf")
}
_UNROUNDED = {
    *("neg", "abs", "max", "min", "sign", "floor", "ceil", "round", "is_finite", "clamp"),
    *("gt", "ge", "lt", "le", "eq", "ne", "lt_to", "le_to", "eq_to", "select_n"),
    *("convert_element_type", "reduce_precision", "stop_gradient", "copy", "copy_p", "pvary"),
    *("sharding_constraint", "broadcast_in_dim", "reshape", "transpose", "squeeze", "expand_dims"),
    *("rev", "stack", "unstack", "tile", "concatenate", "slice", "pad", "split", "dynamic_slice"),
    *("dynamic_update_slice", "gather", "scatter", "reduce_max", "reduce_min", "argmax", "argmin"),
    *("cummax", "cummin", "sort", "top_k", "optimization_barrier"),
}
"""Operations that are exact in every precision, or that look at what they lose themselves."""
_CALLS = [
    "jit",
    "pjit",
    "closed_call",
    "core_call",
    "remat",
    "remat2",
    "checkpoint",
    "custom_jvp_call",
    "custom_vjp_call",
    "custom_vjp_call_jaxpr",
]


def trace(function: Callable, *examples) -> Program:
    """The program of `function` near the example arguments, arrays or pytrees of floats.

    Its inputs are the numbers of all arguments in a row, its outputs those of the result. Raises
    `CannotCertify` for an operation without a rule, and where a comparison cannot be decided.

    ```python
    gl.certificates.trace(lambda x: x * x, jnp.array(0.5)).inputs  # 1
    ```
    """
    need_flint()
    with jax.enable_x64(True):
        doubles = jax.tree.map(lambda x: np.asarray(x, dtype=np.float64), examples)
        flat = lambda *arguments: ravel_pytree(function(*arguments))[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            closed = jax.make_jaxpr(flat)(*doubles)
        leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(doubles)]
        with precision(_BITS):
            tracer = Tracer([float(v) for leaf in leaves for v in leaf.reshape(-1)])
            (result,) = tracer.run(closed.jaxpr, closed.consts, tracer.arguments(leaves))
            result = tracer.floats(result)
            program = tracer.program(result.ids.reshape(-1).tolist())
            return without_scales(program, tracer.values[: program.inputs])


class Tracer(Builder):
    """A builder that knows the value of every register near the point, to decide comparisons."""

    def __init__(self, point: Sequence[float]):
        super().__init__(len(point))
        self.values = [flint.arb(x, abs(x) * _SLACK) for x in point]
        self._finite: set[int] = set()

    def _write(self, instruction):
        register = super()._write(instruction)
        if register == len(self.values):
            if register > _LONGEST:
                raise CannotCertify(f"the map has more than {_LONGEST:,} operations on numbers")
            self.values.append(self._value(instruction))
        return register

    def _value(self, instruction):
        name, *arguments = instruction
        if name == "const":
            return constant(arguments[0])
        if name in WITH_NUMBER:
            return BALLS[name](self.values[arguments[0]], arguments[1])
        return BALLS[name](*(self.values[register] for register in arguments))

    def decide(self, sign: str, left: int, right: int) -> bool:
        """Whether `left > right` or `left >= right`, with the guard that it stays so."""
        if left == right:
            self.need_finite(left)
            return sign == ">="
        exact = self.value_of(left), self.value_of(right)
        if None not in exact:
            return exact[0] > exact[1] if sign == ">" else exact[0] >= exact[1]
        a, b = self.values[left], self.values[right]
        other = ">=" if sign == ">" else ">"
        if a > b or (sign == ">=" and a >= b):
            self._compared(sign, left, right)
            return True
        if b > a or (sign == ">" and b >= a):
            self._compared(other, right, left)
            return False
        raise CannotCertify(
            f"a comparison in the map cannot be decided at this state: {a.str(15)} and "
            f"{b.str(15)} are too close"
        )

    def need_finite(self, register: int) -> None:
        """That a register is a number, whether or not the results depend on it."""
        waiting = [register]
        while waiting:
            register = waiting.pop()
            if register < self.inputs or register in self._finite:
                continue
            self._finite.add(register)
            if not self.values[register].is_finite():
                raise CannotCertify("the map is not finite, or may not be, near this state")
            instruction = self.instructions[register - self.inputs]
            waiting += instruction[1:] if instruction[0] in _EVERYWHERE else ()

    def dot(self, left, right):
        """The sum of products; zero times a number that does not exist is none."""
        pairs = list(zip(left, right, strict=True))
        for a, b in pairs:
            if 0 in (self.value_of(a), self.value_of(b)):
                self.need_finite(b if self.value_of(a) == 0 else a)
        return super().dot([a for a, _ in pairs], [b for _, b in pairs])

    def program(self, outputs):
        """The program, with a guard for what must be finite and is not used."""
        outputs = tuple(outputs)
        for register in sorted(self._finite - self.needed(outputs)):
            if self.instructions[register - self.inputs][0] not in _EVERYWHERE:
                self.guard(">=", self.call("abs", register))
        return super().program(outputs)

    def _compared(self, sign, larger, smaller):
        if self._infinite(larger) or self._infinite(smaller):
            return
        self.guard(sign, self.call("sub", larger, smaller))

    def _infinite(self, register):
        place = register - self.inputs
        return place >= 0 and self.instructions[place] in (("const", "inf"), ("const", "-inf"))

    def arguments(self, leaves) -> list[Registers]:
        """The registers of the inputs, in the shapes of the arrays."""
        cuts = np.cumsum([0, *(leaf.size for leaf in leaves)])
        return [
            Registers(np.arange(start, stop).reshape(leaf.shape))
            for leaf, start, stop in zip(leaves, cuts[:-1], cuts[1:], strict=True)
        ]

    def floats(self, value) -> Registers:
        """Numbers as registers, be they registers or known."""
        if isinstance(value, Registers):
            return value
        array = np.asarray(value)
        ids = [self.constant(v) for v in array.reshape(-1).tolist()]
        return Registers(np.array(ids, dtype=np.int64).reshape(array.shape))

    def run(self, jaxpr, consts, arguments) -> list:
        """The results of a jaxpr: registers for floats, NumPy arrays for whole numbers."""
        known = dict(zip(jaxpr.constvars, map(self._known_value, consts), strict=True))
        known.update(zip(jaxpr.invars, arguments, strict=True))
        read = lambda v: self._known_value(v.val) if isinstance(v, Literal) else known[v]
        for equation in jaxpr.eqns:
            results = self._equation(equation, [read(v) for v in equation.invars])
            known.update(zip(equation.outvars, results, strict=True))
        return [read(v) for v in jaxpr.outvars]

    def _known_value(self, value):
        if isinstance(value, Registers):
            return value
        dtype = getattr(value, "dtype", np.asarray(value).dtype)
        if jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key):
            raise CannotCertify("the map draws random numbers")
        array = np.asarray(value)
        return self.floats(array) if is_float(array.dtype) else array

    def _equation(self, equation, values):
        name, parameters = equation.primitive.name, equation.params
        if name.startswith(("random_", "threefry")):
            raise CannotCertify("the map draws random numbers")
        out = [v.aval for v in equation.outvars]
        if name in _CALLS:
            return self._called(parameters, values)
        if name in _CONTROL:
            return _CONTROL[name](self, parameters, values)
        for dtype in (v.dtype for v in out if hasattr(v, "dtype")):
            if np.issubdtype(dtype, np.complexfloating):
                raise CannotCertify(f"primitive {name} makes complex numbers")
        if name not in _UNROUNDED:
            _check_double(name, [v.aval for v in (*equation.invars, *equation.outvars)])
        if name in ELEMENTWISE:
            return [ELEMENTWISE[name](self, parameters, out[0], *values)]
        if name in ARRAYS or name in MATRICES:
            results = (ARRAYS.get(name) or MATRICES[name])(self, parameters, out, *values)
            return list(results) if equation.primitive.multiple_results else [results]
        if any(isinstance(v, Registers) for v in values) or any(is_float(v.dtype) for v in out):
            raise CannotCertify(f"primitive {name}")
        return _whole_numbers(equation, values)

    def _called(self, parameters, values):
        inner = next(
            parameters[key] for key in ("jaxpr", "call_jaxpr", "fun_jaxpr") if key in parameters
        )
        if hasattr(inner, "jaxpr"):
            return self.run(inner.jaxpr, inner.consts, values)
        return self.run(inner, [], values)


def _check_double(name: str, values) -> None:
    """Refuses arithmetic that rounds to fewer digits than those of doubles."""
    for dtype in (v.dtype for v in values if hasattr(v, "dtype")):
        if is_float(dtype) and np.dtype(dtype).itemsize < 8:
            raise CannotCertify(
                f"the map rounds to single precision or less ({name} on {dtype}); give it float64 "
                "numbers"
            )


def _whole_numbers(equation, values):
    """Operations on whole numbers alone are JAX's own."""
    bound = equation.primitive.bind(*values, **equation.params)
    bound = bound if equation.primitive.multiple_results else [bound]
    return [np.asarray(value) for value in bound]


def _cond(tracer, parameters, values):
    branches = parameters["branches"]
    index = int(np.clip(int(values[0]), 0, len(branches) - 1))
    return tracer.run(branches[index].jaxpr, branches[index].consts, values[1:])


def _while(tracer, parameters, values):
    of_test, of_body = parameters["cond_nconsts"], parameters["body_nconsts"]
    test, body = parameters["cond_jaxpr"], parameters["body_jaxpr"]
    test_known, body_known = values[:of_test], values[of_test : of_test + of_body]
    carry = values[of_test + of_body :]
    while (going := tracer.run(test.jaxpr, test.consts, [*test_known, *carry])[0]).any():
        moved = tracer.run(body.jaxpr, body.consts, [*body_known, *carry])
        carry = [_where(going, new, old) for new, old in zip(moved, carry, strict=True)]
    return carry


def _where(going, new, old):
    """Of a batch of loops, those that have ended keep their numbers."""
    if going.all():
        return new
    which = going.reshape(*going.shape, *(1,) * (len(new.shape) - going.ndim))
    if isinstance(new, Registers):
        return Registers(np.where(which, new.ids, old.ids))
    return np.where(which, new, old)


def _scan(tracer, parameters, values):
    consts, carried = _lengths(parameters)
    body, length = parameters["jaxpr"], parameters["length"]
    known, carry, sequences = values[:consts], values[consts:][:carried], values[consts + carried :]
    order = range(length)[::-1] if parameters["reverse"] else range(length)
    rows: list = [None] * length
    for step in order:
        results = tracer.run(
            body.jaxpr, body.consts, [*known, *carry, *(s[step] for s in sequences)]
        )
        carry, rows[step] = results[:carried], results[carried:]
    if length == 0:
        shapes = [v.aval for v in body.jaxpr.outvars[carried:]]
        return [*carry, *(_empty(aval) for aval in shapes)]
    return [*carry, *(_stacked(tracer, column) for column in zip(*rows, strict=True))]


def _lengths(parameters):
    """The numbers of constants and of carried values of a scan; newer JAX has a tree."""
    if "ft_in" in parameters:
        return tuple(len(part) for part in parameters["ft_in"].unpack())[:2]
    return parameters["num_consts"], parameters["num_carry"]


def _expanded(tracer, parameters, values):
    """A primitive of newer JAX that is defined by others."""
    primitive = parameters["_prim"]
    shapes = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in primitive.in_avals_flat]
    flat = lambda *a: jax.tree.leaves(primitive.expand(*jax.tree.unflatten(primitive.in_tree, a)))
    closed = jax.make_jaxpr(flat)(*shapes)
    return tracer.run(closed.jaxpr, closed.consts, values)


def _empty(aval):
    array = np.zeros((0, *aval.shape), dtype=aval.dtype)
    return Registers(array.astype(np.int64)) if is_float(aval.dtype) else array


def _stacked(tracer, column):
    if isinstance(column[0], Registers):
        return Registers(np.stack([tracer.floats(c).ids for c in column]))
    return np.stack([np.asarray(c) for c in column])


def _linear_solve(tracer, parameters, values):
    lengths, jaxprs = parameters["const_lengths"], parameters["jaxprs"]
    start = lengths.matvec + lengths.vecmat
    known = values[start : start + lengths.solve]
    sides = values[start + lengths.solve + lengths.transpose_solve :]
    return tracer.run(jaxprs.solve.jaxpr, jaxprs.solve.consts, [*known, *sides])


def _platform(tracer, parameters, values):
    for index, names in enumerate(parameters["platforms"]):
        if names is None or "cpu" in names:
            return [np.asarray(index, dtype=np.int32)]
    raise CannotCertify("the map has no version for a CPU")


_CONTROL = {
    "cond": _cond,
    "while": _while,
    "scan": _scan,
    "call_hi_primitive": _expanded,
    "custom_linear_solve": _linear_solve,
    "platform_index": _platform,
}
