"""`genloop simulate`: realisations of a loop beside its theory."""

import csv
import dataclasses
import io
import math
from typing import TYPE_CHECKING, Annotated

import typer

from .. import frame, inputs, options, resources
from ..exits import DONE
from ..options import Temperature
from ..sample_sizes import RealSamples, Samples, check_points
from ..study import loops
from ..study.loops import Loop, Settings
from ..study.short_forms import check_alone
from ..terminal import counted, percent, table
from ..words.kernels import simulations as kernel_simulations

if TYPE_CHECKING:
    from ...answers import Simulation, Statistic

RealFraction = Annotated[
    float | None,
    typer.Option("--real-fraction", "-a", metavar="A", help="Share of real data (default 0)."),
]
Generations = Annotated[int, typer.Option("--generations", metavar="G", help="How many.")]
Replicates = Annotated[int, typer.Option("--replicates", metavar="R", help="Independent runs.")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="FILE", help="Write every generation: .csv, or .json."),
]
_ROWS, _SAMPLES = 10, 1000


@frame.command(reads=frame.LOOPS, suffixes=(".csv", ".json"), out=Out)
def command(
    run: frame.Frame,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = None,
    loop: Loop = None,
    settings: Settings = None,
    samples: Samples = _SAMPLES,
    real_samples: RealSamples = None,
    generations: Generations = 20,
    replicates: Replicates = 200,
) -> int:
    """Run a loop with finite samples many times and compare it with the theory.

    Beside the mean over runs stand the map of infinite data and, where they close, the exact
    expected moments. With --loop: any loop that draws samples, a number for each parameter.
    """
    if loop is not None:
        check_alone(run.context, loop, "temperature", "real-fraction", "samples", "real-samples")
    options.check_temperature(temperature)
    if real_fraction is not None:
        options.check_fraction(real_fraction)
    check_points(samples, real_samples, real_fraction, table=run.inputs["table"] is not None)
    options.check_count(generations, "--generations", 1, 10**5)
    options.check_count(replicates, "--replicates", 2, 10**7)
    run.check_outputs()
    with run.solving("simulating") as show:
        from ...answers import simulation

        choice = loops.choose(loop, settings, context=run.context)
        real, choice = run.read_for(choice)
        start = None if choice is None else loops.begun(choice, real)
        resources.check_runs(real, generations, replicates, start)
        short = {"temperature": temperature, "real_fraction": real_fraction}
        short |= {"samples": samples, "real_samples": real_samples}
        answer = simulation(
            real,
            **short if choice is None else choice.asked(),
            generations=generations,
            replicates=replicates,
            seed=run.seed,
            progress=show,
        )
    as_csv = run.out is not None and run.out.lower().endswith(".csv")
    run.deliver(answer, lambda: _lines(answer), {run.out: _csv(answer)} if as_csv else None)
    return DONE


def _csv(answer: "Simulation") -> bytes:
    """One row a generation, six or seven columns a statistic; unknown numbers stay empty."""
    columns = {
        f"{name}_{field.name}": getattr(found, field.name)
        for name, found in answer.statistics.items()
        for field in dataclasses.fields(found)
        if getattr(found, field.name) is not None
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["generation", *columns])
    for t, row in enumerate(zip(*columns.values(), strict=True), 1):
        writer.writerow([t, *(repr(float(x)) if math.isfinite(x) else "" for x in row)])
    return text.getvalue().encode()


def _lines(answer: "Simulation"):
    generations, statistics = answer.generations, answer.statistics
    yield from inputs.lines(answer.input)
    yield f"loop        {_loop(answer)}, {counted(answer.replicates, 'run')}"
    columns = ("statistic", "mean of the runs", "5 % to 95 %", "infinite data", "exact mean")
    rows = [(_title(name), *_last(found)) for name, found in statistics.items()]
    yield table(f"After {counted(generations, 'generation')}", columns, rows)
    if answer.quantile_runs < answer.replicates:
        yield f"The range from 5 % to 95 % is of the first {answer.quantile_runs:,} runs."
    columns = ("generation", *map(_title, statistics))
    rows = [
        (t + 1, *(f"{found.mean[t]:.4g}" for found in statistics.values()))
        for t in _shown(generations)
    ]
    yield table("Mean of the runs", columns, rows)
    if "modes" in statistics:
        yield from kernel_simulations.sentences(answer)
    else:
        yield _outcomes(answer) if "effective_vocabulary" in statistics else _table(answer)


def _loop(answer: "Simulation") -> str:
    if answer.samples is None:
        return answer.loop
    return (
        f"{counted(answer.samples, 'sample')} a generation at temperature {answer.temperature:g}, "
        f"{percent(answer.real_fraction)} real data"
    )


def _title(name: str) -> str:
    said = {"heterozygosity": "diversity", "mean_error": "squared error of the mean"}
    return said.get(name, name.replace("_", " "))


def _shown(generations: int) -> list[int]:
    """About ten generations, evenly spread, the last among them."""
    step = max(1, -(-generations // _ROWS))
    return list(range(generations - 1, -1, -step))[::-1]


def _last(found: "Statistic") -> tuple[str, ...]:
    mean = f"{found.mean[-1]:.5g} ± {found.standard_error[-1]:.1g}"
    exact = "" if found.exact is None else f"{found.exact[-1]:.5g}"
    mapped = "" if math.isnan(found.map[-1]) else f"{found.map[-1]:.5g}"
    return mean, f"{found.low[-1]:.4g} to {found.high[-1]:.4g}", mapped, exact


def _outcomes(answer: "Simulation") -> str:
    found, real = answer.statistics["effective_vocabulary"], answer.input.effective_vocabulary
    now, ideal = percent(found.mean[-1] / real), percent(found.map[-1] / real)
    return (
        f"After {counted(answer.generations, 'generation')} {now} of the effective vocabulary is "
        f"left on average; with infinite data it would be {ideal}. Diversity is the chance that "
        "two samples differ."
    )


def _table(answer: "Simulation") -> str:
    when = counted(answer.generations, "generation")
    kept = percent(answer.statistics["variance_kept"].mean[-1])
    points, columns = (answer.samples or 0) + (answer.real_samples or 0), answer.input.dimensions
    if answer.samples is not None and points <= columns:
        return (
            f"{points:,} points fit a covariance of rank {points - 1:,} at most: of {columns:,} "
            f"directions {columns - points + 1:,} are lost at once, and the typical variance (a "
            f"geometric mean over directions) is zero. {kept} of the variance is left on average "
            f"after {when}."
        )
    typical = percent(answer.statistics["typical_variance"].middle[-1])
    return (
        f"After {when} {kept} of the variance is left on average, and half of the runs have kept "
        f"at most {typical} (geometric mean over directions)."
    )
