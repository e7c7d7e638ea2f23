"""The one exception for bad input: a short code and one sentence."""


class InputError(ValueError):
    """Input that cannot be used: what is wrong, the value seen and how to mend it.

    `code` is a short name that stays the same from release to release, for example `E201`;
    `message` is one sentence. The text of the exception is both.
    """

    def __init__(self, code: str, message: str):
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


def shown(value: object, length: int = 60) -> str:
    """`value` as it can stand in a message: quoted, on one line, cut after `length` characters."""
    text = repr(str(value))
    return text if len(text) <= length else f"{text[: length - 3]}...'"
