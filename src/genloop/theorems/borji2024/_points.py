"""A loop of kernel density estimates point by point, and one generation of it without chance."""

import itertools

import numpy as np
from numpy.polynomial import hermite_e
from scipy import stats


def fit_and_sample(rng, data, samples, factor=0.0, bandwidth=0.0, shrink=1.0):
    """So many points from the estimate of each row of the data, shape (runs, samples)."""
    mean, spread = data.mean(1, keepdims=True), data.var(1, ddof=1, keepdims=True)
    chosen = rng.integers(0, data.shape[1], (data.shape[0], samples))
    kernel = rng.standard_normal(chosen.shape) * np.sqrt(factor**2 * spread + bandwidth**2)
    return mean + shrink * (np.take_along_axis(data, chosen, axis=1) - mean + kernel)


def statistics_after(data, factor=0.0, bandwidth=0.0, shrink=1.0):
    """The expectations of k_4, k_2^2, k_2 and k_3 a generation after a few points.

    All choices of points are gone through; for the normal numbers a rule that is exact for
    polynomials of the fourth degree.
    """
    size = data.size
    nodes, weights = hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    grids = np.array(list(itertools.product(range(3), repeat=size)))
    width = np.sqrt(factor**2 * data.var(ddof=1) + bandwidth**2)
    chosen = data[np.array(list(itertools.product(range(size), repeat=size)))]
    points = chosen[:, None] - data.mean() + width * nodes[grids]
    second, third, fourth = (stats.kstat(shrink * points, k, axis=-1) for k in (2, 3, 4))
    mean = lambda values: values.mean(0) @ np.prod(weights[grids], axis=1)
    return tuple(mean(values) for values in (fourth, second**2, second, third))
