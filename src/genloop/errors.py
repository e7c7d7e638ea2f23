"""The one exception for bad input: a short code and one sentence."""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Input that cannot be used: what is wrong, the value seen and how to mend it.

    `code` is a short name that stays the same from release to release, for example `E201`;
    `message` is one sentence. The text of the exception is both.

    ```python
    try:
        gl.data.counts("no such file.csv")
    except gl.data.InputError as error:
        code = error.code
    ```
    """

    def __init__(self, code: str, message: str):
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


def escaped(text: object) -> str:
    """`text` as it can be printed: on one line, with escapes for all that is not a visible letter.

    Control characters, line ends, marks of the writing direction, invisible and undecodable
    characters become escapes such as `\\n`, `\\x1b` and `\\u202e`; letters of every language stay.

    ```python
    gl.plots.escaped("one\\ntwo")
    ```
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(text))


def shown(value: object, length: int = 60) -> str:
    """`value` as it can stand in a message: quoted, escaped, cut after `length` characters."""
    text = repr(str(value))
    return text if len(text) <= length else f"{text[: length - 4]}...{text[0]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The question whether the nearest of the `known` names was meant, or nothing."""
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return f" (did you mean {folded[close[0]]}?)" if close else ""


_LONGEST = 60
"""Letters of a token that are shown."""


def label(token: str) -> str:
    """A token as it can be shown: in quotes, control characters escaped."""
    fits = token.isprintable() and len(token) <= _LONGEST
    return f"'{token}'" if fits else shown(token, _LONGEST + 2)
