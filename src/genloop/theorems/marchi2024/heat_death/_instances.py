"""Loops, numbers and false claims that several theorems share."""

from fractions import Fraction

import numpy as np

from ....loops.temperature.recipes import loop
from ....models import Categorical


def one_generation(state, **parameters):
    return loop(**parameters)(state)


LOOPS = (
    ((0.5, 0.3, 0.2), 0.5, 0.3),
    ((0.5, 0.3, 0.2), 0.5, 0.36),
    ((0.5, 0.3, 0.2), 0.5, 0.37),
    ((0.45, 0.35, 0.2), 0.15, 0.72),
    ((0.26, 0.25, 0.25, 0.24), 0.5, 0.503),
    ((0.3, 0.25, 0.25, 0.2), 0.8, 0.12),
    ((0.3, 0.3, 0.25, 0.15), 0.6, 0.25),
)
"""Real distributions, temperatures and real fractions with different numbers of stable states.

All have three distinct real probabilities, so that the solver is compiled once.
"""


def image_of(stage, states):
    return np.asarray(stage(Categorical(states)).probabilities)


ZIPF = [Fraction(1, rank) for rank in range(1, 11)]


REAL = np.array([0.5, 0.3, 0.2])


MANY = 1 / np.arange(1, 13) ** 1.1
MANY /= MANY.sum()


def fixed_point(start, real, *, temperature, real_fraction, generations=2000):
    """The end of the loop from a state, in plain NumPy."""
    state = np.array(start, dtype=float)
    for _ in range(generations):
        power = (state / state.max()) ** (1 / temperature)
        before, state = state, real_fraction * real + (1 - real_fraction) * power / power.sum()
        if np.abs(state - before).max() < 1e-17:
            break
    return state


def _observed_order(error, step):
    """The exponent of an error at small steps, from two halvings, extrapolated once."""
    errors = [error(step * 2.0**-k) for k in range(3)]
    first, second = np.log2(errors[0] / errors[1]), np.log2(errors[1] / errors[2])
    return 2 * second - first


def order_of_error(trial, name, claim, real, start, parameters, step):
    """The observed order of the error of an expansion; exact states are shared."""

    def error(size):
        options = parameters(size)
        solve = lambda: fixed_point(start, real, **options)
        exact = trial.once(f"{name} {size}", solve)
        return np.abs(claim(**options) - exact).max()

    return _observed_order(error, step)


def first_order_only(formula, limit):
    """An expansion whose terms beyond the limit are 1 % too small: of first order only."""
    return lambda real, **p: 0.99 * (formula(real, **p) - limit(real, **p)) + limit(real, **p)
