"""The meaning of each JAX operation on whole arrays: entries moved, reduced and sorted."""

import functools
import math

import jax
import numpy as np

from .lowering import bounded, convert, floating, mapped
from .program import CannotCertify
from .registers import Registers


def moved(function):
    """An operation that only moves entries, as a function of NumPy arrays."""

    def rule(tracer, parameters, out, *values):
        if not floating(*values):
            return function(parameters, *values)
        return Registers(function(parameters, *(tracer.floats(v).ids for v in values)))

    return rule


def _broadcast(parameters, value, *_):
    shape, axes = parameters["shape"], parameters["broadcast_dimensions"]
    inner = [1] * len(shape)
    for axis, size in zip(axes, value.shape, strict=True):
        inner[axis] = size
    return np.broadcast_to(value.reshape(inner), shape)


def _slice(parameters, value):
    strides = parameters["strides"] or [1] * value.ndim
    bounds = zip(parameters["start_indices"], parameters["limit_indices"], strides, strict=True)
    return value[tuple(slice(*bound) for bound in bounds)]


def _split(tracer, parameters, out, value):
    cuts = np.cumsum(parameters["sizes"])[:-1]
    parts = lambda array: np.split(array, cuts, axis=parameters["axis"])
    if isinstance(value, Registers):
        return [Registers(part) for part in parts(value.ids)]
    return parts(value)


def _unstack(tracer, parameters, out, value):
    axis = parameters["axis"]
    if isinstance(value, Registers):
        return [Registers(part) for part in np.moveaxis(value.ids, axis, 0)]
    return list(np.moveaxis(np.asarray(value), axis, 0))


def _pad(parameters, value, padding):
    for axis, (low, high, inner) in enumerate(parameters["padding_config"]):
        size = value.shape[axis]
        spread = np.full(
            (*value.shape[:axis], size + max(size - 1, 0) * inner, *value.shape[axis + 1 :]),
            padding,
        )
        spread[(slice(None),) * axis + (slice(None, None, inner + 1),)] = value
        widths = [(0, 0)] * value.ndim
        widths[axis] = (max(low, 0), max(high, 0))
        value = np.pad(spread, widths, constant_values=padding)
        stop = value.shape[axis] + min(high, 0)
        value = value[(slice(None),) * axis + (slice(max(-low, 0), stop),)]
    return value


def _dynamic_slice(tracer, parameters, out, value, *starts):
    return moved(lambda _, array: array[_window(array.shape, parameters["slice_sizes"], starts)])(
        tracer, parameters, out, value
    )


def _window(shape, sizes, starts):
    # JAX moves a window that sticks out back inside.
    begin = [
        int(np.clip(int(s), 0, full - n)) for s, full, n in zip(starts, shape, sizes, strict=True)
    ]
    return tuple(slice(b, b + n) for b, n in zip(begin, sizes, strict=True))


def _dynamic_update(tracer, parameters, out, value, update, *starts):
    def replaced(_, array, part):
        array = array.copy()
        array[_window(array.shape, part.shape, starts)] = part
        return array

    return moved(replaced)(tracer, parameters, out, value, update)


def _iota(tracer, parameters, out):
    shape, axis = parameters["shape"], parameters["dimension"]
    inner = [1] * len(shape)
    inner[axis] = shape[axis]
    array = np.broadcast_to(np.arange(shape[axis]).reshape(inner), shape)
    return convert(tracer, parameters, out[0], array)


def _gathered(name):
    """`gather` and `scatter`: JAX itself moves the registers."""

    def rule(tracer, parameters, out, value, indices, *updates):
        if isinstance(indices, Registers):
            raise CannotCertify(f"primitive {name} with places that are not whole numbers")
        bind = lambda p, array, *rest: np.asarray(primitive.bind(array, indices, *rest, **p))
        if not floating(value, *updates):
            return bind(parameters, value, *updates)
        marked = parameters | ({"fill_value": -1} if name == "gather" else {})
        found = moved(bind)(tracer, marked, out, value, *updates)
        if (found.ids < 0).any():
            raise CannotCertify(f"primitive {name} reads outside its array")
        return found

    primitive = {"gather": jax.lax.gather_p, "scatter": jax.lax.scatter_p}[name]
    return rule


