"""Moments and cumulants of the logarithm of a chi-square number [CA-A4] [CA-A6] [ST-B2] [CA-A3]."""

import functools

import mpmath
import numpy as np
import sympy as sp

from genloop.laws import LogVariance
from genloop.papers import alemohammad2023, shumailov2024

degrees, x, k = sp.symbols("nu x k", positive=True)
half = degrees / 2


@functools.cache
def derive():
    """One generation multiplies the variance by S, a chi-square number over its degrees."""
    density = half**half * x ** (half - 1) * sp.exp(-half * x) / sp.gamma(half)
    assert sp.simplify(sp.integrate(density, (x, 0, sp.oo)) - 1) == 0
    moment = sp.simplify(sp.integrate(x**k * density, (x, 0, sp.oo)))
    assert sp.simplify(moment - (2 / degrees) ** k * sp.gamma(half + k) / sp.gamma(half)) == 0
    generating = k * sp.log(2 / degrees) + sp.loggamma(half + k) - sp.loggamma(half)
    cumulants = [sp.diff(generating, k, order).subs(k, 0) for order in (1, 2, 3, 4)]
    # E S = 1, so E[S log S] is the derivative of the moment at k = 1.
    size_biased = sp.diff(generating, k).subs(k, 1)
    return {
        "moment": (2 / degrees) ** k * sp.gamma(half + k) / sp.gamma(half),
        "exponent": cumulants[0],
        "cumulants": sp.Matrix(cumulants),
        "kesten": 1 / size_biased,
    }


def compare():
    """Against the law and the closed forms of both papers."""
    found = derive()
    exact = lambda name, samples, **more: _number(found[name], samples, **more)
    for samples in (2, 5, 10, 100, 1000):
        law = LogVariance(samples, 7)
        yield "exponent", exact("exponent", samples), law.exponent
        yield "exponent", exact("exponent", samples), shumailov2024.lyapunov_exponent(samples)
        cumulants = [7 * _number(c, samples) for c in found["cumulants"]]
        yield "cumulants", cumulants, [law.cumulant(order) for order in (1, 2, 3, 4)]
        hottest = np.exp(-exact("exponent", samples))
        yield "almost sure threshold", hottest, alemohammad2023.almost_sure_threshold(samples)
        for power in (0.5, 1, 2.5):
            value = exact("moment", samples, power=power) ** 7
            yield "moment by the law", value, law.moment(power)
            yield "moment", value, shumailov2024.variance_moment(power, 7, samples)
        yield "Kesten constant", exact("kesten", samples), shumailov2024.kesten_constant(samples)
        deviation = exact("moment", samples, power=0.5) ** 7
        yield "E sigma", deviation, shumailov2024.mean_standard_deviation(7, samples)


def _number(expression, samples, power=1):
    value = expression.subs({degrees: samples - 1, k: sp.Rational(str(power))})
    with mpmath.workdps(30):
        return float(sp.N(value, 30))
