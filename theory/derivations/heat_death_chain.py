r"""Finite samples at $T = 1$: eigenvalues of the chain and the concentration [FS-2], [FS-3].

The characteristic polynomial of the exact chain of two outcomes with symbolic $a$ and $r$; the
second moment of multinomial counts from their generating function, and from it the stationary
values of the three designs.
"""

import functools

import jax.numpy as jnp
import sympy

from genloop.loops.temperature import finite_samples
from genloop.models import Categorical

A, R1, N, S, Q = sympy.symbols("a r N S q", positive=True)
SQUARE, ALPHA, MU = sympy.symbols("R alpha mu", positive=True)


def chain(samples):
    """The transition matrix of the count of the first of two outcomes."""
    success = lambda i: (1 - A) * sympy.Rational(i, samples) + A * R1
    law = lambda p, j: sympy.binomial(samples, j) * p**j * (1 - p) ** (samples - j)
    return sympy.Matrix(samples + 1, samples + 1, lambda i, j: law(success(i), j))


def drawn(square, samples):
    r"""$\mathbb{E} \sum_i \hat p_i^2$ after a draw from $p$ with $\sum_i p_i^2$ given.

    Per outcome $\mathbb{E} c^2 = (z\,\partial_z)^2 (1 - p + p z)^n$ at $z = 1$.
    """
    z, p = sympy.symbols("z p", positive=True)
    twice = lambda f: z * sympy.diff(f, z)
    moment = twice(twice((1 - p + p * z) ** samples)).subs(z, 1) / samples**2
    coefficients = sympy.Poly(sympy.expand(sympy.simplify(moment)), p)
    return coefficients.coeff_monomial(p) + coefficients.coeff_monomial(p**2) * square


@functools.cache
def derive():
    """The chain's polynomial over its claimed factors, and three stationary concentrations."""
    matrix = chain(3)
    factors = [(1 - A) ** j * sympy.ff(3, j) / sympy.Integer(3) ** j - MU for j in range(4)]
    left = sympy.expand((matrix - MU * sympy.eye(4)).det(method="berkowitz"))
    mixed = lambda square: (1 - Q**2) * SQUARE + Q**2 * square
    # At stationarity the mean is r: cross terms are 2 a q R, and a^2 + 2 a q = 1 - q^2.
    real, synthetic = drawn(SQUARE, (1 - Q) * N), drawn(S, Q * N)
    stratified = (1 - Q) ** 2 * real + 2 * (1 - Q) * Q * SQUARE + Q**2 * synthetic
    fixed = (1 - ALPHA**2) * SQUARE + ALPHA**2 * drawn(S, N)
    solve = lambda image: sympy.simplify(sympy.solve(sympy.expand(image - S), S)[0])
    return {
        "spectrum": sympy.expand(left - sympy.prod(factors)),
        "multinomial": solve(drawn(mixed(S), N)),
        "stratified": solve(stratified),
        "fixed set": solve(fixed),
    }


def compare():
    """The identity, and the code's stationary values at several sizes."""
    results = derive()
    yield "spectrum", 0, results["spectrum"]
    values, counts = finite_samples.chain_spectrum(3, outcomes=2, real_fraction=0.25)
    yield "eigenvalues", [float(0.75**j * sympy.ff(3, j) / 3**j) for j in range(4)], values
    yield "multiplicities", [1, 1, 1, 1], counts
    real = Categorical(jnp.array([0.5, 0.3, 0.2]))
    for total, synthetic in ((40, 30), (200, 50)):
        share = synthetic / total
        point = {SQUARE: sympy.Rational(38, 100), Q: sympy.Rational(synthetic, total)}
        point |= {ALPHA: point[Q]}
        value = lambda name, n, at=point: float(results[name].subs(at | {N: n}))
        pooled = {"samples": total, "real_fraction": 1 - share, "real": real}
        found = finite_samples.multinomial_concentration(**pooled).stationary
        yield "multinomial", value("multinomial", total), found
        found = finite_samples.stratified_concentration(**pooled).stationary
        yield "stratified", value("stratified", total), found
        sizes = {"samples": synthetic, "real_samples": total - synthetic, "real_set": real}
        found = finite_samples.fixed_set_concentration(**sizes).stationary
        yield "fixed set", value("fixed set", synthetic), found
