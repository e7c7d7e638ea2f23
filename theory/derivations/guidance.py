"""Guidance away from an auxiliary model [ST-E1] [ST-E2] [ST-E3] [ST-E5] [SI-1]."""

import functools

import sympy as sp

from genloop.loops import guidance
from genloop.models import Gaussian

T, q, w, s, o, tau, kappa, U = sp.symbols("T q w s o tau kappa T_s", positive=True)
x, m, n, t = sp.symbols("x m n t", real=True)


def density():
    """Precision and mean of the product of powers, from its exponent."""
    exponent = sp.expand(-(1 + w) * (x - m) ** 2 / (2 * s) + w * (x - n) ** 2 / (2 * o))
    precision = sp.simplify(-2 * exponent.coeff(x, 2))
    return precision, sp.simplify(exponent.coeff(x, 1) / precision)


def flow():
    """The variance at the end of the flow: deviations are proportional to F."""
    level = (s + t) ** ((1 + w) / 2) * (o + t) ** (-w / 2)
    rate = ((1 + w) / (s + t) - w / (o + t)) / 2
    assert sp.simplify(sp.diff(sp.log(level), t) - rate) == 0
    return sp.powsimp(level.subs(t, 0) ** 2, force=True)


@functools.cache
def derive():
    """The density and the flow, the temperature, the strengths, the end, the linearised edge."""
    precision, mean = density()
    guided = 1 / precision.subs({s: T, o: T * U})
    heat = sp.simplify(guided)
    (back,) = sp.solve(heat - tau, w)
    same = sp.simplify(back.subs(U, T))
    stay = sp.Symbol("g")
    (end,) = sp.solve(tau * (1 - q + q * stay) - stay, stay)
    (edge,) = sp.solve(q * (1 + w * (1 - kappa)) - 1, w)
    return {
        "precision": precision,
        "mean": mean,
        "flow variance": flow(),
        "temperature": heat,
        "strength": sp.simplify(back),
        "unbiased": sp.simplify(same.subs(tau, 1)),
        "critical": sp.simplify(same.subs(tau, 1 / q)),
        "flow critical": sp.solve((1 - w) * sp.log(T) + sp.log(q), w)[0],
        "variance": sp.simplify(end),
        "linearised": sp.simplify(edge),
    }


def compare():
    """Against the closed forms and the models."""
    found = {
        name: sp.lambdify([T, U, q, w, s, o, tau, kappa, m, n], one)
        for name, one in derive().items()
    }
    for heat, other, share, strength in ((0.9, 0.9, 0.9, 1.5), (0.7, 0.8, 0.6, 0.4)):
        at = (heat, other, share, strength, 1.0, 0.8, 1.1, 0.3, 0.5, 0.2)
        exact = {name: one(*at) for name, one in found.items()}
        one, two = Gaussian.of(0.5, 1.0), Gaussian.of(0.2, 0.8)
        guided = one.guide(two, strength)
        yield "precision", exact["precision"], 1 / float(guided.covariance[0, 0])
        yield "mean", exact["mean"], float(guided.mean[0])
        flowed = one.guide_by_flow(two, strength)
        yield "flow variance", exact["flow variance"], float(flowed.covariance[0, 0])
        reached = guidance.effective_temperature(strength, heat, auxiliary=other)
        yield "temperature", exact["temperature"], reached
        yield "strength", exact["strength"], guidance.strength_for(1.1, heat, auxiliary=other)
        yield "unbiased", exact["unbiased"], guidance.unbiased_strength(heat)
        yield "critical", exact["critical"], guidance.critical_strength(heat, 1 - share)
        edge = guidance.critical_strength(heat, 1 - share, flow=True)
        yield "flow critical", exact["flow critical"], edge
        heat_of = guidance.effective_temperature(strength, heat, auxiliary=other)
        again = found["variance"](*at[:6], heat_of, *at[7:])
        end = guidance.guided_variance(strength, heat, 1 - share, auxiliary=other)
        yield "variance", again, end
        yield "linearised", exact["linearised"], guidance.linearised_threshold(1 - share, 0.3)
