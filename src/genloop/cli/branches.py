"""The branches of fixed points of a loop of tokens in one parameter, with their events."""

from bisect import bisect_left

import jax
import jax.numpy as jnp
import numpy as np

from ..analysis import BifurcationKind, bifurcation_point, branch
from ..analysis.continuation import Branch, Status
from ..answers.real_data import name_of
from ..models import Categorical
from ..operators import distance
from ..papers import marchi2024
from . import inputs, options
from .document import verdicts
from .terminal import label
from .words.branches import meaning

AXES = ("temperature", "real-fraction")
_LARGEST = 50_000
_FINE = {"steps": 300, "stride": 0.01, "longest_stride": 0.02}
_SAME, _NEAR = 1e-6, 1e-3
_TURNS = (BifurcationKind.FOLD, BifurcationKind.PITCHFORK_TIP)


def solve(
    real: Categorical, along: str, fixed: float, lower: float, upper: float, winners: int, show
) -> dict:
    """The branches that begin at the lower end of the parameter, and the events on them.

    They begin at the healthy state and at states that one of the most probable outcomes has won, as
    many as `winners`; tied outcomes have the same branch, which is followed once.
    """
    options.check_count(real.outcomes, "the number of outcomes", 2, _LARGEST)
    family = family_of(real, along, fixed)
    begin = (lower, fixed) if along == "temperature" else (fixed, lower)
    starts = list(_starts(real, *begin, winners))
    traced: list[tuple[dict, Branch]] = []
    for index, (about, start) in enumerate(starts):
        show(100 * index / len(starts), about["name"])
        found = branch(family, start, lower, upper, direction=1, **_FINE).points()
        if _is_new(found, about, [other for _, other in traced]):
            traced.append((about, found))
    show(99, "events")
    return {
        "input": inputs.described(real),
        "along": along.replace("-", "_"),
        "fixed": {AXES[1 - AXES.index(along)].replace("-", "_"): fixed},
        "interval": [lower, upper],
        "drawn": _drawn(real, *begin, [about for about, _ in traced]),
        "branches": [_described(*pair) for pair in traced],
        "events": _events(real, family, traced),
    }


def family_of(real: Categorical, along: str, fixed: float):
    """The loop as a function of the parameter that moves."""
    maker = _at_real_fraction if along == "temperature" else _at_temperature
    return jax.tree_util.Partial(maker, real, jnp.asarray(fixed, float))


def _at_real_fraction(real, real_fraction, temperature):
    return marchi2024.loop(real=real, temperature=temperature, real_fraction=real_fraction)


def _at_temperature(real, temperature, real_fraction):
    return _at_real_fraction(real, real_fraction, temperature)


def _starts(real, temperature, share, winners):
    """What every branch is about, and a state near its beginning."""
    healthy = marchi2024.healthy_state(real, temperature=temperature, real_fraction=share)
    yield {"name": "from the real data", "outcome": None, "ties": 1}, healthy
    if temperature >= 1:
        return
    probabilities = np.asarray(real.probabilities)
    for winner, count in list(zip(*_ranked(real), strict=True))[:winners]:
        won = share * probabilities
        won[winner] += 1 - share
        name = label(name_of(real, int(winner)))
        about = {"name": f"won by {name}", "outcome": int(winner), "ties": int(count)}
        yield about, Categorical(jnp.asarray(won), real.read_from)


def _ranked(real):
    """The first of every group of equally probable outcomes, the likeliest first, and its size."""
    _, first, ties = np.unique(
        -np.asarray(real.probabilities), return_index=True, return_counts=True
    )
    return first, ties


