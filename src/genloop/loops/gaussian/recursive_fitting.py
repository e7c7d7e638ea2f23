r"""Closed forms of recursive fitting: $n$ `samples` and $t$ `generations`, in units of $\sigma_0$.

$\nu = n - 1$, and $\sigma_0$ is the standard deviation of what the first generation samples.
Everything is differentiable in its numbers and of their shape.
"""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...laws.chi_square import log_mean_power, mean_log_chi_square

# Compiled as one program each: operation by operation would take longer at the first call.
_of_fit = functools.partial(jax.jit, static_argnames=("unbiased",))


@jax.jit
def heterozygosity(generations, samples, start) -> Float[Array, "*shape"]:
    r"""The expected chance that two draws differ, after so many generations of refitting.

    $E[1 - \sum_i p_{t,i}^2] = (1 - \frac1n)^t (1 - \sum_i p_{0,i}^2)$ from `start` [CA-A2].

    ```python
    gl.loops.gaussian.heterozygosity(10, 100, jnp.array([0.5, 0.5]))  # 0.452191
    ```
    """
    return (1 - 1 / jnp.asarray(samples)) ** generations * (1 - jnp.sum(start**2, axis=-1))


@jax.jit
def undecided_bounds(
    generations, samples, probability
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""Bounds of the chance that of two outcomes none is lost after so many generations.

    $4 h \le P(0 < p_t < 1) \le \frac{n^2}{n - 1} h$ with $h = p_0 (1 - p_0)(1 - \frac1n)^t$, for
    $t \ge 1$ generations and $n \ge 2$ samples [CA-A2].

    ```python
    gl.loops.gaussian.undecided_bounds(200, 100, 0.5)  # [0.13398, 3.38333]
    ```
    """
    start = jnp.asarray(probability) * (1 - jnp.asarray(probability))
    left = start * (1 - 1 / jnp.asarray(samples)) ** generations
    return 4 * left, samples**2 / (jnp.asarray(samples) - 1.0) * left


@jax.jit
def sample_variance(generations, samples) -> Float[Array, "*shape"]:
    r"""$\operatorname{Var} X_t = 1 + t/n$ of one sample of generation $t$, unbiased [CA-A3].

    The sum of $E\,\sigma_t^2 = 1$ and $E(\mu_t - \mu_0)^2 = t/n$.

    ```python
    gl.loops.gaussian.sample_variance(10, 20)  # 1.5
    ```
    """
    return 1 + jnp.asarray(generations) / samples


@jax.jit
def sample_fourth_moments(samples: int) -> Float[Array, "3 3"]:
    r"""The matrix of $(E\,m^4, E\,m^2\sigma^2, E\,\sigma^4) \mapsto$ itself, $m = \mu_t - \mu_0$.

    $(x, y, z) \mapsto (x + \frac{6y}n + \frac{3z}{n^2},\ y + \frac zn,\ (1 + \frac2{n-1}) z)$
    [CA-A3]; a sample has $E(X_t - \mu_0)^4 = x + 6y + 3z$.

    ```python
    gl.loops.gaussian.sample_fourth_moments(20).shape  # [3, 3]
    ```
    """
    rows = [[1, 6 / samples, 3 / samples**2], [0, 1, 1 / samples], [0, 0, 1 + 2 / (samples - 1)]]
    return jnp.array(rows)


@_of_fit
def mean_standard_deviation(generations, samples, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""$E\,\sigma_t = c_4(n)^t$, times $(1 - \frac1n)^{t/2}$ for maximum likelihood [CA-A3].

    ```python
    gl.loops.gaussian.mean_standard_deviation(10, 20)  # 0.876763
    ```
    """
    shrink = 0.0 if unbiased else jnp.log1p(-1 / jnp.asarray(samples)) / 2
    return jnp.exp(generations * (log_mean_power(samples - 1.0, 0.5) + shrink))


@_of_fit
def wasserstein_risk(generations, samples, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""The expected squared Wasserstein distance of the model from the real data.

    $E\,W_2^2(N(\mu_t, \sigma_t^2), N(\mu_0, \sigma_0^2))$ in one dimension [CA-A3].

    $\frac tn + 2 - 2 c_4^t$ for the unbiased fit, which diverges; $2 - 2 [c_4 \sqrt{1 - 1/n}]^t <
    2$ for maximum likelihood, where $E[\sigma_t^2 + (\mu_t - \mu_0)^2] = 1$ is conserved.

    ```python
    gl.papers.shumailov2024.wasserstein_risk(10, 20)  # 0.746474
    ```
    """
    drift = jnp.asarray(generations) / samples if unbiased else 0.0
    deviation = mean_standard_deviation(generations, samples, unbiased=unbiased)
    return drift + 2 - 2 * deviation


@jax.jit
def sliced_wasserstein_risk(generations, samples, covariance) -> Float[Array, "*shape"]:
    r"""The expected squared Wasserstein distance, in the mean over directions of projection.

    $\frac{\operatorname{tr} \Sigma_0}d\,[\frac tn + 2 - 2 c_4^t]$ for the real covariance
    $\Sigma_0$, unbiased: `wasserstein_risk` in every direction [CA-A5].

    ```python
    gl.loops.gaussian.sliced_wasserstein_risk(10, 20, jnp.diag(jnp.array([3.0, 1.0])))  # 1.49295
    ```
    """
    size = jnp.trace(covariance) / jnp.shape(covariance)[-1]
    return size * wasserstein_risk(generations, samples)


@jax.jit
def risk_to_any_data(generations, samples, normality=1.0) -> Float[Array, "*shape"]:
    r"""The expected squared Wasserstein distance from real data of any distribution $F_0$.

    $\frac tn + 2 - 2 \rho\,c_4^t$ in units of the real variance, unbiased, from a first fit to
    infinitely many real data [CA-A3].

    `normality` $\rho = \int_0^1 F_0^{-1}(u)\,\Phi^{-1}(u)\,\mathrm du/\sigma_0$ is the correlation
    of the quantiles with normal ones: 1 for a Gaussian, $\sqrt{3/\pi}$ for a uniform distribution.

    ```python
    gl.loops.gaussian.risk_to_any_data(10, 20, 0.977205)  # 0.786445
    ```
    """
    deviation = mean_standard_deviation(generations, samples)
    return jnp.asarray(generations) / samples + 2 - 2 * normality * deviation


@jax.jit
def risk_with_divisor(generations, samples, divisor) -> Float[Array, "*shape"]:
    r"""The expected squared Wasserstein distance with any divisor of the variance.

    $\frac1n \sum_{s < t} r^s + r^t + 1 - 2 (c_4 \sqrt r)^t$, $r = \frac{n-1}d$ [CA-A6].

    Bounded if and only if $d > n - 1$, with the limit $1 + \frac d{n (d - n + 1)}$: 2 for maximum
    likelihood, $d = n$.

    ```python
    gl.loops.gaussian.risk_with_divisor(1000, 10, 10)  # 2
    ```
    """
    time, growth = jnp.asarray(generations, dtype=float), (samples - 1) / jnp.asarray(divisor)
    away = jnp.where(growth == 1, 0.5, growth)
    powers = jnp.where(growth == 1, time, (1 - away**time) / (1 - away))
    deviation = jnp.exp(time * log_mean_power(samples - 1.0, 0.5)) * growth ** (time / 2)
    return powers / samples + growth**time + 1 - 2 * deviation


@functools.partial(jax.jit, static_argnames=("dimension",))
def kullback_leibler_to_real(generations, samples, *, dimension: int = 1) -> Float[Array, "*shape"]:
    r"""The expected divergence of the real data from the model, $p_t$ to $p_0$, in nats.

    $E\,\mathrm{KL}(p_t \| p_0) = \frac t2 (\frac dn - \sum_{i \le d} \ell_i)$ in $d$ dimensions,
    unbiased [CA-A3] [CA-A5], with the rates $\ell_i$ of `lyapunov_exponents`, $\ell_1 = \lambda$.
    NaN unless $n > d$.

    ```python
    gl.loops.gaussian.kullback_leibler_to_real(10, 100)  # 0.100675
    ```
    """
    samples = jnp.asarray(samples, dtype=float)
    degrees = samples[..., None] - jnp.arange(1.0, dimension + 1)
    rates = mean_log_chi_square(degrees) + jnp.log(degrees / (samples[..., None] - 1))
    return jnp.asarray(generations) / 2 * (dimension / samples - rates.sum(-1))


@jax.jit
def kullback_leibler_from_real(generations, samples) -> Float[Array, "*shape"]:
    r"""The expected divergence of the model from the real data, $p_0$ to $p_t$, in nats.

    $E\,\mathrm{KL}(p_0 \| p_t) = \frac12 [t \lambda + q^t + \frac\nu{2n} (q^t - 1) - 1]$.

    For the unbiased fit, with $q = \frac\nu{\nu - 2}$; infinite for $n \le 3$ [CA-A3].

    ```python
    gl.loops.gaussian.kullback_leibler_from_real(10, 100)  # 0.118564
    ```
    """
    degrees = jnp.asarray(samples) - 1.0
    growth = jnp.where(degrees > 2, degrees / (degrees - 2), jnp.inf) ** generations
    drift = generations * lyapunov_exponent(samples)
    return (drift + growth + degrees / (2 * samples) * (growth - 1) - 1) / 2


@_of_fit
def lyapunov_exponent(samples, *, unbiased=True) -> Float[Array, "*shape"]:
    r"""The rate at which the logarithm of the variance falls in every run, a generation.

    $\lambda = \lim \frac1t \log \sigma_t^2 = \psi(\frac\nu2) + \log\frac2\nu < 0$ [CA-A4].

    Almost surely; for maximum likelihood $\log(1 - \frac1n)$ lower.

    ```python
    gl.loops.gaussian.lyapunov_exponent(20)  # -0.0535539
    ```
    """
    shrink = 0.0 if unbiased else jnp.log1p(-1 / jnp.asarray(samples))
    return mean_log_chi_square(samples - 1.0) + shrink


@jax.jit
def variance_moment(power, generations, samples) -> Float[Array, "*shape"]:
    r"""The moments of the variance after so many generations, in units of the first one.

    $E\,\sigma_t^{2k} = [(2/\nu)^k\,\Gamma(\frac\nu2 + k)/\Gamma(\frac\nu2)]^t$ [CA-A4].

    ```python
    gl.loops.gaussian.variance_moment(0.5, 10, 20)  # 0.876763
    ```
    """
    return jnp.exp(generations * log_mean_power(samples - 1.0, power))


@jax.jit
def kesten_constant(samples) -> Float[Array, "*shape"]:
    r"""The weight of the heavy tail of the sum of all variances of a run.

    $\lim_x x\,P(R > x) = 1/[\psi(\frac\nu2 + 1) + \log\frac2\nu]$, $R = \sum_t \sigma_t^2$.

    [CA-A6] $\mu_\infty - \mu_0$ has variance $R/n$ given the variances, so its tail is
    $P(|\mu_\infty - \mu_0| > y) \sim C/(n y^2)$: its variance is infinite.

    ```python
    gl.loops.gaussian.kesten_constant(20)  # 19.3389
    ```
    """
    # psi(x + 1) = psi(x) + 1/x turns the size-biased law back into the law itself.
    degrees = samples - 1.0
    return 1 / (mean_log_chi_square(degrees) + 2 / degrees)


@jax.jit
def stratified_step(
    variance, mean_error, *, samples, real_samples
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""The expected variance and squared error of the mean, one generation later.

    $(V, D) = (E\,\operatorname{Var} p_t, E(\mu_t - \mu_0)^2)$ one generation later [CA-A1b].

    $V' = q V + a + \frac{n_s n_r}{N (N - 1)} D$ and $D' = q^2 D + \frac{q V + a}N$ for $n_s$
    synthetic `samples` and $n_r$ fresh `real_samples`, $N = n_s + n_r$, $a = n_r/N$, $q = 1 - a$;
    for any distributions with these variances.

    ```python
    gl.loops.gaussian.stratified_step(1.0, 0.0, samples=80, real_samples=20)  # [1, 0.01]
    ```
    """
    pool = samples + real_samples
    rest, share = samples / pool, real_samples / pool
    within = rest * variance + share
    between = samples * real_samples / (pool * (pool - 1)) * mean_error
    return within + between, rest**2 * mean_error + within / pool


@jax.jit
def stratified_limit(
    samples, real_samples
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""$V_* = 1 + \frac{qN}{N-1} D_*$ and $D_* = \frac1N/(1 - \frac{q^2 N}{N-1})$, in this order.

    Finite for every $n_r \ge 1$ [CA-A1b]; infinite without real data.

    ```python
    gl.loops.gaussian.stratified_limit(80, 20)  # [1.02286, 0.0282857]
    ```
    """
    pool = jnp.asarray(samples + real_samples, dtype=float)
    rest = samples / pool
    left = 1 - rest**2 * pool / (pool - 1)
    mean_error = jnp.where(left > 0, 1 / (pool * jnp.where(left > 0, left, 1.0)), jnp.inf)
    return 1 + rest * pool / (pool - 1) * mean_error, mean_error
