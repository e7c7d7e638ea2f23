"""Certificates of critical temperatures and real fractions: `genloop verify --certify`."""

import jax.numpy as jnp
from jax.scipy.special import erf, gammaln

from ...certificates import certify_root
from ...loops.gaussian import proofs as thresholds
from ...verification import certificates

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
        named_excess = {
            "almost surely": thresholds.almost_sure,
            "in mean square": thresholds.mean_square,
        }
        for name, excess in named_excess.items():
            named[f"n = {_SAMPLES}, {fit}, {name}"] = certify_root(
                excess, "1/2", "2", parameters=[str(_SAMPLES), str(divisor)], digits=digits
            )
    return named


@certificates("ST-B3")
def bounded_moments(digits):
    r"""$q T k = 1$ in the temperature and in the real fraction (the unbiased fit)."""
    pool = [str(_POOL), str(_POOL - 1)]
    return {
        f"N = {_POOL}, a = 0.1, temperature": certify_root(
            thresholds.mean, "1", "2", parameters=["0.1", *pool], digits=digits
        ),
        f"N = {_POOL}, T = 1.5, real fraction": certify_root(
            thresholds.real_fraction, "0", "1", parameters=["1.5", *pool], digits=digits
        ),
    }


@certificates("ST-B6")
def bounded_second_moments(digits):
    r"""$\det(I - P) = 0$ in the number of fresh real points at $T = 1$, and in the temperature."""
    points = lambda m, n: thresholds.pooled_square(1, n, m, n + m - 1)
    temperature = lambda t, n, m: thresholds.pooled_square(t, n, m, n + m - 1)
    samples = str(_SAMPLES)
    return {
        f"n_s = {_SAMPLES}, T = 1, real points": certify_root(
            points, "1", "2", parameters=[samples], digits=digits
        ),
        f"n_s = {_SAMPLES}, n_r = 2, temperature": certify_root(
            temperature, "1", "3/2", parameters=[samples, "2"], digits=digits
        ),
    }


def _truncated(c, t):
    r"""$(1 - T)\,(2 \Phi(c) - 1) - 2 c\,\varphi(c)$, with roots of two that stay exact."""
    half = c**2 / 2
    return (1 - t) * erf(jnp.sqrt(half)) - 2 * jnp.sqrt(half / jnp.pi) * jnp.exp(-half)


@certificates("ST-B8")
def variance_goal(digits):
    """The real fraction for a goal, with infinitely many samples and with a pool; a truncation."""
    limit = lambda a, t, rho: a - rho * (1 - (1 - a) * t)
    known, pool = ["0.8", "0.5"], [str(_POOL), str(_POOL - 1)]
    return {
        "T = 0.8, goal 0.5, infinitely many samples": certify_root(
            limit, "0", "1", parameters=known, digits=digits
        ),
        f"T = 0.8, goal 0.5, N = {_POOL}": certify_root(
            thresholds.variance, "0", "1", parameters=[*known, *pool], digits=digits
        ),
        "cut-off with T = 0.8": certify_root(
            _truncated,
            "1",
            "5",
            parameters=["0.8"],
            digits=digits,
        ),
    }
