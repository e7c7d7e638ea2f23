"""The branches of a loop and their events, in words."""

from .screen import label, percent, table


def lines(result: dict, out: str | None):
    """Input, the table of events and what the branches are."""
    (fixed, value),) = result["fixed"].items()
    along = _plain(result["along"])
    lower, upper = result["interval"]
    yield f"real data   {result['input']['source']}"
    yield f"loop        {_plain(fixed)} {value:g}, {along} from {lower:g} to {upper:g}"
    events = result["events"]
    if events:
        rows = [_row(event, along) for event in events]
        yield table("Events", ("", along, "leading outcome there", "residual", "what happens"), rows)
    for branch in result["branches"]:
        yield _about(branch)
    if not events:
        yield "No state appears, vanishes or changes its stability on these branches."
    if out is not None:
        yield f"written: {out}"