def _scatter_with(name):
    """`scatter-add` and the like: the places an update reaches are found by marking it."""
    neutral, mark = {"mul": (1.0, 2.0), "min": (0.0, -1.0)}.get(name, (0.0, 1.0))
    primitive = getattr(jax.lax, f"scatter_{name}_p")
    one = bounded if name in ("max", "min") else _called

    def rule(tracer, parameters, out, value, indices, updates):
        if not floating(value, updates):
            return np.asarray(primitive.bind(value, indices, updates, **parameters))
        value, updates = tracer.floats(value), tracer.floats(updates)
        flat = value.ids.reshape(-1).copy()
        start = np.full(value.shape, neutral)
        for place, register in np.ndenumerate(updates.ids):
            marked = np.full(updates.shape, neutral)
            marked[place] = mark
            reached = np.asarray(primitive.bind(start, indices, marked, **parameters))
            for target in np.flatnonzero(reached != neutral):
                flat[target] = one(tracer, name, int(flat[target]), int(register))
        return Registers(flat.reshape(value.shape))

    return rule


def _called(tracer, name, a, b):
    return tracer.call(name, a, b)


def _reduced(one, whole):
    """A reduction over axes."""

    def rule(tracer, parameters, out, value):
        axes = tuple(parameters["axes"])
        if not floating(value):
            return np.asarray(whole(np.asarray(value), axis=axes), dtype=out[0].dtype)
        kept = [axis for axis in range(value.ids.ndim) if axis not in axes]
        shape = [value.shape[axis] for axis in kept]
        rows = np.transpose(value.ids, [*kept, *axes]).reshape(math.prod(shape), -1)
        flat = [one(tracer, row) for row in rows.tolist()]
        return Registers(np.array(flat, dtype=np.int64).reshape(shape))

    return rule


def _folded(name):
    def one(tracer, row):
        if not row:
            raise CannotCertify(f"the {name} of no numbers")
        result = row[0]
        for register in row[1:]:
            if name == "mul":
                result = tracer.call("mul", result, register)
            else:
                result = bounded(tracer, name, result, register)
        return result

    return one


def _extreme(sign):
    """`argmax` and `argmin`: the first of equal ones."""

    def one(tracer, row):
        best = 0
        for place in range(1, len(row)):
            pair = (row[place], row[best])
            if tracer.decide(">", *(pair if sign > 0 else pair[::-1])):
                best = place
        return best

    def rule(tracer, parameters, out, value):
        (axis,) = parameters["axes"]
        if not floating(value):
            return (np.argmax if sign > 0 else np.argmin)(value, axis=axis).astype(out[0].dtype)
        rows = np.moveaxis(value.ids, axis, -1)
        flat = [one(tracer, row) for row in rows.reshape(-1, rows.shape[-1]).tolist()]
        return np.array(flat, dtype=out[0].dtype).reshape(rows.shape[:-1])

    return rule


def _cumulative(step, whole):
    def rule(tracer, parameters, out, value):
        axis, backward = parameters["axis"], parameters["reverse"]
        rows = np.moveaxis(tracer.floats(value).ids if floating(value) else value, axis, 0)
        rows = (rows[::-1] if backward else rows).copy()
        for place in range(1, len(rows)):
            if floating(value):
                rows[place] = step(tracer, Registers(rows[place - 1]), Registers(rows[place])).ids
            else:
                rows[place] = whole(rows[place - 1], rows[place])
        rows = np.moveaxis(rows[::-1] if backward else rows, 0, axis)
        return Registers(rows) if floating(value) else rows

    return rule


def _entrywise(name):
    def step(tracer, a, b):
        if name in ("max", "min"):
            return mapped(tracer, lambda x, y: bounded(tracer, name, x, y), a, b)
        return mapped(tracer, lambda x, y: tracer.call(name, x, y), a, b)

    return step


