r"""Gaussian loops that keep all their data: closed forms in the number of generations [ST-B5].

$b$ synthetic `samples` and $a$ `real_samples` join a pool of `size` $N_0$ in every generation, $N_t
= N_0 + t (a + b)$, $p = a/(a + b)$, $q = 1 - p$, and the fit to all of it is sampled next, at
temperature $T$; $\kappa = 1$ where the covariance is `unbiased`, else 0.
"""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..memory.accumulation import log_rising_factorial

_of_fit = functools.partial(jax.jit, static_argnames=("unbiased",))


@_of_fit
def kept_covariance(
    generations, samples, *, size, temperature=1.0, unbiased=True
) -> Float[Array, "*shape"]:
    r"""The expected covariance after so many generations without new real data [ST-B5].

    $\frac{E\,\Sigma_t}{\Sigma_0} = \prod_{j \le t} \frac{(N_j - y_+)(N_j - y_-)}{N_j (N_j -
    \kappa)}$, ratios of gamma functions, with the roots $y_\pm$ of $y^2 - (b + \kappa - T b)\,y - T
    b$.

    For $T < 1$ it falls like a power of $t$, where a loop that replaces its data falls like $T^t$.

    ```python
    gl.loops.gaussian.kept_covariance(jnp.inf, 5, size=5)  # 0.869491
    ```
    """
    here = jnp.asarray(generations, dtype=float)
    late = jnp.isinf(here)
    power = jnp.where(jnp.asarray(temperature) < 1, 0.0, jnp.inf)
    power = jnp.where(jnp.asarray(temperature) == 1, 1.0, power)
    options = {"size": size, "temperature": temperature, "unbiased": unbiased}
    constant = kept_covariance_constant(samples, **options)
    growth = jnp.exp(_log_gammas(jnp.where(late, 1.0, here), samples, **options))
    return constant * jnp.where(late, power, growth)


@_of_fit
def kept_covariance_constant(
    samples, *, size, temperature=1.0, unbiased=True
) -> Float[Array, "*shape"]:
    r"""$A$ in $E\,\Sigma_t \approx A\,t^{T - 1}\,\Sigma_0$, the fall without new real data [ST-B5].

    $A = \frac{\Gamma(z)\,\Gamma(z - \kappa/b)}{\Gamma(z - y_+/b)\,\Gamma(z - y_-/b)}$, $z = 1 +
    N_0/b$; the limit at $T = 1$.

    ```python
    gl.loops.gaussian.kept_covariance_constant(100, size=100, temperature=0.9)  # 1.03283
    ```
    """
    options = {"size": size, "temperature": temperature, "unbiased": unbiased}
    return jnp.exp(-_log_gammas(0.0, samples, **options))


def _log_gammas(generations, samples, *, size, temperature, unbiased):
    """The logarithm of the four gamma functions at a place, by ratios that do not cancel."""
    bias = float(unbiased)
    heat = jnp.asarray(temperature, dtype=float)
    middle = (samples + bias - heat * samples) / 2
    root = jnp.sqrt(middle**2 + heat * samples)
    place = generations + 1 + size / samples
    upper = log_rising_factorial(place, -(middle + root) / samples)
    return upper + log_rising_factorial(place - bias / samples, (bias - middle + root) / samples)


@jax.jit
def kept_limit(real_fraction, *, temperature=1.0) -> Float[Array, "*shape"]:
    r"""$E\,\Sigma_t \to \frac p{1 - q T}\,S_0$ where real points join for ever [ST-B5].

    The limit of infinitely many data; the distance falls like the slower of $N^{-(1 - q T)}$ and
    the error of the mean. NaN for $q T \ge 1$, where there is none.

    ```python
    gl.loops.gaussian.kept_limit(0.2, temperature=0.8)  # 0.555556
    ```
    """
    share = jnp.asarray(real_fraction, dtype=float)
    left = 1 - (1 - share) * temperature
    return share / jnp.where(left > 0, left, jnp.nan)


@jax.jit
def kept_error_exponent(real_fraction) -> Float[Array, "*shape"]:
    r"""$\min(1, 2 p)$: $E|\mu_t - \mu_0|^2$ falls like this power of one over the size [ST-B5].

    So half of the data must be real for the rate of independent data; at $p = \frac12$ a logarithm
    of the size remains.

    ```python
    gl.loops.gaussian.kept_error_exponent(0.2)  # 0.4
    ```
    """
    return jnp.minimum(1.0, 2 * jnp.asarray(real_fraction, dtype=float))


@jax.jit
def kept_error_constant(real_fraction, *, temperature=1.0) -> Float[Array, "*shape"]:
    r"""The limit of $N_t\,E(\mu_t - \mu_0)(\mu_t - \mu_0)^\top$, in units of $S_0$ [ST-B5].

    $\frac1{2 p - 1} \cdot \frac p{1 - q T}$ for $p > \frac12$, and infinite for less.

    ```python
    gl.loops.gaussian.kept_error_constant(0.75)  # 2
    ```
    """
    share = jnp.asarray(real_fraction, dtype=float)
    left = 2 * share - 1
    ample = left > 0
    constant = kept_limit(share, temperature=temperature) / jnp.where(ample, left, 1.0)
    return jnp.where(ample, constant, jnp.inf)
