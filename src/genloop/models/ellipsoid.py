r"""The smallest set that holds a given mass of a Gaussian: an ellipsoid about its mean.

$\{x : (x - \mu)^\top \Sigma^{-1} (x - \mu) \le q\}$ with $F_d(q) = c$, where $F_k$ is the
distribution function of the chi-square law with $k$ degrees of freedom.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammainc, gammaincc, gammaln
from jaxtyping import Array, Float

from .model import is_concrete

_STEPS = 30
"""Steps of Newton's method: it is monotone from its start and quadratic, and needs about ten."""


def share_of_variance(mass: float | Float[Array, "..."], dimension: int) -> Float[Array, "..."]:
    r"""$\tau(c) = F_{d+2}(q)/F_d(q)$: the covariance inside is $\tau$ times that of all [ST-B8].

    By $x f_d(x) = d f_{d+2}(x)$ for the densities; $\tau' = (q/d - \tau)/c$. In one dimension $1 -
    2 r \varphi(r)/(2 \Phi(r) - 1)$ with $r = \sqrt q$.
    """
    if is_concrete(mass):
        return _known(np.asarray(mass), dimension)
    return _traced(mass, dimension)


def _known(mass, dimension):
    """With SciPy, which has the inverse and compiles nothing."""
    from scipy.special import gammainc, gammaincinv

    half = gammaincinv(dimension / 2, mass)
    return gammainc(dimension / 2 + 1, half) / mass


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _traced(mass, dimension):
    whole = mass == 1
    half = quantile(jnp.where(whole, 0.5, mass), dimension) / 2
    return jnp.where(whole, 1.0, gammainc(dimension / 2 + 1, half) / mass)


@_traced.defjvp
def _(dimension, primals, tangents):
    (mass,), (change,) = primals, tangents
    share = _traced(mass, dimension)
    return share, (quantile(mass, dimension) / dimension - share) / mass * change


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def quantile(mass: Float[Array, "..."], degrees: int) -> Float[Array, "..."]:
    r"""$F_k^{-1}(c)$ for $0 < c \le 1$, by Newton's method in $u = \log(q/2)$.

    $\log F_k$ and $\log(1 - F_k)$ are concave in $u$, so that the steps are monotone from a bound:
    from below for $c \le 1/2$ by $F_k(2x) \le x^a/\Gamma(a + 1)$, $a = k/2$, and from above for
    larger ones by $q \le k + 2 \sqrt{k t} + 2 t$, $t = -\log(1 - c)$ (Laurent and Massart).
    """
    a, low = degrees / 2, mass <= 0.5
    rest = -jnp.log1p(-jnp.where(mass < 1, mass, 0.75))
    below = (jnp.log(mass) + gammaln(a + 1)) / a
    above = jnp.log(a + jnp.sqrt(2 * a * rest) + rest)

    def step(_, u):
        x = jnp.exp(u)
        held = jnp.where(low, gammainc(a, x), gammaincc(a, x))
        gap = jnp.log(held) - jnp.where(low, jnp.log(mass), -rest)
        slope = jnp.exp(a * u - x - gammaln(a)) / held
        return u - gap / jnp.where(low, slope, -slope)

    u = jax.lax.fori_loop(0, _STEPS, step, jnp.where(low, below, above))
    return jnp.where(mass == 1, jnp.inf, 2 * jnp.exp(u))


@quantile.defjvp
def _(degrees, primals, tangents):
    (mass,), (change,) = primals, tangents
    a, half = degrees / 2, quantile(mass, degrees) / 2
    # dq/dc is one over the density at q.
    return 2 * half, 2 * jnp.exp(half + gammaln(a) - (a - 1) * jnp.log(half)) * change
