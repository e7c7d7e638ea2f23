"""What becomes of a loop whose schedules are formulas and go on for ever."""

import dataclasses
from collections.abc import Iterator, Mapping

from ...errors import InputError
from ...language import Call, Expression, Scheduled
from ...models import Gaussian
from ...stages import Draw, Mix, Temper, Unbias
from .criteria import Limit as Limit, by_limits, by_losses, by_rates, without_real_data
from .orders import Undecided
from .steps import KNOWN, Steps

_WALKED, _LARGEST = 1000, 1e100
"""How many generations are looked at one by one, and up to which numbers."""


def limit_of(loop: Scheduled, real) -> Limit:
    """The verdict on a loop that starts at the real data."""
    try:
        _check_ranges(loop)
        return _verdict(Steps.of(loop), table=isinstance(real, Gaussian))
    except Undecided as why:
        return Limit("undecided", None, None, None, str(why))


def _verdict(steps: Steps, *, table: bool) -> Limit:
    if steps.neutral and not (table and steps.of_kind(Unbias)):
        found = by_losses(steps)
        return found if table else dataclasses.replace(found, error_of_mean=None)
    if not table:
        raise Undecided(
            "no criterion is known for outcomes at another temperature than 1; genloop "
            "fixed-points has the ends of the loop with constant numbers"
        )
    if not steps.real.coefficient:
        return without_real_data(steps)
    return by_rates(steps) if _fades(steps) else by_limits(steps)


def _fades(steps: Steps) -> bool:
    """Whether all stages change less and less."""
    heats = [one.law("temperature").limit for one in steps.of_kind(Temper)]
    shares = [one.law("real_fraction").limit for one in steps.of_kind(Mix)]
    rates = steps.noise.limit, steps.undone.limit
    return all(heat == 1 for heat in heats) and not any((*shares, *rates))


def _check_ranges(loop: Scheduled) -> None:
    """Raises `Undecided` where a number leaves its range in one of the first generations."""
    for generation in range(_WALKED):
        try:
            values = loop.numbers(generation)
            numbers = [_numbers(call, values) for call in loop.pipeline.calls]
        except InputError as failure:
            told = failure.message.split(", at column")[0].rstrip(".")
            raise Undecided(f"generation {generation} has no numbers: {told}") from None
        for call, own in zip(loop.pipeline.calls, numbers, strict=True):
            for name, wanted in _wrong(call.stage, own):
                formula = call.arguments[name].text
                raise Undecided(f"{formula} is {own[name]:g} in generation {generation}, {wanted}")
        if any(abs(x) > _LARGEST for own in numbers for x in own.values()):
            return


def _numbers(call: Call, values: Mapping[str, float]) -> dict[str, float]:
    pairs = call.pairs if call.stage in KNOWN else ()
    return {name: x.value(values) for name, x in pairs if isinstance(x, Expression)}


def _wrong(stage: type, numbers: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """The numbers that a stage refuses, and what it wants instead."""
    if stage is Temper and not numbers["temperature"] > 0:
        yield "temperature", "and temperatures are positive"
    if stage in (Draw, Unbias) and numbers["samples"] < 2:
        yield "samples", "and at least two samples are needed"
    if stage is Mix and not 0 <= numbers["real_fraction"] <= 1:
        yield "real_fraction", "and shares lie between 0 and 1"
    if stage is Mix and numbers.get("samples", 1) < (1 if numbers["real_fraction"] else 0):
        yield "samples", "and a share of real data needs a point at least"
