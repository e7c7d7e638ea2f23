"""The branches of fixed points of any loop in one parameter, by the engine."""

import collections
import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
import numpy as np

from ...analysis import FixedPoint, branch, fixed_point, fixed_points
from ...analysis.continuation import Branch, Status
from ...errors import InputError, label
from ...operators import flattened
from ...programs import known
from ..composed import ChosenLoop, first_models, solvable
from ..composed.firsts import APART
from ..real_data import described, name_of
from .branches import FINE
from .events import events_of, row_of, traced as recorded, vector_of
from .records import Beginning, BranchDiagram, Drawn

MOST_BRANCHES = 40
"""The most branches that are followed."""
_NEAR = 0.05
"""States of one place further from each other than this share of their size are on two branches."""
_BEYOND = 0.005
"""Where the map jumps the loop is taken up so far behind the jump, as a share of the interval."""
_JUMP = "it breaks off where the map jumps, or where the state has an edge"


class _Start(NamedTuple):
    """A state that begins a branch at a place of the unknown; `toward` one or both directions."""

    name: str
    point: FixedPoint
    place: float
    toward: int | None


@dataclasses.dataclass
class _Found:
    """A branch by its valid rows, with the place and the row of each end."""

    about: Beginning
    branch: Branch
    ends: tuple[tuple[int, Status], ...]

    @property
    def complete(self) -> bool:
        """Whether it was followed to the ends of the interval, or back to where it began."""
        return all(status in (Status.BOUND, Status.CLOSED) for _, status in self.ends)

    @property
    def sentence(self) -> str:
        """The words for the end that came first."""
        status = next((one for _, one in self.ends if one is not Status.BOUND), Status.BOUND)
        return _JUMP if status is Status.STALLED else status.sentence


class _Search:
    """The branches of a loop that were found so far."""

    def __init__(self, loop: ChosenLoop, winners: int, tell):
        self.loop, self.tell = loop, tell
        self.firsts = first_models(loop.real, winners)
        self.lower, self.upper = loop.interval
        self.found: list[_Found] = []

    def run(self) -> int:
        """Follow all branches that are found; the number of those that were left."""
        waiting = collections.deque(itertools.chain(self.at_end(self.lower, 1)))
        waiting.extend(self.at_end(self.upper, -1))
        while waiting and len(self.found) < MOST_BRANCHES:
            start = waiting.popleft()
            if self.is_known(start):
                continue
            self.tell(90 * len(self.found) / (len(self.found) + len(waiting) + 1), start.name)
            one = self.follow(start)
            if one is not None:
                self.found.append(one)
                waiting.extend(self.behind_jumps(one))
        return sum(not self.is_known(start) for start in waiting)

    def at_end(self, place: float, toward: int) -> Iterator[_Start]:
        """The fixed points at an end of the interval, that of the real data first."""
        function, real = self.loop.map(place), self.loop.real
        healthy = fixed_point(function, real)
        where = "" if toward > 0 else f" at {self.loop.unknown} = {place:g}"
        if bool(healthy.converged):
            yield _Start(f"from the real data{where}", healthy, place, toward)
        for point in fixed_points(function, self.firsts):
            yield _Start(f"{self.leader(point)}{where}", point, place, toward)

    def leader(self, point: FixedPoint) -> str:
        """The name of a state that does not come from the real data."""
        if not hasattr(point.state, "probabilities"):
            return "from another first model"
        leading = int(np.asarray(point.state.probabilities).argmax())
        return f"led by {label(name_of(self.loop.real, leading))}"

    def follow(self, start: _Start) -> _Found | None:
        """The branch through a state; nothing where it has no second point."""
        options = {"start": start.place, "direction": start.toward}
        state = start.point.state
        raw = branch(self.loop.family, state, self.lower, self.upper, **options, **FINE)
        found = raw.points()
        if found.parameter.size < 2:
            return None
        rows = (-1,) if start.toward is not None else (0, -1)
        ends = tuple(
            (row, Status(int(status))) for row, status in zip(rows, found.status, strict=True)
        )
        outcome = None
        if start.name.startswith("led") and hasattr(state, "probabilities"):
            outcome = int(np.asarray(state.probabilities).argmax())
        return _Found(Beginning(self.free(start.name), outcome, 1), found, ends)

    def free(self, name: str) -> str:
        """The name, with a number where a branch has it already."""
        taken = {one.about.name for one in self.found}
        numbered = (f"{name} ({count})" for count in itertools.count(2))
        return next(one for one in itertools.chain([name], numbered) if one not in taken)

    def behind_jumps(self, one: _Found) -> Iterator[_Start]:
        """The stable ends to which the loop goes on where a stable stretch of a branch breaks off.

        As if the unknown moved slowly and the loop were at its end all the time.
        """
        found = one.branch
        for row, status in one.ends:
            if status is not Status.STALLED or not found.stable[row]:
                continue
            edge, before = (float(found.parameter[at]) for at in (row, 1 if row == 0 else row - 1))
            place = edge + np.sign(edge - before) * _BEYOND * (self.upper - self.lower)
            if self.lower < place < self.upper:
                point = fixed_point(self.loop.map(place), row_of(found, row))
                if bool(point.stable):
                    yield _Start(f"behind {self.loop.unknown} = {edge:.4g}", point, place, None)

    def is_known(self, start: _Start) -> bool:
        """Whether a state lies on a branch that was found, up to exchange of equal outcomes."""
        return any(self.is_on(one.branch, start) for one in self.found)

    def is_on(self, found: Branch, start: _Start) -> bool:
        """Whether a state lies between two rows of a branch, solved anew from between them."""
        parameter, wanted = found.parameter, self.ordered(start.point.state)
        sides = (parameter[:-1] - start.place) * (parameter[1:] - start.place) <= 0
        for row in np.flatnonzero(sides):
            guess = self.between(found, row, start.place)
            gap = np.abs(self.ordered(guess) - wanted).sum()
            if gap > _NEAR * np.abs(wanted).sum():
                continue
            point = fixed_point(self.loop.map(start.place), guess, continued=False)
            near = np.abs(self.ordered(point.state) - wanted).max() < APART
            if bool(point.converged) and near:
                return True
        return False

    def between(self, found: Branch, row: int, place: float) -> Any:
        """The state at a place between a row of a branch and the next, on the straight line."""
        begin, end = found.parameter[row : row + 2]
        share = 0.0 if begin == end else float((place - begin) / (end - begin))
        vectors = [vector_of(row_of(found, one)) for one in (row, row + 1)]
        vector = (1 - share) * vectors[0] + share * vectors[1]
        return jax.tree.map(np.asarray, flattened(known(row_of(found, row)))[1](vector))

    def ordered(self, state: Any) -> np.ndarray:
        """The numbers of a state, those of equally likely outcomes by their size."""
        if not hasattr(state, "probabilities"):
            return vector_of(state)
        numbers = np.asarray(state.probabilities)
        return numbers[np.lexsort((numbers, np.asarray(self.loop.real.probabilities)))]


