"""Loops, numbers and false claims that several theorems share."""

import numpy as np


def orbit(temperature, real_fraction, generations):
    """The distance of an accumulating loop on three outcomes from the uniform state.

    Along a direction in which the second order vanishes by symmetry.
    """
    x, path = np.array([0.4, 1 / 3, 0.8 / 3]), np.empty(generations)
    for t in range(generations):
        weights = x ** (1 / temperature)
        image = real_fraction / 3 + (1 - real_fraction) * weights / weights.sum()
        x = x + (image - x) / (2 + t + 1)
        path[t] = x[0] - x[2]
    return path


def altered(numbers, name, change):
    """The numbers of a claim, one function of them replaced."""
    return numbers | {name: lambda *a, **o: change(numbers[name], *a, **o)}


REAL = np.array([0.5, 0.3, 0.2])
