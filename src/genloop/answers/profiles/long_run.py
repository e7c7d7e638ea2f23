"""What the expected moments of a loop do in the long run: settle, vanish or grow."""

import dataclasses
import enum
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_NEUTRAL = 1e-12
"""Eigenvalues this near to one are one: a matrix of a dozen operations has such rounding."""
_DOUBLINGS, _LATE = 40, 4
_WALK = 2**17
_RESOLVED = 1e-9


class Fate(enum.Enum):
    """What becomes of a number that is not negative."""

    SETTLES = "settles"
    VANISHES = "vanishes"
    GROWS = "grows"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class LongRun:
    """The fate of an expected moment and its limit, where it has one."""

    fate: Fate
    limit: float | None = None


UNKNOWN = LongRun(Fate.UNKNOWN)


def long_run(loop: Any, start: Any, numbers: Any) -> tuple[LongRun, ...]:
    r"""The fates of the moments that `numbers` takes from a state of them.

    Where the moments of a generation are those of the one before, the recursion is affine, $x' = A
    x + b$: its limit is $(I - A)^{-1} b$ if the spectral radius is below one, and where an
    eigenvalue is one, powers of the matrix to $2^{40}$ generations decide. A training set that
    grows has a recursion of its own in every generation: it is walked, and what happens between
    generations $2^k$ and $2^{k+1}$ decides.
    """
    if not hasattr(start, "size"):
        return _affine(loop, start, numbers)
    path = walk(loop, start, numbers, _WALK)
    places = 2 ** np.arange(10, _WALK.bit_length()) - 1
    return tuple(_slow(series[places]) for series in path.T)


@functools.partial(jax.jit, static_argnums=(2, 3))
def _walked(loop, start, numbers, generations):
    def advance(moments, _):
        moments = loop.moments(moments)
        return moments, numbers(moments)

    return jax.lax.scan(advance, start, length=generations)[1]


def walk(loop: Any, start: Any, numbers: Any, generations: int) -> np.ndarray:
    """The numbers of generations 1, 2, ..., one row each."""
    start = jax.tree.map(jnp.asarray, start)
    return np.stack(jax.tree.leaves(_walked(loop, start, numbers, generations)), axis=-1)


def _affine(loop, start, numbers) -> tuple[LongRun, ...]:
    """By the matrix of the recursion in all moments but the mean, found by its columns.

    The mean has a recursion of its own and is put at its limit.
    """
    start = dataclasses.replace(start, mean=_limit_of_mean(loop, start))
    names = [field.name for field in dataclasses.fields(start) if field.name != "mean"]
    shapes = [np.shape(getattr(start, name)) for name in names]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    pack = lambda moments: np.concatenate([np.ravel(getattr(moments, n)) for n in names])

    def unpack(x):
        parts = zip(names, np.split(x, ends), shapes, strict=True)
        return dataclasses.replace(start, **{n: jnp.asarray(p.reshape(s)) for n, p, s in parts})

    step = lambda x: pack(loop.moments(unpack(x)))
    shift = step(np.zeros_like(pack(start)))
    matrix = np.stack([step(unit) - shift for unit in np.eye(len(shift))], axis=-1)
    path = _doublings(matrix, shift, pack(start))
    found = np.array([[float(n) for n in numbers(unpack(x))] for x in path])
    return tuple(_fast(series) for series in found.T)


def _limit_of_mean(loop, start):
    r"""The limit of $m' = q m + (1 - q) \nu$ from three of them."""
    one = loop.moments(start)
    first, second = one.mean - start.mean, loop.moments(one).mean - one.mean
    moved = np.abs(first) > 1e-12
    ratio = np.where(moved, second / np.where(moved, first, 1.0), 0.0)
    still = np.where(moved & (ratio < 1), first / np.where(ratio < 1, 1 - ratio, 1.0), 0.0)
    return jnp.asarray(start.mean + still)


def _doublings(matrix, shift, state) -> list[np.ndarray]:
    """The states after $2^{36}, ..., 2^{40}$ generations, or the limit in their place."""
    if np.abs(np.linalg.eigvals(matrix)).max() < 1 - _NEUTRAL:
        return [np.linalg.solve(np.eye(len(shift)) - matrix, shift)] * (_LATE + 1)
    whole = np.block([[matrix, shift[:, None]], [np.zeros_like(shift), 1.0]])
    late = []
    with np.errstate(over="ignore", invalid="ignore"):
        for doubling in range(_DOUBLINGS + 1):
            if doubling >= _DOUBLINGS - _LATE:
                late.append((whole @ np.append(state, 1.0))[:-1])
            whole = whole @ whole
    return late


def _fast(late: np.ndarray) -> LongRun:
    if not np.isfinite(late).all() or late[-1] > 1.5 * late[0] > 0:
        return LongRun(Fate.GROWS)
    if late[-1] <= _RESOLVED:
        return LongRun(Fate.VANISHES, 0.0)
    return LongRun(Fate.SETTLES, float(late[-1]))


def _slow(values: np.ndarray) -> LongRun:
    """By the changes between generations that double."""
    if not np.isfinite(values).all():
        return LongRun(Fate.GROWS)
    changes = np.diff(values)
    last, before = changes[-1], changes[-2]
    if abs(last) <= _RESOLVED * values[-1] and values[-1] > _RESOLVED:
        return LongRun(Fate.SETTLES, float(values[-1]))
    if before == 0:
        return LongRun(Fate.VANISHES, 0.0)
    ratio = last / before
    if ratio > 1.1 and last > 0:
        return LongRun(Fate.GROWS)
    if not 0 < ratio < 0.98:
        return UNKNOWN
    limit = values[-1] + last * ratio / (1 - ratio)
    if limit <= 0.02 * values[-1]:
        return LongRun(Fate.VANISHES, 0.0)
    return LongRun(Fate.SETTLES, float(limit)) if ratio < 0.8 else UNKNOWN
