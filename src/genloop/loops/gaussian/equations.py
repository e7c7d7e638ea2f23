r"""The equations of the named thresholds of a Gaussian loop: brackets and proofs are of these.

$n$ synthetic samples, $n_r$ fresh real ones, $N = n + n_r$, $q = 1 - a$; the covariance is divided
by $N - \kappa$, $\kappa = 1$ where it is unbiased. All functions are of exact numbers as well.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.scipy.special import digamma, gammaln


class Equation(NamedTuple):
    """`excess(x, *known)` changes its sign at the threshold, a temperature or a real fraction."""

    excess: Callable[..., Any]
    known: tuple[int | Fraction | float, ...]
    of_real_fraction: bool = False


def equations(
    *,
    samples: int,
    real_samples: int,
    temperature: Fraction | float,
    unbiased: bool,
    variance_goal: Fraction | float,
    fixed: bool = False,
) -> dict[str, Equation]:
    """The equation of every threshold, by its name in `thresholds`."""
    pool = samples + real_samples
    own, fit = samples - int(unbiased), pool - int(unbiased)
    if real_samples:
        share = Fraction(real_samples, pool)
        mean = Equation(bounded_moments, (share, pool, fit))
        square = Equation(pooled_square, (samples, real_samples, fit))
    else:
        mean = Equation(bounded_alone, (samples, fit))
        square = Equation(square_alone, (samples, fit))
    return {
        "mean": mean,
        "almost_sure": Equation(almost_sure, (samples, own)),
        "mean_square": square,
        "real_fraction": Equation(bounded_fraction, (temperature, pool, fit), True),
        "variance": Equation(
            fixed_variance if fixed else variance, (temperature, variance_goal, pool, fit), True
        ),
    }


def correction(a, pool, divisor):
    r"""$k = \frac{N - 1 + N q}{(N - \kappa)(1 + q)}$ [ST-B3]."""
    return (pool - 1 + pool * (1 - a)) / (divisor * (2 - a))


def bounded_moments(t, a, pool, divisor):
    r"""$q T k - 1$: below it the expected moments stay bounded [ST-B3]."""
    return (1 - a) * t * correction(a, pool, divisor) - 1


def bounded_alone(t, samples, divisor):
    r"""$T \frac{n - 1}{n - \kappa} - 1$: without real data [ST-B2]."""
    return t * (samples - 1) / divisor - 1


def bounded_fraction(a, t, pool, divisor):
    r"""$q T k - 1$ as a function of the real fraction [ST-B3]."""
    return bounded_moments(t, a, pool, divisor)


def almost_sure(t, samples, divisor):
    r"""$\log T + \psi(\frac{n - 1}2) - \log \frac{n - \kappa}2$ [ST-B2]."""
    return jnp.log(t) + digamma((samples - 1) / 2) - jnp.log(divisor / 2)


def square_alone(t, samples, divisor):
    r"""$T^2 \frac{n^2 - 1}{(n - \kappa)^2} - 1$ [ST-B2]."""
    return t**2 * (samples**2 - 1) / divisor**2 - 1


def variance(a, t, goal, pool, divisor):
    r"""$k a - \rho\,(1 - q T k)$ [ST-B8]."""
    k = correction(a, pool, divisor)
    return k * a - goal * (1 - (1 - a) * t * k)


def fixed_variance(a, t, goal, pool, divisor):
    r"""$a N - 1 - \rho\,(N - \kappa)(1 - q T k)$, of a real set that is used for ever [ST-B4]."""
    k = correction(a, pool, divisor)
    return a * pool - 1 - goal * divisor * (1 - (1 - a) * t * k)


def pooled_square(t, n, m, divisor):
    r"""$\det(I - P)$ for the moments $(\delta^4, \delta^2 \sigma^2, \sigma^4)$ [ST-B6]."""
    pool, noise = n + m, t / n
    between, share = n * m / pool, (n / pool) ** 2
    within, second = t * (n - 1) / divisor, t**2 * (n - 1) * (n + 1) / divisor**2
    between = between / divisor
    # E x^4 and E x^2 of the error of the synthetic mean, by the moments that they consist of.
    fourth, square = (1, 6 * noise, 3 * noise**2), (0, 1, noise)
    p = [share**2 * x for x in fourth]
    q = [share * (between * x + within * y) for x, y in zip(fourth, square, strict=True)]
    r = [
        between**2 * x + 2 * between * within * y + second * z
        for x, y, z in zip(fourth, square, (0, 0, 1), strict=True)
    ]
    a, b, c = 1 - p[0], -p[1], -p[2]
    d, e, f = -q[0], 1 - q[1], -q[2]
    g, h, k = -r[0], -r[1], 1 - r[2]
    return a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g)


def process_share(a, samples, share):
    r"""$(2 - \gamma)[M \gamma - \alpha (1 - \alpha)] - (1 - \gamma) \alpha^2$ [CA-A1]."""
    newest = share * (1 - a)
    return (2 - a) * (samples * a - newest * (1 - newest)) - (1 - a) * newest**2


def tail_index(k, half, divisor):
    r"""$\log E (\chi^2_\nu/d)^\kappa$ with $\nu$ twice `half` [CA-A6, CA-A8]."""
    return gammaln(half + k) - gammaln(half) + k * jnp.log(2 / divisor)


def balanced_divisor(d, half):
    r"""$\log \frac d2 - \psi(\frac\nu2)$ with $\nu$ twice `half` [CA-A8]."""
    return jnp.log(d / 2) - digamma(half)
