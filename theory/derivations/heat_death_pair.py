r"""Two outcomes: the map of the magnetisation and its closed forms [U-8].

The loop on $x = (1 \pm m)/2$, its fixed points and slopes at $T = 1/2$ and $1/3$, the leading
order of the pitchfork, and the time of the flow at $T = 1/2$, $a = 0$.
"""

import functools

import sympy

from genloop.loops.temperature.closed_forms import special_cases

A, M, M0, T = sympy.symbols("a m m0 t", positive=True)
B = sympy.symbols("b", positive=True)


def generation(power):
    """The magnetisation after one generation, from the two probabilities."""
    first, second = ((1 + M) / 2) ** power, ((1 - M) / 2) ** power
    return (1 - A) * (first - second) / (first + second)


@functools.cache
def derive():
    """Fixed points squared, multipliers there, the slope and cubic term at zero, the time."""
    results = {"map": generation(B)}
    for name, power in (("half", 2), ("third", 3)):
        image = sympy.cancel(generation(power))
        square = sympy.symbols("s", positive=True)
        numerator = sympy.numer(sympy.together(image / M - 1)).subs(M, sympy.sqrt(square))
        (fixed,) = sympy.solve(sympy.expand(numerator), square)
        results[f"{name}: square"] = sympy.simplify(fixed)
        slope = sympy.diff(image, M).subs(M, sympy.sqrt(fixed))
        results[f"{name}: multiplier"] = sympy.simplify(slope)
    series = sympy.series(generation(B), M, 0, 4).removeO()
    first, third = (sympy.simplify(series.coeff(M, order)) for order in (1, 3))
    results["onset"] = sympy.simplify((1 - first) / third)
    speed = sympy.cancel(generation(2).subs(A, 0) - M)
    results["time"] = sympy.integrate(sympy.apart(1 / speed, M), M)
    return results


def compare():
    """Values of the code at several real fractions."""
    results = derive()
    number = lambda name, at: float(results[name].subs(at).evalf(30))
    for fraction in (0.1, 0.4):
        here = {A: sympy.Rational(fraction)}
        for name in ("half", "third"):
            claim = getattr(special_cases, f"magnetisation_at_{name}")
            magnetisation, multiplier = claim(real_fraction=fraction)
            yield f"{name}: m^2", number(f"{name}: square", here), magnetisation**2
            yield f"{name}: multiplier", number(f"{name}: multiplier", here), multiplier
        point = here | {M: sympy.Rational(0.3), B: 1.6}
        options = {"temperature": 1 / 1.6, "real_fraction": fraction}
        yield "map", number("map", point), special_cases.magnetisation_map(0.3, **options)
    # The series gives eps/((1 - a) b (b^2 - 1)/3); to leading order (1 - a) b is one.
    sharp, fraction = 2.0, 0.5 - 1e-9
    exact = number("onset", {A: sympy.Rational(fraction), B: 2}) * (1 - fraction) * sharp
    onset = special_cases.magnetisation_onset(temperature=1 / sharp, real_fraction=fraction)
    yield "onset", exact, onset**2
    for start, time in ((0.1, 3.0), (0.6, 0.5)):
        end = float(special_cases.magnetisation_flow(time, start))
        passed = results["time"].subs(M, end) - results["time"].subs(M, start)
        yield "time of the flow", complex(passed.evalf(30)), time
