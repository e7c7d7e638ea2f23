"""What the expected moments of a loop do in the long run: settle, vanish or grow."""

import dataclasses
import enum
import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...models import HistoryMoments
from .pools import alone, full_window, pack, pool_limit, recursion_beside, unpack

_WALK, _PART = 2**17, 2**13
_RESOLVED, _AGREED, _ROUNDING, _MUCH = 1e-9, 1e-6, 1e-12, 1e6


class Fate(enum.Enum):
    """What becomes of a number that is not negative."""

    SETTLES = "settles"
    VANISHES = "vanishes"
    GROWS = "grows"
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True)
class Trend:
    """The fate of an expected moment and its limit, where it has one."""

    fate: Fate
    limit: float | None = None


UNKNOWN = Trend(Fate.UNKNOWN)


def trends(loop: Any, start: Any, numbers: Any) -> tuple[Trend, ...]:
    r"""The fates of the moments that `numbers` takes from a state of them.

    Where the moments of a generation are those of the one before, the recursion is affine, $x' = A
    x + b$: its limit is $(I - A)^{-1} b$ if the spectral radius is below one, and where an
    eigenvalue is one, powers of the matrix to $2^{40}$ generations decide. A training set that
    grows has a recursion of its own in every generation: where `pool_limit` does not say what it
    tends to, it is walked, as long windows are, and what happens between generations $2^k$ and
    $2^{k+1}$ decides.
    """
    state, _ = steady(loop, start)
    if state is not None:
        late = recursion_beside(loop, state).late(np.asarray(pack(state)))
        return _decided(numbers, [unpack(state, jnp.asarray(x)) for x in late])
    limit = pool_limit(loop, start)
    if limit is not None:
        return tuple(_limited(float(number)) for number in numbers(limit))
    path = long_walk(loop, start, numbers)
    places = 2 ** np.arange(10, _WALK.bit_length()) - 1
    return tuple(
        _of_pool(loop, start, lambda moments, at=at: numbers(moments)[at])
        or _slow(series[places], growing=not isinstance(start, HistoryMoments))
        for at, series in enumerate(path.T)
    )


def _of_pool(loop, start, number) -> Trend | None:
    vanishes = alone(loop, start, number)
    if vanishes is None:
        return None
    return Trend(Fate.VANISHES, 0.0) if vanishes else Trend(Fate.GROWS)


@functools.partial(jax.jit, static_argnums=(2, 3))
def _walked(loop, start, numbers, generations):
    def advance(moments, _):
        moments = loop.moments(moments)
        return moments, numbers(moments)

    last, path = jax.lax.scan(advance, start, length=generations)
    return last, jnp.stack(jax.tree.leaves(path), axis=-1)


def walk(loop: Any, start: Any, numbers: Any, generations: int) -> np.ndarray:
    """The numbers of generations 1, 2, ..., one row each."""
    return np.asarray(_walked(loop, jax.tree.map(jnp.asarray, start), numbers, generations)[1])


def long_walk(loop: Any, start: Any, numbers: Any) -> np.ndarray:
    """The numbers of $2^{17}$ generations, or of all until they rest, which then stay."""
    state, parts = jax.tree.map(jnp.asarray, start), []
    while len(parts) < _WALK // _PART:
        state, part = _walked(loop, state, numbers, _PART)
        parts.append(np.asarray(part))
        if np.allclose(part[-1], part[0], rtol=1e-14, atol=0.0):
            parts += [np.broadcast_to(parts[-1][-1], part.shape)] * (_WALK // _PART - len(parts))
    return np.concatenate(parts)


def first_below(loop: Any, start: Any, numbers: Any, index: int, level: float) -> float | None:
    """The first generation in which a number is at most a level, infinite for never.

    `None` where it is later than a training set that grows is followed.
    """
    below = np.flatnonzero(long_walk(loop, start, numbers)[:, index] <= level)
    if below.size:
        return float(below[0] + 1)
    trend = trends(loop, start, numbers)[index]
    if trend.fate is Fate.GROWS or (trend.fate is Fate.SETTLES and trend.limit > level):
        return math.inf
    state, passed = steady(loop, start)
    if state is None:
        return None
    number = lambda x: float(numbers(unpack(state, jnp.asarray(x)))[index])
    found = recursion_beside(loop, state).first_below(np.asarray(pack(state)), number, level)
    return passed + found


def steady(loop: Any, start: Any) -> tuple[Any, int]:
    """Moments whose recursion stays the same, and how many generations it took; or `None`.

    The mean has a recursion of its own and is put at its limit.
    """
    if isinstance(start, HistoryMoments):
        return full_window(loop, start), len(start.sizes)
    if hasattr(start, "size"):
        return None, 0
    return dataclasses.replace(start, mean=_limit_of_mean(loop, start)), 0


def _decided(numbers, late) -> tuple[Trend, ...]:
    found = np.array([[float(number) for number in numbers(moments)] for moments in late])
    return tuple(_fast(series) for series in found.T)


def _limit_of_mean(loop, start):
    r"""The limit of $m' = q m + (1 - q) \nu$ from three of them."""
    one = loop.moments(start)
    first, second = one.mean - start.mean, loop.moments(one).mean - one.mean
    moved = np.abs(first) > 1e-12
    ratio = np.where(moved, second / np.where(moved, first, 1.0), 0.0)
    still = np.where(moved & (ratio < 1), first / np.where(ratio < 1, 1 - ratio, 1.0), 0.0)
    return jnp.asarray(start.mean + still)


def _fast(late: np.ndarray) -> Trend:
    if not np.isfinite(late).all() or late[-1] > 1.5 * late[0] > 0:
        return Trend(Fate.GROWS)
    return _limited(float(late[-1]))


def _limited(limit: float) -> Trend:
    if limit <= _RESOLVED:
        return Trend(Fate.VANISHES, 0.0)
    return Trend(Fate.SETTLES, limit)


def _slow(values: np.ndarray, growing: bool) -> Trend:
    """By the changes between generations that double: those of a power of time are geometric.

    A set that is not `growing` has a constant recursion, which may be slow: what grows is seen to.
    """
    if not np.isfinite(values).all():
        return Trend(Fate.GROWS)
    changes = np.diff(values)
    last, before = changes[-1], changes[-2]
    if abs(last) <= _RESOLVED * values[-1] and values[-1] > _RESOLVED:
        return Trend(Fate.SETTLES, float(values[-1]))
    if before == 0:
        return Trend(Fate.VANISHES, 0.0)
    ratio = last / before
    if ratio > 1.1 and last > 0 and not growing and values[-1] < _MUCH:
        return UNKNOWN
    if ratio > 1.1 and last > 0:
        return Trend(Fate.GROWS)
    if not 0 < ratio < 0.98:
        return UNKNOWN
    limit = _extrapolated(values)
    if limit <= 0.02 * values[-1]:
        return Trend(Fate.VANISHES, 0.0)
    sure = ratio < 0.8 or math.isclose(limit, _extrapolated(values[:-1]), rel_tol=_AGREED)
    return Trend(Fate.SETTLES, float(limit)) if sure else UNKNOWN


def _extrapolated(values: np.ndarray) -> float:
    """The limit of changes that are a geometric series, and of what that leaves (Aitken twice)."""
    for _ in range(2):
        changes = np.diff(values[-5:])
        if np.abs(changes[-2:]).min() <= _ROUNDING * abs(values[-1]):
            break
        ratios = changes[1:] / changes[:-1]
        values = values[-len(ratios) :] + changes[1:] * ratios / (1 - ratios)
    return float(values[-1])
