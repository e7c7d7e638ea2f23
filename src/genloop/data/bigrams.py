"""Texts as chains of their most frequent tokens or characters."""

from collections import Counter
from pathlib import Path

import numpy as np

from ..errors import InputError, shown
from ..models import MarkovChain, Origin
from .prose import text_of
from .text import noticed, tokenise

REST = "(rest)"
"""The label of all outcomes that are not among the most frequent ones; no token has brackets."""

_UNITS = {"token": list, "character": " ".join}


def bigrams(path: str | Path, *, outcomes: int, unit: str = "token") -> MarkovChain:
    r"""The pairs of neighbours in a UTF-8 text, over $K$ = `outcomes` outcomes.

    The $K - 1$ most frequent tokens, most frequent first, and the outcome "(rest)" for all others:
    each is a next token and a context. Tokens are those of `tokens`, and `"demo"` is the
    documentation of Python as there; line breaks and punctuation do not separate neighbours. With
    `unit="character"` the outcomes are the characters of the tokens, one space between any two
    tokens. The last one is followed by the first, so that every outcome is left as often as it is
    entered; the size of the origin is the length of the text in its unit.

    Raises `InputError`: E201 to E204 and E208 to E210 as `tokens`, E205 no token in the text, E251
    fewer distinct tokens or characters than outcomes, E252 fewer than two outcomes, E253 another
    unit.

    ```python
    pathlib.Path("text.txt").write_text("to be or not to be")
    gl.data.bigrams("text.txt", outcomes=2).outcomes  # 2
    ```
    """
    if unit not in _UNITS:
        raise InputError("E253", f"the unit must be 'token' or 'character', got {shown(unit)}.")
    if isinstance(outcomes, bool) or not hasattr(outcomes, "__index__") or outcomes < 2:
        raise InputError("E252", f"outcomes must be a whole number of at least 2, got {outcomes}.")
    text = text_of(path)
    words = tokenise(text.content)
    found = _UNITS[unit](words)
    if not found:
        raise InputError(
            "E205", f"{shown(text.source)} holds no letter or digit; give a text that does."
        )
    ranked = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) < outcomes:
        raise InputError(
            "E251",
            f"{shown(text.source)} holds {len(ranked)} distinct {unit}s; ask for at most that many "
            f"outcomes, got {outcomes}.",
        )
    labels = [label for label, _ in ranked[: outcomes - 1]]
    number = {label: i for i, label in enumerate(labels)}
    numbers = np.array([number.get(label, outcomes - 1) for label in found])
    notes = noticed(text, Counter(words))
    origin = Origin((*labels, REST), text.source, text.sha256, len(found), **notes)
    return MarkovChain.of_text(numbers, outcomes=outcomes, origin=origin).as_read()
