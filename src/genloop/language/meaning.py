"""What written names stand for: stages with their arguments, models, and numbers.

Every stage that `genloop.stages` exports can be written, with the arguments of its constructor; so
can the other ways to make one, as `Mix.fixed`. A key of random numbers among the arguments is not
written: it comes from the seed. A model can be written if its class has a method `of_numbers`, as
`Categorical(0.5, 0.3, 0.2)` and `Gaussian(0, 1)`; a reward likewise, as `Rewards(0, 1, 2)`.
"""

import collections.abc
import dataclasses
import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
from jaxtyping import PRNGKeyArray

from .. import models, stages
from ..models import AbstractModel, AbstractReward
from ..models.particles.bandwidth import Bandwidth
from ..stages import AbstractStage
from ..stages.schedule import AbstractSchedule
from .expressions import Number, whole

REAL = "real"
"""The name of the real data."""
_KEY = "key"
COUNTS = ("whole", "schedule")
"""Kinds of arguments that are whole numbers."""
_LISTS = ("shares",)
"""Arguments that are several numbers in parentheses."""
OTHER_NAMES = {
    "topp": "Nucleus",
    "temperature": "Temper",
    "sample": "Draw",
    "sampling": "Draw",
    "kde": "Smooth",
    "kernel": "Smooth",
    "gaussiankde": "Smooth",
    "kerneldensity": "Smooth",
}
"""What stages are called elsewhere, in small letters."""
RESERVED = {"lambda", "None", "True", "False"}


class Parameter(NamedTuple):
    """An argument of a constructor: how it is written, and what it is without being written."""

    name: str
    kind: str
    family: type
    default: Any
    keyword_only: bool

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    @property
    def several(self) -> bool:
        """Whether it stands for any number of numbers."""
        return self.kind == "numbers"

    @property
    def by_name(self) -> bool:
        """Whether it is written with its name: what can be left out, or has to be."""
        return self.keyword_only or not (self.required or self.several)

    @property
    def text(self) -> str:
        """The argument as it stands in the pattern of a call."""
        if self.several:
            return f"{self.name}, ..."
        if self.required:
            return f"{self.name}=..." if self.keyword_only else self.name
        default = f'"{self.default}"' if isinstance(self.default, str) else self.default
        return f"{self.name}={default}"


class Constructor(NamedTuple):
    """A name that can be called: what it makes, of what, and whether that needs a key."""

    name: str
    make: Callable[..., Any]
    makes: type
    parameters: tuple[Parameter, ...]
    needs_key: bool

    @property
    def kind(self) -> str:
        """What it makes in a word: a stage, a model or a reward."""
        return next(kind for cls, kind in _KINDS.items() if issubclass(self.makes, cls))

    @property
    def pattern(self) -> str:
        """How it is written, for example `Mix(real, real_fraction, samples=None)`."""
        return f"{self.name}({', '.join(one.text for one in self.parameters)})"


@functools.cache
def constructors() -> Mapping[str, Constructor]:
    """All names that can be called."""
    found = {}
    for cls in _classes(stages, AbstractStage):
        found[cls.__name__] = constructor(cls.__name__, cls, cls)
        for name in _alternatives(cls):
            whole = f"{cls.__name__}.{name}"
            found[whole] = constructor(whole, getattr(cls, name), cls)
    for cls in (*_classes(models, AbstractModel), *_classes(models, AbstractReward)):
        if hasattr(cls, "of_numbers"):
            found[cls.__name__] = constructor(cls.__name__, cls.of_numbers, cls)
    return types.MappingProxyType(dict(sorted(found.items())))


def _classes(package: types.ModuleType, base: type) -> list[type]:
    exported = (getattr(package, name) for name in dir(package))
    return [
        one
        for one in exported
        if inspect.isclass(one) and issubclass(one, base) and not inspect.isabstract(one)
    ]


def _alternatives(cls: type) -> list[str]:
    """The class methods by which a stage can be made as well."""
    own = vars(cls).items()
    return [name for name, what in own if isinstance(what, classmethod) and name[0] != "_"]


def constructor(name: str, make: Callable[..., Any], makes: type) -> Constructor:
    """A constructor with the arguments of its signature."""
    signature = inspect.signature(make).parameters.values()
    # A converter hides the type of a field from the signature.
    fields = typing.get_type_hints(make) if inspect.isclass(make) else {}
    parameters = tuple(
        _parameter(one, fields.get(one.name, one.annotation))
        for one in signature
        if one.name != _KEY
    )
    return Constructor(name, make, makes, parameters, any(one.name == _KEY for one in signature))


def _parameter(parameter: inspect.Parameter, annotation: Any) -> Parameter:
    kind, family = "numbers", object
    if parameter.kind is not parameter.VAR_POSITIONAL:
        kind, family = _kind(annotation)
        kind = "list" if parameter.name in _LISTS else kind
    keyword_only = parameter.kind is parameter.KEYWORD_ONLY
    return Parameter(parameter.name, kind, family, parameter.default, keyword_only)


def _kind(annotation: Any) -> tuple[str, type]:
    """How an argument is written, and its class; what is nothing else is a number."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is collections.abc.Callable:
        return "function", object
    for one in parts or (annotation,):
        for cls, kind in _KINDS.items():
            # jaxtyping's arrays are classes as well, and no subclasses of these.
            if inspect.isclass(one) and issubclass(one, cls):
                return "stages" if origin is tuple and kind == "stage" else kind, one
    return "number", object


_KINDS = {
    AbstractStage: "stage",
    AbstractModel: "model",
    AbstractReward: "reward",
    AbstractSchedule: "schedule",
    Bandwidth: "word or number",
    str: "word",
    bool: "flag",
    int: "whole",
}


def counted(value: Any, kind: str) -> Any:
    """What is written for an argument: a constant that counts without its point, `1000.0`."""
    if kind not in COUNTS or not isinstance(value, Number):
        return value
    return dataclasses.replace(value, constant=whole(value.constant))


def key_of(seed: int, place: int) -> PRNGKeyArray:
    """The key of the constructor at a place, counted from zero, among those that need one."""
    return jax.random.fold_in(jax.random.key(seed), place)
