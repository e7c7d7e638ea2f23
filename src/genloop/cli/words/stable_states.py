"""The complete list of stable states."""

from typing import TYPE_CHECKING

from ..terminal import label, percent

if TYPE_CHECKING:
    from ...answers.stable_states import StableState, StableStates

_SHOWN = 5


def lines(found: "StableStates"):
    """The lines on how many there are, and the first of them."""
    if found.number is None:
        yield f"All stable states cannot be listed: {found.reason}."
        return
    if not found.states:
        yield "No state has all multipliers below one: this real fraction is a critical one."
        return
    shown = ", ".join(_words(state) for state in found.states[:_SHOWN])
    rest = sum(state.count for state in found.states[_SHOWN:])
    more = f", and {rest:,} more (--json tells all, with --all every winner)" if rest else ""
    yield f"Stable states, complete: {found.number:,}. {shown}{more}."


def _words(state: "StableState") -> str:
    edge = "" if state.stable else ", its stability undecided"
    if state.winner is None:
        return f"no winner ({percent(state.leading)} at most{edge})"
    equals = f" or one of {state.count - 1:,} as likely" if state.count > 1 else ""
    return f"{label(state.winner)}{equals} wins with {percent(state.leading)}{edge}"
