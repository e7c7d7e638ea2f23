r"""The secular equation of a temperature loop [HD-6] and its closed form for two levels [U-3].

The characteristic polynomial of $DF$ for three outcomes against $\mu \prod_i (d_i - \mu) \sum_i
s_i/(d_i - \mu)$; then $m$ winners and $K - m$ losers, where the equation between the levels is
linear.
"""

import functools

import jax.numpy as jnp
import numpy as np
import sympy

from genloop.loops.temperature import structure
from genloop.loops.temperature.closed_forms import uniform
from genloop.models import Categorical

A, B, MU = sympy.symbols("a b mu", positive=True)
RHO, M, K = sympy.symbols("rho m K", positive=True)
X = sympy.symbols("x1:4", positive=True)


def characteristic(power):
    """Minus the characteristic polynomial of DF, and the polynomial of the secular equation."""
    powers = [x**power for x in X]
    total = sum(powers)
    s = [p / total for p in powers]
    matrix = sympy.Matrix(3, 3, lambda i, j: (1 - A) * sympy.diff(s[i], X[j]))
    poles = [(1 - A) * power * s_i / x for s_i, x in zip(s, X, strict=True)]
    others = [sympy.prod(poles[j] - MU for j in range(3) if j != i) for i in range(3)]
    secular = MU * sum(s_i * rest for s_i, rest in zip(s, others, strict=True))
    return -(matrix - MU * sympy.eye(3)).det(), secular


@functools.cache
def derive():
    """The difference of the two polynomials (zero) and the three multipliers of two levels."""
    determinant, secular = characteristic(2)
    high, low = RHO / (M * RHO + K - M), 1 / (M * RHO + K - M)
    s_high, s_low = RHO**B / (M * RHO**B + K - M), 1 / (M * RHO**B + K - M)
    share = (high - low) / (s_high - s_low)
    d_high, d_low = share * B * s_high / high, share * B * s_low / low
    linear = M * s_high * (d_low - MU) + (K - M) * s_low * (d_high - MU)
    return {
        "characteristic polynomial": sympy.cancel(determinant - secular),
        "among winners": sympy.simplify(d_high),
        "among losers": sympy.simplify(d_low),
        "between": sympy.simplify(sympy.solve(linear, MU)[0]),
    }


def compare():
    """The identity, two-level multipliers, and the secular equation of the code at its roots."""
    results = derive()
    yield "characteristic polynomial", 0, results["characteristic polynomial"]
    for temperature, ratio, winners, outcomes in ((0.5, 2.5, 1, 3), (0.8, 7.0, 4, 10)):
        point = {B: 1 / temperature, RHO: ratio, M: winners, K: outcomes}
        options = {"temperature": temperature, "outcomes": outcomes, "winners": winners}
        state = uniform.two_levels(jnp.log(ratio), **options)
        for name in ("among winners", "among losers", "between"):
            value = float(results[name].subs(point).evalf(30))
            yield name, value, getattr(state, name.replace(" ", "_"))
    model, share = Categorical(jnp.array([0.5, 0.3, 0.2])), 0.2
    point = dict(zip(X, (0.5, 0.3, 0.2), strict=True)) | {A: share}
    polynomial = sympy.Poly(characteristic(2)[1].subs(point), MU)
    roots = sorted(float(sympy.re(root)) for root in polynomial.nroots(n=30))[1:]
    options = {"temperature": 0.5, "real_fraction": share}
    residual = [1 + structure.secular_equation(model, root, **options) for root in roots]
    yield "secular equation", np.ones(2), residual
