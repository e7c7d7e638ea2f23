"""The real data that any loop needs, by the engine: one parameter of it is unknown."""

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

from ...analysis import FixedPoint, Threshold, find_root
from ...arguments import checked
from ...certificates import Certificate
from ...printing import readable
from .. import goals as known
from ..answer import hidden
from ..composed import (
    ChosenLoop,
    Ends,
    Expected,
    Solvable,
    healthy_ends,
    is_affine,
    notes_of,
    radii,
    radius_of,
    recursion_of,
    solvable,
)
from ..composed.ends import STEPS, VISIBLE
from ..composed.noise import Noise, noise_of
from ..curation import (
    QUESTION as TAKEOVER,
    STAYS,
    Curation,
    curation_of,
    has_one_end,
    runaway,
    runaway_notes,
    takeover,
)
from ..goals import LIMIT, THRESHOLD_OF, Goal
from ..real_data import RealData, described
from .answer import Thresholds
from .judged import Judge

_AT_THE_END = 1e-6
"""What is lost so near to the worse end, as a share of the interval, is lost at that end."""


@dataclasses.dataclass(frozen=True)
class LoopEnd:
    """The end of a loop that starts from the real data, at a `value` of its unknown.

    `stable` is `None` with a `reason` where it is undecided, and where nothing `converged`.
    `distances` are those from the real data, `noise` what finite samples do there, `expected` the
    expected moments of a table; `None` where the loop draws none or they are not known. `curation`
    is what curators do there, where there are any.
    """

    value: float
    converged: bool
    stable: bool | None
    reason: str | None
    spectral_radius: float
    residual: float
    distances: Mapping[str, float]
    noise: Noise | None
    meets: Mapping[str, bool | None]
    expected: Expected | None = None
    point: FixedPoint = hidden()
    curation: Curation | None = None


@readable
@dataclasses.dataclass(frozen=True)
class LoopThresholds(Thresholds):
    """Named thresholds of the `unknown` of any loop, of the ends that were found.

    `side` is "above" where the loop keeps nearer to the real data with more of the unknown, else
    "below"; `first_models` is how many collapsed and random ones were tried for `unique`: none
    where the map is affine and has one end. On a table goals are about expected moments where these
    are a recursion of their own.

    ```python
    real = gl.Categorical.of([5, 3, 2])
    gl.answers.threshold(real, loop="TopK(2) >> Temper(0.5) >> Mix(real, a)").unknown  # a
    ```
    """

    input: RealData
    loop: str
    unknown: str
    interval: tuple[float, float]
    side: str
    first_models: int
    goals: Mapping[str, Goal]
    thresholds: Mapping[str, Threshold]
    questions: Mapping[str, str]
    at: LoopEnd
    asked_at: float | None
    notes: tuple[str, ...]
    certificates: Mapping[str, Certificate] = hidden()

    @property
    def met(self) -> bool | None:
        """Whether all goals asked for are met at `asked_at`; `None` without it and if unknown."""
        if self.asked_at is None:
            return None
        verdicts = [self.at.meets[name] for name in self.asked]
        return None if None in verdicts else all(verdicts)

    def result(self) -> dict[str, Any]:
        """The fields; the distances of the end stand beside its other numbers."""
        result = super().result()
        distances = result["at"].pop("distances")
        if self.at.curation is None:
            del result["at"]["curation"]
        return result | {"at": result["at"] | distances}


