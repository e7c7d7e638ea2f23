"""The winner of each collapsed state, and the real data up to which it stays."""

from typing import NamedTuple

from ...analysis import Threshold
from ...loops.temperature import collapse_threshold
from ...models import Categorical
from ..real_data import equally_likely, name_of
from ..stable_states import complete_list

_FIRST = 4
_SELECTION = "the likeliest winners and the rarest; genloop fixed-points lists all states"


class Collapse(NamedTuple):
    """A winner, how many others are as likely, and up to which real fraction it can win.

    `leading` is its probability in the state it has won, `None` where it has not won.
    """

    winner: str
    equals: int
    leading: float | None
    spectral_radius: float | None
    survives: Threshold


class Collapses(NamedTuple):
    """The number of states won at a real fraction, or the reason why nobody knows, and some."""

    real_fraction: float
    number: int | None
    reason: str | None
    selection: str
    states: tuple[Collapse, ...]


def collapses(real: Categorical, temperature: float, real_fraction: float) -> Collapses | None:
    """The collapsed states; nothing from temperature one on, where no outcome takes all."""
    if temperature >= 1 or real_fraction == 1:
        return None
    complete = complete_list(real, temperature=temperature, real_fraction=real_fraction)
    won = {state.winner: state for state in complete.states if state.winner is not None}
    first, counts = equally_likely(real)
    # Equally likely winners have equal states: the first of each stands for all.
    chosen = sorted({*range(min(_FIRST, first.size)), first.size - 1})
    states = []
    for index in chosen:
        outcome = int(first[index])
        state = won.get(name_of(real, outcome))
        states.append(
            Collapse(
                name_of(real, outcome),
                int(counts[index]) - 1,
                None if state is None else state.leading,
                None if state is None else state.spectral_radius,
                collapse_threshold(real, outcome, temperature=temperature),
            )
        )
    number = None if complete.number is None else sum(state.count for state in won.values())
    return Collapses(real_fraction, number, complete.reason, _SELECTION, tuple(states))
