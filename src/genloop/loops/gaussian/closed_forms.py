r"""Closed forms of the Gaussian loops: growth, exponents, limits and thresholds.

Here $n$ is the number of synthetic `samples`, $n_r$ of `real_samples`, $N = n + n_r$,
$a = n_r/N$, $q = 1 - a$, and $\kappa = 1$ where the covariance is `unbiased` (divided by $N - 1$),
else $\kappa = 0$. Everything is differentiable in its numbers and of their shape.
"""

import functools

import jax
import jax.numpy as jnp
from jax.scipy.special import gammainc
from jaxtyping import Array, Float

from ...laws.chi_square import log_mean_power, mean_log_chi_square

# Compiled as one program each: operation by operation would take longer at the first call.
_of_fit = functools.partial(jax.jit, static_argnames=("unbiased",))


@_of_fit
def covariance_growth(samples, *, temperature=1.0, unbiased=True) -> Float[Array, "*shape"]:
    r"""The factor by which the expected covariance changes in a generation without real data.

    $E\,\Sigma_{t+1} = T \frac{n - 1}{n - \kappa}\,E\,\Sigma_t$ without real data [ST-B2].

    ```python
    gl.loops.gaussian.covariance_growth(20, temperature=0.9)  # 0.9
    ```
    """
    return jnp.asarray(temperature) / mean_threshold(samples, unbiased=unbiased)


