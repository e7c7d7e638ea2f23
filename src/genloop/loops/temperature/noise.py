r"""Finite samples at any temperature: fluctuations about a fixed point and the diffusion limit.

The design is the multinomial one, $p' = \mathrm{Mult}(N, F(p))/N$.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...analysis import linearize, multipliers
from ...laws import SelectionMutation
from ...models import Categorical
from ...stages import Loop
from .recipes import loop, multinomial_loop


@jax.jit
def fluctuation_covariance(
    state: Categorical, *, temperature, real_fraction, samples
) -> Float[Array, "k k"]:
    r"""$\frac1N D^{1/2} \left[\sum_k \frac{v_k v_k^\top}{1 - \mu_k^2}\right] D^{1/2}$ [FS-4].

    At a stable interior fixed point, $D = \operatorname{diag}(x)$; $v_k$, $\mu_k$ are the
    orthonormal eigenvectors of the symmetric $D^{-1/2} DF(x)\,D^{1/2}$ across $\sqrt x$.
    """
    here = loop(temperature=temperature, real_fraction=real_fraction, real=state)
    deviation = jnp.sqrt(state.probabilities)
    derivative = linearize(here, state).dense()
    values, vectors = jnp.linalg.eigh(derivative * deviation[None, :] / deviation[:, None])
    scaled = deviation[:, None] * vectors
    # Across the simplex nothing moves: there the sum has 1/(1 - 0) too much.
    across = jnp.outer(state.probabilities, state.probabilities)
    return ((scaled / (1 - values**2)[None, :]) @ scaled.T - across) / samples


@jax.jit
def fluctuation_size(
    state: Categorical, *, temperature, real_fraction, samples
) -> Float[Array, ""]:
    r"""$E \sum_i (p_i - x_i)^2/x_i \simeq \frac1N \sum_k 1/(1 - \mu_k^2)$ [FS-4].

    Over the $K - 1$ multipliers along the simplex of a stable interior fixed point.
    """
    here = loop(temperature=temperature, real_fraction=real_fraction, real=state)
    return ((1 / (1 - multipliers(here, state) ** 2)).sum() - 1) / samples


@jax.jit
def uniform_fluctuation(*, outcomes, temperature, real_fraction, samples) -> Float[Array, ""]:
    r"""$E \|p - u\|^2 \simeq (1 - \frac1K)/[N (1 - (\frac{1 - a}T)^2)]$ [FS-4].

    About the uniform state, stable for $a > 1 - T$; infinite otherwise.
    """
    forgotten = 1 - ((1 - real_fraction) / jnp.asarray(temperature)) ** 2
    size = (1 - 1 / outcomes) / (samples * jnp.where(forgotten > 0, forgotten, 1.0))
    return jnp.where(forgotten > 0, size, jnp.inf)


def neutral_fluctuation(*, outcomes, real_fraction, samples) -> Float[Array, ""]:
    r"""$E \sum_i (p_i - r_i)^2/r_i = (K - 1)/[N - (N - 1)(1 - a)^2]$, exact at $T = 1$ [FS-4]."""
    return (outcomes - 1) / (samples - (samples - 1) * (1 - real_fraction) ** 2)


def weak_loop(*, selection, mutation, samples: int, real: Categorical) -> Loop:
    r"""The loop of $N$ samples at the temperature $1/(1 + \gamma/N)$, real fraction $\theta/N$.

    Selection and mutation of one size with the noise: its limit is `SelectionMutation` [FS-5].
    """
    return multinomial_loop(
        temperature=1 / (1 + selection / samples),
        real_fraction=mutation / samples,
        real=real,
        samples=samples,
    )


def limit_law(
    *, temperature: float, real_fraction: float, samples: int, real: Categorical
) -> SelectionMutation:
    r"""The stationary law of the diffusion with $\gamma = N (1/T - 1)$ and $\theta = N a$ [FS-5].

    Of a loop near $T = 1$ with little real data, two or three outcomes; exact as $N \to \infty$ at
    fixed $\gamma$, $\theta$, with an error of the order of $1/N$.
    """
    real = tuple(float(r) for r in real.probabilities)
    return SelectionMutation(samples * (1 / temperature - 1), samples * real_fraction, real)
