r"""Limits of many samples: stationary density, log-variance, first passage [FS-5], [CA-A10].

For two and three outcomes with symbols in every place: the probability flux of the stationary
density. For a Gaussian: the covariance of its sufficient statistics from moments of a normal
number, drift and noise of the log-variance by Ito's formula, and the passage probability as a
solution of its backward equation.
"""

import functools

import jax.numpy as jnp
import numpy as np
import sympy

from genloop.analysis import diffusion_limit
from genloop.laws import SelectionMutation
from genloop.loops.gaussian import brownian_motion
from genloop.models import Gaussian
from genloop.operators import Coordinates
from genloop.papers import shumailov2024

G, T, M, V, N = sympy.symbols("gamma theta mu v n", positive=True)
B, S, C = sympy.symbols("b s c", positive=True)


def flux(outcomes):
    r"""$b_i \varphi - \frac12 \sum_j \partial_j (A_{ij} \varphi)$ over $\varphi$, for $i < K$."""
    free = sympy.symbols(f"p1:{outcomes}", positive=True)
    p = [*free, 1 - sum(free)]
    real = sympy.symbols(f"r1:{outcomes}", positive=True)
    r = [*real, 1 - sum(real)]
    entropy = -sum(x * sympy.log(x) for x in p)
    density = sympy.exp(-2 * G * entropy) * sympy.prod(
        x ** (2 * T * q - 1) for x, q in zip(p, r, strict=True)
    )
    found = []
    for i, x in enumerate(free):
        drift = G * x * (sympy.log(x) + entropy) + T * (r[i] - x)
        spread = [x * ((1 if i == j else 0) - y) for j, y in enumerate(free)]
        change = sum(sympy.diff(a * density, y) for a, y in zip(spread, free, strict=True))
        found.append(sympy.simplify(sympy.expand(drift - change / density / 2)))
    return sympy.Matrix(found)


def weak_drift():
    r"""$\lim N (F(p) - p)$ for three outcomes at $b = 1 + \gamma/N$, $a = \theta/N$."""
    p, r = sympy.symbols("p1:4", positive=True), sympy.symbols("r1:4", positive=True)
    small = sympy.Symbol("epsilon", positive=True)
    powers = [x ** (1 + G * small) for x in p]
    image = [
        T * small * q + (1 - T * small) * w / sum(powers) for w, q in zip(powers, r, strict=True)
    ]
    slope = [sympy.diff(f, small).subs(small, 0) for f in image]
    entropy = -sum(x * sympy.log(x) for x in p)
    claimed = [G * x * (sympy.log(x) + entropy) + T * (q - x) for x, q in zip(p, r, strict=True)]
    last = {p[2]: 1 - p[0] - p[1]}
    gaps = [a - b for a, b in zip(slope, claimed, strict=True)]
    return sympy.Matrix([sympy.simplify(gap.subs(last)) for gap in gaps])


def statistic_covariance():
    """Of (x, x^2) for a normal number, by its moments."""
    z = sympy.Symbol("z", real=True)
    x = M + sympy.sqrt(V) * z
    moments = {0: 1, 1: 0, 2: 1, 3: 0, 4: 3}

    def mean(expression):
        terms = sympy.Poly(sympy.expand(expression), z).terms()
        return sum(coefficient * moments[power] for (power,), coefficient in terms)

    pair = [x, x**2]
    covariance = lambda f, g: sympy.expand(mean(f * g) - mean(f) * mean(g))
    return sympy.Matrix(2, 2, lambda i, j: covariance(pair[i], pair[j]))


def ito():
    """n times drift and noise of (mean, log-variance) under maximum likelihood."""
    m, q = sympy.symbols("m q", positive=True)
    chart = sympy.Matrix([m, sympy.log(q - m**2)])
    spread = statistic_covariance()
    here = {m: M, q: V + M**2}
    first = chart.jacobian([m, q])
    second = [sympy.hessian(entry, (m, q)) for entry in chart]
    drift = [sympy.simplify((h.subs(here) * spread).trace() / 2) for h in second]
    noise_matrix = first.subs(here) * spread * first.subs(here).T
    return sympy.Matrix(drift), sympy.simplify(noise_matrix)


def passage():
    r"""$u_s - u_{bb} + c\,u_b$ of the passage probability: started $b$ above the level."""
    normal = lambda x: (1 + sympy.erf(x / sympy.sqrt(2))) / 2
    width = sympy.sqrt(2 * S)
    u = normal((C * S - B) / width) + sympy.exp(C * B) * normal((-B - C * S) / width)
    equation = sympy.diff(u, S) - sympy.diff(u, B, 2) + C * sympy.diff(u, B)
    return sympy.simplify(equation), sympy.simplify(u.subs(B, 0)), u


@functools.cache
def derive():
    """Identities that are zero, and the expressions that the code evaluates."""
    drift, spread = ito()
    equation, at_level, probability = passage()
    return {
        "flux K = 2": flux(2),
        "flux K = 3": flux(3),
        "weak drift": weak_drift(),
        "statistic covariance": statistic_covariance(),
        "drift": drift,
        "noise": spread,
        "passage equation": equation,
        "passage at the level": at_level,
        "passage": probability,
    }


def compare():
    """The identities, and the code at several points."""
    found = derive()
    for name, size in (("flux K = 2", 1), ("flux K = 3", 2), ("weak drift", 3)):
        yield name, [0] * size, list(found[name])
    yield "passage equation", 0, found["passage equation"]
    yield "passage at the level", 1, found["passage at the level"]
    model, point = Gaussian.of(0.7, 2.5), {M: sympy.Rational(7, 10), V: sympy.Rational(5, 2)}
    expected = np.array(found["statistic covariance"].subs(point).tolist(), dtype=float)
    yield "statistic covariance", expected, model.statistic_covariance().dense()
    chart = Coordinates(
        lambda x: jnp.stack([x[0], jnp.log(x[1] - x[0] ** 2)]),
        lambda y: jnp.stack([y[0], jnp.exp(y[1]) + y[0] ** 2]),
    )
    limit = diffusion_limit(shumailov2024.gaussian_loop(samples=50).stages[0], model, chart=chart)
    y = limit.coordinates.enter(model)
    expected = [float(x) for x in found["drift"].subs(point)]
    yield "drift", np.array(expected) + 1, 50 * limit.drift(y) + 1
    expected = np.array(found["noise"].subs(point).tolist(), dtype=float)
    yield "noise", expected + 1, 50 * limit.covariance(y).dense() + 1
    exact = float(found["drift"][1])
    yield "maximum likelihood", exact, brownian_motion.log_variance_drift(shrinkage=1.0)
    for depth, time, shrinkage in ((0.7, 0.5, 0.0), (2.0, 3.0, 1.0)):
        values = {B: depth, S: time, C: 1 + shrinkage}
        exact = float(found["passage"].subs(values).evalf(30))
        computed = brownian_motion.passage_probability(depth, time, shrinkage=shrinkage)
        yield "passage", exact, computed
    # Ratios of the density need no normaliser.
    law = SelectionMutation(1.3, 0.8, (0.5, 0.3, 0.2))
    points = np.array([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
    entropy = -(points * np.log(points)).sum(axis=1)
    weights = np.prod(points ** (1.6 * np.array(law.real) - 1), axis=1) * np.exp(-2.6 * entropy)
    yield "density", weights[0] / weights[1], law.density(points[0]) / law.density(points[1])
