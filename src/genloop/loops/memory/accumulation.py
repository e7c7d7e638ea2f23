r"""Training sets that keep every generation: closed forms in the number of generations.

$n$ points join a dataset of $\ell_0$ every generation, a share $a$ of them real. In generation $t$
the fit moves by $x' = x + \gamma_t [\mathrm{Mult}(n, F(x))/n - x]$ with $\gamma_t = 1/(c + t)$, $c
= \ell_0/n$. Everything depends on time through ratios of gamma functions, which fall like powers
of the size where a loop that replaces its data falls exponentially.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import optimize

from ...analysis import flow
from ...arguments import checked
from ...laws.chi_square import log_mean_power
from ...models import Categorical
from ...precision import in_double
from ..temperature.stable_states import stable_states


def log_rising_factorial(number, power) -> Float[Array, ""]:
    r"""$\log \Gamma(z + k) - \log \Gamma(z)$ for $z > 0$, $z + k > 0$, without cancellation."""
    number = jnp.asarray(number, dtype=float)
    return log_mean_power(2 * number, power) + power * jnp.log(number)


def shares(generations: int, *, size, samples) -> Float[Array, " t"]:
    r"""$\gamma_k = n/(\ell_0 + n k)$, $k = 1, \dots, t$: the new share of every generation."""
    return 1 / (size / samples + np.arange(1.0, generations + 1))


@in_double
@jax.jit
def remaining_deviation(multiplier, generations, *, size, samples) -> Float[Array, ""]:
    r"""The rest of a small deviation from a fixed point of $F$ along a multiplier [AC-2].

    $\prod_{k \le t} (1 - (1 - \mu) \gamma_k) = \frac{\Gamma(c + \mu + t)\,\Gamma(c + 1)}{\Gamma(c +
    \mu)\,\Gamma(c + 1 + t)}$ for $\mu \ge 0$; `generations` is any number.
    """
    begin = size / samples + 1
    down = jnp.asarray(multiplier) - 1
    return jnp.exp(
        log_rising_factorial(begin + generations, down) - log_rising_factorial(begin, down)
    )


@in_double
@jax.jit
def late_deviation(multiplier, generations, *, size, samples) -> Float[Array, ""]:
    r"""$\frac{\Gamma(c + 1)}{\Gamma(c + \mu)}\,t^{-(1 - \mu)}$: `remaining_deviation` at last.

    For a large dataset, $c \gg 1$, about $(c/t)^{1 - \mu}$ [AC-2].
    """
    down = jnp.asarray(multiplier) - 1
    return jnp.exp(down * jnp.log(generations) - log_rising_factorial(size / samples + 1, down))


def half_life(multiplier, *, size, samples) -> float:
    r"""Generations until half of a deviation along a multiplier is left; any number [AC-2].

    About $c\,(2^{1/(1 - \mu)} - 1)$; infinite for $\mu \ge 1$ and where it is beyond $10^{200}$.
    """
    factor = 1 / (1 - multiplier) if multiplier < 1 else np.inf
    ratio = size / samples
    if factor * np.log10(2) + np.log10(ratio + 1) > 200:
        return np.inf
    # Monotone, and the estimate without the gamma functions is off by less than one generation.
    left = lambda t: float(remaining_deviation(multiplier, t, size=size, samples=samples)) - 0.5
    guess = (ratio + 1) * (2**factor - 1)
    return float(optimize.brentq(left, 0.0, 2 * guess + 2, xtol=1e-12, rtol=1e-14))


def scheduled_heterozygosity(samples: Float[Array, " t"], *, size) -> Float[Array, " t"]:
    r"""$\mathbb E H_t/H_0 = \prod_{k \le t} (1 - \alpha_k/\ell_k^2)$ for any schedule [AC-1].

    $T = 1$, no real data, $\alpha_k$ samples in generation $k$ and $\ell_k$ points after it. At
    least $1 - 1/\ell_0$ is kept, whatever the schedule.
    """
    samples = np.asarray(samples, dtype=float)
    return np.cumprod(1 - samples / (size + np.cumsum(samples)) ** 2)


def squared_deviations(
    generations: int, *, size, samples, real_fraction, concentration, stratified=False
) -> Float[Array, " t"]:
    r"""$D_t = \mathbb E \|x_t - r\|^2$ at $T = 1$, started at $r$ with $R = \sum_i r_i^2$ [AC-3].

    $D_t = [(1 - a \gamma_t)^2 - \frac{\gamma_t^2}n (1 - a)^2]\,D_{t-1} + \frac{\gamma_t^2}n (1 -
    R)$, where every point is real with probability $a$; with exactly $a n$ real ones
    (`stratified`) the last $(1 - a)^2$ is $1 - a$. Generations $1, \dots, t$.
    """
    step = shares(generations, size=size, samples=samples)
    rest = 1 - real_fraction
    kept = (1 - real_fraction * step) ** 2 - step**2 / samples * (rest if stratified else rest**2)
    return _affine(kept, step**2 / samples * (1 - concentration))


def mode_variances(
    multipliers: Float[Array, " m"], generations: int, *, size, samples
) -> Float[Array, " m"]:
    r"""The variance $v_t$ along each multiplier of a fixed point, to order $1/n$ [AC-3].

    $v_t = (1 - (1 - \mu) \gamma_t)^2\,v_{t-1} + \gamma_t^2/n$ from $v_0 = 0$, in units of the noise
    of one point: $\mathbb E \sum_i (x_i - x^*_i)^2/x^*_i$ is the sum over the multipliers.
    """
    variance = np.zeros(np.shape(multipliers))
    for step in shares(generations, size=size, samples=samples):
        variance = (1 - (1 - multipliers) * step) ** 2 * variance + step**2 / samples
    return variance


def noise_exponent(multiplier) -> float:
    r"""The variance falls like $t^{-\min(1, 2 (1 - \mu))}$ [AC-3].

    Below a leading multiplier of one half as for independent points, times $\log t$ at one half;
    above, the loop remembers.
    """
    return float(np.minimum(1.0, 2 * (1 - multiplier)))


def noise_constant(multipliers: Float[Array, " m"]) -> float:
    r"""$\lim n t\,\mathbb E \sum_i (x_i - x^*_i)^2/x^*_i = \sum_k 1/(1 - 2 \mu_k)$ [AC-3].

    Infinite unless all $\mu_k < \frac12$. At temperature one, all $\mu_k = 1 - a$, it is
    $(K - 1)/(2 a - 1)$.
    """
    gap = 1 - 2 * np.asarray(multipliers, dtype=float)
    return float((1 / gap).sum()) if (gap > 0).all() else np.inf


def limits(real: Categorical, *, temperature, real_fraction) -> Float[Array, "m k"]:
    r"""All states at which an accumulating dataset can come to rest with finite samples [AC-4].

    The stable states of $F$. Without real data (or with some at the start only) the uniform one for
    $T > 1$ and the single outcomes for $T < 1$; at $T = 1$ there is a whole law of limits [AC-1],
    which is a `ValueError`.
    """
    found = stable_states(real, temperature=temperature, real_fraction=real_fraction)
    pairs = [(row, i) for row in range(len(found.counts)) for i in _possible(found.winners(row))]
    return np.stack([np.asarray(found.state(row, i).probabilities) for row, i in pairs])


@checked
def flow_with_correction(
    function: Callable, start: Float[Array, " k"], times: Float[Array, " m"]
) -> tuple[Float[Array, "m k"], Float[Array, "m k"]]:
    r"""$x(s)$ and $e(s)$ with $x_t = x(s_t) + \frac n{\ell_0} e(s_t) + O((n/\ell_0)^2)$ [AC-6].

    $s_t = \log(\ell_t/\ell_0)$ is the time of the flow $\dot x = F(x) - x$, and $\dot e = (DF -
    I)\,e - \frac12 e^{-s}\,DF\,(F(x) - x)$, $e(0) = 0$: what steps of finite size add.
    """

    def extended(state):
        x, error, shrinking = state
        image = function(x)
        along = error - 0.5 * shrinking * (image - x)
        return image, jax.jvp(function, (x,), (along,))[1], jnp.zeros(())

    states, errors, _ = flow(extended, (start, jnp.zeros_like(start), jnp.ones(())), times)
    return states, errors


def _possible(winners):
    """Those who can have won, or nobody."""
    return winners if winners.size else [None]


def _affine(factors: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """The path of $y = f y + g$ from zero."""
    path, value = np.empty(len(factors)), 0.0
    for index, (factor, source) in enumerate(zip(factors, sources, strict=True)):
        value = factor * value + source
        path[index] = value
    return path
