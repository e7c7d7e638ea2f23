r"""The branch of the leader has at most one pair of folds: the inequalities of the proof [HD-9].

With $w = z^{b-1}$ and $c = b - 1 > 0$: $Q$ is the slope of $1/(1 - w)$ in $\lambda = \log w +
c \log(1 - w)$, $D$ the logarithmic slope of $Q$, $K = (Q''/Q - 1)/(D - 1)$. Signs are read from
coefficients after substitutions that map an interval to the positive numbers.
"""

import functools

import jax.numpy as jnp
import sympy
from scipy.optimize import brentq

from genloop.loops.temperature.branches import ProbabilityClasses, branch_slope
from genloop.loops.temperature.folds import real_fraction_at
from genloop.models import Categorical

W, C, S = sympy.symbols("w c s", positive=True)
B = C + 1


def along(expression):
    r"""The derivative in $\lambda$: $\mathrm d w/\mathrm d \lambda = w (1 - w)/(1 - b w)$."""
    return sympy.factor(sympy.diff(expression, W) * W * (1 - W) / (1 - B * W))


@functools.cache
def quantities():
    """Q, D and K."""
    q = along(1 / (1 - W))
    d = sympy.factor(along(q) / q)
    return q, d, sympy.factor((along(d) + d**2 - 1) / (d - 1))


CONSTANT = (19 * C**2 + 31 * C + 13) / (6 * C * (C + 1))
FIRST = 2 * (C + 2) * (43 * C**2 + 91 * C + 46) / (45 * C**2 * (C + 1))


def remainder():
    r"""Coefficients up to $e^5$ of $(K - \frac{3}{2g} - k - k_1 e)\,g$ times $K$'s denominator.

    At $b w = 1 + e$, where $g = \lambda_{max} - \lambda = O(e^2)$ and the denominator is of that
    order too: all of them vanish if $k + k_1 e$ continues the expansion.
    """
    e = sympy.Symbol("e")
    orders = range(2, 8)
    gap = sum((sympy.Integer(-1) ** n + C ** (1 - n)) * e**n / n for n in orders)
    top, bottom = sympy.fraction(quantities()[2])
    place = lambda part: sympy.Poly(sympy.expand(part.subs(W, (1 + e) / B)), e).as_expr()
    whole = place(top) * gap - (sympy.Rational(3, 2) + (CONSTANT + FIRST * e) * gap) * place(bottom)
    polynomial = sympy.Poly(sympy.expand(whole), e)
    return sympy.Matrix([sympy.simplify(polynomial.coeff_monomial(e**n)) for n in range(6)])


def part(polynomial, place):
    """The numerator at a place; the denominator is a product of c, c + 1, c + 2 and s + 1."""
    top, bottom = sympy.fraction(sympy.cancel(polynomial.subs(W, place)))
    return sympy.expand(top * sympy.sign(bottom.subs({C: 1, S: 1})))


def derive():
    """The numerators of K' and M', with their sign, where both roots can be."""
    _, _, k = quantities()
    positive = (2 - (B + 1) * W) ** 2 * (1 - B * W) ** 3
    rise = sympy.cancel(sympy.diff(k, W) * positive)
    top, bottom = sympy.fraction(k)
    excess = sympy.expand(top - CONSTANT * bottom)
    # M' times w (1 - w) (K - k)^2 bottom^2, with (1 - b w)^4 (2 - (b + 1) w)^2 = bottom^2 out.
    change = sympy.diff(top, W) * bottom - top * sympy.diff(bottom, W)
    turn = sympy.Rational(3, 2) * W * (1 - W) * change - (1 - B * W) * excess**2
    turn = sympy.cancel(sympy.expand(turn) / (1 - B * W) ** 4)
    # The upper root with D > 1 lies between 1/b and 2/(b + 1), the lower one below 1/b.
    upper, lower = (1 / B + S * 2 / (B + 1)) / (1 + S), 1 / (B * (1 + S))
    return {
        "K rises": part(rise, lower),
        "M rises above": part(turn, upper),
        "M below": part(turn, lower),
        "expansion": remainder(),
    }


def signs(expression):
    """The signs of the coefficients in s, highest first; None where they depend on c."""
    for power, polynomial in enumerate(sympy.Poly(expression, S).all_coeffs()):
        coefficients = sympy.Poly(polynomial, C).coeffs() if polynomial != 0 else []
        positive, negative = (x for x in (True, False))
        found = {coefficient > 0 for coefficient in coefficients}
        if found == {positive}:
            yield power, 1
        elif found == {negative}:
            yield power, -1
        elif found:
            yield power, None


def compare():
    found = derive()
    for name in ("K rises", "M rises above"):
        wrong = [power for power, sign in signs(found[name]) if sign != 1]
        yield f"{name}: coefficients that may not be positive", 0, len(wrong)
    below = [sign for _, sign in signs(found["M below"])]
    yield "M below: coefficients without one sign", 0, below.count(None)
    changes = sum(a != b for a, b in zip(below, below[1:], strict=False))
    yield "M below: changes of sign", 1, changes
    yield "M below: its sign at the turn", 1, below[-1]
    yield "terms of the expansion that are left", 0, sum(x != 0 for x in found["expansion"])
    yield from _slopes()


def _slopes():
    r"""$\mathrm d \log a/\mathrm d \ell = -a (1 - b w_1) \sum_j r_j Q(w_j)$ against the code."""
    q = sympy.lambdify((W, C), quantities()[0])
    real, temperature = (0.5, 0.3, 0.2), 0.6
    excess = 1 / temperature - 1
    classes = ProbabilityClasses.of(Categorical(jnp.array(real)))
    for logit in (-2.0, 0.3, 2.5):
        share = 1 / (1 + jnp.exp(-logit).item())
        ratios = [r / real[0] for r in real[1:]]
        roots = [share, *(_lower_root(share, ratio, excess) for ratio in ratios)]
        a = real_fraction_at(classes, temperature, 0, logit)
        total = sum(r * q(w, excess) for r, w in zip(real, roots, strict=True))
        derived = -a * (1 - (1 + excess) * share) * total
        yield f"slope at {logit}", derived, branch_slope(classes, temperature, 0, logit).item()


def _lower_root(share, ratio, excess):
    """The w of an outcome, by that of the leader and the ratio of their real probabilities."""
    height = share * (1 - share) ** excess * ratio**excess
    gap = lambda w: w * (1 - w) ** excess - height
    return brentq(gap, 0, 1 / (1 + excess), xtol=1e-16, rtol=1e-15)
