r"""One winner [HD-9], limits of the fold [U-6] and the cusp of two outcomes [U-9].

The slope of a branch with one winner, the sum of the two roots that decides how often it turns; the
first order of the branch equation at $T = 1$ and its largest value for many outcomes; slope and
fixed-point equation of the scalar map, and its expansion at the cusp.
"""

import functools
import math

import sympy

from genloop.loops.temperature.closed_forms import cusp, many_outcomes

B, H, K, X, T, Z, SIZE = sympy.symbols("b h K x T z m", positive=True)


def branch_of_one_winner():
    """Differences that vanish: the slope of the branch, the sum of the roots and its derivative."""
    d = B * Z ** (B - 1)
    # kappa r = z - z^b, so kappa dz/dkappa = (z - z^b)/(1 - d).
    slope = Z - (Z - Z**B) / (1 - d) + (1 - 1 / B) * Z * d / (1 - d)
    roots = sympy.cosh(H) * 2 * sympy.sinh(B * H) / sympy.sinh((B - 1) * H)
    total = 1 + sympy.sinh((B + 1) * H) / sympy.sinh((B - 1) * H)
    steep = sympy.diff(total, H) * sympy.sinh((B - 1) * H) ** 2
    numerator = sympy.sinh(2 * B * H) - B * sympy.sinh(2 * H)
    return {
        "slope of the branch": sympy.simplify(slope),
        "sum of the roots": _zero(roots - total),
        "its derivative": _zero(steep - numerator),
    }


def _zero(expression):
    return sympy.simplify(sympy.expand(expression.rewrite(sympy.exp)))


def taylor(odd):
    """An odd function of the magnetisation to third order."""
    slope = lambda order: sympy.diff(odd, SIZE, order).subs(SIZE, 0)
    return sympy.simplify(slope(1)) * SIZE + sympy.simplify(slope(3)) * SIZE**3 / 6


@functools.cache
def derive():
    """Identities (all zero), and expressions for the code."""
    weight = 2 / K - 1
    coth = lambda z: 1 / sympy.tanh(z)
    fraction = 1 - (coth(B * H) + weight) / (coth(H) + weight)
    ratio = sympy.symbols("k", positive=True)
    share = ratio + ratio ** (1 - B)
    best = (B - 1) ** (1 / B)
    stationary = sympy.powsimp(sympy.expand(sympy.diff(share, ratio)))
    sampled = X ** (1 / T) / (X ** (1 / T) + (1 - X) ** (1 / T))
    steepness = sympy.diff(sampled, X)
    level = 1 - 1 / steepness
    moved = taylor(sympy.tanh(sympy.atanh(SIZE) / T))
    slope = sympy.diff(moved, SIZE)
    depth = sympy.diff(-T + 1 / slope, SIZE, 2).subs(SIZE, 0) / 2
    offset = sympy.diff(SIZE - moved / slope, SIZE, 3).subs(SIZE, 0) / 6 / (1 - T)
    return {
        **branch_of_one_winner(),
        "slope in T": sympy.simplify(sympy.diff(fraction, B).subs(B, 1)),
        "best ratio": sympy.simplify(stationary.subs(ratio**-B, 1 / (B - 1))),
        "least share": share.subs(ratio, best),
        "fold: real fraction": level,
        "fold: real probability": (X - (1 - level) * sampled) / level,
        "edge squared": sympy.simplify(offset**2 / depth**3),
    }


def compare():
    """The identities, and values of the code."""
    results = derive()
    for name in ("slope of the branch", "sum of the roots", "its derivative", "best ratio"):
        yield name, 0, results[name]
    for outcomes in (3, 50, 50_000):
        slope = results["slope in T"].subs(K, outcomes)
        half = sympy.nsolve(sympy.diff(slope, H), H, math.log(outcomes) / 2.5, prec=30)
        value = many_outcomes.fold_slope(outcomes=float(outcomes))
        yield "fold near temperature one", float(slope.subs(H, half).evalf(25)), value
    for temperature, outcomes in ((0.3, 1e6), (0.8, 1e20)):
        share = results["least share"].subs(B, 1 / sympy.Rational(temperature)).evalf(25)
        far = many_outcomes.many_outcomes_fold(temperature=temperature, outcomes=outcomes)
        yield "fold of many", float(share) * outcomes ** (temperature - 1), far.synthetic_share
    for temperature, state in ((0.5, 0.37), (0.8, 0.55)):
        here = {T: sympy.Rational(temperature), X: sympy.Rational(state)}
        names = ("fold: real fraction", "fold: real probability")
        values = [float(results[name].subs(here).evalf(30)) for name in names]
        yield "fold of two outcomes", values, cusp.fold_set(state, temperature=temperature)
        edge = float(results["edge squared"].subs(here).evalf(30)) * 0.01**3
        found = cusp.cusp_edge(1 - temperature - 0.01, temperature=temperature) ** 2
        yield "edge of the cusp", edge, found
