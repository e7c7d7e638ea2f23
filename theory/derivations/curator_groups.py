"""Two groups of curators [CU-4], ideal points [CU-6], their fit [CU-7], few candidates [CU-8]."""

import functools

import sympy as sp

from genloop.loops.curation import plural

q, one, two, x, r, v, tau, s = sp.symbols("q kappa_1 kappa_2 x r V tau s", positive=True)
m12, m23, m31 = sp.symbols("m12 m23 m31", positive=True)


def welfare():
    """Of two favourites, the first with the probability x."""
    return q * sp.log(x + one * (1 - x)) + (1 - q) * sp.log(two * x + 1 - x)


@functools.cache
def derive():
    """From the welfare, the moments of what groups choose, and the tournament."""
    slope = sp.diff(welfare(), x)
    share = sp.solve(sp.numer(sp.together(slope)), x)[0]
    gain = q / (x + one * (1 - x)) + (1 - q) * two / (two * x + 1 - x)
    multiplier = sp.diff(x * gain, x).subs(x, share)
    mix = sp.Symbol("a")
    real = r / x - (1 - r) / (1 - x)
    fraction = sp.solve((1 - mix) * slope + mix * real, mix)[0]
    variance = s * tau**2 / (s + tau**2) + (s / (s + tau**2)) ** 2 * v
    rest = v - tau**2
    matrix = sp.Matrix([[0, m12, -m31], [-m12, 0, m23], [m31, -m23, 0]])
    balance = sp.Matrix([m23, m31, m12]) / (m12 + m23 + m31)
    turn = (sp.diag(*balance) * matrix).charpoly().all_coeffs()
    odds = sp.log((1 - q) / q)
    logistic = sp.diff(sp.log(q * sp.exp((1 - q) * s) + (1 - q) * sp.exp(-q * s)), s)
    proxy = sp.simplify(logistic.subs(s, 2 * odds)) / (2 * odds)
    return {
        "share": sp.simplify(share),
        "lower": sp.solve(sp.numer(sp.together(share)), q)[0],
        "upper": sp.solve(sp.numer(sp.together(share - 1)), q)[0],
        "multiplier": sp.simplify(multiplier),
        "fraction": sp.simplify(fraction),
        "at rest": sp.simplify(variance.subs(s, rest) - rest),
        "variance multiplier": sp.simplify(sp.diff(variance, s).subs(s, rest)),
        "turning": sp.simplify(turn[2]),
        "distance": sp.sqrt(1 / proxy),
    }


def compare():
    """Against the closed forms."""
    found = derive()
    known = {q: sp.Rational(2, 5), one: sp.Rational(1, 10), two: sp.Rational(3, 10)}
    number = lambda name, at: float(found[name].subs(at))
    yield "share", number("share", known), plural.coexisting_share(0.4, 0.1, 0.3)
    ends = number("lower", known), number("upper", known)
    yield "region", ends, plural.coexistence_region(0.1, 0.3)
    yield "multiplier", number("multiplier", known), plural.coexistence_multiplier(0.4, 0.1, 0.3)
    goal = known | {x: sp.Rational(2, 3), r: sp.Rational(9, 10)}
    claimed = plural.keeping_fraction(2 / 3, 0.4, 0.1, 0.3, 0.9)
    yield "fraction", number("fraction", goal), claimed
    yield "at rest", 0.0, float(found["at rest"])
    spread = {v: sp.Integer(3), tau: sp.Rational(6, 5)}
    claimed = plural.refitted_multipliers(3.0, width=1.2)[1]
    yield "variance", number("variance multiplier", spread), claimed
    margins = {m12: sp.Rational(1, 5), m23: sp.Rational(1, 10), m31: sp.Rational(3, 10)}
    matrix = [[0.0, 0.2, -0.3], [-0.2, 0.0, 0.1], [0.3, -0.1, 0.0]]
    exact = 1 - 1 / (1 + number("turning", margins)) ** 0.5
    yield "fraction that calms", exact, plural.calming_fraction(matrix)
    tenth = {q: sp.Rational(1, 10)}
    yield "distance", number("distance", tenth), plural.splitting_distance(0.1)