def _sort(tracer, parameters, out, *values):
    """Sorted by the first operands, with a guard for every neighbouring pair."""
    axis, keys = parameters["dimension"], parameters["num_keys"]
    floats = [isinstance(v, Registers) for v in values]
    raw = [
        np.moveaxis(v.ids if f else np.asarray(v), axis, -1)
        for v, f in zip(values, floats, strict=True)
    ]
    results = [array.copy() for array in raw]
    for place in np.ndindex(*raw[0].shape[:-1]):
        order = _order(tracer, [array[place] for array in raw[:keys]], floats[:keys])
        for result, array in zip(results, raw, strict=True):
            result[place] = array[place][order]
    results = [np.moveaxis(result, -1, axis) for result in results]
    return [Registers(r) if f else r for r, f in zip(results, floats, strict=True)]


def _top_k(tracer, parameters, out, value):
    """The largest first; `k` in front on one axis, of equal ones the earlier."""
    axis = parameters.get("axis", parameters.get("dimension", -1))
    if not floating(value):
        raise CannotCertify("primitive top_k of whole numbers")
    rows = np.moveaxis(value.ids, axis, -1)
    places = np.zeros((*rows.shape[:-1], parameters["k"]), dtype=np.int64)
    for row in np.ndindex(*rows.shape[:-1]):
        minus = [tracer.call("neg", int(r)) for r in rows[row]]
        places[row] = _order(tracer, [np.array(minus)], [True])[: parameters["k"]]
    back = lambda array: np.moveaxis(array, -1, axis)
    largest = Registers(back(np.take_along_axis(rows, places, -1)))
    return [largest, back(places).astype(out[1].dtype)]


def _order(tracer, columns, floats):
    def before(i, j):
        for column, real in zip(columns, floats, strict=True):
            a, b = int(column[i]), int(column[j])
            if a == b:
                continue
            if not real:
                return -1 if a < b else 1
            if tracer.value_of(a) is not None and tracer.value_of(a) == tracer.value_of(b):
                continue
            return -1 if tracer.decide(">", b, a) else 1
        return -1 if i < j else 1

    return sorted(range(len(columns[0])), key=functools.cmp_to_key(before))


ARRAYS = {
    "broadcast_in_dim": lambda tracer, parameters, out, value, *_: moved(_broadcast)(
        tracer, parameters, out, value
    ),
    "reshape": moved(lambda p, value: value.reshape(p["new_sizes"])),
    "transpose": moved(lambda p, value: np.transpose(value, p["permutation"])),
    "squeeze": moved(lambda p, value: np.squeeze(value, axis=tuple(p["dimensions"]))),
    "expand_dims": moved(lambda p, value: np.expand_dims(value, tuple(p["dimensions"]))),
    "rev": moved(lambda p, value: np.flip(value, axis=tuple(p["dimensions"]))),
    "stack": moved(lambda p, *values: np.stack(values, axis=p["axis"])),
    "unstack": _unstack,
    "tile": moved(lambda p, value: np.tile(value, p["reps"])),
    "concatenate": moved(lambda p, *values: np.concatenate(values, axis=p["dimension"])),
    "slice": moved(_slice),
    "pad": moved(_pad),
    "split": _split,
    "dynamic_slice": _dynamic_slice,
    "dynamic_update_slice": _dynamic_update,
    "iota": _iota,
    "gather": _gathered("gather"),
    "scatter": _gathered("scatter"),
    **{
        f"scatter{mark}{name}": _scatter_with(name)
        for mark in "-_"
        for name in ("add", "sub", "mul", "max", "min")
        if hasattr(jax.lax, f"scatter_{name}_p")
    },
    "reduce_sum": _reduced(lambda tracer, row: tracer.total(row), np.sum),
    "reduce_prod": _reduced(_folded("mul"), np.prod),
    "reduce_max": _reduced(_folded("max"), np.max),
    "reduce_min": _reduced(_folded("min"), np.min),
    "reduce_and": _reduced(None, np.all),
    "reduce_or": _reduced(None, np.any),
    "argmax": _extreme(1),
    "argmin": _extreme(-1),
    "cumsum": _cumulative(_entrywise("add"), np.add),
    "cumprod": _cumulative(_entrywise("mul"), np.multiply),
    "cummax": _cumulative(_entrywise("max"), np.maximum),
    "cummin": _cumulative(_entrywise("min"), np.minimum),
    "sort": _sort,
    "top_k": _top_k,
    "optimization_barrier": lambda tracer, parameters, out, *values: values,
}
"""Operations on whole arrays: `rule(tracer, parameters, outs, *values)`."""
