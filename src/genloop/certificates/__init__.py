"""Proofs by ball arithmetic: fixed points, their stability, and thresholds.

A map is read as a program on real numbers (`trace`), evaluated with its derivatives in Arb's balls,
and what is proved is written down as a document that `checker` replays on its own. The names are
loaded when they are first used, so that the checker starts without JAX.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .certificate import Certificate as Certificate
    from .dispatch import certify as certify
    from .enclosures import Enclosure as Enclosure, Interval as Interval
    from .fixed_points import (
        certify_fixed_point as certify_fixed_point,
        prove_fixed_point as prove_fixed_point,
    )
    from .problems import Problem as Problem, read_map as read_map
    from .program import CannotCertify as CannotCertify, Program as Program
    from .reading import trace as trace
    from .thresholds import (
        certify_bifurcation as certify_bifurcation,
        certify_root as certify_root,
    )

_NAMES = {
    "certificate": "Certificate",
    "fixed_points": "certify_fixed_point prove_fixed_point",
    "problems": "Problem read_map",
    "dispatch": "certify",
    "enclosures": "Enclosure Interval",
    "program": "CannotCertify Program",
    "thresholds": "certify_bifurcation certify_root",
    "reading": "trace",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}
__all__ = list(_HOME)


def __getattr__(name: str):
    if name in _HOME:
        return getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    raise AttributeError(f"module 'genloop.certificates' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
