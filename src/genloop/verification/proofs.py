"""Proofs by ball arithmetic of the numbers in a theorem, by its spec."""

from collections.abc import Callable, Mapping
from typing import Any

PROOFS: dict[str, Callable[[int], Mapping[str, Any]]] = {}
"""For a spec a function of the number of digits that returns certificates by what they enclose."""


def proves(spec: str) -> Callable[[Callable], Callable]:
    """Register the decorated function as the one that proves the thresholds of a theorem.

    It is called with a number of digits and returns `{what: certificate}`. Raises `ValueError` for
    a spec that has one already.

    ```python
    @gl.verification.proves("XY-1")
    def certificates(digits):
        '''The critical share.'''
        return {"T = 1.3": gl.certificates.certify_root(lambda a: (1 - a) * 1.3 - 1, "0", "1")}
    ```
    """

    def register(prove: Callable[[int], Mapping[str, Any]]) -> Callable:
        if spec in PROOFS:
            raise ValueError(f"{spec} has certificates already, by {PROOFS[spec].__name__}.")
        PROOFS[spec] = prove
        return prove

    return register
