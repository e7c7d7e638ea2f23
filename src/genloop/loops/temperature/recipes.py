"""The temperature loop, its three finite-sample designs and the data it may keep."""

from jaxtyping import Array, Float, PRNGKeyArray

from ...models import Categorical
from ...stages import Accumulate, Draw, Loop, Mix, Renew, Temper, Window


def loop(*, temperature: float | Float[Array, ""], real_fraction: float, real: Categorical) -> Loop:
    r"""$F(p) = a\,r + (1 - a)\,S_T(p)$: infinite data, a share $a$ of it real.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    loop = gl.loops.temperature.loop(temperature=0.8, real_fraction=0.3, real=real)
    loop(real).probabilities  # [0.529162, 0.290223, 0.180615]
    ```
    """
    return Temper(temperature) >> Mix(real, real_fraction)


def multinomial_loop(
    *, temperature: float, real_fraction: float, real: Categorical, samples: int
) -> Loop:
    r"""$p' = \mathrm{Mult}(N, F(p))/N$: every one of $N$ points is real with probability $a$.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    options = {"temperature": 0.8, "real_fraction": 0.3, "samples": 100}
    loop = gl.loops.temperature.multinomial_loop(real=real, **options)
    ```
    """
    return loop(temperature=temperature, real_fraction=real_fraction, real=real) >> Draw(samples)


def stratified_loop(
    *, temperature: float, real: Categorical, samples: int, real_samples: int
) -> Loop:
    r"""The loop of samples at a temperature pooled with new real points in every generation.

    $p' = [\mathrm{Mult}(n_r, r) + \mathrm{Mult}(n, S_T(p))]/(n_r + n)$: real points anew.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    options = {"temperature": 0.8, "samples": 80, "real_samples": 20}
    loop = gl.loops.temperature.stratified_loop(real=real, **options)
    ```
    """
    real_fraction = real_samples / (real_samples + samples)
    return Temper(temperature) >> Draw(samples) >> Mix(real, real_fraction, samples=real_samples)


def fixed_set_loop(
    key: PRNGKeyArray, *, temperature: float, real: Categorical, samples: int, real_samples: int
) -> Loop:
    r"""As `stratified_loop`, with one set of $n_r$ real points for all generations.

    ```python
    key, real = jax.random.key(0), gl.Categorical.of([5, 3, 2])
    options = {"temperature": 0.8, "samples": 80, "real_samples": 20}
    loop = gl.loops.temperature.fixed_set_loop(key, real=real, **options)
    ```
    """
    real_fraction = real_samples / (real_samples + samples)
    mix = Mix.fixed(key, real, real_fraction, samples=real_samples)
    return Temper(temperature) >> Draw(samples) >> mix


def accumulating_loop(
    *, temperature: float, samples, real: Categorical | None = None, real_samples=0
) -> Accumulate:
    r"""Every generation adds $\alpha_t$ samples of $S_T(p)$ and $\beta_t$ real points for good.

    `samples` and `real_samples` are numbers, arrays or functions of the generation; the state is a
    `Dataset`. Real data only at the start: `Dataset.of(real, size)` and no `real` here.

    ```python
    loop = gl.loops.temperature.accumulating_loop(temperature=0.8, samples=100)
    loop(gl.Dataset.of(gl.Categorical.of([5, 3, 2]), size=100)).size  # 200
    ```
    """
    return Accumulate(Temper(temperature), samples=samples, real=real, real_samples=real_samples)


def window_loop(
    *,
    temperature: float,
    samples,
    real: Categorical | None = None,
    real_samples=0,
    generations: int | None = None,
) -> Window:
    r"""As `accumulating_loop`, but only the last generations stay; the state is a `History`.

    ```python
    loop = gl.loops.temperature.window_loop(temperature=0.8, samples=100)
    history = gl.models.History.of(gl.Categorical.of([5, 3, 2]), generations=5, size=100)
    loop(history).size  # 200
    ```
    """
    data = {"samples": samples, "real": real, "real_samples": real_samples}
    return Window(Temper(temperature), **data, generations=generations)


def fading_loop(
    *, temperature: float, real_fraction: float, real: Categorical, samples: int, share: float
) -> Renew:
    r"""$p' = (1 - \gamma)\,p + \gamma\,\mathrm{Mult}(n, F(p))/n$: old data fade by $1 - \gamma$.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    options = {"temperature": 0.8, "real_fraction": 0.3, "samples": 100, "share": 0.2}
    loop = gl.loops.temperature.fading_loop(real=real, **options)
    ```
    """
    generation = multinomial_loop(
        temperature=temperature, real_fraction=real_fraction, real=real, samples=samples
    )
    return Renew(generation, share)
