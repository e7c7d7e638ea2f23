"""The answer of `genloop extinction` for a table, in words."""

import math
from typing import TYPE_CHECKING

from ... import inputs
from ...terminal import counted, percent, table

if TYPE_CHECKING:
    from ....answers import LevelLoss, VarianceLosses


def lines(answer: "VarianceLosses"):
    """When a half, nine tenths, ... of the variance is lost."""
    about, levels = answer.input, answer.levels
    yield from inputs.lines(about, inputs.size_of(about))
    yield (
        f"loop        {counted(answer.samples, 'point')} a generation at temperature 1, fitted "
        "without bias, no real data"
    )
    first = levels[0]
    yield (
        f"In half of the runs {percent(1 - first.level)} of the variance in a direction is gone by "
        f"generation {_generation(first.quantiles['0.5'])}; in one in twenty by "
        f"{_generation(first.quantiles['0.05'])}, in nineteen in twenty by "
        f"{_generation(first.quantiles['0.95'])}."
    )
    shares = [f"{float(share):.0%}" for share in first.quantiles]
    columns = ("lost", *(f"{share} by" for share in shares))
    columns += tuple(f"lost by {t:,}" for t in answer.generations)
    title = "When runs first lose so much: the generation by which 5 % of them have, and so on"
    yield table(title, columns, [_row(one) for one in levels])
    yield (
        "Exact, for any one direction of the table; the expected variance hides it, because a few "
        "runs with a growing variance carry it."
    )


def _row(one: "LevelLoss") -> tuple[str, ...]:
    reached = (_generation(time) for time in one.quantiles.values())
    return percent(1 - one.level), *reached, *(percent(share) for share in one.lost)


def _generation(time: float) -> str:
    return f"{time:,.0f}" if math.isfinite(time) else "never"
