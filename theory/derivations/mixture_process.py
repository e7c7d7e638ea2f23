"""The process of newest model, older data and real data: moments and the real share [CA-A1]."""

import functools

import sympy as sp

from genloop.papers import shumailov2024

samples, real, share, v, d = sp.symbols("M gamma s V D", positive=True)
newest, older = share * (1 - real), (1 - share) * (1 - real)


@functools.cache
def derive():
    """The variance of a mixture is that within its parts and between every two of them."""
    noise = v / samples
    between = newest * older * noise + newest * real * (d + noise) + older * real * d
    variance = sp.expand((newest + older) * v + real + between)
    error = sp.expand((newest + older) ** 2 * d + newest**2 * noise)
    limit = sp.solve([variance - v, error - d], [v, d], dict=True)[0]
    # The moments stay bounded until the denominator of their limits vanishes.
    pole = sp.factor(sp.numer(sp.together(1 / limit[v])))
    roots = [root for root in sp.solve(pole, real) if root != 0]
    return {
        "variance": variance,
        "error": error,
        "limit of the variance": sp.simplify(limit[v]),
        "limit of the error": sp.simplify(limit[d]),
        "first root": roots[0],
        "second root": roots[-1],
    }


def compare():
    """For several designs, with and without older data."""
    found = derive()
    for size, fraction, own in ((100, "0.1", "7/9"), (100, "0.1", "1"), (3, "0.4", "0.5")):
        numbers = {samples: size, real: sp.Rational(fraction), share: sp.Rational(own)}
        design = {
            "samples": size,
            "real_fraction": float(numbers[real]),
            "share": float(numbers[share]),
        }
        step = shumailov2024.process_step(3.0, 0.49, **design)
        state = numbers | {v: 3, d: sp.Rational("0.49")}
        yield "step", [float(found[k].subs(state)) for k in ("variance", "error")], step
        limit = [float(found[f"limit of the {k}"].subs(numbers)) for k in ("variance", "error")]
        yield "limit", limit, shumailov2024.process_limit(*design.values())
        roots = [found[k].subs(numbers).evalf(40) for k in ("first root", "second root")]
        (critical,) = {float(root) for root in roots if 0 < root < 1}
        yield "real share", critical, shumailov2024.process_real_fraction(size, design["share"])
