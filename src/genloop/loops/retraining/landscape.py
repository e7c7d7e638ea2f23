"""The likelihoods of the real data and of a model's own law, on the points of both."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from ...models import Parametric, Points
from ...models.likelihood import RESOLVED as RESOLVED, Likelihood, climb
from ...operators import flattened
from ...printing import readable
from ...programs import known

_LANES = 8
_SAME = 1e-6

Matrix = Float[np.ndarray, "p p"]
Row = Float[np.ndarray, " p"]
Rows = Float[np.ndarray, "n p"]


@readable
class Curvatures(NamedTuple):
    """The expected Hessians of the log-density, under the real data and under the model.

    ```python
    matrix = np.array([[-2.0]])
    gl.loops.retraining.Curvatures(matrix, matrix / 2).sampled  # [[-1]]
    ```
    """

    real: Matrix
    sampled: Matrix


class Landscape:
    """What a fit sees at parameters in rows, with every weight of synthetic data.

    The points of the real data and of the model are joined and only their masses differ, so that
    one program serves the real likelihood, that of the model and all between them.
    """

    def __init__(self, model: Parametric, real: Points):
        model = known(model)
        own = model.law()
        own_points, own_masses = np.asarray(own.points, float), np.asarray(own.masses, float)
        points, masses = np.asarray(real.points, float), np.asarray(real.masses, float)
        if points.shape[1:] != own_points.shape[1:]:
            raise ValueError(
                f"the data are points of shape {points.shape[1:]} and the support has points of "
                f"shape {own_points.shape[1:]}; both are points of one space."
            )
        self.family, self.size = model.family, len(points)
        self.real_masses = np.concatenate([masses, 0 * own_masses])
        self.own_masses = np.concatenate([0 * masses, own_masses])
        joined = Points(np.concatenate([points, own_points]), self.real_masses)
        self.real = Likelihood.of(joined, model.family, _LANES)
        self.own = self.real.weighted(self.own_masses)

    def joined(self, synthetic_weight: float) -> Likelihood:
        """That of the real data and the weight of the model's own samples."""
        masses = self.real_masses + synthetic_weight * self.own_masses
        return self.real.weighted(masses / (1 + synthetic_weight))

    def maxima(self, starts: Rows, likelihood: Likelihood | None = None) -> Rows:
        """What ascent from the starts reaches, NaN where that is nothing."""
        return np.asarray(climb(self.real if likelihood is None else likelihood, starts)[0])

    def heights(self, rows: Rows) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
        """The mean log-likelihood of the real data and that of the model's own law."""
        written, log_total = self.real.written(rows)
        values = written - log_total[:, None]
        mean = lambda masses: values[:, masses > 0] @ masses[masses > 0]
        return mean(self.real_masses), mean(self.own_masses)

    def curvatures(self, row: Row) -> Curvatures:
        """The expected Hessians, under the real data and under the model."""
        return Curvatures(*(one.seen(row[None]).hessian[0] for one in (self.real, self.own)))

    def written(self, row: Row) -> tuple[Float[np.ndarray, " n"], float]:
        """The log-density at the real data as it is written, and the logarithm of its total."""
        written, log_total = self.real.written(row[None])
        return written[0, : self.size], float(log_total[0])

    def on_support(self, row: Row) -> Float[np.ndarray, " m"]:
        """The log-density at the points of the support as it is written."""
        return self.real.written(row[None])[0][0, self.size :]

    def real_written(self, rows: Rows) -> Float[np.ndarray, " n"]:
        """The mean of the log-density of the real data as it is written."""
        masses = self.real_masses[: self.size]
        return self.real.written(rows)[0][:, : self.size][:, masses > 0] @ masses[masses > 0]

    def total(self, row: Row) -> float:
        """The mass of the density on the support."""
        return float(np.exp(self.written(row)[1]))

    def off(self, rows: Rows) -> Float[np.ndarray, " n"]:
        """How far from one the mass of the density on the support is."""
        with np.errstate(over="ignore"):
            return np.abs(np.expm1(self.real.written(rows)[1]))

    def usable(self, rows: Rows, model: Row) -> Bool[np.ndarray, " n"]:
        """Which rows are finite and, where one of them or the model is, resolved by the support."""
        finite = np.isfinite(rows).all(1)
        if self.family.estimated or not finite.any():
            return finite
        off = self.off(np.concatenate([model[None], np.where(finite[:, None], rows, model)]))
        resolved = off <= RESOLVED
        return finite & (resolved[1:] | ~resolved.any())

    def laws(self, rows: Rows) -> Float[np.ndarray, "n m"]:
        """What tells distributions apart: their masses on the support, or their samples."""
        if self.family.estimated:
            return np.stack([np.ravel(self.family.law(row)[0]) for row in rows])
        written, log_total = self.real.written(rows)
        return np.exp(written[:, self.size :] - log_total[:, None] + self.real.log_measure)


def are_same(left: Float[np.ndarray, " m"], right: Float[np.ndarray, " m"], unit: float) -> bool:
    """Whether two laws agree to about seven digits."""
    return bool(np.abs(left - right).max() <= _SAME * max(unit, np.abs(left).max()))


def row_of(model: Parametric) -> Row:
    """The parameters of a model in a row, as known numbers."""
    return np.asarray(flattened(known(model.parameters))[0])