@_of_fit
def mean_threshold(samples, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""$T = \frac{n - \kappa}{n - 1}$: the expected covariance shrinks below [ST-B2].

    ```python
    gl.loops.gaussian.mean_threshold(20)  # 1
    ```
    """
    return jnp.asarray((samples - float(unbiased)) / (samples - 1.0))


@_of_fit
def almost_sure_threshold(samples, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""The temperature below which every run of a loop without real data collapses to a point.

    $T = \exp[\log\frac{n - \kappa}2 - \psi(\frac{n - 1}2)] > 1$: below it $\Sigma_t \to 0$.

    Almost surely, in any dimension, without real data [ST-B2].

    ```python
    gl.loops.gaussian.almost_sure_threshold(20)  # 1.05501
    ```
    """
    return mean_threshold(samples, unbiased=unbiased) * jnp.exp(-mean_log_chi_square(samples - 1.0))


@_of_fit
def mean_square_threshold(samples, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""The temperature below which the mean square of the covariance shrinks.

    $T = \frac{n - \kappa}{\sqrt{n^2 - 1}}$: $E \|\Sigma_t\|^2$ shrinks below [ST-B2].

    ```python
    gl.loops.gaussian.mean_square_threshold(20)  # 0.95119
    ```
    """
    return jnp.asarray((samples - float(unbiased)) / jnp.sqrt(samples**2 - 1.0))


def lyapunov_exponents(
    samples: int, dimension: int, *, temperature=1.0, unbiased=True
) -> Float[Array, " dimension"]:
    r"""The rates at which the variances of a run in several dimensions fall, largest first.

    $\ell_i = \log T + \psi(\frac{n - i}2) - \log\frac{n - \kappa}2$, $i = 1, \dots, d$.

    The $i$-th largest eigenvalue of $\Sigma_t$ behaves as $e^{t \ell_i}$ without real data [ST-B2].
    Raises `ValueError` unless $n > d$: fewer samples leave some variances at zero at once.

    ```python
    gl.loops.gaussian.lyapunov_exponents(20, 2)  # [-0.0535539, -0.11065]
    ```
    """
    if samples <= dimension:
        raise ValueError(
            f"{samples} samples fit a singular covariance in {dimension} dimensions; take more."
        )
    return _exponents(samples, temperature, dimension=dimension, unbiased=unbiased)


@functools.partial(jax.jit, static_argnames=("dimension", "unbiased"))
def _exponents(samples, temperature, *, dimension, unbiased):
    degrees = samples - jnp.arange(1.0, dimension + 1)
    divisor = samples - float(unbiased)
    return jnp.log(temperature) + mean_log_chi_square(degrees) + jnp.log(degrees / divisor)


@jax.jit
def wasserstein_risk(generations, samples, *, temperature=1.0) -> Float[Array, "*shape"]:
    r"""The expected squared Wasserstein distance of the model from the real data.

    $E\,W_2^2(N(\mu_t, \sigma_t^2), N(\mu_0, \sigma_0^2))/\sigma_0^2$ in one dimension [ST-B2].

    Generation 1 is fitted to $n$ real points, the later ones to samples:
    $\frac1n \sum_{s < t} T^s + T^{t-1} + 1 - 2\,T^{(t-1)/2} c_4(n)^t$ with $c_4 = E
    \sigma_1/\sigma_0$, for the unbiased fit.

    ```python
    gl.loops.gaussian.wasserstein_risk(10, 20)  # 0.746474
    ```
    """
    later = jnp.asarray(generations, dtype=float) - 1
    heat = jnp.asarray(temperature, dtype=float)
    away = jnp.where(heat == 1, 2.0, heat)
    powers = jnp.where(heat == 1, later + 1, (1 - away ** (later + 1)) / (1 - away))
    deviation = jnp.exp((later + 1) * log_mean_power(samples - 1.0, 0.5))
    return powers / samples + heat**later + 1 - 2 * heat ** (later / 2) * deviation


@_of_fit
def correction(real_fraction, pool, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""$k = \frac{N - 1 + N q}{(N - \kappa)(1 + q)}$, the effect of a finite pool [ST-B3].

    $1 + \frac q{(N - 1)(1 + q)}$ for the unbiased fit and $1 - \frac1{N (1 + q)}$ for maximum
    likelihood; 1 for infinitely many samples.

    ```python
    gl.loops.gaussian.correction(0.2, 100)  # 1.00449
    ```
    """
    rest = 1 - jnp.asarray(real_fraction)
    return (pool - 1 + pool * rest) / ((pool - float(unbiased)) * (1 + rest))


@_of_fit
def stationary_moments(
    samples, real_samples, *, temperature=1.0, unbiased=True
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""The limits of $E\,\delta\delta^\top$ and $E\,\Sigma$ with fresh real data, over $S_0$.

    $\frac1{N (1 + q)(1 - q T k)}$ and $\frac{k a}{1 - q T k}$ [ST-B3]; NaN where they do not exist,
    which is at $q T k \ge 1$ (see `required_real_fraction`).

    ```python
    gl.loops.gaussian.stationary_moments(80, 20, temperature=0.9)  # [0.020073, 0.725872]
    ```
    """
    pool = samples + real_samples
    share = jnp.asarray(real_samples / pool)
    k = correction(share, pool, unbiased=unbiased)
    left = 1 - (1 - share) * temperature * k
    left = jnp.where(left > 0, left, jnp.nan)
    return 1 / (pool * (2 - share) * left), k * share / left


@_of_fit
def fresh_data_radius(
    real_fraction, pool, *, temperature=1.0, unbiased=True
) -> Float[Array, "*shape"]:
    r"""Spectral radius of the recursion of $(E\,\delta\delta^\top, E\,\Sigma)$ [ST-B3].

    $\frac12 [q^2 + c q T + \sqrt{(q^2 - c q T)^2 + 4 b q T/N}]$ with $c = \frac{N-1}{N-\kappa}$ and
    $b = \frac{a q N}{N - \kappa}$: the moments approach their limits as its powers.

    ```python
    gl.loops.gaussian.fresh_data_radius(0.2, 100, temperature=0.9)  # 0.73257
    ```
    """
    rest = 1 - jnp.asarray(real_fraction)
    degrees = pool - float(unbiased)
    inner = (pool - 1) / degrees * rest * temperature
    between = (1 - rest) * rest / degrees * rest * temperature
    return (rest**2 + inner + jnp.sqrt((rest**2 - inner) ** 2 + 4 * between)) / 2


@_of_fit
def temperature_threshold(real_fraction, pool, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""$T_{\max} = 1/(q k)$: the expected moments stay bounded below it [ST-B3].

    Infinite at real fraction 1; `mean_threshold` at real fraction 0.

    ```python
    gl.loops.gaussian.temperature_threshold(0.2, 100)  # 1.24441
    ```
    """
    rest = 1 - jnp.asarray(real_fraction)
    k = correction(real_fraction, pool, unbiased=unbiased)
    # Without real data the mean is a neutral direction, and the covariance alone decides.
    alone = (pool - float(unbiased)) / (pool - 1)
    return jnp.where(rest == 1, alone, 1 / (rest * k))


@_of_fit
def required_real_fraction(temperature, pool, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""The real fraction above which the expected moments stay bounded [ST-B3].

    $a = 1 - q$ with $T N q^2 + [T (N - 1) - (N - \kappa)]\,q - (N - \kappa) = 0$, which is
    $q T k = 1$, and 0 where no real data are needed; $1 - 1/T$ for an infinite pool [ST-A12].

    ```python
    gl.loops.gaussian.required_real_fraction(1.25, 100)  # 0.203567
    ```
    """
    temperature = jnp.asarray(temperature, dtype=float)
    degrees = pool - float(unbiased)
    linear = temperature * (pool - 1) - degrees
    root = jnp.sqrt(linear**2 + 4 * temperature * pool * degrees)
    return jnp.maximum(0.0, 1 - 2 * degrees / (linear + root))


@_of_fit
def real_fraction_for_variance(
    goal, *, temperature, pool=None, unbiased=True
) -> Float[Array, "*shape"]:
    r"""The real fraction at which the limit of $E\,\Sigma$ is `goal` $\rho$ times $S_0$ [ST-B8].

    More real data bring it nearer to $S_0$: $\rho < 1$ is a floor for $T < 1$, $\rho > 1$ a ceiling
    for $T > 1$. With an infinite pool $a = \frac{\rho (1 - T)}{1 - \rho T}$; else $a = 1 - q$ with
    $N (\rho T - 1) q^2 + [N + (N-1)(\rho T - 1) - \rho (N-\kappa)] q = \rho (N-\kappa) - N + 1$.
    NaN for a goal on the other side of 1 than the temperature, or one that no real fraction meets.

    ```python
    gl.loops.gaussian.real_fraction_for_variance(0.5, temperature=0.8)  # 0.166667
    ```
    """
    goal, temperature = jnp.asarray(goal, dtype=float), jnp.asarray(temperature, dtype=float)
    excess = goal * temperature - 1
    constant = 1 - goal
    if pool is None:
        rest = -constant / excess
    else:
        degrees = goal * (pool - float(unbiased))
        constant = pool - 1 - degrees
        linear = pool + (pool - 1) * excess - degrees
        root = jnp.sqrt(linear**2 - 4 * pool * excess * constant)
        rest = 2 * jnp.abs(constant) / (root - jnp.sign(constant) * linear)
    met = ((1 - goal) * constant > 0) & ((1 - goal) * (1 - temperature) > 0)
    return jnp.where(met, jnp.maximum(0.0, 1 - rest), jnp.nan)


@functools.partial(jax.jit, static_argnames=("dimension",))
def truncation_temperature(cutoff, *, dimension: int = 1) -> Float[Array, "*shape"]:
    r"""$T(c) = F_{d+2}(c^2)/F_d(c^2)$: the variance left of a normal law within $c$ deviations.

    Truncated sampling followed by a Gaussian fit is sampling at this temperature [ST-B8]. The
    ellipsoid $(x - \mu)^\top \Sigma^{-1} (x - \mu) < c^2$ is kept, and $F_k$ is the distribution
    function of the chi-square law; in one dimension $T(c) = 1 - \frac{2 c \varphi(c)}{2 \Phi(c) -
    1}$.

    ```python
    gl.loops.gaussian.truncation_temperature(2.0)  # 0.773741
    ```
    """
    square = jnp.asarray(cutoff, dtype=float) ** 2 / 2
    degrees = dimension / 2
    return gammainc(degrees + 1, square) / gammainc(degrees, square)
