"""Biases and noises of a fit, projections and overlaps of mixtures [CA-A8] [CA-A0] [CA-A9]."""

import functools

import numpy as np
import sympy as sp

from genloop.loops.gaussian import overlap
from genloop.papers import shumailov2024

b, tau, eps, n, x, mu, nu = sp.symbols("b tau epsilon n x mu nu", positive=True)
s, u = sp.symbols("s u", positive=True)
t, j = sp.symbols("t j", integer=True, positive=True)


@functools.cache
def derive():
    """Sums of geometric series, and Gaussian integrals."""
    powers = (1 - b**t) / (1 - b)
    variance = b**t + tau * powers
    one = lambda k: b**k + tau * (1 - b**k) / (1 - b)
    error = sp.summation(sp.expand(one(j)), (j, 0, t - 1)) / n + t * eps
    normal = lambda m, v: sp.exp(-((x - m) ** 2) / (2 * v)) / sp.sqrt(2 * sp.pi * v)
    product = sp.integrate(sp.expand(normal(mu, s) * normal(nu, u)), (x, -sp.oo, sp.oo))
    claimed = sp.exp(-((mu - nu) ** 2) / (2 * (s + u))) / sp.sqrt(2 * sp.pi * (s + u))
    assert sp.simplify(sp.expand_log(sp.log(product / claimed), force=True)) == 0
    weight = sp.Symbol("w", positive=True)
    mean = weight * mu + (1 - weight) * nu
    second = weight * (s + mu**2) + (1 - weight) * (u + nu**2)
    return {
        "variance": variance,
        "error": error,
        "overlap": claimed,
        "projected": sp.expand(second - mean**2),
    }


def compare():
    """With a bias below and above one; mixtures of two components."""
    found = derive()
    noise = {"variance_noise": 0.3, "mean_noise": 0.2}
    for bias, generations in ((0.9, 7), (1.02, 12)):
        numbers = {b: sp.Rational(str(bias)), tau: sp.Rational("0.3"), eps: sp.Rational("0.2")}
        numbers |= {n: 10, t: generations}
        exact = [float(found[k].subs(numbers).doit()) for k in ("variance", "error")]
        moments = shumailov2024.noisy_moments(generations, 10, bias=bias, **noise)
        yield "moments", exact, moments
    numbers = {mu: 1.5, nu: 0.25, s: 0.5, u: 1.25, sp.Symbol("w", positive=True): 0.375}
    one = np.ones(1), np.array([[1.5]]), np.array([[[0.5]]])
    two = np.ones(1), np.array([[0.25]]), np.array([[[1.25]]])
    yield "overlap", float(found["overlap"].subs(numbers)), overlap(*one, two)
    both = [np.concatenate([p, q]) for p, q in zip(one, two, strict=True)]
    projected = shumailov2024.project_mixture(np.array([0.375, 0.625]), both[1], both[2])[1]
    yield "projected", float(found["projected"].subs(numbers)), projected[0, 0]
