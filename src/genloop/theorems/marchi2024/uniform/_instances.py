"""Loops, numbers and false claims that several theorems share."""

import mpmath
import numpy as np

from ....models import Categorical
from .. import _general_solver
from .._instances import Instances

SIZE = 12
"""Outcomes in all checks that need whole states, so that the solver is compiled once."""


def two_level_states(log_ratio, winners, outcomes):
    r"""States in which the first outcomes are $e^\delta$ times as likely as the others."""
    leads = np.arange(outcomes) < np.asarray(winners)[:, None]
    weights = np.where(leads, np.exp(log_ratio)[:, None], 1.0)
    return weights / weights.sum(axis=-1, keepdims=True)


def cases_of(temperature, real_fraction, states):
    """Loops with uniform real data, each with a state."""
    real = Categorical(np.full_like(states, 1 / states.shape[-1]))
    fraction = np.broadcast_to(real_fraction, np.shape(temperature))
    return Instances(np.asarray(temperature), fraction, real, Categorical(states))


def image(cases):
    """One generation in plain NumPy."""
    weights = cases.state.probabilities ** (1 / cases.temperature[:, None])
    tempered = weights / weights.sum(axis=-1, keepdims=True)
    share = cases.real_fraction[:, None]
    return share * cases.real.probabilities + (1 - share) * tempered


def folds_by_continuation(temperature, winners):
    """Folds from the map alone, started near the highest point of a coarse scan."""
    temperature, winners = np.broadcast_arrays(temperature, winners)
    grid = np.linspace(0.1, np.log(SIZE) + 1, 40)
    columns = temperature[:, None], SIZE, winners[:, None]
    heights = first_form(np.exp(grid), *columns)
    near = two_level_states(grid[heights.argmax(axis=1)], winners, SIZE)
    return _general_solver.folds(cases_of(temperature, heights.max(axis=1), near))


def fold_by_sinh(temperature, outcomes):
    r"""Value and $\delta$ of $b f(\delta/2) = f(b\delta/2)$, $f(z) = \sinh^2 z\,(\coth z + w)$."""
    with mpmath.workdps(30):
        sharpness, weight = 1 / mpmath.mpf(temperature), 2 / mpmath.mpf(outcomes) - 1
        part = lambda z: (
            2 * mpmath.log(mpmath.sinh(z / 2)) + mpmath.log(mpmath.coth(z / 2) + weight)
        )
        balance = lambda d: mpmath.log(sharpness) + part(d) - part(sharpness * d)
        ends = (mpmath.mpf(temperature) / 1000, mpmath.log(outcomes - 1))
        delta = mpmath.findroot(balance, ends, solver="anderson", tol=1e-25)
        share = sharpness * (mpmath.sinh(delta / 2) / mpmath.sinh(sharpness * delta / 2)) ** 2
        return float(1 - share), float(delta)


def first_form(ratio, temperature, outcomes, winners):
    """The branch equation as it is stated, in powers of the reciprocal, which do not overflow."""
    power, losers = ratio ** (-1 / temperature), outcomes - winners
    above = (ratio - 1) * (winners + losers * power)
    return 1 - above / ((1 - power) * (winners * ratio + losers))
