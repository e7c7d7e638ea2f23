"""Loops that are solved: what their stages and numbers are, if a composition is one of them."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from ...language import Call, Expression, Name, Pipeline, Real
from ...models import Categorical
from ...stages import (
    Accumulate,
    Blend,
    Draw,
    InTurn,
    Loop,
    MinP,
    Mix,
    Nucleus,
    Renew,
    Subsample,
    Temper,
    TopK,
    Unbias,
    Window,
)
from ...stages.truncate import AbstractTruncation
from .chosen import ChosenLoop
from .notes import every_call
from .pooled import pooled_loop


@dataclasses.dataclass(frozen=True)
class TemperatureLoop:
    r"""$p' = a r + (1 - a) s(p)$: a temperature, rules that choose outcomes, and real data.

    `temperature` and `real_fraction` are numbers, or the name of a parameter that has none;
    `rule` chooses after the temperature, or before it unless `temperature_first`. `samples` are
    drawn of the mixture every generation. With `window` the data of so many generations are kept.
    """

    temperature: float | str
    real_fraction: float | str
    rule: AbstractTruncation | None
    temperature_first: bool
    samples: int | None
    window: int | None


def recognised(loop: ChosenLoop) -> TemperatureLoop | None:
    """The temperature loop that a composition on outcomes is; `None` for every other."""
    if not isinstance(loop.real, Categorical):
        return None
    return _temperature_loop(loop, loop.pipeline.with_values(loop.values).calls)


def is_solved(loop: ChosenLoop) -> bool:
    """Whether a composition with numbers everywhere has thresholds that are known: on a table."""
    return loop.is_table and pooled_loop(loop.pipeline, loop.values) is not None


_AFFINE = (Accumulate, Blend, Draw, Loop, Mix, Nucleus, Renew, Subsample, Temper, Unbias, Window)


def is_affine(loop: ChosenLoop) -> bool:
    """Whether the map on means and second moments is affine by its stages: on a table.

    They scale a covariance and average with given Gaussians, so that there is one end at most, and
    where it is stable every model comes to it.
    """
    calls = every_call(loop.pipeline)
    return loop.is_table and all(issubclass(call.stage, _AFFINE) for call in calls)


def temperature_form(loop: ChosenLoop) -> TemperatureLoop | None:
    """The temperature loop without rules that a composition is, also on a table; `None` if not."""
    found = _temperature_loop(loop, loop.pipeline.with_values(loop.values).calls)
    return found if found is not None and found.rule is None and found.window is None else None


def short_form(
    temperature: float | str,
    real_fraction: float | str = "a",
    *,
    rule: AbstractTruncation | None = None,
    temperature_first: bool = True,
    samples: int | None = None,
) -> str:
    """The composition of a temperature loop as it is typed, its numbers as they were given."""
    heat, rules = f"Temper({temperature})", _typed(rule)
    sampler = [heat, *rules] if temperature_first else [*rules, heat]
    drawn = [] if samples is None else [f"Draw({samples})"]
    return " >> ".join([*sampler, f"Mix(real, {real_fraction})", *drawn])


def _typed(rule: AbstractTruncation | None) -> list[str]:
    """Rules as they are typed."""
    match rule:
        case None:
            return []
        case InTurn(rules=rules):
            return [text for one in rules for text in _typed(one)]
        case TopK(outcomes=outcomes, ties=ties):
            return [f"TopK({outcomes}{_ties(ties)})"]
        case Nucleus(mass=mass, ties=ties):
            return [f"Nucleus({float(mass)!r}{_ties(ties)})"]
        case MinP(ratio=ratio):
            return [f"MinP({float(ratio)!r})"]
    return [type(rule).__name__]


def _ties(ties: str) -> str:
    return "" if ties == "first" else f', ties="{ties}"'


def _temperature_loop(loop: ChosenLoop, calls: Sequence[Call]) -> TemperatureLoop | None:
    kept = [call for call in calls if call.stage is not Draw]
    if len(kept) == 1 and kept[0].stage is Window:
        return _window(loop, kept[0])
    if not kept:
        return None
    samplers, mix = kept[:-1], kept[-1]
    if mix.stage is not Mix or set(mix.arguments) != {"real", "real_fraction"}:
        return None
    tempers = [place for place, call in enumerate(samplers) if call.stage is Temper]
    rules = [call for call in samplers if issubclass(call.stage, AbstractTruncation)]
    in_order = not tempers or tempers[0] in (0, len(samplers) - 1)
    if len(tempers) > 1 or len(tempers) + len(rules) < len(samplers) or not in_order:
        return None
    heat = _number(samplers[tempers[0]].arguments["temperature"]) if tempers else 1.0
    share = _number(mix.arguments["real_fraction"])
    draws = [call for call in calls if call.stage is Draw]
    if heat is None or share is None or not isinstance(mix.arguments["real"], Real):
        return None
    if any(call.parameters for call in (*rules, *draws)) or len(draws) > 1:
        return None
    # Samples that are drawn before real data join are not those of the whole training set.
    last = bool(draws) and calls[-1] is draws[0]
    samples = draws[0].arguments["samples"].value({}) if last else None
    first = not tempers or tempers[0] == 0
    return TemperatureLoop(heat, share, _rule(loop, rules), first, samples, None)


def _window(loop: ChosenLoop, call: Call) -> TemperatureLoop | None:
    """A window keeps the fixed points and folds of the loop that replaces its data [AC-5]."""
    arguments = call.arguments
    if set(arguments) != {"generation", "samples", "generations"}:
        return None
    generation, length = arguments["generation"], arguments["generations"]
    if not isinstance(generation, Pipeline) or length.parameters or arguments["samples"].parameters:
        return None
    inner = _temperature_loop(loop, generation.calls)
    if inner is None or inner.window is not None or inner.samples is not None:
        return None
    return dataclasses.replace(inner, window=length.value({}))


def _number(expression: Expression) -> float | str | None:
    """A number, or the name that stands for it; `None` where it is computed from a name."""
    if isinstance(expression, Name):
        return expression.name
    return None if expression.parameters else float(expression.value({}))


def _rule(loop: ChosenLoop, calls: Sequence[Call]) -> AbstractTruncation | None:
    rules: list[Any] = [
        Pipeline(call.place, (call,)).build({}, real=loop.real, seed=loop.seed) for call in calls
    ]
    return InTurn(rules) if len(rules) > 1 else next(iter(rules), None)
