"""`genloop accumulate`: does keeping old data help?"""

import math
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InputError
from .. import frame, inputs, options, resources
from ..exits import DONE
from ..options import RealFraction, Temperature
from ..sample_sizes import check_points
from ..study.parameters import named, source
from ..terminal import counted, number, percent, table
from ..words.tables import kept

if TYPE_CHECKING:
    from ...answers import Accumulation

Samples = Annotated[
    int | None,
    typer.Option(
        "--samples",
        metavar="N",
        help="Tokens, or points of --table, that join (default: as many as the input has).",
    ),
]
Size = Annotated[
    int | None,
    typer.Option("--size", metavar="L", help="Tokens of the first dataset (default: the input)."),
]
Window = Annotated[
    int, typer.Option("--window", metavar="W", help="Generations that the window keeps.")
]
Generations = Annotated[int, typer.Option("--generations", metavar="G", help="How far to look.")]
Goal = Annotated[
    float,
    typer.Option("--total-variation", metavar="X", help="The distance from the real data to time."),
]
_COST = resources.Cost(500, 2e3, class_size=500, class_steps=2.5e5)
_ROWS = {
    "half_life": "generations until half of a small deviation from the end is left",
    "goal_time": "generations until total variation from the real data is {goal:g}",
    "deviation": "share of a small deviation from the end left after {generations:,}",
    "noise": "noise (chi-square) of runs from the real data after {generations:,}",
    "noise_limit": "noise of any run in the end",
    "diversity": "diversity kept by sampling noise alone (T = 1) after {generations:,}",
    "diversity_limit": "the same in the end",
}


_OF_OUTCOMES = ("size", "total-variation")


@frame.command(reads=frame.ALL)
def command(
    run: frame.Frame,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = 0.1,
    samples: Samples = None,
    size: Size = None,
    window: Window = 10,
    generations: Generations = 100,
    total_variation: Goal = 0.1,
) -> int:
    """Does accumulating data help? Replace, keep a window of W generations, or keep everything.

    All three end in the same states and need the same share of real data; they differ in how fast
    they get there and in how much they fluctuate. Of --table: what is left of the variance, in
    expectation and in a typical run, if data are replaced, kept for W generations, all kept, or as
    many as one generation adds chosen of all.
    """
    if run.inputs["table"] is not None:
        sizes = {"samples": samples, "window": window, "generations": generations}
        _check_table(run, temperature, real_fraction, **sizes)
        return _of_table(run, temperature, real_fraction, **sizes)
    options.check_temperature(temperature)
    options.check_fraction(real_fraction)
    for name, value, least in (
        ("--samples", samples, 2),
        ("--size", size, 1),
        ("--window", window, 1),
    ):
        if value is not None:
            options.check_count(value, name, least)
    options.check_count(generations, "--generations", 1, 10**5)
    if not 0 < total_variation < 1:
        raise InputError(
            "E106", f"--total-variation is {total_variation:g}, it must lie in (0, 1)."
        )
    run.check_outputs()
    with run.solving():
        from ...answers import accumulation

        real = run.read()
        samples, size = _sizes(real, samples, size)
        _check_cost(real, window, generations)
        answer = accumulation(
            real,
            temperature=temperature,
            real_fraction=real_fraction,
            samples=samples,
            size=size,
            window=window,
            generations=generations,
            total_variation_goal=total_variation,
        )
    run.deliver(answer, lambda: _lines(answer))
    return DONE


def _check_table(
    run: frame.Frame, temperature, real_fraction, samples, window, generations
) -> None:
    """Raises `InputError` for numbers out of range and for options of other inputs."""
    known = named(run.context)
    for name in _OF_OUTCOMES:
        if source(run.context, known[name]) != "DEFAULT":
            raise InputError("E111", f"--{name} goes with tokens, not with --table; leave it out.")
    options.check_temperature(temperature)
    check_points(2 if samples is None else samples, None, real_fraction, table=True)
    options.check_fraction(real_fraction)
    options.check_count(generations, "--generations", 1, 10**5)
    options.check_count(window, "--window", 1)
    pairs, steps = float(window) ** 2, generations + 20_000
    what = f"moments of every two of {window:,} generations"
    remedy = "give fewer with --window"
    resources.check(what, size=60 * pairs, steps=steps * (pairs + 100), remedy=remedy)


