"""The branches of a loop and their events, in words."""

from typing import TYPE_CHECKING, NamedTuple

from .. import inputs
from ..terminal import counted, label, percent, table

if TYPE_CHECKING:
    from ...answers.diagrams import BranchDiagram, Event, TracedBranch

MOST_WINNERS = 100
"""The most winners whose branches are followed."""


class Measure(NamedTuple):
    """The words for a measure: the heading of its column, and what stands at an axis."""

    heading: str
    axis: str


MEASURES = {
    "largest_probability": Measure("leader", "probability of the leading outcome"),
    "variance_kept": Measure("variance kept", "share of the real variance"),
}
LARGE = 1e2
"""A share of the real variance from which on a branch that breaks off has no bound there."""
VERDICTS = {True: "stable", False: "unstable", None: "undecided"}
"""The word for the stability of a stretch of a branch."""


def lines(answer: "BranchDiagram"):
    """Input, the table of events, and what every branch is."""
    along, (lower, upper) = plain(answer.along), answer.interval
    yield from inputs.lines(answer.input)
    yield f"loop        {answer.loop}"
    yield f"along       {along} from {lower:g} to {upper:g}"
    if answer.events:
        columns = ("", "kind", along, MEASURES[answer.measure].heading, "what happens")
        rows = enumerate(answer.events, start=1)
        yield table("Events", columns, (_row(*numbered) for numbered in rows))
        yield f"{letters(answer)}."
    else:
        yield "No state appears, vanishes or changes its stability on these branches."
    for branch in answer.branches:
        yield _sentence(branch, answer)
    yield how_many(answer)
    yield "Lines of a picture: solid stable, dashed unstable, dotted undecided."


def letters(answer: "BranchDiagram") -> str:
    """The meanings of the letters of the events that are there: `LP fold, BP branch point`."""
    titles = {event.kind: event.title for event in answer.events}
    return ", ".join(f"{kind} {title}" for kind, title in titles.items())


def how_many(answer: "BranchDiagram") -> str:
    """The sentence on how many of the branches are drawn, and how to have more."""
    drawn, (lower, upper) = answer.drawn, answer.interval
    shown, total = drawn.branches, drawn.of
    if drawn.first_models:
        more = "" if total is None else f", and {total - shown} more were not followed"
        return (
            f"{counted(shown, 'branch', 'branches')} found from the real data and from "
            f"{counted(drawn.first_models, 'other first model')} at {plain(answer.along)} "
            f"= {lower:g} and {upper:g}{more}; what was not found may exist."
        )
    begin = f"begin at {plain(answer.along)} {lower:g}"
    if shown == total:
        return f"Branches that {begin}: {shown}, all drawn."
    most = min(total, MOST_WINNERS)
    more = f"--winners {most} draws more" if shown < most else f"{MOST_WINNERS} are the most"
    return (
        f"{shown:,} of {counted(total, 'branch', 'branches')} drawn that {begin}, those of the "
        f"likeliest winners; {more}."
    )


def plain(name: str) -> str:
    """The name of a parameter in words."""
    return name.replace("_", " ")


def _row(number: int, event: "Event") -> tuple[str, ...]:
    digits = f"{event.parameter:.12g}" if event.refined else f"{event.parameter:.6g}"
    leader = "" if event.leader is None else f"{label(event.leader)} "
    where = f"{leader}{percent(event.leading)}"
    return f"{number}", event.kind, digits, where, event.meaning


def _sentence(branch: "TracedBranch", answer: "BranchDiagram") -> str:
    where = _stretch(branch, True, answer) or "nowhere stable"
    if None in branch.stable and where == "nowhere stable":
        where = f"not known to be stable anywhere, {_stretch(branch, None, answer)}"
    others = branch.ties - 1
    ties = f" (and the {counted(others, 'outcome')} tied with it)" if others else ""
    early = "" if branch.complete else f"; incomplete: {branch.end}"
    most = max(branch.leading)
    if not branch.complete and answer.measure == "variance_kept" and most > LARGE:
        place = branch.parameter[branch.leading.index(most)]
        early = f"; the variance grows without bound near {plain(answer.along)} = {place:.3g}"
    return f"branch {branch.name}{ties}: {where}{early}."


def _stretch(branch: "TracedBranch", verdict: bool | None, answer: "BranchDiagram") -> str:
    """From where to where a verdict is the one asked for; nothing if it never is."""
    rows = zip(branch.parameter, branch.stable, strict=True)
    found = [float(place) for place, known in rows if known is verdict]
    if not found:
        return ""
    word = "stable" if verdict else "undecided"
    ends = [_at_event(end, answer) for end in (min(found), max(found))]
    return "{} from {:.6g} to {:.6g}".format(word, *ends)


def _at_event(end: float, answer: "BranchDiagram") -> float:
    """The event at which a stretch ends, which lies between two points of the branch."""
    lower, upper = answer.interval
    places = [event.parameter for event in answer.events]
    near = [place for place in places if abs(place - end) < 0.02 * (upper - lower)]
    inside = lower < end < upper
    return min(near, key=lambda place: abs(place - end)) if near and inside else end
