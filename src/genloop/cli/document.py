"""The document of a command that does not yet read an answer."""

from ..answers import documents
from ..answers.documents import verdicts as verdicts
from . import arguments


def document(question: str, result, *, numerics=None, seed: int, model=None) -> dict:
    """As `documents.document`, with the command line that is running."""
    known = {"numerics": numerics, "seed": seed, "model": model}
    return documents.document(question, result, **known, command=arguments.command())
