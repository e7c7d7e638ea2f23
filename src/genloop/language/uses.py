"""Where the parameters of a loop stand: which can be found, and which numbers fit them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .expressions import Expression, Name
from .meaning import COUNTS, Parameter
from .pipeline import Call, Pipeline

SHARES = ("real_fraction", "mass", "ratio", "share")
"""Arguments of stages that lie between 0 and 1."""
_FITTING = {"temperature": 0.8, "outcomes": 40, "generations": 5, "mass": 0.9, "ratio": 0.05}
_SHARE, _COUNT = 0.3, 1000


class Use(NamedTuple):
    """An argument in which a parameter stands, and what is written for it."""

    argument: Parameter
    expression: Expression


def uses(part: Any, name: str) -> Iterator[Use]:
    """The arguments in which a parameter stands, at every depth of a pipeline or a call."""
    if isinstance(part, Pipeline):
        for call in part.calls:
            yield from uses(call, name)
    if not isinstance(part, Call):
        return
    known = {one.name: one for one in part.constructor.parameters}
    for argument, value in part.pairs:
        if isinstance(value, Pipeline | Call):
            yield from uses(value, name)
        elif name in value.parameters:
            yield Use(known[argument], value)


def is_count(pipeline: Pipeline, name: str) -> bool:
    """Whether a parameter counts something: it stands where a whole number is wanted."""
    return any(use.argument.kind in COUNTS for use in uses(pipeline, name))


def is_share(pipeline: Pipeline, name: str) -> bool:
    """Whether a parameter lies between 0 and 1: it is a share itself wherever it stands."""
    found = list(uses(pipeline, name))
    return bool(found) and all(
        isinstance(use.expression, Name) and use.argument.name in SHARES for use in found
    )


def implied(pipeline: Pipeline, free: Sequence[str]) -> str | None:
    """Which of the free parameters is meant to be found: the only one, or the only share."""
    shares = [name for name in free if is_share(pipeline, name)]
    for candidates in (free, shares):
        if len(candidates) == 1:
            return candidates[0]
    return None


def fitting(pipeline: Pipeline, name: str) -> int | float:
    """A number that fits a parameter, for messages to suggest."""
    found = [use for use in uses(pipeline, name) if isinstance(use.expression, Name)]
    for use in found or uses(pipeline, name):
        if use.argument.name in _FITTING:
            return _FITTING[use.argument.name]
    return _COUNT if is_count(pipeline, name) else _SHARE


def unset(pipeline: Pipeline, name: str) -> str:
    """The sentence that a parameter has no number, with one to set."""
    return f"{name} has no number; set it, for example --set {name}={fitting(pipeline, name):g}"
