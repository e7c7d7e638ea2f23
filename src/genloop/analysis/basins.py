"""Basins of attraction: the attractor that a start comes to, and the share of each."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Int, PyTree

from ..arguments import check_at_least, check_positive, listed
from ..printing import host, percent, plural, readable
from .fixed_point import FixedPoint
from .state_checks import check_map, checked_state

_NUMBERS = 2**18
"""Numbers in the states that advance together."""

_PROBES, _RADII = 64, 16


@readable
class Basins(eqx.Module):
    r"""The attractor that every start came to, and the shares.

    `labels` has the index of the attractor for each start, and -1 where the time did not suffice to
    tell (undecided); `radii` the distance from each attractor at which a start counts as come, zero
    for what failed the test of an attractor.

    ```python
    ends = [jnp.array([0.0]), jnp.array([1.0])]
    starts = jnp.linspace(-0.5, 1.5, 101)[:, None]
    gl.basins(lambda x: x * x * (3 - 2 * x), starts, ends, generations=100).undecided  # 0.00990099
    ```
    """

    labels: Int[np.ndarray, " n"]
    radii: Float[np.ndarray, " m"]

    def _heading(self) -> str:
        starts = plural(self.labels.size, "start")
        return f"Basins of {plural(self.radii.size, 'attractor')}, from {starts}"

    def _printed(self):
        host(self.labels)
        errors = zip(self.shares, self.standard_error, strict=True)
        shares = [f"{percent(share)} (+/- {percent(error)})" for share, error in errors]
        return {"shares": ", ".join(shares), "undecided": percent(self.undecided)}

    @property
    def shares(self) -> Float[np.ndarray, " m"]:
        """The share of the starts that came to each attractor."""
        return (self.labels[:, None] == np.arange(self.radii.size)).mean(axis=0)

    @property
    def undecided(self) -> float:
        """The share of the starts that came to no attractor in time."""
        return float((self.labels < 0).mean())

    @property
    def standard_error(self) -> Float[np.ndarray, " m"]:
        r"""$\sqrt{p (1 - p)/n}$ of the shares, for independent starts.

        Where no start or every start came to an attractor it is that of one start in $n + 2$, so
        that it never is zero. What is undecided may belong to any basin: it is no part of this.
        """
        count = self.labels.size
        shares = np.clip(self.shares, 1 / (count + 2), 1 - 1 / (count + 2))
        return np.sqrt(shares * (1 - shares) / count)


def basins(
    function: Callable[[PyTree], PyTree],
    starts: PyTree,
    attractors: Sequence[FixedPoint | PyTree],
    *,
    generations: int,
    period: int = 1,
    largest_radius: float = 0.1,
) -> Basins:
    r"""The attractor that each of many starts has come to after at most `generations`.

    An attractor is a state (or a cycle) to which all orbits nearby come. A start has come to an
    attractor $x^*$ once a state of its orbit has $|x - x^*|_\infty \le \rho$. The radius is tested
    before anything is counted: the largest $\rho = c\,2^{-k}$ such that 64 points at that distance,
    in the directions of as many starts, and those at all smaller distances $c\,2^{-k}$, $k < 16$,
    are within $\rho/10$ of $x^*$ after `generations`; $c$ is `largest_radius` or a third of the
    distance to the next attractor. This is a test, not a proof. A state that is no attractor fails
    it and has radius zero: nothing counts as come to it. Points between a start and an attractor
    must be states (a convex domain).

    `starts` has a leading axis; `attractors` are states or `FixedPoint`s. An attracting cycle of
    period k is its k states, with `period=k`: the map is iterated k times between looks, and the
    starts are told apart by their phase. Streams in chunks with one compiled program; memory does
    not grow with the number of starts beyond the starts themselves. Raises `ValueError` for no
    start, no attractor, attractors that are not finite or not distinct, or fewer than one
    generation.

    ```python
    ends = [jnp.array([0.0]), jnp.array([1.0])]
    starts = jnp.linspace(-0.5, 1.5, 101)[:, None]
    gl.basins(lambda x: x * x * (3 - 2 * x), starts, ends, generations=100).shares
    ```
    """
    flat = _flattened(checked_state(starts))
    double = lambda state: jax.tree.map(lambda leaf: jnp.asarray(leaf, float), state)
    states = [a.state if isinstance(a, FixedPoint) else a for a in listed("attractors", attractors)]
    states = [double(checked_state(state)) for state in states]
    _check(flat, states)
    check_at_least("generations", generations, 1)
    check_at_least("period", period, 1)
    check_positive(largest_radius=largest_radius)
    check_map(function, states[0])
    centres = jnp.stack([ravel_pytree(state)[0] for state in states])
    _check_apart(np.asarray(centres))
    step = _Power(function, states[0], period)
    some = flat[np.linspace(0, len(flat) - 1, _PROBES).astype(int)]
    radii = _radii(step, centres, some, generations, largest_radius)
    together = max(1, min(len(flat), _NUMBERS // flat.shape[1]))
    padded = jnp.pad(flat, ((0, -len(flat) % together), (0, 0)), mode="edge")
    labels = [
        np.asarray(_labels(step, chunk, centres, radii, generations))
        for chunk in padded.reshape(-1, together, flat.shape[1])
    ]
    return Basins(np.concatenate(labels)[: len(flat)], np.asarray(radii))


class _Power(eqx.Module):
    """Several generations of a map on flat states."""

    function: Callable
    template: PyTree
    period: int = eqx.field(static=True)

    def __call__(self, x):
        unravel = ravel_pytree(self.template)[1]
        once = lambda _, y: ravel_pytree(self.function(unravel(y)))[0]
        return jax.lax.fori_loop(0, self.period, once, x)


def _flattened(starts):
    leaves = [jnp.asarray(leaf, float) for leaf in jax.tree.leaves(starts)]
    if any(leaf.ndim == 0 for leaf in leaves):
        raise ValueError("starts are states with a leading axis, got one number; write [start].")
    return jnp.concatenate([leaf.reshape(leaf.shape[0], -1) for leaf in leaves], axis=1)


def _check(starts, attractors):
    if len(starts) == 0:
        raise ValueError("there is no start; give states with a leading axis of at least one.")
    if not attractors:
        raise ValueError("there is no attractor; find some with `fixed_points` first.")
    for state in attractors:
        numbers = ravel_pytree(state)[0]
        if numbers.size != starts.shape[1]:
            raise ValueError(
                f"every start has {starts.shape[1]} numbers and an attractor {numbers.size}; both "
                "must be states of the map."
            )


def _check_apart(centres):
    if not np.isfinite(centres).all():
        raise ValueError("an attractor is not finite; leave out what did not converge.")
    if len(np.unique(centres, axis=0)) < len(centres):
        raise ValueError("two attractors are the same; give each once.")


@eqx.filter_jit
def _radii(
    step: _Power,
    centres: Float[Array, "m n"],
    starts: Float[Array, "s n"],
    generations: int,
    largest_radius: float,
) -> Float[Array, " m"]:
    """The tested radius of every attractor, zero where none passed."""
    between = jnp.abs(centres[:, None] - centres[None]).max(axis=-1)
    apart = jnp.where(jnp.eye(len(centres), dtype=bool), jnp.inf, between).min(axis=1)
    radii = jnp.minimum(largest_radius, apart / 3)[:, None] * 0.5 ** jnp.arange(_RADII)[None]
    direction = starts[None] - centres[:, None]
    length = jnp.abs(direction).max(axis=-1, keepdims=True)
    direction = direction / jnp.where(length > 0, length, 1.0)
    # Not beyond the start itself, where there may be no state.
    reach = jnp.minimum(radii[:, :, None, None], length[:, None])
    points = centres[:, None, None] + reach * direction[:, None]

    def settled(points):
        return jnp.abs(points - centres[:, None, None]).max(axis=-1) <= radii[:, :, None] / 10

    def move(carry):
        now, time = carry
        moved = jax.vmap(step)(now.reshape(-1, now.shape[-1]))
        return moved.reshape(now.shape), time + 1

    def going_on(carry):
        now, time = carry
        return ~settled(now).all() & (time < generations)

    end = jax.lax.while_loop(going_on, move, (points, 0))[0]
    tested = (length > 0).any(axis=(1, 2))
    passed = tested[:, None] * jnp.cumprod(settled(end).all(axis=2)[:, ::-1], axis=1)[:, ::-1]
    return jnp.where(passed.any(axis=1), (radii * passed).max(axis=1), 0.0)


@eqx.filter_jit
def _labels(
    step: _Power,
    states: Float[Array, "s n"],
    centres: Float[Array, "m n"],
    radii: Float[Array, " m"],
    generations: int,
) -> Int[Array, " s"]:
    """The attractor of every state within so many generations, or -1."""

    def look(carry):
        states, labels, time = carry
        gaps = jnp.abs(states[:, None] - centres[None]).max(axis=-1)
        # A state that is not finite compares as false and so stays undecided.
        here = (gaps <= radii[None]) & (radii > 0)[None]
        found = jnp.where(here.any(axis=1), jnp.argmax(here, axis=1), -1)
        return jax.vmap(step)(states), jnp.where(labels < 0, found, labels), time + 1

    def going_on(carry):
        _, labels, time = carry
        return (labels < 0).any() & (time <= generations)

    start = (states, jnp.full(len(states), -1), 0)
    return jax.lax.while_loop(going_on, look, start)[1]
