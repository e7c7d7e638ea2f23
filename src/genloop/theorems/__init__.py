"""The theorems: one file for each, named by its item in `theory/`; only verification needs them.

They bring quadrature and symbolic algebra that a threshold does not need.
"""

import importlib
import pkgutil


def load() -> None:
    """Import the files of all theorems, so that all are registered."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
