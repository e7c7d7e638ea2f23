"""One verdict for documents of every kind, by the checker that knows the kind."""

from collections.abc import Mapping
from typing import Any

from . import checker, temperature_checker


def verdict(document: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether a certificate is accepted, and its claim or the reason; raises `ImportError`."""
    own = document.get("schema") == temperature_checker.SCHEMA
    return (temperature_checker if own else checker).verdict(document)
