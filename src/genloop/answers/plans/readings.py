"""What is followed from generation to generation, and how far it is from a goal.

Expected moments where they close, else the map of infinite data. The same stages are read twice:
exactly, built anew in every generation, and with numbers that JAX may trace, for gradients.
"""

import abc
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from ... import numeric as xp
from ...language import Call, Pipeline, Real, Scheduled
from ...language.pipeline import Building
from ...models import Categorical, Gaussian
from ...stages import (
    AbstractStage,
    Accumulate,
    Draw,
    Mix,
    Renew,
    Subsample,
    Temper,
    Unbias,
    Window,
)
from ...stages.accumulate import AbstractCollection
from ..composed.memory import fit_of

TABLE = {"variance": 0.9, "mean": 0.1, "w2": 0.2}
"""The expected variance within a share of the real one, the error of the mean and the Wasserstein
distance at most, both in real standard deviations."""
DIVERSITY = {"diversity": 0.9}
"""The expected heterozygosity at least, as a share of the real one."""
OUTCOMES = {"tv": 0.1, "kl": 0.05, "vocabulary": 0.9}
"""The goals of infinite data."""
_LEAST = 1e-9
"""Real points for a gradient where there are none: their mean would be 0/0."""
_MOMENTS = {Draw: "draw", Mix: "mix", Unbias: "unbias"}
_CLOSED = (*_MOMENTS, Temper, Renew, Accumulate, Window, Subsample)
"""Stages whose moments close at temperature one, and direction by direction at any."""


@dataclasses.dataclass(frozen=True)
class Reading(abc.ABC):
    """A state with its numbers, and the goals that are set for them."""

    real: Any

    @abc.abstractmethod
    def begin(self, first: Any) -> Any:
        """The state before the first generation: of the real data, or of a pool that is kept."""

    @abc.abstractmethod
    def advance(self, stage: AbstractStage, state: Any) -> Any:
        """The state a generation later, exactly."""

    @abc.abstractmethod
    def traced(self, call: Call, building: Building, state: Any) -> Any:
        """The state behind one stage, with numbers that JAX may trace."""

    @abc.abstractmethod
    def statistics(self, state: Any) -> dict[str, Any]:
        """The numbers of a state by name."""

    @abc.abstractmethod
    def margins(self, state: Any, goals: Mapping[str, float]) -> list[Any]:
        """Numbers that are not negative where the goals are met; smooth."""

    def start(self, pipeline: Pipeline, values: Mapping[str, Any]) -> Any:
        """The state before the first generation, with numbers that JAX may trace."""
        for call in pipeline.calls:
            if issubclass(call.stage, AbstractCollection):
                stage = call.made(Building(values, self.real, 0))
                return self.begin(stage.begin(self.real))
        return self.begin(self.real)

    def follow(self, pipeline: Pipeline, values: Mapping[str, Any], state: Any) -> Any:
        """The state a generation later, with numbers that JAX may trace."""
        building = Building(values, self.real, 0)
        for call in pipeline.calls:
            state = self.traced(call, building, state)
        return state


class _OfMoments(Reading):
    """Expected moments."""

    def begin(self, first):
        return first.moments()

    def advance(self, stage, state):
        return stage.moments(state)

    def traced(self, call, building, state):
        # A count is whole where a stage is made, and any number where its moments are.
        if call.stage not in _MOMENTS or "." in call.name:
            return call.made(building).moments(state)
        numbers = {name: _number(value, building) for name, value in call.pairs}
        if call.stage is Mix and "samples" in numbers:
            numbers["samples"] = xp.maximum(numbers["samples"], _LEAST)
        return getattr(state, _MOMENTS[call.stage])(**numbers)


class TableMoments(_OfMoments):
    """Expected variance and error of the mean, averaged over directions in real deviations."""

    def _numbers(self, state) -> tuple[Any, Any]:
        state = _fit(state)
        inverse = np.linalg.inv(np.asarray(self.real.factor))
        within = lambda matrix: jnp.diagonal(inverse @ matrix @ inverse.T)
        return within(state.covariance), within(state.error(self.real.mean))

    def statistics(self, state):
        variance, error = self._numbers(state)
        far = error + (jnp.sqrt(variance) - 1) ** 2
        return {
            "variance_kept": variance.mean(),
            "error_of_mean": jnp.sqrt(error.mean()),
            "w2": jnp.sqrt(far.mean()),
        }

    def margins(self, state, goals):
        variance, error = self._numbers(state)
        found = []
        for name, level in goals.items():
            if name == "variance":
                found += [variance.mean() - level, 1 / level - variance.mean()]
            elif name == "mean":
                found.append(level**2 - error.mean())
            else:
                far = error + (jnp.sqrt(variance) - 1) ** 2
                found.append(level**2 - far.mean())
        return found


