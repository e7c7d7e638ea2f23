"""Absorption and heterozygosity of refitted frequencies, in exact fractions [CA-A2]."""

import functools

import numpy as np
import sympy as sp

from genloop.laws import expected_absorption_time, loss_probabilities
from genloop.papers import shumailov2024

p, n = sp.symbols("p n", positive=True)


def winning_time(samples):
    """g(1/n), ..., g((n-1)/n) as fractions: expected time on the event that the outcome wins."""
    chance = lambda c, j: (
        sp.binomial(samples, j)
        * sp.Rational(c, samples) ** j
        * sp.Rational(samples - c, samples) ** (samples - j)
    )
    inner = range(1, samples)
    matrix = sp.Matrix(samples - 1, samples - 1, lambda i, j: chance(i + 1, j + 1))
    wins = sp.Matrix([sp.Rational(c, samples) for c in inner])
    return (sp.eye(samples - 1) - matrix).LUsolve(wins)


def heterozygosity_factor():
    """E[p'(1 - p')]/[p (1 - p)] from the mean and the variance of a binomial number."""
    second = p**2 + p * (1 - p) / n
    return sp.factor((p - second) / (p * (1 - p)))


@functools.cache
def derive():
    """Two absorption times as fractions, the decay of heterozygosity, and a loss probability."""
    four, six = winning_time(4), winning_time(6)
    lost = (1 - p) ** n
    return {
        "quarter": four[0] + four[2],
        "half": 2 * four[1],
        "half of six": 2 * six[2],
        "thirds": 3 * six[1],
        "decay": heterozygosity_factor(),
        "lost": lost,
    }


def compare():
    """Against the law and the closed form."""
    found = derive()
    assert found["quarter"] == sp.Rational(107, 29)
    assert found["half"] == sp.Rational(132, 29)
    assert found["half of six"] == sp.Rational(119517, 16588)
    yield "n = 4, p = 1/4", float(found["quarter"]), expected_absorption_time(4, [0.25, 0.75])
    yield "n = 4, p = 1/2", float(found["half"]), expected_absorption_time(4, [0.5, 0.5])
    yield "n = 6, p = 1/2", float(found["half of six"]), expected_absorption_time(6, [0.5, 0.5])
    yield "n = 6, thirds", float(found["thirds"]), expected_absorption_time(6, np.ones(3) / 3)
    for samples in (3, 50):
        exact = float(found["decay"].subs(n, samples)) ** 4 * 0.62
        computed = shumailov2024.heterozygosity(4, samples, np.array([0.5, 0.3, 0.2]))
        yield "heterozygosity", exact, computed
        exact = float(found["lost"].subs({n: samples, p: sp.Rational(1, 5)}))
        yield "lost at once", exact, loss_probabilities(samples, 0.2, 1)[0]
