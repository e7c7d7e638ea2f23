"""The real data that an answer is about."""

import dataclasses
from collections.abc import Callable
from typing import Any, overload

import numpy as np

from .. import data
from ..arguments import check_one, kind_of
from ..errors import InputError, escaped
from ..models import Categorical, Gaussian, GivenRewards, MarkovChain, Particles
from ..printing import plural, readable


@readable
@dataclasses.dataclass(frozen=True)
class RealData:
    """The source of real data, and how they were read.

    `observations` is how many there were, `reading` and `warnings` are sentences on what could have
    been read otherwise; `None` or empty where nothing was read.

    ```python
    gl.answers.bounds(gl.Categorical.uniform(3), temperature=0.8).input.source
    ```
    """

    source: str
    observations: int | None
    tokenisation: str | None
    reading: tuple[str, ...]
    warnings: tuple[str, ...]

    def _in_short(self) -> str:
        count = "" if self.observations is None else f", {plural(self.observations, 'observation')}"
        return f"{escaped(self.source)}{count}"


@readable
@dataclasses.dataclass(frozen=True)
class RealOutcomes(RealData):
    """A distribution over outcomes, with their number and the exponential of its entropy.

    ```python
    gl.answers.bounds(gl.Categorical.uniform(3), temperature=0.8).input.effective_vocabulary  # 3
    ```
    """

    outcomes: int
    effective_vocabulary: float


@readable
@dataclasses.dataclass(frozen=True)
class RealTable(RealData):
    """A table of numbers, with the number of its columns.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[2.0, 0.5], [0.5, 1.0]])
    gl.answers.threshold(real, temperature=0.9, real_fraction=0.2).input.dimensions  # 2
    ```
    """

    dimensions: int


def check_real_data(real: Any) -> None:
    """Raises `ValueError` unless these are one distribution over outcomes, a Gaussian or points."""
    if not isinstance(real, Categorical | Gaussian | Particles):
        raise ValueError(
            f"real must be a Categorical, a Gaussian or Particles, got {kind_of(real)}; make one "
            "with Categorical.of, Gaussian.of or Particles.of. Loops of other models are asked by "
            "gl.fixed_point, gl.orbits and their moments."
        )
    check_one("real", real, type(real))


def check_no_points(real: Any, what: str) -> None:
    """Raises `InputError` E136 for points, whose loops of kernels are asked something else."""
    if isinstance(real, Particles):
        raise InputError(
            "E136",
            f"{what} of kernel density loops are not known; ask genloop threshold for the real "
            "data that they need, or genloop fixed-points for their end.",
        )


_READERS: dict[str, Callable[..., Any]] = {
    "tokens": data.tokens,
    "counts": data.counts,
    "table": data.table,
    "points": data.points,
    "words": data.words,
    "uniform": Categorical.uniform,
}


def read(kind: str, source: Any, **how: Any) -> Any:
    """The model of real data by the reader of this kind.

    `kind` is "tokens", "counts", "table", "words", or "uniform" for so many equal outcomes;
    "points" are the rows of a table themselves.
    """
    return _READERS[kind](source, **how)


def rewards(path: str, real: Categorical, *, default: float | None = None) -> GivenRewards:
    """The rewards of the outcomes of a model, from a table of tokens."""
    return data.rewards(path, real, default=default)


def schedules(path: str) -> dict[str, tuple[float, ...]]:
    """The columns of a table of numbers by generation."""
    return data.schedules(path)


@overload
def described(real: Categorical | MarkovChain) -> RealOutcomes: ...
@overload
def described(real: Gaussian | Particles) -> RealTable: ...
def described(real: Any) -> RealOutcomes | RealTable:
    """The record of what a model of real data was read from."""
    origin, table = real.origin, isinstance(real, Gaussian | Particles)
    if origin is None:
        uniform = not table and np.ptp(np.asarray(real.probabilities)) == 0
        source = "uniform distribution" if uniform else "numbers that were given"
        read = source, None, None, (), ()
    else:
        read = origin.source, origin.size, origin.tokenisation, origin.reading, origin.warnings
    if table:
        return RealTable(*read, real.dimension)
    return RealOutcomes(*read, real.outcomes, effective_vocabulary(real.probabilities))


def effective_vocabulary(probabilities: Any) -> float:
    r"""$e^{H(p)}$ in NumPy, where nothing has to be compiled for one number."""
    positive = np.asarray(probabilities)[np.asarray(probabilities) > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()))


def name_of(real: Any, index: int) -> str:
    """The label of an outcome; outcomes without labels are numbered from 1."""
    return f"outcome {index + 1}" if real.labels is None else real.labels[index]


def equally_likely(real: Any) -> tuple[np.ndarray, np.ndarray]:
    """The first of every class of equally likely outcomes, the likeliest first, and its size."""
    probabilities = -np.asarray(real.probabilities)
    _, first, counts = np.unique(probabilities, return_index=True, return_counts=True)
    return first, counts


def real_points_of(samples: int, real_samples: int | None, real_fraction: float | None) -> int:
    r"""The real points a generation: as given, or $a n/(1 - a)$ to the nearest whole number.

    Raises `ValueError` where both are given, and for a real fraction of one.
    """
    if real_samples is not None and real_fraction is not None:
        raise ValueError("real_samples and real_fraction both set the real data; give one of them.")
    if real_fraction == 1:
        raise ValueError("the real fraction is 1, which leaves no loop; give one below 1.")
    if real_samples is not None:
        return real_samples
    return 0 if real_fraction is None else round(real_fraction * samples / (1 - real_fraction))
