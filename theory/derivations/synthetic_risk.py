"""Sums over generations without real data: spread and distances [CA-A3] [ST-B2] [CA-A6]."""

import functools

import mpmath
import sympy as sp

from genloop.papers import alemohammad2023, shumailov2024

n, t, c, heat, q, drift = sp.symbols("n t c T q lambda", positive=True)
j = sp.Symbol("j", integer=True)


@functools.cache
def derive():
    """From E sigma_s^2 = T^(s-1), E sigma_s = c^s T^((s-1)/2) and E log sigma_s^2 = s lambda."""
    # Every generation adds the variance of its sample mean: 1/n of the variance it samples.
    errors = 1 / n + sp.summation(heat**j / n, (j, 1, t - 1))
    risk = errors + heat ** (t - 1) + 1 - 2 * c**t * heat ** ((t - 1) / 2)
    spread = 1 + sp.summation(1 / n, (j, 1, t))
    forward = (1 + t / n - 1 - t * drift) / 2
    # E mu_t^2/sigma_t^2: the noise of generation s over the variance t - s generations later.
    ratio = sp.summation(q**j / n, (j, 1, t))
    backward = (t * drift + q**t + ratio - 1) / 2
    # With another divisor every fit multiplies the expected variance by T, the first one as well.
    divided = sp.summation(heat**j / n, (j, 0, t - 1)) + heat**t + 1 - 2 * c**t * heat ** (t / 2)
    return {
        "divided": divided,
        "risk": risk,
        "spread": spread,
        "forward": forward,
        "backward": backward,
    }


def compare():
    """At several temperatures, sample sizes and generations."""
    found = derive()
    for samples, generations in ((10, 1), (10, 20), (100, 100)):
        with mpmath.workdps(40):
            half = mpmath.mpf(samples - 1) / 2
            deviation = mpmath.gamma(half + 0.5) / mpmath.gamma(half) / mpmath.sqrt(half)
            exponent = mpmath.digamma(half) - mpmath.log(half)
        values = {
            n: samples,
            t: generations,
            c: sp.Float(str(deviation), 40),
            drift: sp.Float(str(exponent), 40),
            q: sp.Rational(samples - 1, samples - 3),
        }
        for warm in (sp.Rational(4, 5), sp.Rational(11, 10)):
            exact = float(found["risk"].subs(values | {heat: warm}).evalf(30))
            options = {"temperature": float(warm)}
            yield "risk", exact, alemohammad2023.wasserstein_risk(generations, samples, **options)
        for divisor in (samples, samples - sp.Rational(1, 2), samples - sp.Rational(3, 2)):
            growth = (samples - 1) / sp.sympify(divisor)
            exact = float(found["divided"].subs(values | {heat: growth}).evalf(30))
            found_risk = shumailov2024.risk_with_divisor(generations, samples, float(divisor))
            yield "risk with a divisor", exact, found_risk
        exact = float(sp.limit(found["risk"].subs(values), heat, 1).evalf(30))
        yield "risk at T = 1", exact, alemohammad2023.wasserstein_risk(generations, samples)
        yield "risk at T = 1", exact, shumailov2024.wasserstein_risk(generations, samples)
        exact = float(found["spread"].subs(values))
        yield "spread", exact, shumailov2024.sample_variance(generations, samples)
        exact = float(found["forward"].subs(values).evalf(30))
        yield "forward", exact, shumailov2024.kullback_leibler_to_real(generations, samples)
        exact = float(found["backward"].subs(values).evalf(30))
        yield "backward", exact, shumailov2024.kullback_leibler_from_real(generations, samples)
