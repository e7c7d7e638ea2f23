"""Training sets that keep what earlier generations have made."""

import equinox as eqx
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float

from ..arguments import check_at_least, check_key
from ..models import (
    AbstractModel,
    Dataset,
    DatasetMoments,
    History,
    HistoryMoments,
    PairMoments,
)
from ..models.model import as_float, is_concrete
from ..operators.covariance import add, transformed
from .mix import Mix
from .schedule import AbstractSchedule, Constant, as_schedule
from .stage import AbstractStage, check_real, check_stage, mean_jacobian, unknown_noise


def _generations_or_none(generations):
    return None if generations is None else check_at_least("generations", generations, 1)


def _weights_or_none(weights):
    if weights is None:
        return None
    weights = as_float(weights)
    good = weights.ndim == 1 and weights.size > 0
    if not good or (is_concrete(weights) and not (np.asarray(weights) > 0).all()):
        raise ValueError("weights must be positive numbers, one for each generation.")
    return weights


class AbstractCollection(AbstractStage):
    r"""A training set that outlives a generation; the fit to all of it is what is sampled next.

    In generation $t$ the fit $p$ is turned into $G(p)$ by the stage `generation` (`Temper(T)`,
    say); $\alpha_t$ samples of that and $\beta_t$ of the real distribution join the data.
    `samples` is $\alpha_t$ and `real_samples` $\beta_t$: a whole number, an array of them (the last
    one then stays) or a function of the generation, counted from zero, whose values are rounded.
    The map takes them for infinitely many points in these proportions, a realisation draws both
    afresh.

    Raises `ValueError` for numbers that are negative or not whole, for real points without a real
    distribution or the reverse, and where no point ever joins.

    ```python
    stage = gl.Accumulate(gl.Temper(0.8), samples=100)
    isinstance(stage, gl.stages.AbstractCollection)  # True
    ```
    """

    generation: AbstractStage
    samples: AbstractSchedule = eqx.field(converter=as_schedule, kw_only=True)
    real: AbstractModel | None = eqx.field(default=None, kw_only=True)
    real_samples: AbstractSchedule = eqx.field(converter=as_schedule, default=0, kw_only=True)

    def __check_init__(self):
        check_stage(self.generation)
        if self.real is not None:
            check_real(self.real, "real=Categorical.of([5, 3, 2])")
        without = self.real_samples.always_zero
        if self.real is None and not without:
            raise ValueError("real points need a distribution; pass real= as well.")
        if self.real is not None and without:
            raise ValueError(
                "the real distribution is never sampled; pass real_samples= or leave out real=."
            )
        if without and self.samples.always_zero:
            raise ValueError("no point ever joins; samples or real_samples must be positive.")

    @property
    def batched(self) -> bool:
        return self.generation.batched

    @property
    def replaced(self) -> AbstractStage:
        r"""The loop $F = (\alpha G + \beta r)/(\alpha + \beta)$ that keeps nothing, on models.

        A training set that is kept has the fixed points of $F$ [AC-2]. Raises `ValueError` where
        the numbers of points change, for which no such loop is the same in every generation.
        """
        counts = self.samples, self.real_samples
        if not all(isinstance(schedule, Constant) for schedule in counts):
            raise ValueError(
                "the numbers of points change from generation to generation, so that no fixed "
                "point lasts; give constant numbers."
            )
        if self.real is None:
            return self.generation
        new, fresh = (schedule.count for schedule in counts)
        return self.generation >> Mix(self.real, fresh / (new + fresh))

    def expected(self, model: AbstractModel, place) -> Dataset:
        """The points that join, each kind at its expectation."""
        real = None if self.real is None else self.real.broadcast(model.batch_shape)
        return self._joined(self.generation(model), real, place)

    def drawn(self, key, model: AbstractModel, place) -> Dataset:
        """The points that join in one realisation."""
        check_key(key)
        learn_key, synthetic_key, real_key = jr.split(key, 3)
        learned = self.generation.step(learn_key, model)
        synthetic = _draw(synthetic_key, learned, self.samples, place)
        if self.real is None:
            return self._joined(synthetic, None, place)
        real = self.real.broadcast(model.batch_shape)
        return self._joined(synthetic, _draw(real_key, real, self.real_samples, place), place)

    def grown(self, dataset: Dataset, key=None) -> Dataset:
        """A dataset with the points that join it: expected ones, or drawn with a `key`."""
        source = dataset.model, dataset.place
        new = self.expected(*source) if key is None else self.drawn(key, *source)
        grown = dataset.add(new.model, new.size)
        return Dataset(grown.model, grown.size, self._next(dataset.place))

    def pooled(self, pair: PairMoments, pool: DatasetMoments) -> DatasetMoments:
        """The moments of a pool with what joins it: `pair` is the pool and what is sampled."""
        new, pair = self._joining_moments(pair, pool.place)
        size = pool.size + new
        return DatasetMoments(pair.pool(new / size), size, self._next(pool.place))

    def _joining_moments(self, pair, place):
        """The number of points that join, and their moments beside what was known before."""
        count, real_count = self.samples(place), self.real_samples(place)
        # Where no point joins, its share is zero.
        pair = self.generation.moments(pair).draw(jnp.maximum(count, 1))
        new = count + real_count
        if self.real is not None:
            share = real_count / jnp.maximum(new, 1)
            pair = pair.mix(self.real, share, jnp.maximum(real_count, 1))
        return new, pair

    def _first_size(self) -> float:
        """The number of points that join first: so many are there at the beginning."""
        place = jnp.zeros(())
        return self.samples(place) + self.real_samples(place)

    def _joined(self, synthetic, real, place):
        count = jnp.broadcast_to(self.samples(place), place.shape).astype(place.dtype)
        new = Dataset(synthetic, count, place)
        return new if real is None else new.add(real, self.real_samples(place))

    def _next(self, place):
        """The place in the schedules a generation later; at their end they stay."""
        return jnp.minimum(place + 1, max(self.samples.last, self.real_samples.last))


