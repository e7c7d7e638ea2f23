"""Sampling from the likeliest outcomes only."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..models import AbstractModel
from ..models.model import as_float
from .stage import AbstractExactStage, check_at_least, check_range

TIE = 1e-12
"""Cumulative sums of probabilities are known to about this much."""


class AbstractTruncation(AbstractExactStage):
    r"""Sample from the outcomes that a rule keeps, $p_i \mathbb 1_W(i) / p(W)$.

    The kept set $W$ depends on the model, and the derivative is that of the map while $W$ stays
    the same: it does not exist where an outcome is just kept or just dropped. Raises `ValueError`
    for models without finitely many outcomes.
    """

    batched = True

    @abc.abstractmethod
    def kept(self, probabilities: Float[Array, "*batch k"]) -> Bool[Array, "*batch k"]:
        """The outcomes that are kept."""

    def __call__(self, model):
        return _outcomes_of(self, model).restrict(self.kept(model.probabilities))

    def jacobian(self, model):
        return _outcomes_of(self, model).restrict_jacobian(self.kept(model.probabilities))


class TopK(AbstractTruncation):
    """Keep the `outcomes` likeliest outcomes; of equal ones those that come first [TR-1].

    Raises `ValueError` unless `outcomes` is a whole number of at least 1.
    """

    outcomes: int = eqx.field(static=True)

    def __check_init__(self):
        check_at_least("outcomes", self.outcomes, 1)

    def kept(self, probabilities):
        rank = jnp.argsort(_by_size(probabilities), axis=-1)
        return rank < self.outcomes


class Nucleus(AbstractTruncation):
    r"""Keep the smallest set of likeliest outcomes with mass at least $c$ (top-p) [TR-2].

    Of equal outcomes those that come first are taken first; a mass within $10^{-12}$ of $c$ counts
    as reached. Raises `ValueError` for $c \notin (0, 1]$.
    """

    mass: Float[Array, ""] = eqx.field(converter=as_float)

    def __check_init__(self):
        check_range("mass", self.mass, 0.0, 1.0, open_below=True)

    def kept(self, probabilities):
        order = _by_size(probabilities)
        sizes = jnp.take_along_axis(probabilities, order, axis=-1)
        before = jnp.cumsum(sizes, axis=-1) - sizes
        # What came before an outcome decides, so the likeliest one is always kept.
        kept = before < self.mass - TIE
        return jnp.take_along_axis(kept.at[..., 0].set(True), jnp.argsort(order, axis=-1), axis=-1)


class MinP(AbstractTruncation):
    r"""Keep the outcomes with $p_i \ge m \max_j p_j$ [TR-1].

    Raises `ValueError` for a `ratio` $m \notin [0, 1]$.
    """

    ratio: Float[Array, ""] = eqx.field(converter=as_float)

    def __check_init__(self):
        check_range("ratio", self.ratio, 0.0, 1.0, open_below=False)

    def kept(self, probabilities):
        return probabilities >= self.ratio * probabilities.max(axis=-1, keepdims=True)


def _by_size(probabilities):
    """The places of the outcomes, likeliest first, equal ones in their own order."""
    return jnp.argsort(-probabilities, axis=-1, stable=True)


def _outcomes_of(stage, model: AbstractModel) -> AbstractModel:
    if not hasattr(model, "restrict"):
        raise ValueError(
            f"{type(stage).__name__} keeps some of finitely many outcomes, and a "
            f"{type(model).__name__} has no outcomes; use it on a Categorical."
        )
    return model
