"""The expected moments of a kernel density loop: one affine recursion for every column."""

import dataclasses
import math
from typing import Any, NamedTuple, Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from ...errors import InputError
from ...language import Pipeline
from ...models import ParticleMoments, Particles
from ...stages import AbstractStage, Smooth
from ...stages.accumulate import AbstractCollection
from ..composed import ChosenLoop

NEUTRAL = 1e-12
"""Multipliers this near to one are one."""


@dataclasses.dataclass(frozen=True)
class Spread:
    r"""$(D, V) \to A (D, V) + b$: squared error of the mean and variance behind a generation.

    `matrix` $A$ is that of every direction; `source` has a column for every column of the table,
    whose real variances are `real`, and `bias` is how far the mean is from the real one in the end.
    `growth_alone` is the factor of the variance in a generation without the real data, $c$ [CA-B2].
    All may be traced.
    """

    matrix: Any
    source: Any
    real: Any
    bias: Any
    growth_alone: Any

    @classmethod
    def traced(cls, loop: ChosenLoop, value: Any) -> Self:
        """That of a loop that keeps no data, at a value of its unknown, which JAX may trace."""
        stage, real = loop.stage(value), jnp.diagonal(jnp.asarray(loop.real.covariance))
        state = _settled(stage, stage.begin(loop.real).moments())
        image = lambda error, variance: _image(stage, state, error, variance)
        zero, one = jnp.zeros_like(real), jnp.ones_like(real)
        source = image(zero, zero)
        units = jnp.stack([image(one, zero) - source, image(zero, one) - source], axis=1)
        bias = state.mean - jnp.asarray(loop.real.mean)
        return cls(units[..., 0], source, real, bias, _alone(stage, state))

    @classmethod
    def of(cls, loop: ChosenLoop, value: float | None = None) -> Self:
        """The numbers at a value of the unknown.

        Raises `InputError` E136 where the expected moments do not close.
        """
        if isinstance(loop.stage(value), AbstractCollection):
            raise InputError(
                "E136",
                f"the data of {loop.text} are kept, so that its moments change with their number; "
                "loops.kernel_density.pooled_variance is its closed form for a length.",
            )
        numbers = _parts(
            loop.real,
            _Typed(loop.pipeline, tuple(loop.values.items()), loop.unknown, loop.seed),
            np.asarray(0.0 if value is None else value, dtype=float),
        )
        return cls(*(np.asarray(number) for number in numbers))

    @property
    def average(self) -> "Spread":
        """That of the average over columns, each in units of its real variance."""
        mean = lambda values: (values / self.real).mean(-1, keepdims=True)
        bias = np.sqrt((self.bias**2 / self.real).mean(keepdims=True))
        return Spread(self.matrix, mean(self.source), np.ones(1), bias, self.growth_alone)

    @property
    def real_fraction(self) -> float:
        """The share of real data: the mean keeps the rest of its error, squared here."""
        return 1 - math.sqrt(float(self.matrix[0, 0]))

    @property
    def growth(self) -> float:
        """The largest multiplier; real data hold the moments where it is below one."""
        return float(np.abs(np.linalg.eigvals(self.matrix)).max())

    @property
    def multipliers(self) -> tuple[float, ...]:
        """Both, the largest first."""
        found = np.linalg.eigvals(self.matrix).real.tolist()
        return tuple(sorted(found, reverse=True))

    def limit(self) -> tuple[np.ndarray, np.ndarray]:
        """What the squared errors of the mean and the variances tend to, infinite where they grow.

        Without real data the mean is not drawn back, and the variance goes its own way.
        """
        a, b = self.matrix, self.source
        forever = np.full(b.shape[1], math.inf)
        if self.growth < 1 - NEUTRAL:
            error, variance = np.linalg.solve(np.eye(2) - a, b)
            return error + self.bias**2, variance
        if self.real_fraction > NEUTRAL or a[1, 1] > 1 + NEUTRAL:
            return forever, forever
        if a[1, 1] < 1 - NEUTRAL:
            return forever, b[1] / (1 - a[1, 1])
        still = np.where(b[1] > 0, math.inf, self.real)
        return forever, still

    def path(self, generations: int) -> np.ndarray:
        """$(D, V)$ of the columns from the real data on: `(generations + 1, 2, columns)`."""
        rows = [np.stack([np.zeros_like(self.real), self.real])]
        for _ in range(generations):
            rows.append(self.matrix @ rows[-1] + self.source)
        return np.stack(rows)


class _Typed(NamedTuple):
    """A loop without its real data: what programs differ by."""

    pipeline: Pipeline
    values: tuple[tuple[str, float], ...]
    unknown: str | None
    seed: int


@eqx.filter_jit
def _parts(real: Particles, typed: _Typed, value: Any) -> tuple[Any, ...]:
    """The numbers of the recursion, by one program for all values of the unknown."""
    loop = ChosenLoop(typed.pipeline, real, dict(typed.values), typed.unknown, seed=typed.seed)
    return tuple(vars(Spread.traced(loop, value)).values())


def _with(state: ParticleMoments, error: Any, variance: Any) -> ParticleMoments:
    """The moments with these numbers of the columns."""
    inner = dataclasses.replace(
        state.moments, mean_covariance=jnp.diag(error), covariance=jnp.diag(variance)
    )
    return dataclasses.replace(state, moments=inner)


def _image(stage: AbstractStage, state: ParticleMoments, error: Any, variance: Any) -> Any:
    """Error and variance of the columns a generation later."""
    after = stage.moments(_with(state, error, variance))
    return jnp.stack([jnp.diagonal(after.mean_covariance), jnp.diagonal(after.covariance)])


def _settled(stage: AbstractStage, start: ParticleMoments) -> ParticleMoments:
    r"""Moments whose number of points stays, and whose mean $m' = q m + (1 - q) \nu$ rests.

    Raises `InputError` E136 where the moments do not close.
    """
    try:
        one = stage.moments(start)
        two = stage.moments(one)
        first, second = one.mean - start.mean, two.mean - one.mean
    except (ValueError, AttributeError) as failure:
        raise InputError("E136", str(failure)) from None
    moved = jnp.abs(first) > NEUTRAL * jnp.sqrt(jnp.diagonal(start.covariance))
    ratio = jnp.where(moved, second / jnp.where(moved, first, 1.0), 0.0)
    mean = start.mean + jnp.where(moved, first / jnp.where(moved, 1 - ratio, 1.0), 0.0)
    return dataclasses.replace(two, moments=dataclasses.replace(two.moments, mean=mean))


def _alone(stage: AbstractStage, state: ParticleMoments) -> Any:
    r"""$\prod (1 - \frac1N)\,f$ of kernels that multiply the covariance of $N$ points by $f$."""
    whole, zero = jnp.ones(()), jnp.zeros_like(state.mean)
    for part in getattr(stage, "stages", (stage,)):
        if isinstance(part, Smooth):
            one, none = (_image(part, state, zero, zero + size)[1, 0] for size in (1, 0))
            whole = whole * (one - none) * (1.0 if state.size is None else 1 - 1 / state.size)
        state = part.moments(state)
    return whole
