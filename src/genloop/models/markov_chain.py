"""Texts in which every token depends on the one before."""

from typing import Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from ..arguments import check_at_least
from ..operators import ScaledIdentity
from ..operators.covariance import Factored
from ..operators.guidance import proper, reweighted
from ..printing import Outcomes, host, plural
from ..sampling import pair_counts
from .model import (
    AbstractModel,
    as_float,
    check_same_family,
    is_concrete,
    positive_temperature,
    relative_gap,
    share_of_real_data,
)
from .origin import Origin
from .stationary import long_run_law


class MarkovChain(AbstractModel):
    r"""A first-order (bigram) model of texts over $K \ge 2$ outcomes, by its pairs.

    `pairs` $J_{ij}$, shape `(*batch, K, K)`, is the share of the pair "$i$, then $j$" among all
    pairs of neighbours in a long text: with the context frequencies $w_i = \sum_j J_{ij}$ the next
    token after $i$ is $j$ with probability $P_{ij} = J_{ij}/w_i$. Every token is left as often as
    it is entered, $\sum_j J_{ij} = \sum_j J_{ji}$, which says that $w$ is a stationary law of $P$;
    texts are closed to a cycle, so that this holds exactly. Pairs, not rows, are the mean
    parameters: what is learned from two texts together is the weighted mean of their $J$.

    A context that never occurs has no row and never comes back by itself. Raises `ValueError` for
    numbers that are not such shares; use `MarkovChain.of` for counts of pairs,
    `MarkovChain.of_text` for a text and `MarkovChain.of_transition` for a transition matrix.

    ```python
    chain = gl.MarkovChain.of_transition([[0.6, 0.4], [0.2, 0.8]])
    chain.contexts  # [0.333333, 0.666667]
    ```
    """

    pairs: Float[Array, "*batch k k"] = eqx.field(converter=as_float)
    read_from: Origin | None = eqx.field(static=True, default=None)

    def __check_init__(self):
        _check_shape(self.pairs.shape)
        if is_concrete(self.pairs):
            _check_pairs(np.asarray(self.pairs))

    @classmethod
    def of(cls, counts, *, origin: Origin | None = None) -> Self:
        """The chain of counts of pairs, or of other weights of them, from closed texts.

        Raises `ValueError` for weights that are negative, not finite or all zero, and where a token
        is left more or less often than it is entered.
        """
        counts = as_float(counts)
        _check_shape(counts.shape)
        if is_concrete(counts):
            _check_counts(np.asarray(counts))
        return cls(counts / counts.sum(axis=(-2, -1), keepdims=True), origin)

    @classmethod
    def of_text(
        cls, tokens: Int[np.ndarray, " n"], *, outcomes: int, origin: Origin | None = None
    ) -> Self:
        """The fit to a text of token numbers below `outcomes`, its end joined to its beginning.

        Raises `ValueError` for an empty text and for tokens that are not such numbers.
        """
        text, outcomes = np.asarray(tokens), check_at_least("outcomes", outcomes, 2)
        if text.ndim != 1 or text.size == 0 or not np.issubdtype(text.dtype, np.integer):
            raise ValueError("a text is a list of at least one token number.")
        if text.min() < 0 or text.max() >= outcomes:
            raise ValueError(
                f"token numbers must lie in 0 to {outcomes - 1}, got {text.min()} to {text.max()}."
            )
        places = text * outcomes + np.roll(text, -1)
        counts = np.bincount(places, minlength=outcomes**2)
        return cls.of(counts.reshape(outcomes, outcomes), origin=origin)

    @classmethod
    def of_transition(cls, transition, *, origin: Origin | None = None) -> Self:
        r"""The chain with the transition matrix $P$ in its stationary law, $J_{ij} = w_i P_{ij}$.

        Rows are normalised. Raises `ValueError` for rows that are negative or zero, and for a chain
        in which not every state leads to every other: its stationary law is not unique, or some
        states have no place in it.
        """
        rows = as_float(transition)
        _check_shape(rows.shape)
        if is_concrete(rows):
            _check_rows(np.asarray(rows))
        rows = rows / rows.sum(axis=-1, keepdims=True)
        law = long_run_law(rows, jnp.ones(rows.shape[:-1]), rows > 0)
        return cls(law[..., None] * rows, origin)

    def _size(self):
        return f"of {plural(self.outcomes, 'outcome')}"

    def _printed(self):
        pairs = host(self.pairs)
        shares = pairs.sum(axis=-1)
        named = self.labels is not None and not self.batch_shape
        rows = pairs / np.where(shares > 0, shares, 1.0)[..., None]
        return {
            "shares": Outcomes(shares, self.labels) if named else shares,
            "transition": rows if pairs.shape[-1] <= 3 else None,
            "source": self.source,
        }

    @property
    def outcomes(self) -> int:
        """The number of outcomes $K$."""
        return self.pairs.shape[-1]

    @property
    def contexts(self) -> Float[Array, "*batch k"]:
        r"""$w_i = \sum_j J_{ij}$: the share of each outcome in a text, and so of each context."""
        return self.pairs.sum(axis=-1)

    @property
    def transition(self) -> Float[Array, "*batch k k"]:
        r"""$P_{ij} = J_{ij}/w_i$; a context that never occurs has a row of zeros."""
        return _rows(self.pairs)

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.pairs.shape[:-2]

    def broadcast(self, batch_shape) -> "MarkovChain":
        shape = (*batch_shape, self.outcomes, self.outcomes)
        return MarkovChain(jnp.broadcast_to(self.pairs, shape), self.read_from)

    def natural_parameters(self):
        r"""$\log(P_{ij} / \max_k P_{ik})$: each context is a categorical model of its own."""
        return _flat(jnp.log(self.pairs / self.pairs.max(axis=-1, keepdims=True)))

    def mean_parameters(self):
        return _flat(self.pairs)

    def with_mean_parameters(self, parameters) -> "MarkovChain":
        return MarkovChain(parameters.reshape(*parameters.shape[:-1], *self.pairs.shape[-2:]))

    def temper(self, temperature) -> "MarkovChain":
        r"""The chain of texts whose tokens follow $Q_{ij} = P_{ij}^{1/T} / \sum_k P_{ik}^{1/T}$.

        A long text of that chain has the pairs $\sigma_i Q_{ij}$ with $\sigma$ the stationary law
        of $Q$ [SQ-1]: sharpening a context changes how often others occur. (This is what language
        models do. The probability of a whole text to the power $1/T$ is another chain, with
        transitions $P_{ij}^{1/T} v_j / (\lambda v_i)$.) A zero stays a zero, with the true
        derivative for $T \le 1$ and none for $T > 1$; where the chain falls into several classes
        each keeps its share. Not finite where a power underflows and so breaks the chain.
        """
        temperature = positive_temperature(temperature)
        # The escort map does not depend on the scale, so its derivative is left out on purpose.
        scale = stop_gradient(self.pairs.max(axis=-1, keepdims=True))
        relative = self.pairs / jnp.where(scale > 0, scale, 1.0)
        tempered = _rows(relative ** (1 / jnp.asarray(temperature)))
        law = long_run_law(tempered, self.contexts, self.pairs > 0)
        return MarkovChain(law[..., None] * tempered, self.read_from)

    def guide(self, auxiliary, strength) -> "MarkovChain":
        r"""The chain of texts whose tokens follow $P_{ij}^{1+w} Q_{ij}^{-w}$, normalised.

        Context by context, as language models are guided. Raises `ValueError` where $Q_{ij} = 0 <
        P_{ij}$ and $w > 0$.
        """
        check_same_family(self, auxiliary, "outcomes", "outcomes")
        (weights,) = proper(reweighted(self.transition, auxiliary.transition, strength))
        law = long_run_law(_rows(weights), self.contexts, self.pairs > 0)
        return MarkovChain(law[..., None] * _rows(weights), self.read_from)

    def mix(self, other, real_fraction) -> "MarkovChain":
        r"""$(1 - a) J + a J_\mathrm{other}$: the pairs of two texts counted together."""
        check_same_family(self, other, "outcomes", "outcomes")
        real_fraction = share_of_real_data(real_fraction)
        real = other.broadcast(self.batch_shape).pairs
        return MarkovChain((1 - real_fraction) * self.pairs + real_fraction * real, self.read_from)

    def mix_jacobian(self, real_fraction) -> ScaledIdentity:
        """The multiple $1 - a$ of the identity."""
        return ScaledIdentity(1 - real_fraction, self.outcomes**2)

    def draw(self, key: PRNGKeyArray, samples: int) -> "MarkovChain":
        r"""The pairs of a text of `samples` tokens that the chain writes, closed to a cycle.

        Token by token, see `genloop.sampling.pair_counts`: the time grows like `samples`. The first
        token follows $w$, so the mean of the fit is
        $\frac{n-1}n J_{ij} + \frac1n w_j (P^{n-1})_{ji}$: the closing pair adds a bias of order
        $\frac1n$ [SQ-7].
        """
        return MarkovChain(pair_counts(key, samples, self.pairs) / samples, self.read_from)

    def unbias(self, samples) -> Self:
        return self

    def moments(self):
        raise ValueError("the expected moments of a chain do not close; use genloop.orbits.")

    def statistic_covariance(self) -> Factored:
        r"""$\lim_n n \operatorname{Cov} \hat J$ of a text of $n$ tokens [SQ-7].

        Row $i$ of the counts has the noise $\xi_i$ of a multinomial with $w_i$ draws from $P_i$,
        and what enters a context too often is passed on,
        $\hat J_i - J_i = \xi_i + (\mathbb 1^\top \xi D)_i P_i$ with
        $D = (I - P + \mathbb 1 w^\top)^{-1} - \mathbb 1 w^\top$. For a single class of states.
        """
        law, rows, identity = self.contexts, self.transition, jnp.eye(self.outcomes)
        certain = jnp.broadcast_to(law, rows.shape)
        deviation = jnp.linalg.inv(identity - rows + certain) - certain
        root = jnp.sqrt(rows)[:, None, :]
        noise = jnp.sqrt(law)[:, None, None] * (identity[None] - rows[:, :, None]) * root
        own = jnp.einsum("ijm,ic->ijcm", noise, identity)
        passed = jnp.einsum("cem,ei,ij->ijcm", noise, deviation, rows)
        return Factored((own + passed).reshape(self.outcomes**2, self.outcomes**2))

    def separation(self, other) -> Float[Array, "*batch"]:
        r"""$\max_{ij} |J_{ij} - J'_{ij}| / \max(J_{ij}, J'_{ij})$: every pair in its own unit."""
        return relative_gap(self.pairs, other.pairs).max(axis=(-2, -1))

    def normalised(self) -> "MarkovChain":
        total = self.pairs.sum(axis=(-2, -1), keepdims=True)
        return MarkovChain(self.pairs / total, self.read_from)

    def valid(self) -> Bool[Array, "*batch"]:
        total = self.pairs.sum(axis=(-2, -1))
        balance = jnp.abs(self.pairs.sum(axis=-2) - self.contexts).max(axis=-1)
        positive = (self.pairs >= 0).all(axis=(-2, -1))
        return positive & (jnp.abs(total - 1) < 1e-6) & (balance < 1e-6)


