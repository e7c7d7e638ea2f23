"""The token that wins in each collapsed state, for `genloop threshold`."""

from typing import TYPE_CHECKING

from ..terminal import counted, label, percent, table

if TYPE_CHECKING:
    from ...answers import OutcomeThresholds
    from ...answers.thresholds.collapsed import Collapse


def lines(answer: "OutcomeThresholds"):
    """A table of the winners, and staying healthy against recovering."""
    found = answer.collapsed
    if found is not None and found.number is None:
        yield f"The collapsed states cannot be listed: {found.reason}."
    elif found is not None:
        share = percent(found.real_fraction)
        columns = ("winner", f"its share with {share} real data", "can win up to")
        title = f"With {share} real data {counted(found.number, 'token')} can have won"
        yield table(title, columns, [_cells(state) for state in found.states])
    yield from _hysteresis(answer)


def _cells(state: "Collapse") -> tuple[str, str, str]:
    leading, survives = state.leading, state.survives
    equals = f" or {state.equals:,} as likely" if state.equals else ""
    share = "has not won" if leading is None else percent(leading)
    limit = survives.reason if survives.status != "not resolved" else "not resolved"
    if survives.value is not None:
        limit = f"{percent(survives.value)} real data"
    return label(state.winner) + equals, share, limit


def _hysteresis(answer: "OutcomeThresholds"):
    stay, recover = (answer.thresholds[name].value for name in ("local", "unique"))
    if recover is None:
        return
    if stay is not None and stay < recover:
        yield (
            f"To stay healthy: a healthy model stays stable from {percent(stay)} real data. To "
            f"recover from collapse: above {percent(recover)}; in between, both last."
        )
        return
    yield (
        f"To recover from a collapse to another token: more than {percent(recover)} real data; "
        "below, the end depends on the model that came first."
    )
