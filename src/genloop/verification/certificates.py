"""Proofs by ball arithmetic of the numbers in a theorem, by its spec."""

from collections.abc import Callable, Mapping
from typing import Any

CERTIFICATES: dict[str, Callable[[int], Mapping[str, Any]]] = {}
"""For a spec a function of the number of digits that returns certificates by what they enclose."""


def certificates(spec: str) -> Callable[[Callable], Callable]:
    """Register the decorated function as the one that proves the thresholds of a theorem.

    It is called with a number of digits and returns `{what: certificate}`. Raises `ValueError` for
    a spec that has one already.
    """

    def register(prove: Callable[[int], Mapping[str, Any]]) -> Callable:
        if spec in CERTIFICATES:
            raise ValueError(f"{spec} has certificates already, by {CERTIFICATES[spec].__name__}.")
        CERTIFICATES[spec] = prove
        return prove

    return register
