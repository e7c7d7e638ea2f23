"""The branches of a loop and their events, in words."""

from .. import inputs
from ..terminal import counted, label, percent, table

MOST_WINNERS = 100
"""The most winners whose branches are followed."""

_MEANINGS = {
    "LP": "two states meet, neither exists {side}",
    "TP": "a branch begins, it has nothing {side}",
    "BP": "tied outcomes stay equal on one side only",
}

VERDICTS = {True: "stable", False: "unstable", None: "undecided"}
"""What is known of a stretch of a branch."""


def lines(result: dict):
    """Input, the table of events, and what every branch is."""
    ((fixed, value),) = result["fixed"].items()
    along, (lower, upper) = plain(result["along"]), result["interval"]
    yield from inputs.lines(result["input"])
    yield f"loop        {plain(fixed)} {value:g}, {along} from {lower:g} to {upper:g}"
    if result["events"]:
        columns = ("", "kind", along, "leader", "what happens")
        rows = enumerate(result["events"], start=1)
        yield table("Events", columns, (_row(*numbered) for numbered in rows))
        yield f"{letters(result)}."
    else:
        yield "No state appears, vanishes or changes its stability on these branches."
    for branch in result["branches"]:
        yield _sentence(branch, result)
    yield how_many(result)
    yield "Lines of a picture: solid stable, dashed unstable, dotted undecided."


def letters(result: dict) -> str:
    """What the letters of the events stand for that are there: `LP fold, BP branch point`."""
    titles = {event["kind"]: event["title"] for event in result["events"]}
    return ", ".join(f"{kind} {title}" for kind, title in titles.items())


def how_many(result: dict) -> str:
    """How many of the branches are drawn, and how to have more."""
    drawn, (lower, _) = result["drawn"], result["interval"]
    shown, total = drawn["branches"], drawn["of"]
    begin = f"begin at {plain(result['along'])} {lower:g}"
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


def meaning(event: dict) -> str:
    """What happens at an event."""
    side = "above" if event["above"] else "below"
    words = _MEANINGS.get(event["kind"], event["title"]).format(side=side)
    return words if event["critical"] == 1 else f"{words} ({event['critical']:,} at once)"


def _row(number: int, event: dict) -> tuple[str, ...]:
    digits = f"{event['parameter']:.12g}" if event["refined"] else f"{event['parameter']:.6g}"
    where = f"{label(event['leader'])} {percent(event['leading'])}"
    return f"{number}", event["kind"], digits, where, event["meaning"]


def _sentence(branch: dict, result: dict) -> str:
    where = _stretch(branch, True, result) or "nowhere stable"
    if None in branch["stable"] and where == "nowhere stable":
        where = f"not known to be stable anywhere, {_stretch(branch, None, result)}"
    others = branch["ties"] - 1
    ties = f" (and the {counted(others, 'outcome')} tied with it)" if others else ""
    early = "" if branch["complete"] else f"; incomplete: {branch['end']}"
    return f"branch {branch['name']}{ties}: {where}{early}."


def _stretch(branch: dict, verdict: bool | None, result: dict) -> str:
    """From where to where a verdict is the one asked for; nothing if it never is."""
    rows = zip(branch["parameter"], branch["stable"], strict=True)
    found = [float(place) for place, known in rows if known is verdict]
    if not found:
        return ""
    word = "stable" if verdict else "undecided"
    ends = [_at_event(end, result) for end in (min(found), max(found))]
    return "{} from {:.6g} to {:.6g}".format(word, *ends)


def _at_event(end: float, result: dict) -> float:
    """The event at which a stretch ends, which lies between two points of the branch."""
    lower, upper = result["interval"]
    places = [event["parameter"] for event in result["events"]]
    near = [place for place in places if abs(place - end) < 0.02 * (upper - lower)]
    inside = lower < end < upper
    return min(near, key=lambda place: abs(place - end)) if near and inside else end
