"""The events on branches of fixed points, each once, refined to rounding where that is known."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from ...analysis import BifurcationKind, bifurcation_point
from ...analysis.continuation import Branch
from ...operators import distance, flattened
from ...programs import known
from ..answer import tuples
from ..composed import Fit
from ..documents import verdicts
from .records import Beginning, Event, TracedBranch

_SAME, _NEAR = 1e-6, 1e-3
_TURNS = (BifurcationKind.FOLD, BifurcationKind.PITCHFORK_TIP)
_MEANINGS = {
    "LP": "two states meet, neither exists {side}",
    "TP": "a branch begins, it has nothing {side}",
    "BP": "tied outcomes stay equal on one side only",
    "PD": "the end turns into a cycle of two generations",
    "NS": "the end turns into a rotation",
}


def row_of(found: Branch, row: int) -> Any:
    """The state in a row of a branch."""
    return jax.tree.map(lambda leaf: leaf[row], found.state)


def vector_of(state: Any) -> np.ndarray:
    """The numbers of a state in a row."""
    return np.asarray(flattened(known(state))[0])


def traced(fit: Fit, about: Beginning, found: Branch, complete: bool, end: str) -> TracedBranch:
    """The record of a branch."""
    rows = range(found.parameter.size)
    return TracedBranch(
        *about,
        tuples(found.parameter),
        tuple(fit.leading(row_of(found, row)) for row in rows),
        tuples(verdicts(found.stable, ~found.undecided)),
        tuples(found.unstable),
        tuples(found.spectral_radius),
        complete,
        end,
    )


def events_of(fit: Fit, family, found: Sequence[tuple[Beginning, Branch]]) -> tuple[Event, ...]:
    """The events of all branches by their parameter, each once."""
    kept: list[tuple[Event, np.ndarray]] = []
    for about, one in found:
        for row in range(one.events.kind.size):
            event = jax.tree.map(lambda leaf, row=row: leaf[row], one.events)
            state = flattened(known(row_of(one, 0)))[1](event.point)
            record, vector = _event(fit, family, about, event, state, _ends_above(one, event))
            if not any(_is_same(record, vector, *other) for other in kept):
                kept.append((record, vector))
    return tuple(sorted((record for record, _ in kept), key=lambda record: record.parameter))


def _is_same(record, vector, other, there) -> bool:
    """Whether two branches met one event; beside a crossing bisection is not as sharp."""
    near = _SAME if record.refined else _NEAR
    gap = abs(other.parameter - record.parameter)
    return gap < near and float(np.abs(vector - there).max()) < max(near, 1e-4)


def _event(fit: Fit, family, about, event, state, above) -> tuple[Event, np.ndarray]:
    """An event to rounding, where one multiplier is critical; else as bisection found it.

    Where tied outcomes part, as many multipliers are critical as there are ties, and the extended
    system would be as large.
    """
    kind, parameter = BifurcationKind(int(event.kind)), event.parameter
    critical = max(1, abs(int(event.after) - int(event.before)))
    residual, refined = distance(family(parameter)(state), state), False
    if critical == 1:
        point = bifurcation_point(kind, family, state, parameter)
        refined = bool(point.converged) and abs(float(point.parameter - parameter)) < _NEAR
    if refined:
        state, parameter, residual = point.state, point.parameter, point.residual
    record = Event(
        kind.label,
        kind.title,
        about.name,
        float(parameter),
        fit.leading(state),
        fit.leader(state),
        float(residual),
        refined,
        critical,
        above,
        _meaning(kind, critical, above),
    )
    return record, vector_of(state)


def _meaning(kind: BifurcationKind, critical: int, above: bool | None) -> str:
    """The meaning of an event, in words."""
    words = _MEANINGS.get(kind.label, kind.title).format(side="above" if above else "below")
    return words if critical == 1 else f"{words} ({critical:,} at once)"


def _ends_above(found: Branch, event) -> bool | None:
    """At a turn: whether the branch lies below the event and so has nothing above it."""
    if BifurcationKind(int(event.kind)) not in _TURNS:
        return None
    rows = range(found.parameter.size)
    apart = [np.abs(vector_of(row_of(found, row)) - event.point).max() for row in rows]
    return bool(found.parameter[int(np.argmin(apart))] < float(event.parameter))
