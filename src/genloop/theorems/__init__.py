"""The theorems: one file for each, named by its item in `theory/`; only verification needs them.

They bring quadrature and symbolic algebra that a threshold does not need.
"""

import importlib
import pkgutil
from typing import Any

from .. import verification


def load() -> None:
    """Import the files of all theorems, so that all are registered.

    ```python
    gl.theorems.load()  # None
    ```
    """
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)


def verify(names: Any = None, **options: Any) -> verification.Report:
    """A report on the theorems of this project and on their mutants; see `verification.verify`.

    A mutant is a false statement near a theorem, such as a constant 1 % off, which the check of the
    theorem must refute: a check that cannot fail shows nothing.
    `genloop.verify("HD-9")`, `genloop.verify("marchi2024")`, or all of them without a name.

    ```python
    report = gl.verify("FR-3")
    report.holds  # True
    ```
    """
    load()
    return verification.verify(names, **options)
