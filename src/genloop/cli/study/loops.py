"""`--loop`, `--set`, `--find` and `--along`: a loop that is typed, and what is asked of it."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError, did_you_mean, shown
from .precedence import known_to

if TYPE_CHECKING:
    from ...language import Pipeline

Loop = Annotated[
    str | None,
    typer.Option(
        "--loop",
        metavar="TEXT",
        help="Any loop, stages from left to right: 'Temper(0.8) >> Nucleus(0.95) >> Mix(real, a)'; "
        "or the name of a recipe, such as heat-death. Other names are parameters.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=X", help="The number of a parameter, repeatable."),
]
Find = Annotated[
    str | None,
    typer.Option(
        "--find",
        metavar="NAME[=LO:HI]",
        help="The parameter to be found, and where it is looked for.",
    ),
]
Along = Annotated[
    list[str] | None,
    typer.Option(
        "--along",
        metavar="NAME=LO:HI[:STEPS]",
        help="A parameter that is moved, from LO to HI; two of them span a grid.",
    ),
]
MOST_STEPS = 4096
"""The most values of a parameter that is moved."""


@dataclasses.dataclass(frozen=True)
class Unknown:
    """A parameter that has no number, and the interval in which it may lie, if one is given.

    `steps` is how many values of it are asked for, if that is said.
    """

    name: str
    lower: float | None = None
    upper: float | None = None
    steps: int | None = None


@dataclasses.dataclass(frozen=True)
class LoopChoice:
    """A loop with numbers for its parameters, but for one to be found and those to be moved."""

    pipeline: "Pipeline"
    values: Mapping[str, int | float]
    find: Unknown | None = None
    along: tuple[Unknown, ...] = ()

    def with_rewards(self, rewards: Any) -> "LoopChoice":
        """The loop in which `reward` stands for these."""
        return dataclasses.replace(self, pipeline=self.pipeline.with_rewards(rewards))

    def asked(self) -> dict[str, Any]:
        """The loop as answers are asked for it: its numbers, and what is to be found where."""
        asked = {"loop": self.pipeline, "values": dict(self.values)}
        if self.find is None:
            return asked
        lower, upper = self.find.lower, self.find.upper
        interval = None if lower is None or upper is None else (lower, upper)
        return asked | {"unknown": self.find.name, "interval": interval}


def choose(
    loop: str | None,
    settings: Sequence[str] | None = None,
    find: str | None = None,
    along: Sequence[str] | None = None,
    *,
    implied: bool = False,
    scheduled: Sequence[str] = (),
    meant: Sequence[str] = (),
    context: typer.Context | None = None,
) -> LoopChoice | None:
    """What is chosen; nothing without `--loop`. It imports JAX.

    The only parameter, or the only share, of which nothing is said is the one to be found, where
    that is `implied`; those that are `scheduled` have numbers elsewhere, and those that are `meant`
    need none. What the study of a command in `context` says of parameters that a typed loop does
    not have is left out.

    Raises `InputError`: E111 for other options without `--loop`, E131 to E135 for a loop that
    cannot be read, E136 for names that the loop does not have, parameters that have no number or
    several, and numbers or intervals that are none.
    """
    if loop is None:
        given = {"--set": settings, "--find": find, "--along": along}
        for option, value in given.items():
            if value:
                raise InputError("E111", f"{option} goes with --loop; give a loop as well.")
        return None
    from ...language import parse, uses

    pipeline = parse(loop)
    names = pipeline.parameters
    values = _values(known_to(names, "set", settings, context), names)
    sought = next(
        (_unknown(one, "--find", names) for one in known_to(names, "find", find, context)), None
    )
    moved = tuple(_moved(one, names) for one in known_to(names, "along", along, context))
    if implied and sought is None:
        said = {*values, *(one.name for one in moved)}
        name = uses.implied(pipeline, [name for name in names if name not in said])
        sought = None if name is None else Unknown(name)
    choice = LoopChoice(pipeline, values, sought, moved)
    _check_complete(choice, scheduled, meant)
    return choice


def begun(choice: LoopChoice, real: Any) -> Any:
    """The shapes of the state in which a typed loop begins, which may hold many generations."""
    from equinox import filter_eval_shape
    from jax.random import key

    from ...answers.composed import chosen

    asked = chosen(choice.pipeline, real, values=choice.values, findable=False)
    stage = asked.stage()
    state = filter_eval_shape(stage.begin, real)
    # A generation of points has another number of them than the rows that it begins with.
    return filter_eval_shape(stage.step, key(0), state) if stage.draws else state


def solved_data(choice: LoopChoice | None, real: Any) -> Any:
    """The real data as a typed loop is solved on them: few numbers where outcomes keep together."""
    if choice is None:
        return real
    from ...answers.composed import ChosenLoop, solvable

    return solvable(ChosenLoop(choice.pipeline, real, choice.values)).loop.real


def check_sought(choice: LoopChoice, real: Any, at: float | None) -> None:
    """Raises `InputError` where nothing is left to be found, or for the value that is asked about.

    What is wrong with the loop and its numbers is told first.
    """
    from ...answers import composed
    from ...language import uses

    given = choice.asked()
    asked = composed.chosen(given.pop("loop"), real, **given)
    if asked.unknown is None and choice.values and not (at is None and asked.is_table):
        shares = [name for name in choice.values if uses.is_share(choice.pipeline, name)]
        name = next(iter(shares or choice.values))
        number = f"{choice.values[name]:g}"
        where = "" if shares else f"give --find {name}=LO:HI "
        raise InputError(
            "E136",
            f"{name} has the number {number} already, nothing is left to find; leave out --set "
            f"{name}, {where}and ask --at {number}.",
        )
    if asked.unknown is not None and at is not None:
        composed.check_value(asked, at)


def _values(settings: Sequence[str], parameters: Sequence[str]) -> dict[str, int | float]:
    found: dict[str, int | float] = {}
    for text in settings:
        name, equals, number = text.partition("=")
        name = name.strip()
        if not equals:
            raise InputError("E136", f"--set is {shown(text)}; write NAME=NUMBER, such as a=0.3.")
        _check_name(name, "--set", parameters)
        if name in found:
            raise InputError("E136", f"{name} is set twice; set it once.")
        found[name] = _number(number, f"--set {name}")
    return found


def _moved(text: str, parameters: Sequence[str]) -> Unknown:
    """A parameter that is moved: `NAME=LO:HI`, and how many values, `NAME=LO:HI:STEPS`."""
    interval, colon, steps = text.rpartition(":")
    if interval.count(":") != 1:
        interval, steps = text, ""
    moved = _unknown(interval, "--along", parameters)
    if moved.lower is None:
        raise InputError("E136", f"--along is {shown(text)}; write {moved.name}=LO:HI.")
    if not steps:
        return moved
    if not steps.strip().isdecimal() or not 2 <= int(steps[:9]) <= MOST_STEPS:
        raise InputError(
            "E136",
            f"--along is {shown(text)}; write {moved.name}=LO:HI:STEPS with 2 to {MOST_STEPS} "
            "steps.",
        )
    return dataclasses.replace(moved, steps=int(steps))


def _unknown(text: str, option: str, parameters: Sequence[str]) -> Unknown:
    name, equals, interval = text.partition("=")
    name = name.strip()
    _check_name(name, option, parameters)
    if not equals:
        return Unknown(name)
    low, colon, high = interval.partition(":")
    if not colon:
        raise InputError("E136", f"{option} is {shown(text)}; write {name}=LO:HI, two numbers.")
    lower, upper = (float(_number(one, f"an end of {option} {name}")) for one in (low, high))
    if not lower < upper:
        raise InputError("E136", f"{option} is {shown(text)}; write LO:HI with LO below HI.")
    return Unknown(name, lower, upper)


def _number(text: str, what: str) -> int | float:
    try:
        value = int(text) if text.strip().isdecimal() and len(text) < 16 else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError("E136", f"{what} is {shown(text)}; write a number, such as 0.3.")
    return value


def _check_name(name: str, option: str, parameters: Sequence[str]) -> None:
    if name in parameters:
        return
    hint = did_you_mean(name, parameters)
    names = f"its parameters are {', '.join(parameters)}" if parameters else "it has none"
    raise InputError("E136", f"{option}: the loop has no parameter {shown(name)}{hint}; {names}.")


def _check_complete(choice: LoopChoice, scheduled: Sequence[str], meant: Sequence[str]) -> None:
    """Raises `InputError` E136 unless every parameter is either set, found, moved or scheduled."""
    from ...language import uses

    sought = () if choice.find is None else (choice.find,)
    said = [("--set", name) for name in choice.values]
    said += [("--find", one.name) for one in sought]
    said += [("--along", one.name) for one in choice.along]
    said += [("--schedule", name) for name in scheduled]
    for name in choice.pipeline.parameters:
        options = [option for option, given in said if given == name]
        if len(options) > 1:
            what = f"{name} is given twice, to {options[0]} and {options[1]}"
            raise InputError("E136", f"{what}; keep one of them.")
        if not options and name not in meant:
            raise InputError("E136", f"{uses.unset(choice.pipeline, name)}.")
