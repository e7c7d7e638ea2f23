"""What a draw and real data do to the lost share [PL-1], and what holds a variance [PL-3] [PL-4].

Moments of one direction in units of the real variance: M = E delta^2 and C = E Sigma; of outcomes
S = E sum p^2 and R = sum r^2, with E p = r.
"""

import functools

import numpy as np
import sympy as sp

from genloop.loops import contamination

error, share, heat, goal = sp.symbols("M a T rho", positive=True)
samples, points, square, real = sp.symbols("n m S R", positive=True)
rest = 1 - share


def mixed(mean_error, variance):
    """(M, C) behind a share of m fresh real points: within and between groups."""
    within = rest * variance + share * (1 - 1 / points)
    between = rest * share * (mean_error + 1 / points)
    return rest**2 * mean_error + share**2 / points, within + between


def drawn(mean_error, variance):
    """(M, C) behind a draw of n."""
    return mean_error + variance / samples, (1 - 1 / samples) * variance


def unbiased():
    """The drift of (M, C - 1) per real share with the unbiased fit, and its zero, as N grows."""
    pool, number, excess = sp.symbols("N L D", positive=True)
    own = number / pool
    inner = 1 + (1 - own) * excess
    between = (1 - own) * own * pool / (pool - 1)
    after = sp.Matrix([(1 - own) ** 2 * error + inner / pool, inner - 1 + between * error])
    drift = ((after - sp.Matrix([error, excess])) / own).applyfunc(
        lambda x: sp.limit(x, pool, sp.oo)
    )
    matrix = -drift.jacobian([error, excess])
    end = sp.solve(list(drift), [error, excess], dict=True)[0]
    assert sp.simplify(end[error] - end[excess]) == 0
    return {"border": sp.factor(matrix.det()), "end": sp.simplify(end[error])}


@functools.cache
def derive():
    """The lost share behind each stage, and the real fractions of the lazy plan."""
    found = {}
    for name, stage in (("drawn", drawn), ("mixed", mixed)):
        after, left = stage(error, 1 - error)
        # What is not in the mean is in the variance.
        assert sp.simplify(after + left - 1) == 0
        found[name] = sp.expand(after)
    lost = lambda s: (s - real) / (1 - real)
    at = {square: real + (1 - real) * error}
    draw = (1 - 1 / samples) * square + 1 / samples
    mix = rest**2 * square + 2 * rest * share * real
    mix += share**2 * (real + (1 - real) / points)
    for name, after in (("drawn", draw), ("mixed", mix)):
        assert sp.simplify(lost(after).subs(at) - found[name]) == 0
    keeps = lambda before: sp.solve(heat * before + share * (1 - heat * before) - goal, share)[0]
    found |= unbiased()
    found["hold"] = sp.simplify(keeps(goal))
    found["first"] = sp.simplify(keeps(heat**2))
    return found


def compare():
    """Against the factors and noises, and the lazy plan, of `genloop.loops.contamination`."""
    found = derive()
    for n, a, m in ((2, 0.5, 1), (10, 0.1, 7), (1000, 0.9, 3)):
        at = {samples: n, share: sp.Rational(str(a)), points: m}
        for name, part in (
            ("drawn", contamination.drawn(n)),
            ("mixed", contamination.mixed(a, m)),
        ):
            expression = found[name].subs(at)
            noise = float(expression.subs(error, 0))
            kept = float(expression.subs(error, 1)) - noise
            yield f"{name}, n = {n}, a = {a}", np.array([kept, noise]), np.array(part)
    number = sp.Symbol("L", positive=True)
    yield "border", np.array([float(x) for x in sp.solve(found["border"], number)]), np.array([0.5])
    for size in (1, 3, 7.5):
        laws = contamination.PowerLaw(2.0, 1.0), contamination.PowerLaw(size / 2, -1.0)
        end = float(found["end"].subs(number, size))
        yield f"end, L = {size}", end, contamination.limit_of_error(*laws).value
    at = {heat: sp.Rational(9, 10), goal: sp.Rational(4, 5)}
    plan = contamination.cheapest_fractions(0.8, 0.9, 4)
    yield "first", float(found["first"].subs(at)), plan[2]
    yield "hold", float(found["hold"].subs(at)), plan[3]
