"""The complete list of stable states, for `genloop fixed-points`."""

from .terminal import label, percent

_SHOWN = 5
_EDGE = 1e-8
"""A multiplier this close to one is known no better than to be near it, as beside a fold."""


def solve(real, temperature: float, real_fraction: float, *, names: bool = False) -> dict:
    """What is added to the result: all stable states of a loop of tokens, nothing for a table.

    Equally likely winners have equal states and share an entry, with all of them if `names`.
    """
    from ..models import Categorical
    from ..papers import marchi2024

    if not isinstance(real, Categorical):
        return {}
    reason = _reason(real, temperature, real_fraction)
    if reason is not None:
        return {"stable_states": {"number": None, "reason": reason, "states": []}}
    found = marchi2024.stable_states(real, temperature=temperature, real_fraction=real_fraction)
    states = [_described(found, real, row, names) for row in range(len(found.level))]
    return {"stable_states": {"number": found.number, "reason": None, "states": states}}


def states(real, temperature: float, real_fraction: float, most: int) -> list:
    """The first stable states themselves, as starts of a search; none where there is no list."""
    from ..models import Categorical
    from ..papers import marchi2024

    if not isinstance(real, Categorical) or _reason(real, temperature, real_fraction) is not None:
        return []
    found = marchi2024.stable_states(real, temperature=temperature, real_fraction=real_fraction)
    return [found.state(row) for row in range(min(most + 1, len(found.level)))]


def _reason(real, temperature, real_fraction) -> str | None:
    """Why there is no list, if there is none."""
    import numpy as np

    if float(np.min(real.probabilities)) < np.finfo(float).tiny:
        return (
            "an outcome that was never seen, or with a probability below 2.3e-308, has no place in "
            "the list; remove it from the input"
        )
    if temperature == 1 and real_fraction == 0:
        return "at temperature one without real data every state stays as it is"
    if 0 < real_fraction < 1e-12:
        return "the real fraction is too small to be told from zero"
    return None


def _described(found, real, row, names) -> dict:
    from ..answers.real_data import name_of

    winners = found.winners(row)
    listed = {"winners": [name_of(real, int(winner)) for winner in winners]} if names else {}
    return {
        "winner": name_of(real, int(winners[0])) if winners.size else None,
        "count": int(found.counts[row]),
        "leading": float(found.leading[row]),
        "spectral_radius": float(found.spectral_radius[row]),
        "stable": True if found.spectral_radius[row] < 1 - _EDGE else None,
        "residual": float(found.residual[row]),
        **listed,
    }


def lines(result: dict):
    """The words on the screen."""
    found = result.get("stable_states")
    if found is None:
        return
    if found["number"] is None:
        yield f"All stable states cannot be listed: {found['reason']}."
        return
    if not found["states"]:
        yield "No state has all multipliers below one: this real fraction is a critical one."
        return
    shown = ", ".join(_words(state) for state in found["states"][:_SHOWN])
    rest = sum(state["count"] for state in found["states"][_SHOWN:])
    more = f", and {rest:,} more (--json tells all, with --all every winner)" if rest else ""
    yield f"Stable states, complete: {found['number']:,}. {shown}{more}."


def _words(state: dict) -> str:
    edge = "" if state["stable"] else ", its stability undecided"
    if state["winner"] is None:
        return f"no winner ({percent(state['leading'])} at most{edge})"
    equals = f" or one of {state['count'] - 1:,} as likely" if state["count"] > 1 else ""
    return f"{label(state['winner'])}{equals} wins with {percent(state['leading'])}{edge}"
