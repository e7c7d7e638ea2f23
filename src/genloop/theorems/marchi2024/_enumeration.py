r"""All fixed points of small temperature loops by exhaustion, for checks ($T < 1$).

At a fixed point every outcome is on the lower or the upper root of $z - z^b = \kappa r_j$ [HD-9]:
for each of the $2^K$ choices the real fraction is a function of $\kappa$ alone, and all its
crossings are looked for on a grid. Plain NumPy, bisection only.
"""

import itertools

import numpy as np
from scipy.optimize import brentq

_GRID = 1500


def fixed_points(real, *, temperature: float, real_fraction: float) -> np.ndarray:
    """Every fixed point, one a row, in no order."""
    real = np.asarray(real)
    largest = largest_level(temperature) / real.max()
    # Towards the largest kappa pairs of roots merge; near temperature one a is still far from one
    # at the smallest.
    steps = np.append(np.geomspace(1e-300, 1e-9, 200)[:-1], np.geomspace(1e-9, 60, _GRID))
    scales = largest * -np.expm1(-steps)
    lower, upper = roots(scales[:, None] * real, temperature)
    found = []
    for choice in itertools.product((False, True), repeat=real.size):
        total = np.where(choice, upper, lower).sum(axis=1)
        above = scales > real_fraction * total
        for i in np.flatnonzero(above[:-1] != above[1:]):
            found.append(_state(real, choice, scales[i], scales[i + 1], temperature, real_fraction))
    return np.array(found)


def radius(states, *, temperature: float, real_fraction: float) -> np.ndarray:
    """The spectral radius at each state, by the eigenvalues of the dense derivative."""
    power = states ** (1 / temperature)
    s = power / power.sum(axis=1, keepdims=True)
    covariance = np.einsum("ni,ij->nij", s, np.eye(s.shape[1])) - s[:, :, None] * s[:, None]
    derivative = (1 - real_fraction) / temperature * covariance / states[:, None]
    return np.abs(np.linalg.eigvals(derivative)).max(axis=1)


def stable(states, **parameters) -> np.ndarray:
    """Whether each state attracts."""
    return radius(states, **parameters) < 1


def _state(real, choice, first, last, temperature, real_fraction):
    def chosen(scale):
        lower, upper = roots(scale * real, temperature)
        return np.where(choice, upper, lower)

    excess = lambda x: x - np.log(real_fraction * chosen(np.exp(x)).sum())
    z = chosen(np.exp(brentq(excess, np.log(first), np.log(last), xtol=1e-15, rtol=1e-15)))
    return z / z.sum()


def roots(level, temperature):
    r"""Both roots of $z - z^b = y$, one on each side of the maximum, by bisection in $\log z$."""
    turn = temperature / (1 - temperature) * np.log(temperature)
    height = lambda x: np.exp(x) - np.exp(x / temperature)
    found = []
    for low, high in ((-745.0, turn), (0.0, turn)):
        low, high = np.full_like(level, low), np.full_like(level, high)
        for _ in range(65):
            middle = 0.5 * (low + high)
            below = height(middle) < level
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found.append(np.exp(0.5 * (low + high)))
    return found


def largest_level(temperature: float) -> float:
    """The maximum of $z - z^b$."""
    turn = temperature ** (temperature / (1 - temperature))
    return turn * (1 - temperature)