class OutcomeMoments(_OfMoments):
    """Expected heterozygosity, at temperature one."""

    def traced(self, call, building, state):
        return state if call.stage is Temper else super().traced(call, building, state)

    def statistics(self, state):
        whole = 1 - (self.real.probabilities**2).sum()
        return {"diversity_kept": (1 - _fit(state).square) / whole}

    def margins(self, state, goals):
        kept = self.statistics(state)["diversity_kept"]
        return [kept - level for level in goals.values()]


class InfiniteData(Reading):
    """The map on outcomes: nothing is drawn."""

    def begin(self, first):
        return first

    def advance(self, stage, state):
        return stage(state)

    def traced(self, call, building, state):
        if call.stage in (Draw, Unbias):
            return state
        pairs = tuple(pair for pair in call.pairs if call.name != "Mix" or pair[0] != "samples")
        return dataclasses.replace(call, pairs=pairs).made(building)(state)

    def statistics(self, state):
        ratio, moved, divergence = self._numbers(state)
        return {"total_variation": moved, "divergence": divergence, "vocabulary_kept": ratio}

    def margins(self, state, goals):
        ratio, moved, divergence = self._numbers(state)
        found = {"tv": lambda x: [x - moved], "kl": lambda x: [x - divergence]}
        found["vocabulary"] = lambda x: [ratio - x, 1 / x - ratio]
        return [margin for name, level in goals.items() for margin in found[name](level)]

    def _numbers(self, state):
        state = fit_of(state)
        p, r = state.probabilities, np.asarray(self.real.probabilities)
        seen = r > 0
        inner = jnp.where(seen, r * jnp.log(jnp.where(seen, r, 1) / jnp.where(seen, p, 1)), 0.0)
        ratio = jnp.exp(state.entropy()) / np.exp(-(r[seen] * np.log(r[seen])).sum())
        return ratio, 0.5 * jnp.abs(p - r).sum(), inner.sum()


def reading_of(loop: Scheduled, real: Categorical | Gaussian, *, moments: bool) -> Reading:
    """The reading of a loop on these data; `moments` where a loop on outcomes has them."""
    if isinstance(real, Gaussian):
        # Every direction obeys the recursion of one: all matrices are multiples of the real one.
        same = all(call.stage in _CLOSED and is_own(call) for call in _calls(loop.pipeline))
        return TableMoments(_unit() if same else real)
    return OutcomeMoments(real) if moments else InfiniteData(real)


def close(loop: Scheduled, generations: int) -> bool:
    """Whether the moments of outcomes close: every temperature is one, nothing is cut."""
    calls = list(_calls(loop.pipeline))
    for call in calls:
        if call.stage not in _CLOSED:
            return False
        if call.stage is Temper and not _is_one(call, loop, generations):
            return False
    return any(call.stage is Draw or "samples" in call.arguments for call in calls)


def _calls(part: Any) -> Iterator[Call]:
    """The stages at every depth."""
    for call in part.calls if isinstance(part, Pipeline) else (part,):
        if issubclass(call.stage, AbstractStage):
            yield call
            for value in call.arguments.values():
                if isinstance(value, Call | Pipeline):
                    yield from _calls(value)


def _is_one(call: Call, loop: Scheduled, generations: int) -> bool:
    heat = call.arguments["temperature"]
    known = {*loop.values, *(one.name for one in loop.schedules)}
    if not known.issuperset(heat.parameters):
        return False
    return all(heat.value(loop.numbers(t)) == 1 for t in range(generations))


def _fit(state: Any) -> Any:
    """The moments of the fit: of data that are kept, to all of them or those that were chosen."""
    return getattr(state, "moments", state)


def is_own(call: Call) -> bool:
    """Whether a stage mixes with the real data themselves, if with any."""
    return call.name != "Mix.fixed" and isinstance(call.arguments.get("real", _REAL), Real)


_REAL = Real(None)


def _number(value: Any, building: Building) -> Any:
    return value.made(building) if isinstance(value, Real | Call) else value.value(building.values)


def _unit() -> Gaussian:
    return Gaussian(np.zeros(1), np.ones((1, 1)))
