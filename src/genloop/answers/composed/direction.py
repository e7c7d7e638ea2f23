"""One direction of a loop on a table: its moments in units of the real data, and its drift."""

import dataclasses
import functools
import math
from typing import Any, NamedTuple, Self

import jax
import numpy as np

from ...laws.chi_square import mean_log_chi_square
from ...models import Gaussian
from ...models.ellipsoid import share_of_variance
from ...stages import Nucleus, Temper
from ...stages.accumulate import AbstractCollection
from .chosen import ChosenLoop
from .pools import recursion_beside
from .trends import UNKNOWN, Trend, first_below, steady, trends, walk


@dataclasses.dataclass(frozen=True)
class Drift:
    """The expected change of the logarithm of the variance in a generation without real data.

    It answers to the stages as moments do; those of real data and of data that are kept have no
    such recursion. `draws` are the numbers of points that were drawn.
    """

    log_variance: float = 0.0
    draws: tuple[int, ...] = ()

    def temper(self, temperature: Any) -> "Drift":
        """A temperature adds its logarithm."""
        return self._moved(float(np.log(temperature)))

    def inside(self, mass: Any) -> "Drift":
        """A nucleus of one dimension is a temperature."""
        return self.temper(share_of_variance(np.asarray(mass), 1))

    def draw(self, samples: int) -> "Drift":
        r"""$\psi(\frac{n - 1}2) - \log\frac n2$ [CA-A4]."""
        degrees = samples - 1
        mean = float(mean_log_chi_square(float(degrees)))
        drawn = Drift(self.log_variance, (*self.draws, samples))
        return drawn._moved(mean + float(np.log(degrees / samples)))

    def guide(self, auxiliary: Any, strength: Any, flow: bool) -> "Drift":
        r"""$b \to b - w\,b'$ by the flow, with what the auxiliary fit adds [ST-E4].

        Raises `ValueError` for samples without the flow: some densities cannot be normalised.
        """
        added = auxiliary.moments(Drift())
        if not flow and added.draws:
            raise ValueError("a density that is guided by samples cannot always be normalised.")
        if not flow:
            return self._moved(-math.log1p(float(strength) * -math.expm1(-added.log_variance)))
        moved = self._moved(-float(strength) * added.log_variance)
        return dataclasses.replace(moved, draws=(*moved.draws, *added.draws))

    def unbias(self, samples: int) -> "Drift":
        """The divisor."""
        return self._moved(-float(np.log1p(-1 / samples)))

    def _moved(self, step: float) -> "Drift":
        return dataclasses.replace(self, log_variance=self.log_variance + step)

    @property
    def temperature(self) -> float | None:
        """The temperature at which one draw by maximum likelihood has this law; `None` of more."""
        if len(self.draws) != 1:
            return None
        return math.exp(self.log_variance - Drift().draw(*self.draws).log_variance)


class InUnits(NamedTuple):
    """Squared error of the mean and variance, in units of real data of this mean and variance."""

    mean: float
    variance: float

    def __call__(self, moments: Any) -> tuple[Any, Any]:
        """Of expected moments; those of a training set that is kept are those of its fit."""
        fit = getattr(moments, "moments", moments)
        error = fit.error(np.array([self.mean]))[0, 0]
        return error / self.variance, fit.covariance[0, 0] / self.variance


@dataclasses.dataclass(frozen=True)
class Direction:
    """A `loop` of one direction, whose `real` data are those of this direction."""

    loop: Any
    real: Gaussian

    @classmethod
    def of(cls, loop: Any, real: Gaussian, dimension: int) -> Self:
        """That of a loop of several dimensions, built on the real data of one of them."""
        return cls(in_one_direction(loop, dimension), real)

    @property
    def numbers(self) -> InUnits:
        """What is taken from the moments."""
        return InUnits(float(self.real.mean[0]), float(self.real.covariance[0, 0]))

    @functools.cached_property
    def start(self) -> Any:
        """The moments with which the loop begins."""
        return self.loop.begin(self.real).moments()

    @functools.cached_property
    def closes(self) -> bool:
        """Whether the expected moments are a recursion of their own."""
        try:
            jax.eval_shape(self.loop.moments, self.start)
        except (ValueError, AttributeError):
            return False
        return True

    def path(self, generations: int) -> np.ndarray | None:
        """The numbers of generations 1, 2, ..., one row each; `None` if they do not close."""
        return walk(self.loop, self.start, self.numbers, generations) if self.closes else None

    @functools.cached_property
    def trends(self) -> tuple[Trend, Trend]:
        """Of the expected squared error of the mean and the expected variance."""
        if not self.closes:
            return UNKNOWN, UNKNOWN
        return trends(self.loop, self.start, self.numbers)

    def half(self) -> float | None:
        """The first generation whose expected variance is at most half, as `first_below` says."""
        return first_below(self.loop, self.start, self.numbers, 1, 0.5)

    @property
    def relaxation(self) -> float | None:
        """Generations in which moments come nearer to their limits by $e$; `None` of pools."""
        state, _ = steady(self.loop, self.start)
        return None if state is None else recursion_beside(self.loop, state).relaxation

    @property
    def second_moment(self) -> tuple[float, float]:
        r"""What joins $E(\sigma^2 + (\mu - \mu_0)^2)$ in a generation, and its largest factor.

        Of collected data: of the points that join. Drawing does not change it.
        """
        kept = isinstance(self.loop, AbstractCollection)
        generation = self.loop.generation if kept else self.loop
        zero, one = np.zeros((1, 1)), np.ones((1, 1))

        def after(**moments):
            still = dataclasses.replace(self.real.moments(), **{"covariance": zero} | moments)
            return sum(map(float, self.numbers(generation.moments(still))))

        joins = after()
        factors = [after(covariance=one) - joins, after(mean_covariance=one) - joins]
        real = kept and self.loop.real is not None
        return joins + float(real), max(factors) * self.numbers.variance

    @functools.cached_property
    def drift(self) -> Drift | None:
        """`None` where real data join, or data are kept."""
        try:
            return self.loop.moments(Drift())
        except (AttributeError, ValueError, TypeError):
            return None

    @property
    def joined(self) -> bool:
        """Whether a generation of points without spread has spread: real data have joined."""
        if isinstance(self.loop, AbstractCollection):
            return False
        still = dataclasses.replace(self.real.moments(), covariance=np.zeros((1, 1)))
        return float(self.loop.moments(still).covariance[0, 0]) > 0


def direction_of(asked: ChosenLoop, value: float | None = None) -> Direction:
    """That of standard real data; of one column its own, which other models may stand beside."""
    real, own = asked.real, Gaussian.of(0.0, 1.0)
    if real.dimension == 1:
        own = Gaussian.of(float(real.mean[0]), float(real.covariance[0, 0]))
    loop = dataclasses.replace(asked, real=own).stage(value)
    return Direction.of(loop, own, real.dimension)


def in_one_direction(loop: Any, dimension: int) -> Any:
    r"""The loop of a fixed direction of a loop in several dimensions: that of one dimension.

    $a^\top \Sigma a$ of a Wishart matrix is a chi-square number, so that only a nucleus has to know
    how many dimensions there are: it is a temperature.
    """

    def replaced(stage):
        if not isinstance(stage, Nucleus):
            return stage
        return Temper(float(share_of_variance(np.asarray(stage.mass), dimension)))

    return jax.tree.map(replaced, loop, is_leaf=lambda part: isinstance(part, Nucleus))
