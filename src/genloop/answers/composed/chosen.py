"""A loop as it was chosen: composed stages, parameters that are set, and the one to be found."""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from ...arguments import kind_of
from ...errors import InputError
from ...language import Pipeline, parse, uses
from ...language.pipeline import Building
from ...models import Categorical, Gaussian, GivenRewards
from ...precision import in_double
from ...stages import AbstractStage, Loop
from ...stages.accumulate import AbstractCollection
from ..real_data import check_real_data
from .pooled import pooled_loop, sought_points

SMALLEST_SHARE = 1e-6
"""Where an interval of shares begins: at zero the derivative of a loop need not exist."""
_TEMPERATURES = (1e-3, 1e3)
_POINTS = (2, 10**9)


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

    @property
    def rewards(self) -> GivenRewards | None:
        """What `reward` stands for in it, if it stands for anything."""
        return self.pipeline.rewards

    @property
    def is_table(self) -> bool:
        """Whether the real data are a Gaussian."""
        return isinstance(self.real, Gaussian)

    @property
    def in_full(self) -> bool:
        """Whether the unknown is asked for wherever it makes sense."""
        return self.interval == (SMALLEST_SHARE, 1.0)

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


@in_double
def chosen(
    loop: str | Pipeline,
    real: Categorical | Gaussian,
    *,
    values: Mapping[str, float] | None = None,
    unknown: str | None = None,
    interval: tuple[float, float] | None = None,
    findable: bool = True,
    seed: int = 0,
) -> ChosenLoop:
    """The loop with its unknown and the interval of it that is asked for.

    Without a name the only parameter that is not set is the unknown, or the only share among them,
    unless nothing is `findable`; a share of something has the interval from nearly 0 to 1. Raises
    `ValueError` where that does not say which one is meant, for what is no loop and no model,
    `InputError` E134 for numbers that stages refuse and a loop that does not act on the real data.
    """
    check_real_data(real)
    real = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype=float), real)
    pipeline, values = _pipeline(loop), dict(values or {})
    for name in values:
        if name not in pipeline.parameters:
            raise InputError("E136", f"{name} is no parameter of this loop; {_names(pipeline)}.")
    free = tuple(name for name in pipeline.parameters if name not in values)
    if unknown is not None and unknown not in free:
        raise InputError(
            "E136", f"{unknown} is no free parameter of this loop; {_names(pipeline)}."
        )
    if unknown is None and findable:
        unknown = uses.implied(pipeline, free)
    for name in free:
        if name != unknown:
            raise InputError("E136", f"{uses.unset(pipeline, name)}.")
    asked = ChosenLoop(pipeline, real, values, unknown, seed=seed)
    if unknown is None:
        check_acts(asked, None)
        return asked
    ends = _natural_interval(asked, unknown) if interval is None else _interval(interval)
    _check_found(asked, ends, natural=interval is None)
    return dataclasses.replace(asked, interval=ends)


def _pipeline(loop: Any) -> Pipeline:
    if isinstance(loop, str | Pipeline):
        return parse(loop) if isinstance(loop, str) else loop
    raise ValueError(
        "a loop is text here, such as 'Temper(0.8) >> Mix(real, a)', or what "
        f"genloop.language.parse makes of it, got {kind_of(loop)}."
    )


def _names(pipeline: Pipeline) -> str:
    names = pipeline.parameters
    return f"its parameters are {', '.join(names)}" if names else "it has no parameters"


def _natural_interval(asked: ChosenLoop, unknown: str) -> tuple[float, float]:
    """From nearly 0 to 1 for a share; temperature and points of a solved loop may be any."""
    if asked.is_table and sought_points(asked.pipeline, asked.values, unknown):
        return _POINTS
    _check_searchable(asked.pipeline, unknown)
    if uses.is_share(asked.pipeline, unknown):
        return SMALLEST_SHARE, 1.0
    solved = pooled_loop(asked.pipeline, asked.values) if asked.is_table else None
    if solved is not None and solved.temperature == unknown:
        return _TEMPERATURES
    raise InputError(
        "E136",
        f"{unknown} has no natural interval; give one, for example --find {unknown}=0.1:2.",
    )


def _interval(interval: Any) -> tuple[float, float]:
    """Two ends, the lower one first; `InputError` E136 for anything else."""
    try:
        lower, upper = map(float, interval)
    except (TypeError, ValueError):
        lower = upper = math.nan
    if not -math.inf < lower < upper < math.inf:
        raise InputError(
            "E136", "an interval is two numbers, the lower one first, such as (0.1, 2)."
        )
    return lower, upper


def _check_searchable(pipeline: Pipeline, unknown: str) -> None:
    if uses.is_count(pipeline, unknown):
        number = uses.fitting(pipeline, unknown)
        raise InputError(
            "E136",
            f"{unknown} counts something and cannot be searched; set it, for example --set "
            f"{unknown}={number:g}, and compare several.",
        )


def _check_found(asked: ChosenLoop, ends: tuple[float, float], *, natural: bool) -> None:
    """Raises `InputError` for an unknown that is a count, or that goes too far, or a wrong loop."""
    if ends == _POINTS:
        check_acts(asked, _POINTS[0])
        return
    _check_searchable(asked.pipeline, asked.unknown)
    for end in () if natural else ends:
        check_value(asked, end)
    check_acts(asked, 0.5 * (ends[0] + ends[1]))


def check_value(asked: ChosenLoop, value: float) -> None:
    """Raises `InputError` E134 for a value of the unknown that a stage refuses."""
    try:
        asked.stage(value)
    except InputError as failure:
        share = uses.is_share(asked.pipeline, asked.unknown)
        remedy = "stay between 0 and 1" if share else "give another number"
        told = failure.message.rstrip(".")
        what = f"{asked.unknown} cannot be {value:g}"
        raise InputError("E134", f"{what}: {told}; {remedy}.") from None


def check_acts(asked: ChosenLoop, value: float | None) -> None:
    """Build the loop at a value of its unknown, and see that it acts on the real data.

    Raises `InputError` E134 with the stage that does not: nothing is computed.
    """
    known = asked.values if asked.unknown is None else {**asked.values, asked.unknown: value}
    stages = asked.pipeline.stages(Building(known, asked.real, asked.seed))
    whole = stages[0] if len(stages) == 1 else Loop(stages)
    state = _shapes(asked.pipeline, whole.begin, asked.real)
    for call, stage in zip(asked.pipeline.calls, stages, strict=True):
        state = _shapes(call, stage, state)


def _shapes(part: Any, function: Callable[[Any], Any], state: Any) -> Any:
    """The shapes of an image; `InputError` E134 with the place of the part where there is none."""
    try:
        return eqx.filter_eval_shape(function, state)
    except InputError:
        raise
    except (ValueError, TypeError, AttributeError, NotImplementedError) as failure:
        words = " ".join(str(failure).split()).rstrip(".")
        if not isinstance(failure, ValueError):
            words = f"this does not act on a {kind_of(state)}"
        raise part.place.error("E134", words) from None
