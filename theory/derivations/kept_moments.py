"""Expected moments of loops with kept data, and of one with a fixed real set [ST-B5] [ST-B4].

A pool of N points has mean error delta and scatter U; real ones have mean error 0 and variance 1,
synthetic ones delta and T C with C = U/(N - kappa). For the fixed set everything is about its mean.
"""

import functools

import numpy as np
import sympy as sp

from genloop.laws import PooledMoments
from genloop.loops.gaussian import fixed_data_moments, kept_covariance, kept_error_constant

size, new, real = sp.symbols("N b a", positive=True)
heat, bias = sp.symbols("T kappa", nonnegative=True)
error, scatter, variance = sp.symbols("M U C", nonnegative=True)


def pooled():
    """(M, U) after a real and b synthetic points have joined, from the law of total variance.

    Three groups: each has its scatter within, and the means move the pooled scatter between. Group
    means are delta, delta + s and r with noises s, r of variance T C/b and 1/a.
    """
    total = size + real + new
    noise, own = heat * variance / new, 1 / real
    weights = [size / total, new / total, real / total]
    mean = (weights[0] + weights[1]) ** 2 * error + weights[1] ** 2 * noise + weights[2] ** 2 * own
    within = scatter + (new - 1) * heat * variance + (real - 1)
    # E (m_i - m_j)^2 of the three pairs of groups.
    gaps = {(0, 1): noise, (0, 2): error + own, (1, 2): error + noise + own}
    between = sum(total * weights[i] * weights[j] * gap for (i, j), gap in gaps.items())
    return sp.simplify(mean), sp.simplify(within + between)


def fixed_set():
    """The limits of (M, C) about the mean of a real set with scatter R, at a points."""
    within = sp.Symbol("R", positive=True)
    total = real + new
    mean = (new / total) ** 2 * (error + heat * variance / new)
    between = new * real / total * (error + heat * variance / new)
    spread = (within + (new - 1) * heat * variance + between) / (total - bias)
    found = sp.solve([mean - error, spread - variance], [error, variance], dict=True)[0]
    return [sp.factor(found[error]), sp.factor(found[variance])]


@functools.cache
def derive():
    """The recursion, its case without real data, its long run, and the limits of a fixed set."""
    mean, pool = pooled()
    total = size + real + new
    joined = real + new * heat * variance
    stated = ((size + new) ** 2 * error + joined) / total**2
    assert sp.simplify(mean - stated) == 0
    stated = scatter + (1 - 1 / total) * joined + (size + new) * real / total * error
    assert sp.simplify(pool - stated) == 0
    alone = pool.subs({real: 0, error: 0, scatter: (size - bias) * variance}) / variance
    alone = sp.cancel(sp.limit(alone, real, 0) / (size + new - bias))
    y = size + new
    roots = y**2 - (new + bias - heat * new) * y - heat * new
    assert sp.simplify(alone - roots / (y * (y - bias))) == 0
    # N M = c in the long run: (1 - p g)^2 c/(1 - g) + g w = c to first order in g = (a + b)/N'.
    share, step, level = sp.symbols("p g c", positive=True)
    limit = share / (1 - (1 - share) * heat)
    grown = (1 - share * step) ** 2 / (1 - step) * level + step * limit
    first = sp.diff(grown - level, step).subs(step, 0)
    constant = sp.factor(sp.solve(first, level)[0])
    error_limit, variance_limit = fixed_set()
    return {
        "error": mean,
        "scatter": pool,
        "alone": alone,
        "constant": constant,
        "set error": error_limit,
        "set covariance": variance_limit,
    }


def compare():
    """Against the law and the closed forms."""
    found = derive()
    for b, a, n, t, one in ((5, 3, 20, sp.Rational(4, 5), 1), (2, 8, 3, sp.Rational(6, 5), 0)):
        at = {new: b, real: a, size: n, heat: t, error: sp.Rational(1, 4), variance: 2}
        at[scatter] = 2 * (n - one)
        exact = [found["error"].subs(at), found["scatter"].subs(at) / (n + a + b - one)]
        law = PooledMoments(b, a, float(t), bool(one))
        yield "kept data", np.array(exact, dtype=float), law.kept(1, n, (0.25, 2.0))[-1]
        exact = float(found["alone"].subs(at | {bias: one}))
        options = {"temperature": float(t), "unbiased": bool(one)}
        yield "without real data", exact, kept_covariance(1, b, size=n, **options)
        set_at = at | {bias: one, sp.Symbol("R", positive=True): a - 1}
        error_about = found["set error"].subs(set_at) + sp.Rational(1, a)
        exact = np.array([error_about, found["set covariance"].subs(set_at)], dtype=float)
        yield "a fixed set", exact, np.array(fixed_data_moments(b, a, **options))
    at = {sp.Symbol("p", positive=True): sp.Rational(4, 5), heat: sp.Rational(3, 2)}
    yield (
        "error in the long run",
        float(found["constant"].subs(at)),
        kept_error_constant(0.8, temperature=1.5),
    )
