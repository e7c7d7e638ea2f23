"""Fourth moments of the Gaussian loop, alone and with fresh real data [ST-B6] [ST-B2] [CA-A3].

One dimension (or one direction of many): delta is the error of the model's mean, V its variance.
A generation averages n_s synthetic points with n_r real ones; the real points' own noise adds only
lower moments, so they sit at their mean here.
"""

import functools

import numpy as np
import sympy as sp

from genloop.laws import PooledMoments
from genloop.papers import alemohammad2023, shumailov2024

n, m, heat = sp.symbols("n m T", positive=True)
delta, spread, z, chi = sp.symbols("delta sigma z chi")


def expectation(polynomial):
    """Over z ~ N(0, 1) and an independent chi-square number with n - 1 degrees of freedom."""
    normal = {0: 1, 2: 1, 4: 3}
    square = {0: 1, 1: n - 1, 2: (n - 1) * (n + 1)}
    terms = sp.Poly(sp.expand(polynomial), z, chi).terms()
    return sum(c * normal.get(i, 0) * square[j] for (i, j), c in terms)


def quadratic_map(real, degrees):
    """The matrix of E(delta^4, delta^2 sigma^2, sigma^4) with `real` fresh points at the mean."""
    pool = n + real
    mean = delta + sp.sqrt(heat / n) * spread * z
    error = n / pool * mean
    variance = (heat * spread**2 * chi + n * real / pool * mean**2) / degrees
    basis = [delta**4, delta**2 * spread**2, spread**4]
    after = [error**4, error**2 * variance, variance**2]
    rows = [sp.Poly(sp.expand(expectation(e)), delta, spread) for e in after]
    return sp.Matrix([[sp.factor(row.coeff_monomial(b)) for b in basis] for row in rows])


def positive_for_two_and_more():
    """Whether every coefficient of the leading minors of I - P is positive at n = 2 + u, m = 2 + v.

    Every row is first multiplied by its denominators, which are positive. Then I - P is a
    non-singular M-matrix, and the spectral radius of P is below one, for all n >= 2 and m >= 2.
    """
    u, v = sp.symbols("u v")
    matrix = (sp.eye(3) - quadratic_map(m, n + m - 1).subs(heat, 1)).applyfunc(sp.together)
    rows = []
    for row in matrix.tolist():
        common = sp.lcm([sp.denom(entry) for entry in row])
        whole = [sp.cancel(common * entry).subs({n: 2 + u, m: 2 + v}) for entry in row]
        assert all(c > 0 for c in sp.Poly(common.subs({n: 2 + u, m: 2 + v}), u, v).coeffs())
        rows.append([sp.Poly(entry, u, v) for entry in whole])
    (a, b, c), (d, e, f), (g, h, k) = rows
    minors = [a, a * e - b * d, a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)]
    return sp.true if all(c > 0 for minor in minors for c in minor.coeffs()) else sp.false


def at_infinity(entry):
    """The limit of a rational function of n that has one."""
    above, below = (sp.Poly(part, n) for part in sp.fraction(sp.cancel(entry)))
    assert above.degree() <= below.degree()
    return above.coeff_monomial(n ** below.degree()) / below.LC()


@functools.cache
def derive():
    """The matrix for any sizes, the two determinants, and the loop without real data."""
    matrix = quadratic_map(m, n + m - 1)
    at_one = matrix.subs(heat, 1)
    determinant = lambda real: sp.factor((sp.eye(3) - at_one.subs(m, real)).det())
    one = -(8 * n**4 + 6 * n**3 + 5 * n**2 + 11 * n + 6) / (n * (n + 1) ** 6)
    two = 8 * (n**2 + 2 * n + 2) * (5 * n**4 + 13 * n**3 + 21 * n**2 + 20 * n + 4)
    two = two / ((n + 1) ** 3 * (n + 2) ** 6)
    assert sp.simplify(determinant(1) - one) == 0
    assert sp.simplify(determinant(2) - two) == 0
    many = (n * (sp.eye(3) - at_one)).applyfunc(at_infinity).det()
    assert sp.expand(many - 4 * m * (2 * m - 3) * (3 * m - 1)) == 0
    alone = quadratic_map(0, n - 1)
    critical = sp.solve(sp.Eq(alone[2, 2], 1), heat)
    assert positive_for_two_and_more()
    return {
        "matrix": matrix,
        "one": determinant(1),
        "two": determinant(2),
        "alone": alone,
        "many": sp.factor(many),
        "critical": critical[0],
    }


def compare():
    """Against the law, the recursion of CA-A3 and the mean square threshold."""
    found = derive()
    for size, real, t in (
        (3, 1, sp.Rational(4, 5)),
        (7, 2, sp.Integer(1)),
        (50, 4, sp.Rational(6, 5)),
    ):
        exact = np.array(found["matrix"].subs({n: size, m: real, heat: t}), dtype=float)
        yield "with real data", exact, PooledMoments(size, real, float(t)).fourth_moment_matrix
    for size in (2, 10, 100):
        exact = np.array(found["alone"].subs({n: size, heat: 1}), dtype=float)
        yield "without real data", exact, shumailov2024.sample_fourth_moments(size)
        exact = float(found["critical"].subs(n, size))
        yield "mean square threshold", exact, alemohammad2023.mean_square_threshold(size)
