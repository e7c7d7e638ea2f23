r"""Two leaders make the largest multiplier of tempering [HD-11]: the algebra of its proof.

One leader above equal others; the cubic equation of a state of three levels; the polynomial that
shows such a state to be no maximum. Below $b = 1 + 1/e$.
"""

import functools

import numpy as np
import sympy

from genloop.loops.temperature.closed_forms import leaders

E, P, R, W, U, T = sympy.symbols("e P R W u t", positive=True)
M, Y, LOSER, LEADER_WEIGHT = sympy.symbols("M Y y a", positive=True)
B = 1 + 1 / E
FIRST, SECOND, THIRD = 1 + 1 / P, 1 - 1 / R, 1 - 1 / W


def one_leader():
    """The others of one leader, from the secular equation and the definition of the multiplier."""
    losers = LEADER_WEIGHT * (1 - LOSER) / (Y - 1)
    balance = LEADER_WEIGHT * (M * B - B / Y) + losers * (M * B - B / LOSER)
    (pole,) = sympy.solve(sympy.numer(sympy.together(balance)), LOSER, dict=False)[-1:]
    number = (Y / pole) ** (1 + E) * (1 - pole) / (Y - 1)
    return {"pole of the others": _numerator(pole - 1 / (M * Y)), "others of one": number}


def three_levels():
    """Differences that vanish: the three poles of a state, the ratio of its first two weights."""
    product = FIRST * SECOND * THIRD
    at_sharpness = (B - product) * (B - 1) ** 2 - (B - FIRST) * (B - SECOND) * (B - THIRD)
    (pole,) = sympy.solve(sympy.numer(sympy.together(at_sharpness)), P)
    one, two = sympy.symbols("a1 a2", positive=True)
    three = (one * P - two * R) / W
    weights = zip((one, two, three), (FIRST, SECOND, THIRD), strict=True)
    balance = sum(weight * (1 / product - B / y) for weight, y in weights)
    (ratio,) = sympy.solve(sympy.numer(sympy.together(balance)), one)
    stated = R * (R - W) * (P + 1 + E) / (P * (R - 1 - E) * (P + W))
    return {
        "poles": _numerator(pole - (R + W - 1 + E)),
        "ratio of weights": _numerator(ratio / two - stated),
        "second order": _second_order(),
    }


def _second_order():
    """The condition (3) in $P, R, W$ against its stated form, weights in units of the second."""
    ratio = sympy.symbols("Q", positive=True)
    poles, weights = (FIRST, SECOND, THIRD), (ratio, 1, (ratio * P - R) / W)
    terms = []
    for i, (y, weight) in enumerate(zip(poles, weights, strict=True)):
        slope = sympy.prod(y - other for j, other in enumerate(poles) if j != i)
        terms.append(weight * (B - y) ** 2 / ((1 - y) ** 2 * slope))
    # The middle slope is negative, so that the sum is T1 - T2 + T3.
    common = (P + R) * (P + W) * (R - W) * E**2 / (P * R * W)
    held, needed = _sides(P)
    return _numerator(common * sum(terms) - (ratio * P * held - R * needed))


def _numerator(expression):
    """Zero if and only if a rational expression is."""
    return sympy.expand(sympy.numer(sympy.together(expression)))


def _sides(first):
    inner = (W + E) ** 2 * (first + R)
    return (
        (first - E) ** 2 * (R - W) + inner,
        (R + E) ** 2 * (first + W) + inner,
    )


def slack():
    r"""$Q_0 (P B + k) - k Q - R B'$ over $R B'$, and the polynomial times $(R - 1)(1 + t)^3$."""
    first = R + W - 1 + E
    held, needed = _sides(first)
    least = first * (R - 1) + (1 + E) * (first + R)
    weight = R * (R - 1 - E) * (first + W)
    ratio = R**2 * (R - W) * (first + 1 + E)
    product = least * (held + weight) - (R - 1) * (ratio + R * needed)
    powers = sympy.Poly(sympy.expand(product.subs(R, 1 + E + U)), W).all_coeffs()[::-1]
    spread = 1 + T + (E + U) * T
    terms = [c * spread**k * (1 + T) ** (len(powers) - 1 - k) for k, c in enumerate(powers)]
    polynomial = sympy.Poly(sympy.expand(sum(terms)), E, U, T)
    return product / ((R - 1) * R * needed), polynomial


@functools.cache
def derive():
    """Identities (all zero), expressions for the code, and the smallest coefficient."""
    relative, polynomial = slack()
    return {
        **one_leader(),
        **three_levels(),
        "slack": relative,
        "terms": sympy.Integer(len(polynomial.terms())),
        "smallest coefficient": min(polynomial.coeffs()),
    }


def compare():
    """The identities against zero, the signs of the polynomial, the formulas of the code."""
    found = derive()
    for name in ("pole of the others", "poles", "ratio of weights", "second order"):
        yield name, 0.0, found[name]
    yield "terms of the polynomial", 83, found["terms"]
    yield "all of them positive", 1, int(bool(found["smallest coefficient"] > 0))
    lifts, poles, temperature = np.array([1.0, 1.7, 30.0]), np.array([1.2, 3.0, 1.01]), 0.6
    number = sympy.lambdify((M, Y, E), found["others of one"])
    yield (
        "others of one leader",
        number(lifts, poles, temperature / (1 - temperature)),
        leaders.others_of_one_leader(lifts / temperature, poles, temperature=temperature),
    )
    points = np.array([[0.4, 2.0, 1.5], [3.0, 9.0, 1.2], [1.0, 2.2, 2.1]]).T
    yield "slack", sympy.lambdify((E, R, W), found["slack"])(*points), leaders.saddle_slack(*points)
