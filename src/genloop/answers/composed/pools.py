"""Training sets that are kept: what their moments tend to, and the recursion of a window."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ...models import HistoryMoments
from ...stages import Accumulate, Subsample
from ...stages.schedule import Constant
from .recursion import Recursion

_SIZES = 2.0 ** np.arange(5, 11)
"""Sizes of the pool in generations, at which it is held."""
_STILL = 1e-12
_DRAWN_BACK, _SEEN, _UNSEEN = 1e-6, 0.1, 1e-8
_CERTAIN = ("mean", "size", "sizes", "place")
_LONGEST = 25
"""The most generations of a window whose recursion is a matrix, of $w^2 + 2 w$ numbers."""


def pool_limit(loop: Any, start: Any) -> Any:
    r"""The moments that all pools of a loop tend to; `None` where that depends on how they began.

    A pool of $N$ points moves by a share $n/N$ of what $n$ new points differ from it, so that it
    tends to where it is not moved. With $N$ held that is the fixed point of an affine recursion,
    analytic in $1/N$ where all moments are drawn back: Neville's extrapolation to $1/N = 0$.
    """
    if not _is_pool(loop):
        return None
    if not _same(start, loop.moments(_held(start, _joining(loop) * _SIZES[0])), ("mean",)):
        return None
    pools = [_HeldPool.of(loop, start, size) for size in _SIZES]
    rates = _rates(pools)
    if rates is None or rates.min(initial=math.inf) <= _DRAWN_BACK:
        return None
    return unpack(start, jnp.asarray(_at_infinity([pool.recursion.limit() for pool in pools])))


def alone(loop: Any, start: Any, number: Callable[[Any], Any]) -> bool | None:
    """Whether a number of a pool without real data vanishes (`True`) or grows (`False`).

    By the modes of the pool: those that are drawn back vanish. `None` where others decide, where
    there are real data, and of a number that is not zero where all moments are.
    """
    if not _is_pool(loop):
        return None
    pools = [_HeldPool.of(loop, start, size) for size in _SIZES]
    of = lambda vector: abs(float(number(unpack(start, jnp.asarray(vector)))))
    joins, modes, rates = pools[-1].recursion.source, pools[-1].modes, _rates(pools)
    if rates is None or np.abs(joins).max() > _STILL or of(np.zeros_like(joins)) > _STILL:
        return None
    if np.abs(modes.imag).max(initial=0.0) > _STILL:
        return None
    seen = np.array([of(mode) for mode in modes.real.T])
    if seen[rates <= _DRAWN_BACK].max(initial=0.0) < _UNSEEN:
        return True
    return False if seen[rates < -_DRAWN_BACK].max(initial=0.0) > _SEEN else None


class _HeldPool(NamedTuple):
    """A pool whose size is held: its recursion, and its slow modes with what draws them back."""

    recursion: Recursion
    rates: np.ndarray
    modes: np.ndarray

    @classmethod
    def of(cls, loop, start, size):
        """That of so many generations; modes are slow where they need that long to vanish."""
        recursion = recursion_beside(loop, _held(start, _joining(loop) * size))
        values, modes = np.linalg.eig(recursion.matrix)
        rates = (1 - values.real) * size
        slow = np.flatnonzero(rates < size / 2)
        slow = slow[np.argsort(rates[slow])]
        return cls(recursion, rates[slow], modes[:, slow])


def _rates(pools: list[_HeldPool]) -> np.ndarray | None:
    """What draws the modes of an endless pool back, from those of held ones."""
    if len({len(pool.rates) for pool in pools}) > 1:
        return None
    return _at_infinity([pool.rates for pool in pools])


def _joining(loop) -> float:
    return float(loop.samples.count + loop.real_samples.count)


def _is_pool(loop) -> bool:
    """Whether all data are kept, and as many join in every generation."""
    if not isinstance(loop, Accumulate | Subsample):
        return False
    return all(isinstance(count, Constant) for count in (loop.samples, loop.real_samples))


def _held(state, size):
    """The same moments of a pool of another size."""
    return eqx.tree_at(lambda one: getattr(one, "pool", one).size, state, jnp.asarray(size))


def _leaves(state) -> dict[str, Any]:
    found = jax.tree_util.tree_flatten_with_path(state)[0]
    return {jax.tree_util.keystr(path): leaf for path, leaf in found}


def _same(state, after, kinds: tuple[str, ...]) -> bool:
    """Whether a generation leaves all parts of these names as they are."""
    pairs = zip(_leaves(state).items(), _leaves(after).values(), strict=True)
    return all(
        np.abs(np.asarray(old) - np.asarray(new)).max() <= _STILL
        for (name, old), new in pairs
        if _last(name) in kinds
    )


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _moving(leaves) -> list[str]:
    return [name for name in leaves if _last(name) not in _CERTAIN]


def pack(state) -> Any:
    """The moments but means and sizes as a vector."""
    leaves = _leaves(state)
    return jnp.concatenate([jnp.ravel(leaves[name]) for name in _moving(leaves)])


def unpack(state, vector) -> Any:
    """The state with other moments than its means."""
    leaves, done = _leaves(state), 0
    for name in _moving(leaves):
        shape = jnp.shape(leaves[name])
        count = int(np.prod(shape))
        leaves[name] = jnp.reshape(vector[done : done + count], shape)
        done += count
    return jax.tree.unflatten(jax.tree.structure(state), list(leaves.values()))


def recursion_beside(loop: Any, state: Any) -> Recursion:
    """The affine recursion of the moments of a state whose means and sizes stay."""
    step = jax.jit(lambda x: pack(loop.moments(unpack(state, x))))
    return Recursion.of(lambda x: np.asarray(step(x)), np.asarray(pack(state)))


def full_window(loop: Any, start: HistoryMoments) -> HistoryMoments | None:
    """The window when it is full; `None` where it is long, or its means and sizes still change."""
    if len(start.sizes) > _LONGEST:
        return None
    state = start
    for _ in start.sizes:
        state = loop.moments(state)
    return state if _same(state, loop.moments(state), _CERTAIN) else None


def _at_infinity(found: list[np.ndarray]) -> np.ndarray:
    places, values = 1 / _SIZES, list(found)
    for order in range(1, len(values)):
        for at in range(len(values) - order):
            near, far = places[at + order], places[at]
            values[at] = (far * values[at + 1] - near * values[at]) / (far - near)
    return values[0]
