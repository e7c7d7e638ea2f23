"""The expected squares of the fresh-data loop and the admissible synthetic size [ST-B6] [ST-B7].

Draws and mixing in two dimensions from normal and Bartlett numbers; then one generation in any
dimension from the joint law of the new mean and the gap between the groups, iterated as a power
series in u = 1/n_r: the loop forgets a factor u in every generation.
"""

import functools

import numpy as np
import sympy as sp

from genloop.loops.gaussian import admissible_limit
from genloop.models import Gaussian, GaussianSquareMoments

x, y, first, second, noise, share = sp.symbols("x y l_1 l_2 nu a")
z1, z2, chi1, chi2, skew = sp.symbols("z_1 z_2 c_1 c_2 b")
size, heat, u, d = sp.symbols("n T u d", positive=True)


def expectation(polynomial, degrees):
    """Over normal z_1, z_2, b and the Bartlett numbers c_1^2, c_2^2 of a 2 x 2 Wishart matrix."""
    normal = {0: 1, 2: 1, 4: 3}
    square = lambda k, m: {0: 1, 2: m, 4: m * (m + 2)}.get(k, 0)
    terms = sp.Poly(sp.expand(polynomial), z1, z2, skew, chi1, chi2).terms()
    return sum(
        c * normal.get(i, 0) * normal.get(j, 0) * normal.get(k, 0) * square(p, degrees)
        * square(q, degrees - 1)
        for (i, j, k, p, q), c in terms
    )  # fmt: skip


def invariants(delta, spread):
    """The seven numbers of a state."""
    error, trace = (delta.T * delta)[0], spread.trace()
    along = (delta.T * spread * delta)[0]
    return [error, trace, error**2, error * trace, along, trace**2, (spread * spread).trace()]


def wishart():
    root = sp.Matrix([[chi1, 0], [skew, chi2]])
    return root * root.T


def drawn():
    """The fit to n draws of N((x, y), diag(l_1^2, l_2^2))."""
    root = sp.diag(first, second)
    delta = sp.Matrix([x, y]) + root * sp.Matrix([z1, z2]) / sp.sqrt(size)
    spread = root * wishart() * root / size
    return sp.Matrix([expectation(number, size - 1) for number in invariants(delta, spread)])


def mixed():
    """The fit to a share 1 - a of N((x, y), diag(l_1, l_2)) and a of n real points."""
    real = sp.Matrix([z1, z2]) / sp.sqrt(size)
    old = sp.Matrix([x, y])
    spread = (1 - share) * sp.diag(first, second) + share * wishart() / size
    spread += share * (1 - share) * (old - real) * (old - real).T
    delta = (1 - share) * old + share * real
    return sp.Matrix([expectation(number, size - 1) for number in invariants(delta, spread)])


def generation(order):
    """The map of the seven numbers at n_r = 1/u in d dimensions, to an order in u, as a function.

    delta' and D = ybar - xbar are jointly normal given the state, with covariances K1, K2, K12;
    the scatter within the groups is m_r + m_s V in expectation.
    """
    cut = lambda expression: _cut(expression, order)
    e, v1, v2, along = sp.symbols("e V_1 V_2 A")
    pool = cut(u * _inverse(size * u, order))  # 1/N
    degrees = cut(u * _inverse((size - 1) * u, order))  # 1/(N - 1)
    p, q = _inverse(size * u, order), cut(size * pool)
    own = size - 1
    # m_r/(N - 1) and g/(N - 1) in place of the numbers that grow.
    real, g = cut((1 - u) * _inverse((size - 1) * u, order)), cut(size * p * degrees)
    within, own = (real, own * degrees), own
    k1, k2, k12 = (p * pool, q * pool), (u, 1 / size), (-pool, pool)
    trace = lambda k: k[0] * d + k[1] * v1
    pair = lambda k, o: k[0] * o[0] * d + (k[0] * o[1] + k[1] * o[0]) * v1 + k[1] * o[1] * v2
    quadratic = lambda k: k[0] * e + k[1] * along
    error, gap = q**2 * e + trace(k1), e + trace(k2)
    fourth = lambda mean, k, s: mean**2 + 2 * pair(k, k) + 4 * s**2 * quadratic(k)
    both = error * gap + 2 * pair(k12, k12) + 4 * q * quadratic(k12)
    aligned = (q * e + trace(k12)) ** 2 + pair(k1, k2) + pair(k12, k12)
    aligned += q**2 * quadratic(k2) + quadratic(k1) + 2 * q * quadratic(k12)
    gaps = fourth(gap, k2, 1)
    noise_real, noise_own = real * degrees, own * degrees**2
    after = [
        error,
        trace(within) + g * gap,
        fourth(error, k1, q),
        error * trace(within) + g * both,
        q**2 * quadratic(within) + pair(within, k1) + g * aligned,
        2 * noise_real * d + 2 * noise_own * v2 + trace(within) ** 2
        + 2 * g * trace(within) * gap + g**2 * gaps,
        pair(within, within) + noise_real * (d + d**2) + noise_own * (v2 + v1**2)
        + 2 * g * (quadratic(within) + pair(within, k2)) + g**2 * gaps,
    ]  # fmt: skip
    basis = [e, v1, e**2, e * v1, along, v1**2, v2]
    rows = [sp.Poly(sp.expand(number), e, v1, v2, along) for number in after]
    at = lambda row, one: cut(row.coeff_monomial(one))
    matrix = sp.Matrix([[at(row, one) for one in basis] for row in rows])
    source = sp.Matrix([at(row, 1) for row in rows])
    scales = [1, heat, 1, heat, heat, heat**2, heat**2]
    step = lambda state: (
        matrix * sp.Matrix([s * v for s, v in zip(scales, state, strict=True)]) + source
    ).applyfunc(cut)
    return step


