r"""Two outcomes with any real distribution $r = (q, 1 - q)$: all folds in closed form, $T < 1$.

The state is $x$, the probability of the first outcome, and parametrises its own fold.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def fold_set(state, *, temperature) -> tuple[Float[Array, ""], Float[Array, ""]]:
    r"""The real fraction $a$ and real probability $q$ at which the state $x$ is a fold [U-9].

    $1 - a = \frac{T x (1 - x)}{s (1 - s)}$ and $q = \frac{x - (1 - a) s}{a}$ with $s = S_T(x)$.
    NaN where no real distribution folds there ($a \le 0$ or $q \notin [0, 1]$).
    """
    logit = jnp.log(state) - jnp.log1p(-state)
    sampled, rest = jax.nn.sigmoid(logit / temperature), jax.nn.sigmoid(-logit / temperature)
    fraction = 1 - temperature * state * (1 - state) / (sampled * rest)
    safe = jnp.where(fraction > 0, fraction, 1.0)
    real = (state - (1 - fraction) * sampled) / safe
    possible = (fraction > 0) & (real >= 0) & (real <= 1)
    return jnp.where(possible, fraction, jnp.nan), jnp.where(possible, real, jnp.nan)


def cusp_edge(real_fraction, *, temperature) -> Float[Array, ""]:
    r"""The distance of the two folds just below $a = 1 - T$, to leading order [U-9].

    $|2 q - 1| \simeq \frac23 \sqrt{\frac{(1 - T - a)^3}{T (1 + T)(1 - T)^3}}$: a cusp.
    """
    depth = (1 - temperature - real_fraction) / (1 - temperature)
    return 2 / 3 * jnp.sqrt(depth**3 / (temperature * (1 + temperature)))
