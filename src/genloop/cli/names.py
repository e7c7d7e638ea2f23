"""Theorems by the names people type."""

from collections.abc import Sequence

from ..errors import InputError


def select(names: Sequence[str] | None):
    """The theorems the names match, all of them without a name.

    Raises `InputError` E107 for a name that matches nothing, with the nearest one.
    """
    from .. import theorems, verification

    theorems.load()
    try:
        return verification.select(list(names) if names else None)
    except ValueError as failure:
        hint = str(failure).replace("see the list of theorems", "see genloop theory")
        raise InputError("E107", hint) from None
