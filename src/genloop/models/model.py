"""The interface of everything a generation can learn."""

import abc
import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import equinox as eqx
import jax
import jax.core
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray
from numpy.typing import ArrayLike

from .. import numeric as xp
from ..operators import AbstractJacobian
from ..operators.covariance import AbstractCovariance
from ..printing import readable
from .origin import Origin, fingerprint


@readable
class AbstractModel(eqx.Module):
    r"""A model $p_\theta$ that a generation learns by maximum likelihood.

    The models here are exponential families $p \propto \exp(\eta \cdot T(x))$: tempering scales the
    natural parameters $\eta$, mixing averages the mean parameters $\mathbb{E}\,T$, and drawing is
    unbiased in them. Methods may use better-conditioned formulas; the tests hold every model to
    these identities.

    Every array may carry leading batch axes: a batch of models is a model, and all methods act on
    the whole batch at once.

    ```python
    isinstance(gl.Categorical.of([5, 3, 2]), gl.AbstractModel)  # True
    ```
    """

    keeps_powers: ClassVar[bool] = True
    """Whether `temper` gives the power of the density itself, and not a fit to it."""
    has_flow: ClassVar[bool] = False
    """Whether its probability flow is known, in which tempering scales the covariance."""
    holds_mixtures: ClassVar[bool] = False
    """Whether `mix` gives the mixture itself, so that a draw behind it samples the mixture."""

    resizes: ClassVar[bool] = False
    """Whether a generation may have another number of points than the one before."""

    if TYPE_CHECKING:
        # An abstract variable would be the first argument of every model to a type checker.
        @property
        def read_from(self) -> Origin | None: ...
    else:
        read_from: eqx.AbstractVar[Origin | None]

    def _heading(self) -> str:
        several = f", a batch of shape {self.batch_shape}" if self.batch_shape else ""
        return f"{type(self).__name__} {self._size()}".rstrip() + several

    def _size(self) -> str:
        """The size of one model in words, behind its name."""
        return ""

    @property
    @abc.abstractmethod
    def batch_shape(self) -> tuple[int, ...]:
        """The leading axes that all arrays of the model share."""

    @abc.abstractmethod
    def broadcast(self, batch_shape: tuple[int, ...]) -> Self:
        """The same model repeated along leading batch axes."""

    @abc.abstractmethod
    def natural_parameters(self) -> Float[Array, "*batch m"]:
        r"""The natural parameters $\eta$."""

    @abc.abstractmethod
    def mean_parameters(self) -> Float[Array, "*batch m"]:
        r"""The mean parameters $\mathbb{E}\,T(x)$."""

    @abc.abstractmethod
    def with_mean_parameters(self, parameters: Float[Array, "*batch m"]) -> Self:
        """The model of this family that has the given mean parameters."""

    @abc.abstractmethod
    def separation(self, other: Self) -> Float[Array, "*batch"]:
        """The distance of two models, as a number without a unit."""

    @abc.abstractmethod
    def temper(self, temperature: float | Array) -> Self:
        r"""The model with density proportional to $p^{1/T}$.

        Raises `ValueError` for a temperature that is not positive.
        """

    @abc.abstractmethod
    def mix(self, other: Self, real_fraction: float | Array) -> Self:
        r"""The maximum-likelihood fit to $(1 - a)\,p + a\,p_\mathrm{other}$.

        Raises `ValueError` for $a \notin [0, 1]$ and for a model of another family or size.
        """

    @abc.abstractmethod
    def draw(self, key: PRNGKeyArray, samples: int | Float[Array, "*batch"]) -> Self:
        """The maximum-likelihood fit to `samples` independent draws of the model.

        A fixed number is quickest. The models here also take an array of numbers of at least one,
        which may differ along the batch and depend on other results.
        """

    def guide(self, auxiliary: Any, strength: float | Array) -> Any:
        r"""The model of density proportional to $p^{1+w} q^{-w}$ with the auxiliary $q$ [ST-E1].

        In natural parameters $(1 + w)\,\eta - w\,\eta'$. Raises `ValueError` where that density
        cannot be normalised, or is not known for this family.
        """
        raise _without_guidance(self)

    def guide_by_flow(self, auxiliary: Any, strength: float | Array) -> Any:
        r"""The end of the probability flow along the guided score, from noise to data [ST-E2].

        Raises `ValueError` for a family in which it is not known.
        """
        raise ValueError(
            f"the probability flow of a {type(self).__name__} is not known; use a Gaussian, or "
            "leave out flow=True."
        )

    def sample(self, key: PRNGKeyArray, samples: int) -> Array:
        """`samples` independent draws of one model, a row each.

        Raises `ValueError` for a family whose points are not kept one by one.
        """
        raise without_samples(self)

    def fit(self, points: Array) -> Self:
        """The maximum-likelihood fit of this family to points, a row each.

        Raises `ValueError` for a family whose points are not kept one by one.
        """
        raise without_samples(self)

    def sized(self, samples: Any) -> Self:
        """What infinite data say of a fit to `samples` points: this, for those that fit them all.

        A sample, whose kernels depend on the number of points, records it.
        """
        return self

    @abc.abstractmethod
    def unbias(self, samples: int) -> Self:
        """The fit with the small-sample bias of a fit to `samples` points taken out."""

    @abc.abstractmethod
    def moments(self) -> Any:
        """The expected moments of a loop that starts at this model.

        Raises `ValueError` for a family in which they do not close.
        """

    def normalised(self) -> Self:
        """This model without what rounding has added: its constraints hold as at construction."""
        return self

    @abc.abstractmethod
    def valid(self) -> Bool[Array, "*batch"]:
        """Whether this is a distribution: probabilities in [0, 1], positive variances, finite."""

    def temper_jacobian(self, temperature: float | Array) -> AbstractJacobian | None:
        """The derivative of `temper` as a structured operator, `None` if it has no structure."""
        return None

    def mix_jacobian(self, real_fraction: float | Array) -> AbstractJacobian | None:
        """The derivative of `mix` as a structured operator, `None` if it has no structure."""
        return None

    def statistic_covariance(self) -> AbstractCovariance | None:
        r"""$\operatorname{Cov} T(x)$ of one draw: $n$ of them move the mean parameters by a
        covariance of exactly $\operatorname{Cov} T(x)/n$. `None` where it is not known."""
        return None

    @property
    def labels(self) -> tuple[str, ...] | None:
        """The names of the outcomes or dimensions; what was learned from the data keeps them."""
        return None if self.read_from is None else self.read_from.labels

    @property
    def origin(self) -> Origin | None:
        """The source of these numbers; `None` for a model that has been changed since.

        A tempered, mixed or drawn model is no longer the data: only its `labels` are theirs.
        """
        known = self.read_from
        if known is None or fingerprint(jax.tree.leaves(self)) not in known.fingerprints:
            return None
        return known

    def as_read(self) -> Self:
        """This model as the one that its origin is the origin of."""
        if self.read_from is None:
            return self
        prints = (fingerprint(jax.tree.leaves(self), dtype) for dtype in (np.float64, np.float32))
        known = dataclasses.replace(self.read_from, fingerprints=tuple(filter(None, prints)))
        return dataclasses.replace(self, read_from=known)

    @property
    def source(self) -> str | None:
        """The file or description these numbers were read from."""
        return None if self.origin is None else self.origin.source

    @property
    def sha256(self) -> str | None:
        """The digest of the input these numbers were read from."""
        return None if self.origin is None else self.origin.sha256


