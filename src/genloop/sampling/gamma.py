"""Exact gamma numbers for any shape."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .elementary import cosine, log, radius, uniform
from .rejection import Proposals, rejection
from .words import words


@jax.jit
def gamma(key: PRNGKeyArray, shape: float | Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""Independent gamma numbers with density $x^{a - 1} e^{-x}/\Gamma(a)$ for a shape $a > 0$.

    $d\,(1 + z/\sqrt{9 d})^3$ with $d = a - \tfrac13$ and normal $z$ is accepted with the
    probability that makes the law exact [Marsaglia and Tsang 2000]; below shape one a number of
    shape $a + 1$ is multiplied by $u^{1/a}$. A shape that is not positive and finite gives NaN. The
    result has the shape of `shape`.

    ```python
    gl.sampling.gamma(jax.random.key(0), jnp.array([0.5, 50.0])).shape  # [2]
    ```
    """
    shape = jnp.asarray(shape, jnp.result_type(float))
    proper = (shape > 0) & (shape < jnp.inf)
    safe = jnp.where(proper, shape, 1.0)
    small = safe < 1.0
    numbers = rejection(key, _PROPOSALS, (jnp.where(small, safe + 1.0, safe),))
    level = 1.0 - uniform(words(key, 1, shape.shape)[0])
    numbers = numbers * jnp.where(small, jnp.exp(log(level) / safe), 1.0)
    return jnp.where(proper, numbers, jnp.nan)


def _propose(shape, streams):
    z = radius(streams[0]) * cosine(streams[1])
    level = 1.0 - uniform(streams[2])
    size = shape - 1 / 3
    root = 1.0 + z / (3.0 * jnp.sqrt(size))
    positive = root > 0
    cube = jnp.where(positive, root, 1.0) ** 3
    bound = 0.5 * z * z + size * (log(cube) - (cube - 1.0))
    return size * cube, positive & (log(level) <= bound)


_PROPOSALS = Proposals(3, lambda shape: shape, _propose)
