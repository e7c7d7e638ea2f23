"""The temperature loop of a chain, with infinitely and finitely many tokens."""

from jaxtyping import Array, Float

from ...models import MarkovChain
from ...stages import Draw, Loop, Mix, Temper


def loop(*, temperature: float | Float[Array, ""], real_fraction: float, real: MarkovChain) -> Loop:
    r"""$J' = (1 - a)\,\sigma_i Q_{ij} + a R_{ij}$: pairs of an endless text at $T$, and real ones.

    $Q$ are the rows of $J$ at the temperature, $\sigma$ its stationary law, $R$ the real pairs.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    gl.loops.chain.loop(temperature=0.8, real_fraction=0.3, real=chain)(chain).contexts
    ```
    """
    return Temper(temperature) >> Mix(real, real_fraction)


def sampled_loop(
    *, temperature: float, real_fraction: float, real: MarkovChain, samples: int
) -> Loop:
    r"""One text of `samples` tokens at the temperature, counted together with the real pairs.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    loop = gl.loops.chain.sampled_loop(temperature=0.8, real_fraction=0.3, real=chain, samples=100)
    ```
    """
    return Temper(temperature) >> Draw(samples) >> Mix(real, real_fraction)
