"""Where more synthetic data stop to harm, and what a diffusion forgets [ST-F3] [DL-2]."""

import functools

import sympy as sp

from genloop.loops import error_propagation

ratio, rate, start = sp.symbols("x r tau", positive=True)
variance, stop, horizon, time = sp.symbols("v delta T s", positive=True)
GENERATIONS = 3


@functools.cache
def derive():
    """The bound by its recursion and its slope; the variance by the reverse diffusion."""
    share, error = ratio / (1 + ratio), start
    for _ in range(GENERATIONS):
        error = share * error + (1 + ratio) ** -rate
    q = sp.Symbol("q", positive=True)
    slope = sp.diff(error, ratio) * (1 + ratio) ** (rate + 1) / GENERATIONS
    inside = sp.simplify(slope.subs(ratio, q / (1 - q)) / q ** (GENERATIONS - 1))
    level = (1 - rate) / GENERATIONS * sum(q**-i for i in range(GENERATIONS))
    level += start * (1 - q) ** (1 - rate) - 1
    at = {q: sp.Rational(2, 7), rate: sp.Rational(1, 3), start: sp.Rational(3, 5)}
    assert abs(sp.N((inside - level).subs(at), 30)) < 1e-25
    noisy = lambda s: sp.exp(-2 * s) * variance + 1 - sp.exp(-2 * s)
    kept = sp.exp(horizon - stop) * sp.exp(
        -(sp.log(sp.exp(2 * horizon) * noisy(horizon)) - sp.log(sp.exp(2 * stop) * noisy(stop)))
    )
    pull = sp.diff(sp.log(sp.exp(2 * time) * noisy(time)), time) - 2 / noisy(time)
    assert sp.simplify(pull) == 0
    learned = noisy(stop) + kept**2 * (1 - noisy(horizon))
    return {
        "bound": error,
        "learned": learned,
        "multiplier": sp.simplify(sp.diff(learned, variance).subs(variance, 1)),
    }


def compare():
    """The derived expressions and the code, at one point."""
    known = derive()
    at = {ratio: 2.5, rate: 0.3, start: 0.7}
    code = error_propagation.synthetic_bound(2.5, GENERATIONS, rate=0.3, start=0.7)
    yield "bound", sp.N(known["bound"].subs(at), 20), code
    at = {variance: 4, stop: sp.Rational(1, 10), horizon: sp.Rational(3, 2)}
    times = {"stop": 0.1, "horizon": 1.5}
    code = error_propagation.diffused_variance(4.0, **times)
    yield "learned", sp.N(known["learned"].subs(at), 20), code
    code = error_propagation.diffusion_multiplier(**times)
    yield "multiplier", sp.N(known["multiplier"].subs(at), 20), code
