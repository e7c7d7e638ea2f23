"""From a text to its parts, by recursive descent; nothing is evaluated.

    pipeline := argument { ">>" argument }
    argument := "lambda" name ":" sum | sum
    sum      := product { ("+" | "-") product }
    product  := signed { ("*" | "/") signed }
    signed   := "-" signed | power
    power    := atom [ "**" signed ]
    atom     := number | word | name { "." name } [ "(" arguments ")" ] | "(" list ")"
    list     := pipeline { "," pipeline }

What a name stands for, and which argument it is, is the business of `meaning`.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from ..errors import shown
from .expressions import (
    LARGEST_WHOLE,
    Expression,
    Function,
    Name,
    Number,
    Operation,
    Word,
    negative,
)
from .places import Place
from .tokens import Token, tokens

DEEPEST = 40
"""The most parentheses and operations inside each other."""
_REMEDY = "write stages joined by >>, for example Temper(0.8) >> Mix(real, 0.3)"


class Written(NamedTuple):
    """An argument as it was written: its keyword, or none, and its value."""

    keyword: str | None
    value: Any
    place: Place


@dataclasses.dataclass(frozen=True)
class WrittenCall:
    """A name with arguments in parentheses."""

    height = 0
    place: Place
    name: str
    name_place: Place
    arguments: tuple[Written, ...]
    height: ClassVar[int] = 0
    """It is no arithmetic, which is said where it is read."""


@dataclasses.dataclass(frozen=True)
class Chain:
    """Parts that are joined by >>."""

    height = 0
    place: Place
    parts: tuple[Any, ...]
    height: ClassVar[int] = 0


def read(text: str) -> Any:
    """The parts of a text. Raises `InputError` E131 or E135 that shows the place."""
    reader = _Reader(text)
    if reader.now.kind == "end":
        raise reader.now.place.error("E131", "there is no loop", _REMEDY)
    whole = reader.pipeline()
    if reader.now.kind != "end":
        raise reader.unexpected("the text should end")
    return whole


@dataclasses.dataclass(frozen=True)
class WrittenList:
    """Parts in parentheses with commas between them."""

    place: Place
    parts: tuple[Any, ...]
    height: ClassVar[int] = 0


class _Reader:
    """The tokens of a text, read from left to right."""

    def __init__(self, text: str):
        self.tokens = list(tokens(text))
        self.at = 0
        self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def take(self, *signs: str) -> Token | None:
        """The next token if it is one of these signs, which is then read."""
        if self.now.kind == "sign" and self.now.text in signs:
            return self.advance()
        return None

    def advance(self) -> Token:
        token = self.now
        self.at += token.kind != "end"
        return token

    def unexpected(self, wanted: str) -> Exception:
        token, remedy = self.now, _REMEDY
        if token.text == ")":
            remedy = "leave it out, or open a parenthesis before it"
        if token.text == ".":
            remedy = "nothing has attributes here; write a point in numbers only"
        if token.text == "=":
            remedy = "write name=value inside the parentheses of a stage"
        what = "the text ends too early" if token.kind == "end" else f"{shown(token.text)} is out"
        what += "" if token.kind == "end" else " of place"
        return token.place.error("E131", f"{what}: {wanted}", remedy)

    def nested(self, read: Callable[[], Any]) -> Any:
        """What `read` reads, one level deeper."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.now.place.error("E135", f"more than {DEEPEST} parts are nested here")
        found = read()
        self.depth -= 1
        return found

    def pipeline(self) -> Any:
        parts = [self.argument()]
        while self.take(">>"):
            parts.append(self.argument())
        if len(parts) == 1:
            return parts[0]
        return Chain(parts[0].place.to(parts[-1].place), tuple(parts))

    def listed(self) -> Any:
        """What stands in parentheses: one thing, or several with commas between them."""
        parts = [self.pipeline()]
        while self.take(","):
            parts.append(self.pipeline())
        if len(parts) == 1:
            return parts[0]
        return WrittenList(parts[0].place.to(parts[-1].place), tuple(parts))

    def argument(self) -> Any:
        if self.now.kind != "name" or self.now.text != "lambda":
            return self.sum()
        start = self.advance()
        if self.now.kind != "name":
            raise self.unexpected("a function names its variable, lambda p: p / (1 + p)")
        variable = self.advance().text
        if not self.take(":"):
            raise self.unexpected("a function has a colon, lambda p: p / (1 + p)")
        body = self.sum()
        return self.low(Function(start.place.to(body.place), variable, body))

    def sum(self) -> Any:
        return self.joined(("+", "-"), self.product)

    def product(self) -> Any:
        return self.joined(("*", "/"), self.signed)

    def joined(self, signs: tuple[str, ...], read: Callable[[], Any]) -> Any:
        left = read()
        while sign := self.take(*signs):
            left = self.operation(sign.text, left, read())
        return left

    def operation(self, symbol: str, left: Any, right: Any) -> Any:
        place = left.place.to(right.place)
        return self.low(Operation(place, symbol, left, right))

    def low(self, expression: Expression) -> Expression:
        if expression.height > DEEPEST:
            raise expression.place.error(
                "E135", f"more than {DEEPEST} operations make one number", "write the number"
            )
        return expression

    def signed(self) -> Any:
        minus = self.take("-")
        if minus is None:
            return self.power()
        inner = self.nested(self.signed)
        return self.low(negative(minus.place.to(inner.place), inner))

    def power(self) -> Any:
        base = self.atom()
        if self.take("**"):
            return self.operation("**", base, self.nested(self.signed))
        return base

    def atom(self) -> Any:
        token = self.now
        if token.kind == "number":
            return Number(self.advance().place, _constant(token))
        if token.kind == "word":
            return Word(self.advance().place, token.text[1:-1])
        if token.kind == "name" and token.text != "lambda":
            return self.named()
        if self.take("("):
            inner = self.nested(self.listed)
            closing = self.close(token.place)
            return dataclasses.replace(inner, place=token.place.to(closing.place))
        raise self.unexpected("a stage, a number or a name is missing")

    def close(self, opened: Place) -> Token:
        closing = self.take(")")
        if closing is None and self.now.kind == "end":
            raise opened.error("E131", "this parenthesis is never closed", "add )")
        if closing is None:
            raise self.unexpected("a comma or ) is missing")
        return closing

    def named(self) -> Any:
        first = last = self.advance()
        name = first.text
        while self.take("."):
            if self.now.kind != "name":
                raise self.unexpected("a name ends with a point")
            last = self.advance()
            name += f".{last.text}"
        place = first.place.to(last.place)
        opened = self.take("(")
        if opened is None:
            return Name(place, name)
        arguments = self.nested(self.arguments)
        closing = self.close(opened.place)
        return WrittenCall(place.to(closing.place), name, place, arguments)

    def arguments(self) -> tuple[Written, ...]:
        found = []
        while not (self.now.kind == "sign" and self.now.text == ")"):
            found.append(self.written())
            if not self.take(","):
                break
        return tuple(found)

    def written(self) -> Written:
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if self.now.kind == "name" and (following.kind, following.text) == ("sign", "="):
            keyword = self.advance()
            self.advance()
            value = self.pipeline()
            return Written(keyword.text, value, keyword.place.to(value.place))
        value = self.pipeline()
        return Written(None, value, value.place)


def _constant(token: Token) -> int | float:
    """Raises `InputError` E135 for a number beyond all others."""
    text = token.text
    if text.isdigit() and float(text) <= LARGEST_WHOLE:
        return int(text)
    value = float(text)
    if math.isinf(value):
        raise token.place.error("E135", "this number is too large")
    return value
