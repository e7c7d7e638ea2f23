"""The lines of `genloop threshold` at temperature one: finite samples, and other temperatures."""

from typing import TYPE_CHECKING

from ...answers.goals import THRESHOLD_OF
from ..terminal import counted, percent, percent_above, table

if TYPE_CHECKING:
    from ...answers import OutcomeThresholds
    from ...answers.thresholds.neutral import AtTemperature, Neutral


def lines(answer: "OutcomeThresholds"):
    """Both in words."""
    found = answer.neutral
    if found is None:
        return
    if found.distinct_left:
        yield _losses(found, answer.input.outcomes)
    question = answer.questions[THRESHOLD_OF[found.goal]]
    rows = [(f"{one.temperature:g}", _cell(one)) for one in found.temperatures]
    yield table(f"Other temperatures: {question}", ("temperature", "needs real data"), rows)


def _losses(found: "Neutral", outcomes: int) -> str:
    lost = " and ".join(
        f"{percent(max(0.0, 1 - one.expected / outcomes))} with "
        f"{percent(one.real_fraction)} real data"
        for one in found.distinct_left
    )
    return (
        f"Finite samples do change it: with {counted(found.samples, 'token')} a generation "
        f"the share of the vocabulary that is missing from generation {found.generations} is "
        f"{lost} on average (see genloop extinction)."
    )


def _cell(found: "AtTemperature") -> str:
    return found.status if found.value is None else percent_above(found.value)