class Accumulate(AbstractCollection):
    r"""Keep all data that were ever made, and learn from all of them [AC-2].

    On a `Dataset` of $\ell$ points that $n = \alpha_t + \beta_t$ join it is $p \to (1 - \gamma)\,p
    + \gamma\,F(p)$ with $\gamma = n/(\ell + n)$, where $F = (\alpha_t G + \beta_t r)/n$. The
    average is that of mean parameters: of the data themselves, for any model.

    ```python
    stage = gl.Accumulate(gl.Temper(0.8), samples=100)
    stage(gl.Dataset.of(gl.Categorical.of([5, 3, 2]), size=100)).size  # 200
    ```
    """

    def begin(self, model: AbstractModel) -> Dataset:
        """A dataset of as many points as join first."""
        return Dataset.of(model, self._first_size())

    def __call__(self, dataset: Dataset) -> Dataset:
        check_collection(dataset, Dataset, "size=100")
        return self.grown(dataset)

    def step(self, key, dataset: Dataset) -> Dataset:
        check_collection(dataset, Dataset, "size=100")
        return self.grown(dataset, key)

    def moments(self, moments: DatasetMoments) -> DatasetMoments:
        """The recursion of the pool, as far as the moments of `generation` close."""
        return self.pooled(PairMoments.of(moments.moments), moments)

    def propagate(self, dataset, covariance):
        r"""In units of one point each kind of data adds $n/(\ell + n)^2$ of its covariance."""
        size = self(dataset).size
        count, real_count = (s(dataset.place) for s in (self.samples, self.real_samples))
        noise = self.generation.propagate(dataset.model, None)
        noise = None if noise is None else noise.scaled(count / size)
        noise = add(noise, _noise(self.generation(dataset.model)).scaled(count**0.5 / size))
        if self.real is not None:
            noise = add(noise, _noise(self.real).scaled(real_count**0.5 / size))
        if covariance is None:
            return noise
        return add(transformed(mean_jacobian(self, dataset), covariance), noise)


