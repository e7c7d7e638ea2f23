"""One verdict for documents of every kind, by the checker that knows the kind."""

from collections.abc import Mapping
from typing import Any

from . import checker, temperature_checker


def verdict(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether a certificate is accepted (`None`: too costly), and its claim or the reason.

    Raises `ImportError` without python-flint.
    """
    own = document.get("schema") == temperature_checker.SCHEMA
    return (temperature_checker if own else checker).verdict(document)
