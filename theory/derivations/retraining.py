"""Retraining with infinite data, exact or with biased sampling [ST-A6] [ST-A12] [ST-B8]."""

import functools

import numpy as np
import sympy as sp

from genloop.papers import alemohammad2023, bertrand2023

weight, heat, level = sp.symbols("w T rho", positive=True)
real_mean, mean, new_mean = sp.symbols("m_0 m m'", real=True)
real_variance, variance, new_variance = sp.symbols("s_0 s s'", positive=True)


def refit():
    """Mean and variance that maximise the real plus w times the synthetic log-likelihood."""

    def likelihood(first, second):
        return -sp.log(new_variance) / 2 - (second + (first - new_mean) ** 2) / (2 * new_variance)

    total = likelihood(real_mean, real_variance) + weight * likelihood(mean, heat * variance)
    best_mean = sp.solve(sp.diff(total, new_mean), new_mean)[0]
    best_variance = sp.solve(sp.diff(total, new_variance).subs(new_mean, best_mean), new_variance)
    return sp.Matrix([best_mean, best_variance[0]])


@functools.cache
def derive():
    """The map, its fixed point and multipliers, the threshold, a goal, and truncated sampling."""
    after = refit().subs(real_mean, 0)
    share = 1 / (1 + weight)
    at_one = after.subs(heat, 1)
    second = sp.simplify(at_one[1] + at_one[0] ** 2)
    average = share * real_variance + (1 - share) * (variance + mean**2)
    assert sp.simplify(second - average) == 0
    fixed = sp.solve(after[1].subs(mean, 0) - variance, variance)[0]
    jacobian = after.jacobian(sp.Matrix([mean, variance])).subs(mean, 0)
    assert jacobian[0, 1] == jacobian[1, 0] == 0
    multipliers = sp.Matrix([sp.simplify(jacobian[0, 0]), sp.simplify(jacobian[1, 1])])
    hottest = sp.solve(multipliers[1] - 1, heat)[0]
    a = sp.Symbol("a", positive=True)
    scaled = sp.simplify((fixed / real_variance).subs(weight, (1 - a) / a))
    goal = sp.solve(scaled - level, a)[0]
    z, cut = sp.symbols("z c", positive=True)
    density = sp.exp(-(z**2) / 2)
    kept = sp.integrate(density, (z, 0, cut))
    truncated = sp.integrate(z**2 * density, (z, 0, cut)) / kept
    return {
        "fixed": fixed / real_variance,
        "multipliers": multipliers,
        "hottest": hottest,
        "goal": goal,
        "truncated": truncated,
        "curvature": curvature_formula(fixed),
    }


def curvature_formula(fixed):
    """-w (A + w B)^-1 D for the family N(0, e^theta) at the fixed point: it must be q T."""
    theta, other, second = sp.symbols("theta other second", real=True)
    score = sp.diff(-theta / 2 - second / (2 * sp.exp(theta)), theta)
    point = sp.log(fixed)
    real_curvature = sp.diff(score, theta).subs(second, real_variance)
    sampled_curvature = sp.diff(score, theta).subs(second, heat * sp.exp(theta))
    response = sp.diff(score.subs(second, heat * sp.exp(other)), other).subs(other, theta)
    formula = -weight * response / (real_curvature + weight * sampled_curvature)
    return sp.simplify(formula.subs(theta, point))


def compare():
    """Against the closed forms of both papers."""
    found = derive()
    for share, t in (
        (sp.Rational(1, 5), sp.Rational(4, 5)),
        (sp.Rational(1, 2), sp.Rational(3, 2)),
    ):
        at = {weight: (1 - share) / share, heat: t}
        numbers = float(share), float(t)
        exact = float(found["fixed"].subs(at))
        yield "variance", exact, bertrand2023.tempered_variance(numbers[1], numbers[0])
        exact = float(found["hottest"].subs(at))
        yield "threshold", exact, bertrand2023.temperature_threshold(numbers[0])
        exact = np.array(found["multipliers"].subs(at), dtype=float).ravel()
        yield "multipliers", exact, [1 - numbers[0], (1 - numbers[0]) * numbers[1]]
        yield "curvature", float(found["curvature"].subs(at)), (1 - numbers[0]) * numbers[1]
        start, real = np.array([2.0, 3.0]), np.array([0.5, 1.0])
        after = bertrand2023.mean_parameters(3, start, real, real_fraction=numbers[0])
        yield "mean parameters", real + (1 - float(share)) ** 3 * (start - real), after
    for rho, t in ((sp.Rational(1, 2), sp.Rational(4, 5)), (2, sp.Rational(3, 2))):
        exact = float(found["goal"].subs({level: rho, heat: t}))
        computed = alemohammad2023.real_fraction_for_variance(float(rho), temperature=float(t))
        yield "variance goal", exact, computed
    for cut in (0.5, 1.0, 3.0):
        exact = float(
            found["truncated"].subs(sp.Symbol("c", positive=True), sp.Rational(cut)).evalf(30)
        )
        yield "truncation", exact, alemohammad2023.truncation_temperature(cut)
