"""The branches of fixed points of a loop over outcomes in one parameter, with their events."""

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import BifurcationKind, bifurcation_point, branch
from ...analysis.continuation import Branch, Status
from ...arguments import check_at_least, checked, listed
from ...errors import label
from ...loops.temperature import collapse_threshold, healthy_state, loop
from ...models import Categorical
from ...operators import distance
from ...printing import readable, short
from ..answer import Answer, tuples
from ..documents import verdicts
from ..real_data import RealOutcomes, described, equally_likely, name_of

AXES = ("temperature", "real_fraction")
_FINE = {"steps": 300, "stride": 0.01, "longest_stride": 0.02}
_SAME, _NEAR = 1e-6, 1e-3
_TURNS = (BifurcationKind.FOLD, BifurcationKind.PITCHFORK_TIP)
_MEANINGS = {
    "LP": "two states meet, neither exists {side}",
    "TP": "a branch begins, it has nothing {side}",
    "BP": "tied outcomes stay equal on one side only",
}


class Beginning(NamedTuple):
    """The beginning of a branch: the `outcome` that has won, of `ties` that are equally likely."""

    name: str
    outcome: int | None
    ties: int


@dataclasses.dataclass(frozen=True)
class TracedBranch:
    """A branch, point by point: the largest probability, what is stable, and how it ended.

    `stable` is `None` where it is undecided, `unstable` the number of unstable multipliers;
    `complete` whether the branch was followed to the end of the interval, and `end` why not.
    """

    name: str
    outcome: int | None
    ties: int
    parameter: tuple[float, ...]
    leading: tuple[float, ...]
    stable: tuple[bool | None, ...]
    unstable: tuple[int, ...]
    spectral_radius: tuple[float, ...]
    complete: bool
    end: str


@dataclasses.dataclass(frozen=True)
class Event:
    """A point where states appear, vanish or change their stability, as far as that is known.

    `leader` is the likeliest outcome and `leading` its probability; `refined` whether the place is
    known to rounding; `critical` how many multipliers are critical; `above` whether the branch has
    nothing above it, `None` where it does not turn.
    """

    kind: str
    title: str
    branch: str
    parameter: float
    leading: float
    leader: str
    residual: float
    refined: bool
    critical: int
    above: bool | None
    meaning: str

    def _in_short(self) -> str:
        return f"{self.title} at {short(self.parameter)} on {self.branch}"


@dataclasses.dataclass(frozen=True)
class Drawn:
    """The number of branches that are followed, and of those that begin there."""

    branches: int
    of: int


@readable
@dataclasses.dataclass(frozen=True)
class BranchDiagram(Answer):
    """Branches along one parameter while the other is `fixed`, with the events on them.

    ```python
    moving = {"along": "real_fraction", "fixed": 0.8, "interval": (0.05, 0.9)}
    gl.answers.branch_diagram(gl.Categorical.of([5, 3, 2]), **moving).interval  # [0.05, 0.9]
    ```
    """

    question: ClassVar[str] = "diagram"
    numerics: ClassVar[Mapping[str, Any]] = {"tolerance": 1e-12}

    input: RealOutcomes
    along: str
    fixed: Mapping[str, float]
    interval: tuple[float, float]
    drawn: Drawn
    branches: tuple[TracedBranch, ...]
    events: tuple[Event, ...]


@checked
def branch_diagram(
    real: Categorical,
    *,
    along: str,
    fixed: float,
    interval: Sequence[float],
    winners: int = 3,
    progress: Callable[[float, str], None] | None = None,
) -> BranchDiagram:
    """The branches that begin at the lower end of a parameter, and the events on them.

    `along` is "temperature" or "real_fraction", the other of the two stays at `fixed`. The branches
    begin at the healthy state and at states that one of the most probable outcomes has won, as many
    as `winners`; tied outcomes have the same branch, which is followed once. `progress` is told the
    per cent that are done. Raises `ValueError` for another name.

    ```python
    real = genloop.Categorical.of([5, 3, 2])
    moving = {"along": "real_fraction", "fixed": 0.8, "interval": (0.05, 0.9)}
    genloop.answers.branch_diagram(real, **moving).events
    ```
    """
    if along not in AXES:
        raise ValueError(f"along must be one of {AXES}, got {along!r}.")
    if len(ends := listed("ends of the interval", interval)) != 2:
        raise ValueError(f"the interval has a lower and an upper end, got {len(ends)} numbers.")
    check_at_least("winners", winners, 1)
    lower, upper = map(float, ends)
    family = family_of(real, along, fixed)
    begin = (lower, fixed) if along == "temperature" else (fixed, lower)
    starts = list(_starts(real, *begin, winners))
    tell = progress or (lambda done, note: None)
    traced: list[tuple[Beginning, Branch]] = []
    for index, (about, start) in enumerate(starts):
        tell(100 * index / len(starts), about.name)
        found = branch(family, start, lower, upper, direction=1, **_FINE).points()
        if _is_new(found, about, [other for _, other in traced]):
            traced.append((about, found))
    tell(99, "events")
    return BranchDiagram(
        described(real),
        along,
        {AXES[1 - AXES.index(along)]: fixed},
        (lower, upper),
        _drawn(real, *begin, [about for about, _ in traced]),
        tuple(_described(*pair) for pair in traced),
        _events(real, family, traced),
        model=real,
    )


