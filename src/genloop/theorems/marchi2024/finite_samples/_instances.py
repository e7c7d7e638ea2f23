"""Loops, numbers and false claims that several theorems share."""

import jax
import numpy as np

from ....laws import stationary_law, transition_matrix
from ....models import Categorical
from .._instances import QUICK


def success_of(*, sharpness, real_fraction=0.0, share=0.5):
    """The loop's image of the frequency of the first of two outcomes."""

    def success(x):
        first, second = x**sharpness, (1 - x) ** sharpness
        return (1 - real_fraction) * first / (first + second) + real_fraction * share

    return success


def extrapolated(quantity, samples):
    """The limit of many samples from N, 2N and 4N, for errors in whole powers of 1/N."""
    one, two, four = (quantity(samples * factor) for factor in (1, 2, 4))
    return (8 * four - 6 * two + one) / 3


def stationary(samples, success):
    return stationary_law(transition_matrix(samples, success))


REAL = Categorical.of(np.array([0.5, 0.3, 0.2]))


START = Categorical.of(np.array([0.1, 0.3, 0.6]))


def realised(loop, trial, *, generations, replicates):
    """Frequencies of independent realisations, shape `(generations, replicates, 3)`."""

    def run(loop, key):
        def step(model, key):
            model = loop.step(key, model)
            return model, model.probabilities

        keys = jax.random.split(key, generations)
        return jax.lax.scan(step, START.broadcast((replicates,)), keys)[1]

    return np.asarray(jax.jit(run, compiler_options=QUICK)(loop, trial.key()))
