"""The regions of a phase diagram and the curves between them, in words."""

from typing import TYPE_CHECKING

from .. import inputs
from ..terminal import percent, table

if TYPE_CHECKING:
    from ...answers import PhaseDiagram

REGIONS = {
    "one": "one end, without a winner",
    "winner": "one end, won by one outcome",
    "either": "with or without a winner, by the first model",
    "winners": "which outcome wins depends on the first model",
    "unresolved": "not resolved",
}
CURVES = {
    "unique": "the last fold: above it, one end whatever came first",
    "winner": "below it, a loop from the real data is won by one outcome",
}


def lines(answer: "PhaseDiagram"):
    """Input, the shares of the regions, and what a picture shows."""
    yield from inputs.lines(answer.input)
    rows = [(REGIONS[name], percent(share)) for name, share in answer.shares.items()]
    yield table("Shares of the diagram", ("what happens", "share"), rows)
    yield f"{len(answer.temperature)} x {len(answer.real_fraction)} points"
    if answer.curves is not None:
        yield f"In a picture, known exactly: solid, {CURVES['unique']}; dashed, {CURVES['winner']}."