def traced_branches(loop: ChosenLoop, winners: int, tell) -> BranchDiagram:
    """The branches through all fixed points that are found at both ends of the interval.

    From the real data, from collapsed and from random first models; behind a jump of the map the
    loop is taken up again. States that differ by an exchange of equally likely outcomes are
    followed once. Of collected data the multipliers are those of the loop that replaces its data.
    """
    _check_smooth(loop)
    solved = solvable(loop)
    search, fit = _Search(solved.loop, winners, tell), solved.fit
    left = search.run()
    tell(95, "events")
    number = len(search.found)
    pairs = [(one.about, one.branch) for one in search.found]
    return BranchDiagram(
        described(loop.real),
        loop.text,
        loop.unknown,
        dict(loop.values),
        loop.interval,
        fit.measure,
        Drawn(number, number + left if left else None, len(search.firsts)),
        tuple(
            recorded(fit, one.about, one.branch, one.complete, one.sentence) for one in search.found
        ),
        events_of(fit, solved.loop.family, pairs),
        model=loop.real,
        rewards=loop.rewards,
    )


def _check_smooth(loop: ChosenLoop) -> None:
    """Raises `InputError` for a parameter that takes whole numbers, or is out of range.

    The ends are built first: what a stage says of a number is said of the one that was typed.
    """
    for end in loop.interval:
        loop.map(end)
    try:
        jax.eval_shape(lambda value: loop.family(value)(loop.real), 0.5 * sum(loop.interval))
    except (TypeError, ValueError, jax.errors.JAXTypeError):
        name = loop.unknown
        raise InputError(
            "E136",
            f"{name} takes whole numbers here, so that no branch can be followed in it; set it, "
            f"for example --set {name}=3, and move another parameter.",
        ) from None