@checked
def loop_threshold(
    loop: ChosenLoop,
    *,
    goals: Mapping[str, float] | None = None,
    at: float | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> LoopThresholds:
    """The values of the unknown of a loop from which on it keeps to its goals, by the engine.

    The end from the real data is solved at 33 places of the interval and, where a goal or its
    stability is lost, between two of them to rounding; other stable ends are sought from collapsed
    and random first models and followed to where they vanish. `at` is a value of the unknown at
    which is told what happens. `progress` is told the per cent that are done.
    """
    solved = solvable(loop)
    asked = known.goals_of(goals, solved.fit.goals)
    first = next(name for name, goal in asked.items() if goal.asked)
    judge = Judge(solved.fit, solved.loop, healthy_ends(solved.loop))
    ends = Ends(
        solved.loop,
        judge.healthy,
        lambda value: judge.excess(first, asked[first].level, value),
        progress=progress,
    )
    ends.solve()
    named = {"local": _local(ends), "unique": _unique(ends, loop)} | _bounded(ends)
    named |= takeover(loop) | runaway(loop)
    for name, goal in asked.items():
        named |= _goal(ends, judge, name, goal)
    questions = {
        "local": "stable near the real data",
        "mean": "bounded expected covariance",
        "mean_square": "bounded mean square of it",
        "takeover": TAKEOVER,
        "runaway": STAYS,
        "unique": "recovery from any collapse that was found"
        + (f" (ends {VISIBLE:g} apart in total variation)" if ends.cuts_off else ""),
    }
    for name, goal in asked.items():
        question, threshold = judge.question(name, goal.level), THRESHOLD_OF[name]
        questions |= {threshold: question, f"{threshold}{LIMIT}": f"{question}, limit"}
    questions = {name: questions[name] for name in named}
    return LoopThresholds(
        described(loop.real),
        loop.text,
        loop.unknown,
        loop.interval,
        "above" if ends.better > ends.worse else "below",
        0 if is_affine(loop) or has_one_end(loop) else ends.models,
        asked,
        named,
        questions,
        _end(loop, solved, judge, asked, _shown(ends) if at is None else at),
        at,
        (*runaway_notes(loop), *notes_of(loop), *judge.notes),
        certificates={},
        model=loop.real,
        rewards=loop.rewards,
    )


def _goal(ends: Ends, judge: Judge, name: str, goal: Goal) -> dict[str, Threshold]:
    """The threshold of a goal; and where it is lost on the better side too, that as its limit."""
    found = ends.crossings(lambda value: judge.excess(name, goal.level, value))
    threshold = THRESHOLD_OF[name]
    if not found.met:
        if found.met is None:
            reason, status = "met at no value at which the end is known", "not resolved"
        else:
            reason, status = f"met at none of the {STEPS + 1} values tried", "not reachable"
        return {threshold: Threshold.absent(reason, status)}
    limit = found.better
    named = {} if limit is None else {f"{threshold}{LIMIT}": _known(limit)}
    if found.worse is None:
        always = "met wherever it was tried" + (" up to the limit" if limit else " in the interval")
        return {threshold: Threshold.absent(always, "not needed")} | named
    return {threshold: _known(found.worse)} | named


def _known(crossing: Threshold | str) -> Threshold:
    if isinstance(crossing, Threshold):
        return crossing
    reason = "it is not known whether the end lasts, or there is none, next to where it is met"
    return Threshold.absent(reason, "not resolved")


def _local(ends: Ends) -> Threshold:
    healthy, where = ends.healthy(ends.better), f"{ends.loop.unknown} = {ends.better:g}"
    if not bool(healthy.stable):
        known = healthy.stability == "unstable"
        reason = f"{'unstable' if known else 'not known to be stable'} even at {where}"
        return Threshold.absent(reason, "not reachable" if known else "not resolved")
    lost = ends.first_loss()
    if lost is None:
        return Threshold.absent(f"stable at all {STEPS + 1} values tried", "not needed")
    near = abs(lost.bracket[0] - ends.worse) <= _AT_THE_END * abs(ends.better - ends.worse)
    if near and is_affine(ends.loop):
        where = f"{ends.loop.unknown} = {ends.worse:g}"
        return Threshold.absent(f"stable everywhere but at {where} itself", "not needed")
    return Threshold(0.5 * sum(lost.bracket), lost.bracket, residual=lost.residual)


def _unique(ends: Ends, loop: ChosenLoop) -> Threshold:
    if has_one_end(loop):
        reason = "one end: every model comes to it that has some of the best-rated [ST-D6]"
        return Threshold.absent(reason, "not needed")
    if is_affine(ends.loop):
        reason = "one end: the map on Gaussians is affine, every model comes to it where it lasts"
        return Threshold.absent(reason, "not needed")
    found = ends.last_other()
    if found is None:
        reason = f"{ends.models} other first models found no second stable end"
        return Threshold.absent(reason, "not resolved")
    lower, upper = found.bracket
    if lower == upper:
        where = f"{ends.loop.unknown} = {ends.better:g}"
        return Threshold.absent(f"a second stable end remains up to {where}", "not reachable")
    return Threshold(0.5 * (lower + upper), found.bracket, residual=found.residual)


def _bounded(ends: Ends) -> dict[str, Threshold]:
    """Where the expected moments of a table with finite samples stay bounded, and their squares."""
    if recursion_of(ends.loop, ends.better) is None:
        return {}
    growth = functools.cache(lambda value: radii(recursion_of(ends.loop, value)))
    return {name: _first_growth(ends, growth, name) for name in ("mean", "mean_square")}


def _first_growth(ends: Ends, growth, name: str) -> Threshold:
    excess = lambda value: growth(value)[name] - 1
    if excess(ends.better) >= 0:
        where = f"{ends.loop.unknown} = {ends.better:g}"
        return Threshold.absent(f"they grow without limit even at {where}", "not reachable")
    for before, after in itertools.pairwise(ends.places):
        if excess(after) >= 0:
            return find_root(excess, *sorted((before, after)))
    return Threshold.absent(f"bounded at all {STEPS + 1} values tried", "not needed")


def _shown(ends: Ends) -> float:
    """Without a value that is asked for: about a tenth of the way from the worse end."""
    return float(f"{ends.worse + 0.1 * (ends.better - ends.worse):.3g}")


def _end(
    loop: ChosenLoop, solved: Solvable, judge: Judge, goals: Mapping[str, Goal], value: float
) -> LoopEnd:
    point = judge.healthy(value)
    converged, stable = bool(point.converged), point.stability
    distances = judge.fit.distances(point.state if converged else solved.loop.real)
    whole = solved.whole_point(point)
    # Nothing is known of what was not found.
    distances = distances if converged else dict.fromkeys(distances, math.nan)
    radius = radius_of(solved.loop, value, point)
    return LoopEnd(
        value,
        converged,
        {"stable": True, "unstable": False}.get(stable),
        point.reason,
        radius,
        float(point.residual),
        distances,
        noise_of(loop, value, whole) if stable == "stable" else None,
        judge.meets(goals, value),
        judge.expected(value),
        point=whole,
        curation=curation_of(loop, value, whole.state, radius) if stable == "stable" else None,
    )
