r"""A Gaussian loop with one real set that is drawn once and used for ever [ST-B4].

$n$ synthetic `samples` join the same $n_r$ real points in every generation; $N = n + n_r$, $a =
n_r/N$, $q = 1 - a$, and $\kappa = 1$ where the covariance is `unbiased`, else 0. Given the set the
moments follow the recursion of fresh data, with the same multipliers and thresholds.
"""

import functools

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .closed_forms import correction


@functools.partial(jax.jit, static_argnames=("unbiased",))
def fixed_data_moments(
    samples, real_samples, *, temperature=1.0, unbiased=True
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    r"""The limits of $E(\mu - \mu_0)(\mu - \mu_0)^\top$ and $E\,\Sigma$ over $S_0$ [ST-B4].

    $E\,\Sigma = \frac{n_r - 1}{(N - \kappa)(1 - q T k)}\,S_0$ and $\big(\frac1{n_r} + \frac{q T
    c}{N (1 - q^2)}\big) S_0$ with $c$ the first of these factors, on average over real sets and
    runs; $k$ is the `correction` of a finite pool. NaN where they do not exist, $q T k \ge 1$.

    ```python
    gl.loops.gaussian.fixed_data_moments(80, 20, temperature=0.9)  # [0.0638686, 0.693431]
    ```
    """
    pool = samples + real_samples
    rest = jnp.asarray(samples / pool)
    k = correction(1 - rest, pool, unbiased=unbiased)
    left = 1 - rest * temperature * k
    left = jnp.where(left > 0, left, jnp.nan)
    spread = (real_samples - 1) / ((pool - float(unbiased)) * left)
    return 1 / real_samples + rest * temperature * spread / (pool * (1 - rest**2)), spread
