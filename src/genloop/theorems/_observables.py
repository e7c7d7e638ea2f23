"""The observables of Monte Carlo checks, functions with a name so that programs compile once."""

import jax.numpy as jnp


def mean_and_variance(model):
    """Mean and variance of a one-dimensional Gaussian; shapes of the batch."""
    return model.mean[..., 0], model.factor[..., 0, 0] ** 2


def mean_and_variance_of_data(data):
    """Mean and variance of the one-dimensional Gaussian that is fitted to data that are kept."""
    return mean_and_variance(data.model)


def mean_and_factor(model):
    """Mean and Cholesky factor of a Gaussian."""
    return model.mean, model.factor


def squares(model):
    r"""$\sum_i p_i^2$ of a categorical model."""
    return jnp.sum(model.probabilities**2, axis=-1)


def probabilities(model):
    """The probabilities of a categorical model."""
    return model.probabilities
