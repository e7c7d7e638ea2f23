"""Training data that outlive a generation, by what has been learned from them."""

from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Float

from ..arguments import check_at_least, check_model
from ..printing import plural, readable, short
from .model import AbstractModel, number_in
from .pair_moments import Moments

_number_of_points = number_in("size", 0.0, float("inf"), open_below=True)


@readable
class DatasetMoments(eqx.Module):
    """The expected moments of a `Dataset`, whose `size` and `place` are certain.

    ```python
    gl.Dataset.of(gl.Gaussian.of(0.0, 1.0), size=10).moments().size  # 10
    ```
    """

    moments: Moments
    size: Float[Array, ""]
    place: Float[Array, ""]


@readable
class Dataset(eqx.Module):
    r"""All points collected so far: the fit `model` to them and their number `size`.

    Pooling data averages mean parameters, so the points themselves are not needed. `place` is the
    place in the schedules of what joins (0 for ever where these are constant). Leading batch axes
    as those of the model.

    ```python
    data = gl.Dataset.of(gl.Categorical.of([5, 3, 2]), size=100)
    data.add(gl.Categorical.of([1, 1, 2]), 100).model.probabilities  # [0.375, 0.275, 0.35]
    ```
    """

    model: AbstractModel
    size: Float[Array, "*batch"]
    place: Float[Array, "*batch"]

    def _heading(self) -> str:
        return f"Dataset of {short(self.size)} points"

    def _printed(self):
        return {"model": self.model, "place": self.place}

    @classmethod
    def of(cls, model: AbstractModel, size: float) -> Self:
        """A dataset of `size` points with the fit `model`.

        Raises `ValueError` for a size that is not a positive number.
        """
        check_model(model)
        size = _number_of_points(size)
        shape = model.batch_shape
        return cls(model, jnp.broadcast_to(size, shape), jnp.zeros(shape))

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.model.batch_shape

    def broadcast(self, batch_shape) -> "Dataset":
        """The same dataset repeated along leading batch axes."""
        repeat = lambda leaf: jnp.broadcast_to(leaf, (*batch_shape, *leaf.shape))
        return Dataset(self.model.broadcast(batch_shape), repeat(self.size), repeat(self.place))

    def add(self, model: AbstractModel, count: float | Float[Array, "*batch"]) -> "Dataset":
        r"""The dataset with `count` further points whose fit is `model`.

        $\theta \to (1 - \gamma)\,\theta + \gamma\,\theta'$ in mean parameters, $\gamma = n/(\ell +
        n)$.
        """
        size = self.size + count
        return Dataset(pool(self.model, model, share_of(count, size)), size, self.place)

    def mean_parameters(self) -> Float[Array, "*batch m"]:
        """The mean parameters of the model."""
        return self.model.mean_parameters()

    def with_mean_parameters(self, parameters: Float[Array, "*batch m"]) -> "Dataset":
        """A dataset of this size with another fit."""
        return Dataset(self.model.with_mean_parameters(parameters), self.size, self.place)

    def moments(self) -> DatasetMoments:
        """The expected moments of a loop that starts at this dataset."""
        return DatasetMoments(self.model.moments(), self.size, self.place)

    def normalised(self) -> "Dataset":
        """The same dataset with a fit that keeps the constraints of its model."""
        return Dataset(self.model.normalised(), self.size, self.place)

    def valid(self) -> Bool[Array, "*batch"]:
        """Whether the fit is a distribution and there are points."""
        return self.model.valid() & (self.size > 0)


@readable
class HistoryMoments(eqx.Module):
    r"""The expected moments of a `History`: of every generation and of every two of them.

    `each` has a leading axis of $w$ generations, newest first; `covariances[i, j]` is that of the
    means of two of them (for outcomes its trace). It is symmetric, as stages act on means by
    numbers. `sizes` and `place` are certain, and `moments` are those of the fit to all.

    ```python
    history = gl.models.History.of(gl.Gaussian.of(0.0, 1.0), generations=3, size=10)
    history.moments().moments.covariance  # [[1]]
    ```
    """

    each: Moments
    covariances: Float[Array, "w w ..."]
    sizes: Float[Array, " w"]
    place: Float[Array, ""]

    @property
    def size(self) -> Float[Array, ""]:
        """The number of points in the window."""
        return self.sizes.sum()

    @property
    def shares(self) -> Float[Array, " w"]:
        """The share of every generation in the window."""
        return self.sizes / self.size

    @property
    def moments(self) -> Moments:
        """The moments of the fit to all points in the window."""
        return self.each.together(self.shares, self.covariances)

    @property
    def covariances_with_fit(self) -> Float[Array, "w ..."]:
        """The covariance of the mean of the fit with that of every generation."""
        return jnp.tensordot(self.shares, self.covariances, 1)

    def push(self, new, covariances, count, place) -> "HistoryMoments":
        """The window a generation later: new points with their covariances come, the oldest go."""
        shifted = lambda new, old: jnp.concatenate([jnp.asarray(new)[None], old[:-1]])
        corner = shifted(new.spread, covariances)
        rest = jnp.concatenate([covariances[:-1][:, None], self.covariances[:-1, :-1]], axis=1)
        count = jnp.asarray(count, self.sizes.dtype)
        return HistoryMoments(
            jax.tree.map(shifted, new, self.each),
            jnp.concatenate([corner[None], rest]),
            shifted(count, self.sizes),
            place,
        )


