"""The temperature loop and its three finite-sample designs."""

from jaxtyping import Array, Float, PRNGKeyArray

from ...models import Categorical
from ...stages import Draw, Loop, Mix, Temper


def loop(*, temperature: float | Float[Array, ""], real_fraction: float, real: Categorical) -> Loop:
    r"""$F(p) = a\,r + (1 - a)\,S_T(p)$: infinite data, a share $a$ of it real."""
    return Temper(temperature) >> Mix(real, real_fraction)


def multinomial_loop(
    *, temperature: float, real_fraction: float, real: Categorical, samples: int
) -> Loop:
    r"""$p' = \mathrm{Mult}(N, F(p))/N$: every one of $N$ points is real with probability $a$."""
    return loop(temperature=temperature, real_fraction=real_fraction, real=real) >> Draw(samples)


def stratified_loop(
    *, temperature: float, real: Categorical, samples: int, real_samples: int
) -> Loop:
    r"""$p' = [\mathrm{Mult}(n_r, r) + \mathrm{Mult}(n, S_T(p))]/(n_r + n)$: real points anew."""
    real_fraction = real_samples / (real_samples + samples)
    return Temper(temperature) >> Draw(samples) >> Mix(real, real_fraction, samples=real_samples)


def fixed_set_loop(
    key: PRNGKeyArray, *, temperature: float, real: Categorical, samples: int, real_samples: int
) -> Loop:
    r"""As `stratified_loop`, with one set of $n_r$ real points for all generations."""
    real_fraction = real_samples / (real_samples + samples)
    mix = Mix.fixed(key, real, real_fraction, samples=real_samples)
    return Temper(temperature) >> Draw(samples) >> mix