def _cut(expression, order):
    poly = sp.Poly(sp.expand(expression), u)
    return sum(c * u**k for (k,), c in poly.terms() if k <= order)


def _inverse(small, order):
    return sum((-small) ** k for k in range(order + 1))


def limits():
    """The roots in n of the leading coefficient of risk minus risk of real points, by risk."""
    state, step = sp.zeros(7, 1), generation(2)
    for _ in range(3):
        state = step(state)
    error, trace, square = state[0], state[1], state[6]
    alone = d * u + d * (d + 1) / 4 * (u + u**2)
    frobenius = error + (square - 2 * trace + d) / 4 - alone
    # sqrt(s) and s^(-3/2) to second order in s - 1, which is of order u.
    gap = sp.expand(trace / d - 1)
    root, power = 1 + gap / 2 - gap**2 / 8, 1 - sp.Rational(3, 2) * gap
    expansion = error + d * (1 - root) ** 2 + (square - trace**2 / d) / 4 * power - alone
    found = {}
    for name, risk in (("frobenius", frobenius), ("wasserstein", expansion)):
        excess = sp.Poly(_cut(risk, 2), u)
        assert sp.simplify(excess.coeff_monomial(u)) == 0
        assert sp.simplify(excess.coeff_monomial(1)) == 0
        leading = sp.cancel(sp.expand(excess.coeff_monomial(u**2)) / size)
        found[name] = sp.factor(sp.solve(leading, size)[0])
    return found


@functools.cache
def derive():
    """One draw and one mixing in two dimensions, and the limits of the admissible size."""
    found = limits()
    for name, curved in (("frobenius", 2), ("wasserstein", (1 + 3 * heat) / 2)):
        stated = (4 * (2 - heat) + (d + 1) * (curved - heat**2)) / (1 - heat) ** 2
        assert sp.simplify(found[name] - stated) == 0
    return {"drawn": drawn(), "mixed": mixed(), **found}


def compare():
    """Against the moments of the stages and the closed forms."""
    found = derive()
    place = {x: sp.Rational(1, 2), y: sp.Rational(-1, 3), first: 2, second: sp.Rational(3, 4)}
    real = Gaussian.of([0.0, 0.0], np.eye(2))
    for n in (3, 20):
        start = Gaussian.of([0.5, -1 / 3], np.diag([4.0, 9 / 16]))
        exact = np.array(found["drawn"].subs(place | {size: n}), dtype=float).ravel()
        yield "draw", exact, GaussianSquareMoments.of(real, start).draw(n).numbers
        start = Gaussian.of([0.5, -1 / 3], np.diag([2.0, 3 / 4]))
        at = place | {size: n, share: sp.Rational(1, 5)}
        exact = np.array(found["mixed"].subs(at), dtype=float).ravel()
        yield "mix", exact, GaussianSquareMoments.of(real, start).mix(real, 0.2, n).numbers
    for name in ("frobenius", "wasserstein"):
        for dimension, temperature in ((1, 0.5), (100, 0.7), (3, 1.1)):
            exact = found[name].subs({d: dimension, heat: sp.Rational(str(temperature))})
            limit = admissible_limit(temperature, dimension=dimension, risk=name)
            yield name, float(exact), limit
