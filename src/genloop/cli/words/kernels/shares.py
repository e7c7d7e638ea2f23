"""Shares of the real variance, which may be many times it."""

import math

from ...terminal import percent

_MANY = 10
"""From so many times the real variance on that is easier to read than per cent."""


def share(value: float) -> str:
    """A share in per cent, from ten on as so many times, and `no limit`."""
    if not math.isfinite(value):
        return "no limit"
    return f"{value:.4g} times" if value >= _MANY else percent(value)


def of_real(value: float) -> str:
    """The share with what it is a share of."""
    return f"{share(value)} the real one" if value >= _MANY else f"{share(value)} of the real one"
