"""Certificates of critical temperatures and real fractions: `genloop verify --certify`."""

import jax.numpy as jnp
from jax.scipy.special import digamma

from ...certificates import certify_root
from ...theorems import certificates

_SAMPLES, _POOL = 10, 100


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
