"""Products and factorisations of matrices, written as instructions on their entries."""

import math

import jax
import numpy as np

from .program import CannotCertify
from .registers import Registers


def _dot_general(tracer, parameters, out, left, right):
    if not isinstance(left, Registers) and not isinstance(right, Registers):
        return _whole_product(parameters, left, right)
    (sum_left, sum_right), (batch_left, batch_right) = parameters["dimension_numbers"]
    a = _sides(tracer.floats(left).ids, batch_left, sum_left)
    b = _sides(tracer.floats(right).ids, batch_right, sum_right)
    rows = np.empty((a.shape[0], a.shape[1], b.shape[1]), dtype=np.int64)
    for batch, i, j in np.ndindex(*rows.shape):
        rows[batch, i, j] = tracer.dot(a[batch, i].tolist(), b[batch, j].tolist())
    return Registers(rows.reshape(out[0].shape))


def _sides(ids, batch, summed):
    free = [axis for axis in range(ids.ndim) if axis not in (*batch, *summed)]
    sizes = [math.prod(ids.shape[axis] for axis in axes) for axes in (batch, free, summed)]
    return np.transpose(ids, [*batch, *free, *summed]).reshape(sizes)


def _whole_product(parameters, left, right):
    return np.asarray(jax.lax.dot_general_p.bind(left, right, **parameters))


def _matrices(tracer, value):
    """The matrices of an array of leading axes, as lists of rows."""
    ids = tracer.floats(value).ids
    return ids.shape, ids.reshape(-1, *ids.shape[-2:]).tolist()


def _rebuilt(matrices, shape):
    return Registers(np.array(matrices, dtype=np.int64).reshape(shape))


def _cholesky(tracer, parameters, out, value):
    """The lower factor, from the entries on and below the diagonal."""
    shape, matrices = _matrices(tracer, value)
    return _rebuilt([_lower_factor(tracer, matrix) for matrix in matrices], shape)


def _lower_factor(tracer, a):
    size, zero = len(a), tracer.constant(0)
    factor = [[zero] * size for _ in range(size)]
    for j in range(size):
        for i in range(j, size):
            product = tracer.dot(factor[i][:j], factor[j][:j])
            rest = tracer.call("sub", a[i][j], product)
            factor[i][j] = (
                tracer.call("sqrt", rest) if i == j else tracer.call("div", rest, factor[j][j])
            )
    return factor


def _triangular_solve(tracer, parameters, out, matrix, side):
    r"""$A x = b$ or $x A = b$ by substitution."""
    shape, sides = _matrices(tracer, side)
    _, matrices = _matrices(tracer, matrix)
    lower, left = parameters["lower"], parameters["left_side"]
    solved = []
    for a, b in zip(matrices, sides, strict=True):
        turned = bool(parameters["transpose_a"]) != (not left)
        a = list(map(list, zip(*a, strict=True))) if turned else a
        b = b if left else list(map(list, zip(*b, strict=True)))
        x = _substituted(tracer, a, b, lower != turned, parameters["unit_diagonal"])
        solved.append(x if left else list(map(list, zip(*x, strict=True))))
    return _rebuilt(solved, shape)


def _substituted(tracer, a, b, lower, unit):
    size = len(a)
    rows: list = [None] * size
    for i in range(size) if lower else reversed(range(size)):
        done = range(i) if lower else range(i + 1, size)
        row = []
        for column in range(len(b[0])):
            known = tracer.dot([a[i][k] for k in done], [rows[k][column] for k in done])
            rest = tracer.call("sub", b[i][column], known)
            row.append(rest if unit else tracer.call("div", rest, a[i][i]))
        rows[i] = row
    return rows


def _lu(tracer, parameters, out, value):
    """Elimination with the largest pivot of every column, each choice with its guards."""
    shape, matrices = _matrices(tracer, value)
    results = [_eliminated(tracer, [list(row) for row in matrix]) for matrix in matrices]
    factors, pivots, orders = zip(*results, strict=True)
    whole = lambda rows, aval: np.array(rows, dtype=np.int32).reshape(aval.shape)
    return _rebuilt(factors, shape), whole(pivots, out[1]), whole(orders, out[2])


