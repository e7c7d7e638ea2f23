"""Proofs of the named thresholds of a Gaussian loop, by ball arithmetic."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
from jax.scipy.special import digamma

from ...certificates import Certificate, certify_root
from ...certificates.balls import need_flint
from ...certificates.certificate import not_proved
from ...certificates.enclosures import decimal_down, decimal_up
from ...certificates.program import exact
from .thresholds import thresholds


def certify_thresholds(
    *,
    samples: int,
    real_samples: int = 0,
    temperature: Any = "1",
    unbiased: bool = True,
    variance_goal: Any = None,
    digits: int = 15,
) -> dict[str, Certificate]:
    r"""The thresholds of `thresholds`, each enclosed as a root or with the reason why not.

    `temperature` and `variance_goal` are exact: text, fractions or doubles. A temperature is proved
    to be the only root from (nearly) zero to a millionth above it, a real fraction the only one
    from a millionth below it to 1: the first that is met on the way from what is safe. Raises
    `ValueError` as `thresholds` and for numbers that are not exact, `InputError` without
    python-flint.
    """
    need_flint()
    heat, goal = exact(temperature), None if variance_goal is None else exact(variance_goal)
    found = thresholds(
        samples=samples,
        real_samples=real_samples,
        temperature=float(heat),
        unbiased=unbiased,
        variance_goal=None if goal is None else float(goal),
    )
    goal = (Fraction(1, 2) if heat < 1 else Fraction(2)) if goal is None else goal
    pool, share = samples + real_samples, Fraction(real_samples, samples + real_samples)
    own, fit = samples - int(unbiased), pool - int(unbiased)
    square = [samples, real_samples, fit] if real_samples else [samples, fit]
    questions = {
        "mean": (mean, [share, pool, fit]) if real_samples else (alone, [samples, fit]),
        "almost_sure": (almost_sure, [samples, own]),
        "mean_square": (pooled_square if real_samples else mean_square, square),
        "real_fraction": (real_fraction, [heat, pool, fit]),
        "variance": (variance, [heat, goal, pool, fit]),
    }
    return {
        name: _certified(found[name], name in ("real_fraction", "variance"), *question, digits)
        for name, question in questions.items()
    }


def _certified(found, fraction: bool, excess: Callable, known: list, digits: int) -> Certificate:
    if found.value is None:
        return not_proved(f"there is no threshold: {found.reason}")
    value = exact(found.value)
    near = Fraction(1, 10**6)
    # The logarithm of the temperature has no value at zero.
    temperatures = decimal_down(value * near), decimal_up(value * (1 + near), 12)
    bounds = (decimal_down(value * (1 - near), 12), "1") if fraction else temperatures
    parameters = [str(Fraction(number)) for number in known]
    return certify_root(excess, *bounds, parameters=parameters, digits=digits)


def correction(a, pool, divisor):
    r"""$k = \frac{N - 1 + N q}{(N - \kappa)(1 + q)}$, $q = 1 - a$ [ST-B3]."""
    return (pool - 1 + pool * (1 - a)) / (divisor * (2 - a))


def mean(t, a, pool, divisor):
    r"""$q T k - 1$: below it the expected moments stay bounded [ST-B3]."""
    return (1 - a) * t * correction(a, pool, divisor) - 1


def alone(t, samples, divisor):
    r"""$T (n - 1) - (n - \kappa)$: without real data [ST-B2]."""
    return t * (samples - 1) - divisor


def real_fraction(a, t, pool, divisor):
    r"""$q T k - 1$ as a function of the real fraction [ST-B3]."""
    return mean(t, a, pool, divisor)


def almost_sure(t, samples, divisor):
    r"""$\log T + \psi(\frac{n - 1}2) - \log \frac{n - \kappa}2$ [ST-B2]."""
    return jnp.log(t) + digamma((samples - 1) / 2) - jnp.log(divisor / 2)


def mean_square(t, samples, divisor):
    r"""$T^2 (n^2 - 1) - (n - \kappa)^2$ [ST-B2]."""
    return t**2 * (samples**2 - 1) - divisor**2


def variance(a, t, goal, pool, divisor):
    r"""$k a - \rho\,(1 - q T k)$ [ST-B8]."""
    k = correction(a, pool, divisor)
    return k * a - goal * (1 - (1 - a) * t * k)


def pooled_square(t, n, m, divisor):
    r"""$\det(I - P)$ for the moments $(\delta^4, \delta^2 \sigma^2, \sigma^4)$ [ST-B6]."""
    pool, noise = n + m, t / n
    between, share = n * m / pool, (n / pool) ** 2
    within, second = t * (n - 1), t**2 * (n - 1) * (n + 1)
    # E x^4 and E x^2 of the error of the synthetic mean, by the moments that they consist of.
    fourth, square = (1, 6 * noise, 3 * noise**2), (0, 1, noise)
    p = [share**2 * x for x in fourth]
    q = [share * (between * x + within * y) for x, y in zip(fourth, square, strict=True)]
    r = [
        between**2 * x + 2 * between * within * y + second * z
        for x, y, z in zip(fourth, square, (0, 0, 1), strict=True)
    ]
    a, b, c = 1 - p[0], -p[1], -p[2]
    d, e, f = -q[0], divisor - q[1], -q[2]
    g, h, k = -r[0], -r[1], divisor**2 - r[2]
    return a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)
