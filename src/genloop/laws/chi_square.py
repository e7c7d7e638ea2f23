"""Chi-square constants as differentiable functions of the number of samples."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .stirling import FROM, remainder, remainder_slope


@jax.jit
def mean_log_chi_square(degrees) -> Float[Array, "*shape"]:
    r"""$E \log(\chi^2_\nu/\nu) = \psi(\nu/2) - \log(\nu/2)$ for $\nu > 0$.

    By recursion beyond $\nu/2 + 16$ and Stirling's series: the difference of two large numbers is
    never formed, so that thousands of generations may multiply it.
    """
    half = jnp.asarray(degrees, dtype=float) / 2
    far = half + FROM
    steps = sum(1 / (half + j) for j in range(FROM))
    return jnp.log1p(FROM / half) - steps - 0.5 / far + remainder_slope(far)


@jax.jit
def log_mean_power(degrees, power) -> Float[Array, "*shape"]:
    r"""$\log E(\chi^2_\nu/\nu)^k = \log[\Gamma(\nu/2 + k)/\Gamma(\nu/2)] + k \log(2/\nu)$.

    For $k > -\nu/2$; as accurate for a million degrees of freedom as for one.
    """
    half, power = jnp.asarray(degrees, dtype=float) / 2, jnp.asarray(power, dtype=float)
    far = half + FROM
    steps = sum(jnp.log1p(power / (half + j)) for j in range(FROM))
    main = (far + power - 0.5) * jnp.log1p(power / far) + power * (jnp.log1p(FROM / half) - 1)
    return main - steps + remainder(far + power) - remainder(far)


def mean_chi(degrees) -> Float[Array, "*shape"]:
    r"""$E \sqrt{\chi^2_\nu/\nu} < 1$, also called $c_4(\nu + 1)$."""
    return jnp.exp(log_mean_power(degrees, 0.5))
