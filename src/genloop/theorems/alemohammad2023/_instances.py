"""Loops, numbers and false claims that several theorems share."""

import jax.numpy as jnp
import numpy as np

from ...analysis import orbits
from ...models import Gaussian
from ...papers.alemohammad2023 import fully_synthetic
from .. import _observables

SAMPLES, GENERATIONS, POOL = 10, 3, 100


def plane(temperature, trial):
    """Means and factors of three generations at n = 10, from N(0, diag(1, 4)/T)."""
    start = Gaussian.of([0.0, 0.0], np.diag([1.0, 4.0]) / temperature)
    path = orbits(
        fully_synthetic(samples=SAMPLES, temperature=jnp.asarray(temperature)).step,
        trial.key(round(100 * temperature)),
        start,
        generations=GENERATIONS,
        replicates=trial.replicates,
        observe=_observables.mean_and_factor,
    )
    return tuple(np.asarray(leaf) for leaf in path)