@readable
class History(eqx.Module):
    r"""The data of the last $w$ generations, newest first: a fit to each and its number of points.

    `models` and `sizes` have a last batch axis of $w$ generations; `place` is that of a `Dataset`.

    ```python
    history = gl.models.History.of(gl.Categorical.of([5, 3, 2]), generations=3, size=100)
    history.sizes  # [100, 0, 0]
    ```
    """

    models: AbstractModel
    sizes: Float[Array, "*batch w"]
    place: Float[Array, "*batch"]

    def _heading(self) -> str:
        return f"History of {plural(self.generations, 'generation')}"

    @classmethod
    def of(cls, model: AbstractModel, *, generations: int, size: float) -> Self:
        """A window of so many `generations` that holds nothing but `size` points with a fit.

        Raises `ValueError` for a size that is not positive or a window of no generation.
        """
        check_model(model)
        size = _number_of_points(size)
        generations = check_at_least("generations", generations, 1)
        shape = model.batch_shape
        models = jax.tree.map(
            lambda leaf: jnp.repeat(jnp.expand_dims(leaf, len(shape)), generations, len(shape)),
            model,
        )
        first = jnp.broadcast_to(size, shape)[..., None]
        rest = jnp.zeros((*shape, generations - 1))
        return cls(models, jnp.concatenate([first, rest], axis=-1), jnp.zeros(shape))

    @property
    def generations(self) -> int:
        """The number $w$ of generations that the window keeps."""
        return self.sizes.shape[-1]

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.sizes.shape[:-1]

    @property
    def size(self) -> Float[Array, "*batch"]:
        """The number of points in the window."""
        return self.sizes.sum(axis=-1)

    @property
    def model(self) -> AbstractModel:
        """The fit to all points in the window."""
        return self.dataset.model

    @property
    def dataset(self) -> Dataset:
        """All points in the window together."""
        axis = len(self.batch_shape)
        front = lambda leaf: jnp.moveaxis(leaf, axis, 0)
        models, sizes = jax.tree.map(front, self.models), front(self.sizes)
        at = lambda place: jax.tree.map(lambda leaf: leaf[place], models)
        newest = Dataset(at(0), sizes[0], self.place)
        if self.generations == 1:
            return newest
        older = (at(np.s_[1:]), sizes[1:])
        return jax.lax.scan(lambda all, one: (all.add(*one), None), newest, older)[0]

    def broadcast(self, batch_shape) -> Self:
        """The same window repeated along leading batch axes."""
        repeat = lambda leaf: jnp.broadcast_to(leaf, (*batch_shape, *leaf.shape))
        return jax.tree.map(repeat, self)

    def moments(self) -> HistoryMoments:
        """The expected moments of a loop that starts at this window."""
        moments = jax.vmap(lambda model: model.moments())(self.models)
        zero = jnp.zeros_like(jax.vmap(lambda one: one.spread)(moments))
        covariances = jnp.broadcast_to(zero, (self.generations, *zero.shape))
        return HistoryMoments(moments, covariances, self.sizes, self.place)

    def push(self, model: AbstractModel, count: float | Float[Array, "*batch"]) -> "History":
        """The window a generation later: `count` points with a fit come, the oldest go."""
        axis = len(self.batch_shape)

        def shifted(new, old):
            kept = jax.lax.slice_in_dim(old, 0, self.generations - 1, axis=axis)
            return jnp.concatenate([jnp.expand_dims(new, axis), kept], axis=axis)

        count = jnp.broadcast_to(count, self.batch_shape).astype(self.sizes.dtype)
        models = jax.tree.map(shifted, model, self.models)
        return History(models, shifted(count, self.sizes), self.place)

    def normalised(self) -> "History":
        """The same window with fits that keep the constraints of their models."""
        return History(self.models.normalised(), self.sizes, self.place)

    def separation(self, other: Self) -> Float[Array, "*batch"]:
        """The largest distance of two generations, and of their relative numbers of points."""
        models = self.models.separation(other.models).max(axis=-1)
        gap = jnp.abs(self.sizes - other.sizes).max(axis=-1)
        place = jnp.abs(self.place - other.place)
        sizes = gap / stop_gradient(jnp.maximum(self.size, 1.0))
        return jnp.maximum(jnp.maximum(models, sizes), place)

    def valid(self) -> Bool[Array, "*batch"]:
        """Whether all fits are distributions and there are points."""
        return self.models.valid().all(axis=-1) & (self.sizes >= 0).all(axis=-1) & (self.size > 0)


def pool(model: AbstractModel, other: AbstractModel, share) -> AbstractModel:
    """`model.mix(other, share)` with a share for every entry of a batch."""
    mix = lambda model, other, share: model.mix(other, share)
    for _ in model.batch_shape:
        mix = jax.vmap(mix)
    return mix(model, other, share)


def share_of(count, size) -> Float[Array, "*batch"]:
    """The share of `count` in `size`; nothing is no share of nothing."""
    some = size > 0
    return jnp.where(some, count / jnp.where(some, size, 1.0), 0.0)
