r"""Uniform real data and the worst state of all [U-2], [U-4], [U-5], [HD-11].

The branch equation from the difference of the two levels, its hyperbolic and its cancellation-free
form, the fold from $a'(\delta) = 0$, the quadratic at $T = 1/2$; and the maximum over $\rho$ of the
multiplier at two equal leaders.
"""

import functools

import jax.numpy as jnp
import sympy

from genloop.loops.temperature import universal
from genloop.loops.temperature.closed_forms import special_cases, uniform

B, D, M, K, A, RHO = sympy.symbols("b delta m K a rho", positive=True)


def branch():
    """The synthetic share that makes two levels a fixed point."""
    levels = lambda rho: (rho / (M * rho + K - M), 1 / (M * rho + K - M))
    (high, low), (s_high, s_low) = levels(RHO), levels(RHO**B)
    return (high - low) / (s_high - s_low)


@functools.cache
def derive():
    """Differences of equivalent forms (all zero), and expressions for the code."""
    share = branch().subs(RHO, sympy.exp(D))
    weight = 2 * M / K - 1
    coth = lambda z: (sympy.exp(2 * z) + 1) / (sympy.exp(2 * z) - 1)
    hyperbolic = (coth(B * D / 2) + weight) / (coth(D / 2) + weight)
    cooled = (1 - sympy.exp(-(B - 1) * D)) / (1 - sympy.exp(-B * D))
    positive = K * cooled / (K + M * (sympy.exp(D) - 1))
    quadratic = sympy.numer(sympy.together(1 - A - branch().subs(B, 2)))
    ratios = sympy.solve(sympy.cancel(quadratic / (RHO - 1)), RHO)
    worst = B * RHO ** (B - 1) * (2 * RHO + K - 2) / (2 * RHO**B + K - 2)
    condition = RHO**B - B * RHO - (B - 1) * (K - 2) / 2
    steepness = sympy.diff(sympy.log(worst), RHO) * RHO
    reduced = steepness.subs(K, 2 + 2 * (RHO**B - B * RHO) / (B - 1))
    return {
        "hyperbolic form": sympy.simplify(share - hyperbolic),
        "positive form": sympy.simplify(1 - share - positive),
        "real fraction": positive,
        "fold": sympy.diff(sympy.log(positive), D),
        "sinh form": hyperbolic - B * sympy.sinh(D / 2) ** 2 / sympy.sinh(B * D / 2) ** 2,
        "ratios": sympy.Matrix(ratios),
        "largest multiplier is stationary": sympy.simplify(reduced),
        "condition": condition,
        "worst": worst,
    }


def compare():
    """Identities, and the code's branch, folds and largest multiplier."""
    results = derive()
    for name in ("hyperbolic form", "positive form", "largest multiplier is stationary"):
        yield name, 0, results[name]
    for temperature, outcomes in ((0.5, 3), (0.9, 10), (0.9, 50_000)):
        # Rational numbers: the exact fold belongs to the same temperature as the code's.
        sharp = 1 / sympy.Rational(temperature)
        here = {B: sharp, K: outcomes, M: 1}
        found = uniform.fold(temperature=temperature, outcomes=outcomes)
        start = float(found.log_ratio)
        delta = sympy.nsolve(results["fold"].subs(here), D, start, prec=30)
        value = results["real fraction"].subs(here | {D: delta}).evalf(25)
        yield "fold", float(value), found.real_fraction
        yield "ratio at the fold", float(delta), found.log_ratio
        yield "sinh form", 0, results["sinh form"].subs(here | {D: delta}).evalf(20)
        condition = results["condition"].subs(here)
        rho = sympy.nsolve(condition, RHO, (1, 50 * outcomes), solver="bisect", prec=15)
        rho = sympy.nsolve(condition, RHO, rho, prec=30)
        largest = results["worst"].subs(here | {RHO: rho}).evalf(25)
        parameters = {"temperature": temperature, "outcomes": outcomes}
        yield "largest multiplier", float(largest), universal.universal_multiplier(**parameters)
    point = {A: sympy.Rational(51, 100), K: 3, M: 1}
    lower, upper = sorted(float(ratio.evalf(30)) for ratio in results["ratios"].subs(point))
    options = {"real_fraction": 0.51, "outcomes": 3, "winners": 1}
    yield "ratios at T = 1/2", (upper, lower), special_cases.half_temperature_ratios(**options)
    yield "branch", 0.51, uniform.branch_fraction(jnp.log(upper), temperature=0.5, outcomes=3)
