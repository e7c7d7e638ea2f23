"""Rewards of groups at random, and their orbits."""

import jax
import jax.numpy as jnp
import numpy as np

from ...loops.curation import plural
from ...models import Categorical
from ...stages import Mix, Tilt


def problems(count, seed, *, groups=(1, 2, 3), outcomes=(2, 4, 6)):
    """Rewards, shares, a start and real data, random and reproducible."""
    random = np.random.default_rng(seed)
    for index in range(count):
        shape = groups[index % len(groups)], outcomes[index % len(outcomes)]
        rewards = random.normal(size=shape) * random.choice([0.3, 1.0, 3.0])
        shares = random.dirichlet(np.full(shape[0], 3.0))
        yield rewards, shares, *random.dirichlet(np.full(shape[1], 2.0), size=2)


def favourites(shares):
    """Rewards of groups that like one outcome each and nothing else: bounds are attained."""
    return 60.0 * np.eye(len(shares))


def engine(rewards, shares, real=None, real_fraction=0.0):
    """The same loop by stages."""
    loop = Tilt(jnp.asarray(rewards), jnp.asarray(shares))
    return loop if real is None else loop >> Mix(Categorical.of(real), real_fraction)


def orbit(loop, start, generations):
    """The last state of so many generations by the engine."""
    step = lambda _, model: loop(model)
    last = jax.jit(lambda model: jax.lax.fori_loop(0, generations, step, model))
    return np.asarray(last(Categorical.of(start)).probabilities)


def path(rewards, shares, start, generations, **real):
    """All states of so many generations, written out in NumPy."""
    states = [np.asarray(start)]
    for _ in range(generations):
        states.append(plural.generation(states[-1], rewards, shares, **real))
    return np.array(states)