def _eliminated(tracer, a):
    rows, columns = len(a), len(a[0])
    pivots, order = [], list(range(rows))
    for j in range(min(rows, columns)):
        best = _pivot(tracer, a, j)
        pivots.append(best)
        a[j], a[best] = a[best], a[j]
        order[j], order[best] = order[best], order[j]
        for i in range(j + 1, rows):
            a[i][j] = tracer.call("div", a[i][j], a[j][j])
            for k in range(j + 1, columns):
                product = tracer.dot([a[i][j]], [a[j][k]])
                a[i][k] = tracer.call("sub", a[i][k], product)
    return a, pivots, order


def _pivot(tracer, a, j):
    size = [tracer.call("abs", row[j]) for row in a]
    best = j
    for i in range(j + 1, len(a)):
        if tracer.decide(">", size[i], size[best]):
            best = i
    return best


def _qr(tracer, parameters, out, value):
    r"""$A = Q R$ by the reflections of LAPACK, whose signs are decided with guards."""
    if parameters.get("pivoting") or parameters.get("full_matrices"):
        raise CannotCertify("primitive qr with pivoting or with full matrices")
    _, matrices = _matrices(tracer, value)
    pairs = [_reflected(tracer, matrix) for matrix in matrices]
    shapes = [aval.shape for aval in out]
    return [
        _rebuilt(part, shape) for part, shape in zip(zip(*pairs, strict=True), shapes, strict=True)
    ]


def _reflected(tracer, a):
    columns = [list(column) for column in zip(*a, strict=True)]
    size, zero, one = len(columns), tracer.constant(0), tracer.constant(1)
    if len(a) < size:
        raise CannotCertify("primitive qr of a matrix with more columns than rows")
    mirrors = []
    for j in range(size):
        mirror = _mirror(tracer, columns[j][j:])
        for column in columns[j:] if mirror else []:
            column[j:] = _mirrored(tracer, mirror, column[j:])
        if mirror:
            columns[j][j:] = [mirror[2], *[zero] * (len(a) - j - 1)]
        mirrors.append(mirror)
    basis = [[one if i == j else zero for i in range(len(a))] for j in range(size)]
    for j, mirror in reversed(list(enumerate(mirrors))):
        for column in basis if mirror else []:
            column[j:] = _mirrored(tracer, mirror, column[j:])
    transposed = lambda rows: list(map(list, zip(*rows, strict=True)))
    return transposed(basis), transposed([column[:size] for column in columns])


def _mirror(tracer, x):
    r"""$v$, $\tfrac12 v \cdot v$ and $\beta = \mp |x|$ of the reflection $x \mapsto \beta e_1$.

    $\beta$ has the sign that $x_1$ has not; there is no reflection of a multiple of $e_1$.
    """
    zero = tracer.constant(0)
    rest = tracer.dot(x[1:], x[1:])
    if tracer.value_of(rest) == 0:
        return None
    tracer.decide(">", rest, zero)
    length = tracer.call("sqrt", tracer.dot(x, x))
    beta = tracer.call("neg", length) if tracer.decide(">=", x[0], zero) else length
    first = tracer.call("sub", x[0], beta)
    return [first, *x[1:]], tracer.call("neg", tracer.call("mul", beta, first)), beta


def _mirrored(tracer, mirror, y):
    v, half, _ = mirror
    share = tracer.call("div", tracer.dot(v, y), half)
    return [tracer.call("sub", b, tracer.call("mul", share, a)) for a, b in zip(v, y, strict=True)]


MATRICES = {
    "dot_general": _dot_general,
    "cholesky": _cholesky,
    "triangular_solve": _triangular_solve,
    "lu": _lu,
    "qr": _qr,
}
"""Operations on matrices: `rule(tracer, parameters, outs, *values)`."""
