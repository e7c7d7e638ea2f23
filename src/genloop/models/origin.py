"""The provenance of the data behind a model, and of what people think of it."""

import dataclasses
import hashlib
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import jax.core
import numpy as np

from ..printing import readable


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class Origin:
    """The provenance of a distribution that was measured on real data.

    A model that was learned from it keeps its labels, and is recognised as another one by the
    `fingerprints` of the numbers.

    Two origins are equal when their data are: identity is the `sha256` of the input, how it was
    read and how many labels it has, so that a model stays a cheap compilation key however many
    labels it carries.

    Attributes: `labels` one name an outcome (or a dimension), `source` a file name or a
    description, `sha256` the hexadecimal digest of the input's bytes, `size` the number of
    observations behind the distribution (`None` where the source does not tell), `weights` the
    counts of the input without rounding, one an outcome (`None` where it has none), `tokenisation`
    the rule that made tokens of a text (`None` where none did), `reading` sentences on what was
    chosen in reading, `warnings` sentences on what the input may not mean, `fingerprints` those of
    the numbers, in double and in single precision.

    ```python
    origin = gl.models.Origin(("the", "of"), "words.txt", "0" * 64, 100)
    gl.Categorical.of([60, 40], origin=origin).labels  # [the, of]
    ```
    """

    labels: tuple[str, ...]
    source: str
    sha256: str
    size: int | None
    weights: tuple[int | Fraction, ...] | None = None
    tokenisation: str | None = None
    reading: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()

    def _identity(self):
        return (self.sha256, self.source, self.size, len(self.labels), self.reading)

    def __eq__(self, other):
        return isinstance(other, Origin) and self._identity() == other._identity()

    def __hash__(self):
        return hash(self._identity())


def fingerprint(arrays: Sequence[Any], dtype: Any = None) -> str | None:
    """A digest of numbers to the last bit, as they are or as `dtype`; `None` under a trace."""
    digest = hashlib.sha256()
    for array in arrays:
        if isinstance(array, jax.core.Tracer):
            return None
        digest.update(np.asarray(array, dtype=dtype).tobytes())
    return digest.hexdigest()


def shares(weights: Sequence[int | Fraction]) -> list[float]:
    r"""$w_i / \sum_j w_j$ of exact weights, each rounded once to the nearest double."""
    denominator = math.lcm(*(weight.denominator for weight in weights))
    whole = [weight.numerator * (denominator // weight.denominator) for weight in weights]
    total = sum(whole)
    # Python divides whole numbers of any size with a single rounding.
    return [count / total for count in whole]


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class GivenRewards:
    r"""What curators think of each outcome of a model: $r$, of the odds $e^r$ with which it wins.

    `values` has shape `(K,)`, or `(groups, K)` for several groups of curators, in the order of the
    outcomes of the model; `groups` are the names of the columns. `source`, `sha256` and `reading`
    are those of the file, `None` and empty for numbers that were given.

    ```python
    gl.models.GivenRewards.of([0.0, 1.0, 1.0]).different  # 2
    ```
    """

    values: np.ndarray
    groups: tuple[str, ...] = ("reward",)
    source: str | None = None
    sha256: str | None = None
    reading: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Any) -> "GivenRewards":
        """Numbers that are given, shape `(K,)` or `(groups, K)`; `ValueError` for anything else."""
        if isinstance(values, GivenRewards):
            return values
        array = np.array(values, dtype=float)
        if array.ndim not in (1, 2) or not np.isfinite(array).all():
            raise ValueError(
                "rewards are finite numbers of shape (K,), or (groups, K) for several groups of "
                f"curators, got an array of shape {array.shape}."
            )
        array.setflags(write=False)
        number = 1 if array.ndim == 1 else len(array)
        named = ("reward",) if number == 1 else tuple(f"reward {i + 1}" for i in range(number))
        return cls(array, named)

    @property
    def different(self) -> int:
        """The number of outcomes that some group tells apart: classes of equal rewards."""
        return len(np.unique(np.atleast_2d(self.values), axis=1).T)

    def _identity(self):
        digest = hashlib.sha256(self.values.tobytes()).hexdigest()
        return (digest, self.values.shape, self.source, self.sha256)

    def __eq__(self, other):
        return isinstance(other, GivenRewards) and self._identity() == other._identity()

    def __hash__(self):
        return hash(self._identity())

    def _printed(self) -> dict[str, Any]:
        return {"groups": self.groups, "different": self.different, "source": self.source}
