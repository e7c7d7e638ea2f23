"""`genloop bounds`: which bound of the literature applies to these numbers."""

from typing import TYPE_CHECKING

from .. import frame, inputs, options, resources
from ..exits import DONE
from ..options import Temperature
from ..terminal import number, table

if TYPE_CHECKING:
    from ...answers import Bounds

_COST = resources.Cost(100, 500, class_size=500, class_steps=1.5e5)
_NAMES = {
    "local": "healthy state stable",
    "unique": "one end, this input",
    "unique_any": "one end, any input",
    "unique_any_simple": "one end, any input (simple)",
    "contraction": "contraction",
    "published_gharesifard": "Gharesifard-Tabuada",
    "published_fisher_rao": "Fisher-Rao",
}


@frame.command(reads=frame.OUTCOMES)
def command(run: frame.Frame, temperature: Temperature = 1.0) -> int:
    """Which bound on the real data applies to this input, and how much does it ask for?

    From the sharp thresholds to the published sufficient bounds, each with what it guarantees, as
    a share of real data and as real points for each synthetic one; where a bound does not apply,
    the reason.
    """
    options.check_temperature(temperature)
    run.check_outputs()
    with run.solving():
        from ...answers import bounds

        real = run.read()
        resources.check_outcomes("bounds", real, _COST)
        answer = bounds(real, temperature=temperature)
    run.deliver(answer, lambda: _lines(answer))
    return DONE


def _lines(answer: "Bounds"):
    about, bounds = answer.input, answer.bounds
    yield from inputs.lines(about, f", {about.outcomes:,} distinct")
    yield f"loop        p' = a r + (1 - a) p^(1/T)/Z with T = {answer.temperature:g}"
    columns = ("bound", "status", "real fraction", "real per synthetic", "times the sharp one")
    yield table("", columns, [_row(bound) for bound in bounds])
    for bound in bounds:
        guarantee = f"  {_NAMES[bound.name]}: {bound.guarantee} [{bound.source}]"
        known = bound.reason is None or answer.temperature >= 1
        yield guarantee if known else f"{guarantee}; {bound.reason}"
    if answer.temperature >= 1:
        yield (
            "From temperature 1 on any positive share of real data leads to one end, whatever came "
            "first; below it more is needed, for example at --temperature 0.9."
        )
    sharp = next(bound for bound in bounds if bound.name == "unique")
    largest = max((bound.factor or 0 for bound in bounds), default=0)
    if sharp.real_fraction is not None and largest > 1:
        yield (
            f"A real fraction of {number(sharp.real_fraction)} is enough for one end on this "
            "input, not for an end close to the real data (genloop threshold has that goal). The "
            f"largest bound asks for {largest:.3g} times as many real points for each synthetic "
            "one."
        )


def _row(bound) -> tuple[str, ...]:
    name, status = _NAMES[bound.name], bound.status
    if bound.real_fraction is None:
        return name, status, bound.absence, "", ""
    factor = "" if bound.factor is None else f"{bound.factor:.3g}"
    odds = f"{bound.real_per_synthetic:.4g}"
    return name, status, number(bound.real_fraction), odds, factor
