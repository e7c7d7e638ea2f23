"""The complete list of stable states, for `genloop fixed-points`."""

from .screen import label, percent

_LISTED, _SHOWN = 20, 5


def solve(real, temperature: float, real_fraction: float) -> dict:
    """What is added to the result: all stable states of a loop of tokens, nothing for a table."""
    from ..models import Categorical
    from ..papers import marchi2024

    if not isinstance(real, Categorical):
        return {}
    reason = _reason(real, temperature, real_fraction)
    if reason is not None:
        return {"stable_states": {"number": None, "reason": reason, "states": []}}
    found = marchi2024.stable_states(real, temperature=temperature, real_fraction=real_fraction)
    states = [_described(found, real, *place) for place in _first(found)]
    return {"stable_states": {"number": found.number, "reason": None, "states": states}}


def _reason(real, temperature, real_fraction) -> str | None:
    """Why there is no list, if there is none."""
    if float(real.probabilities.min()) == 0:
        return "an outcome that was never seen has no place in the list; remove it from the input"
    if temperature == 1 and real_fraction == 0:
        return "at temperature one without real data every state stays as it is"
    if 0 < real_fraction < 1e-12:
        return "the real fraction is too small to be told from zero"
    return None


def _first(found):
    """Row and winner of the first states, most probable winners first."""
    left = _LISTED
    for row in range(len(found.level)):
        winners = found.winners(row)[:left] if found.level[row] >= 0 else [None]
        yield from ((row, winner) for winner in winners)
        left -= len(winners)
        if left <= 0:
            return


def _described(found, real, row, winner) -> dict:
    from .threshold_outcomes import name_of

    return {
        "winner": None if winner is None else name_of(real, int(winner)),
        "leading": float(found.leading[row]),
        "spectral_radius": float(found.spectral_radius[row]),
        "residual": float(found.residual[row]),
    }


def lines(result: dict):
    """The words on the screen."""
    found = result.get("stable_states")
    if found is None:
        return
    if found["number"] is None:
        yield f"All stable states cannot be listed: {found['reason']}"
        return
    shown = ", ".join(_words(state) for state in found["states"][:_SHOWN])
    more = max(found["number"] - _SHOWN, 0)
    rest = f", and {more:,} more" if more else ""
    yield f"Stable states, complete: {found['number']:,}. {shown}{rest}."


def _words(state: dict) -> str:
    if state["winner"] is None:
        return f"no winner ({percent(state['leading'])} at most)"
    return f"{label(state['winner'])} wins with {percent(state['leading'])}"
