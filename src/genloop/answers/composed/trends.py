"""What the expected moments of a loop do in the long run: settle, vanish or grow."""

import dataclasses
import enum
import functools
import math
from collections.abc import Callable
from typing import Any, Self

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
class Trend:
    """The fate of an expected moment and its limit, where it has one."""

    fate: Fate
    limit: float | None = None


UNKNOWN = Trend(Fate.UNKNOWN)


@dataclasses.dataclass(frozen=True)
class Recursion:
    r"""The affine recursion $x_{t+1} = A x_t + b$ of expected moments."""

    matrix: np.ndarray
    source: np.ndarray

    @classmethod
    def of(cls, step: Callable[[np.ndarray], np.ndarray], like: np.ndarray) -> Self:
        """The recursion of a function that is affine, found by its columns."""
        source = step(np.zeros_like(like))
        return cls(np.stack([step(unit) - source for unit in np.eye(len(source))], -1), source)

    @property
    def spectral_radius(self) -> float:
        """Below one there is one limit for every start."""
        return float(np.abs(np.linalg.eigvals(self.matrix)).max())

    @property
    def relaxation(self) -> float | None:
        r"""The generations $-1/\log \rho$ in which moments come nearer to the limit by $e$."""
        radius = self.spectral_radius
        return -1 / math.log(radius) if 0 < radius < 1 - _NEUTRAL else None

    @property
    def _whole(self) -> np.ndarray:
        """The matrix that acts on the state with a one below it."""
        return np.block([[self.matrix, self.source[:, None]], [np.zeros_like(self.source), 1.0]])

    def limit(self) -> np.ndarray:
        """$(I - A)^{-1} b$."""
        return np.linalg.solve(np.eye(len(self.source)) - self.matrix, self.source)

    def late(self, state: np.ndarray) -> list[np.ndarray]:
        """The states after $2^{36}, ..., 2^{40}$ generations, or the limit in their place."""
        if self.spectral_radius < 1 - _NEUTRAL:
            return [self.limit()] * (_LATE + 1)
        powers = self._powers()[-_LATE - 1 :]
        with np.errstate(over="ignore", invalid="ignore"):
            return [(power @ np.append(state, 1.0))[:-1] for power in powers]

    def first_below(self, state: np.ndarray, index: int, level: float) -> float:
        """The first generation in which a moment that falls is at most a level; infinite if none.

        By the powers of the matrix to $2^{40}$ generations, the largest step first.
        """
        at, passed = np.append(state, 1.0), 0
        if at[index] <= level:
            return 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for doubling, power in reversed(list(enumerate(self._powers()))):
                later = power @ at
                # What has overflowed is above.
                if not later[index] <= level:
                    at, passed = later, passed + 2**doubling
        return math.inf if passed >= 2**_DOUBLINGS else passed + 1.0

    def _powers(self) -> list[np.ndarray]:
        powers = [self._whole]
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(_DOUBLINGS):
                powers.append(powers[-1] @ powers[-1])
        return powers


def trends(loop: Any, start: Any, numbers: Any) -> tuple[Trend, ...]:
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


def _affine(loop, start, numbers) -> tuple[Trend, ...]:
    start, unpack = _unpacked(loop, start)
    recursion = Recursion.of(lambda x: _packed(loop.moments(unpack(x))), _packed(start))
    path = recursion.late(_packed(start))
    found = np.array([[float(n) for n in numbers(unpack(x))] for x in path])
    return tuple(_fast(series) for series in found.T)


def _packed(moments) -> np.ndarray:
    return np.concatenate([np.ravel(getattr(moments, name)) for name in _names(moments)])


def _names(moments) -> list[str]:
    """All moments but the mean, which has a recursion of its own."""
    return [field.name for field in dataclasses.fields(moments) if field.name != "mean"]


def _unpacked(loop, start):
    """The start with its mean at its limit, and the moments of a vector beside that mean."""
    start = dataclasses.replace(start, mean=_limit_of_mean(loop, start))
    shapes = [np.shape(getattr(start, name)) for name in _names(start)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    def unpack(x):
        parts = zip(_names(start), np.split(x, ends), shapes, strict=True)
        return dataclasses.replace(start, **{n: jnp.asarray(p.reshape(s)) for n, p, s in parts})

    return start, unpack


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
    if late[-1] <= _RESOLVED:
        return Trend(Fate.VANISHES, 0.0)
    return Trend(Fate.SETTLES, float(late[-1]))


def _slow(values: np.ndarray) -> Trend:
    """By the changes between generations that double."""
    if not np.isfinite(values).all():
        return Trend(Fate.GROWS)
    changes = np.diff(values)
    last, before = changes[-1], changes[-2]
    if abs(last) <= _RESOLVED * values[-1] and values[-1] > _RESOLVED:
        return Trend(Fate.SETTLES, float(values[-1]))
    if before == 0:
        return Trend(Fate.VANISHES, 0.0)
    ratio = last / before
    if ratio > 1.1 and last > 0:
        return Trend(Fate.GROWS)
    if not 0 < ratio < 0.98:
        return UNKNOWN
    limit = values[-1] + last * ratio / (1 - ratio)
    if limit <= 0.02 * values[-1]:
        return Trend(Fate.VANISHES, 0.0)
    return Trend(Fate.SETTLES, float(limit)) if ratio < 0.8 else UNKNOWN
