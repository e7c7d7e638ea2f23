"""From a text to a pipeline: every name and argument is checked, nothing is evaluated."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

from ..arguments import kind_of
from ..errors import InputError, did_you_mean, shown
from .expressions import (
    Expression,
    Flag,
    Function,
    Name,
    Negative,
    Number,
    Operation,
    Several,
    Word,
)
from .grammar import Chain, WrittenCall, WrittenList, read
from .meaning import (
    OTHER_NAMES,
    REAL,
    RESERVED,
    Constructor,
    Parameter,
    constructors,
    counted,
)
from .pipeline import Call, Pipeline, Real
from .places import Place
from .recipes import recipe
from .rewards import REWARD, Listed, Reward, rewards_in

_FLAGS = {"True": True, "False": False}


def parse(text: str, *, rewards: Any = None) -> Pipeline:
    r"""The pipeline of a text such as `Temper(0.8) >> Nucleus(0.95) >> Mix(real, a)`.

    Stages of `genloop.stages` from left to right, with the arguments of their constructors:
    numbers with + - * / ** and parentheses, names of parameters, `real`, models written by their
    numbers (`Categorical(0.5, 0.3, 0.2)`, `Gaussian(0, 1)`), other pipelines, words in quotes where
    a stage knows words (`ties="all"`), `lambda p: p / (1 + p)` where it takes a function. The name
    of a recipe (`mad-fresh`) is the text of it. In the stages of curation `reward` stands for
    `rewards`: an array, or what `genloop.data.rewards` reads. Raises `InputError` with the place:
    E131 for what is no such text, E132 for unknown names, E133 for wrong arguments, E135 for too
    much of it, E136 for rewards of a loop that has no `reward`.

    ```python
    pipeline = gl.language.parse("Temper(0.8) >> Mix(real, a)")
    loop = pipeline.build({"a": 0.3}, real=gl.Categorical.of([5, 3, 2]))
    ```
    """
    if not isinstance(text, str):
        raise ValueError(
            f"a loop is read from text, such as 'Temper(0.8) >> Mix(real, a)', got {kind_of(text)}."
        )
    found = _pipeline(read(recipe(text)))
    return found if rewards is None else found.with_rewards(rewards)


def parse_number(text: str) -> Expression:
    """The number that a text such as `0.5 / (t + 1)` writes, with names for what changes.

    Numbers, names, + - * / ** and parentheses. Raises `InputError` with the place: E131 for what is
    no such text, E132, E133 for what is no number, E135 for too much of it.

    ```python
    gl.language.parse_number("0.5 / (t + 1)").value({"t": 1})  # 0.25
    ```
    """
    if not isinstance(text, str):
        raise ValueError(f"a formula is text, such as '0.5 / (t + 1)', got {kind_of(text)}.")
    if not text.strip():
        raise InputError("E131", "the formula is empty; write for example 0.5 / (t + 1).")
    return _number(read(text))


def _pipeline(node: Any) -> Pipeline:
    """The stages of a node, those of pipelines inside it in their place."""
    parts = node.parts if isinstance(node, Chain) else (node,)
    calls = []
    for part in parts:
        calls += _pipeline(part).calls if isinstance(part, Chain) else (_call(part, "stage"),)
    return Pipeline(node.place, tuple(calls))


def _call(node: Any, kind: str) -> Call:
    """The call of a stage, of a model or of a reward."""
    found = _constructor(node, kind)
    return Call(node.place, node.name, found, tuple(_pairs(node, found)))


_STAND_FOR = {"model": (REAL,), "reward": (REWARD,)}
"""Names without arguments that stand for one of a kind."""


def _constructor(node: Any, kind: str) -> Constructor:
    known = {name: one for name, one in constructors().items() if one.kind == kind}
    names = [*known, *_STAND_FOR.get(kind, ())]
    there = f"there are {', '.join(names)}"
    if isinstance(node, WrittenCall) and node.name in known:
        return known[node.name]
    if isinstance(node, Name) and node.name in known:
        raise node.place.error(
            "E133", f"{node.name} has no arguments", f"write {known[node.name].pattern}"
        )
    if not isinstance(node, WrittenCall | Name):
        raise node.place.error("E133", f"this is no {kind}", there)
    place = node.name_place if isinstance(node, WrittenCall) else node.place
    if node.name in constructors() or node.name == REAL:
        what = f"{node.name} is no {kind}"
    else:
        what = f"there is no {kind} {shown(node.name)}{_meant(node.name, names)}"
    raise place.error("E132", what, there)


def _meant(name: str, names: Sequence[str]) -> str:
    """The question whether one of the names was meant, as that of a stage with other names."""
    other = OTHER_NAMES.get(name.replace("_", "").casefold())
    return f" (did you mean {other}?)" if other in names else did_you_mean(name, names)


def _pairs(node: WrittenCall, found: Constructor) -> Iterator[tuple[str, Any]]:
    """The arguments in the order of the signature, without those that are their defaults."""
    written = _bound(node, found)
    for parameter in found.parameters:
        if parameter.name not in written:
            if parameter.required:
                raise node.place.error(
                    "E133",
                    f"{found.name} needs {parameter.name}",
                    f"write {found.pattern}",
                )
            continue
        value = _argument(written[parameter.name], parameter, found)
        if value is not None and not _is_default(value, parameter):
            yield parameter.name, value


def _bound(node: WrittenCall, found: Constructor) -> dict[str, Any]:
    """What is written for each argument, by position or by name."""
    several = [one.name for one in found.parameters if one.several]
    if several:
        return {several[0]: _several(node, found)}
    places = iter([one.name for one in found.parameters if not one.keyword_only])
    names = [one.name for one in found.parameters]
    bound: dict[str, Any] = {}
    for one in node.arguments:
        name = next(places, None) if one.keyword is None else one.keyword
        if name is None:
            raise one.place.error("E133", f"{found.name} has too many arguments", _write(found))
        if name not in names:
            what = f"{found.name} has no argument {shown(name)}{did_you_mean(name, names)}"
            raise one.place.error("E133", what, _write_only(node, found))
        if name in bound:
            raise one.place.error("E133", f"{name} is given twice", _write(found))
        bound[name] = one.value
    return bound


def _several(node: WrittenCall, found: Constructor) -> Several:
    for one in node.arguments:
        if one.keyword is not None:
            raise one.place.error("E133", f"{found.name} takes numbers only", _write(found))
    return Several(node.place, tuple(_number(one.value) for one in node.arguments))


def _write(found: Constructor) -> str:
    return f"write {found.pattern}"


def _write_only(node: WrittenCall, found: Constructor) -> str:
    """How a call is written; with its only number, where one is given."""
    if len(node.arguments) == 1 and isinstance(node.arguments[0].value, Number):
        return f"write {found.name}({node.arguments[0].value.text})"
    return _write(found)


def _argument(node: Any, parameter: Parameter, found: Constructor) -> Any:
    """What stands for an argument; nothing for `None` where that is its default."""
    if isinstance(node, Name) and node.name == "None" and parameter.default is None:
        return None
    if parameter.kind in ("stage", "stages"):
        return _inner(node, parameter)
    if parameter.kind == "model":
        is_real = isinstance(node, Name) and node.name == REAL
        return Real(node.place) if is_real else _call(node, "model")
    if parameter.kind == "reward":
        return _reward(node)
    if parameter.kind == "word or number" and isinstance(node, Word):
        return node
    if parameter.kind == "word":
        return _word(node, parameter, found)
    if parameter.kind == "flag":
        return _flag(node, parameter, found)
    if isinstance(node, Function) and parameter.kind in ("function", "schedule"):
        return dataclasses.replace(node, body=_number(node.body))
    if parameter.kind == "function":
        raise node.place.error(
            "E133", f"{parameter.name} is a function", "write for example lambda p: p / (1 + p)"
        )
    if parameter.kind == "list":
        return _list(node, found)
    return node if isinstance(node, Several) else counted(_number(node), parameter.kind)


def _reward(node: Any) -> Any:
    """A reward that is written, or arithmetic with the rewards that are given."""
    if isinstance(node, Name | Negative | Operation):
        found = _number(node, reward=True)
        if next(rewards_in(found), None) is not None:
            return found
    return _call(node, "reward")


def _list(node: Any, found: Constructor) -> Listed:
    if not isinstance(node, WrittenList):
        what = "a list of numbers is expected"
        raise node.place.error("E133", what, f"write (0.7, 0.3), as in {found.pattern}")
    return Listed(node.place, tuple(_number(one) for one in node.parts))


def _inner(node: Any, parameter: Parameter) -> Pipeline:
    pipeline = _pipeline(node)
    wrong = [one for one in pipeline.calls if not issubclass(one.stage, parameter.family)]
    if parameter.kind == "stages" and wrong:
        raise wrong[0].place.error(
            "E133", f"{wrong[0].name} cannot stand in {parameter.name}", "leave it out"
        )
    return pipeline


def _word(node: Any, parameter: Parameter, found: Constructor) -> Word:
    if not isinstance(node, Word):
        raise node.place.error("E133", f"{parameter.name} is a word in quotes", _write(found))
    return node


def _flag(node: Any, parameter: Parameter, found: Constructor) -> Flag:
    if not isinstance(node, Name) or node.name not in _FLAGS:
        raise node.place.error("E133", f"{parameter.name} is True or False", _write(found))
    return Flag(node.place, _FLAGS[node.name])


def _is_default(value: Any, parameter: Parameter) -> bool:
    written = {Number: "constant", Word: "word", Flag: "on"}.get(type(value))
    return written is not None and getattr(value, written) == parameter.default


def _number(node: Any, *, reward: bool = False) -> Expression:
    """The expression of a node in which only numbers, parameters and arithmetic stand.

    And the rewards of outcomes, in arguments that are a `reward`.
    """
    if isinstance(node, Operation):
        sides = (_number(one, reward=reward) for one in (node.left, node.right))
        return dataclasses.replace(node, **dict(zip(("left", "right"), sides, strict=True)))
    if isinstance(node, Negative):
        return dataclasses.replace(node, inner=_number(node.inner, reward=reward))
    if reward and isinstance(node, Name) and node.name == REWARD:
        return Reward(node.place)
    if isinstance(node, Name):
        _check_parameter(node.name, node.place)
    elif not isinstance(node, Number):
        raise _no_number(node)
    return node


_SPECIAL = {REAL: "the real data", REWARD: "the rewards of outcomes, for Choose and Tilt"}


def _check_parameter(name: str, place: Place) -> None:
    if "." in name:
        remedy = "write a name of letters, digits and _"
        raise place.error("E132", "a parameter has no attributes", remedy)
    if name in (REAL, REWARD, *RESERVED) or name in constructors():
        what = _SPECIAL.get(name, "a word of the language")
        if name in constructors():
            what = f"a {constructors()[name].kind}"
        raise place.error("E133", f"a number is expected, and {name} is {what}", "write a number")


def _no_number(node: Any) -> Exception:
    if isinstance(node, Word):
        return node.place.error(
            "E133", "a number is expected, and this is a word in quotes", "write it without quotes"
        )
    if isinstance(node, WrittenCall) and node.name not in constructors():
        return node.name_place.error(
            "E132", f"there is no {shown(node.name)} that could be called", "write + - * / **"
        )
    return node.place.error("E133", "a number is expected, and this is none", "write a number")
