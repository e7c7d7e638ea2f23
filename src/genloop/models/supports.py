"""Where expectations under a model are taken: at points with a measure, or at its own samples."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Self

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import ArrayLike

from ..arguments import check_at_least, check_function, check_key, check_positive
from ..printing import plural, readable, short


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class Support:
    r"""Points $x_i$ and a measure $b_i$, by which $\int f = \sum_i b_i f(x_i)$.

    All outcomes of a finite family (`of`), a box (`grid`), the whole line (`line`) or a Gaussian
    region (`normal`). `points` has shape `(n,)` or `(n, d)`, `measure` `(n,)`; `whole` says that
    they stand for the whole space. Raises `ValueError` for shapes that do not fit and for numbers
    that are not finite or, in the measure, not positive.

    ```python
    support = gl.models.Support.grid(-8.0, 8.0, 60)
    float(support.measure.sum())  # 16
    ```
    """

    points: Float[np.ndarray, "n ..."]
    measure: Float[np.ndarray, " n"]
    discrete: bool = False
    whole: bool = False

    def __post_init__(self):
        points, measure = np.asarray(self.points, float), np.asarray(self.measure, float)
        if points.ndim == 0 or measure.shape != points.shape[:1] or len(points) < 2:
            raise ValueError(
                "a support needs at least two points, of shape (n,) or (n, d), and a measure of "
                f"shape (n,), got {points.shape} and {measure.shape}."
            )
        if not (np.isfinite(points).all() and np.isfinite(measure).all() and (measure > 0).all()):
            raise ValueError("points must be finite, and their measure finite and positive.")
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "measure", measure)

    @classmethod
    def of(cls, outcomes: ArrayLike) -> Self:
        """All outcomes of a family that has finitely many, with measure one each."""
        points = np.asarray(outcomes, float)
        return cls(points, np.ones(points.shape[:1]), discrete=True)

    @classmethod
    def grid(cls, lower: ArrayLike, upper: ArrayLike, count: int) -> Self:
        """A box between two numbers or vectors: `count` Gauss-Legendre points a dimension."""
        check_at_least("count", count, 2)
        lower, upper = np.asarray(lower, float), np.asarray(upper, float)
        if lower.shape != upper.shape or lower.ndim > 1 or not (lower < upper).all():
            raise ValueError(
                "a grid lies between two numbers, or two vectors of one length, the lower one "
                f"first, got {lower} and {upper}."
            )
        nodes, weights = np.polynomial.legendre.leggauss(count)
        half = (upper - lower) / 2
        return _tensor(cls, (lower + upper) / 2, half * np.ones_like(lower), nodes, weights)

    @classmethod
    def line(cls, count: int, *, centre: float = 0.0, scale: float = 1.0) -> Self:
        r"""The whole line, also for heavy tails: $x = c + s \tan u$ with equal steps in $u$."""
        check_at_least("count", count, 2)
        check_positive(scale=scale)
        angles = (np.arange(count) + 0.5) * np.pi / count - np.pi / 2
        measure = scale * np.pi / count / np.cos(angles) ** 2
        return cls(centre + scale * np.tan(angles), measure, whole=True)

    @classmethod
    def normal(cls, mean: ArrayLike, deviation: ArrayLike, count: int) -> Self:
        """Gauss-Hermite points of a mean and standard deviations, `count` a dimension.

        Exact for polynomials times that Gaussian; the model should be of about its width.
        """
        check_at_least("count", count, 2)
        nodes, weights = np.polynomial.hermite_e.hermegauss(count)
        mean, deviation = np.asarray(mean, float), np.asarray(deviation, float)
        check_positive(deviation=float(deviation.min()))
        density = weights * np.exp(nodes**2 / 2)
        rule = _tensor(cls, mean, deviation * np.ones_like(mean), nodes, density)
        return dataclasses.replace(rule, whole=True)

    def _heading(self) -> str:
        return f"Support of {plural(len(self.points), 'point')}"

    def _printed(self) -> dict[str, Any]:
        return {"lowest": self.points.min(0), "highest": self.points.max(0)}

    def points_of(self, parameters: Any) -> Float[Array, "n ..."]:
        """The points, which do not depend on the parameters."""
        return self.points


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class OwnSamples:
    """The model's own samples with common random numbers: expectations are estimates.

    `sampler(key, parameters, samples)` returns points of shape `(samples,)` or `(samples, d)` and
    is differentiable in the parameters; the key stays the same, so that two models differ by their
    parameters only. Every number that comes of it is an estimate, with errors of the order
    `samples**-0.5`. Raises `ValueError` for what is no function or no key.

    ```python
    sampler = lambda key, theta, n: theta + jax.random.normal(key, (n,))
    gl.models.OwnSamples(sampler, jax.random.key(0), 1000).samples  # 1000
    ```
    """

    sampler: Callable[[Any, Any, int], Array]
    key: Any
    samples: int
    measure: None = None
    discrete: bool = False

    def __post_init__(self):
        check_function("a sampler", self.sampler, "lambda key, parameters, samples: ...")
        check_key(self.key)
        check_at_least("samples", self.samples, 2)

    def _heading(self) -> str:
        return f"OwnSamples of {self.samples:,} points"

    def _printed(self) -> dict[str, Any]:
        return {}

    def points_of(self, parameters: Any) -> Float[Array, "n ..."]:
        """The samples of the model with these parameters."""
        try:
            points = jnp.asarray(self.sampler(self.key, parameters, self.samples))
        except Exception as reason:
            said = " ".join(f"{type(reason).__name__}: {reason}".split())
            raise ValueError(
                f"the sampler raised {short(said)}; it is called with a key, the parameters and "
                "the number of samples: lambda key, parameters, n: ..."
            ) from reason
        if points.shape[:1] != (self.samples,):
            raise ValueError(
                f"a sampler returns {self.samples} points, of shape ({self.samples},) or "
                f"({self.samples}, d), got {points.shape}; write lambda key, parameters, n: ..."
            )
        return points


def _tensor(cls, centre, scale, nodes: Sequence[float], weights: Sequence[float]):
    """A product rule with the same nodes in every dimension."""
    if centre.ndim == 0:
        return cls(centre + scale * nodes, scale * weights)
    axes = np.meshgrid(*[nodes] * centre.size, indexing="ij")
    measures = np.meshgrid(*[weights] * centre.size, indexing="ij")
    points = np.stack([axis.ravel() for axis in axes], axis=-1)
    measure = np.prod([one.ravel() for one in measures], axis=0)
    return cls(centre + scale * points, np.prod(scale) * measure)
