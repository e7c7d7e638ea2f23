"""Expected moments of a loop on pooled synthetic and fresh real samples [ST-B3] [CA-A1b] [ST-B8].

Only independence and second moments enter: synthetic points have mean mu0 + delta and variance T C,
real ones mean mu0 and variance 1. M = E delta^2, C = E Sigma; everything in units of S0.
"""

import functools
import itertools

import numpy as np
import sympy as sp

from genloop.laws import PooledMoments
from genloop.papers import alemohammad2023, shumailov2024

synthetic, real = sp.symbols("n_s n_r", positive=True)
heat, bias = sp.symbols("T kappa", nonnegative=True)
error, variance = sp.symbols("M C", nonnegative=True)
pool = synthetic + real
rest = synthetic / pool


def scatter_identity():
    """Pooled scatter minus (within groups + between groups), for 3 + 2 symbolic points: zero."""
    y, x = sp.symbols("y:3"), sp.symbols("x:2")
    spread = lambda points: sum((p - sum(points) / len(points)) ** 2 for p in points)
    between = sp.Rational(6, 5) * (sum(y) / 3 - sum(x) / 2) ** 2
    return sp.expand(spread(y + x) - spread(y) - spread(x) - between)


def generation():
    """(M, C) one generation later."""
    noise = heat * variance / synthetic
    new_error = rest**2 * (error + noise) + (real / pool) ** 2 / real
    within = (synthetic - 1) * heat * variance + (real - 1)
    between = synthetic * real / pool * (error + noise + 1 / real)
    return sp.Matrix([new_error, (within + between) / (pool - bias)])


@functools.cache
def derive():
    """Matrix, source, limits, k, the critical temperature and the equation of the real fraction."""
    assert scatter_identity() == 0
    after, state = generation(), sp.Matrix([error, variance])
    matrix = after.jacobian(state).applyfunc(sp.factor)
    source = after.subs({error: 0, variance: 0}).applyfunc(sp.factor)
    limit = (sp.eye(2) - matrix).LUsolve(source).applyfunc(sp.factor)
    k = (pool - 1 + pool * rest) / ((pool - bias) * (1 + rest))
    determinant = sp.factor((sp.eye(2) - matrix).det())
    assert sp.simplify(determinant - (1 - rest**2) * (1 - rest * heat * k)) == 0
    left = 1 - rest * heat * k
    assert sp.simplify(limit[0] - 1 / (pool * (1 + rest) * left)) == 0
    assert sp.simplify(limit[1] - k * (1 - rest) / left) == 0
    q, n, goal = sp.symbols("q N rho", positive=True)
    k_of_q = (n - 1 + n * q) / ((n - bias) * (1 + q))
    critical = sp.numer(sp.together(1 - q * heat * k_of_q))
    wanted = sp.numer(sp.together(k_of_q * (1 - q) / (1 - q * heat * k_of_q) - goal))
    return {
        "matrix": matrix,
        "source": source,
        "limit": limit,
        "hottest": sp.factor(1 / (rest * k)),
        "critical": sp.expand(critical),
        "wanted": sp.expand(wanted),
    }


def compare():
    """Against the law, the closed forms of both papers and their thresholds."""
    found = derive()
    sizes = [
        (900, 100, sp.Rational(4, 5), 1),
        (30, 10, sp.Integer(1), 0),
        (8, 2, sp.Rational(11, 10), 1),
    ]
    for n, m, t, one in sizes:
        at = {synthetic: n, real: m, heat: t, bias: one}
        number = {
            name: np.array(found[name].subs(at), dtype=float)
            for name in ("matrix", "source", "limit")
        }
        law = PooledMoments(n, m, float(t), bool(one))
        yield "matrix", number["matrix"], law.matrix
        yield "source", number["source"].ravel(), law.source
        yield "limit by the law", number["limit"].ravel(), law.stationary()
        options = {"temperature": float(t), "unbiased": bool(one)}
        limit = alemohammad2023.stationary_moments(n, m, **options)
        yield "limit by the closed form", number["limit"].ravel(), np.array(limit)
        share, hottest = m / (n + m), float(found["hottest"].subs(at))
        computed = alemohammad2023.temperature_threshold(share, n + m, unbiased=bool(one))
        yield "critical temperature", hottest, computed
    for t, size, one in itertools.product((sp.Rational(3, 2), 3), (10, 1000), (0, 1)):
        at = {heat: t, bias: one, sp.Symbol("N", positive=True): size}
        root = max(sp.Poly(found["critical"].subs(at)).nroots(25))
        computed = alemohammad2023.required_real_fraction(float(t), size, unbiased=bool(one))
        yield "critical real fraction", float(1 - root), computed
        wanted = found["wanted"].subs(at | {sp.Symbol("rho", positive=True): 2})
        root = max(sp.Poly(wanted).nroots(25))
        options = {"temperature": float(t), "pool": size, "unbiased": bool(one)}
        computed = alemohammad2023.real_fraction_for_variance(2.0, **options)
        yield "real fraction for a variance goal", float(1 - root), computed
    for n, m in ((90, 10), (99, 1), (3, 4)):
        at = {synthetic: n, real: m, heat: 1, bias: 1}
        limit = np.array(found["limit"].subs(at), dtype=float).ravel()
        yield "stratified limit", limit[::-1], np.array(shumailov2024.stratified_limit(n, m))
        after = generation().subs(at | {error: sp.Rational(1, 3), variance: 2})
        step = shumailov2024.stratified_step(2.0, 1 / 3, samples=n, real_samples=m)
        yield "stratified step", np.array(after, dtype=float).ravel()[::-1], np.array(step)
