"""Zonal polynomials are eigenfunctions of a fit, from moments of normal numbers [CA-A5]."""

import functools

import numpy as np
import sympy as sp

from genloop.laws import WishartProducts
from genloop.laws.zonal import partitions, zonal_polynomials

degrees, p, q, z = sp.symbols("nu p q z", positive=True)
first, second = sp.symbols("x y", positive=True)


def expectation(polynomial):
    """Over p ~ chi-square of nu degrees, q of one less, and a normal number z."""
    rising = lambda nu, k: sp.prod([nu + 2 * i for i in range(k)])
    double = lambda k: sp.factorial2(k - 1) if k % 2 == 0 else 0
    terms = sp.Poly(sp.expand(polynomial), p, q, z).terms()
    return sum(
        c * rising(degrees, i) * rising(degrees - 1, j) * double(k) for (i, j, k), c in terms
    )


def polynomial(partition, trace, determinant):
    """A zonal polynomial of a matrix of two dimensions by its trace and determinant."""
    sums = {1: trace, 2: trace**2 - 2 * determinant, 3: trace**3 - 3 * trace * determinant}
    terms = zonal_polynomials(sum(partition))[partition].items()
    return sum(
        sp.Rational(c.numerator, c.denominator) * sp.prod([sums[k] for k in mu]) for mu, c in terms
    )


@functools.cache
def derive():
    """The growth of each polynomial, for Sigma = diag(x, y) and one fit by Bartlett's factor."""
    trace = (first * p + second * (z**2 + q)) / degrees
    determinant = first * second * p * q / degrees**2
    found = {}
    for order in (1, 2, 3):
        for kappa in partitions(order):
            if len(kappa) <= 2:
                after = expectation(polynomial(kappa, trace, determinant))
                before = polynomial(kappa, first + second, first * second)
                growth = sp.cancel(sp.together(sp.expand(after) / sp.expand(before)))
                assert not growth.free_symbols & {first, second}
                found[str(kappa)] = sp.factor(growth)
    return found


def compare():
    """The growth by the formula with rising factorials, and the matrix of two traces."""
    found = derive()
    for samples in (4, 9, 30):
        law = WishartProducts(samples, 2)
        for order in (1, 2, 3):
            for kappa in partitions(order):
                if len(kappa) <= 2:
                    exact = float(found[str(kappa)].subs(degrees, samples - 1))
                    yield f"growth of {kappa}", exact, law.growth(kappa)
        nu = samples - 1
        start = np.diag([2.0, 1.0])
        traces = np.array([[1 + 1 / nu, 1 / nu], [2 / nu, 1]]) @ [5.0, 9.0]
        yield "traces", traces, list(law.trace_moments(2, 1, start).values())
