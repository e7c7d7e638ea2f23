r"""The potential of a temperature loop and the slope of the entropy [HD-3], [HD-4].

For three outcomes with symbols in every place: $x_i\,\partial_i U - F_i$, the Euler identity, the
rate along the flow, the Renyi form, and $\mathrm d H/\mathrm d b + b \operatorname{Var}$.
"""

import functools

import jax.numpy as jnp
import sympy

from genloop.loops.temperature import structure
from genloop.models import Categorical

X = sympy.symbols("x1:4", positive=True)
R = sympy.symbols("r1:4", positive=True)
A, B = sympy.symbols("a b", positive=True)


def tempered(x, sharpness):
    powers = [entry**sharpness for entry in x]
    return [power / sum(powers) for power in powers]


def potential():
    pull = sum(r * sympy.log(x) for r, x in zip(R, X, strict=True))
    return A * pull + (1 - A) * sympy.log(sum(x**B for x in X)) / B


def loop():
    return [A * r + (1 - A) * s for r, s in zip(R, tempered(X, B), strict=True)]


@functools.cache
def derive():
    """Identities that are zero, and the quantities of the code as expressions."""
    u, f = potential(), loop()
    slopes = [sympy.diff(u, x) for x in X]
    entropy = -sum(s * sympy.log(s) for s in tempered(X, B))
    real = R[0] + R[1] + R[2]
    renyi = sympy.log(sum(x**B for x in X)) / (1 - B)
    pull = sum(r * sympy.log(x) for r, x in zip(R, X, strict=True))
    return {
        "x dU - F": sympy.Matrix(
            [sympy.simplify(x * d - g) for x, d, g in zip(X, slopes, f, strict=True)]
        ),
        "sum x dU": sympy.simplify(
            sum(x * d for x, d in zip(X, slopes, strict=True)).subs(real, 1)
        ),
        "Renyi form": sympy.simplify(u - A * pull - (1 - A) * (1 / B - 1) * renyi),
        "potential": u,
        "rate": sum(d * (g - x) for d, g, x in zip(slopes, f, X, strict=True)),
        "entropy slope": sympy.diff(entropy, B),
    }


def compare():
    """The identities, and the code at two points."""
    results = derive()
    yield "x dU - F", [0, 0, 0], list(results["x dU - F"])
    yield "Renyi form", 0, results["Renyi form"]
    for heat, share in ((0.5, 0.3), (2.0, 0.7)):
        numbers = [0.2, 0.5, 0.3], [0.6, 0.3, 0.1]
        point = dict(zip((*X, *R), numbers[0] + numbers[1], strict=True)) | {A: share, B: 1 / heat}
        value = lambda name, point=point: float(results[name].subs(point).evalf(30))
        x, r = (Categorical(jnp.array(row)) for row in numbers)
        options = {"temperature": heat, "real_fraction": share, "real": r}
        yield "potential", value("potential"), structure.potential(x, **options)
        yield "rate", value("rate"), structure.ascent_rate(x, **options)
        yield "entropy slope", value("entropy slope"), structure.entropy_slope(x, temperature=heat)