def without_samples(model: AbstractModel) -> ValueError:
    """The error of a family whose points are not kept one by one."""
    return ValueError(
        f"the points of a {type(model).__name__} are not kept one by one; use a Gaussian or a "
        "Categorical."
    )


def _without_guidance(model: AbstractModel) -> ValueError:
    return ValueError(
        f"guidance of a {type(model).__name__} is not known; use a Categorical or a Gaussian."
    )


def as_float(value: ArrayLike) -> Any:
    """`value` as floating point numbers: JAX arrays as they are, all else as NumPy float64.

    NumPy keeps a model or a parameter that was written down outside float64 mode exact. Raises
    `ValueError` for what is no array of numbers.
    """
    if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jnp.floating):
        return value
    try:
        numbers = np.asarray(value)
    except ValueError:
        raise ValueError("a list of rows of different lengths is no array of numbers.") from None
    if numbers.dtype.kind not in "biuf":
        raise ValueError(
            f"expected a number or an array of numbers, got {type(value).__name__}; convert it "
            "first, for example with float()."
        )
    return numbers.astype(np.float64)


def array_of(numbers: Sequence[ArrayLike]) -> Any:
    """A list of numbers as an array, of NumPy where none of them is traced."""
    return as_float(list(numbers)) if is_concrete(*numbers) else jnp.stack(numbers)