class Window(AbstractCollection):
    r"""Keep the last $w$ generations: first in, first out [AC-5].

    Of a `History`, whose length is $w$: the fit $p$ to all that is in it is sampled, the new
    points come and the oldest generation goes. With constant numbers of points the fixed points
    are those of $F = (\alpha G + \beta r)/(\alpha + \beta)$, and a multiplier $\mu$ of it becomes
    the $w$ roots of $z^w = \frac\mu w (z^{w-1} + \dots + 1)$.

    `generations` is $w$ for `begin`, which makes the first `History`. With `weights` $w_1, \dots,
    w_w$ the data of a generation count by its age, newest first, and not by their number: the
    roots become those of $z^w = \mu \sum_j w_j z^{w - j}/\sum_j w_j$ [ST-F2]. Raises `ValueError`
    unless $w$ is a whole number of at least one, and for weights that are not positive.

    ```python
    stage = gl.Window(gl.Temper(0.8), samples=100)
    history = gl.models.History.of(gl.Categorical.of([5, 3, 2]), generations=5, size=100)
    stage(history).size  # 200
    ```
    """

    generations: int | None = eqx.field(
        static=True, default=None, converter=_generations_or_none, kw_only=True
    )
    weights: Float[Array, " w"] | None = eqx.field(
        default=None, converter=_weights_or_none, kw_only=True
    )

    def __check_init__(self):
        if self.weights is not None and self.generations not in (None, self.weights.size):
            raise ValueError(
                f"{self.weights.size} weights for {self.generations} generations; give as many "
                "weights as generations, the newest first."
            )

    @property
    def _length(self) -> int | None:
        return self.generations if self.weights is None else self.weights.size

    def begin(self, model: AbstractModel) -> History:
        """A window whose newest generation has as many points as join first, the others none.

        Raises `ValueError` for a window whose `generations` are not given.
        """
        if self._length is None:
            raise ValueError(
                "generations of the window are not given; write Window(..., generations=5) to "
                "keep the last five."
            )
        return History.of(model, generations=self._length, size=self._first_size())

    def __call__(self, history: History) -> History:
        self._check_history(history)
        return self._moved(history, self.expected(history.model, history.place))

    def step(self, key, history: History) -> History:
        self._check_history(history)
        return self._moved(history, self.drawn(key, history.model, history.place))

    def _check_history(self, history: History) -> None:
        check_collection(history, History, "generations=5, size=100")
        if self._length not in (None, history.generations):
            raise ValueError(
                f"this window keeps {self._length} generations, got a History of "
                f"{history.generations}; begin(model) makes the right one."
            )

    def _moved(self, history, new):
        moved = history.push(new.model, new.size)
        return History(moved.models, self._counted(moved.sizes), self._next(history.place))

    def _counted(self, sizes):
        """The number for which the points of each generation count."""
        if self.weights is None:
            return sizes
        weights = jnp.broadcast_to(self.weights / self.weights[0], sizes.shape)
        return jnp.where(sizes > 0, sizes[..., :1] * weights, 0.0)

    def moments(self, moments: HistoryMoments) -> HistoryMoments:
        r"""The recursion of every two generations, as far as the moments of `generation` close.

        $O(w^2)$ numbers: the fit to the window is what is sampled, so that the new generation has
        with every other what the fit has with it.
        """
        fit = moments.moments
        pair = PairMoments(fit, fit, moments.covariances_with_fit)
        new, pair = self._joining_moments(pair, moments.place)
        moved = moments.push(pair.new, pair.covariance, new, self._next(moments.place))
        sizes = self._counted(moved.sizes)
        return HistoryMoments(moved.each, moved.covariances, sizes, moved.place)


def check_collection(data, kind, sizes) -> None:
    """Raises `ValueError` for another state than the training set that a stage keeps."""
    if not isinstance(data, kind):
        raise ValueError(
            f"this stage acts on a {kind.__name__}, got {type(data).__name__}; write "
            f"{kind.__name__}.of(model, {sizes})."
        )


def _draw(key, model, schedule: AbstractSchedule, place):
    """The fit to as many draws as the schedule says; to none it does not matter."""
    if isinstance(schedule, Constant):
        return model.draw(key, schedule.count) if schedule.count else model
    return model.draw(key, jnp.maximum(schedule(place), 1.0))


def _noise(model):
    own = model.statistic_covariance()
    if own is None:
        raise unknown_noise(model)
    return own
