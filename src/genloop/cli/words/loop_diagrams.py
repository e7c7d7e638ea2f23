"""The ends of any loop on a grid of two parameters, in words."""

from typing import TYPE_CHECKING

from .. import inputs
from ..terminal import counted, percent, table

if TYPE_CHECKING:
    from ...answers import LoopDiagram

SHARES = {
    "one": "one stable end was found",
    "several": "several: which one depends on the first model",
    "none": "no stable end was found, or none that is decided",
}
"""What was found at a point, by the name of its share."""


def lines(answer: "LoopDiagram"):
    """The input, the sentence that answers, the shares of the grid."""
    yield from inputs.lines(answer.input)
    yield f"loop        {answer.loop}"
    (down, rows), (across, columns) = answer.axes.items()
    yield f"grid        {_axis(down, rows)} x {_axis(across, columns)}"
    yield (
        f"A loop that starts from the real data keeps to '{answer.goal}' at {percent(answer.met)} "
        "of the points."
    )
    found = [(words, percent(answer.shares[name])) for name, words in SHARES.items()]
    yield table("Shares of the diagram", ("what happens", "share"), found)
    yield (
        f"Ends were sought from the real data and from "
        f"{counted(answer.first_models, 'other first model')}. What was not found may exist."
    )


def _axis(name: str, values: tuple[float, ...]) -> str:
    return f"{name} from {values[0]:g} to {values[-1]:g} ({counted(len(values), 'value')})"
