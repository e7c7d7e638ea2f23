"""Curation by continuous rewards [ST-D7] [ST-D8] [ST-D9] [ST-D10]."""

import functools

import numpy as np
import sympy as sp

from genloop.loops import curation

a, s, v, B, T, x, y, k = sp.symbols("a s v B tau x y k", positive=True)
e, u, theta = sp.symbols("e u theta", positive=True)
q = 1 - a


def runaway():
    """The fold, the fixed point and the multipliers of mean and variance of a linear reward."""
    mean, variance = sp.symbols("m w")
    tilted = mean + variance
    step = sp.Matrix([q * tilted, q * variance + a * B + a * q * tilted**2])
    at_end = {mean: q * v / a, variance: v}
    own = sp.simplify((step[0] - mean).subs(at_end))
    assert own == 0
    equation = sp.simplify((step[1] - variance).subs(at_end) / a)
    lower = min(sp.solve(equation, v), key=lambda one: float(one.subs({a: 0.8, B: 0.5})))
    fold = [one for one in sp.solve(sp.discriminant(sp.numer(sp.together(equation)), v), a)]
    fold = max(fold, key=lambda one: float(one.subs(B, 0.25)))
    jacobian = step.jacobian([mean, variance]).subs(at_end)
    largest = q * (1 + v + sp.sqrt(v * (v + 2)))
    assert sp.simplify(jacobian.det() - q**2) == 0
    assert sp.simplify(jacobian.trace() - largest - q**2 / largest) == 0
    return {"fold": fold, "reward variance": lower, "multiplier": largest}


def nearness():
    """The tilt of a normal density by completing the square, and the fixed points."""
    exponent = sp.expand(-((x - u) ** 2) / (2 * s) - (x - e) ** 2 / (2 * T**2))
    precision = -2 * exponent.coeff(x, 2)
    tilted_mean = sp.simplify(exponent.coeff(x, 1) / precision)
    tilted = sp.simplify(1 / precision)
    shift = sp.solve(q * tilted_mean - u, u)[0]
    gap = sp.simplify(shift / q)
    generation = sp.simplify(q * tilted + a + a * q * gap**2)
    centred = sp.solve(sp.numer(sp.together(generation.subs(e, 0) - s)), s)
    centred = max(centred, key=lambda one: float(one.subs({a: 0.5, T: 1})))
    assert sp.simplify(1 / tilted - 1 / s - 1 / T**2) == 0
    return {
        "generation": generation,
        "centred": centred,
        "mean multiplier": sp.simplify(q * sp.diff(tilted_mean, u)),
        "variance multiplier": sp.simplify(q * sp.diff(tilted, s)),
    }


def condensation():
    """Means of 1/(1 - u), as integrals and as sums of means of powers of u."""
    beta = sp.integrate((theta + 1) * x ** (theta - 1), (x, 0, 1))
    normal = sp.exp(-(x**2) / 2 - k * x**2 / (2 * T**2)) / sp.sqrt(2 * sp.pi)
    power = sp.simplify(sp.integrate(normal, (x, -sp.oo, sp.oo)))
    assert sp.simplify(power - 1 / sp.sqrt(1 + k / T**2)) == 0
    return {
        "beta": 1 / sp.simplify(beta),
        "four": 1 / sp.summation(1 / (1 + k) ** 2, (k, 0, sp.oo)),
    }


def better_of_two():
    """The shift for a wide reward: what logistic noise takes from it, and the threshold without."""
    lost = sp.integrate(2 * x * sp.exp(-x) / (1 + sp.exp(-x)), (x, 0, sp.oo))
    lost = sp.pi**2 / 6 if lost.has(sp.Integral) else sp.simplify(lost)
    hard = y / sp.sqrt(sp.pi)
    wide = hard - lost / sp.sqrt(4 * sp.pi * y**2)
    threshold = [one for one in sp.solve((q / a) ** 2 - sp.pi, a) if one.is_positive]
    # h^2 = v/pi - pi/6 + ..., so that (v - B)/h^2 tends to pi from above for B below pi^2/6.
    square = sp.expand(wide**2).coeff(y, 0)
    return {"wide": wide, "threshold": threshold[0], "turns at": -square * sp.pi}


@functools.cache
def derive():
    """All of them by name."""
    return {**runaway(), **nearness(), **condensation(), **better_of_two()}


def compare():
    """Against the closed forms."""
    found = derive()
    value = lambda name, **at: float(
        found[name].subs({sp.Symbol(key, positive=True): one for key, one in at.items()})
    )
    for variance in (0.25, 3.0):
        claimed = curation.linear_reward_fraction(variance)
        yield f"fold, {variance}", value("fold", B=variance), claimed
    for share, variance in ((0.8, 0.5), (0.99, 4.0)):
        level = float(curation.linear_reward_variance(share, variance))
        yield f"reward variance, {share}", value("reward variance", a=share, B=variance), level
        claimed = curation.linear_reward_multipliers(share, variance)[0]
        yield f"multiplier, {share}", value("multiplier", a=share, v=level), claimed
    for share, width in ((0.5, 1.0), (0.1, 3.0)):
        level = float(curation.centred_variance(share, width))
        yield f"centred, {share}", value("centred", a=share, tau=width), level
        claimed = curation.centred_multipliers(share, width)
        at = {"a": share, "tau": width, "s": level}
        derived = [value("mean multiplier", **at), value("variance multiplier", **at)]
        yield f"multipliers, {share}", derived, claimed
        ends = curation.quadratic_reward_variances(share, width, 2.0)
        derived = [value("generation", **{**at, "s": one, "e": 2.0}) for one in ends]
        yield f"ends off centre, {share}", derived, ends
    yield "beta", value("beta", theta=1.5), curation.beta_condensation_fraction(1.5)
    yield "four dimensions", value("four"), curation.gaussian_condensation_fraction(4, 1.0)
    yield "threshold without noise", value("threshold"), curation.HARD_CHOICE_FRACTION
    yield "where it takes over", value("turns at"), curation.gaussian_choice.LOGISTIC_SPREAD
    wide = 1e5
    yield "wide", value("wide", y=wide), np.asarray(curation.choice_shift(wide))
