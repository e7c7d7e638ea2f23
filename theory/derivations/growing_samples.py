"""Numbers of samples that grow: sums and products over generations [CA-A7]."""

import functools

import mpmath
import numpy as np
import sympy as sp

from genloop.papers import shumailov2024

samples, x, half = sp.symbols("M x a", positive=True)
place = sp.Symbol("s", integer=True, positive=True)


@functools.cache
def derive():
    """The second moment of a chi-square number over its degrees, and products for 10 s^2."""
    density = x ** (half - 1) * sp.exp(-x) / sp.gamma(half)
    moment = lambda k: sp.integrate((x / half) ** k * density, (x, 0, sp.oo))
    second = sp.simplify(moment(2)).subs(half, (samples - 1) / 2)
    deviation = sp.simplify(moment(sp.Rational(1, 2))).subs(half, (samples - 1) / 2)
    angle = sp.pi / sp.sqrt(10)
    return {
        "second moment": sp.simplify(second),
        "deviation": deviation,
        "sum": sp.summation(1 / (10 * place**2), (place, 1, sp.oo)),
        # sin(pi z) and sinh(pi z) as products over whole numbers (Euler).
        "spread": sp.sinh(angle) / sp.sin(angle) - 1,
    }


def compare():
    """Generation by generation, and the limits for ten times the square of the generation."""
    found = derive()
    sizes = np.array([10.0, 40.0, 90.0, 160.0])
    square, mean = 1.0, mpmath.mpf(1)
    for t, size in enumerate(sizes, 1):
        square *= float(found["second moment"].subs(samples, int(size)))
        mean *= mpmath.mpf(str(found["deviation"].subs(samples, int(size)).evalf(40)))
        yield "spread", square - 1, shumailov2024.variance_spread_along(sizes)[t - 1]
        exact = float((1 / sizes[:t]).sum() + 2 - 2 * mean)
        yield "risk", exact, shumailov2024.risk_along(sizes)[t - 1]
    long = 10 * np.arange(1.0, 2001.0) ** 2
    rest = float(mpmath.zeta(2, 2001)) / 5
    limit = np.expm1(np.log1p(shumailov2024.variance_spread_along(long)[-1]) + rest)
    yield "limit of the spread", float(found["spread"].evalf(30)), limit
    # The mean deviation is near -1/(4 M) a generation in the logarithm.
    total = float(found["sum"].evalf(30))
    tail = float(mpmath.zeta(2, 2001)) / 10
    risk = shumailov2024.risk_along(long)[-1]
    deviation = (float((1 / long).sum()) + 2 - risk) / 2 * np.exp(-tail / 4)
    yield "limit of the risk", 0.250689343807950264, total + 2 - 2 * deviation
    limit = shumailov2024.growth_limit(10, 2.0)
    yield "spread in the end", float(found["spread"].evalf(30)), limit.variance_spread
    yield "risk in the end", 0.250689343807950264, limit.risk
