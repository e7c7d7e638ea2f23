"""Sampling through a temperature function that need not be a power."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..arguments import check_function
from ..models.model import is_concrete
from ..operators import DiagonalMinusRankOne
from ..operators.covariance import transformed
from .stage import AbstractExactStage, derivative

_GRID = np.append(0.0, np.geomspace(1e-3, 1.0, 129))


class TemperatureFunction(AbstractExactStage):
    r"""Sample from $\tau(p)_i = g(p_i)/\sum_j g(p_j)$ with a function $g$ of your own [HD-13].

    `function` takes an array of probabilities in $[0, 1]$ and returns one of its shape, entry by
    entry, in JAX: $g(0) = 0$, increasing, for example `lambda p: p / (1 + p)`; `Temper` is $g(p) =
    p^{1/T}$. Where $g(p)/p$ falls it flattens like a temperature above one, where it rises it
    sharpens. An `equinox.Module` with parameters is a function as well, with derivatives in them.
    Raises `ValueError` for a function that is not finite, not zero at zero alone or falls somewhere
    on a grid of $[0, 1]$, and for models without finitely many outcomes.

    ```python
    stage = gl.TemperatureFunction(lambda p: p / (1 + p))
    stage(gl.Categorical.of([5, 3, 2])).probabilities  # [0.45614, 0.315789, 0.22807]
    ```
    """

    function: Callable[[Float[Array, "*shape"]], Float[Array, "*shape"]]
    batched = True

    def __check_init__(self):
        check_function("a temperature function", self.function, "lambda p: p / (1 + p)")
        values = self.function(jnp.asarray(_GRID))
        if is_concrete(values):
            _check_values(np.asarray(values))

    def __call__(self, model):
        weights = self.function(_probabilities_of(self, model)) * self._known()
        return eqx.tree_at(
            lambda m: m.probabilities, model, weights / weights.sum(axis=-1, keepdims=True)
        )

    def _known(self):
        """One, or NaN where a traced parameter makes the function none of a temperature."""
        with jax.ensure_compile_time_eval():
            # A function without traced parameters was checked when the stage was built.
            values = self.function(jnp.asarray(_GRID))
        if is_concrete(values):
            return 1.0
        rises = jnp.isfinite(values).all() & (values[0] == 0) & (values[1:] > 0).all()
        return jnp.where(rises & (jnp.diff(values) >= 0).all(), 1.0, jnp.nan)

    def propagate(self, model, covariance):
        return None if covariance is None else transformed(derivative(self, model), covariance)

    def jacobian(self, model):
        r"""$D\tau(p) = [\operatorname{diag} g'(p) - \tau\,g'(p)^\top]/\sum_j g(p_j)$."""
        p = _probabilities_of(self, model)
        weights, slopes = jax.jvp(self.function, (p,), (jnp.ones_like(p),))
        total = weights.sum(axis=-1, keepdims=True)
        return DiagonalMinusRankOne(slopes / total, weights / total, slopes / total)


def _probabilities_of(stage, model: Any) -> Array:
    if not hasattr(model, "probabilities"):
        raise ValueError(
            f"{type(stage).__name__} reweights finitely many outcomes, and a "
            f"{type(model).__name__} has no outcomes; use it on a Categorical, or Temper."
        )
    return model.probabilities


def _check_values(values: np.ndarray) -> None:
    if values.shape != _GRID.shape:
        raise ValueError(
            "a temperature function works entry by entry, but it turned an array of shape "
            f"{_GRID.shape} into one of shape {values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError(
            "a temperature function must be finite on [0, 1], got "
            f"{values[~np.isfinite(values)][0]} at {_GRID[~np.isfinite(values)][0]:.3g}."
        )
    if values[0] != 0:
        raise ValueError(
            f"a temperature function must be 0 at 0, got {values[0]:.6g}: what the model never "
            "says is never sampled; subtract the value at 0."
        )
    falls = np.diff(values) < 0
    if falls.any():
        raise ValueError(
            "a temperature function must increase on [0, 1], but it does not after "
            f"{_GRID[:-1][falls][0]:.3g}; likelier outcomes must be sampled more often."
        )
    if (values[1:] == 0).any():
        raise ValueError(
            f"a temperature function must be positive above 0, but it is 0 at "
            f"{_GRID[1:][values[1:] == 0][0]:.3g}: a model of such outcomes has nothing to sample."
        )
