"""A loop as it was chosen: composed stages, parameters that are set, and the one to be found."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import equinox as eqx

from ...errors import InputError
from ...language import Name, Pipeline, parse
from ...models import Categorical, Gaussian
from ...stages import AbstractStage
from ...stages.accumulate import AbstractCollection

SHARES = ("real_fraction", "mass", "ratio", "share")
"""Arguments of stages that lie between 0 and 1."""
SMALLEST_SHARE = 1e-6
"""Where an interval of shares begins: at zero the derivative of a loop need not exist."""


@dataclasses.dataclass(frozen=True)
class ChosenLoop:
    """A composition on `real` data with `values` for its parameters; one name may be `unknown`.

    `interval` are the values of the unknown that are asked for. `seed` draws what is drawn once and
    for ever, as the real set of `Mix.fixed`.
    """

    pipeline: Pipeline
    real: Categorical | Gaussian
    values: Mapping[str, float]
    unknown: str | None = None
    interval: tuple[float, float] | None = None
    seed: int = 0

    @property
    def text(self) -> str:
        """The composition with the numbers of the parameters that are set."""
        return self.pipeline.with_values(self.values).text

    def stage(self, value: Any = None) -> AbstractStage:
        """The loop at a value of the unknown."""
        known = dict(self.values) if self.unknown is None else {**self.values, self.unknown: value}
        return self.pipeline.build(known, real=self.real, seed=self.seed)

    def map(self, value: Any = None) -> AbstractStage:
        """The map of infinite data on fits: of collected data that which replaces them [AC-2].

        A training set that is kept has the fixed points of the loop that replaces it.
        """
        stage = self.stage(value)
        return stage.replaced if isinstance(stage, AbstractCollection) else stage

    @property
    def family(self) -> "Family":
        """The maps by the value of the unknown, which JAX may trace."""
        values = tuple(self.values.items())
        return Family(self.real, self.pipeline, values, self.unknown, self.seed)


class Family(eqx.Module):
    """The map of a loop at a value of its unknown, as one function for all of them: a pytree.

    Maps of families that differ in nothing but the real data have the same programs.
    """

    real: Categorical | Gaussian
    pipeline: Pipeline = eqx.field(static=True)
    values: tuple[tuple[str, float], ...] = eqx.field(static=True)
    unknown: str = eqx.field(static=True)
    seed: int = eqx.field(static=True)

    def __call__(self, value: Any) -> AbstractStage:
        loop = ChosenLoop(self.pipeline, self.real, dict(self.values), self.unknown, seed=self.seed)
        return loop.map(value)


def chosen(
    loop: str | Pipeline,
    real: Categorical | Gaussian,
    *,
    values: Mapping[str, float] | None = None,
    unknown: str | None = None,
    interval: tuple[float, float] | None = None,
    seed: int = 0,
) -> ChosenLoop:
    """The loop with its unknown and the interval of it that is asked for.

    Without a name the only parameter that is not set is the unknown; a share of something has the
    interval from nearly 0 to 1. Raises `ValueError` where that does not say which one is meant, and
    for numbers of parameters that there are not.
    """
    pipeline = parse(loop) if isinstance(loop, str) else loop
    values = dict(values or {})
    free = tuple(name for name in pipeline.parameters if name not in values)
    for name in values:
        if name not in pipeline.parameters:
            raise InputError("E136", f"{name} is no parameter of this loop; {_names(pipeline)}.")
    if unknown is not None and unknown not in free:
        raise InputError(
            "E136", f"{unknown} is no free parameter of this loop; {_names(pipeline)}."
        )
    missing = [name for name in free if name != unknown]
    if unknown is None and len(free) == 1:
        unknown, missing = free[0], []
    if missing:
        raise InputError(
            "E136",
            f"{', '.join(missing)} has no value; set it, for example {missing[0]}=0.3, or find it.",
        )
    if unknown is not None and interval is None:
        interval = _natural_interval(pipeline, unknown)
    return ChosenLoop(pipeline, real, values, unknown, interval, seed)


def _names(pipeline: Pipeline) -> str:
    names = pipeline.parameters
    return f"its parameters are {', '.join(names)}" if names else "it has no parameters"


def _natural_interval(pipeline: Pipeline, unknown: str) -> tuple[float, float]:
    """From nearly 0 to 1 for a share; nothing else has an interval of its own."""
    places = set(_places(pipeline, unknown))
    if places and places <= set(SHARES):
        return SMALLEST_SHARE, 1.0
    raise InputError(
        "E136",
        f"{unknown} has no natural interval; give one, for example {unknown}=0.1:2.",
    )


def _places(pipeline: Pipeline, unknown: str) -> Iterator[str]:
    """The arguments in which the unknown stands, at every depth; computed ones have no name."""
    for call in pipeline.calls:
        for name, value in call.pairs:
            if isinstance(value, Pipeline):
                yield from _places(value, unknown)
            elif unknown in value.parameters:
                yield name if isinstance(value, Name) else "computed"
