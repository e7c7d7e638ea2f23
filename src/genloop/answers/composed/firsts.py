"""First models other than the real data, and the ends to which a loop leads them."""

import itertools
import operator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PyTree

from ...analysis import FixedPoint
from ...analysis.following import fixed_point_of_many
from ...models import Categorical, Gaussian
from ...operators import distance, maximum_norm
from ...stages import AbstractStage
from .chosen import ChosenLoop

_RUNNERS_UP = 6
"""Models are collapsed to each of the likeliest winners with each of so many as the second."""
_CONCENTRATIONS = (1.0, 0.1, 0.01)
"""Random models from even to sparse."""
_FEW, _RANDOM = 200, 4
"""Of up to `_FEW` outcomes so many random ones are even and as many are sparse, else one each."""
_MODELS, _NUMBERS = 128, 2**15
"""The most first models, and the most numbers in them, but for the least number of `_LEAST`."""
_LEAST, _ENDS = 8, 24
_GENERATIONS, _REST = 400, 1e-9
APART = 1e-6
"""States nearer than this are one."""


def first_models(real: Categorical | Gaussian, winners: int) -> list[Categorical | Gaussian]:
    """A few first models: uniform, collapsed to each winner, and random.

    Of a table: almost no variance, ten times the variance, and a mean two deviations away.
    """
    if isinstance(real, Gaussian):
        shifted = real.mean + 2 * jnp.sqrt(jnp.diagonal(real.covariance))
        moved = (real.mean, 1e-3**0.5), (real.mean, 10**0.5), (shifted, 1.0)
        return [Gaussian(mean, scale * real.factor, real.read_from) for mean, scale in moved]
    probabilities, outcomes = np.asarray(real.probabilities), real.outcomes
    firsts = [np.full(outcomes, 1 / outcomes)]
    for winner in np.argsort(-probabilities, kind="stable")[:winners]:
        firsts.append(0.05 * probabilities + 0.95 * np.eye(1, outcomes, winner)[0])
    random, number = np.random.default_rng(0), _RANDOM if outcomes <= _FEW else 1
    for concentration in _CONCENTRATIONS[:2]:
        firsts.extend(random.dirichlet(np.full(outcomes, concentration), number))
    return [Categorical(jnp.asarray(first), real.read_from) for first in firsts]


def many_first_models(real: Categorical | Gaussian) -> Any:
    """First models as one batch: the few, collapsed ones with a runner-up, and more random ones."""
    if isinstance(real, Gaussian):
        few = first_models(real, 0)
        return jax.tree.map(lambda *leaves: jnp.stack(leaves), *few)
    count = int(np.clip(_NUMBERS // real.outcomes, _LEAST, _MODELS))
    chosen = itertools.islice(_distributions(np.asarray(real.probabilities)), count)
    return Categorical(jnp.asarray(np.stack(list(chosen))), real.read_from)


def _distributions(real: Float[np.ndarray, " k"]):
    """The real distribution moved to winners, alone and with a second, and random ones."""
    outcomes = len(real)
    likeliest = np.argsort(-real, kind="stable")[:_RUNNERS_UP]
    yield np.full(outcomes, 1 / outcomes)
    for winner in likeliest:
        yield 0.05 * real + 0.95 * np.eye(1, outcomes, winner)[0]
    random = np.random.default_rng(0)
    pairs = itertools.permutations(likeliest, 2)
    while True:
        for concentration in _CONCENTRATIONS:
            yield random.dirichlet(np.full(outcomes, concentration))
            if (pair := next(pairs, None)) is not None:
                yield 0.02 * real + 0.98 * (np.eye(outcomes)[list(pair)].T @ [0.7, 0.3])


@eqx.filter_jit
def _orbits(stage: AbstractStage, states: PyTree) -> PyTree:
    """The states after many generations, or when all of them rest."""

    def advance(carry):
        states, _, count = carry
        after = jax.vmap(stage)(states)
        moved = jax.tree.map(jnp.subtract, after, states)
        return after, maximum_norm(moved), count + 1

    going_on = lambda carry: (carry[1] > _REST) & (carry[2] < _GENERATIONS)
    return jax.lax.while_loop(going_on, advance, (states, jnp.array(jnp.inf), 0))[0]


def ends_of(
    loop: ChosenLoop, value: float | None, firsts: PyTree
) -> list[tuple[PyTree, FixedPoint]]:
    """The stable ends to which first models lead, each once, with one of those that do."""
    stage = loop.map(value)
    reached = _orbits(stage, firsts)
    found: list[tuple[PyTree, FixedPoint]] = []
    for index in _different(_flat(reached)):
        at = operator.itemgetter(index)
        first, end = (jax.tree.map(at, tree) for tree in (firsts, reached))
        point = fixed_point_of_many(stage, end, continued=False)
        known = (other for _, other in found)
        if bool(point.stable) and not any(same(point, other) for other in known):
            found.append((first, point))
    return found


def _flat(states: PyTree) -> Float[np.ndarray, "m n"]:
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(states)]
    return np.concatenate([leaf.reshape(len(leaf), -1) for leaf in leaves], axis=1)


def _different(rows: Float[np.ndarray, "m n"]) -> list[int]:
    """The first of every kind of row, at most `_ENDS` of them."""
    kept: list[int] = []
    for index, row in enumerate(rows):
        if all(np.abs(row - rows[other]).max() > APART for other in kept):
            kept.append(index)
    return kept[:_ENDS]


def same(left: FixedPoint, right: FixedPoint) -> bool:
    """Whether two fixed points are one state."""
    return bool(right.converged) and float(distance(left.state, right.state)) < APART
