"""Training sets of fixed size from all data that were ever made."""

import equinox as eqx
import jax.random as jr

from ..arguments import check_at_least
from ..models import AbstractModel, Corpus, CorpusMoments, PairMoments
from .accumulate import AbstractCollection, check_collection
from .schedule import Constant


def _least_or_none(name, least):
    return lambda value: None if value is None else check_at_least(name, value, least)


class Subsample(AbstractCollection):
    r"""Keep all data that were ever made, and learn from some of them that are chosen at random.

    Every generation $n$ points of $G(p)$ join, where $p$ is the last fit, and $m$ = `chosen` of all
    $N$ points are chosen without replacement: the next fit is that to these. As many as join are
    chosen unless `chosen` is given. In expectation $m$ of $N$ points add $\frac{1 - m/N}{m}$ of
    their unbiased covariance to that of the mean [CA-C3].

    `generations` is the number of them that `begin` makes room for; it starts without points, so
    that the first generation is drawn from the real distribution itself. The points are kept one by
    one: what was chosen once can be chosen again, so that no statistic is enough. With infinite
    data it is `Accumulate`.

    ```python
    stage = gl.Subsample(gl.Temper(1.0), samples=10, generations=5)
    points = stage.step(jax.random.key(0), stage.begin(gl.Gaussian.of(0.0, 1.0)))
    points.size  # 10
    ```
    """

    chosen: int | None = eqx.field(
        static=True, default=None, converter=_least_or_none("chosen", 2), kw_only=True
    )
    generations: int | None = eqx.field(
        static=True, default=None, converter=_least_or_none("generations", 1), kw_only=True
    )

    def __check_init__(self):
        if not all(isinstance(one, Constant) for one in (self.samples, self.real_samples)):
            raise ValueError(
                "points that are kept one by one join in constant numbers; give samples= and "
                "real_samples= as whole numbers."
            )
        if not 2 <= self._chosen <= self._joining:
            raise ValueError(
                f"{self._chosen} points cannot be chosen of the {self._joining} of the first "
                "generation; give chosen= from 2 to samples + real_samples."
            )

    @property
    def batched(self) -> bool:
        return False

    @property
    def longest(self) -> int | None:
        return self.generations

    @property
    def _joining(self) -> int:
        return self.samples.count + self.real_samples.count

    @property
    def _chosen(self) -> int:
        return self._joining if self.chosen is None else self.chosen

    def begin(self, model: AbstractModel) -> Corpus:
        """No points yet, and room for those of `generations`.

        Raises `ValueError` where these are not given.
        """
        if self.generations is None:
            raise ValueError(
                "there is no room for points; write Subsample(..., generations=50) to follow 50 "
                "generations."
            )
        return Corpus.of(model, self._joining * self.generations)

    def __call__(self, points: Corpus) -> Corpus:
        check_collection(points, Corpus, "room=1000")
        return Corpus(self.grown(points.dataset), points.rows)

    def step(self, key, points: Corpus) -> Corpus:
        check_collection(points, Corpus, "room=1000")
        learn, synthetic, real, choose = jr.split(key, 4)
        learned = self.generation.step(learn, points.model)
        points = points.add(learned.sample(synthetic, self.samples.count))
        if self.real is not None:
            points = points.add(self.real.sample(real, self.real_samples.count))
        model = points.model.fit(points.choose(choose, self._chosen))
        return points.learned(model, points.place)

    def moments(self, moments: CorpusMoments) -> CorpusMoments:
        """The recursion of all points and of the fit to those that are chosen."""
        pool = moments.pool
        pair = PairMoments(pool.moments, moments.moments, pool.moments.spread)
        grown = self.pooled(pair, pool)
        chosen = grown.moments.subsample(self._chosen, grown.size)
        return CorpusMoments(grown, chosen)
