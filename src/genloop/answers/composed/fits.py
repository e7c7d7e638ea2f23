"""What is said of a fit beside the real data: its distances, and the goals that it meets."""

import abc
import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from ...models import Categorical, Gaussian
from .. import goals as known
from ..distances import distances
from ..goals import Goal, percent
from ..real_data import effective_vocabulary, name_of


@dataclasses.dataclass(frozen=True)
class Fit(abc.ABC):
    """The measures of fits to one kind of real data; `measure` names the one that is drawn."""

    real: Any
    goals: ClassVar[Mapping[str, float]]
    measure: ClassVar[str]

    @abc.abstractmethod
    def distances(self, fit: Any) -> Mapping[str, float]:
        """The distances of a fit from the real data, by name."""

    @abc.abstractmethod
    def excess(self, goal: str, level: float, fit: Any) -> float:
        """How far a fit is from meeting a goal: not above zero where it does."""

    @abc.abstractmethod
    def leading(self, fit: Any) -> float:
        """The measure by which a fit is drawn."""

    def leader(self, fit: Any) -> str | None:
        """The name of the likeliest outcome, where there are outcomes."""
        return None

    @abc.abstractmethod
    def question(self, goal: str, level: float) -> str:
        """The goal in words."""

    def meets(self, goals: Mapping[str, Goal], fit: Any) -> dict[str, bool]:
        """Whether a fit meets each goal."""
        return {name: bool(self.excess(name, goal.level, fit) <= 0) for name, goal in goals.items()}


class OutcomeFit(Fit):
    """Of distributions over outcomes: total variation, divergence, effective vocabulary."""

    goals = known.OUTCOMES
    measure = "largest_probability"

    def distances(self, fit):
        return distances(fit.probabilities, self.real.probabilities)._asdict()

    def excess(self, goal, level, fit):
        state, real = np.asarray(fit.probabilities), np.asarray(self.real.probabilities)
        if goal == "vocabulary":
            kept = effective_vocabulary(state) / effective_vocabulary(real)
            return float(abs(np.log(kept)) + np.log(level))
        moved = distances(state, real)
        return (moved.total_variation if goal == "tv" else moved.divergence) - level

    def leading(self, fit):
        return float(np.max(np.asarray(fit.probabilities)))

    def leader(self, fit):
        return name_of(self.real, int(np.asarray(fit.probabilities).argmax()))

    def question(self, goal, level):
        return {
            "tv": f"total variation at most {level:g}",
            "kl": f"divergence at most {level:g} nats",
            "vocabulary": f"vocabulary within {percent(level)}",
        }[goal]


class TableFit(Fit):
    r"""Of Gaussians: the variance kept, and the error of the mean, over all $d$ directions.

    `variance_kept` is $\operatorname{tr}(S_0^{-1} S)/d$, `mean_error` $(\mu - \mu_0)^\top S_0^{-1}
    (\mu - \mu_0)/d$.
    """

    goals = known.TABLE
    measure = "variance_kept"

    def distances(self, fit):
        inverse = np.linalg.inv(np.asarray(self.real.covariance))
        covariance, gap = np.asarray(fit.covariance), np.asarray(fit.mean - self.real.mean)
        return {
            "variance_kept": float(np.trace(inverse @ covariance)) / len(gap),
            "mean_error": float(gap @ inverse @ gap) / len(gap),
        }

    def excess(self, goal, level, fit):
        kept = self.distances(fit)["variance_kept"]
        return float((abs(np.log(kept)) if kept > 0 else np.inf) + np.log(level))

    def leading(self, fit):
        return self.distances(fit)["variance_kept"]

    def question(self, goal, level):
        return f"variance within {percent(level)}"


def fit_to(real: Categorical | Gaussian) -> Fit:
    """The measures of fits to these real data."""
    return (TableFit if isinstance(real, Gaussian) else OutcomeFit)(real)
