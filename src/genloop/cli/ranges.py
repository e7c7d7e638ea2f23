"""Ranges `low:high:steps`."""

import math

from ..errors import InputError, shown


def interval(text: str, name: str, *, lower: float, upper: float) -> tuple[float, float]:
    """The two ends of `low:high`, or of `low:high:steps`.

    Raises `InputError` E113 unless `lower` <= low < high <= `upper`.
    """
    ends = parse(text if text.count(":") != 1 else f"{text}:2", name, lower=lower, upper=upper)
    if not ends[0] < ends[-1]:
        raise InputError("E113", f"{name} is {shown(text)}; write low:high with low below high.")
    return ends[0], ends[-1]


def number(text: str, name: str, *, lower: float, upper: float, along: str) -> float:
    """The one number that stays as it is `along` the other parameter.

    Raises `InputError` E113 for a range and for a number that does not lie in [lower, upper].
    """
    if ":" in text:
        raise InputError(
            "E113", f"--along {along} keeps {name} at one number; give it, for example {name} 0.5."
        )
    return parse(text, name, lower=lower, upper=upper)[0]


def parse(text: str, name: str, *, lower: float, upper: float) -> list[float]:
    """The evenly spaced numbers of `low:high:steps` (or of one number).

    Raises `InputError` E113 unless `lower` <= low <= high <= `upper` and steps is a whole number
    from 1 to 4096.
    """
    parts = text.split(":")
    try:
        low, high = float(parts[0]), float(parts[-1] if len(parts) == 1 else parts[1])
        steps = 1 if len(parts) == 1 else int(parts[2])
    except (ValueError, IndexError):
        low = high = math.nan
        steps = 0
    if len(parts) not in (1, 3) or not lower <= low <= high <= upper or not 1 <= steps <= 4096:
        raise InputError(
            "E113",
            f"{name} is {shown(text)}; write low:high:steps with numbers from {lower:g} to "
            f"{upper:g} and at most 4096 steps, for example 0.4:0.9:41.",
        )
    return [low + (high - low) * i / max(steps - 1, 1) for i in range(steps)]
