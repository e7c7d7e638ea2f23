"""Loops, numbers and false claims that several theorems share."""

import numpy as np

from ....models import Categorical


def random_states(outcomes, count):
    """Random distributions from nearly even to very uneven ones."""
    generator = np.random.default_rng(outcomes)
    spread = np.geomspace(0.1, 30, count)
    return np.stack([generator.dirichlet(np.full(outcomes, s)) for s in spread])


def applied(rule, states):
    return np.asarray(rule(Categorical.of(states)).probabilities)
