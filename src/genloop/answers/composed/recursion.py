"""Affine recursions of expected moments: their limits, and when a moment falls to a level."""

import dataclasses
import math
from collections.abc import Callable
from typing import Self

import numpy as np

_NEUTRAL = 1e-12
"""Eigenvalues this near to one are one: a matrix of a dozen operations has such rounding."""
_DOUBLINGS, _LATE = 40, 4
_SLOW, _GONE = 1e-11, 40.0


@dataclasses.dataclass(frozen=True)
class Recursion:
    r"""The affine recursion $x_{t+1} = A x_t + b$ of expected moments."""

    matrix: np.ndarray
    source: np.ndarray

    @classmethod
    def of(cls, step: Callable[[np.ndarray], np.ndarray], like: np.ndarray) -> Self:
        """The recursion of a function that is affine, found by its columns."""
        source = step(np.zeros_like(like))
        return cls(np.stack([step(unit) - source for unit in np.eye(len(source))], -1), source)

    @property
    def spectral_radius(self) -> float:
        """Below one there is one limit for every start."""
        return float(np.abs(np.linalg.eigvals(self.matrix)).max())

    @property
    def relaxation(self) -> float | None:
        r"""The generations $-1/\log \rho$ in which moments come nearer to the limit by $e$."""
        radius = self.spectral_radius
        return -1 / math.log(radius) if 0 < radius < 1 - _NEUTRAL else None

    @property
    def _whole(self) -> np.ndarray:
        """The matrix that acts on the state with a one below it."""
        return np.block([[self.matrix, self.source[:, None]], [np.zeros_like(self.source), 1.0]])

    def limit(self) -> np.ndarray:
        """$(I - A)^{-1} b$."""
        return np.linalg.solve(np.eye(len(self.source)) - self.matrix, self.source)

    def late(self, state: np.ndarray) -> list[np.ndarray]:
        """The states after $2^{k - 4}, ..., 2^k$ generations, or the limit in their place.

        In $2^{k - 4}$ generations all is gone of what decays; where something grows $k = 40$.
        """
        rates = np.abs(np.linalg.eigvals(self.matrix))
        if rates.max() < 1 - _NEUTRAL:
            return [self.limit()] * (_LATE + 1)
        decaying = rates[rates < 1 - _SLOW].max(initial=0.0)
        last = math.ceil(math.log2(_GONE / (1 - decaying))) + _LATE
        grows = rates.max() > 1 + _SLOW
        powers = self._powers(_DOUBLINGS if grows else min(last, _DOUBLINGS))[-_LATE - 1 :]
        with np.errstate(over="ignore", invalid="ignore"):
            return [(power @ np.append(state, 1.0))[:-1] for power in powers]

    def first_below(
        self, state: np.ndarray, number: Callable[[np.ndarray], float], level: float
    ) -> float:
        """The first generation in which a number that falls is at most a level; infinite if none.

        By the powers of the matrix to $2^{40}$ generations, the largest step first.
        """
        at, passed = np.append(state, 1.0), 0
        if number(at[:-1]) <= level:
            return 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for doubling, power in reversed(list(enumerate(self._powers()))):
                later = power @ at
                # What has overflowed is above.
                if not number(later[:-1]) <= level:
                    at, passed = later, passed + 2**doubling
        return math.inf if passed >= 2**_DOUBLINGS else passed + 1.0

    def _powers(self, doublings: int = _DOUBLINGS) -> list[np.ndarray]:
        powers = [self._whole]
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(doublings):
                powers.append(powers[-1] @ powers[-1])
        return powers
