"""The family of `_curved_family` as a user writes it, and random curvatures."""

import functools

import numpy as np

from ...models import Parametric, Points, Support
from ...stages import Mix, Refit
from ._curved_family import REAL, CurvedFamily

_SUPPORT = Support.of(np.arange(10) / 9)
DIGITS = Points.of(_SUPPORT.points, REAL)
START = np.array([1.0, -0.5])


@functools.cache
def parametric(curvature):
    """The model of one curvature, at the start; the same one again, with its programs."""
    density = lambda t, x: t[0] * x + t[1] * x**2 + curvature * t[0] * t[1] * x**3
    return Parametric.of(density, START, _SUPPORT)


def retraining(synthetic_weight, **options):
    """One generation, with the options of the fit."""
    return Mix(DIGITS, 1 / (1 + synthetic_weight)) >> Refit(**options)


def settled(curvature):
    """The numerical family and its best parameters, a fixed point for every weight."""
    family = CurvedFamily(curvature)
    return family, family.fit(REAL, START)


def matrices(family, theta):
    """$A$ and $B$ by the complex step."""
    return family.hessian(theta, REAL), family.hessian(theta, family.probabilities(theta))


def random_pair(seed, size, *, rising=0):
    """A symmetric $A$ with so many positive eigenvalues, and a negative definite $B$."""
    random = np.random.default_rng(seed)
    basis = np.linalg.qr(random.normal(size=(size, size)))[0]
    values = random.uniform(0.2, 2.0, size) * np.where(np.arange(size) < rising, 1, -1)
    factor = random.normal(size=(size, size))
    return (basis * values) @ basis.T, -(factor @ factor.T + 0.2 * np.eye(size))