def _drawn(real, temperature, share, drawn: list[dict]) -> dict:
    """How many branches are drawn, of how many that begin here: ties have one in common.

    Collapses end at folds that are ordered like the real probabilities [HD-9].
    """
    first, ties = _ranked(real)
    done = {about["outcome"] for about in drawn} | ({int(first[0])} if ties[0] == 1 else set())

    def is_lost(level):
        fold = marchi2024.collapse_threshold(real, int(first[level]), temperature=temperature)
        return fold.value is not None and fold.value <= share

    can_win = bisect_left(range(first.size), True, key=is_lost) if temperature < 1 else 0
    left = sum(int(outcome) not in done for outcome in first[:can_win])
    return {"branches": len(drawn), "of": len(drawn) + left}


def _is_new(found: Branch, about: dict, others: list[Branch]) -> bool:
    """Whether a branch was found, has the winner asked for, and begins where no other one does."""
    if found.parameter.size < 2:
        return False
    begin = np.asarray(found.state.probabilities[0])
    if about["outcome"] is not None and begin.argmax() != about["outcome"]:
        return False
    apart = [np.abs(begin - np.asarray(other.state.probabilities[0])).max() for other in others]
    return all(gap > _SAME for gap in apart)


def _described(about: dict, found: Branch) -> dict:
    """A branch as it stands in the document."""
    return {
        **about,
        "parameter": found.parameter,
        "leading": found.state.probabilities.max(axis=1),
        "stable": verdicts(found.stable, ~found.undecided),
        "unstable": found.unstable,
        "spectral_radius": found.spectral_radius,
        "complete": bool(found.status[0] == Status.BOUND),
        "end": Status(int(found.status[0])).sentence,
    }


def _events(real, family, traced) -> list[dict]:
    """The events of all branches by their parameter, each once."""
    kept: list[tuple[dict, np.ndarray]] = []
    for about, found in traced:
        for row in range(found.events.kind.size):
            event = jax.tree.map(lambda leaf, row=row: leaf[row], found.events)
            record, state = _event(real, family, about, event, _ends_above(found, event))
            if not any(_is_same(record, state, *other) for other in kept):
                kept.append((record, state))
    return sorted((record for record, _ in kept), key=lambda record: record["parameter"])


def _is_same(record, state, other, there) -> bool:
    """Whether two branches met one event; beside a crossing bisection is not as sharp."""
    near = _SAME if record["refined"] else _NEAR
    gap = abs(other["parameter"] - record["parameter"])
    return gap < near and float(np.abs(state - there).max()) < max(near, 1e-4)


def _event(real, family, about, event, above) -> tuple[dict, np.ndarray]:
    """An event to rounding, where one multiplier is critical; else as bisection found it.

    Where tied outcomes part, as many multipliers are critical as there are ties, and the extended
    system would be as large.
    """
    kind, state = BifurcationKind(int(event.kind)), Categorical(event.point, real.read_from)
    parameter, critical = event.parameter, max(1, abs(int(event.after) - int(event.before)))
    residual, refined = distance(family(parameter)(state), state), False
    if critical == 1:
        point = bifurcation_point(kind, family, state, parameter)
        refined = bool(point.converged) and abs(float(point.parameter - parameter)) < _NEAR
    if refined:
        state, parameter, residual = point.state, point.parameter, point.residual
    probabilities = np.asarray(state.probabilities)
    leading = int(probabilities.argmax())
    record = {
        "kind": kind.label,
        "title": kind.title,
        "branch": about["name"],
        "parameter": float(parameter),
        "leading": float(probabilities[leading]),
        "leader": name_of(real, leading),
        "residual": float(residual),
        "refined": refined,
        "critical": critical,
        "above": above,
    }
    return record | {"meaning": meaning(record)}, probabilities


def _ends_above(found: Branch, event) -> bool | None:
    """At a turn: whether the branch lies below the event and so has nothing above it."""
    if BifurcationKind(int(event.kind)) not in _TURNS:
        return None
    parameter, states = np.asarray(found.parameter), np.asarray(found.state.probabilities)
    apart = np.abs(states - np.asarray(event.point)).max(axis=1)
    return bool(parameter[apart.argmin()] < float(event.parameter))
