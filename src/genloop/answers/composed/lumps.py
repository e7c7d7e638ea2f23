"""Outcomes of equal reward keep their shares of each other, so that few numbers stand for many."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar, Self

import equinox as eqx
import numpy as np

from ...analysis import FixedPoint
from ...language import Call, Expression, Pipeline, Real
from ...models import Categorical, GivenRewards
from ...stages import AbstractCuration, Draw, Mix
from .. import goals as known
from ..goals import percent
from ..real_data import name_of
from .chosen import ChosenLoop
from .fits import Fit, OutcomeFit, fit_to
from .notes import every_call

_FEW = 150
"""So many outcomes are solved one by one: the noise of finite samples is known of them."""


@dataclasses.dataclass(frozen=True)
class Lumps:
    r"""The likeliest outcome of every reward, and all others of that reward together.

    Where a loop only curates by these rewards, draws and mixes with its real data, outcomes of one
    reward keep the shares of each other that they have in the real data, $p_i = r_i P_c/R_c$ [CU].
    With the likeliest apart it is seen as well how differences within a reward decay. `places` is
    the lump of every outcome and `shares` its share of the lump.
    """

    real: Categorical
    places: np.ndarray
    shares: np.ndarray

    @classmethod
    def of(cls, real: Categorical, rewards: GivenRewards) -> Self:
        """The lumps of real data whose outcomes have rewards."""
        probabilities = np.asarray(real.probabilities)
        _, classes = np.unique(np.atleast_2d(rewards.values), axis=1, return_inverse=True)
        order = np.lexsort((-probabilities, classes.reshape(-1)))
        ranked = classes.reshape(-1)[order]
        leads = np.append(True, ranked[1:] != ranked[:-1])
        numbers = np.empty(len(order), dtype=int)
        numbers[order] = 2 * ranked + ~leads
        places = np.unique(numbers, return_inverse=True)[1]
        masses, counts = np.bincount(places, probabilities)[places], np.bincount(places)[places]
        # What the real data do not have is shared evenly.
        shares = np.divide(probabilities, masses, out=1 / counts, where=masses > 0)
        return cls(real, places, shares)

    @functools.cached_property
    def _first(self) -> np.ndarray:
        """The likeliest outcome of every lump."""
        order = np.lexsort((-np.asarray(self.real.probabilities), self.places))
        return order[np.unique(self.places[order], return_index=True)[1]]

    @functools.cached_property
    def masses(self) -> Categorical:
        """The real data by lumps, each with the name of its likeliest outcome."""
        masses = np.bincount(self.places, np.asarray(self.real.probabilities))
        counts = np.bincount(self.places)
        named = [name_of(self.real, int(one)) for one in self._first]
        labels = tuple(
            name if count == 1 else f"{name} and {count - 1:,} more"
            for name, count in zip(named, counts, strict=True)
        )
        read = self.real.read_from
        origin = read and dataclasses.replace(read, labels=labels, weights=None, fingerprints=())
        return Categorical.of(masses, origin=origin)

    def rewards(self, rewards: GivenRewards) -> GivenRewards:
        """The rewards of the lumps."""
        return dataclasses.replace(rewards, values=rewards.values[..., self._first])

    def whole(self, state: Categorical) -> Categorical:
        """The distribution over all outcomes that a state of lumps stands for."""
        probabilities = np.asarray(state.probabilities)[..., self.places] * self.shares
        return Categorical(probabilities, self.real.read_from)


@dataclasses.dataclass(frozen=True)
class CuratedFit(OutcomeFit):
    """Of distributions whose outcomes are chosen: also the least and the largest growth of one."""

    goals: ClassVar[Mapping[str, float]] = known.OUTCOMES | known.CURATED

    def excess(self, goal, level, fit):
        if goal not in known.CURATED:
            return super().excess(goal, level, fit)
        real = np.asarray(self.real.probabilities)
        factors = np.asarray(fit.probabilities)[real > 0] / real[real > 0]
        if goal == "kept":
            least = factors.min()
            return float(np.log(level) - np.log(least)) if least > 0 else np.inf
        return float(np.log(factors.max()) - np.log(level))

    def question(self, goal, level):
        if goal == "kept":
            return f"every token keeps {percent(level)} of its share"
        if goal == "grown":
            return f"no token grows more than {level:g} times"
        return super().question(goal, level)


@dataclasses.dataclass(frozen=True)
class LumpedFit(CuratedFit):
    """The measures of states of lumps, which are those of all outcomes."""

    lumps: Lumps

    def distances(self, fit):
        return super().distances(self.lumps.whole(fit))

    def excess(self, goal, level, fit):
        return super().excess(goal, level, self.lumps.whole(fit))

    def leading(self, fit):
        return super().leading(self.lumps.whole(fit))

    def leader(self, fit):
        return super().leader(self.lumps.whole(fit))


@dataclasses.dataclass(frozen=True)
class Solvable:
    """A loop as it is solved: by its lumps, where it has some, else as it is.

    `fit` measures its states beside the real data, all outcomes of them.
    """

    loop: ChosenLoop
    fit: Fit
    lumps: Lumps | None = None

    def whole(self, state: Any) -> Any:
        """The state of the loop that was asked about."""
        return state if self.lumps is None else self.lumps.whole(state)

    def whole_point(self, point: FixedPoint) -> FixedPoint:
        """The fixed point of the loop that was asked about."""
        if self.lumps is None:
            return point
        return eqx.tree_at(lambda one: one.state, point, self.whole(point.state))


def solvable(loop: ChosenLoop) -> Solvable:
    """A loop as it is solved: few numbers where outcomes of one reward keep together."""
    real, rewards = loop.real, loop.rewards
    if not isinstance(real, Categorical) or not curating_calls(loop.pipeline):
        return Solvable(loop, fit_to(real))
    keeps = rewards is not None and all(map(_keeps_shares, loop.pipeline.calls))
    if not keeps or real.outcomes <= _FEW:
        return Solvable(loop, CuratedFit(real))
    lumps = Lumps.of(real, rewards)
    if lumps.masses.outcomes == real.outcomes:
        return Solvable(loop, CuratedFit(real))
    pipeline = loop.pipeline.with_rewards(lumps.rewards(rewards))
    small = dataclasses.replace(loop, pipeline=pipeline, real=lumps.masses)
    return Solvable(small, LumpedFit(real, lumps), lumps)


def curating_calls(pipeline: Pipeline) -> list[Call]:
    """The stages of a composition in which somebody chooses, those inside of others as well."""
    return [call for call in every_call(pipeline) if issubclass(call.stage, AbstractCuration)]


def _keeps_shares(call: Call) -> bool:
    """Whether a stage keeps the shares of outcomes of one reward."""
    if issubclass(call.stage, AbstractCuration):
        return isinstance(call.arguments["reward"], Expression)
    mixed = call.name == Mix.__name__ and isinstance(call.arguments["real"], Real)
    return mixed or call.stage is Draw