def family_of(real: Categorical, along: str, fixed: float):
    """The loop as a function of the parameter that moves."""
    maker = _at_real_fraction if along == "temperature" else _at_temperature
    return jax.tree_util.Partial(maker, real, jnp.asarray(fixed, float))


def _at_real_fraction(real, real_fraction, temperature):
    return loop(real=real, temperature=temperature, real_fraction=real_fraction)


def _at_temperature(real, temperature, real_fraction):
    return _at_real_fraction(real, real_fraction, temperature)


def _starts(real, temperature, share, winners):
    """The beginning of every branch, and a state near it."""
    healthy = healthy_state(real, temperature=temperature, real_fraction=share)
    yield Beginning("from the real data", None, 1), healthy
    if temperature >= 1:
        return
    probabilities = np.asarray(real.probabilities)
    for winner, count in list(zip(*equally_likely(real), strict=True))[:winners]:
        won = share * probabilities
        won[winner] += 1 - share
        name = label(name_of(real, int(winner)))
        about = Beginning(f"won by {name}", int(winner), int(count))
        yield about, Categorical(jnp.asarray(won), real.read_from)


def _drawn(real, temperature, share, drawn: list[Beginning]) -> Drawn:
    """The numbers of branches drawn and of those that begin here: ties have one in common.

    Collapses end at folds that are ordered like the real probabilities [HD-9].
    """
    first, ties = equally_likely(real)
    done = {about.outcome for about in drawn} | ({int(first[0])} if ties[0] == 1 else set())

    def is_lost(index):
        fold = collapse_threshold(real, int(first[index]), temperature=temperature)
        return fold.value is not None and fold.value <= share

    can_win = bisect_left(range(first.size), True, key=is_lost) if temperature < 1 else 0
    left = sum(int(outcome) not in done for outcome in first[:can_win])
    return Drawn(len(drawn), len(drawn) + left)


def _is_new(found: Branch, about: Beginning, others: list[Branch]) -> bool:
    """Whether a branch was found, has the winner asked for, and begins where no other one does."""
    if found.parameter.size < 2:
        return False
    begin = np.asarray(found.state.probabilities[0])
    if about.outcome is not None and begin.argmax() != about.outcome:
        return False
    apart = [np.abs(begin - np.asarray(other.state.probabilities[0])).max() for other in others]
    return all(gap > _SAME for gap in apart)


def _described(about: Beginning, found: Branch) -> TracedBranch:
    return TracedBranch(
        *about,
        tuples(found.parameter),
        tuples(found.state.probabilities.max(axis=1)),
        tuples(verdicts(found.stable, ~found.undecided)),
        tuples(found.unstable),
        tuples(found.spectral_radius),
        bool(found.status[0] == Status.BOUND),
        Status(int(found.status[0])).sentence,
    )


def _events(real, family, traced) -> tuple[Event, ...]:
    """The events of all branches by their parameter, each once."""
    kept: list[tuple[Event, np.ndarray]] = []
    for about, found in traced:
        for row in range(found.events.kind.size):
            event = jax.tree.map(lambda leaf, row=row: leaf[row], found.events)
            record, state = _event(real, family, about, event, _ends_above(found, event))
            if not any(_is_same(record, state, *other) for other in kept):
                kept.append((record, state))
    return tuple(sorted((record for record, _ in kept), key=lambda record: record.parameter))


def _is_same(record, state, other, there) -> bool:
    """Whether two branches met one event; beside a crossing bisection is not as sharp."""
    near = _SAME if record.refined else _NEAR
    gap = abs(other.parameter - record.parameter)
    return gap < near and float(np.abs(state - there).max()) < max(near, 1e-4)


def _event(real, family, about, event, above) -> tuple[Event, np.ndarray]:
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
    record = Event(
        kind.label,
        kind.title,
        about.name,
        float(parameter),
        float(probabilities[leading]),
        name_of(real, leading),
        float(residual),
        refined,
        critical,
        above,
        _meaning(kind, critical, above),
    )
    return record, probabilities


def _meaning(kind: BifurcationKind, critical: int, above: bool | None) -> str:
    """The meaning of an event, in words."""
    words = _MEANINGS.get(kind.label, kind.title).format(side="above" if above else "below")
    return words if critical == 1 else f"{words} ({critical:,} at once)"


def _ends_above(found: Branch, event) -> bool | None:
    """At a turn: whether the branch lies below the event and so has nothing above it."""
    if BifurcationKind(int(event.kind)) not in _TURNS:
        return None
    parameter, states = np.asarray(found.parameter), np.asarray(found.state.probabilities)
    apart = np.abs(states - np.asarray(event.point)).max(axis=1)
    return bool(parameter[apart.argmin()] < float(event.parameter))
