"""A loop as it is written, with names for the numbers that are not chosen yet."""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import did_you_mean, shown
from ..models import AbstractModel, GivenRewards
from ..models.model import array_of
from ..stages import AbstractStage, Loop
from .expressions import Expression, merged, whole
from .meaning import COUNTS, REAL, Constructor, counted, key_of
from .places import Place
from .rewards import REWARD, Reward, rewarded, rewards_in, rewards_of


class Building:
    """What a loop is built with; keys are counted in the order in which stages are built."""

    def __init__(self, values: Mapping[str, Any], real: AbstractModel | None, seed: int):
        self.values, self.real, self.seed = values, real, seed
        self.places = itertools.count()

    def key(self) -> Any:
        """The next key."""
        return key_of(self.seed, next(self.places))


@dataclasses.dataclass(frozen=True)
class Real:
    """The real data, written `real`.

    ```python
    gl.language.parse("Mix(real, a)").calls[0].arguments["real"].text  # real
    ```
    """

    place: Place = dataclasses.field(compare=False, repr=False)
    text = REAL
    parameters = ()

    def with_values(self, values: Mapping[str, Any]) -> "Real":
        """The same: they are not a number."""
        return self

    def made(self, building: Building) -> AbstractModel:
        """The model that they are. Raises `InputError` E136 without one."""
        if building.real is None:
            raise self.place.error("E136", "the real data are missing", "give real=, a model")
        return building.real


