"""A training set that is chosen from all points collected so far, point by point."""

from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ..arguments import check_at_least, check_model
from ..printing import readable, short
from .dataset import Dataset, DatasetMoments
from .model import AbstractModel
from .pair_moments import Moments


@readable
class CorpusMoments(eqx.Module):
    """The expected moments of all points, `pool`, and of the fit to those that were chosen.

    ```python
    gl.models.Corpus.of(gl.Gaussian.of(0.0, 1.0), room=20).moments().pool.size  # 0
    ```
    """

    pool: DatasetMoments
    moments: Moments

    @property
    def size(self) -> Float[Array, ""]:
        """The number of all points."""
        return self.pool.size


@readable
class Corpus(eqx.Module):
    r"""All points collected so far, one by one, and the fit `model` to those that were chosen.

    Points that were chosen once can be chosen again, so that no statistic of them is enough: they
    are kept themselves, in the first `size` of the rows of `rows`. Infinite data are followed by
    the fit alone.

    ```python
    gl.models.Corpus.of(gl.Gaussian.of(0.0, 1.0), room=20).rows.shape  # [20, 1]
    ```
    """

    dataset: Dataset
    rows: Array

    def _heading(self) -> str:
        return f"Corpus of {short(self.size)} points with room for {len(self.rows)}"

    def _printed(self):
        return {"model": self.model, "place": self.place}

    @classmethod
    def of(cls, model: AbstractModel, room: int) -> Self:
        """No points yet, with room for some; the first are drawn from `model`.

        Raises `ValueError` for no room and for models that have no points.
        """
        check_model(model)
        check_at_least("room", room, 1)
        one = jax.eval_shape(lambda: model.sample(jr.key(0), 1))
        empty = Dataset(model, jnp.zeros(()), jnp.zeros(()))
        return cls(empty, jnp.zeros((room, *one.shape[1:]), one.dtype))

    @property
    def model(self) -> AbstractModel:
        """The fit to the points that were chosen last."""
        return self.dataset.model

    @property
    def size(self):
        """The number of points."""
        return self.dataset.size

    @property
    def place(self):
        """The place in the schedules of what joins."""
        return self.dataset.place

    @property
    def batch_shape(self) -> tuple[int, ...]:
        return self.dataset.batch_shape

    def add(self, rows: Array) -> "Corpus":
        """These and some more. An `equinox` error where there is no room for them."""
        count, room = len(rows), len(self.rows)
        size = eqx.error_if(
            self.size,
            self.size + count > room,
            f"there is room for {room} points only; give more generations=.",
        )
        kept = jax.lax.dynamic_update_slice_in_dim(self.rows, rows, size.astype(int), axis=0)
        return Corpus(Dataset(self.model, size + count, self.place), kept)

    def choose(self, key: PRNGKeyArray, count: int) -> Array:
        """So many of the points without replacement, every choice as likely as any other."""
        order = jr.uniform(key, (len(self.rows),))
        there = jnp.arange(len(self.rows)) < self.size
        return self.rows[jax.lax.top_k(jnp.where(there, order, -1.0), count)[1]]

    def learned(self, model: AbstractModel, place) -> "Corpus":
        """The same points with another fit, at another place in the schedules."""
        return Corpus(Dataset(model, self.size, place), self.rows)

    def moments(self) -> CorpusMoments:
        """The expected moments of a loop that starts here."""
        moments = self.dataset.moments()
        return CorpusMoments(moments, moments.moments)

    def normalised(self) -> "Corpus":
        """The same points with a fit that keeps the constraints of its model."""
        return Corpus(self.dataset.normalised(), self.rows)

    def valid(self) -> Bool[Array, "*batch"]:
        """Whether the fit is a distribution."""
        return self.model.valid() & (self.size >= 0)
