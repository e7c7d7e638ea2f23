"""Retraining on corrected samples [ST-C1] [ST-C2] [ST-C3] [ST-C4]."""

import functools

import numpy as np
import sympy as sp

from genloop.papers import gillman2024

w, gamma, b, beta, samples, real_samples = sp.symbols("w gamma b beta n m", positive=True)
a, eta, real, target, start, quadratic = sp.symbols("a eta eta_r eta_t eta_0 v_2")


def generation(mean):
    """The mean parameter after a generation."""
    return a * real + (1 - a) * (mean + gamma * target) / (1 + gamma)


def variance():
    """The variance after a generation from the law of total variance, in units of the real one."""
    spread, slope, level = sp.symbols("V v_1 v_0")
    of = lambda mean: level + slope * mean + quadratic * mean**2
    shift = sp.Symbol("delta")
    chance = gamma / (1 + gamma)
    inner = (1 - chance) * of(real + shift) + chance * of(real) + chance * (1 - chance) * shift**2
    average = lambda e: sp.expand(e).subs(shift**2, spread).subs(shift, 0)
    mean = average(((1 - chance) * shift) ** 2)
    after = (1 - a) ** 2 * (mean + average(inner) / samples) + a**2 * of(real) / real_samples
    unit = sp.Symbol("v", positive=True)
    after = sp.expand(after).subs(level, unit - slope * real - quadratic * real**2)
    after = sp.expand(sp.simplify(after))
    return sp.simplify(after.coeff(spread, 1)), sp.simplify(after.coeff(spread, 0) / unit)


@functools.cache
def derive():
    """The end and the rate, the bound and its level, the multiplier, the variance."""
    end = sp.solve(generation(eta) - eta, eta)[0]
    assert sp.simplify(generation(eta) - end - (1 - a) / (1 + gamma) * (eta - end)) == 0
    level = sp.Symbol("x", positive=True)
    terms = level / (1 - level) / (1 + gamma)
    (highest,) = sp.solve(terms - 1, level)
    fraction = 1 / (1 + highest / b)
    # In one dimension: minus the derivative in the model over that in its successor.
    steep, own = sp.symbols("A B")
    multiplier = (w * own / (1 + gamma) / (steep + w * own)).subs(own, beta * steep)
    factor, source = variance()
    return {
        "end": sp.simplify(end),
        "bound": terms.subs(level, w * b),
        "level": highest,
        "fraction": sp.simplify(fraction),
        "multiplier": sp.simplify(multiplier),
        "factor": factor,
        "source": source,
    }


def compare():
    """Against the closed forms."""
    found = derive()
    for share, g in ((sp.Rational(1, 5), sp.Rational(1, 2)), (sp.Rational(2, 3), sp.Integer(3))):
        numbers = {"real_fraction": float(share), "strength": float(g)}
        at = {a: share, gamma: g, real: 2, target: -1}
        end = float(found["end"].subs(at))
        after = gillman2024.corrected_mean_parameters(3, 5.0, 2.0, -1.0, **numbers)
        yield "mean parameter", end + float((1 - share) / (1 + g)) ** 3 * (5 - end), after
        at = {w: sp.Rational(1, 10), b: 3, beta: 3, gamma: g}
        exact = float(found["bound"].subs(at))
        yield "rate", exact, gillman2024.sufficient_rate(3.0, 0.1, float(g))
        exact = float(found["level"].subs(at)) / 3
        yield "weight", exact, gillman2024.sufficient_weight(3.0, float(g))
        exact = float(found["fraction"].subs(at))
        yield "fraction", exact, gillman2024.sufficient_real_fraction(3.0, float(g))
        exact = float(found["multiplier"].subs(at))
        steep, own = -np.eye(1), -3 * np.eye(1)
        yield "multiplier", [exact], gillman2024.corrected_multipliers(steep, own, 0.1, float(g))
        at = {a: share, gamma: g, samples: 20, real_samples: 7}
        for v2 in (-1, 0, sp.Rational(1, 3)):
            factor, source = (found[x].subs({**at, quadratic: v2}) for x in ("factor", "source"))
            design = {"samples": 20, "real_samples": 7, "quadratic": float(v2)}
            design["strength"] = float(g)
            exact = float(source * (1 + factor) + factor**2 / 3)
            after = gillman2024.squared_error(2, 1 / 3, real_weight=float(share), **design)
            yield "variance", exact, after
            exact = float(source / (1 - factor))
            yield "limit", exact, gillman2024.stationary_error(float(share), **design)
