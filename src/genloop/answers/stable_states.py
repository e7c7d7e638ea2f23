"""The complete list of stable states of a temperature loop."""

import dataclasses

import numpy as np

from ..loops.temperature import stable_states
from ..models import Categorical
from .real_data import name_of

_EDGE = 1e-8
"""A multiplier this close to one is known no better than to be near it, as beside a fold."""


@dataclasses.dataclass(frozen=True)
class StableState:
    """Equally likely winners have equal states: one of them stands for all `count`.

    `winner` is `None` where no outcome has won, `leading` the probability of the winner in the
    state (else of the likeliest outcome), `stable` `None` where it is undecided.
    """

    winner: str | None
    count: int
    leading: float
    spectral_radius: float
    stable: bool | None
    residual: float


@dataclasses.dataclass(frozen=True)
class NamedStableState(StableState):
    """With all its possible winners."""

    winners: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class StableStates:
    """The number of stable states and the states, or the reason why they cannot be listed."""

    number: int | None
    reason: str | None
    states: tuple[StableState, ...]


def complete_list(
    real: Categorical, *, temperature: float, real_fraction: float, names: bool = False
) -> StableStates:
    """All stable states, with the names of all winners if `names`, or why there is no list."""
    reason = _reason(real, temperature, real_fraction)
    if reason is not None:
        return StableStates(None, reason, ())
    found = stable_states(real, temperature=temperature, real_fraction=real_fraction)
    states = tuple(_described(found, real, row, names) for row in range(len(found.counts)))
    return StableStates(found.number, None, states)


def first_states(
    real: Categorical, *, temperature: float, real_fraction: float, most: int
) -> list[Categorical]:
    """The first stable states, without the leading one `most`; none where there is no list."""
    if _reason(real, temperature, real_fraction) is not None:
        return []
    found = stable_states(real, temperature=temperature, real_fraction=real_fraction)
    return [found.state(row) for row in range(min(most + 1, len(found.counts)))]


def _reason(real, temperature, real_fraction) -> str | None:
    """The reason why there is no list, if there is none."""
    if float(np.min(real.probabilities)) < np.finfo(float).tiny:
        return (
            "an outcome that was never seen, or with a probability below 2.3e-308, has no place in "
            "the list; remove it from the input"
        )
    if temperature == 1 and real_fraction == 0:
        return "at temperature one without real data every state stays as it is"
    if 0 < real_fraction < 1e-12:
        return "the real fraction is too small to be told from zero"
    return None


def _described(found, real, row, names) -> StableState:
    winners = found.winners(row)
    state = StableState(
        name_of(real, int(winners[0])) if winners.size else None,
        int(found.counts[row]),
        float(found.leading[row]),
        float(found.spectral_radius[row]),
        True if found.spectral_radius[row] < 1 - _EDGE else None,
        float(found.residual[row]),
    )
    if not names:
        return state
    return NamedStableState(
        **vars(state), winners=tuple(name_of(real, int(winner)) for winner in winners)
    )
