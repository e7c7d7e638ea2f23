"""Certificates of critical temperatures and real fractions: `genloop verify --certify`."""

import jax.numpy as jnp
from jax.scipy.special import digamma, erf, gammaln

from ...certificates import certify_root
from ...theorems import certificates

_SAMPLES, _POOL = 10, 100


@certificates("ST-B1")
def bounded_deviation(digits):
    r"""$\sqrt T c_4(n) = 1$: below it the expected standard deviation goes to zero."""
    growth = lambda t, n: (
        jnp.log(t) / 2 + jnp.log(2 / (n - 1)) / 2 + gammaln(n / 2) - gammaln((n - 1) / 2)
    )
    return {
        f"n = {_SAMPLES}, temperature": certify_root(
            growth, "1/2", "2", parameters=[str(_SAMPLES)], digits=digits
        )
    }


@certificates("ST-B2")
def critical_temperatures(digits):
    r"""$\kappa = 1$ and $\kappa = 0$: below which temperature the covariance goes to zero."""
    named = {}
    for fit, bias in (("unbiased", 1), ("maximum likelihood", 0)):
        divisor = _SAMPLES - bias
        almost_sure = lambda t, n, d: jnp.log(t) + digamma((n - 1) / 2) - jnp.log(d / 2)
        square = lambda t, n, d: t**2 * (n**2 - 1) - d**2
        for name, excess in (("almost surely", almost_sure), ("in mean square", square)):
            named[f"n = {_SAMPLES}, {fit}, {name}"] = certify_root(
                excess, "1/2", "2", parameters=[str(_SAMPLES), str(divisor)], digits=digits
            )
    return named


@certificates("ST-B3")
def bounded_moments(digits):
    r"""$q T k = 1$ in the temperature and in the real fraction (the unbiased fit)."""
    level = lambda a, t, n: (1 - a) * t * (n - 1 + n * (1 - a)) / ((n - 1) * (2 - a)) - 1
    pool = str(_POOL)
    return {
        f"N = {_POOL}, a = 0.1, temperature": certify_root(
            lambda t, a, n: level(a, t, n), "1", "2", parameters=["0.1", pool], digits=digits
        ),
        f"N = {_POOL}, T = 1.5, real fraction": certify_root(
            level, "0", "1", parameters=["1.5", pool], digits=digits
        ),
    }


@certificates("ST-B6")
def bounded_second_moments(digits):
    r"""$\det(I - P) = 0$ in the number of fresh real points at $T = 1$, and in the temperature."""
    temperature = lambda t, n, m: _second_moments(n, m, t)
    samples = str(_SAMPLES)
    return {
        f"n_s = {_SAMPLES}, T = 1, real points": certify_root(
            lambda m, n: _second_moments(n, m, 1), "1", "2", parameters=[samples], digits=digits
        ),
        f"n_s = {_SAMPLES}, n_r = 2, temperature": certify_root(
            temperature, "1", "3/2", parameters=[samples, "2"], digits=digits
        ),
    }


def _second_moments(n, m, t):
    r"""$\det(I - P)$ for the moments $(\delta^4, \delta^2 \sigma^2, \sigma^4)$ of a direction."""
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
    d, e, f = -q[0], pool - 1 - q[1], -q[2]
    g, h, k = -r[0], -r[1], (pool - 1) ** 2 - r[2]
    return a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)


def _truncated(c, t):
    r"""$(1 - T)\,(2 \Phi(c) - 1) - 2 c\,\varphi(c)$, with roots of two that stay exact."""
    half = c**2 / 2
    return (1 - t) * erf(jnp.sqrt(half)) - 2 * jnp.sqrt(half / jnp.pi) * jnp.exp(-half)


@certificates("ST-B8")
def variance_goal(digits):
    """The real fraction for a goal, with infinitely many samples and with a pool; a truncation."""
    limit = lambda a, t, rho: a - rho * (1 - (1 - a) * t)

    def pooled(a, t, rho, n):
        growth = (n - 1 + n * (1 - a)) / ((n - 1) * (2 - a))
        return growth * a - rho * (1 - (1 - a) * t * growth)

    known = ["0.8", "0.5"]
    return {
        "T = 0.8, goal 0.5, infinitely many samples": certify_root(
            limit, "0", "1", parameters=known, digits=digits
        ),
        f"T = 0.8, goal 0.5, N = {_POOL}": certify_root(
            pooled, "0", "1", parameters=[*known, str(_POOL)], digits=digits
        ),
        "cut-off with T = 0.8": certify_root(
            _truncated,
            "1",
            "5",
            parameters=["0.8"],
            digits=digits,
        ),
    }
