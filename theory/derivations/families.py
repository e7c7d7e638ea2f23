"""Families with quadratic variance, weights of real data [CA-C4] [ST-A11(ii)] [ST-G5] [ST-G6]."""

import functools

import sympy as sp

from genloop.loops import families, memory

weight, rest, start = sp.symbols("w u e_0")
real_samples, samples, second = sp.symbols("n_r n v_2", positive=True)
ratio, growth = sp.symbols("k c", positive=True)


def generation(error):
    """The error after a generation, in units of the real variance, by the law of total variance."""
    zero, one, mean, centre = sp.symbols("v_0 v_1 m m_r")
    variance = lambda m: zero + one * m + second * m**2
    # E V(m) for a mean that is right on average: the terms linear in m - m_r drop out.
    unit = variance(centre)
    spread = sp.expand(variance(centre + mean))
    expected = spread.coeff(mean, 0) + spread.coeff(mean, 2) * error * unit
    total = (
        weight**2 * unit / real_samples
        + (1 - weight) ** 2 * (error * unit)
        + (1 - weight) ** 2 * expected / samples
    )
    return sp.simplify(total / unit)


@functools.cache
def derive():
    """The error that stays, the weight below which none does, pooling, and the best weight."""
    error = sp.Symbol("e")
    after = generation(error)
    stationary = sp.solve(sp.Eq(after, error), error)[0]
    kept = sp.diff(after, error)
    threshold = [w for w in sp.solve(kept - 1, weight) if w.subs({second: 1, samples: 1}) < 1][0]
    pooled = real_samples / (real_samples + samples)
    effective = sp.simplify(1 / stationary.subs(weight, pooled))
    share = samples / (real_samples + samples)
    assert sp.simplify(effective - (real_samples * (1 + share) - second * share)) == 0
    inside = stationary.subs(weight, 1 - rest).subs(real_samples, ratio * samples)
    inside = sp.simplify(inside.subs(second, samples * (growth - 1)))
    candidates = sp.solve(sp.numer(sp.together(sp.diff(inside, rest))), rest)
    at = {ratio: sp.Rational(1, 2), growth: sp.Rational(5, 4)}
    best = min(candidates, key=lambda u: sp.N(u.subs(at)))
    least = sp.simplify(inside.subs(rest, best) * ratio * samples - (1 - best))
    assert least == 0
    golden = sp.simplify((1 - best).subs({growth: 1, ratio: 1}))
    assert sp.simplify(golden - 1 / sp.GoldenRatio.expand(func=True)) == 0
    step = sp.Symbol("s", positive=True)
    tenth = sp.Rational(1, 10)
    return {
        "after": after,
        "stationary": stationary,
        "threshold": threshold,
        "effective": effective,
        "best": 1 - best,
        "least": 1 - best,
        "golden": golden,
        "kept": sp.product(1 + tenth / step**2, (step, 1, 6)),
        "harmonic": sp.summation(1 / step**2, (step, 1, sp.oo)),
    }


def compare():
    """The closed forms of the code for a few numbers."""
    found = derive()
    for numbers in ((0.3, 6, 8, 2.5), (0.7, 20, 5, -1.0), (0.5, 9, 9, 0.0)):
        w, real, own, quadratic = numbers
        values = {weight: w, real_samples: real, samples: own, second: quadratic}
        options = {"quadratic": quadratic, "real_samples": real, "samples": own}
        number = lambda name, values=values: float(found[name].subs(values))
        stays = families.stationary_error(w, **options)
        yield f"stationary, {numbers}", number("stationary"), stays
        once = families.squared_error(1, 0.4, real_weight=w, **options)
        yield f"after, {numbers}", float(found["after"].subs(values).subs("e", 0.4)), once
        yield f"pooled, {numbers}", number("effective"), families.effective_samples(**options)
        if quadratic > 0:
            level = families.weight_threshold(quadratic=quadratic, samples=own)
            yield f"threshold, {numbers}", number("threshold"), level
        scale = {ratio: real / own, growth: 1 + quadratic / own}
        best = families.optimal_weight(real / own, quadratic=quadratic, samples=own)
        yield f"best, {numbers}", float(found["best"].subs(scale)), best
    yield "golden", float(found["golden"]), families.optimal_weight(1.0)
    kept = memory.kept_variance(6, quadratic=1.0, samples=10)
    yield "kept", float(found["kept"]), kept
    limit = families.kept_error(float("inf"), quadratic=0.0, samples=1)
    yield "harmonic", float(found["harmonic"]), limit