def _of_table(run: frame.Frame, temperature, real_fraction, samples, window, generations) -> int:
    run.check_outputs()
    with run.solving():
        from ...answers import table_accumulation

        real = run.read()
        answer = table_accumulation(
            real,
            temperature=temperature,
            real_fraction=real_fraction,
            samples=real.origin.size if samples is None else samples,
            window=window,
            generations=generations,
        )
    run.deliver(answer, lambda: kept.lines(answer))
    return DONE


def _check_cost(real, window: int, generations: int) -> None:
    """Whether the fits of a window and the paths of the noise can be held and followed."""
    held = 8 * min(window, 10**3)
    # The deviations and the diversity are followed one generation at a time.
    base = generations * (2e5 + generations)
    remedy = "give fewer outcomes, or fewer with --generations"
    cost = _COST._replace(class_size=held + _COST.class_size)
    resources.check_outcomes("a comparison", real, cost, base=base, remedy=remedy)


def _sizes(real, samples: int | None, size: int | None) -> tuple[int, int]:
    """Tokens of a generation and of the first dataset."""
    known = None if real.origin is None else real.origin.size
    samples = inputs.samples_of(real, samples)
    return samples, size or known or samples


def _lines(answer: "Accumulation"):
    about, flows = answer.input, answer.workflows
    yield from inputs.lines(about, f", {about.outcomes:,} distinct")
    yield (
        f"loop        {counted(answer.samples, 'token')} a generation at temperature "
        f"{answer.temperature:g}, {percent(answer.real_fraction)} of them real, after a first "
        f"dataset of {answer.size:,}; the window begins full of real data"
    )
    words = {"goal": answer.total_variation_goal, "generations": answer.generations}
    columns = ("", "replace", f"window of {answer.window:,}", "accumulate")
    rows = [
        (
            text.format(**words),
            *(_cell(key, getattr(w, key)) for w in (flows.replace, flows.window, flows.accumulate)),
        )
        for key, text in _ROWS.items()
    ]
    yield table("", columns, rows)
    yield _same(answer)
    yield from _help(answer)


def _cell(key: str, value: float) -> str:
    never = key in ("half_life", "goal_time")
    return _number(value) if never or math.isfinite(value) else "grows"


def _number(value: float) -> str:
    return f"{value:,.4g}" if math.isfinite(value) else "never"


def _same(answer: "Accumulation") -> str:
    """The sentence on what keeping data does not change."""
    end, unique = answer.end, answer.thresholds.unique.value
    need = "" if unique is None else f" and need {number(unique)} real data to recover for certain"
    if end.stable is None:
        return (
            "Whether the state that starts at the real data attracts is undecided: "
            f"{end.reason}. All three do the same{need}."
        )
    if not end.stable:
        return (
            f"The state that starts at the real data does not attract (multiplier "
            f"{end.multiplier:.4g}): noise leads away from it, in all three; the numbers above "
            f"are those near it. They end in the same states{need}; genloop fixed-points lists "
            "them."
        )
    return (
        f"All three end in the same state, {percent(end.total_variation)} total variation from "
        f"the real data (multiplier {end.multiplier:.4g}){need}."
    )


def _help(answer: "Accumulation"):
    """The sentences on what keeping data does change."""
    replace, keep = answer.workflows.replace, answer.workflows.accumulate
    if not answer.end.stable and answer.temperature != 1:
        return
    if math.isfinite(replace.goal_time):
        yield (
            f"Accumulating delays: total variation {answer.total_variation_goal:g} is passed in "
            f"generation {_number(keep.goal_time)} instead of {_number(replace.goal_time)}."
        )
    if 0 < replace.noise_limit < math.inf and keep.noise_exponent > 0:
        yield (
            f"Accumulating averages noise away: it falls like t^-{keep.noise_exponent:.3g} "
            f"({answer.regime}) instead of staying at {_number(replace.noise_limit)}."
        )
    if answer.real_fraction == 0 and answer.temperature == 1:
        lost, replaced = (percent(1 - w.diversity_limit) for w in (keep, replace))
        yield (
            f"Without real data sampling noise alone takes {lost} of the diversity in the end if "
            f"everything is kept, {replaced} if it is replaced."
        )
