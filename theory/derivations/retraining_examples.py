"""Retraining solved in full: a circle, peaks, hard assignments [ST-A2] [ST-A7] [ST-A8].

Also [ST-A13] and surfaces [ST-A14].
"""

import functools

import numpy as np
import sympy as sp

from genloop.loops.gaussian import plane_deviation_factor
from genloop.loops.retraining import cauchy, circle, curved_surface, hard_assignment

w, radius, distance, a = sp.symbols("w R d a", positive=True)
theta, other = sp.symbols("theta other", real=True)


def multiplier(objective, point):
    """Minus the mixed over the second derivative in the new parameter, at a fixed point."""
    slope = sp.diff(objective, other)
    quotient = -sp.diff(slope, theta) / sp.diff(slope, other)
    return sp.simplify(quotient.subs({theta: point, other: point}))


def on_the_circle():
    """The expected log-likelihood of both kinds of data, expanded; constants left out."""
    at = lambda x, y: -((x - radius * sp.cos(other)) ** 2 + (y - radius * sp.sin(other)) ** 2) / 2
    drawn = radius * sp.cos(theta), radius * sp.sin(theta)
    return at(distance, 0) + w * at(*drawn)


def on_two_peaks():
    """Log-likelihoods of Cauchy laws about two peaks and about the model."""
    # The mean of log(1 + (x - t)^2) under a Cauchy law is harmonic: log(4 + (c - t)^2).
    seen = lambda centre: -sp.log(4 + (centre - other) ** 2)
    return (seen(a) + seen(-a)) / 2 + w * seen(theta)


def surface_curvature(above):
    """The Hessian at 0 of the log-likelihood of a mean at a height above a surface in space."""
    x, y = sp.symbols("x y", real=True)
    m = sp.Matrix([[2, 1], [0, 3]])
    h = sp.Matrix([[sp.Rational(1, 2), sp.Rational(1, 5)], [sp.Rational(1, 5), -1]])
    u = m * sp.Matrix([x, y])
    height = (u.T * h * u)[0] / 2
    value = -(u.dot(u) + (above - height) ** 2) / 2
    return sp.hessian(value, (x, y)).subs({x: 0, y: 0}), m, h


@functools.cache
def derive():
    """Multipliers, critical points, constants and moments from first principles."""
    ring, peaks = on_the_circle(), on_two_peaks()
    real = peaks.subs(w, 0)
    u = sp.Symbol("u", positive=True)
    jerk = sp.diff(sp.log(1 + u**2), u, 3)
    steepest = [p for p in sp.solve(sp.numer(sp.together(sp.diff(jerk, u))), u) if p < 1]
    area = sp.Lambda(u, sp.integrate(sp.atan(u), u))
    transport = (2 * area(u) - area(u - a) - area(u + a)) / sp.pi
    m = sp.Symbol("m", positive=True)
    density = lambda x: sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    folded = sp.integrate(u * (density(u - m) + density(u + m)), (u, 0, sp.oo))
    curvature = sp.diff(real, other, 2).subs(other, 0)
    return {
        "home": multiplier(ring, 0),
        "worst": multiplier(ring, sp.pi),
        "centres": sp.Matrix(sorted(sp.solve(sp.diff(real, other).subs(a, 3), other))),
        "curvature": sp.simplify(curvature),
        "centre": multiplier(peaks, 0),
        "smoothness": sp.simplify(abs(jerk.subs(u, steepest[0]))),
        "transport": sp.limit(transport, u, sp.oo) - transport.subs(u, 0),
        "folded": sp.simplify(folded),
        "slope": sp.simplify(sp.diff(folded, m)),
        "surface": surface_curvature(1)[0],
        "under itself": surface_curvature(0)[0],
    }


def plane_root(samples):
    """Half the mean of the trace of a root, by the integral over the ratio."""
    m, y = sp.Integer(samples - 1), sp.Symbol("y", positive=True)
    powers = sp.expand((m - 1) * (y - 1) ** (m - 2) * sp.sqrt(y))
    ratio = sp.integrate(powers, (y, 1, 2))
    trace = sp.sqrt(2) * sp.gamma(m + sp.Rational(1, 2)) / sp.gamma(m) * ratio
    return trace / (2 * sp.sqrt(m))


def compare():
    """Against the closed forms."""
    found = derive()
    for numbers in ((2.0, 1.0, 3.0), (1.5, 0.25, 0.5)):
        at = dict(zip((radius, distance, w), map(sp.Rational, numbers), strict=True))
        exact = [float(found[name].subs(at)) for name in ("home", "worst")]
        known = dict(zip(("radius", "distance", "synthetic_weight"), numbers, strict=True))
        yield "circle", exact, circle.angle_multipliers(**known)
    yield "centres", np.array(found["centres"], dtype=float).ravel(), cauchy.critical_centres(3.0)
    yield "smoothness", float(found["smoothness"]), cauchy.SMOOTHNESS
    for half in (sp.Rational(1, 2), sp.Integer(1)):
        exact = float(found["curvature"].subs(a, half))
        yield "curvature", exact, cauchy.real_curvature(float(half))
        exact = float(found["centre"].subs({a: half, w: sp.Rational(3, 10)}))
        yield "centre", exact, cauchy.centre_multiplier(float(half), 0.3)
        exact = float(found["transport"].subs(a, half))
        yield "transport", exact, cauchy.transport_distance(float(half))
    for m in (0.5, 2.0):
        at = {symbol: sp.Rational(m) for symbol in found["folded"].free_symbols}
        yield "folded", float(found["folded"].subs(at)), hard_assignment.assigned_mean(m)
        exact = float(found["slope"].subs(at))
        yield "slope", exact, hard_assignment.centre_multiplier(m, 0.0)
    real, own = (np.array(found[name], dtype=float) for name in ("surface", "under itself"))
    slope, bend = curved_surface.surface(real, own)
    yield "surface", -slope.T @ slope, own
    yield "bend", -slope.T @ (np.eye(2) - bend) @ slope, real
    for samples in (3, 5, 9):
        yield "plane", float(plane_root(samples)), plane_deviation_factor(samples)
