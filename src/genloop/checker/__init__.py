"""One verdict for documents of every kind, by the checker that knows the kind."""

from collections.abc import Mapping
from typing import Any

from . import maps, temperature


def verdict(document: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether a certificate is accepted (`None`: too costly), and its claim or the reason.

    Raises `ImportError` without python-flint.
    """
    own = document.get("schema") == temperature.SCHEMA
    return (temperature if own else maps).verdict(document)
