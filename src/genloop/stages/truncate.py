"""Sampling from the likeliest outcomes only."""

import abc
import functools
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..arguments import check_at_least
from ..models.model import number_in, scalar
from .stage import AbstractExactStage, open_moments

TIE = 1e-12
"""Relative width of a boundary: sums and ratios of probabilities are known to about this much in
double precision."""


def reaches(quantity, boundary):
    """Whether a quantity is at least the boundary, or on it to rounding."""
    precision = jnp.finfo(jnp.result_type(quantity, float)).eps
    return quantity >= boundary * (1 - max(TIE, 16 * float(precision)))


class AbstractTruncation(AbstractExactStage):
    r"""Sample from the outcomes that a rule keeps, $p_i \mathbb 1_W(i) / p(W)$.

    The kept set $W$ depends on the model, and the derivative is that of the map while $W$ stays
    the same: it does not exist where an outcome is just kept or just dropped. Raises `ValueError`
    for models without finitely many outcomes.

    ```python
    gl.TopK(2).kept(jnp.array([0.5, 0.3, 0.2]))  # [True, True, False]
    ```
    """

    batched = True

    @abc.abstractmethod
    def kept(self, probabilities: Float[Array, "*batch k"]) -> Bool[Array, "*batch k"]:
        """The outcomes that are kept."""

    def elsewhere(self, model: Any) -> Any:
        """The fit to what is kept of a model, or of moments, without outcomes; `None` if it has
        none."""
        return None

    def __call__(self, model):
        fit = self.elsewhere(model)
        if fit is not None:
            return fit
        outcomes = _outcomes_of(self, model)
        return outcomes.restrict(self.kept(outcomes.probabilities))

    def moments(self, moments):
        fit = self.elsewhere(moments)
        if fit is None:
            raise open_moments(self)
        return fit

    def jacobian(self, model):
        if self.elsewhere(model) is not None:
            return None
        outcomes = _outcomes_of(self, model)
        return outcomes.restrict_jacobian(self.kept(outcomes.probabilities))


class TopK(AbstractTruncation):
    """Keep the `outcomes` likeliest outcomes; of equal ones those that come first [TR-1].

    With `ties="all"` every outcome as likely as the last one kept is kept as well, so that more
    than `outcomes` can be: servers differ in this. Raises `ValueError` unless `outcomes` is a whole
    number of at least 1, and for other words.

    ```python
    gl.TopK(2)(gl.Categorical.of([5, 3, 2])).probabilities  # [0.625, 0.375, 0]
    ```
    """

    outcomes: int = eqx.field(
        static=True, converter=functools.partial(check_at_least, "outcomes", least=1)
    )
    ties: str = eqx.field(static=True, default="first")

    def __check_init__(self):
        _check_ties(self.ties)

    def kept(self, probabilities):
        return _with_ties(_rank(probabilities) < self.outcomes, probabilities, self.ties)


class Nucleus(AbstractTruncation):
    r"""Keep the smallest set of likeliest outcomes with mass at least $c$ (top-p) [TR-2].

    Of equal outcomes those that come first are taken first, or with `ties="all"` all of them; a
    mass within $10^{-12} c$ of $c$ counts as reached. Raises `ValueError` for $c \notin (0, 1]$
    and for other words.

    For a `Gaussian` the smallest set of mass $c$ is an ellipsoid, and the fit to samples inside it
    has the covariance $\tau(c) \Sigma$ with $\tau = F_{d+2}(q)/F_d(q)$, $F_d(q) = c$, of chi-square
    laws [ST-B8]: differentiable in $c$. A `Draw` behind it draws from that fitted Gaussian, not
    from the truncated one: means and expected covariances are the same, but a covariance of
    truncated samples fluctuates less.

    ```python
    gl.Nucleus(0.75)(gl.Categorical.of([5, 3, 2])).probabilities  # [0.625, 0.375, 0]
    ```
    """

    mass: Float[Array, ""] = eqx.field(
        converter=scalar(number_in("mass", 0.0, 1.0, open_below=True))
    )
    ties: str = eqx.field(static=True, default="first")

    def __check_init__(self):
        _check_ties(self.ties)

    def elsewhere(self, model):
        return model.inside(self.mass) if hasattr(model, "inside") else None

    def kept(self, probabilities):
        order = _by_size(probabilities)
        sizes = jnp.take_along_axis(probabilities, order, axis=-1)
        before = jnp.cumsum(sizes, axis=-1) - sizes
        # What came before an outcome decides, so the likeliest one is always kept.
        # Of no mass (NaN, out of range under a trace) nothing is kept, and the model is NaN.
        kept = ~reaches(before, self.mass)
        kept = kept.at[..., 0].set(True) & ~jnp.isnan(self.mass)
        kept = jnp.take_along_axis(kept, jnp.argsort(order, axis=-1), axis=-1)
        return _with_ties(kept, probabilities, self.ties)


class MinP(AbstractTruncation):
    r"""Keep the outcomes with $p_i \ge m \max_j p_j$, to a relative $10^{-12}$ [TR-1].

    Raises `ValueError` for a `ratio` $m \notin [0, 1]$.

    ```python
    gl.MinP(0.5)(gl.Categorical.of([5, 3, 2])).probabilities  # [0.625, 0.375, 0]
    ```
    """

    ratio: Float[Array, ""] = eqx.field(converter=scalar(number_in("ratio", 0.0, 1.0)))

    def kept(self, probabilities):
        return reaches(probabilities, self.ratio * probabilities.max(axis=-1, keepdims=True))


class InTurn(AbstractTruncation):
    """Several rules, one after the other: each sees what those before it have kept, normalised.

    As a composition of the rules, but with the one kept set that they have together. Raises
    `ValueError` without a rule.

    ```python
    rules = gl.stages.InTurn([gl.TopK(2), gl.MinP(0.7)])
    rules(gl.Categorical.of([5, 3, 2])).probabilities  # [1, 0, 0]
    ```
    """

    rules: tuple[AbstractTruncation, ...] = eqx.field(converter=tuple)

    def __check_init__(self):
        if not self.rules:
            raise ValueError("there is no rule; give at least one, for example [TopK(40)].")

    def kept(self, probabilities):
        kept = probabilities > 0
        for rule in self.rules:
            left = jnp.where(kept, probabilities, 0.0)
            kept = kept & rule.kept(left / left.sum(axis=-1, keepdims=True))
        return kept


def _check_ties(ties) -> None:
    if ties not in ("first", "all"):
        raise ValueError(f'ties is {ties!r}, it must be "first" or "all".')


def _with_ties(kept, probabilities, ties):
    """The kept outcomes, and with "all" those as likely as the least likely of them."""
    if ties == "first":
        return kept
    least = jnp.where(kept, probabilities, jnp.inf).min(axis=-1, keepdims=True)
    return reaches(probabilities, least)


def _rank(probabilities):
    return jnp.argsort(_by_size(probabilities), axis=-1)


def _by_size(probabilities):
    """The places of the outcomes, likeliest first, equal ones in their own order."""
    return jnp.argsort(-probabilities, axis=-1, stable=True)


def _outcomes_of(stage, model: Any) -> Any:
    if not hasattr(model, "restrict"):
        raise ValueError(
            f"{type(stage).__name__} keeps some of finitely many outcomes, and a "
            f"{type(model).__name__} has no outcomes; use it on a Categorical."
        )
    return model