def check_same_kind(model: AbstractModel, other: Any) -> None:
    """Raises `ValueError` unless both models are of one class."""
    kind = type(model)
    if not isinstance(other, kind):
        raise ValueError(
            f"a {kind.__name__} can be mixed with a {kind.__name__} only, got "
            f"{type(other).__name__}; make the real data a {kind.__name__} too."
        )


def check_same_family(model: AbstractModel, other: Any, unit: str, size: str) -> None:
    """Raises `ValueError` unless both models are of one family, with one `size` in its `unit`."""
    check_same_kind(model, other)
    own, real = getattr(model, size), getattr(other, size)
    if own != real:
        raise ValueError(
            f"cannot mix {own} {unit} with real data of {real}; both need the same {unit} in the "
            "same order."
        )


def number_in(name: str, lower: float, upper: float, *, open_below: bool = False):
    r"""A converter to a number in $[l, u]$ or $(l, u]$; an infinite end is never reached.

    Raises `ValueError` for any other number. Under a trace such a number, and every derivative in
    it, becomes NaN: no model made with it is valid and no search converges.
    """

    def convert(value: ArrayLike) -> Any:
        if getattr(value, "dtype", type(value)) in (bool, np.dtype(bool)):
            raise ValueError(f"{name} must be a number, got {value}.")
        number = as_float(value)
        if is_concrete(number):
            _check_range(name, number, lower, upper, open_below)
            return number
        inside = _within(xp.stop_gradient(number), lower, upper, open_below)
        if is_concrete(inside) and np.all(inside):
            return number
        return number * xp.where(inside, 1.0, np.nan)

    return convert


def scalar(convert: Callable[[ArrayLike], Any]) -> Callable[[ArrayLike], Any]:
    """A converter that takes one number, where another one takes arrays of them as well.

    One number for every row of a batch is an array of shape `(*batch, 1)`: a list would be taken
    for numbers of the outcomes.
    """

    def convert_scalar(value: ArrayLike) -> Any:
        number = convert(value)
        if jnp.ndim(number) and jnp.shape(number)[-1] != 1:
            raise ValueError(
                f"a stage takes one number, got an array of shape {jnp.shape(number)}; build it "
                "inside jax.vmap for several."
            )
        return number

    return convert_scalar


def _within(values, lower, upper, open_below):
    above = values > lower if open_below else values >= lower
    return above & (values <= upper) & (values < np.inf)


def _check_range(name, value, lower, upper, open_below):
    # Comparing JAX numbers inside a trace would give a tracer; NumPy numbers are numbers.
    values = np.asarray(value)
    good = _within(values, lower, upper, open_below)
    if not good.all():
        bracket = "(" if open_below else "["
        close = ")" if upper == np.inf else "]"
        seen = values[~good].flat[0]
        raise ValueError(f"{name} must lie in {bracket}{lower:g}, {upper:g}{close}, got {seen}.")


positive_temperature = number_in("temperature", 0.0, float("inf"), open_below=True)
share_of_real_data = number_in("real_fraction", 0.0, 1.0)


def is_concrete(*arrays) -> bool:
    """Whether the values can be looked at: no array is being traced."""
    return not any(isinstance(array, jax.core.Tracer) for array in arrays)


def relative_gap(left: Array, right: Array) -> Array:
    r"""$|x_i - y_i| / \max(|x_i|, |y_i|)$, zero where both are zero; NaN stays NaN.

    A residual of $10^{-12}$ in absolute terms says nothing about a probability of $10^{-14}$.
    """
    scale = jnp.maximum(jnp.abs(left), jnp.abs(right))
    scale = jnp.where(scale == 0, 1.0, scale)
    # Divided first: the difference of two numbers near 1e-300 would underflow.
    return jnp.abs(left / scale - right / scale)
