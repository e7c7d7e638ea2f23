"""The provenance of the data behind a model."""

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
