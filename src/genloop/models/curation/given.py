"""Rewards of outcomes as they are given: by a table of tokens, or as an array."""

import dataclasses
import functools
import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from ...printing import readable
from .reward import Rewards


@readable
@dataclasses.dataclass(frozen=True, eq=False)
class GivenRewards:
    r"""The rewards of the outcomes of a model, in its order, and where they are from.

    `values` has shape `(K,)`, or `(groups, K)` for several groups of curators, whose names are
    `groups`. `source`, `sha256` and `reading` (sentences on what was chosen in reading) are those
    of the file; `None` and empty for numbers that were given.

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
        """Numbers of shape `(K,)` or `(groups, K)`; `ValueError` for anything else."""
        if isinstance(values, GivenRewards):
            return values
        found = Rewards.of(np.array(values, dtype=float))
        array = np.asarray(found.values)
        array.setflags(write=False)
        several = array.ndim == 2
        groups = [f"group {i + 1}" for i in range(len(array))] if several else ["reward"]
        return cls(array, tuple(groups))

    @functools.cached_property
    def _classes(self) -> tuple[np.ndarray, np.ndarray]:
        """The rewards of outcomes that some group tells apart, and which of them each one has."""
        levels, places = np.unique(self.values, axis=-1, return_inverse=True)
        return levels, places.reshape(-1)

    @property
    def different(self) -> int:
        """The number of classes of outcomes of which every group thinks alike."""
        return self._classes[0].shape[-1]

    def mapped(self, function: Callable[[np.ndarray], Any]) -> Rewards:
        """The rewards after a function of each of them, which JAX may trace."""
        levels, places = self._classes
        return Rewards.of_classes(function(levels), places)

    @functools.cached_property
    def _identity(self):
        digest = hashlib.sha256(self.values.tobytes()).hexdigest()
        return digest, self.values.shape, self.source, self.sha256

    def __eq__(self, other):
        return isinstance(other, GivenRewards) and self._identity == other._identity

    def __hash__(self):
        return hash(self._identity)

    def _printed(self) -> dict[str, Any]:
        return {"groups": self.groups, "different": self.different, "source": self.source}
