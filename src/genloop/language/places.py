"""Places in a text that was typed, and the one line that shows one of them."""

from typing import NamedTuple

from ..errors import InputError, escaped

_AROUND = 24
_LONGEST = 40


class Place(NamedTuple):
    """The piece of a text from `start` to `end`, counted from zero."""

    text: str
    start: int
    end: int

    def to(self, other: "Place") -> "Place":
        """The piece from the start of this one to the end of another."""
        return Place(self.text, self.start, other.end)

    @property
    def shown(self) -> str:
        """The piece in double brackets with a little of what stands around it, on one line."""
        before, culprit, after = (
            self.text[: self.start],
            self.text[self.start : self.end],
            self.text[self.end :],
        )
        before = before if len(before) <= _AROUND else "..." + before[-_AROUND:]
        after = after if len(after) <= _AROUND else after[:_AROUND] + "..."
        if len(culprit) > _LONGEST:
            culprit = culprit[:_LONGEST] + "..."
        return escaped(f"{before}[[{culprit or 'end'}]]{after}")

    def error(self, code: str, what: str, remedy: str = "") -> InputError:
        """The error that says what is wrong, where, and how to mend it."""
        mend = f"; {remedy}" if remedy else ""
        return InputError(code, f"{what}, at column {self.start + 1}: {self.shown}{mend}.")