@dataclasses.dataclass(frozen=True)
class Call:
    """A stage or a model with its arguments.

    `constructor` makes it; `pairs` are the arguments that are not left at their defaults: the
    name in the signature, and an `Expression`, `Real`, the `Call` of a model or a `Pipeline`.

    ```python
    gl.language.parse("Temper(0.8) >> Mix(real, a)").calls[1].name  # Mix
    ```
    """

    place: Place = dataclasses.field(compare=False, repr=False)
    name: str
    constructor: Constructor = dataclasses.field(compare=False, repr=False)
    pairs: tuple[tuple[str, Any], ...]

    @property
    def stage(self) -> type:
        """The class of what is made."""
        return self.constructor.makes

    @property
    def arguments(self) -> dict[str, Any]:
        """What stands for each argument that is written, by its name in the signature."""
        return dict(self.pairs)

    @property
    def text(self) -> str:
        """The call as it is written: an argument with a default by its name."""
        known = {one.name: one for one in self.constructor.parameters}
        words = (
            f"{name}={value.text}" if known[name].by_name else value.text
            for name, value in self.pairs
        )
        return f"{self.name}({', '.join(words)})"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The free names in the arguments, in order of first use."""
        return merged(*(value.parameters for _, value in self.pairs))

    def with_values(self, values: Mapping[str, Any]) -> "Call":
        """The call with numbers in place of some names."""
        kinds = {one.name: one.kind for one in self.constructor.parameters}
        pairs = tuple((name, _replaced(value, kinds[name], values)) for name, value in self.pairs)
        return dataclasses.replace(self, pairs=pairs)

    def made(self, building: Building) -> Any:
        """The stage or model. Raises `InputError` E134 with what it says of its arguments."""
        made = {
            one.name: _made(self.arguments[one.name], one.kind, building)
            for one in self.constructor.parameters
            if one.name in self.arguments
        }
        several = [made.pop(one.name) for one in self.constructor.parameters if one.several]
        if self.constructor.needs_key:
            made["key"] = building.key()
        try:
            return self.constructor.make(*itertools.chain(*several), **made)
        except ValueError as failure:
            raise self._refused(failure) from None

    def _refused(self, failure: ValueError) -> ValueError:
        """What the stage says, at the argument that it speaks of first."""
        words = " ".join(str(failure).split()).rstrip(".")
        spoken = words.split(" ", 1)[0]
        return getattr(self.arguments.get(spoken), "place", self.place).error("E134", words)


@dataclasses.dataclass(frozen=True, repr=False)
class Pipeline:
    """Stages from left to right, as they are written; free names are parameters.

    ```python
    pipeline = gl.language.parse("Temper(T) >> Mix(real, a)")
    pipeline.parameters  # [T, a]
    ```
    """

    place: Place = dataclasses.field(compare=False, repr=False)
    calls: tuple[Call, ...]

    @property
    def text(self) -> str:
        """The pipeline in the words of the language: `parse` reads the same pipeline from it."""
        return " >> ".join(one.text for one in self.calls)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The free names, in order of first use."""
        return merged(*(one.parameters for one in self.calls))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"parse({self.text!r})"

    def with_values(self, values: Mapping[str, Any]) -> "Pipeline":
        """The pipeline with numbers in place of some names.

        Raises `InputError` E136 for a name that is no parameter and for a value that is no finite
        number.
        """
        self.check_names(values)
        return Pipeline(self.place, tuple(one.with_values(values) for one in self.calls))

    @property
    def rewards(self) -> GivenRewards | None:
        """What `reward` stands for; `None` where it stands for nothing or does not stand here."""
        return next((one.rewards for one in self._written() if one.rewards is not None), None)

    @property
    def has_reward(self) -> bool:
        """Whether `reward` stands in it."""
        return next(self._written(), None) is not None

    def _written(self) -> Iterator[Reward]:
        for call in self.calls:
            for _, value in call.pairs:
                if isinstance(value, Pipeline):
                    yield from value._written()
                elif isinstance(value, Expression):
                    yield from rewards_in(value)

    def with_rewards(self, rewards: Any) -> "Pipeline":
        """The pipeline in which `reward` stands for these: an array, or `models.GivenRewards`.

        Raises `InputError` E136 where no `reward` stands in it, `ValueError` for no rewards.
        """
        if not self.has_reward:
            remedy = f"write it where it is meant, such as Choose({REWARD}, among=4)"
            raise self.place.error("E136", f"there is no {REWARD} in this loop", remedy)
        return self._with_rewards(GivenRewards.of(rewards))

    def check_rewards(self) -> None:
        """Raises `InputError` E136 where `reward` stands for nothing yet."""
        for one in self._written():
            one.value({})

    def _with_rewards(self, rewards: GivenRewards) -> "Pipeline":
        given = lambda value: (
            value._with_rewards(rewards)
            if isinstance(value, Pipeline)
            else rewarded(value, rewards)
            if isinstance(value, Expression)
            else value
        )
        calls = (
            dataclasses.replace(one, pairs=tuple((n, given(value)) for n, value in one.pairs))
            for one in self.calls
        )
        return dataclasses.replace(self, calls=tuple(calls))

    def build(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        real: AbstractModel | None = None,
        seed: int = 0,
    ) -> AbstractStage:
        """The stage, or the `Loop`, for `values` of the parameters, which JAX may trace.

        `real` is what `real` stands for; `seed` chooses the real sets of `Mix.fixed`. Whole numbers
        stay Python integers where a stage wants them. Raises `InputError`: E136 where a value or
        the real data are missing or not asked for, E134 where a stage refuses a number.
        """
        self.check_names(values or {})
        return self.made(Building(values or {}, real, seed))

    def made(self, building: Building) -> AbstractStage:
        """The stage, or the `Loop`."""
        stages = self.stages(building)
        return stages[0] if len(stages) == 1 else Loop(stages)

    def stages(self, building: Building) -> tuple[AbstractStage, ...]:
        """The stages one after the other."""
        return tuple(one.made(building) for one in self.calls)

    def check_names(self, values: Mapping[str, Any]) -> None:
        """Raises `InputError` E136 for a value whose name is no parameter."""
        for name in values:
            if name not in self.parameters:
                names = ", ".join(self.parameters) or "none"
                hint = did_you_mean(str(name), self.parameters)
                what = f"there is no parameter {shown(name)}{hint}"
                raise self.place.error("E136", what, f"the parameters here are: {names}")


def _replaced(value: Any, kind: str, values: Mapping[str, Any]) -> Any:
    """An argument with numbers in place of those names that stand in it."""
    own = {name: values[name] for name in value.parameters if name in values}
    return counted(value.with_values(own), kind)


def _made(value: Any, kind: str, building: Building) -> Any:
    """The value of an argument, of the kind that a stage wants."""
    if kind == "stages":
        return value.stages(building)
    if not isinstance(value, Expression):
        return value.made(building)
    if kind == "reward":
        return rewards_of(value, building.values)
    number = value.value(building.values)
    if kind == "list":
        return array_of(number)
    return whole(number) if kind in COUNTS else number
