"""Loops, numbers and false claims that several theorems share."""

import numpy as np

from ...analysis import orbits
from ...models import Gaussian
from ...papers.shumailov2024 import gaussian_loop
from .. import _observables

_SAMPLES, _GENERATIONS = 10, 3


def simulated(trial):
    """Means and variances of generations 1, 2, 3 at n = 10 from a standard normal."""
    path = orbits(
        gaussian_loop(samples=_SAMPLES).step,
        trial.key(),
        Gaussian.of(0.0, 1.0),
        generations=_GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.mean_and_variance,
    )
    return tuple(np.asarray(leaf) for leaf in path)


def composed(loop, generations, covariance=1.0):
    """Expected covariance and mean error by the loop's own recursion, from the real Gaussian."""
    start = Gaussian.of(np.zeros(np.shape(covariance)[:1] or 1), covariance)
    states = [start.moments()]
    for _ in range(generations):
        states.append(loop.moments(states[-1]))
    covariances = np.stack([state.covariance for state in states])
    errors = np.stack([state.error(start.mean) for state in states])
    return covariances, errors
