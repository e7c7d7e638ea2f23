"""The branches of fixed points of a temperature loop in one parameter, with their events."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np

from ...analysis import branch
from ...analysis.continuation import Branch, Status
from ...arguments import check_at_least, checked, listed
from ...errors import label
from ...loops.temperature import collapse_threshold, healthy_state, loop
from ...models import Categorical
from ..composed import fit_to, short_form
from ..real_data import described, equally_likely, name_of
from .events import events_of, traced as recorded
from .records import Beginning, BranchDiagram, Drawn

AXES = ("temperature", "real_fraction")
FINE = {"steps": 300, "stride": 0.01, "longest_stride": 0.02}
"""How branches are followed: finely enough to be drawn."""
_SAME = 1e-6


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
        found = branch(family, start, lower, upper, direction=1, **FINE).points()
        if _is_new(found, about, [other for _, other in traced]):
            traced.append((about, found))
    tell(99, "events")
    fit, known = fit_to(real), {AXES[1 - AXES.index(along)]: fixed}
    records = [recorded(fit, *pair, *_end(pair[1])) for pair in traced]
    return BranchDiagram(
        described(real),
        short_form(**dict.fromkeys(AXES, along) | known),
        along,
        known,
        (lower, upper),
        fit.measure,
        _drawn(real, *begin, [about for about, _ in traced]),
        tuple(records),
        events_of(fit, family, traced),
        model=real,
    )


def _end(found: Branch) -> tuple[bool, str]:
    """Whether a branch was followed to the end of the interval, and how it ended."""
    status = Status(int(found.status[0]))
    return status is Status.BOUND, status.sentence


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
