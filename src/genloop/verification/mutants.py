"""Nearby false claims: formulas that are off by a small factor."""

from collections.abc import Callable
from typing import Any

import jax


def scaled(claim: Any, factor: float, *names: str) -> Any:
    """The claim with all numbers of its formulas `names` multiplied by a factor.

    A claim that is one formula has no names. Raises `KeyError` for a name that it does not have.

    ```python
    gl.verification.scaled(lambda n: 1 / n, 1.01)(2)  # 0.505
    ```
    """
    if not names:
        return _times(factor, claim)
    return claim | {name: _times(factor, claim[name]) for name in names}


def _times(factor: float, formula: Callable) -> Callable:
    return lambda *arguments, **options: jax.tree.map(
        lambda number: factor * number, formula(*arguments, **options)
    )