def _flat(pairs):
    return pairs.reshape(*pairs.shape[:-2], -1)


def _rows(weights):
    """Each row divided by its sum; a row of zeros stays one."""
    total = weights.sum(axis=-1, keepdims=True)
    return weights / jnp.where(total > 0, total, 1.0)


def _check_shape(shape: tuple[int, ...]) -> None:
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] < 2:
        raise ValueError(
            "a chain needs a square array of numbers, one row for each of at least two outcomes, "
            f"got the shape {shape}."
        )


def _check_counts(counts: np.ndarray) -> None:
    if not np.isfinite(counts).all():
        raise ValueError("counts of pairs must be finite numbers; remove or correct the others.")
    if (counts < 0).any():
        raise ValueError(f"counts of pairs must not be negative, got {counts.min():g}.")
    if (counts.sum(axis=(-2, -1)) == 0).any():
        raise ValueError("counts of pairs are all zero; at least one pair must have been seen.")
    gap = np.abs(counts.sum(axis=-1) - counts.sum(axis=-2)) / counts.sum(axis=(-2, -1))[..., None]
    if gap.max() > 1e-5:
        raise ValueError(
            f"outcome {np.unravel_index(gap.argmax(), gap.shape)[-1]} is left and entered by "
            f"shares of the pairs that differ by {gap.max():.2g}; join the end of the text to its "
            "beginning."
        )


def _check_pairs(pairs: np.ndarray) -> None:
    _check_counts(pairs)
    total = pairs.sum(axis=(-2, -1))
    worst = total.flat[np.abs(total - 1).argmax()]
    if abs(worst - 1) > 1e-5:
        raise ValueError(
            f"shares of pairs sum to {worst:.6g}, expected 1; use MarkovChain.of for counts."
        )


def _check_rows(rows: np.ndarray) -> None:
    if not (np.isfinite(rows).all() and (rows >= 0).all() and rows.any(axis=-1).all()):
        raise ValueError(
            "a transition matrix has rows of finite non-negative numbers, not all zero; correct "
            "the others."
        )
    reached = np.eye(rows.shape[-1]) + (rows > 0)
    for _ in range(rows.shape[-1].bit_length()):
        reached = np.minimum(reached @ reached, 1.0)
    if not reached.all():
        raise ValueError(
            "some states of the chain do not lead to some others, so that its stationary law is "
            "not unique or leaves some out; give the pairs of a text to MarkovChain.of instead."
        )
