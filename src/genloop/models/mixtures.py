"""Samples of the mixture of two models, which need not be a model itself."""

import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from ..operators.covariance import AbstractCovariance, Factored, add
from ..sampling import binomial
from .dataset import pool
from .model import AbstractModel


def draw_mixture(
    key: PRNGKeyArray,
    model: AbstractModel,
    other: AbstractModel,
    share: float | Float[Array, ""],
    samples: int,
) -> AbstractModel:
    r"""The fit to $n$ draws of $(1 - s)\,p + s\,p_\mathrm{other}$, a share $s$ from `other`.

    A binomial number of them is from `other`. Both models are of one family, `model` with any
    batch axes.

    ```python
    line, other = gl.Gaussian.of(0.0, 1.0), gl.Gaussian.of(5.0, 1.0)
    model = gl.models.draw_mixture(jax.random.key(0), line, other, 0.5, 100)
    ```
    """
    if model.holds_mixtures:
        return model.mix(other, share).draw(key, samples)
    split_key, own_key, other_key = jr.split(key, 3)
    shape = model.batch_shape
    taken = binomial(split_key, samples, jnp.broadcast_to(share, shape))
    # Where one of both gives no sample the other has all the weight.
    own = model.draw(own_key, jnp.maximum(samples - taken, 1.0))
    new = other.broadcast(shape).draw(other_key, jnp.maximum(taken, 1.0))
    return pool(own, new, taken / samples)


def mixture_covariance(
    model: AbstractModel, other: AbstractModel, share: float | Float[Array, ""]
) -> AbstractCovariance | None:
    r"""The covariance $(1 - s)\,C_p + s\,C_* + s (1 - s) \Delta \Delta^\top$ of one draw.

    $C_*$ is that of `other`, $\Delta$ the gap of the mean parameters. `None` where the
    covariance of a part is not known.

    ```python
    line, other = gl.Gaussian.of(0.0, 1.0), gl.Gaussian.of(5.0, 1.0)
    gl.models.mixture_covariance(line, other, 0.5).variances()[0]  # 7.25
    ```
    """
    if model.holds_mixtures:
        return model.mix(other, share).statistic_covariance()
    inner, outer = model.statistic_covariance(), other.statistic_covariance()
    if inner is None or outer is None:
        return None
    gap = model.mean_parameters() - other.mean_parameters()
    between = Factored(jnp.sqrt(share * (1 - share)) * gap[:, None])
    within = add(inner.scaled(jnp.sqrt(1 - share)), outer.scaled(jnp.sqrt(share)))
    return add(within, between)
