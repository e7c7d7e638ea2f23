"""Arrays of registers: the numbers of a JAX array, each by its place in a program."""

import dataclasses

import jax
import numpy as np


@dataclasses.dataclass(frozen=True)
class Registers:
    """An array of registers."""

    ids: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        return self.ids.shape

    def __getitem__(self, place) -> "Registers":
        return Registers(np.asarray(self.ids[place], dtype=np.int64))


def is_float(dtype) -> bool:
    """Whether numbers of this type are real numbers."""
    return jax.dtypes.issubdtype(dtype, np.floating)
