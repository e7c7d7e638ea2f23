"""`genloop simulate`: realisations of a loop beside its theory."""

from typing import Annotated

import typer

from .. import inputs, options, outputs, sample_sizes, session
from ..document import document
from ..exits import DONE
from ..options import (
    CountColumn,
    Counts,
    Field,
    Json,
    Seed,
    Table,
    Temperature,
    TokenColumn,
    Tokens,
    Uniform,
    Words,
)
from ..sample_sizes import RealSamples, Samples
from ..terminal import counted, deliver, percent, progress, table as grid

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
_ROWS = 10


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    table: Table = None,
    words: Words = None,
    field: Field = None,
    token_column: TokenColumn = None,
    count_column: CountColumn = None,
    uniform: Uniform = None,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = None,
    samples: Samples = 1000,
    real_samples: RealSamples = None,
    generations: Generations = 20,
    replicates: Replicates = 200,
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """Run a loop with finite samples many times and compare it with the theory.

    Beside the mean over runs stand the map of infinite data and, where they close, the exact
    expected moments.
    """
    chosen = {"tokens": tokens, "counts": counts, "table": table, "words": words}
    chosen |= {"field": field, "token_column": token_column, "count_column": count_column}
    inputs.check_one(**chosen, uniform=uniform)
    options.check_temperature(temperature)
    if real_fraction is not None:
        options.check_fraction(real_fraction)
    sample_sizes.check_points(samples, real_samples, real_fraction, table=table is not None)
    options.check_count(generations, "--generations", 1, 10**5)
    options.check_count(replicates, "--replicates", 2, 10**7)
    options.check_seed(seed)
    outputs.check({"--out": out}, inputs.files(**chosen), (".csv", ".json"))
    with progress("simulating") as show:
        session.start()
        from ...answers.real_data import real_points_of
        from .. import summaries, trajectories

        real = inputs.read(**chosen, uniform=uniform)
        fresh = real_points_of(samples, real_samples, real_fraction if table else None)
        loop = trajectories.loop_of(real, temperature, real_fraction or 0.0, samples, fresh)
        sizes = {"generations": generations, "replicates": replicates}
        points = samples + fresh if table else None
        found = trajectories.simulate(loop, real, seed=seed, show=show, points=points, **sizes)
    result = {
        "input": inputs.described(real),
        "temperature": temperature,
        "samples": samples,
        "real_samples": fresh if table else None,
        "real_fraction": fresh / (samples + fresh) if table else real_fraction or 0.0,
        **sizes,
        "quantile_runs": summaries.runs_kept(replicates, generations, len(found)),
        "statistics": found,
    }
    report = document("simulate", result, seed=seed, model=real)
    as_csv = out is not None and out.lower().endswith(".csv")
    files = {out: trajectories.as_csv(found)} if as_csv else {}
    deliver(report, lambda: _lines(result), as_json=as_json, out=out, files=files)
    return DONE


def _lines(result: dict):
    yield from inputs.lines(result["input"])
    yield (
        f"loop        {counted(result['samples'], 'sample')} a generation at temperature "
        f"{result['temperature']:g}, {percent(result['real_fraction'])} real data, "
        f"{counted(result['replicates'], 'run')}"
    )
    statistics = result["statistics"]
    columns = ("statistic", "mean of the runs", "5 % to 95 %", "infinite data", "exact mean")
    rows = [(_title(name), *_last(found)) for name, found in statistics.items()]
    yield grid(f"After {counted(result['generations'], 'generation')}", columns, rows)
    if result["quantile_runs"] < result["replicates"]:
        yield f"The range from 5 % to 95 % is of the first {result['quantile_runs']:,} runs."
    columns = ("generation", *map(_title, statistics))
    rows = [
        (t + 1, *(f"{found['mean'][t]:.4g}" for found in statistics.values()))
        for t in _shown(result["generations"])
    ]
    yield grid("Mean of the runs", columns, rows)
    yield from _sentences(result)


def _title(name: str) -> str:
    return {"heterozygosity": "diversity"}.get(name, name.replace("_", " "))


def _shown(generations: int) -> list[int]:
    """About ten generations, evenly spread, the last among them."""
    step = max(1, -(-generations // _ROWS))
    return list(range(generations - 1, -1, -step))[::-1]


def _last(found: dict) -> tuple[str, ...]:
    mean = f"{found['mean'][-1]:.5g} ± {found['standard_error'][-1]:.1g}"
    exact = "" if found["exact"] is None else f"{found['exact'][-1]:.5g}"
    spread = f"{found['low'][-1]:.4g} to {found['high'][-1]:.4g}"
    return mean, spread, f"{found['map'][-1]:.5g}", exact


def _sentences(result: dict):
    generations, statistics = result["generations"], result["statistics"]
    if "effective_vocabulary" in statistics:
        found, real = statistics["effective_vocabulary"], result["input"]["effective_vocabulary"]
        now, ideal = percent(found["mean"][-1] / real), percent(found["map"][-1] / real)
        yield (
            f"After {counted(generations, 'generation')} {now} of the effective vocabulary is left "
            f"on average; with infinite data it would be {ideal}. Diversity is the chance that two "
            "samples differ."
        )
        return
    found, typical = statistics["variance_kept"], statistics["typical_variance"]
    points, columns = result["samples"] + result["real_samples"], result["input"]["dimensions"]
    if points <= columns:
        yield (
            f"{points:,} points fit a covariance of rank {points - 1:,} at most: of {columns:,} "
            f"directions {columns - points + 1:,} are lost at once, and the typical variance (a "
            f"geometric mean over directions) is zero. {percent(found['mean'][-1])} of the "
            f"variance is left on average after {counted(generations, 'generation')}."
        )
        return
    yield (
        f"After {counted(generations, 'generation')} {percent(found['mean'][-1])} of the variance "
        "is left on average, and half of the runs have kept at most "
        f"{percent(typical['middle'][-1])} (geometric mean over directions)."
    )
