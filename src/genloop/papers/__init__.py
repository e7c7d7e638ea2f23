"""One module for each paper: its loops, its closed forms, its theorems.

A paper is loaded when it is first used, and its theorems when theorems are asked for: they bring
quadrature and symbolic algebra that a threshold does not need.
"""

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import (
        alemohammad2023 as alemohammad2023,
        bertrand2023 as bertrand2023,
        borkar2025 as borkar2025,
        dohmatob2024 as dohmatob2024,
        marchi2024 as marchi2024,
        marchi2026 as marchi2026,
        seddik2024 as seddik2024,
        sequences as sequences,
        shumailov2024 as shumailov2024,
        suresh2024 as suresh2024,
        taori2022 as taori2022,
    )

_PAPERS = (
    "alemohammad2023",
    "bertrand2023",
    "borkar2025",
    "dohmatob2024",
    "marchi2024",
    "marchi2026",
    "seddik2024",
    "sequences",
    "shumailov2024",
    "suresh2024",
    "taori2022",
)


def __getattr__(name: str):
    if name in _PAPERS:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"there is no paper {name!r}; there are {', '.join(_PAPERS)}")


def __dir__() -> list[str]:
    return [*_PAPERS, "load_theorems"]


def load_theorems() -> None:
    """Import every module of every paper, so that all theorems are registered."""
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        importlib.import_module(module.name)
