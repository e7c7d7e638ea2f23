"""Exact and inexact retraining of two parameters [ST-A3] [ST-A5] [ST-A10]."""

import functools

import numpy as np
import sympy as sp

from genloop.loops import retraining

weight, step = sp.symbols("w h", positive=True)
theta, other, second = sp.symbols("theta other second", real=True)


def symmetric(name):
    a, b, c = sp.symbols(f"{name}_11 {name}_12 {name}_22", real=True)
    return sp.Matrix([[a, b], [b, c]])


real, sampled = symmetric("A"), symmetric("B")


def score_response():
    """How the mean score of N(0, e^theta) moves with what is sampled: minus its curvature."""
    score = sp.diff(-theta / 2 - second / (2 * sp.exp(theta)), theta)
    response = sp.diff(score.subs(second, sp.exp(other)), other).subs(other, theta)
    curvature = sp.diff(score, theta).subs(second, sp.exp(theta))
    return sp.simplify(response + curvature)


@functools.cache
def derive():
    """The derivative by the first-order condition, the multipliers, and k steps by recursion."""
    assert score_response() == 0
    unknown = sp.Matrix(2, 2, sp.symbols("J_11 J_12 J_21 J_22"))
    # d/dtheta of the first-order condition: (A + w B) J + w D = 0 with D = -B.
    condition = (real + weight * sampled) * unknown - weight * sampled
    jacobian = unknown.subs(sp.solve(list(condition), list(unknown), dict=True)[0])
    assert sp.simplify(real * jacobian - (real * jacobian).T) == sp.zeros(2)
    found = {"jacobian": jacobian}
    moved = sp.eye(2)
    for count in (1, 2, 3):
        moved = moved + step * ((real + weight * sampled) * moved - weight * sampled)
        found[f"steps {count}"] = moved
    assert sp.expand(found["steps 1"] - sp.eye(2) - step * real) == sp.zeros(2)
    return found


def compare():
    """Against the closed forms."""
    found = derive()
    a = np.array([[-1.0, 0.25], [0.25, -2.0]])
    b = np.array([[-3.0, -0.5], [-0.5, -1.0]])
    values = {weight: sp.Rational(3, 4), step: sp.Rational(1, 8)}
    for symbols, numbers in ((real, a), (sampled, b)):
        values |= {symbols[i]: sp.Rational(float(numbers.flat[i])) for i in range(4)}
    exact = np.array(found["jacobian"].subs(values), dtype=float)
    yield "derivative", exact, retraining.retraining_jacobian(a, b, 0.75)
    multipliers = np.sort(np.linalg.eigvals(exact))[::-1]
    yield "multipliers", multipliers, retraining.retraining_multipliers(a, b, 0.75)
    for count in (1, 2, 3):
        exact = np.array(found[f"steps {count}"].subs(values), dtype=float)
        yield f"{count} steps", exact, retraining.inexact_jacobian(a, b, 0.75, count, 0.125)
