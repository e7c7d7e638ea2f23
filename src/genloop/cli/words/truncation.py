"""The effect of top-k, nucleus or min-p sampling, for `genloop threshold`."""

from typing import TYPE_CHECKING

from ..terminal import counted, percent, percent_above, table

if TYPE_CHECKING:
    from ...answers import OutcomeThresholds
    from ...answers.thresholds.truncated import Path, Truncated

_SHOWN = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500)


def sampled(words: str, temperature: float, temperature_first: bool) -> str:
    """The sampling in the order in which it happens."""
    heat = f"temperature {temperature:g}"
    return f"{heat}, then {words}" if temperature_first else f"{words}, then {heat}"


def lines(answer: "OutcomeThresholds"):
    """A table of both loops and what it means."""
    found = answer.truncation
    if found is None:
        return
    yield _needed(found)
    paths = found.without_real_data, found.with_real_data
    longest = max(len(path.kept) for path in paths)
    listed = [t for t in _SHOWN if t < longest] + [longest]
    shares = [percent(path.real_fraction) for path in paths]
    columns = ("generation", *(f"{what}, {share} real" for share in shares for what in _COLUMNS))
    rows = [(t, *(cell for path in paths for cell in _cells(path, t))) for t in listed]
    yield table(f"With {found.rule}: tokens sampled and effective vocabulary", columns, rows)
    for path in paths:
        yield _fate(path, answer.input.outcomes)
    yield (
        "Everything above is of the loop with this sampling, started at the real data. Thresholds "
        "and collapsed states are known without it only: leave it out to see them."
    )


def _needed(found: "Truncated") -> str:
    """The answer to the goal."""
    fidelity, goal = found.fidelity, f"total variation at most {found.goal:g}"
    if fidelity.value is None:
        return f"Real data for {goal} in the long run: {fidelity.status}: {fidelity.reason}."
    need = percent_above(fidelity.value)
    return f"{goal[:1].upper()}{goal[1:]} in the long run needs {need} real data."


_COLUMNS = ("sampled", "vocabulary")


def _cells(path: "Path", generation: int) -> tuple[str, str]:
    index = min(generation, len(path.kept)) - 1
    return f"{path.kept[index]:,}", f"{path.effective_vocabulary[index]:,.4g}"


def _fate(path: "Path", outcomes: int) -> str:
    generations, kept = len(path.kept), path.kept[-1]
    when = (
        f"after {counted(generations, 'generation')}"
        if path.rests
        else f"by then ({generations:,})"
    )
    are = "is" if kept == 1 else "are"
    if path.real_fraction == 0:
        return (
            f"Without real data {kept:,} of {outcomes:,} tokens {are} left {when}, for good, with "
            f"an effective vocabulary of {path.end.effective_vocabulary:,.4g}."
        )
    share = percent(path.real_fraction)
    if kept == outcomes:
        return f"With {share} real data all {outcomes:,} tokens are sampled {when}."
    return (
        f"With {share} real data {kept:,} of {outcomes:,} tokens {are} sampled {when}; every other "
        f"one stays at {share} of its real frequency, and the effective vocabulary is "
        f"{percent(path.end.vocabulary_kept)} of the real one."
    )
