"""What becomes of a loop whose schedules are formulas and go on for ever."""

import dataclasses

from ...errors import InputError
from ...language import Scheduled
from ...models import Gaussian
from ...stages import Draw, Mix, Temper, Unbias
from .criteria import Limit as Limit, by_limits, by_losses, by_rates, without_real_data
from .growth import Undecided
from .steps import Steps

_WALKED = 1000


def limit_of(loop: Scheduled, real) -> Limit:
    """The verdict on a loop that starts at the real data."""
    try:
        steps = Steps.of(loop)
        found = _verdict(steps, table=isinstance(real, Gaussian))
        if found.verdict == "grows" and not steps.real.coefficient:
            _check_alive(loop)
        return found
    except Undecided as why:
        return Limit("undecided", None, None, None, str(why))


def _verdict(steps: Steps, *, table: bool) -> Limit:
    unbiased, single = steps.of_kind(Unbias), any(n.limit == 1 for n in _samples(steps))
    if steps.neutral and not (table and (unbiased or single)):
        found = by_losses(steps)
        return found if table else dataclasses.replace(found, mean_error=None)
    if not table:
        raise Undecided(
            "no criterion is known for outcomes at another temperature than 1; genloop "
            "fixed-points has the ends of the loop with constant numbers"
        )
    if not steps.real.coefficient:
        return without_real_data(steps)
    return by_rates(steps) if _fades(steps) else by_limits(steps)


def _samples(steps: Steps):
    return [one.law("samples") for kind in (Draw, Unbias) for one in steps.of_kind(kind)]


def _fades(steps: Steps) -> bool:
    """Whether all stages change less and less."""
    heats = [one.law("temperature").limit for one in steps.of_kind(Temper)]
    shares = [one.law("real_fraction").limit for one in steps.of_kind(Mix)]
    rates = steps.noise.limit, steps.undone.limit
    return all(heat == 1 for heat in heats) and not any((*shares, *rates))


def _check_alive(loop: Scheduled) -> None:
    """A generation without any variance has none for ever."""
    for generation in range(_WALKED):
        try:
            values = loop.numbers(generation)
            numbers = [_number(call, values) for call in loop.pipeline.calls]
        except InputError:
            raise Undecided(f"a number of generation {generation} is none") from None
        if 0 in numbers:
            raise Undecided(f"generation {generation} leaves no variance at all")


def _number(call, values) -> float:
    """What a stage leaves of the variance, if that may be nothing."""
    if call.stage is Draw:
        return call.arguments["samples"].value(values) - 1
    return call.arguments["temperature"].value(values) if call.stage is Temper else 1.0
