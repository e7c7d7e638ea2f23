"""Expected moments of data that are kept, and first-order risks [CA-C2] [CA-C3].

Only independence and second moments enter, but for E sigma^4. Everything in units of the variance
of the pool before: N points with mean m and variance 1 (divisor N), n new ones of the fit.
"""

import functools

import sympy as sp

from genloop.loops.memory import (
    kept_square,
    kept_unbiased_variance,
    kept_variance,
    subsampled_risk,
    subsampled_variance,
)

n, s, t = sp.symbols("n s t", positive=True)
pool = n * (s - 1)
share = n / (pool + n)


def grown(variance, mean_error):
    """The variance of the pool when points with this variance and error of the mean join."""
    noise = variance / n
    within = (1 - share) + share * (1 - 1 / n) * variance
    return within + share * (1 - share) * (mean_error + noise)


@functools.cache
def derive():
    """The factors of a generation, in the number s of generations behind it, and the risk."""
    kept = sp.factor(grown(1, 0))
    assert sp.simplify(kept - (1 - 1 / (n * s**2))) == 0
    scatter = (pool - 1) + (n - 1) + pool / (pool + n)
    unbiased = sp.factor(scatter / (pool + n - 1))
    assert sp.simplify(unbiased - (1 - 1 / (s * (s * n - 1)))) == 0
    first, between = n - 1, (s - 1) / s
    mean = ((s - 1) * n + first + between) / (s * n)
    spread = 2 * (first + between**2) / (s * n) ** 2
    square = sp.factor(mean**2 + spread)
    assert sp.simplify(square - (1 - (4 * s - 3) / (n**2 * s**4))) == 0
    finite = pool / (pool - 1)
    chosen = grown(finite * (1 - 1 / n), finite * (1 / n - 1 / pool))
    ratio = sp.factor(chosen.subs(s, t + 1))
    published = 1 - (2 * t * n - t - n) / (n * (t + 1) ** 2 * (t * n - 1))
    assert sp.simplify(ratio - published) == 0
    roots = sp.solve(n**2 * t**2 + (2 * n**2 - n) * t + n**2 - 4 * n + 1, t)
    root = sp.sqrt(3 * (4 * n - 1))
    expected = {-1 + (1 + sign * root) / (2 * n) for sign in (1, -1)}
    assert all(any(sp.simplify(a - b) == 0 for b in expected) for a in roots)
    gap = sp.expand((2 * t * n - t - n) - (t * n - 1) - (t - 1) * (n - 1))
    assert gap == 0
    fit = ratio * (t + 1) * (t * n - 1) / (((t + 1) * n - 1) * t)
    excess = sp.factor(fit - (1 - 1 / n)) * n * (t + 1) * ((t + 1) * n - 1)
    assert sp.simplify(excess - (n * t**2 + (2 * n - 1) * t - 2 * n)) == 0
    k = sp.Symbol("k", integer=True, positive=True)
    parts = sp.apart((2 - 1 / k) / (k + 1) ** 2, k)
    limit = sp.simplify(2 + sp.summation(parts, (k, 1, sp.oo)))
    return {
        "kept": kept,
        "unbiased": unbiased,
        "square": square,
        "chosen": ratio,
        "limit": limit,
        "step": parts,
    }


def compare():
    """Products of the factors, and the risk, against the closed forms."""
    found = derive()
    product = lambda name, first, last, size, at=s: sp.prod(
        found[name].subs({n: size, at: step}) for step in range(first, last + 1)
    )
    for size, last in ((2, 4), (10, 7)):
        options = {"samples": size}
        yield "kept", float(product("kept", 1, last, size)), kept_variance(last, **options)
        whole = product("unbiased", 2, last, size)
        yield "unbiased", float(whole), kept_unbiased_variance(last, **options)
        yield "square", float(product("square", 1, last, size)), kept_square(last, **options)
        whole = (1 - sp.Rational(1, size)) * product("chosen", 1, last - 1, size, t)
        yield "chosen", float(whole), subsampled_variance(last, **options).pool
    k = sp.Symbol("k", integer=True, positive=True)
    for last in (1, 2, 9):
        risk = 2 - sp.Rational(1, last)
        risk += sum(found["step"].subs(k, step) for step in range(1, last))
        yield "risk of chosen points", float(risk), subsampled_risk(last)
    assert sp.simplify(found["limit"] - (sp.pi**2 / 2 - 2)) == 0
