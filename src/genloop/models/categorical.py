"""A distribution over finitely many outcomes."""

from fractions import Fraction
from typing import ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from ..arguments import check_at_least
from ..operators import DiagonalPlusLowRank, Normalised, ScaledIdentity
from ..operators.covariance import DiagonalMinusLowRank
from ..operators.guidance import proper, reweighted
from ..printing import Outcomes, plural
from ..sampling import multinomial
from .curation import (
    Rewards,
    as_reward,
    chosen,
    chosen_jacobian,
    tilted,
    tilted_jacobian,
)
from .model import (
    AbstractModel,
    array_of,
    as_float,
    check_same_family,
    is_concrete,
    positive_temperature,
    relative_gap,
    share_of_real_data,
)
from .moments import CategoricalMoments
from .origin import Origin, shares


class Categorical(AbstractModel):
    r"""A distribution over $K \ge 2$ outcomes, such as tokens: probabilities $p_1, \dots, p_K$.

    `probabilities` has shape `(*batch, K)`, each row non-negative with sum one; use
    `Categorical.of` for counts or other weights. Raises `ValueError` for anything else.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    real.probabilities  # [0.5, 0.3, 0.2]
    ```
    """

    probabilities: Float[Array, "*batch k"] = eqx.field(converter=as_float)
    read_from: Origin | None = eqx.field(static=True, default=None)
    on_simplex: ClassVar[bool] = True
    """Its diffusion is one of probabilities."""
    holds_mixtures: ClassVar[bool] = True

    def __check_init__(self):
        if self.probabilities.ndim == 0 or self.probabilities.shape[-1] < 2:
            raise ValueError(
                "a categorical model needs at least two outcomes, got an array of shape "
                f"{self.probabilities.shape}."
            )
        if is_concrete(self.probabilities):
            _check_simplex(np.asarray(self.probabilities))

    @classmethod
    def of(cls, weights, *, origin: Origin | None = None) -> Self:
        r"""The distribution $w / \sum w$ of non-negative weights, for example counts.

        Raises `ValueError` for negative, non-finite or all-zero weights.
        """
        weights = as_float(weights)
        if is_concrete(weights):
            _check_weights(np.asarray(weights))
        return cls(weights / weights.sum(axis=-1, keepdims=True), origin)

    @classmethod
    def of_numbers(cls, *weights: float) -> Self:
        """The distribution of weights one after the other, as `--loop` writes it."""
        return cls.of(array_of(weights))

    @classmethod
    def uniform(cls, outcomes: int) -> Self:
        """Equal probabilities of `outcomes` outcomes."""
        check_at_least("outcomes", outcomes, 2)
        return cls.of(jnp.ones(outcomes))

    def _size(self):
        return f"of {plural(self.outcomes, 'outcome')}"

    def _printed(self):
        named = self.labels is not None and not self.batch_shape
        probabilities = self.probabilities
        return {
            "probabilities": Outcomes(probabilities, self.labels) if named else probabilities,
            "source": self.source,
        }

    @property
    def outcomes(self) -> int:
        """The number of outcomes $K$."""
        return self.probabilities.shape[-1]

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.probabilities.shape[:-1]

    def exact_weights(self) -> tuple[int | Fraction, ...] | None:
        """The weights of the origin, where these are its probabilities to the last bit.

        `None` for a model that did not come from counts or has been changed since.
        """
        weights = None if self.read_from is None else self.read_from.weights
        if weights is None or not is_concrete(self.probabilities):
            return None
        same = np.array_equal(np.asarray(self.probabilities), shares(weights))
        return weights if same else None

    def broadcast(self, batch_shape) -> "Categorical":
        shape = (*batch_shape, self.outcomes)
        return Categorical(jnp.broadcast_to(self.probabilities, shape), self.read_from)

    def natural_parameters(self):
        return jnp.log(self.probabilities)

    def mean_parameters(self):
        return self.probabilities

    def temper(self, temperature) -> "Categorical":
        r"""$S_T(p)_i = p_i^{1/T} / \sum_j p_j^{1/T}$; a zero stays a zero for every temperature.

        Scaled by the largest probability, so nothing overflows; at $p_i = 0$ the derivative is the
        true one for $T \le 1$ and not finite for $T > 1$, where there is none.
        """
        temperature = positive_temperature(temperature)
        scale = self.probabilities.max(axis=-1, keepdims=True)
        # The escort map does not depend on the scale, so its derivative is left out on purpose.
        weights = (self.probabilities / stop_gradient(scale)) ** (1 / jnp.asarray(temperature))
        return Categorical(weights / weights.sum(axis=-1, keepdims=True), self.read_from)

    def temper_jacobian(self, temperature) -> Normalised:
        r"""$DS_T(p) = \tfrac1T [\operatorname{diag}(s/p) - s\,(s/p)^\top]$, $s = S_T(p)$ [HD-6]."""
        sharpness = 1 / jnp.asarray(temperature)
        scale = self.probabilities.max(axis=-1, keepdims=True)
        relative = self.probabilities / scale
        total = (relative**sharpness).sum(axis=-1, keepdims=True)
        tempered = relative**sharpness / total
        # s/p written as a power is right where p = 0 as well.
        ratio = sharpness * relative ** (sharpness - 1) / (total * scale)
        return Normalised(ratio, tempered, ratio)

    def guide(self, auxiliary, strength) -> "Categorical":
        r"""$p_i^{1+w} q_i^{-w}$, normalised; a zero of $p$ stays a zero [ST-E1].

        Raises `ValueError` where $q_i = 0 < p_i$ and $w > 0$: nothing then normalises it.
        """
        check_same_family(self, auxiliary, "outcomes", "outcomes")
        (weights,) = proper(reweighted(self.probabilities, auxiliary.probabilities, strength))
        return Categorical(weights / weights.sum(axis=-1, keepdims=True), self.read_from)

    def restrict(self, kept: Bool[Array, "*batch k"]) -> "Categorical":
        r"""$p_i \mathbb 1_W(i)/p(W)$: the distribution given that the outcome is kept."""
        weights = jnp.where(kept, self.probabilities, 0.0)
        return Categorical(weights / weights.sum(axis=-1, keepdims=True), self.read_from)

    def restrict_jacobian(self, kept: Bool[Array, "*batch k"]) -> Normalised:
        r"""$\operatorname{diag}(\mathbb 1_W)/p(W) - p_W \mathbb 1_W^\top/p(W)^2$."""
        chosen = jnp.where(kept, 1.0, 0.0)
        mass = (chosen * self.probabilities).sum(axis=-1, keepdims=True)
        shares = chosen * self.probabilities / mass
        return Normalised(chosen / mass, shares, chosen / mass, ~kept)

    def tilt(self, reward, shares=None) -> "Categorical":
        r"""$\sum_g c_g\,p_i e^{r_{gi}}/Z_g$: what groups of curators choose of very many samples.

        `reward` is an array of shape `(K,)`, or `(groups, K)` with `shares` $c_g$ of sum one, or
        `Rewards`. Raises `ValueError` for what does not fit.
        """
        reward = self._rewards(reward)
        return Categorical(tilted(self.probabilities, reward, shares), self.read_from)

    def tilt_jacobian(self, reward, shares=None) -> Normalised | DiagonalPlusLowRank:
        r"""$\sum_g c_g (I - q_g 1^\top) \operatorname{diag}(y_g/Z_g)$, $y = e^r$, $q = p y/Z$."""
        return tilted_jacobian(self.probabilities, self._rewards(reward), shares)

    def choose(self, reward, among, shares=None) -> "Categorical":
        """What groups of curators choose among `among` samples each, exactly; see `Choose`."""
        reward = self._rewards(reward)
        return Categorical(chosen(self.probabilities, reward, among, shares), self.read_from)

    def choose_jacobian(self, reward, among, shares=None) -> DiagonalPlusLowRank | None:
        """A diagonal and a term of the rank of the number of different rewards."""
        return chosen_jacobian(self.probabilities, self._rewards(reward), among, shares)

    def _rewards(self, reward) -> Rewards:
        reward = as_reward(reward)
        if not isinstance(reward, Rewards):
            raise ValueError(
                f"a {type(reward).__name__} is a reward of points, and these are outcomes; give "
                "one number for every outcome."
            )
        reward.check_outcomes(self.outcomes)
        return reward

    def mix(self, other, real_fraction) -> "Categorical":
        check_same_family(self, other, "outcomes", "outcomes")
        real_fraction = share_of_real_data(real_fraction)
        real = other.broadcast(self.batch_shape).probabilities
        mixed = (1 - real_fraction) * self.probabilities + real_fraction * real
        return Categorical(mixed, self.read_from)

    def mix_jacobian(self, real_fraction) -> ScaledIdentity:
        """The multiple $1 - a$ of the identity."""
        return ScaledIdentity(1 - real_fraction, self.outcomes)

    def draw(self, key: PRNGKeyArray, samples: int) -> "Categorical":
        """The relative frequencies of `samples` draws: one multinomial vector of counts."""
        counts = multinomial(key, samples, self.probabilities)
        total = jnp.broadcast_to(samples, self.batch_shape)[..., None]
        return Categorical(counts / total, self.read_from)

    def sample(self, key, samples) -> Int[Array, " n"]:
        below = jnp.cumsum(self.probabilities)
        # The last sum that is reached is exactly one, and no uniform number is.
        return jnp.searchsorted(below / below[-1], jr.uniform(key, (samples,)), side="right")

    def fit(self, points) -> "Categorical":
        counts = jnp.bincount(points, length=self.outcomes)
        return Categorical(counts / len(points), self.read_from)

    def unbias(self, samples) -> Self:
        return self

    def moments(self) -> CategoricalMoments:
        return CategoricalMoments(self.probabilities, (self.probabilities**2).sum(axis=-1))

    def statistic_covariance(self) -> DiagonalMinusLowRank:
        r"""$\operatorname{diag}(p) - p p^\top$, the covariance of one draw."""
        return DiagonalMinusLowRank(self.probabilities, self.probabilities[:, None])

    def with_mean_parameters(self, parameters) -> "Categorical":
        return Categorical(parameters, self.read_from)

    def separation(self, other) -> Float[Array, "*batch"]:
        r"""$\max_i |p_i - q_i| / \max(p_i, q_i)$: every probability in its own unit."""
        return relative_gap(self.probabilities, other.probabilities).max(-1)

    def normalised(self) -> "Categorical":
        total = self.probabilities.sum(axis=-1, keepdims=True)
        return Categorical(self.probabilities / total, self.read_from)

    def valid(self) -> Bool[Array, "*batch"]:
        total = self.probabilities.sum(axis=-1)
        return (self.probabilities >= 0).all(axis=-1) & (jnp.abs(total - 1) < 1e-6)

    def entropy(self) -> Float[Array, "*batch"]:
        r"""Shannon entropy $-\sum_i p_i \log p_i$ in nats."""
        safe = jnp.where(self.probabilities > 0, self.probabilities, 1.0)
        return -(self.probabilities * jnp.log(safe)).sum(axis=-1)

    def effective_vocabulary(self) -> Float[Array, "*batch"]:
        r"""$e^{H(p)}$: the number of equally likely outcomes of the same entropy."""
        return jnp.exp(self.entropy())


def _check_weights(weights: np.ndarray) -> None:
    if not np.isfinite(weights).all():
        raise ValueError("weights must be finite numbers; remove or correct the others.")
    if (weights < 0).any():
        raise ValueError(f"weights must not be negative, got {weights.min():g}.")
    if (weights.sum(axis=-1) == 0).any():
        raise ValueError("weights are all zero; at least one outcome must have been seen.")


def _check_simplex(probabilities: np.ndarray) -> None:
    _check_weights(probabilities)
    total = probabilities.sum(axis=-1)
    worst = total.flat[np.abs(total - 1).argmax()]
    if abs(worst - 1) > 1e-5:
        raise ValueError(
            f"probabilities sum to {worst:.6g}, expected 1; use Categorical.of for counts."
        )
