"""A member of every kind of family, and what its moments say in units of its variance."""

import jax.numpy as jnp
import numpy as np

from ..models import Binomial, FamilyMoments, Gamma, NegativeBinomial, Normal, Poisson
from ..stages import Draw, Loop, Mix

MEMBERS = {
    "Poisson": Poisson.of(3.0),
    "binomial of 10 trials": Binomial.of(3.0, trials=10),
    "negative binomial of size 2.5": NegativeBinomial.of(3.0, size=2.5),
    "gamma of shape 0.4": Gamma.of(3.0, shape=0.4),
    "normal of variance 2": Normal.of(0.5, variance=2.0),
}


def quadratic(model) -> float:
    """The coefficient of the square of the mean in the variance."""
    return model.coefficients[2]


def errors(path, model) -> np.ndarray:
    """Squared errors of the mean along moments, in units of the variance of one observation."""
    unit = float(model.variance_function(model.mean)[0])
    squares = [float(m.variance[0] + (m.mean - model.mean)[0] ** 2) for m in path]
    return np.array(squares) / unit


def variances(path, model) -> np.ndarray:
    """Expected variances of one observation along moments, in the same units."""
    unit = float(model.variance_function(model.mean)[0])
    return np.array([float(moments.expected_variance[0]) for moments in path]) / unit


def weighted_loop(model, *, real_weight, real_samples: int, samples: int) -> Loop:
    """Fresh real data and samples of the model before, averaged with a weight."""
    return Draw(samples) >> Mix(model, real_weight, samples=real_samples)


def stationary(model, **options) -> float:
    """The error that the composed moments keep, in the same units: they are affine in it."""
    loop = weighted_loop(model, **options)
    image = lambda x: loop.moments(FamilyMoments(model, x * jnp.ones(1))).variance[0]
    source, slope = image(0.0), image(1.0) - image(0.0)
    return source / (1 - slope) / model.variance_function(model.mean)[0]
