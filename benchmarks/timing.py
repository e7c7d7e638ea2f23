"""Contenders timed in turn within one run, in processor and wall time."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import jax


class Row(NamedTuple):
    """One line of the table: what was done, by which method, and its cost in `unit`."""

    task: str
    method: str
    cpu: float
    wall: float
    unit: str
    ratio: float | None
    """Processor time in multiples of genloop's for the same task."""


def compare(
    task: str, contenders: dict[str, Callable], *, work: float, unit: str, repeats: int = 5
) -> list[Row]:
    """Median cost of each contender, in `unit` per piece of work (for example nanoseconds).

    A contender is a function without arguments that does `work` pieces, or a pair of one and the
    pieces that it does. After one call to warm up, the contenders take turns, so that a change of
    the machine's speed meets all of them.
    """
    scale = {"ns": 1e9, "us": 1e6, "s": 1.0}[unit.split()[0]]
    jobs = {
        name: job if isinstance(job, tuple) else (job, work) for name, job in contenders.items()
    }
    for job, _ in jobs.values():
        jax.block_until_ready(job())
    times = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, (job, pieces) in jobs.items():
            cpu, wall = time.process_time(), time.perf_counter()
            jax.block_until_ready(job())
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            times[name].append((scale * cpu / pieces, scale * wall / pieces))
    medians = {
        name: [statistics.median(column) for column in zip(*pairs, strict=True)]
        for name, pairs in times.items()
    }
    ours = medians.get("genloop", [None])[0]
    return [
        Row(task, name, cpu, wall, unit, cpu / ours if ours else None)
        for name, (cpu, wall) in medians.items()
    ]


def markdown(rows: list[Row]) -> str:
    """The rows as one Markdown table."""
    lines = [
        "| task | method | CPU | wall | unit | CPU, times genloop's |",
        "|---|---|---:|---:|---|---:|",
    ]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
        lines.append(
            f"| {row.task} | {row.method} | {row.cpu:.3g} | {row.wall:.3g} | {row.unit} | {ratio} |"
        )
    return "\n".join(lines)
