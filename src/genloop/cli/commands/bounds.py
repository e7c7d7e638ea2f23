"""`genloop bounds`: which bound of the literature applies to these numbers."""

import math
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InputError
from .. import frame, inputs, options, resources
from ..exits import DONE
from ..options import Temperature
from ..study.parameters import named, source
from ..terminal import counted, number, table

if TYPE_CHECKING:
    from ...answers import Bounds, SyntheticAmount

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


Generations = Annotated[
    int | None,
    typer.Option("--generations", metavar="G", help="Ask how errors add up over G generations."),
]
Rate = Annotated[
    float,
    typer.Option(
        "--rate",
        metavar="R",
        help="The error of learning from N points falls like N^-R: 0.5 for few parameters, less "
        "for many.",
    ),
]
Samples = Annotated[
    int | None,
    typer.Option("--samples", metavar="N", help="Synthetic points of a generation to tabulate."),
]
_OF_ERRORS = ("rate", "samples")


@frame.command(reads=frame.ALL)
def command(
    run: frame.Frame,
    temperature: Temperature = 1.0,
    generations: Generations = None,
    rate: Rate = 0.5,
    samples: Samples = None,
) -> int:
    """Which bound on the real data applies to this input, and how much does it ask for?

    From the sharp thresholds to the published sufficient bounds, each with what it guarantees, as
    a share of real data and as real points for each synthetic one; where a bound does not apply,
    the reason. Of --table, or with --generations: how errors of learning add up over generations,
    and whether more synthetic data help.
    """
    if generations is not None or run.inputs["table"] is not None:
        generations = 10 if generations is None else generations
        return _of_errors(run, generations, rate, samples)
    _refuse(run, _OF_ERRORS, "goes with --generations or --table; give one of these")
    options.check_temperature(temperature)
    run.check_outputs()
    with run.solving():
        from ...answers import bounds

        real = run.read()
        resources.check_outcomes("bounds", real, _COST)
        answer = bounds(real, temperature=temperature)
    run.deliver(answer, lambda: _lines(answer))
    return DONE


def _refuse(run: frame.Frame, names, remedy: str) -> None:
    """Raises `InputError` E111 for an option that was typed and has no meaning here."""
    known = named(run.context)
    for name in names:
        if source(run.context, known[name]) != "DEFAULT":
            raise InputError("E111", f"--{name} {remedy}.")


def _of_errors(run: frame.Frame, generations: int, rate: float, samples: int | None) -> int:
    _refuse(run, ("temperature",), "goes with bounds on outcomes, not with errors; leave it out")
    options.check_count(generations, "--generations", 1, 10**6)
    if not 0 < rate < 1:
        raise InputError("E106", f"--rate is {rate:g}, it must lie in (0, 1), for example 0.5.")
    if samples is not None:
        options.check_count(samples, "--samples", 1)
    run.check_outputs()
    with run.solving():
        from ...answers import synthetic_amount

        real = run.read()
        answer = synthetic_amount(real, generations=generations, rate=rate, samples=samples)
    run.deliver(answer, lambda: _error_lines(answer))
    return DONE


def _error_lines(answer: "SyntheticAmount"):
    points, unit = answer.real_samples, "point"
    yield from inputs.lines(answer.input, inputs.size_of(answer.input))
    real = "the same real points" if points is None else f"the same {counted(points, unit)}"
    yield (
        f"loop        {counted(answer.generations, 'generation')}, each learned from {real} and "
        f"synthetic ones of the model before; errors of learning fall like N^-{answer.rate:g}"
    )
    columns = ("synthetic for each real", "synthetic points", "first model fitted", "perfect")
    rows = [
        (
            f"{one.ratio:,.4g}",
            "" if one.samples is None else f"{one.samples:,}",
            f"{one.fitted:.4g}",
            f"{one.perfect:.4g}",
        )
        for one in answer.amounts
    ]
    yield table("bound on total variation, real points alone = 1", columns, rows)
    fitted, perfect = answer.fitted, answer.perfect
    yield (
        "Synthetic data never lower the bound if the first model has learned from the same real "
        f"points ('fitted'): it rises to {fitted.worst_bound:.3g} times that of these alone, at "
        f"{fitted.worst:,.3g} synthetic points for each, and falls back to it without end."
    )
    if math.isfinite(perfect.back) and perfect.worst > 0:
        yield (
            f"After a perfect first model it rises to {perfect.worst_bound:.3g} times and is lower "
            f"from {perfect.back:,.4g} synthetic points for each real one on."
        )
    yield (
        "The bound is reached by a learner that errs in one direction only [ST-F1, ST-F3]; what "
        "lowers it for certain is more real data in every generation: with the real fraction A a "
        "constant error grows by 1/A at most."
    )


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
