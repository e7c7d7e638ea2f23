"""Training sets that are kept: what their moments tend to, and the recursion of a window."""

from typing import Any

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
_DRAWN_BACK = 1e-6
_CERTAIN = ("mean", "size", "sizes", "place")
_LONGEST = 25
"""The most generations of a window whose recursion is a matrix, of $w^2 + 2 w$ numbers."""


def pool_limit(loop: Any, start: Any) -> Any:
    r"""The moments that all pools of a loop tend to; `None` where that depends on how they began.

    A pool of $N$ points moves by a share $n/N$ of what $n$ new points differ from it, so that it
    tends to where it is not moved. With $N$ held that is the fixed point of an affine recursion,
    analytic in $1/N$ where all moments are drawn back: Neville's extrapolation to $1/N = 0$.
    """
    if not isinstance(loop, Accumulate | Subsample):
        return None
    counts = loop.samples, loop.real_samples
    if not all(isinstance(count, Constant) for count in counts):
        return None
    joining = sum(float(count.count) for count in counts)
    if not _same(start, loop.moments(_held(start, joining * _SIZES[0])), ("mean",)):
        return None
    found = [_fixed(loop, _held(start, joining * size), size) for size in _SIZES]
    if any(one is None for one in found):
        return None
    return unpack(start, jnp.asarray(_at_infinity(found)))


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


def _fixed(loop, held, size) -> np.ndarray | None:
    """The moments that a pool of held size does not move; `None` where it is not drawn to them."""
    recursion = recursion_beside(loop, held)
    drawn_back = (1 - recursion.spectral_radius) * size
    return recursion.limit() if drawn_back > _DRAWN_BACK else None


def _at_infinity(found: list[np.ndarray]) -> np.ndarray:
    places, values = 1 / _SIZES, list(found)
    for order in range(1, len(values)):
        for at in range(len(values) - order):
            near, far = places[at + order], places[at]
            values[at] = (far * values[at + 1] - near * values[at]) / (far - near)
    return values[0]
