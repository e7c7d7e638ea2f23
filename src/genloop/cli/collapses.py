"""Which token wins in each collapsed state, for `genloop threshold`."""

from . import stable_states
from .terminal import counted, label, percent, table

_FIRST = 4
_SELECTION = "the likeliest winners and the rarest; genloop fixed-points lists all states"


def solve(real, temperature: float, real_fraction: float) -> dict | None:
    """The states that a token has won at a real fraction, and up to which one it can win.

    Nothing from temperature one on, where no token takes all.
    """
    if temperature >= 1 or real_fraction == 1:
        return None
    import numpy as np

    from ..loops.temperature.collapsed_states import collapse_threshold
    from .threshold_outcomes import name_of, record

    complete = stable_states.solve(real, temperature, real_fraction)["stable_states"]
    won = {state["winner"]: state for state in complete["states"] if state["winner"] is not None}
    _, first, counts = np.unique(
        -np.asarray(real.probabilities), return_index=True, return_counts=True
    )
    # Equally likely winners have equal states: the first of each stands for all.
    chosen = sorted({*range(min(_FIRST, first.size)), first.size - 1})
    states = []
    for level in chosen:
        outcome = int(first[level])
        state = won.get(name_of(real, outcome))
        survives = collapse_threshold(real, outcome, temperature=temperature)
        states.append(
            {
                "winner": name_of(real, outcome),
                "equals": int(counts[level]) - 1,
                "leading": None if state is None else state["leading"],
                "spectral_radius": None if state is None else state["spectral_radius"],
                "survives": record(survives),
            }
        )
    return {
        "real_fraction": real_fraction,
        "number": None if complete["number"] is None else sum(s["count"] for s in won.values()),
        "reason": complete["reason"],
        "selection": _SELECTION,
        "states": states,
    }


def lines(answer: dict):
    """A table of the winners, and staying healthy against recovering."""
    found = answer["collapsed"]
    if found is not None and found["number"] is None:
        yield f"The collapsed states cannot be listed: {found['reason']}."
    elif found is not None:
        share = percent(found["real_fraction"])
        columns = ("winner", f"its share with {share} real data", "can win up to")
        title = f"With {share} real data {counted(found['number'], 'token')} can have won"
        yield table(title, columns, [_cells(state) for state in found["states"]])
    yield from _hysteresis(answer)


def _cells(state: dict) -> tuple[str, str, str]:
    leading, survives = state["leading"], state["survives"]
    equals = f" or {state['equals']:,} as likely" if state["equals"] else ""
    share = "has not won" if leading is None else percent(leading)
    limit = survives["reason"] if survives["status"] != "not resolved" else "not resolved"
    if survives["value"] is not None:
        limit = f"{percent(survives['value'])} real data"
    return label(state["winner"]) + equals, share, limit


def _hysteresis(answer: dict):
    stay, recover = (answer["thresholds"][name]["value"] for name in ("local", "unique"))
    if recover is None:
        return
    if stay is not None and stay < recover:
        yield (
            f"To stay healthy: a healthy model stays stable from {percent(stay)} real data. To "
            f"recover from collapse: above {percent(recover)}; in between, both last."
        )
        return
    yield (
        f"To recover from a collapse to another token: more than {percent(recover)} real data; "
        "below, the end depends on the model that came first."
    )
