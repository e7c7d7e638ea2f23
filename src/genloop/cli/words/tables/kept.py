"""The answer of `genloop accumulate` for a table, in words."""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ... import inputs
from ...terminal import counted, percent, table

if TYPE_CHECKING:
    from ....answers import KeptTable, TableAccumulation

_WORDS = {
    "replace": "replaced",
    "window": "last {:,} kept",
    "accumulate": "all kept",
    "subsample": "some chosen of all",
}


def lines(answer: "TableAccumulation") -> Iterator[Any]:
    """What is left if data are replaced, kept, or chosen."""
    about, flows = answer.input, answer.workflows
    yield from inputs.lines(about, inputs.size_of(about))
    yield (
        f"loop        {counted(answer.samples, 'point')} sampled at temperature "
        f"{answer.temperature:g} and {counted(answer.real_samples, 'new real point')} a "
        "generation, fitted by maximum likelihood; generation 1 is real"
    )
    yield _answer(answer)
    rows = [
        (title.format(answer.generations), *map(cell, flows.values()))
        for title, cell in _ROWS.items()
    ]
    if any(flow.typical is not None for flow in flows.values()):
        rows += [
            (title.format(answer.generations), *map(cell, flows.values()))
            for title, cell in _TYPICAL.items()
        ]
    heads = (_WORDS[name].format(answer.window) for name in flows)
    yield table("", ("expected", *heads), rows)
    yield (
        "Shares of the real variance, exact for any data and number of columns. Chosen are as many "
        "points as one generation adds, at random. The typical run is that of Gaussian data."
    )


def _answer(answer: "TableAccumulation") -> str:
    flows = answer.workflows
    left = [percent(flows[name].variance) for name in ("accumulate", "replace", "subsample")]
    said = (
        f"After {counted(answer.generations, 'generation')} {left[0]} of the variance is left if "
        f"all data are kept, {left[1]} if they are replaced, {left[2]} if as many as before are "
        "chosen of all."
    )
    lost = all(flow.variance_limit == 0 for flow in flows.values())
    return said + (" In the end all is lost either way, only later." if lost else "")


_ROWS: dict[str, Callable[["KeptTable"], str]] = {
    "variance after {:,} generations": lambda flow: percent(flow.variance),
    "variance in the end": lambda flow: _limit(flow.variance_limit),
    "squared error of the mean after {:,}": lambda flow: percent(flow.mean_error),
    "the same in the end": lambda flow: _limit(flow.mean_error_limit),
    "generation with half of the variance": lambda flow: (
        f"{flow.half:,.0f}" if math.isfinite(flow.half) else "none of these"
    ),
}


_TYPICAL: dict[str, Callable[["KeptTable"], str]] = {
    "variance of a typical run after {:,}": lambda flow: _limit(flow.typical),
    "the same in the end": lambda flow: _limit(flow.typical_limit),
}


def _limit(share: float | None) -> str:
    if share is None:
        return "not known"
    return percent(share) if math.isfinite(share) else "no limit"
